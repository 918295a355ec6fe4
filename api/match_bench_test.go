package api

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"

	"duijie/corpus"
)

// BenchmarkMatches asks over the handler for the first page of a need of the sample, whose list is kept.
func BenchmarkMatches(b *testing.B) {
	var docs []corpus.Doc
	var needs []string
	for _, k := range []corpus.Kind{corpus.Achievement, corpus.Need} {
		path := filepath.Join("../cmd/duijie/sample", k.Plural()+".jsonl")
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		for row, err := range corpus.Read(bufio.NewReader(f), path, corpus.ReadOptions{Kind: k}) {
			if err != nil {
				b.Fatal(err)
			}
			docs = append(docs, row.Doc)
			if k == corpus.Need {
				needs = append(needs, corpus.MakeID(row.Doc.Source, row.Doc.SourceID))
			}
		}
	}
	w := newWorld(b, nil, docs...)
	for _, id := range needs {
		w.as("", "GET", "/v1/needs/"+id+"/matches", "").want(200)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.as("", "GET", "/v1/needs/"+needs[i%len(needs)]+"/matches", "").want(200)
	}
}
