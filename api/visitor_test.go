package api

import (
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

func TestAVisitorsContactIsForThoseWhoSeeAllLeads(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	k, err := market.MakeSiteKey(market.SiteKey{Name: "县门户", Origins: []string{"https://portal.example"}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	site := Caller{Name: "site:" + k.ID, Site: &k}
	v := market.Visitor{Name: "王工", Contact: "13800000000"}
	for _, c := range []struct {
		caller            Caller
		need, achievement string
		code              corpus.Code
	}{
		{site, "n1", "a1", ""}, {site, "", "a1", ""}, {site, "n1", "", ""},
		{site, "none", "a1", corpus.NotFound}, {site, "n1", "draft", corpus.NotFound}, {site, "", "", corpus.Invalid},
		{Caller{Name: "anyone"}, "n1", "a1", corpus.Forbidden}, {Caller{Name: "key:1", Role: market.Reader, Key: true}, "n1", "a1", corpus.Forbidden},
	} {
		l, err := w.svc.CreateVisitorLead(t.Context(), c.caller, c.need, c.achievement, "想谈谈", v)
		var code corpus.Code
		if err != nil {
			code = corpus.CodeOf(err)
		}
		if code != c.code || err == nil && (l.By != site.Name || l.Need != c.need || l.Achievement != c.achievement) {
			t.Errorf("%s, %s, %s: %+v, %v", c.caller.Name, c.need, c.achievement, l, err)
		}
	}
	w.as(w.readKey, "POST", "/v1/leads", `{"need":"","achievement":"a1"}`).problem(404) // this is a visitor's only
	if seen := w.as(w.adminKey, "GET", "/v1/leads", "").want(200); strings.Count(seen.body, v.Contact) != 3 {
		t.Errorf("an admin sees %s", seen.body)
	}
	if seen := w.as(w.readKey, "GET", "/v1/leads", "").want(200); strings.Contains(seen.body, v.Contact) || strings.Contains(seen.body, site.Name) {
		t.Errorf("a reader sees %s", seen.body)
	}
}
