package matcher

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

// A characters embedder counts characters: another model than the built-in one.
type characters struct{ down atomic.Bool }

func (*characters) Model() string { return "characters" }

func (c *characters) Embed(_ context.Context, _ indexer.Role, texts []string) ([][]float32, error) {
	if c.down.Load() {
		return nil, errors.New("connection refused")
	}
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = make([]float32, 97)
		var sum float32
		for _, r := range text {
			out[i][r%97]++
			sum++
		}
		for d := range out[i] {
			out[i][d] /= max(1, sum)
		}
	}
	return out, nil
}

// outside gives the house an outside model. Its documents wait until complete is called.
func (h *house) outside(t *testing.T, emb indexer.Embedder, typed bool) {
	t.Helper()
	static, err := embedder()
	if err != nil {
		t.Fatal(err)
	}
	far, err := indexer.OpenFar(indexer.FarOptions{Path: filepath.Join(t.TempDir(), "far.db"), Identity: "test", Embedder: emb,
		Near: static, Typed: typed, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	h.analyzer = h.analyzer.WithFar(far)
	h.matcher.analyzer = h.analyzer
}

// complete gives all documents their vectors by the outside model.
func (h *house) complete(t *testing.T) {
	t.Helper()
	for _, k := range corpus.Kinds {
		var docs []corpus.Doc
		for d, err := range h.store.Each(k, 0) {
			if err != nil {
				t.Fatal(err)
			}
			docs = append(docs, d)
		}
		entries, err := h.analyzer.Complete(t.Context(), docs)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.engine.Put(t.Context(), entries); err != nil {
			t.Fatal(err)
		}
	}
	h.matcher.Applied(indexer.Applied{All: true})
}

func TestOutsideModelServesOrIsMissed(t *testing.T) {
	const text = "玉米浸泡时间长，想用酶缩短"
	h, emb := newHouse(t), &characters{}
	h.write(t, sampleDocs(t)...)
	ask := func(what, lost string) (need, typed Answer) {
		t.Helper()
		need, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: Kept})
		if err != nil || need.Degraded != lost {
			t.Errorf("%s: the need's list is degraded %q, error %v, want %q", what, need.Degraded, err, lost)
		}
		typed, err = h.matcher.ForText(t.Context(), text, Options{Limit: Kept})
		if err != nil || typed.Degraded != lost {
			t.Errorf("%s: the text's list is degraded %q, error %v, want %q", what, typed.Degraded, err, lost)
		}
		checkSums(t, what, need)
		checkSums(t, what, typed)
		return need, typed
	}
	need, typed := ask("without one", "")
	h.outside(t, emb, true)
	h.matcher.Applied(indexer.Applied{All: true})
	waitingNeed, waitingTyped := ask("while documents wait", "meaning")
	if brief(waitingNeed) != brief(need) || brief(waitingTyped) != brief(typed) {
		t.Error("while documents wait the lists are not those of the built-in vectors")
	}
	h.complete(t)
	farNeed, farTyped := ask("when all have vectors", "")
	if brief(farNeed) == brief(need) || brief(farTyped) == brief(typed) {
		t.Error("the outside model changes nothing")
	}
	for _, m := range farNeed.Matches[:5] {
		back, err := h.matcher.ForAchievement(t.Context(), m.ID, Options{Limit: Kept})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(back.Matches, func(o Match) bool { return o.ID == "N001" })
		if i < 0 || back.Matches[i].Points != m.Points {
			t.Errorf("%s has %v points from the need's side; from its own it is at %d of %s", m.ID, m.Points, i, brief(back))
		}
	}
	emb.down.Store(true)
	if got, err := h.matcher.ForText(t.Context(), text, Options{Limit: Kept}); err != nil || got.Degraded != "meaning" || brief(got) != brief(typed) {
		t.Errorf("typed text with a dead model: degraded %q, error %v, list\n%s\nwant\n%s", got.Degraded, err, brief(got), brief(typed))
	}
	h.matcher.Applied(indexer.Applied{All: true})
	if got, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: Kept}); err != nil || got.Degraded != "" || brief(got) != brief(farNeed) {
		t.Errorf("a stored need with a dead model: degraded %q, error %v", got.Degraded, err)
	}
	h.write(t, corpus.Doc{Kind: corpus.Achievement, SourceID: "X1", Title: "肉牛育肥饲料"})
	h.matcher.Applied(indexer.Applied{All: true}) // as Sync does when the built-in vectors begin to serve
	if got, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: Kept}); err != nil || got.Degraded != "meaning" || brief(got) != brief(need) {
		t.Errorf("a new document without a vector: degraded %q, error %v, list\n%s\nwant\n%s", got.Degraded, err, brief(got), brief(need))
	}
}

func TestTypedTextThatMayNotLeaveIsNoFailure(t *testing.T) {
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	want, err := h.matcher.ForText(t.Context(), "玉米浸泡时间长", Options{})
	if err != nil {
		t.Fatal(err)
	}
	h.outside(t, &characters{}, false)
	h.complete(t)
	if got, err := h.matcher.ForText(t.Context(), "玉米浸泡时间长", Options{}); err != nil || got.Degraded != "" || brief(got) != brief(want) {
		t.Errorf("degraded %q, error %v, list\n%s\nwant\n%s", got.Degraded, err, brief(got), brief(want))
	}
}

func TestBothOutsideModelsAreMissed(t *testing.T) {
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	h.outside(t, &characters{}, true)
	h.rerankBy(t, "酶").down.Store(true)
	h.matcher.Applied(indexer.Applied{All: true})
	if a, err := h.matcher.ForNeed(t.Context(), "N001", Options{}); err != nil || a.Degraded != "meaning rerank" || len(a.Matches) == 0 {
		t.Errorf("degraded %q, %d matches, error %v", a.Degraded, len(a.Matches), err)
	}
}
