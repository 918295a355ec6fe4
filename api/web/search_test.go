package web

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestSearchStateIsInTheAddress(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.get("/search?kind=achievement&sort=newest")
	for _, want := range []string{"共 27 条结果"} {
		if got := text(classes(doc, "head")[0]); !strings.Contains(got, want) {
			t.Errorf("head %q, want %q", got, want)
		}
	}
	next := all(doc, func(e *html.Node) bool { return attr(e, "rel") == "next" })
	if len(next) != 1 {
		t.Fatal("no second page")
	}
	second, _ := w.get(attr(next[0], "href"))
	if n := len(tags(classes(second, "results")[0], "h3")); n != 7 {
		t.Errorf("%d results on the second page, want 7", n)
	}
	facet := func(doc *html.Node, key string) *html.Node {
		for _, e := range all(doc, func(e *html.Node) bool { return attr(e, "data-swap") == key }) {
			return e
		}
		t.Fatalf("no facet %s", key)
		return nil
	}
	for _, step := range []struct{ click, count string }{{"field:13", "共 1 条"}, {"field:C", "共 2 条"}, {"field:C", "共 27 条"}, {"stage:applied", "共 24 条"}, {"stage:lab", "共 25 条"}} {
		doc, _ = w.get(attr(facet(doc, step.click), "href"))
		if got := text(classes(doc, "head")[0]); !strings.Contains(got, step.count) {
			t.Errorf("after %s: %q, want %q", step.click, got, step.count)
		}
	}
	if chosen := tags(classes(doc, "chips")[0], "li"); len(chosen) != 3 { // two stages and "clear"
		t.Errorf("%d chips", len(chosen))
	}
}

func TestWordsAreHighlighted(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.get("/search?q=" + url.QueryEscape("亚硫酸"))
	for _, row := range tags(classes(doc, "results")[0], "h3") {
		marks := tags(row.Parent, "mark")
		if len(marks) == 0 || text(marks[0]) != "亚硫酸" {
			t.Errorf("row %q marks %d words", text(row), len(marks))
		}
	}
}

func TestDocumentsLinkToEachOther(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for address, links := range map[string][]string{"/achievements/A1": {"/experts/E1", "/projects/P1", "/needs/N1", "/v1/achievements/A1"},
		"/experts/E1": {"/achievements/A1"}, "/projects/P1": {"/achievements/A1"}, "/needs/N1": {"/achievements/A1"}} {
		doc, _ := w.get(address)
		for _, link := range links {
			if len(all(doc, func(e *html.Node) bool { return attr(e, "href") == link })) == 0 {
				t.Errorf("%s does not link to %s", address, link)
			}
		}
	}
	doc, _ := w.get("/achievements/A3")
	if got := text(classes(doc, "table")[0]); !strings.Contains(got, "面议") || !strings.Contains(text(doc), "未提供：持有方、阶段、合作方式") {
		t.Errorf("A3 says %q", got)
	}
}
