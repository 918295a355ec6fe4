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
	"testing"

	"duijie/api"
	"duijie/corpus/market"
)

// add makes a record by the form and returns the path of its page.
func (w *world) add(cookie, table string, form url.Values) string {
	w.t.Helper()
	res := w.ask(http.MethodPost, "/"+table+"/new", form, cookie)
	if res.StatusCode != http.StatusSeeOther {
		b, _ := io.ReadAll(res.Body)
		w.t.Fatalf("the form answers %d: %s", res.StatusCode, b)
	}
	return res.Header.Get("Location")
}

// recordAddresses are pages with something on them.
func (w *world) recordAddresses(cookie string) []string {
	w.t.Helper()
	lead := w.add(cookie, "leads", lead)
	sub := w.add(cookie, "subscriptions", url.Values{"query": {"玉米"}, "mail": {"a@b.example"}})
	w.ask(http.MethodPost, lead, url.Values{"do": {"talking"}, "version": {"1"}}, cookie)
	contract := w.add(cookie, "contracts", url.Values{"title": {"浸泡工艺开发"}, "kind": {"service"}, "seller": {"甲"}, "buyer": {"乙"}, "value": {"8万元"}, "signed": {"2026-11-20"}})
	organisation := w.add(cookie, "organisations", url.Values{"name": {"某淀粉厂"}, "code": {"91350100M000100Y43"}, "kind": {"firm"}})
	visit := w.add(cookie, "visits", url.Values{"firm": {"某淀粉厂"}, "how": {"call"}, "next": {"寄推荐单"}, "need": {"N1"}})
	sheet := w.add(cookie, "sheets", url.Values{"need": {"N1"}, "achievement_1": {"A1"}, "achievement_2": {"A2"}, "achievement_3": {"A3"}})
	return []string{organisation, "/organisations", "/organisations/new", "/leads", "/leads?state=declined", lead, "/leads/new?need=N1", "/subscriptions", sub, sub + "/edit", "/subscriptions/new",
		"/desk", "/visits", visit, "/visits/new?firm=x", "/claims/new", "/sheets/new", "/filings/new", "/desks/new", "/questions", "/questions/new?need=N1", "/needs/N1/sheet", sheet, sheet + "/paper",
		contract, "/contracts/new", "/reports", "/reports?by=field&from=2026", "/benefits", "/benefits/new", "/reports/year", "/reports/frozen", "/reports/rewards", "/contracts/unlinked", contract + "/lead", "/targets/new", "/rewards/new"}
}

var lead = url.Values{"need": {"N1"}, "achievement": {"A1"}, "message": {"想了解中试数据，<b>可来访</b>"}, "contact": {"13800000000"}}

func TestALeadGoesItsWayOnPages(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	wrong := url.Values{"need": {"none"}, "message": {"想了解中试数据"}}
	doc, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/leads/new", wrong, in)
	if !strings.Contains(source, "想了解中试数据") || len(classes(doc, "field-error")) != 1 || attr(byID(doc, "achievement"), "aria-invalid") != "true" {
		t.Errorf("the form with an error: %s", source)
	}
	wrong.Set("achievement", "A1")
	if doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/leads/new", wrong, in); attr(byID(doc, "need"), "aria-invalid") != "true" {
		t.Error("an unknown need is not marked")
	}
	at := w.add(in, "leads", lead)
	doc, source = w.get(at, in)
	if !strings.Contains(source, "缩短玉米浸泡周期") || !strings.Contains(source, "&lt;b&gt;可来访") || !strings.Contains(text(doc), "转为“洽谈中”") {
		t.Errorf("the page of a lead: %s", text(doc))
	}
	w.page(http.StatusUnprocessableEntity, http.MethodPost, at, url.Values{"do": {"declined"}, "version": {"1"}}, in)
	if res := w.ask(http.MethodPost, at, url.Values{"do": {"talking"}, "version": {"1"}}, in); res.Header.Get("Location") != at {
		t.Fatalf("a move answers %d", res.StatusCode)
	}
	doc, _ = w.page(http.StatusConflict, http.MethodPost, at, url.Values{"do": {"declined"}, "reason": {"too_early"}, "version": {"1"}}, in)
	if text(classes(doc, "label")[0]) != "洽谈中" {
		t.Errorf("after a conflict: %s", text(doc))
	}
	w.ask(http.MethodPost, at, url.Values{"do": {"declined"}, "reason": {"too_early"}, "version": {"2"}}, in)
	doc, _ = w.get(at, in)
	if said := text(doc); !strings.Contains(said, "技术过早") || !strings.Contains(said, "现在没有需要办理的事") || strings.Index(said, "已谢绝 我") > strings.Index(said, "新建 我") {
		t.Errorf("a declined lead: %s", said)
	}
	if doc, _ := w.get("/leads?state=new", in); len(classes(doc, "entry")) != 0 {
		t.Errorf("the list of new ones: %s", text(doc))
	}
	if doc, _ := w.get("/leads", in); len(classes(doc, "entry")) != 1 || !strings.Contains(text(classes(doc, "chips")[0]), "已谢绝 1") {
		t.Errorf("the list: %s", text(doc))
	}
}

