package indexer

import (
	"os"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestRepetition(t *testing.T) {
	seg := segmenter(t)
	of := func(title, text string) float32 { return seg.glossary(seg.Cut(title), seg.Cut(text)).repetition() }
	for _, c := range []struct {
		name, title, text string
		least, most       float32
	}{
		{"a short text may repeat itself", "玉米", strings.Repeat("玉米 ", 20), 0, 0},
		{"one word a thousand times", "玉米", strings.Repeat("玉米 ", 1000), .95, 1},
		{"a few words two hundred times", "玉米浸泡", strings.Repeat("玉米浸泡，亚硫酸，淀粉。", 200), .9, 1},
	} {
		if got := of(c.title, c.text); got < c.least || got > c.most {
			t.Errorf("%s: %v, want %v to %v", c.name, got, c.least, c.most)
		}
	}
}

// TestRealPostingsDontRepeatThemselves lets only what is doubled in the source pass for repetitive.
func TestRealPostingsDontRepeatThemselves(t *testing.T) {
	path := "../../shared/data/zhejiang/achievements.jsonl"
	f, err := os.Open(path)
	if err != nil {
		t.Skip("../shared is absent: no real postings to read")
	}
	defer f.Close()
	seg := segmenter(t)
	n := 0
	for row, err := range corpus.Read(f, path, corpus.ReadOptions{Kind: corpus.Achievement}) {
		if err != nil {
			t.Fatal(err)
		}
		if r := seg.glossary(seg.Cut(row.Doc.Title), seg.Cut(row.Doc.Body())).repetition(); r > 0 {
			n++
			t.Logf("%s: %.2f", row.Doc.ID, r)
		}
	}
	if n > 2 {
		t.Errorf("%d real postings count as repetitive", n)
	}
}
