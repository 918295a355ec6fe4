package web

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/corpus"
)

func TestAPageTellsWhatAnImportChanged(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	for _, row := range []string{"1,玉米浸泡,甲,", "1,玉米短时浸泡,乙,2027-06-30"} {
		rows := corpus.Read(strings.NewReader("编号,名称,联系方式,有效期至\n"+row+"\n"), "a.csv", corpus.ReadOptions{Kind: corpus.Need})
		if _, err := corpus.Import(t.Context(), w.svc.Store, rows, corpus.ImportOptions{ID: corpus.NewImportID(w.now()), Actor: "test", File: "a.csv", Kind: corpus.Need}); err != nil {
			t.Fatal(err)
		}
	}
	for lang, want := range map[string]string{"zh": "2026-11-23 名称、有效期至", "en": "2026-11-23 title, valid until"} {
		doc, _ := w.get("/needs/1", "lang="+lang)
		list := classes(doc, "revisions")
		if len(list) != 1 || text(list[0]) != want {
			t.Errorf("%s: %d lists, want one of %q", lang, len(list), want)
		}
	}
}

func TestAPageTellsTheHistoryOfADocument(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	put := func(change func(*corpus.Doc)) {
		t.Helper()
		d, err := w.svc.Store.Get(corpus.Need, "N1")
		if err != nil {
			t.Fatal(err)
		}
		change(&d)
		if _, err := w.svc.Store.Write(t.Context(), corpus.Batch{Actor: "socket", Action: "x", Puts: []corpus.Put{{Doc: d}}}); err != nil {
			t.Fatal(err)
		}
	}
	put(func(d *corpus.Doc) { d.Goal, d.Contact = "浸泡总时间 ≤ 20 h", secret+" 新" })
	put(func(d *corpus.Doc) { d.Budget = nil })
	put(func(d *corpus.Doc) { d.Contact = secret + " 又新" })
	if doc, _ := w.get("/needs/N1"); len(all(doc, func(e *html.Node) bool { return attr(e, "href") == "/needs/N1/history" })) != 1 {
		t.Error("the page of a need does not lead to its history")
	}
	doc, source := w.get("/needs/N1/history")
	if got := strings.ReplaceAll(text(tags(doc, "ol")[0]), " ", ""); got != "2026-11-2316:00修改管理员拟投入资金已修改"+
		"2026-11-2316:00修改管理员预期目标已修改2026-11-2316:00录入管理员" {
		t.Errorf("to everybody: %s", got)
	}
	if strings.Contains(source, secret) || strings.Contains(source, "kg/t") {
		t.Error("a history shows what is not public, or not any more")
	}
	doc, _ = w.get("/needs/N1/history", in)
	if marks := tags(doc, "mark"); len(marks) == 0 {
		t.Error("what differs is not marked")
	}
	res := w.ask(http.MethodGet, "/needs/N1/history", nil, in)
	b, err := io.ReadAll(res.Body)
	if err != nil || res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(string(b), secret) || !strings.Contains(string(b), "命令行") {
		t.Errorf("to an admin (%v): %s", res.Header, b)
	}
	if doc, _ := w.get("/needs/N1/history", in, "lang=en"); !strings.Contains(text(doc), "budget Before: 600万元 Now it says nothing") {
		t.Errorf("in English: %s", text(doc))
	}
	w.page(http.StatusNotFound, http.MethodGet, "/achievements/A4/history", nil)
	w.get("/achievements/A4/history", in)
	w.page(http.StatusNotFound, http.MethodGet, "/needs/none/history", nil)

	button := func(doc *html.Node) bool { return strings.Contains(text(doc), "清除变更记录") }
	if doc, _ := w.get("/needs/N1/history"); button(doc) {
		t.Error("everybody is offered to clear a history")
	}
	w.page(http.StatusSeeOther, http.MethodPost, "/needs/N1/history", nil) // to sign in
	if doc, source := w.get("/needs/N1/history", in); !button(doc) || !strings.Contains(source, "kg/t") {
		t.Error("an admin's page has not all that it should")
	}
	w.page(http.StatusSeeOther, http.MethodPost, "/needs/N1/history", nil, in)
	doc, source = w.get("/needs/N1/history", in)
	if got := strings.ReplaceAll(text(tags(doc, "ol")[0]), " ", ""); !strings.HasPrefix(got, "2026-11-2316:00清除变更记录管理员") || len(tags(doc, "dl")) != 0 || strings.Contains(source, "kg/t") {
		t.Errorf("a cleared history: %s", got)
	}
}