func TestALeadBecomesAContract(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	at := w.add(in, "leads", lead)
	id := strings.TrimPrefix(at, "/leads/")
	if _, source := w.get(at, in); !strings.Contains(source, "/contracts/new?lead="+id) {
		t.Errorf("the page of a lead leads to no contract: %s", source)
	}
	if _, source := w.get("/contracts/new?lead="+id, in); !strings.Contains(source, `value="`+id+`"`) {
		t.Error("the form has no lead")
	}
	form := url.Values{"title": {"浸泡工艺开发"}, "kind": {"development"}, "seller": {"某大学"}, "buyer": {"某淀粉厂"}, "value": {"80万元"}, "signed": {"2026-11-20"}, "lead": {"none"}}
	if doc, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/contracts/new", form, in); !strings.Contains(text(doc), "没有这个编号的记录") || !strings.Contains(source, "某淀粉厂") {
		t.Errorf("an unknown lead: %s", text(doc))
	}
	form.Set("lead", id)
	form.Set("value", "80")
	form.Set("signed", "2031-01-01")
	doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/contracts/new", form, in)
	for field, want := range map[string]string{"value": "“80”不是一个带单位的金额；一个数，带单位：80万元。", "signed": "2031-01-01 还没有到"} {
		if said := text(byID(doc, field+"-error")); !strings.Contains(said, want) || strings.Count(text(doc), want) != 2 {
			t.Errorf("beside %s stands %q, on the page %s", field, said, text(doc))
		}
	}
	form.Set("value", "80万元")
	form.Set("signed", "2026-11-20")
	contract := w.add(in, "contracts", form)
	second, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/contracts/new", form, in)
	if said := text(second); !strings.Contains(said, "这条对接意向已有合同") || len(tags(byID(second, "lead-error"), "a")) != 1 {
		t.Errorf("a second contract of the lead: %s", said)
	}
	if doc, source := w.get(contract, in); !strings.Contains(source, `href="`+at+`"`) || !strings.Contains(text(doc), "对接意向 缩短玉米浸泡周期") || !strings.Contains(source, "/benefits/new?contract=") || !strings.Contains(text(doc), "80万元") {
		t.Errorf("the page of a contract: %s", text(doc))
	}
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodPost, contract, url.Values{"do": {"registered"}, "version": {"1"}}, in)
	if said := text(doc); !strings.Contains(said, "没有保存") || !strings.Contains(said, "合同登记编号") {
		t.Errorf("registered without a number: %s", said)
	}
	form.Set("number", "2026001")
	form.Set("version", "1")
	if res := w.ask(http.MethodPost, contract+"/edit", form, in); res.Header.Get("Location") != contract {
		t.Errorf("an edit answers %d", res.StatusCode)
	}
	form.Del("version")
	form.Del("lead")
	if doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/contracts/new", form, in); !strings.Contains(text(doc), "已有一份技术合同填了同样的内容") {
		t.Errorf("a number that is taken: %s", text(doc))
	}
	if res := w.ask(http.MethodPost, contract, url.Values{"do": {"registered"}, "version": {"2"}}, in); res.Header.Get("Location") != contract {
		t.Errorf("a move answers %d", res.StatusCode)
	}
	benefit := url.Values{"contract": {strings.TrimPrefix(contract, "/contracts/")}, "year": {"2026"}, "amount": {"1200万元"}, "proof": {"发票"}}
	w.add(in, "benefits", benefit)
	if doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/benefits/new", benefit, in); !strings.Contains(text(doc), "已有一份年度效益") {
		t.Errorf("a second benefit of a year: %s", text(doc))
	}
}

