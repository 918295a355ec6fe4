package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/api"
	"duijie/corpus"
	"duijie/matcher"
)

func TestTypedProblemIsInNoAddressAndNoLog(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.page(http.StatusOK, http.MethodPost, "/match", problem)
	if len(classes(doc, "matches")) == 0 {
		t.Fatal("nothing matches")
	}
	for _, e := range all(doc, func(*html.Node) bool { return true }) {
		for _, name := range []string{"href", "src", "action", "formaction"} {
			if unescaped, _ := url.QueryUnescape(attr(e, name)); strings.Contains(unescaped, "亚硫酸用量大") {
				t.Errorf("%s %s=%q", e.Data, name, attr(e, name))
			}
		}
	}
	form := all(doc, func(e *html.Node) bool { return attr(e, "id") == "problem" })[0]
	if attr(form, "method") != "post" {
		t.Error("the form does not post")
	}
	res := w.ask(http.MethodGet, "/match?text="+url.QueryEscape(problem.Get("text")), nil)
	if b, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK || strings.Contains(string(b), "亚硫酸用量大") || strings.Contains(string(b), `class="matches"`) {
		t.Error("a text in the address is taken")
	}
	if log := w.log.String(); strings.Contains(log, "亚硫酸用量大") || strings.Contains(log, url.QueryEscape("亚硫酸用量大")) {
		t.Error("the text is logged")
	}
	if res := w.ask(http.MethodPost, "/match", problem); res.Header.Get("Cache-Control") != "no-store" {
		t.Error("the result may be stored")
	}
}

func TestMatchWithoutJavaScript(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.get("/")
	examples := all(doc, func(e *html.Node) bool { return has(e, "data-example") })
	if len(examples) == 0 {
		t.Fatal("no examples")
	}
	filled, _ := w.get(strings.TrimSuffix(attr(examples[0], "href"), "#text"))
	box := tags(filled, "textarea")[0]
	if text(box) != strings.Join(strings.Fields(attr(examples[0], "data-example")), " ") {
		t.Fatalf("the example's link fills the box with %q", text(box))
	}
	list, _ := w.page(http.StatusOK, http.MethodPost, "/match", url.Values{"text": {text(box)}})
	first := tags(classes(list, "matches")[0], "a")[0]
	if attr(first, "href") != "/achievements/A1" {
		t.Fatalf("the best match is %s", attr(first, "href"))
	}
	w.get(attr(first, "href"))
}

func TestBadFormsKeepWhatWasTypedAndSaySo(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	long := strings.Repeat("长", maxTyped+1)
	for name, form := range map[string]url.Values{"empty": {"text": {""}}, "blank": {"text": {" \n"}}, "none": {}, "too long": {"text": {long}}, "far too long": {"text": {long + long}}} {
		doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/match", form)
		box := tags(doc, "textarea")[0]
		if attr(box, "aria-invalid") != "true" || len(classes(doc, "field-error")) != 1 || len(classes(doc, "error")) != 1 {
			t.Errorf("%s: the error is not shown at the field and on top", name)
		}
		if name == "too long" && text(box) != long {
			t.Errorf("%s: the text is lost", name)
		}
	}
}

func TestMatchRowSaysWhyAndWhatSpeaksAgainst(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.get("/needs/N1")
	row := tags(classes(doc, "matches")[0], "li")[0]
	got := text(row)
	for _, want := range []string{"玉米湿磨酶法辅助短时浸泡工艺", "对应需求：", "报价 1,180万元 高于预算 600万元", "成果提供技术转让、技术许可，需求希望技术开发",
		"上次确认在 2025-03-12", "蒙东淀粉工程中心", "通辽市科尔沁区", "中期（中试线30 t/d，连续92天）", "词语", "语义", "覆盖", "查看理由", "成果原文"} {
		if !strings.Contains(got, want) {
			t.Errorf("the row does not say %q", want)
		}
	}
	if len(tags(row, "meter")) != 3 || len(tags(classes(row, "sides")[0], "mark")) < 2 {
		t.Error("the row has no bars or no marked words")
	}
	if strings.Contains(got, "未提供") {
		t.Errorf("the row misses what it has: %s", got)
	}
	doc, _ = w.get("/needs/N2")
	found := false
	for _, link := range all(doc, func(e *html.Node) bool { return attr(e, "href") == "/achievements/A2" }) {
		row := link.Parent.Parent
		if got := text(row); strings.Count(got, "未提供") != 1 || !strings.Contains(got, "未提供：持有方、地区、报价、最近确认；可向持有方询问。") {
			t.Errorf("what is unknown is not one line: %s", got)
		}
		found = true
	}
	if !found {
		t.Error("A2 is not in the list")
	}
	if got := text(classes(doc, "note")[0]); !strings.Contains(got, "2026-05 到期") {
		t.Errorf("note %q", got)
	}
	if got := text(classes(doc, "missing")[0]); got != "还缺：更具体的问题描述、预期目标、量化指标、预算、已有工作基础。补充后匹配更准。" {
		t.Errorf("incomplete: %q", got)
	}
}

func TestAnAnswerWithoutMeaningSaysSo(t *testing.T) {
	words, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{svc: &api.Service{}}
	ts, err := s.parse("zh", words)
	if err != nil {
		t.Fatal(err)
	}
	r := request{httptest.NewRequest(http.MethodGet, "/", nil), ts}
	l, err := s.list(r, corpus.Doc{Kind: corpus.Need}, matcher.Answer{Degraded: "meaning"}, "")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := ts.render(&b, page{Template: "match", Data: matchPage{List: &l}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{ts.t("match.degraded"), ts.t("match.none.achievements"), ts.t("match.none.expert")} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the list does not say %q", want)
		}
	}
}
