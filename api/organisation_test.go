package api

import (
	"fmt"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

var operator = Caller{Name: "test", Role: market.Admin, Admin: true}

// A somebody is signed in with an account.
type somebody struct {
	*world
	id, cookie string
}

// person signs somebody in who belongs to an organisation, "" being none.
func (w *world) person(role market.Role, organisation string, lead bool) somebody {
	w.Helper()
	a, err := market.MakeAccount("王丽", role, "", day)
	w.must(err)
	a = a.Joins(organisation, lead)
	a.Login, a.Password = "login"+strings.ToLower(a.ID)+"@firm.example", "set"
	w.must(w.svc.putRecord(w.Context(), operator, "test", market.Accounts, a.ID, a, 0))
	cookie, _, err := w.svc.beginSession(w.Context(), "sign in", a, nil, "")
	w.must(err)
	return somebody{w, a.ID, cookie}
}

func (p somebody) asks(method, path, body string) reply {
	p.Helper()
	return p.as("", method, path, body, "Cookie", SessionCookie+"="+p.cookie)
}

// moves puts the account into another organisation.
func (p somebody) moves(organisation string) {
	p.Helper()
	p.as(p.adminKey, "PATCH", "/v1/accounts/"+p.id, fmt.Sprintf(`{"organisation":%q}`, organisation)).want(200)
}

// What a member made is the organisation's: colleagues have it, and who leaves does not. Without being verified an
// organisation gives nothing.
func TestWhatAMemberMadeIsTheOrganisations(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	bodies := map[string]struct{ right, wrong string }{
		market.Leads:         {`{"state":"declined","reason":"too_early"}`, `{"state":"talking"}`},
		market.Contracts:     {`{"title":"改"}`, `{"state":"registered"}`},
		market.Benefits:      {`{"amount":"90万元"}`, `{"state":"confirmed"}`},
		market.Subscriptions: {`{"state":"paused"}`, ""},
	}
	for _, c := range []struct {
		who, role, in string // who asks belongs to in; the record was made in "ours" by maker
		state         string // of ours
		maker, left   bool
		has           bool
	}{
		{"the maker", "firm", "ours", "verified", true, false, true},
		{"a colleague", "firm", "ours", "verified", false, false, true},
		{"a colleague of another role", "holder", "ours", "verified", false, false, true},
		{"a member of another", "firm", "theirs", "verified", false, false, false},
		{"a member of none", "firm", "", "verified", false, false, false},
		{"the maker, who has left", "firm", "", "verified", true, false, false},
		{"the maker, who is at another", "firm", "theirs", "verified", true, false, false},
		{"the maker while it is suspended", "firm", "ours", "suspended", true, false, true},
		{"a colleague while it is suspended", "firm", "ours", "suspended", false, false, false},
		{"a colleague before it is verified", "firm", "ours", "applied", false, false, false},
		{"a colleague after it was refused", "firm", "ours", "refused", false, false, false},
	} {
		w.putIn(&market.OrganisationType, "ours", "test", "ours", c.state)
		w.putIn(&market.OrganisationType, "theirs", "test", "theirs", "verified")
		p := w.person(market.Role(c.role), c.in, false)
		by := "account:nobody"
		if c.maker {
			by = "account:" + p.id
		}
		for name, body := range bodies {
			table := market.TableOf(name)
			id := strings.ReplaceAll(c.who, " ", "-")
			w.putIn(table, id, by, "ours", table.About().States[0].Value)
			w.putIn(table, "alone-"+id, by, "", table.About().States[0].Value)
			at := "/v1/" + name
			for _, ask := range []struct {
				path string
				has  bool
			}{{at, c.has}, {at + "?state=" + table.About().States[0].Value, c.has}, {at + "?by=" + by, c.has}, {at + "/export?format=jsonl", c.has}, {at + "?by=account:other", false}} {
				if got := strings.Contains(p.asks("GET", ask.path, "").want(200).body, `"id":"`+id+`"`); got != ask.has {
					t.Errorf("%s lists it in %s: %t", c.who, ask.path, got)
				}
			}
			if got := strings.Contains(p.asks("GET", at, "").want(200).body, `"id":"alone-`+id); got != c.maker {
				t.Errorf("%s lists of %s what was made alone: %t", c.who, name, got)
			}
			counts, err := w.svc.CountRecords(t.Context(), w.caller(p), table)
			w.must(err)
			list := p.asks("GET", at+"?limit=100", "").want(200).body
			if listed := strings.Count(list, `"created"`); counts[market.State(table.About().States[0].Value)] != strings.Count(list, `"state":"`+table.About().States[0].Value+`"`) || listed == 0 && c.has {
				t.Errorf("%s counts %v of %s, and lists %d", c.who, counts, name, listed)
			}
			at += "/" + id
			want := map[bool]int{true: 200, false: 404}[c.has]
			for _, path := range []string{at, at + "/history"} {
				if got := p.asks("GET", path, ""); got.StatusCode != want {
					t.Errorf("%s reads %s: %d", c.who, path, got.StatusCode)
				}
			}
			if body.wrong != "" {
				if got := p.asks("PATCH", at, body.wrong); got.StatusCode == 200 || got.StatusCode != map[bool]int{true: 403, false: 404}[c.has] {
					t.Errorf("%s makes a move of others with %s: %d", c.who, at, got.StatusCode)
				}
			}
			if got := p.asks("PATCH", at, body.right); got.StatusCode != want {
				t.Errorf("%s changes %s: %d %s", c.who, at, got.StatusCode, got.body)
			}
		}
	}
}

// caller is who the API takes p for.
func (w *world) caller(p somebody) Caller {
	w.Helper()
	a, _, err := market.AccountOf(w.svc.Store, p.id)
	w.must(err)
	c, err := w.svc.member(Caller{Name: "account:" + a.ID, Role: a.Role, Key: true, Account: a.ID}, a.Organisation, a.Lead)
	w.must(err)
	return c
}

const application = `{"name":"某淀粉厂","code":%q,"kind":"firm","region":"科尔沁区"}`

func TestAnOrganisationIsAppliedForVerifiedAndLed(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	wang, li := w.person(market.Firm, "", false), w.person(market.Firm, "", false)
	code := creditCode()
	wang.asks("POST", "/v1/organisations", fmt.Sprintf(application, code[:17]+"I")).problem(422)
	at := wang.asks("POST", "/v1/organisations", fmt.Sprintf(application, " "+strings.ToLower(code[:8])+"-"+code[8:])).want(201).Header.Get("Location")
	id := strings.TrimPrefix(at, "/v1/organisations/")
	o := decodeAs[market.Organisation](wang.asks("GET", at, "").want(200))
	if o.Code != code || o.Region != "150502" || o.Organisation != id || o.State != market.Applied {
		t.Errorf("applied for %+v", o)
	}
	if said := fmt.Sprint(li.asks("POST", "/v1/organisations", fmt.Sprintf(application, code)).problem(409)); !strings.Contains(said, "operator") || strings.Contains(said, id) || strings.Contains(said, wang.id) {
		t.Errorf("a second applicant is told %s", said)
	}
	li.asks("GET", at, "").problem(404)
	wang.asks("PATCH", at, `{"state":"verified"}`).problem(403)
	wang.asks("POST", at+"/members", `{"name":"李","role":"firm"}`).problem(404)
	w.as(w.adminKey, "PATCH", at, `{"state":"verified"}`).problem(422) // without a letter
	wang.asks("PATCH", at, `{"letter":"授权书 2026-17"}`).want(200)
	w.as(w.adminKey, "PATCH", at, `{"state":"refused"}`).problem(422)
	w.as(w.adminKey, "PATCH", at, `{"state":"refused","reason":"授权书过期"}`).want(200)
	other := li.asks("POST", "/v1/organisations", fmt.Sprintf(application, code)).want(201).Header.Get("Location") // the code is free
	wang.asks("PATCH", at, `{"state":"applied"}`).problem(409)
	w.as(w.adminKey, "PATCH", other, `{"state":"refused","reason":"x"}`).want(200)
	if o = decodeAs[market.Organisation](wang.asks("PATCH", at, `{"state":"applied","letter":"授权书 2026-18"}`).want(200)); o.Reason != "" {
		t.Errorf("who applies again keeps the reason %q", o.Reason)
	}
	w.as(w.adminKey, "PATCH", at, `{"state":"verified"}`).want(200)
	wang.asks("PATCH", at, `{"name":"别的厂"}`).problem(403)

	i := decodeAs[Invitation](wang.asks("POST", at+"/members", `{"name":"李娜","role":"read"}`).want(201))
	if i.Organisation != id || i.Lead || i.Role != market.Reader || !strings.Contains(i.Link, WelcomePath) {
		t.Errorf("invited %+v", i)
	}
	for _, role := range []string{"admin", "broker", "holder"} {
		wang.asks("POST", at+"/members", fmt.Sprintf(`{"name":"李娜","role":%q}`, role)).problem(403)
	}
	colleague := w.person(market.Firm, id, false)
	colleague.asks("GET", at, "").want(200)
	if list := colleague.asks("GET", "/v1/organisations", "").want(200).body; strings.Count(list, `"name"`) != 1 {
		t.Errorf("a colleague lists %s", list)
	}
	colleague.asks("GET", at+"/members", "").problem(403)
	colleague.asks("POST", at+"/members", `{"name":"李娜","role":"read"}`).problem(403)
	li.asks("GET", at+"/members", "").problem(404)
	if list := decodeAs[struct{ Accounts []AccountInfo }](wang.asks("GET", at+"/members", "").want(200)).Accounts; len(list) != 3 {
		t.Errorf("members are %+v", list)
	}
	broker := w.person(market.Broker, id, false)
	for member, want := range map[string]int{wang.id: 409, li.id: 404, broker.id: 403, colleague.id: 200, "none": 404} {
		if got := wang.asks("POST", at+"/members/"+member+"/disable", ""); got.StatusCode != want {
			t.Errorf("disables %s: %d, want %d: %s", member, got.StatusCode, want, got.body)
		}
	}
	colleague.asks("GET", at, "").problem(401)
	wang.moves("")
	w.as(w.adminKey, "PATCH", at, `{"state":"suspended"}`).want(200)
	w.as(w.adminKey, "PATCH", at, `{"state":"verified"}`).want(200)
	wang.asks("POST", at+"/members", `{"name":"李娜","role":"read"}`).problem(404) // who has left does not come back by that
}

func TestAKeyBelongsToAnOrganisation(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.putIn(&market.OrganisationType, "ours", "test", "ours", "verified")
	w.as(w.adminKey, "POST", "/v1/keys", `{"name":"x","role":"firm","organisation":"none"}`).problem(422)
	k := decodeAs[NewKey](w.as(w.adminKey, "POST", "/v1/keys", `{"name":"ERP","role":"firm","organisation":"ours"}`).want(201))
	p := w.person(market.Firm, "ours", false)
	l := decodeAs[market.Lead](w.as(k.Key, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201))
	if l.Organisation != "ours" || k.Organisation != "ours" {
		t.Errorf("made %+v with %+v", l, k.KeyInfo)
	}
	p.asks("GET", "/v1/leads/"+l.ID, "").want(200)
	w.as(k.Key, "POST", "/v1/leads", `{"need":"n1","achievement":"a1","organisation":"theirs"}`).problem(422)
	w.as(k.Key, "GET", "/v1/organisations/ours/members", "").problem(403)
	rotated := decodeAs[NewKey](w.as(w.adminKey, "POST", "/v1/keys/"+k.ID+"/rotate", "").want(200))
	w.as(rotated.Key, "GET", "/v1/leads/"+l.ID, "").want(200)
}

func TestALeaversWorkIsHandedOver(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.putIn(&market.OrganisationType, "ours", "test", "ours", "verified")
	w.putIn(&market.OrganisationType, "theirs", "test", "theirs", "verified")
	leaver, heir := w.person(market.Firm, "", false), w.person(market.Firm, "ours", false)
	alone := decodeAs[market.Lead](leaver.asks("POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)).ID
	asked := decodeAs[market.Lead](leaver.asks("POST", "/v1/leads", `{"need":"n1","ask":"broker"}`).want(201)).ID
	heir.asks("POST", "/v1/leads", `{"need":"n1","ask":"broker"}`).want(201)
	leaver.moves("ours")
	ours := decodeAs[market.Lead](leaver.asks("POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)).ID
	leaver.moves("theirs")
	theirs := decodeAs[market.Lead](leaver.asks("POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)).ID
	at := "/v1/accounts/" + leaver.id + "/handover"
	to := fmt.Sprintf(`{"to":%q}`, heir.id)
	heir.asks("POST", at, to).problem(403)
	w.as(w.adminKey, "POST", "/v1/accounts/none/handover", to).problem(404)
	for _, body := range []string{`{"to":"none"}`, fmt.Sprintf(`{"to":%q}`, leaver.id)} {
		w.as(w.adminKey, "POST", at, body).problem(422)
	}
	if sum := decodeAs[HandOver](w.as(w.adminKey, "POST", at, to).want(200)); sum != (HandOver{Moved: 3, Stayed: 1}) {
		t.Errorf("handed over %+v", sum)
	}
	for id, want := range map[string]string{alone: heir.id, ours: heir.id, asked: heir.id, theirs: leaver.id} {
		if l := decodeAs[market.Lead](w.as(w.adminKey, "GET", "/v1/leads/"+id, "").want(200)); l.By != "account:"+want {
			t.Errorf("%s is of %s now", id, l.By)
		}
	}
	heir.asks("GET", "/v1/leads/"+alone, "").want(200)
	leaver.asks("GET", "/v1/leads/"+alone, "").problem(404)
	steps := decodeAs[struct{ History []corpus.Step }](heir.asks("GET", "/v1/leads/"+alone+"/history", "").want(200)).History
	if len(steps) != 2 || steps[0].Move != "handover" || !strings.HasPrefix(steps[0].By, "key:") || steps[1].By != "account:"+leaver.id {
		t.Errorf("its history is %+v", steps)
	}
	if list := heir.asks("GET", "/v1/leads", "").want(200).body; strings.Count(list, `"id"`) != 4 {
		t.Errorf("the heir lists %s", list)
	}
}

func TestWhoLeadsAnOrganisationBringsSoManyIntoIt(t *testing.T) {
	w := newWorld(t, nil)
	w.putIn(&market.OrganisationType, "ours", "test", "ours", "verified")
	lead := w.person(market.Firm, "ours", true)
	b := corpus.Batch{Actor: "test"}
	for i := range maxMembers - 2 {
		body := fmt.Appendf(nil, `{"id":"m%d","name":"员","role":"read","organisation":"ours"}`, i)
		b.Records = append(b.Records, corpus.Record{Table: market.Accounts, ID: fmt.Sprintf("m%d", i), Body: body})
	}
	_, err := w.svc.Store.Write(t.Context(), b)
	w.must(err)
	const one = `{"name":"李娜","role":"read"}`
	lead.asks("POST", "/v1/organisations/ours/members", one).want(201)
	lead.asks("POST", "/v1/organisations/ours/members", one).problem(409)
	w.as(w.adminKey, "POST", "/v1/organisations/ours/members", one).want(201)
}

// A broker's desk goes with the broker: another organisation has none of it, and nobody is kept from it.
func TestADeskIsItsBrokersWhereverTheyAre(t *testing.T) {
	w := newWorld(t, nil)
	w.putIn(&market.OrganisationType, "ours", "test", "ours", "verified")
	p, colleague := w.person(market.Broker, "ours", false), w.person(market.Broker, "ours", false)
	at := p.asks("POST", "/v1/desks", `{}`).want(201).Header.Get("Location")
	p.asks("PATCH", at, `{"state":"away"}`).want(200)
	colleague.asks("PATCH", at, `{"state":"present"}`).problem(404)
	p.moves("")
	p.asks("PATCH", at, `{"state":"present"}`).want(200)
}

// Codes are public: nobody can keep those of all firms by applying for them.
func TestNobodyAppliesForManyOrganisations(t *testing.T) {
	w := newWorld(t, nil)
	p := w.person(market.Firm, "", false)
	for range market.MaxApplications {
		p.asks("POST", "/v1/organisations", fmt.Sprintf(application, creditCode())).want(201)
		w.as(w.adminKey, "POST", "/v1/organisations", fmt.Sprintf(application, creditCode())).want(201)
	}
	p.asks("POST", "/v1/organisations", fmt.Sprintf(application, creditCode())).problem(409)
	w.as(w.adminKey, "POST", "/v1/organisations", fmt.Sprintf(application, creditCode())).want(201)
}