func TestTheReportLeadsToItsContracts(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	if doc, _ := w.get("/reports", in); !strings.Contains(text(doc), "没有已登记的合同") {
		t.Errorf("an empty report: %s", text(doc))
	}
	form := url.Values{"title": {"浸泡工艺开发"}, "kind": {"development"}, "seller": {"某大学"}, "buyer": {"某淀粉厂"}, "value": {"80万元"}, "signed": {"2026-11-20"}, "number": {"1"}}
	at := w.add(in, "contracts", form)
	w.ask(http.MethodPost, at, url.Values{"do": {"registered"}, "version": {"1"}}, in)
	doc, source := w.get("/reports?from=2026", in)
	if said := text(doc); !strings.Contains(said, "技术开发 1 80万元") || !strings.Contains(said, "合计 1 80万元") || strings.Contains(source, at+`"`) {
		t.Errorf("the report: %s", said)
	}
	if _, source := w.get("/reports?from=2026&code=development", in); !strings.Contains(source, `href="`+at+`"`) {
		t.Error("the row leads to no contract")
	}
	doc, source = w.page(http.StatusUnprocessableEntity, http.MethodGet, "/reports?until=never", nil, in)
	if attr(byID(doc, "until"), "aria-invalid") != "true" || !strings.Contains(source, `value="never"`) {
		t.Error("a wrong date is not marked, or lost")
	}
	if res := w.ask(http.MethodGet, "/reports", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("who is not signed in gets %d", res.StatusCode)
	}
}

