package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duijie/corpus"
)

var message = url.Values{"text": {"于海 2024/3/5 10:21\n企业名称：科尔沁淀粉公司\n需求1：玉米浸泡时间太长，想缩短到24小时以内\n需求2：玉米浆蒸发器结垢，寻求防垢办法\n电话：13800000000"}}

func TestAPastedMessageIsShownAsDrafts(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.page(http.StatusOK, http.MethodPost, "/needs/paste", message)
	drafts := classes(doc, "advice")
	if len(drafts) != 2 || text(byID(doc, "text")) == "" {
		t.Fatalf("%d drafts", len(drafts))
	}
	for _, want := range []string{"企业名称 科尔沁淀粉公司", "联系方式 13800000000", "要解决的问题 玉米浆蒸发器结垢，寻求防垢办法", "需求名称 推定", "还缺：", "可以先问企业", "希望达到哪些指标"} {
		if got := text(drafts[1]); !strings.Contains(got, want) {
			t.Errorf("the second draft %q does not say %q", got, want)
		}
	}
	form := url.Values{"do": {"check"}}
	for _, in := range tags(drafts[1], "input") {
		form.Add(attr(in, "name"), attr(in, "value"))
	}
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/needs/new", form)
	if got := text(byID(doc, "contact")) + text(byID(doc, "org")); got != "13800000000科尔沁淀粉公司" {
		t.Errorf("the form has %q", got)
	}
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/needs/paste", with(message, "text", "急需招聘焊接工程师5名", "lang", "en"))
	if got := text(classes(doc, "advice")[0]); !strings.Contains(got, "This is not matched here") || len(tags(classes(doc, "advice")[0], "button")) != 0 {
		t.Errorf("people wanted: %q", got)
	}
}

func TestPastedDraftsAreTakenAlong(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, format := range []string{"csv", "jsonl"} {
		res := w.ask(http.MethodPost, "/needs/paste/file", with(message, "format", format))
		if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(res.Header.Get("Content-Disposition"), "need."+format) {
			t.Errorf("%s: %s %v", format, res.Status, res.Header)
		}
		n := 0
		for r, err := range corpus.Read(res.Body, "need", corpus.ReadOptions{}) {
			if err != nil || r.Bad() || r.Doc.Status != corpus.Draft || r.Doc.Contact != "13800000000" || r.Doc.Kind != corpus.Need {
				t.Errorf("%s: %+v, %v", format, r, err)
			}
			n++
		}
		if n != 2 {
			t.Errorf("%s holds %d drafts", format, n)
		}
	}
	if strings.Contains(w.log.String(), "13800000000") {
		t.Error("the message is logged")
	}
}

func TestAMessageThatMakesNoDraftIsSaidSo(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, address := range []string{"/needs/paste", "/needs/paste/file"} {
		for _, typed := range []string{"", " \n", "谢谢", strings.Repeat("长", maxTyped+1), strings.Repeat("长", 2*maxTyped)} {
			doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, address, url.Values{"text": {typed}})
			if attr(byID(doc, "text"), "aria-invalid") != "true" || len(classes(doc, "error")) != 1 {
				t.Errorf("%s with %.10q: nothing says so", address, typed)
			}
		}
	}
	res := w.ask(http.MethodPost, "/needs/paste/file", url.Values{"text": {"急需招聘焊接工程师5名"}})
	if b, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(b), "没有可以成稿的内容") {
		t.Errorf("people wanted as a file: %s", res.Status)
	}
}
