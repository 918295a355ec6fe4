package matcher

import (
	"strings"
	"testing"
)

func TestReportStandsAloneAndShowsTheLists(t *testing.T) {
	e, err := Eval(t.Context(), smallSet(t), newHouse(t).workbench(t), EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	e.cases[0].list[0].Title = "<b>玉米"
	var b strings.Builder
	if err := e.Report(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		"风机叶片结冰停机",            // a need
		"风机叶片除冰",              // its best achievement
		"电力、热力生产和供应业（1）1.000", // its field, as text in a plot
		"&lt;b&gt;玉米",         // titles are escaped
		"bm25",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if n := strings.Count(page, "<svg"); n != 3 {
		t.Errorf("%d plots, want 3", n)
	}
	for _, outside := range []string{"src=", "href=", "url(", "<script", "@import", "<?xml"} {
		if strings.Contains(page, outside) {
			t.Errorf("%q is on the page", outside)
		}
	}
}

func TestWorstNeedsComeFirstAndShowWhatTheyMissed(t *testing.T) {
	entry := func(id string, rank, grade int) listed { return listed{id, id, rank, grade, Parts{WordsPart: 1}} }
	e := &Evaluation{cases: []*judgement{
		{title: "good", figures: map[string]Figures{ours: {.9, .9, 1, 1}}},
		{title: "nothing to measure"},
		{title: "bad", figures: map[string]Figures{ours: {.1, .5, 1, 1}},
			list: []listed{entry("a", 1, -1), entry("b", 12, 3), entry("c", 0, 2)}},
	}}
	worst := e.worst()
	if len(worst) != 2 || worst[0].Title != "bad" || worst[1].Title != "good" {
		t.Fatalf("got %+v", worst)
	}
	w := worst[0]
	if len(w.List) != 1 || len(w.Missed) != 2 || w.Missed[0].ID != "b" || len(w.Parts) != 1 || w.Parts[0] != "用词" {
		t.Errorf("got %+v", w)
	}
}
