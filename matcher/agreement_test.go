package matcher

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func gradesOf(list ...int) []Grade {
	var out []Grade
	for i, g := range list {
		if g >= 0 {
			out = append(out, Grade{"n", fmt.Sprintf("a%d", i), g})
		}
	}
	return out
}

func TestKappaCountsWhatChanceDoesNotGive(t *testing.T) {
	for name, c := range map[string]struct {
		a, b        []Grade
		pairs       int
		same, kappa float64
	}{
		"full agreement": {gradesOf(0, 1, 2, 3), gradesOf(0, 1, 2, 3), 4, 1, 1},
		"opposite":       {gradesOf(0, 3), gradesOf(3, 0), 2, 0, -1},
		// Observed: one pair of distance 1, 1/4. Expected of 0,0,3,3 against 0,1,3,3, each of the 16 combinations alike:
		// (0+1+9+9) twice, (9+4+0+0) twice, 64/16 = 4.
		"nearly":         {gradesOf(0, 0, 3, 3), gradesOf(0, 1, 3, 3), 4, .75, 1 - .25/4},
		"shared only":    {gradesOf(0, 3, -1, 1), gradesOf(0, 3, 2, -1), 2, 1, 1},
		"only one grade": {gradesOf(2, 2), gradesOf(2, 2), 2, 1, math.NaN()},
	} {
		got := Agreements(map[string][]Grade{"甲": c.a, "乙": c.b})
		if len(got) != 1 {
			t.Errorf("%s: %d agreements", name, len(got))
			continue
		}
		g := got[0]
		if g.Pairs != c.pairs || math.Abs(g.Same-c.same) > 1e-12 || math.Abs(g.Kappa-c.kappa) > 1e-12 || math.IsNaN(g.Kappa) != math.IsNaN(c.kappa) {
			t.Errorf("%s: got %+v, want %d pairs, %v same, kappa %v", name, g, c.pairs, c.same, c.kappa)
		}
	}
	if got := Agreements(map[string][]Grade{"甲": gradesOf(1), "乙": gradesOf(-1, 1)}); len(got) != 0 {
		t.Errorf("judges without a shared pair have %+v", got)
	}
}

func TestMergeTakesTheLowerMedianAndNamesWhatIsFarApart(t *testing.T) {
	merged, disputed := MergeGrades(map[string][]Grade{
		"甲": gradesOf(3, 2, 0, 1),
		"乙": gradesOf(2, 2, 2, -1),
		"丙": gradesOf(-1, 3, -1, -1),
	})
	if want := gradesOf(2, 2, 0, 1); !slices.Equal(merged, want) {
		t.Errorf("merged %v, want %v", merged, want)
	}
	if want := []Grade{{"n", "a2", 0}}; !slices.Equal(disputed, want) {
		t.Errorf("disputed %v, want %v", disputed, want)
	}
}
