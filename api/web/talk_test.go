package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// remark sends the form of a thread with files, each a name and a content.
func (w *world) remark(lead, text, cookie string, files ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	form.WriteField("text", text) // a buffer takes all
	for i := 0; i < len(files); i += 2 {
		part, err := form.CreateFormFile("files", files[i])
		if err != nil {
			w.t.Fatal(err)
		}
		part.Write([]byte(files[i+1]))
	}
	form.CreateFormFile("files", "") // as browsers send an input without a file
	form.Close()
	r := httptest.NewRequestWithContext(w.t.Context(), "POST", lead+"/remarks", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Cookie", cookie)
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec
}

func TestTheThreadOfALeadIsOnItsPage(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	w.svc.Attachments = t.TempDir()
	in := w.signIn()
	at := w.add(in, "leads", lead)
	if doc, _ := w.get(at, in); !strings.Contains(text(doc), "还没有留言") || attr(byID(doc, "remark"), "maxlength") != "5000" {
		t.Errorf("an empty thread: %s", text(doc))
	}
	for _, c := range []struct {
		text, said string
		files      []string
	}{
		{"", "请写 1 到 5,000 字", nil},
		{"<b>附件</b>", "只收 PDF", []string{"a.svg", "<svg/>"}},
		{"<b>附件</b>", "只收 PDF", []string{"a.pdf", "x"}},
		{"<b>附件</b>", "10 MB 以内", []string{"a.pdf", "%PDF-" + strings.Repeat("x", 10<<20)}},
		{"<b>附件</b>", "最多 5 个", strings.Split(strings.Repeat("a.pdf,%PDF-,", 6)+"a.pdf,%PDF-", ",")},
	} {
		if got := w.remark(at, c.text, in, c.files...); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), c.said) || c.text != "" && !strings.Contains(got.Body.String(), "&lt;b&gt;附件") {
			t.Errorf("%q with %d files: %d", c.text, len(c.files)/2, got.Code)
		}
	}
	if got := w.remark(at, "见附件", in, "../报告.pdf", "%PDF-1.7"); got.Code != http.StatusSeeOther || got.Header().Get("Location") != at+"#thread" {
		t.Fatalf("a remark answers %d: %s", got.Code, got.Body)
	}
	doc, _ := w.get(at, in)
	links := classes(doc, "talk")
	if len(links) != 1 || !strings.Contains(text(links[0]), "意向方 我") || !strings.Contains(text(links[0]), "报告.pdf（8 B）") {
		t.Fatalf("the thread: %s", text(doc))
	}
	_, source := w.get(at, in)
	_, file, _ := strings.Cut(source, `href="`+at+`/files/`)
	file, _, _ = strings.Cut(file, `"`)
	res := w.ask(http.MethodGet, at+"/files/"+file, nil, in)
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment;") || !strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the file: %d %v", res.StatusCode, res.Header)
	}
	if res := w.ask(http.MethodGet, at+"/files/"+file, nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the file without signing in: %d", res.StatusCode)
	}
	if res := w.ask(http.MethodGet, at+"/files/none", nil, in); res.StatusCode != http.StatusNotFound {
		t.Errorf("no file: %d", res.StatusCode)
	}
	if got := w.remark("/leads/none", "x", in); got.Code != http.StatusNotFound {
		t.Errorf("no lead: %d", got.Code)
	}
	if got := w.remark(at, "x", ""); got.Code != http.StatusSeeOther {
		t.Errorf("without signing in: %d", got.Code)
	}
	if res := w.ask(http.MethodPost, at+"/contacts", url.Values{"open": {"1"}}, in); res.Header.Get("Location") != at+"#contacts" {
		t.Errorf("contacts: %d", res.StatusCode)
	}
	if doc, _ := w.get(at, in); !strings.Contains(text(byID(doc, "contacts")), "意向方 已同意公开") || !strings.Contains(text(byID(doc, "contacts")), "成果方 尚未同意公开") {
		t.Errorf("contacts: %s", text(byID(doc, "contacts")))
	}
	w.ask(http.MethodPost, at, url.Values{"do": {"declined"}, "reason": {"too_early"}}, in)
	if doc, source := w.get(at, in); strings.Contains(source, `id="remark"`) || !strings.Contains(text(doc), "不能再写留言") {
		t.Error("a declined lead has a form")
	}
}

func TestPublicQuestionsAreUnderAPosting(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	if doc, source := w.get("/achievements/A1"); strings.Contains(source, `id="question"`) || !strings.Contains(text(byID(doc, "questions")), "登录后可以提问") {
		t.Errorf("who is not signed in: %s", text(byID(doc, "questions")))
	}
	wrong := url.Values{"text": {"打 13912345678"}}
	if doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/achievements/A1/questions", wrong, in); text(byID(doc, "question")) != "打 13912345678" || text(byID(doc, "question-error")) == "" {
		t.Errorf("a telephone number: %s", text(byID(doc, "questions")))
	}
	if res := w.ask(http.MethodPost, "/achievements/A1/questions", url.Values{"text": {"几<b>吨？"}}, in); res.Header.Get("Location") != "/achievements/A1?asked=1#questions" {
		t.Fatalf("a question answers %d", res.StatusCode)
	}
	if doc, _ := w.get("/achievements/A1?asked=1", in); !strings.Contains(text(byID(doc, "questions")), "问题已经提交") || strings.Contains(text(byID(doc, "questions")), "吨") {
		t.Errorf("before it is answered: %s", text(byID(doc, "questions")))
	}
	_, list := w.get("/questions", in)
	_, at, _ := strings.Cut(list, `<a href="/questions/`)
	for {
		id, rest, _ := strings.Cut(at, `"`)
		if !strings.ContainsAny(id, "/?") && id != "new" {
			at = "/questions/" + id
			break
		}
		_, at, _ = strings.Cut(rest, `<a href="/questions/`)
	}
	w.ask(http.MethodPost, at, url.Values{"do": {"answered"}, "answer": {"五吨"}}, in)
	if doc, source := w.get("/achievements/A1"); !strings.Contains(text(byID(doc, "questions")), "五吨") || !strings.Contains(source, "几&lt;b&gt;吨") {
		t.Errorf("answered: %s", text(byID(doc, "questions")))
	}
	if res := w.ask(http.MethodPost, "/needs/none/questions", url.Values{"text": {"几吨？"}}, in); res.StatusCode != http.StatusNotFound {
		t.Errorf("about no need: %d", res.StatusCode)
	}
}
