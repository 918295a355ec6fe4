package api

import (
	"strings"
	"testing"

	"duijie/corpus/market"
)

func TestALeadSaysWhoAsks(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.putIn(&market.OrganisationType, "ours", "test", "ours", "verified")
	name := market.OrganisationType.Example.Name
	asks := w.person(market.Firm, "ours", false)
	l := decodeAs[market.Lead](asks.asks("POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201))
	want := market.Asker{Name: "王丽", Organisation: name, Verified: true}
	broker, _ := w.keyOf(market.Broker)
	if got := decodeAs[market.Lead](w.as(broker, "GET", "/v1/leads/"+l.ID, "").want(200)).Asker; got != want || l.Asker != want {
		t.Errorf("asks %+v, made by %+v, want %+v", got, l.Asker, want)
	}
	if got := decodeAs[leadPage](w.as(broker, "GET", "/v1/leads", "").want(200)).Leads[0].Asker; got != want {
		t.Errorf("in the list asks %+v", got)
	}
	if file := w.as(broker, "GET", "/v1/leads/export?format=csv", "").want(200).body; !strings.Contains(file, "提出者") || !strings.Contains(file, "王丽，"+name+"（单位已核实）") {
		t.Errorf("the file: %s", file)
	}
	w.as(broker, "PATCH", "/v1/leads/"+l.ID, `{"state":"talking"}`).want(200)
	if r, err := w.svc.Store.Record(market.Leads, l.ID); err != nil || strings.Contains(string(r.Body), "asker") {
		t.Errorf("who asks is stored, %v: %s", err, r.Body)
	}
	w.as(w.adminKey, "PATCH", "/v1/organisations/ours", `{"state":"suspended"}`).want(200)
	if got := decodeAs[market.Lead](w.as(broker, "GET", "/v1/leads/"+l.ID, "").want(200)).Asker; got.Verified {
		t.Errorf("of a suspended organisation asks %+v", got)
	}
}

func TestWhoAsksCanBeReached(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	p := w.person(market.Firm, "", false)
	a, version, err := w.svc.account(p.id)
	w.must(err)
	a.Login = "wangli"
	w.must(w.svc.putRecord(t.Context(), operator, "test", market.Accounts, a.ID, a, version))
	for _, lead := range []string{`{"need":"n1","achievement":"a1"`, `{"need":"n1","ask":"broker"`} {
		if r := p.asks("POST", "/v1/leads", lead+`}`); r.StatusCode != 422 || !strings.Contains(r.body, `"field":"contact"`) {
			t.Errorf("without a contact: %d %s", r.StatusCode, r.body)
		}
		p.asks("POST", "/v1/leads", lead+`,"contact":"13800000000"}`).want(201)
	}
	p.asks("PUT", "/v1/preferences", `{"phone":"13800000000"}`).want(200)
	p.asks("POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)
}

func TestColleaguesShareWhatTheyAskABroker(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.putIn(&market.OrganisationType, "ours", "test", "ours", "verified")
	first, second, third := w.person(market.Firm, "ours", false), w.person(market.Firm, "ours", false), w.person(market.Firm, "ours", false)
	other := w.person(market.Firm, "", false)
	third.asks("PUT", "/v1/preferences", `{"own_only":true}`).want(200)
	l := decodeAs[market.Lead](first.asks("POST", "/v1/leads", `{"need":"n1","ask":"broker"}`).want(201))
	if r := second.asks("POST", "/v1/leads", `{"need":"n1","ask":"broker"}`); r.StatusCode != 409 || !strings.Contains(r.body, l.ID) {
		t.Errorf("the same of a colleague: %d %s", r.StatusCode, r.body)
	}
	other.asks("POST", "/v1/leads", `{"need":"n1","ask":"broker"}`).want(201)
	broker, _ := w.keyOf(market.Broker)
	w.as(broker, "PATCH", "/v1/leads/"+l.ID, `{"state":"talking"}`).want(200)
	for who, c := range map[string]struct {
		somebody
		hears bool
	}{"the maker": {first, true}, "a colleague": {second, true}, "one who does not want to": {third, false}, "another firm": {other, false}} {
		if got := c.asks("GET", "/v1/messages", "").want(200).body; strings.Contains(got, "lead.moved") != c.hears {
			t.Errorf("%s: %s", who, got)
		}
	}
}
