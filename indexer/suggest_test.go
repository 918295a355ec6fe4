package indexer

import (
	"fmt"
	"strings"
	"testing"

	"duijie/corpus"
)

// completionsOf makes a table of documents, numbered as they come.
func completionsOf(t *testing.T, docs ...corpus.Doc) *Completions {
	t.Helper()
	table, err := NewCompletions(func(yield func(corpus.Doc, error) bool) {
		for i, d := range docs {
			if d.Number = uint32(i + 1); d.Kind == "" {
				d.Kind = corpus.Achievement
			}
			if !yield(d, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// shown writes completions as "what:key number".
func shownCompletions(list []Completion) string {
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%s:%s %d", []string{"word", "holder", "title"}[c.What], c.key, c.Ref.Number))
	}
	return strings.Join(out, "; ")
}

func TestWhatIsTypedIsCompleted(t *testing.T) {
	table := completionsOf(t,
		corpus.Doc{Title: "玉米湿磨短时浸泡工艺", Org: "蒙东淀粉工程中心", Keywords: []string{"玉米淀粉", "LED封装"}},
		corpus.Doc{Title: "一种玉米脱粒机", Org: "蒙东淀粉工程中心", Keywords: []string{"玉米", "脱粒"}},
		corpus.Doc{Title: "《玉米浆》蒸发器", Keywords: []string{"玉米"}},
		corpus.Doc{Title: "玉米秸秆打包", Kind: corpus.Need, Keywords: []string{"玉米"}})
	for _, test := range []struct{ typed, want string }{
		{"玉米", "word:玉米 3; word:玉米 4; word:玉米淀粉 1; title:玉米秸秆打包 4; title:玉米浆》蒸发器 3; title:玉米脱粒机 2; title:玉米湿磨短时浸泡工艺 1"},
		{"玉米淀", "word:玉米淀粉 1"},
		{"一种玉米脱", "title:玉米脱粒机 2"},
		{"一种", ""},
		{"《玉米浆", "title:玉米浆》蒸发器 3"},
		{"玉米漿", "title:玉米浆》蒸发器 3"},
		{"ymdf", "word:玉米淀粉 1"},
		{"YMDF", "word:玉米淀粉 1"},
		{"ymsmdsjp", "title:玉米湿磨短时浸泡工艺 1"},
		{"ymsmdsjpgy", "title:玉米湿磨短时浸泡工艺 1"},
		{"mddf", "holder:蒙东淀粉工程中心 2"},
		{"led", "word:led封装 1"},
		{"ledfz", "word:led封装 1"},
		{"ymx", ""},
		{"jg", ""}, // no completion begins inside a text
		{"", ""}, {" ，", ""},
	} {
		if got := shownCompletions(table.Find(test.typed, nil, 5)); got != test.want {
			t.Errorf("%q gives %q, want %q", test.typed, got, test.want)
		}
	}
	if got := shownCompletions(table.Find("玉米", []corpus.Kind{corpus.Need}, 5)); got != "word:玉米 4; title:玉米秸秆打包 4" {
		t.Errorf("of needs alone: %q", got)
	}
	if got := shownCompletions(table.Find("玉", nil, 1)); got != "word:玉米 3; title:玉米秸秆打包 4" {
		t.Errorf("one of each: %q", got)
	}
	if got := shownCompletions(completionsOf(t).Find("玉米", nil, 5)); got != "" {
		t.Errorf("an empty table gives %q", got)
	}
}

func TestACompletionIsWhatItsDocumentStillOffers(t *testing.T) {
	long := "玉米湿磨酶法辅助短时浸泡工艺及其在淀粉生产线上的应用示范研究"
	doc := corpus.Doc{Title: long, Keywords: []string{"玉米"}}
	table := completionsOf(t, doc)
	for _, test := range []struct {
		typed, title string
		want         bool
	}{
		{"玉米湿磨", long, true},
		{long, long, true},
		{"ymsm", long, true},
		{"玉米湿磨", "甘蔗压榨", false},
		{long + "二", long, false},
	} {
		got := false
		doc.Title = test.title
		for _, c := range table.Find(test.typed, nil, 5) {
			for _, o := range Offers(&doc) {
				got = got || c.What == OffersTitle && c.Of(o) && o.Completes(test.typed) && o.Text == test.title
			}
		}
		if got != test.want {
			t.Errorf("%q of %q: %v", test.typed, test.title, got)
		}
	}
}
