package matcher

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

// A pair that has nothing but two words in common which an operator calls the same is found, and the reason says so.
func TestSynonymsMatchAndAreNamed(t *testing.T) {
	o := indexer.LexiconOptions{Synonyms: filepath.Join(t.TempDir(), "synonyms.txt")}
	if err := os.WriteFile(o.Synonyms, []byte("蒙古大棒、玉米穗轴\n套种、间作\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := indexer.ReadLexicon(o)
	if err != nil {
		t.Fatal(err)
	}
	seg, err := l.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	docs := []corpus.Doc{
		{Kind: corpus.Need, SourceID: "N1", Title: "蒙古大棒没有去处", Text: "堆在场院里的蒙古大棒越来越多，想找个用处。"},
		{Kind: corpus.Achievement, SourceID: "A1", Title: "玉米穗轴制备活性炭", Text: "以玉米穗轴为原料热解。"},
		{Kind: corpus.Achievement, SourceID: "A2", Title: "风电叶片除冰", Text: "电热膜除冰。"},
	}
	match := func(seg *indexer.Segmenter) (Match, bool) {
		h := newHouseWith(t, seg)
		h.write(t, docs...)
		a, err := h.matcher.ForNeed(context.Background(), "N1", Options{})
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(a.Matches, func(m Match) bool { return m.ID == "A1" })
		if at < 0 {
			return Match{}, false
		}
		back, err := h.matcher.ForAchievement(context.Background(), "A1", Options{})
		if err != nil || len(back.Matches) != 1 || back.Matches[0].Points != a.Matches[at].Points {
			t.Errorf("from the other side: %+v, %v", back.Matches, err)
		}
		return a.Matches[at], true
	}
	plain, err := language()
	if err != nil {
		t.Fatal(err)
	}
	if m, found := match(plain); found {
		t.Fatalf("found without the file: %+v", m)
	}
	m, found := match(seg)
	if !found {
		t.Fatal("not found")
	}
	words := m.Reasons[slices.IndexFunc(m.Reasons, func(r Reason) bool { return r.Kind == "words" })]
	if !strings.Contains(words.Text, "蒙古大棒（同义词：玉米穗轴）") {
		t.Errorf("the reason is %q", words.Text)
	}
	for _, s := range words.Spans {
		want := [2]string{"蒙古大棒", "玉米穗轴"}
		if s.Side == corpus.Achievement {
			want = [2]string{"玉米穗轴", "蒙古大棒"}
		}
		if got := [2]string{s.Word, s.Other}; got != want {
			t.Errorf("%s %s: %v, want %v", s.Side, s.Field, got, want)
		}
	}
	if len(words.Spans) < 4 {
		t.Errorf("%d spans", len(words.Spans))
	}
}
