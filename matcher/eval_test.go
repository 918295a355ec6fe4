package matcher

import (
	"context"
	"duijie/corpus"
	"duijie/indexer"
	"log/slog"
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
	set, err := ReadJudgedSet(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Eval(t.Context(), set, h.workbench(t), EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(m)
	if m.Needs != 94 || m.NDCG10Full < .335 || m.NDCG10Judged < .665 {
		t.Errorf("%s; at least .335 full and .665 judged over 94 needs were reached before", m)
	}
}

func TestMeasure(t *testing.T) {
	// One need: grades 3 and 2 at ranks 2 and 4, an unjudged one first. Ideal: 7/log2(2) + 3/log2(3) = 8.8928.
	r := judgedRanking{grades: map[string]int{"a": 3, "b": 2, "c": 0}, full: []string{"x", "a", "c", "b"}, judged: []string{"a", "c", "b"}}
	f, ok := r.figures()
	if _, none := (judgedRanking{grades: map[string]int{"a": 1}, full: []string{"a"}}).figures(); !ok || none {
		t.Fatalf("%v, and %v of a need that nothing fits", ok, none)
	}
	m := average([]Figures{f})
	want := Measures{Needs: 1,
		NDCG10Full:   (7/math.Log2(3) + 3/math.Log2(5)) / (7 + 3/math.Log2(3)),
		NDCG10Judged: (7 + 3/math.Log2(4)) / (7 + 3/math.Log2(3)),
		Recall100:    1, MRR: .5}
	if math.Abs(m.NDCG10Full-want.NDCG10Full) > 1e-12 || math.Abs(m.NDCG10Judged-want.NDCG10Judged) > 1e-12 ||
		m.Recall100 != want.Recall100 || m.MRR != want.MRR || m.Needs != want.Needs {
		t.Errorf("got %+v\nwant %+v", m, want)
	}
}

// A small set on which everything is known: two needs ask for one of three achievements each, and one is not judged.
func smallSet(t *testing.T) *JudgedSet {
	t.Helper()
	set, err := ReadJudgedSet(writeSet(t, map[string]string{
		"achievements.jsonl": `{"id":"a1","title":"玉米浸泡工艺"}
{"id":"a2","title":"风机叶片除冰","text":"叶片覆冰后停机"}
{"id":"a3","title":"牛肉冷却保鲜"}`,
		"needs.jsonl": `{"id":"n1","title":"玉米浸泡时间长","description":"想缩短浸泡"}
{"id":"n2","title":"风机叶片结冰停机","field":"D44"}
{"id":"n3","title":"没有人评过"}`,
		"qrels.tsv": "need_id\tachievement_id\tgrade\nn1\ta1\t3\nn1\ta2\t0\nn2\ta2\t2\nn2\ta3\t0\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestEvalOfWhatIsEasyIsPerfect(t *testing.T) {
	h := newHouse(t)
	endpoint := &titleEmbedder{}
	e, err := Eval(t.Context(), smallSet(t), h.workbench(t), EvalOptions{Ablate: true, Endpoint: endpoint,
		WithEndpoint: indexer.NewAnalyzer(h.segmenter(t), endpoint, slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	perfect := Figures{1, 1, 1, 1}
	if e.Needs != 2 || e.Figures() != perfect || e.CI["mrr"] != (Interval{1, 1}) {
		t.Errorf("got %v, %v", e.Measures, e.CI)
	}
	for _, name := range []string{"bm25", "every pair", "meaning alone", "coverage alone", "without words", "without meaning",
		"without coverage", "endpoint", "rrf", "ours with endpoint"} {
		if _, ok := e.Systems[name]; !ok {
			t.Errorf("%s was not measured", name)
		}
	}
	for _, name := range []string{"without price", "without region", "without field"} {
		if _, ok := e.Systems[name]; ok {
			t.Errorf("%s was measured, and no pair states it", name)
		}
	}
	for name, m := range e.Systems {
		if m.Needs != 2 {
			t.Errorf("%s was measured on %d needs", name, m.Needs)
		}
	}
	// The embedder puts each need next to the wrong achievement.
	if m := e.Systems["endpoint"]; m.MRR != .5*(1./2+1./2) || m.Difference["mrr"] != (Interval{-.5, -.5}) {
		t.Errorf("endpoint has %v, difference %v", m, m.Difference)
	}
}

func TestEvalOfNothingIsAnError(t *testing.T) {
	set := smallSet(t)
	set.Cases = nil
	if _, err := Eval(t.Context(), set, newHouse(t).workbench(t), EvalOptions{}); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("got %v, want an error of code Invalid", err)
	}
}

func TestFuseRanksWhatBothListsRank(t *testing.T) {
	got := fuse([]float64{3, 2, 1}, []float64{0, 2, 1})
	want := []float64{1./61 + 1./63, 1./62 + 1./61, 1./63 + 1./62}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12 {
			t.Errorf("item %d has %v, want %v", i, got[i], want[i])
		}
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
		if _, err := ReadGrades(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q gave %v, want %s named", c.text, err, c.want)
		}
	}
}

// A titleEmbedder knows three directions: what speaks of 玉米, of 风机, of 牛肉. It turns needs by one.
type titleEmbedder struct{}

func (*titleEmbedder) Model() string { return "titles" }

func (*titleEmbedder) Embed(_ context.Context, role indexer.Role, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = make([]float32, 3)
		for d, word := range []string{"玉米", "风机", "牛肉"} {
			if strings.Contains(text, word) {
				if role == indexer.AsQuery {
					out[i][(d+2)%3], out[i][d] = .8, .6
				} else {
					out[i][d] = 1
				}
			}
		}
	}
	return out, nil
}

func readDocs(path string, k corpus.Kind) ([]corpus.Doc, error) {
	return new(JudgedSet).readDocs(path, k)
}

func (h *house) segmenter(t *testing.T) *indexer.Segmenter {
	t.Helper()
	seg, err := language()
	if err != nil {
		t.Fatal(err)
	}
	return seg
}

func (h *house) workbench(t *testing.T) Workbench {
	t.Helper()
	seg := h.segmenter(t)
	return Workbench{h.analyzer, h.scorer, func(a *indexer.Analyzer) (indexer.Engine, error) { return openEngine(t.TempDir(), a, seg) }}
}
