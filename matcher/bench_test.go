package matcher

import (
	"bufio"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

// corpusDir and corpusRows choose what the benchmarks rank: the first rows of each file of a folder.
var (
	corpusDir  = flag.String("corpus", sampleDir, "folder with achievements.jsonl and needs.jsonl for the benchmarks")
	corpusRows = flag.Int("rows", 20_000, "how many rows of each file the benchmarks read")
)

// stock returns a house whose store and index hold the benchmarks' documents, and the needs among them.
func stock(b testing.TB) (*house, []corpus.Doc) {
	b.Helper()
	h := newHouse(b)
	for _, k := range []corpus.Kind{corpus.Achievement, corpus.Need} {
		path := filepath.Join(*corpusDir, k.Plural()+".jsonl")
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		var batch corpus.Batch
		for row, err := range corpus.Read(bufio.NewReader(f), path, corpus.ReadOptions{Kind: k}) {
			if err != nil {
				b.Fatal(err)
			}
			if len(batch.Puts) == *corpusRows {
				break
			}
			if !row.Bad() {
				batch.Puts = append(batch.Puts, corpus.Put{Doc: row.Doc})
			}
		}
		batch.Actor = "bench"
		if _, err := h.store.Write(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		var docs []corpus.Doc
		put := func() {
			entries, err := h.analyzer.Entries(b.Context(), docs)
			if err == nil {
				err = h.engine.(*indexer.Local).Load(b.Context(), entries)
			}
			if err != nil {
				b.Fatal(err)
			}
			docs = docs[:0]
		}
		for d, err := range h.store.Each(k, 0) {
			if err != nil {
				b.Fatal(err)
			}
			if docs = append(docs, d); len(docs) == 1000 {
				put()
			}
		}
		put()
	}
	var needs []corpus.Doc
	for d, err := range h.store.Each(corpus.Need, 0) {
		if err != nil {
			b.Fatal(err)
		}
		if d.Status == corpus.Published {
			needs = append(needs, d.Public())
		}
	}
	return h, needs[:min(200, len(needs))]
}

// BenchmarkAnswer makes a page of 20 matches with reasons: from a need's kept list, and with the ranking.
func BenchmarkAnswer(b *testing.B) {
	h, needs := stock(b)
	b.Run("kept", func(b *testing.B) {
		for _, need := range needs {
			if _, err := h.matcher.ForNeed(b.Context(), need.ID, Options{}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := h.matcher.ForNeed(b.Context(), needs[i%len(needs)].ID, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("live", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := h.matcher.live(b.Context(), needs[i%len(needs)], Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkArrange makes a list of ranked rows.
func BenchmarkArrange(b *testing.B) {
	h, needs := stock(b)
	var lists [][]ranked
	for _, need := range needs {
		entry, err := h.matcher.entry(b.Context(), need)
		if err != nil {
			b.Fatal(err)
		}
		rows, err := h.matcher.rank(b.Context(), entry, corpus.Achievement, indexer.Filter{})
		if err != nil {
			b.Fatal(err)
		}
		lists = append(lists, rows)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		arrange(lists[i%len(lists)], h.matcher.wordReader(b.Context()))
	}
}
