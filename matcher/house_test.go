package matcher

import (
	"context"
	"duijie/corpus"
	"duijie/indexer"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// language opens the dictionary once for all tests.
var language = sync.OnceValues(func() (*indexer.Segmenter, error) {
	return indexer.OpenSegmenter(filepath.Join(os.TempDir(), "duijie-test-dict"))
})

// embedder opens the built-in embedder once for all tests of the built-in dictionary.
var embedder = sync.OnceValues(func() (*indexer.Static, error) {
	seg, err := language()
	if err != nil {
		return nil, err
	}
	return indexer.NewStatic(seg.Words, seg.Freq)
})

type house struct {
	store    *corpus.Store
	analyzer *indexer.Analyzer
	engine   indexer.Engine
	scorer   *Scorer
	matcher  *Matcher
	lists    string // the file of kept lists
}

// keep opens the kept lists.
func (h *house) keep(t testing.TB) {
	t.Helper()
	if err := h.matcher.Keep(h.lists, "test", slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := openHouse(t, t.TempDir())
	t.Cleanup(h.close)
	return h
}

func openHouse(t testing.TB, dir string) *house {
	t.Helper()
	seg, err := language()
	if err != nil {
		t.Fatal(err)
	}
	static, err := embedder()
	if err != nil {
		t.Fatal(err)
	}
	return buildHouse(t, dir, seg, static)
}

func newHouseWith(t testing.TB, seg *indexer.Segmenter) *house {
	t.Helper()
	static, err := indexer.NewStatic(seg.Words, seg.Freq)
	if err != nil {
		t.Fatal(err)
	}
	h := buildHouse(t, t.TempDir(), seg, static)
	t.Cleanup(h.close)
	return h
}

// sample is the house of sampled, which lies in sampleTemp.
var (
	sample     *house
	sampleTemp string
)

// sampled returns a house with the sample that all tests share: they ask it and change nothing.
func sampled(t testing.TB) *house {
	t.Helper()
	if sample == nil {
		var err error
		if sampleTemp, err = os.MkdirTemp("", "duijie-test-sample-"); err != nil {
			t.Fatal(err)
		}
		h := openHouse(t, sampleTemp)
		h.write(t, sampleDocs(t)...)
		sample = h
	}
	return sample
}

func TestMain(m *testing.M) {
	code := m.Run()
	if sample != nil {
		sample.close()
	}
	if err := os.RemoveAll(sampleTemp); err != nil {
		panic(err)
	}
	os.Exit(code)
}

func (h *house) close() {
	h.matcher.Close()
	h.engine.Close()
	h.store.Close()
}

func buildHouse(t testing.TB, dir string, seg *indexer.Segmenter, static *indexer.Static) *house {
	t.Helper()
	var err error
	h := &house{scorer: NewScorer(static, seg, DefaultRanking()), analyzer: indexer.NewAnalyzer(seg, static, slog.New(slog.DiscardHandler))}
	if h.store, err = corpus.Open(dir, corpus.Options{}); err != nil {
		t.Fatal(err)
	}
	if h.engine, err = openEngine(filepath.Join(dir, "index"), h.analyzer, seg); err != nil {
		t.Fatal(err)
	}
	h.matcher = New(h.store, h.analyzer, h.engine, h.scorer)
	h.lists = filepath.Join(dir, "lists.db")
	h.keep(t)
	h.matcher.Applied(indexer.Applied{Begun: true})
	return h
}

// write puts documents through the whole way: store, index, kept lists.
func (h *house) write(t testing.TB, docs ...corpus.Doc) {
	t.Helper()
	var puts []corpus.Put
	for _, d := range docs {
		puts = append(puts, corpus.Put{Doc: d})
	}
	results, err := h.store.Write(context.Background(), corpus.Batch{Actor: "test", Puts: puts})
	if err != nil {
		t.Fatal(err)
	}
	var stored []corpus.Doc
	var gone []indexer.Ref
	for _, r := range results {
		d, err := h.store.Get(r.Kind, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d.Status == corpus.Published {
			stored = append(stored, d)
		} else {
			gone = append(gone, indexer.Ref{Kind: d.Kind, Number: d.Number})
		}
	}
	entries, err := h.analyzer.Entries(context.Background(), stored)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.engine.Put(context.Background(), entries); err != nil {
		t.Fatal(err)
	}
	if err := h.engine.Delete(context.Background(), gone); err != nil {
		t.Fatal(err)
	}
	last, err := h.store.LastChange()
	if err != nil {
		t.Fatal(err)
	}
	h.matcher.Applied(indexer.Applied{Puts: entries, Deletes: gone, UpTo: last})
}

const sampleDir = "../cmd/duijie/sample"

func sampleDocs(t testing.TB) []corpus.Doc {
	t.Helper()
	var docs []corpus.Doc
	for _, k := range corpus.Kinds {
		some, err := readDocs(filepath.Join(sampleDir, k.Plural()+".jsonl"), k)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, some...)
	}
	return docs
}

func openEngine(dir string, a *indexer.Analyzer, seg *indexer.Segmenter) (indexer.Engine, error) {
	return indexer.OpenLocal(dir, indexer.LocalOptions{Identity: "test", Analyzer: a.Name(), Far: a.FarModel(), IDF: seg.IDF, Cut: seg.Cut})
}