func TestASecretIsOnOnePageOnly(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	_, source := w.page(http.StatusOK, http.MethodPost, "/subscriptions/new", url.Values{"query": {"玉米"}, "webhook": {"https://portal.example/in"}}, in)
	if strings.Count(source, "whsec_") != 1 {
		t.Fatal("a new subscription shows no secret")
	}
	p, err := w.svc.Records(t.Context(), operator, &market.SubscriptionType, api.RecordQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	at := "/subscriptions/" + *p.Records[0].Head().ID
	for _, a := range []string{at, at + "/edit", "/subscriptions"} {
		if _, source := w.get(a, in); strings.Contains(source, "whsec_") {
			t.Errorf("%s shows the secret", a)
		}
	}
	if _, source := w.page(http.StatusOK, http.MethodPost, at, url.Values{"do": {"rotate"}, "version": {"1"}}, in); strings.Count(source, "whsec_") != 2 {
		t.Error("after a rotation the secrets are not shown")
	}
	edit := url.Values{"query": {"玉米浸泡"}, "webhook": {"https://portal.example/in"}, "version": {"1"}}
	if _, source := w.page(http.StatusConflict, http.MethodPost, at+"/edit", edit, in); !strings.Contains(source, "玉米浸泡") {
		t.Error("what was typed is lost")
	}
	edit.Set("version", "2")
	if res := w.ask(http.MethodPost, at+"/edit", edit, in); res.Header.Get("Location") != at {
		t.Errorf("an edit answers %d", res.StatusCode)
	}
	if res := w.ask(http.MethodPost, at, url.Values{"do": {"delete"}, "version": {"3"}}, in); res.Header.Get("Location") != "/subscriptions" {
		t.Errorf("a delete answers %d", res.StatusCode)
	}
	w.page(http.StatusNotFound, http.MethodGet, at, nil, in)
}

func TestAFormSaysThatThereIsNoRoom(t *testing.T) {
	most := market.SubscriptionType.Most
	defer func() { market.SubscriptionType.Most = most }()
	market.SubscriptionType.Most = 1
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	form := url.Values{"query": {"淀粉"}, "mail": {"a@b.example"}}
	w.add(in, "subscriptions", form)
	if _, got := w.page(http.StatusConflict, http.MethodPost, "/subscriptions/new", form, in); !strings.Contains(got, "每人最多保留 1 条") || !strings.Contains(got, "a@b.example") || strings.Contains(got, "被别人") {
		t.Error(got)
	}
}

func TestRecordsAreForTheSignedIn(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	at := w.add(in, "leads", lead)
	for _, ask := range [][2]string{{"GET", "/leads"}, {"GET", at}, {"GET", "/leads/new"}, {"GET", at + "/edit"}, {"GET", "/leads/export?format=csv"},
		{"POST", "/leads/new"}, {"POST", at}, {"POST", at + "/edit"}, {"POST", "/leads/import"}} {
		res := w.ask(ask[0], ask[1], url.Values{})
		if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/signin") {
			t.Errorf("%s %s answers %d to %q", ask[0], ask[1], res.StatusCode, to)
		}
		if ask[0] == "POST" {
			r := httptest.NewRequest("POST", ask[1], strings.NewReader(""))
			r.Header.Set("Cookie", in)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			rec := httptest.NewRecorder()
			w.handler.ServeHTTP(rec, r)
			if rec.Code != http.StatusForbidden {
				t.Errorf("a form of another site: %s answers %d", ask[1], rec.Code)
			}
		}
	}
}

func TestATableOfRecordsIsImportedOnAPage(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	send := func(file string) (int, string) {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "对接.csv")
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(file)) // a buffer takes all
		form.Close()
		r := httptest.NewRequestWithContext(context.Background(), "POST", "/leads/import", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.Header.Set("Cookie", in)
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		return rec.Code, rec.Body.String()
	}
	code, source := send("技术需求,科技成果,留言\nN1,A1,想谈谈\nN1,none,\n")
	if code != http.StatusOK || !strings.Contains(source, "新建 1") || !strings.Contains(source, "第 3 行：科技成果：没有编号是“none”的记录") {
		t.Errorf("%d: %s", code, source)
	}
	if code, _ := send("%PDF-1.4"); code != http.StatusUnprocessableEntity {
		t.Errorf("a PDF answers %d", code)
	}
	res := w.ask("GET", "/leads/export?format=csv", nil, in)
	b, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(b), "想谈谈") || !strings.Contains(string(b), "新意向") {
		t.Errorf("the export is %s (%v)", b, err)
	}
}

func TestPagesShowAFirmItsOwn(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	secret, _ := w.key(market.Firm)
	in, firm := w.signIn(), w.signInWith(secret)
	hidden := w.add(in, "leads", lead)
	w.page(http.StatusNotFound, http.MethodGet, hidden, nil, firm)
	w.page(http.StatusNotFound, http.MethodPost, hidden, url.Values{"do": {"declined"}, "reason": {"too_early"}}, firm)
	if doc, _ := w.get("/leads", firm); len(classes(doc, "entry")) != 0 || !strings.Contains(text(classes(doc, "chips")[0]), "全部 0") {
		t.Errorf("a firm lists %s", text(doc))
	}
	own := w.add(firm, "leads", lead)
	doc, _ := w.get(own, firm)
	if said := text(doc); !strings.Contains(said, "转为“已谢绝”") || strings.Contains(said, "转为“洽谈中”") {
		t.Errorf("a firm may %s", said)
	}
	w.page(http.StatusForbidden, http.MethodPost, own, url.Values{"do": {"talking"}, "version": {"1"}}, firm)
}
