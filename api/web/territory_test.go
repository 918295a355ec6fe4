package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duijie/corpus/market"
)

func TestPagesOfACounty(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	admin := w.signIn()
	form := url.Values{"name": {"李区长"}, "role": {"county"}}
	if doc, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/accounts", form, admin); !strings.Contains(text(doc), "“区县”要填辖区") || !strings.Contains(source, `value="李区长"`) {
		t.Errorf("without a territory: %s", text(doc))
	}
	form.Set("territory", "科尔沁区、1504")
	if doc, _ := w.page(http.StatusOK, http.MethodPost, "/accounts", form, admin); !strings.Contains(text(doc), "内蒙古自治区通辽市科尔沁区") || !strings.Contains(text(doc), "内蒙古自治区赤峰市") {
		t.Errorf("invited: %s", text(doc))
	}
	if doc, _ := w.page(http.StatusOK, http.MethodPost, "/keys", url.Values{"name": {"某区"}, "role": {"county"}, "territory": {"150502"}}, admin); !strings.Contains(text(doc), "通辽市科尔沁区") {
		t.Errorf("a key: %s", text(doc))
	}
	i, err := w.svc.InviteInto(t.Context(), operator, "王丽", market.County, "", "", false, "150521")
	if err != nil {
		t.Fatal(err)
	}
	at := w.add(admin, "organisations", url.Values{"name": {"某淀粉厂"}, "code": {"91350100M000100Y43"}, "kind": {"firm"}, "region": {"150502"}, "contact": {"0475-7654321"}})
	county := w.join(i.Link, "county")
	if res := w.ask(http.MethodGet, at, nil, county); res.StatusCode != http.StatusNotFound {
		t.Errorf("what is elsewhere answers %d", res.StatusCode)
	}
	w.page(http.StatusUnprocessableEntity, http.MethodPost, "/accounts/"+i.ID, url.Values{"do": {"territory"}, "territory": {"火星"}}, admin)
	w.page(http.StatusSeeOther, http.MethodPost, "/accounts/"+i.ID, url.Values{"do": {"territory"}, "territory": {"科尔沁区"}}, admin)
	if doc, _ := w.get("/account", county); !strings.Contains(text(doc), "内蒙古自治区通辽市科尔沁区") {
		t.Errorf("the account: %s", text(doc))
	}
	for _, path := range []string{at, "/organisations", "/organisations?state=applied"} {
		if doc, source := w.get(path, county); !strings.Contains(text(doc), "某淀粉厂") || strings.Contains(source, "7654321") {
			t.Errorf("%s: %s", path, text(doc))
		}
	}
	if doc, source := w.get("/reports/year?year=2026", county); !strings.Contains(text(doc), "只统计涉及 内蒙古自治区通辽市科尔沁区 的记录") || strings.Contains(source, "/reports/frozen") || strings.Contains(source, "/reports/rewards") {
		t.Errorf("the year: %s", text(doc))
	}
	for _, path := range []string{"/reports", "/leads", "/contracts", "/benefits"} {
		w.get(path, county)
	}
	for _, path := range []string{"/leads/new", "/contracts/new", "/organisations/new", "/reports/frozen", "/reports/rewards", "/claims", "/targets", "/accounts"} {
		if res := w.ask(http.MethodGet, path, nil, county); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s answers a county %d", path, res.StatusCode)
		}
	}
}
