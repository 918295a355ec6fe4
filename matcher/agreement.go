package matcher

import (
	"maps"
	"math"
	"slices"
)

// An Agreement says how far two judges agree on the pairs that both graded.
type Agreement struct {
	Judges [2]string
	Pairs  int
	Same   float64 // share of equal grades
	// Kappa is 1 for full agreement, 0 for what chance gives, below 0 for less; NaN where chance alone would agree,
	// because both gave one and the same grade throughout.
	Kappa float64
}

// Agreements compares every two judges who share pairs.
func Agreements(given map[string][]Grade) []Agreement {
	judges := slices.Sorted(maps.Keys(given))
	var out []Agreement
	for i, a := range judges {
		for _, b := range judges[i+1:] {
			if both := shared(given[a], given[b]); len(both) > 0 {
				agreement := Agreement{Judges: [2]string{a, b}, Pairs: len(both), Kappa: kappa(both)}
				for _, g := range both {
					if g[0] == g[1] {
						agreement.Same += 1 / float64(len(both))
					}
				}
				out = append(out, agreement)
			}
		}
	}
	return out
}

// shared returns both grades of each pair that two judges graded.
func shared(a, b []Grade) [][2]int {
	type pair struct{ need, achievement string }
	first := map[pair]int{}
	for _, g := range a {
		first[pair{g.Need, g.Achievement}] = g.Grade
	}
	var out [][2]int
	for _, g := range b {
		if x, ok := first[pair{g.Need, g.Achievement}]; ok {
			out = append(out, [2]int{x, g.Grade})
		}
	}
	return out
}

// kappa is Cohen's kappa with quadratic weights: 1 - (sum of w*observed) / (sum of w*expected), w the squared distance
// of two grades, expected from how often each judge gives each grade (Cohen, Weighted kappa, 1968). A pair graded 0 and
// 3 disagrees nine times as much as one graded 2 and 3.
func kappa(both [][2]int) float64 {
	var rows, columns [4]float64
	var observed, expected float64
	n := float64(len(both))
	for _, g := range both {
		rows[g[0]]++
		columns[g[1]]++
		observed += square(g[0]-g[1]) / n
	}
	for i, x := range rows {
		for j, y := range columns {
			expected += square(i-j) * x * y / (n * n)
		}
	}
	if expected == 0 {
		return math.NaN()
	}
	return 1 - observed/expected
}

func square(x int) float64 { return float64(x * x) }

// MergeGrades makes one grade of what several judges gave a pair: the median, and of an even number the lower of the
// middle ones, since a doubtful match is none. disputed are the pairs whose judges are two grades or more apart, which
// need a third look; they are among merged too. Both are in the order of need and achievement.
func MergeGrades(given map[string][]Grade) (merged, disputed []Grade) {
	type pair struct{ need, achievement string }
	grades := map[pair][]int{}
	for _, list := range given {
		for _, g := range list {
			p := pair{g.Need, g.Achievement}
			grades[p] = append(grades[p], g.Grade)
		}
	}
	for p, list := range grades {
		slices.Sort(list)
		g := Grade{p.need, p.achievement, list[(len(list)-1)/2]}
		merged = append(merged, g)
		if list[len(list)-1]-list[0] >= 2 {
			disputed = append(disputed, g)
		}
	}
	slices.SortFunc(merged, Grade.compare)
	slices.SortFunc(disputed, Grade.compare)
	return merged, disputed
}
