package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"duijie/api"
	"duijie/corpus/market"
)

var factory = url.Values{"name": {"某淀粉厂"}, "code": {"91350100M000100Y43"}, "kind": {"firm"}, "letter": {"授权书 2026-17"}}

func TestWhoLeadsAnOrganisationKeepsItsMembersOnItsPage(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	admin, wang, other := w.signIn(), w.join(w.invite(market.Firm), "wangli"), w.join(w.invite(market.Firm), "zhaomin")
	at := w.add(wang, "organisations", factory)
	if _, source := w.get(at, wang); strings.Contains(source, at+"/members") {
		t.Error("an organisation that is not verified has members")
	}
	if doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/organisations/new", factory, other); !strings.Contains(text(doc), "这个单位已经登记，请按上面的说明办理") || !strings.Contains(text(doc), "请该单位的负责人邀请您") {
		t.Errorf("a second applicant is told %s", text(doc))
	}
	w.ask(http.MethodPost, at, url.Values{"do": {"verified"}, "version": {"1"}}, admin)
	doc, source := w.get(at, wang)
	if !strings.Contains(source, `action="`+at+`/members"`) || strings.Contains(text(doc), "经纪人") || strings.Contains(source, `name="disable"`) {
		t.Errorf("who leads it sees %s", text(doc))
	}
	if doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, at+"/members", url.Values{"name": {""}, "role": {"firm"}}, wang); !strings.Contains(text(doc), "请填写名称") {
		t.Errorf("without a name: %s", text(doc))
	}
	_, source = w.page(http.StatusOK, http.MethodPost, at+"/members", url.Values{"name": {"李娜"}, "role": {"firm"}}, wang)
	_, link, _ := strings.Cut(source, "<code>")
	link, _, _ = strings.Cut(link, "</code>")
	_, link, _ = strings.Cut(link, api.WelcomePath)
	member := w.join(api.WelcomePath+link, "lina")
	if doc, source := w.get("/account", member); !strings.Contains(source, `href="`+at+`"`) || !strings.Contains(text(doc), "某淀粉厂") {
		t.Errorf("the account of a member shows %s", text(doc))
	}
	if _, source := w.get(at, member); strings.Contains(source, at+"/members") {
		t.Error("a member who does not lead it keeps the members")
	}
	w.page(http.StatusForbidden, http.MethodPost, at+"/members", url.Values{"name": {"某"}, "role": {"read"}}, member)
	w.page(http.StatusNotFound, http.MethodPost, at+"/members", url.Values{"name": {"某"}, "role": {"read"}}, other)
	lent := w.add(wang, "leads", url.Values{"need": {"N1"}, "achievement": {"A1"}, "contact": {"13800000000"}})
	if _, source := w.get("/leads", member); !strings.Contains(source, lent) || !strings.Contains(source, "<span>王丽</span>") {
		t.Error("a lead of a colleague is not listed with their name")
	}
	w.get(lent, member)
	w.page(http.StatusNotFound, http.MethodGet, lent, nil, other)

	_, source = w.get(at, wang)
	_, id, _ := strings.Cut(source, `name="disable" value="`)
	id, _, _ = strings.Cut(id, `"`)
	if res := w.ask(http.MethodPost, at+"/members", url.Values{"disable": {id}}, wang); res.Header.Get("Location") != at || w.known(member) {
		t.Errorf("disabling answers %d", res.StatusCode)
	}
	_, source = w.get("/accounts", admin)
	_, id, _ = strings.Cut(source, `for="organisation-`)
	id, _, _ = strings.Cut(id, `"`)
	if doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/accounts/"+id, url.Values{"do": {"move"}, "organisation": {"none"}}, admin); !strings.Contains(text(doc), "没有这个信用代码") {
		t.Errorf("a move to nowhere: %s", text(doc))
	}
	if res := w.ask(http.MethodPost, "/accounts/"+id, url.Values{"do": {"move"}, "organisation": {"91350100M000100Y43"}, "lead": {"1"}}, admin); res.Header.Get("Location") != "/accounts" {
		t.Errorf("a move answers %d", res.StatusCode)
	}
}

func TestMemberFormsAreClosed(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	for pattern := range (&site{}).memberForms() {
		at := strings.ReplaceAll(strings.TrimPrefix(pattern, "POST "), "{id}", "x")
		if res := w.ask(http.MethodPost, at, url.Values{"name": {"x"}, "role": {"read"}}); res.Header.Get("Location") != "/signin?to=/account" {
			t.Errorf("%s without a session answers %d", at, res.StatusCode)
		}
	}
}

func TestPeopleAreInvitedByAFileOnThePageOfAccounts(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	send := func(cookie, file string) (int, string) {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "人员.csv")
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(file)) // a buffer takes all
		form.Close()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/accounts/import", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.Header.Set("Cookie", cookie)
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		return rec.Code, rec.Body.String()
	}
	admin := w.signIn()
	code, source := send(admin, "姓名,权限,单位,邮箱\n李娜,经纪人,,li@example.cn\n赵敏,企业,没有的厂,\n")
	_, link, _ := strings.Cut(source, api.WelcomePath)
	link, _, _ = strings.Cut(link, "<")
	if code != http.StatusOK || !strings.Contains(source, "邀请 1 人") || !strings.Contains(source, "li@example.cn") || !strings.Contains(source, "第 3 行：没有这个单位") || !w.known(w.join(api.WelcomePath+link, "lina")) {
		t.Errorf("%d: %s", code, source)
	}
	if _, source := w.get("/accounts", admin); strings.Contains(source, link) {
		t.Error("a link is shown twice")
	}
	if code, _ := send(admin, "%PDF-1.4"); code != http.StatusUnprocessableEntity {
		t.Errorf("a PDF answers %d", code)
	}
	if code, source := send(w.join(w.invite(market.Broker), "wangli"), "姓名,权限\n某,管理员\n"); code != http.StatusForbidden || strings.Contains(source, api.WelcomePath) {
		t.Errorf("a broker is answered %d", code)
	}
	if code, _ := send("", "姓名,权限\n某,管理员\n"); code != http.StatusSeeOther {
		t.Errorf("nobody is answered %d", code)
	}
}
