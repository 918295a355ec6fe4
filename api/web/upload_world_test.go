package web

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"

	"duijie/corpus"
	"duijie/corpus/market"
)

// send posts a file with what is typed beside it.
func (w *world) send(cookie, name, content, kind, source string) *http.Response {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	form.WriteField("kind", kind)
	if name != "" {
		f, err := form.CreateFormFile("file", name)
		if err != nil {
			w.t.Fatal(err)
		}
		io.WriteString(f, content)
	}
	form.WriteField("source", source) // behind the file, as a form may
	form.Close()
	r := httptest.NewRequest(http.MethodPost, "/imports/new", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Cookie", cookie)
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec.Result()
}

// upload gives a file and returns the address of its preview.
func (w *world) upload(cookie, name, content, kind, source string) string {
	w.t.Helper()
	res := w.send(cookie, name, content, kind, source)
	at := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasSuffix(at, "/check") {
		b, _ := io.ReadAll(res.Body)
		w.t.Fatalf("the upload answers %d, %q\n%s", res.StatusCode, at, b)
	}
	return at
}

// press sends the form that stands at an address, with changes by name or, of cells, by id, and a button. It returns where
// that leads.
func (w *world) press(cookie, at, do string, changes map[string]string) string {
	w.t.Helper()
	doc, _ := w.get(at, cookie)
	var form *html.Node
	for _, f := range tags(tags(doc, "main")[0], "form") {
		form = f
	}
	values := url.Values{"do": {do}}
	for _, e := range tags(form, "input", "textarea", "select") {
		value := attr(e, "value")
		if attr(e, "type") == "checkbox" && !has(e, "checked") && changes[attr(e, "name")] == "" {
			continue
		}
		if e.Data == "textarea" && e.FirstChild != nil {
			value = e.FirstChild.Data // the parser drops the first line break, as browsers do
		}
		for _, o := range tags(e, "option") {
			if has(o, "selected") {
				value = attr(o, "value")
			}
		}
		for _, key := range []string{attr(e, "id"), attr(e, "name")} {
			if change, ok := changes[key]; ok && key != "" {
				value = change
			}
		}
		values.Add(attr(e, "name"), strings.ReplaceAll(value, "\n", "\r\n"))
	}
	res := w.ask(http.MethodPost, attr(form, "action"), values, cookie)
	if res.StatusCode != http.StatusSeeOther {
		b, _ := io.ReadAll(res.Body)
		w.t.Fatalf("%s at %s answers %d\n%s", do, at, res.StatusCode, b)
	}
	return res.Header.Get("Location")
}

// ended waits until an import has ended and returns its page.
func (w *world) ended(cookie, at string) *html.Node {
	w.t.Helper()
	for range 6000 {
		doc, _ := w.get(at, cookie)
		if len(tags(doc, "progress")) == 0 {
			return doc
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatalf("%s does not end", at)
	return nil
}

// importNow imports a file as it is and returns the import's id.
func (w *world) importNow(cookie, name, content, kind, source string) string {
	w.t.Helper()
	at := w.press(cookie, w.upload(cookie, name, content, kind, source), "import", nil)
	w.ended(cookie, at)
	return strings.TrimPrefix(at, "/imports/")
}

// importAddresses are the pages of the signed in, with something on each.
func (w *world) importAddresses(cookie string) []string {
	w.t.Helper()
	done := "/imports/" + w.importNow(cookie, "成果.csv", badTable, "achievement", "测试来源")
	for d, err := range w.svc.Store.Each(corpus.Achievement, 0) {
		if err != nil {
			w.t.Fatal(err)
		}
		if d.Title == "菌草栽培蘑菇技术" {
			d.Title = "菌草栽培食用菌技术"
			if _, err := w.svc.Store.Write(context.Background(), corpus.Batch{Actor: "socket", Action: "x", Puts: []corpus.Put{{Doc: d}}}); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	untitled := w.upload(cookie, "无表头.csv", "甲列,乙列\n1,2\n", "", "")
	check := w.upload(cookie, "新成果.csv", badTable+"4,"+strings.Repeat("长", 900)+",x,\n", "achievement", "测试来源")
	w.press(cookie, check, "check", map[string]string{"c-1-1": "改好的名称"})
	if _, err := w.svc.PutFeed(context.Background(), operator, "邻市 平台", market.FeedSettings{URL: "https://market.example/needs.jsonl", Kind: corpus.Need, Licence: "CC BY 4.0"}); err != nil {
		w.t.Fatal(err)
	}
	w.merge("W0", "W1")
	return []string{"/imports", check, untitled, done, done + "/undo", "/duplicates", "/duplicates?kind=achievement&least=0.6&merged=achievement/W0", "/duplicates/merge?kind=achievement&id=W2&into=W1",
		"/duplicates/history?undone=W9&kept=title,extra.备注", "/incomplete", "/incomplete?kind=need&gap=budget&done=1", "/incomplete/achievements/A3?saved=achievements/A2", "/incomplete/needs/N2", "/signin/done",
		"/feeds", "/feeds/form/new", "/feeds/" + url.PathEscape("邻市 平台")}
}

const badTable = "编号,名称,内容,价格\n" +
	"1,菌草栽培蘑菇技术,用菌草代替木屑栽培蘑菇。,10万元\n" +
	"2,,缺少名称的一行。,20万元\n" +
	"3,盐碱地改良剂,\"第一行\n第二行，<b>加粗</b>\",3年\n"
