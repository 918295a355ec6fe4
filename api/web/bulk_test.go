package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/corpus"
)

// hidden are the hidden inputs of a page's form.
func hidden(doc *html.Node) url.Values {
	out := url.Values{}
	for _, e := range tags(tags(doc, "main")[0], "input") {
		if attr(e, "type") == "hidden" {
			out.Add(attr(e, "name"), attr(e, "value"))
		}
	}
	return out
}

func (w *world) prices(ids ...string) string {
	w.t.Helper()
	var out []string
	for _, id := range ids {
		d, err := w.svc.Store.Get(corpus.Achievement, id)
		if err != nil {
			w.t.Fatal(err)
		}
		p := "-"
		if d.Price != nil {
			p = d.Price.Text
		}
		out = append(out, p)
	}
	return strings.Join(out, " ")
}

func TestManyAreChangedAndTakenBack(t *testing.T) {
	w := newWorld(t, Options{}, gapsOf())
	cookie := w.signIn()
	at := "/incomplete/edit?kind=achievement&gap=stage"
	form := url.Values{"set": {"price"}, "value": {"100 万元"}, "pick": {"G1", "G3", "gone"}, "do": {"look"}}
	doc, _ := w.page(http.StatusOK, http.MethodPost, at, form, cookie)
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "选中 3 条：会更新 2 条，0 条本来就是这样，1 条不能改") || !strings.Contains(main, "玉米浸泡罐清洗 面议 更新") || w.prices("G1", "G3") != "- 面议" {
		t.Errorf("before: %q", main)
	}
	form = hidden(doc)
	form.Set("do", "write")
	doc, _ = w.page(http.StatusOK, http.MethodPost, at, form, cookie)
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "更新 2 条") || !strings.Contains(main, "撤回这 2 条") {
		t.Errorf("written: %q", main)
	}
	if got := w.prices("G1", "G2", "G3"); got != "100 万元 - 100 万元" {
		t.Errorf("prices: %s", got)
	}
	d, err := w.svc.Store.Get(corpus.Achievement, "G1")
	if err != nil {
		t.Fatal(err)
	}
	d.Title = "改过"
	if _, err := w.svc.Store.Write(t.Context(), corpus.Batch{Actor: "socket", Puts: []corpus.Put{{Doc: d}}}); err != nil {
		t.Fatal(err)
	}
	form = hidden(doc)
	form.Set("do", "undo")
	doc, _ = w.page(http.StatusOK, http.MethodPost, at, form, cookie)
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "已撤回 1 条；1 条之后又改过") || w.prices("G1", "G3") != "100 万元 面议" {
		t.Errorf("taken back: %q, %s", main, w.prices("G1", "G3"))
	}
}

func TestAWholeListIsChanged(t *testing.T) {
	w := newWorld(t, Options{}, gapsOf())
	cookie := w.signIn()
	form := url.Values{"set": {"price"}, "value": {"面议"}, "whole": {"1"}, "do": {"look"}}
	doc, _ := w.page(http.StatusOK, http.MethodPost, "/incomplete/edit?kind=achievement&gap=price", form, cookie)
	if picks := hidden(doc)["pick"]; fmt.Sprint(picks) != "[G1 G2]" {
		t.Errorf("picked: %v", picks)
	}
	form = url.Values{"set": {"contact"}, "clear": {"1"}, "value": {"x"}, "pick": {"G2"}, "do": {"write"}}
	w.page(http.StatusOK, http.MethodPost, "/incomplete/edit?kind=achievement", form, cookie)
	if d, err := w.svc.Store.Get(corpus.Achievement, "G2"); err != nil || d.Contact != "" {
		t.Errorf("cleared: %+v %v", d, err)
	}
}

func TestEditsThatSayTooLittle(t *testing.T) {
	w := newWorld(t, Options{}, gapsOf())
	cookie := w.signIn()
	for want, form := range map[string]url.Values{
		"请先在下面选中":     {"set": {"price"}, "value": {"面议"}},
		"请填写要改成什么":    {"set": {"price"}, "pick": {"G1"}},
		"三年":          {"set": {"price"}, "value": {"三年"}, "pick": {"G1"}},
		"一次最多改 1,000": {"set": {"price"}, "value": {"面议"}, "pick": make([]string, 1001)},
	} {
		doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/incomplete/edit?kind=achievement", form, cookie)
		if got := text(byID(doc, "value-error")); !strings.Contains(got, want) {
			t.Errorf("%q: %q", want, got)
		}
		if form.Get("pick") == "G1" && len(all(doc, func(e *html.Node) bool { return attr(e, "name") == "pick" && has(e, "checked") })) != 1 {
			t.Errorf("%q: the tick is lost", want)
		}
	}
	for _, field := range []string{"title", "status", "source_id", ""} {
		w.page(http.StatusUnprocessableEntity, http.MethodPost, "/incomplete/edit?kind=achievement", url.Values{"set": {field}, "value": {"x"}, "pick": {"G1"}}, cookie)
	}
}
