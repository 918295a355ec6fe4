package matcher

import (
	"duijie/indexer"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDevSet holds the ranking to the figures that were reached; ../shared has the judged pairs.
func TestDevSet(t *testing.T) {
	dir := "../../shared/eval/bdci2019"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("../shared is absent: no judged pairs to measure with")
	}
	h := newHouse(t)
	seg, err := language()
	if err != nil {
		t.Fatal(err)
	}
	m, err := Eval(t.Context(), dir, h.analyzer, h.scorer, func(dir string) (indexer.Engine, error) { return openEngine(dir, h.analyzer, seg) })
	if err != nil {
		t.Fatal(err)
	}
	t.Log(m)
	if m.Needs != 94 || m.NDCG10Full < .320 || m.NDCG10Judged < .665 {
		t.Errorf("%s; at least .320 full and .665 judged over 94 needs were reached before", m)
	}
}

func TestMeasure(t *testing.T) {
	// One need: grades 3 and 2 at ranks 2 and 4, an unjudged one first. Ideal: 7/log2(2) + 3/log2(3) = 8.8928.
	r := judgedRanking{grades: map[string]int{"a": 3, "b": 2, "c": 0}, full: []string{"x", "a", "c", "b"}, judged: []string{"a", "c", "b"}}
	m := measure([]judgedRanking{r, {grades: map[string]int{"a": 1}, full: []string{"a"}}})
	want := Measures{Needs: 1,
		NDCG10Full:   (7/math.Log2(3) + 3/math.Log2(5)) / (7 + 3/math.Log2(3)),
		NDCG10Judged: (7 + 3/math.Log2(4)) / (7 + 3/math.Log2(3)),
		Recall100:    1, MRR: .5}
	if math.Abs(m.NDCG10Full-want.NDCG10Full) > 1e-12 || math.Abs(m.NDCG10Judged-want.NDCG10Judged) > 1e-12 ||
		m.Recall100 != want.Recall100 || m.MRR != want.MRR || m.Needs != want.Needs {
		t.Errorf("got %+v\nwant %+v", m, want)
	}
}

func TestReadGradesNamesTheLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "qrels.tsv")
	for _, c := range []struct{ text, want string }{
		{"need_id\tachievement_id\tgrade\nn\ta\t4\n", "line 2"},
		{"need_id\tachievement_id\tgrade\nn\ta\t1\nn\tb\n", "line 3"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readGrades(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q gave %v, want %s named", c.text, err, c.want)
		}
	}
}
