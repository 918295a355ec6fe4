package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// keep stores a sample with other texts in some fields, made by another key as a member of an organisation, "" being none.
func (w *world) keep(t market.Table, id, organisation string, texts map[string]string) {
	w.Helper()
	d := t.About()
	stored := w.sampleIn(t, id, "key:other", organisation, d.States[0].Value)
	r, err := t.Read(stored.Body)
	w.must(err)
	for name, text := range texts {
		r = r.With(name, text)
	}
	stored.Body, err = json.Marshal(r.Whole())
	w.must(err)
	stored.Key = d.Key(r.Text)
	_, err = w.svc.Store.Write(w.Context(), corpus.Batch{Actor: "test", Records: []corpus.Record{stored}})
	w.must(err)
}

// countyKey makes a key of a county.
func (w *world) countyKey(territory ...string) string {
	w.Helper()
	k, err := w.svc.CreateKey(w.Context(), Caller{Name: "test", Admin: true}, "某区科技局", market.County, time.Time{}, territory...)
	w.must(err)
	return k.Key
}

// newTerritoryWorld has records of 150502 (ids with h), of 150521 (k), and of no region that is known or open (x).
func newTerritoryWorld(t *testing.T) *world {
	t.Helper()
	doc := func(kind corpus.Kind, id, region string) corpus.Doc {
		return corpus.Doc{Kind: kind, SourceID: id, Title: "淀粉废水 " + id, Text: "淀粉废水厌氧处理。", Region: region, Created: day}
	}
	closed := doc(corpus.Need, "nclosed", "150502")
	closed.Disclosure = map[string]corpus.Level{"region": corpus.Confidential}
	w := newWorld(t, nil, doc(corpus.Need, "nh", "150502"), doc(corpus.Need, "nk", "150521"), doc(corpus.Need, "nx", ""), closed,
		doc(corpus.Achievement, "ah", "150502"), doc(corpus.Achievement, "ax", ""))
	orgs := []struct{ id, region, state string }{{"oh", "150502", "verified"}, {"ohapplied", "150502", "applied"}, {"ok", "150521", "verified"}, {"ox", "", "verified"}}
	for _, o := range orgs {
		w.keep(&market.OrganisationType, o.id, o.id, map[string]string{"region": o.region, "state": o.state, "contact": marker, "letter": marker})
	}
	lead := func(id, need, achievement, organisation string) {
		w.keep(&market.LeadType, id, organisation, map[string]string{"need": need, "achievement": achievement, "contact": marker})
	}
	lead("lh-need", "nh", "ax", "")
	lead("lh-achievement", "nx", "ah", "")
	lead("lh-asker", "nx", "ax", "oh")
	lead("lk", "nk", "ax", "ok")
	lead("lx", "nx", "ax", "ox")
	lead("lx-applied", "nx", "ax", "ohapplied")
	lead("lx-closed", "nclosed", "ax", "")
	lead("lx-gone", "deleted", "deleted", "gone")
	contract := func(id, seller, buyer, lead string) {
		w.keep(&market.ContractType, id, "", map[string]string{"seller_region": seller, "buyer_region": buyer, "lead": lead, "state": "registered"})
		w.keep(&market.BenefitType, "b"+id, "", map[string]string{"contract": id, "state": "confirmed"})
	}
	contract("ch-seller", "150502", "", "")
	contract("ch-buyer", "150521", "150502", "")
	contract("ch-lead", "", "", "lh-need")
	contract("ck", "150521", "", "lk")
	contract("cx", "", "", "lx")
	return w
}

// What a territory holds, by every way to read records.
func TestACountySeesItsTerritory(t *testing.T) {
	w := newTerritoryWorld(t)
	const h = "leads: lh-achievement lh-asker lh-need, contracts: ch-buyer ch-lead ch-seller, benefits: bch-buyer bch-lead bch-seller, organisations: oh ohapplied"
	for _, test := range []struct{ territory, want string }{
		{"150502", h},
		{"科尔沁区", h},
		{"150521", "leads: lk, contracts: ch-buyer ck, benefits: bch-buyer bck, organisations: ok"},
		{"1505", "leads: lh-achievement lh-asker lh-need lk, contracts: ch-buyer ch-lead ch-seller ck, benefits: bch-buyer bch-lead bch-seller bck, organisations: oh ohapplied ok"},
		{"150502、150521", "leads: lh-achievement lh-asker lh-need lk, contracts: ch-buyer ch-lead ch-seller ck, benefits: bch-buyer bch-lead bch-seller bck, organisations: oh ohapplied ok"},
		{"1504", "leads: , contracts: , benefits: , organisations: "},
	} {
		key := w.countyKey(test.territory)
		var got []string
		for _, table := range []market.Table{&market.LeadType, &market.ContractType, &market.BenefitType, &market.OrganisationType} {
			name := table.About().Name
			got = append(got, name+": "+strings.Join(w.seen(key, table), " "))
		}
		if said := strings.Join(got, ", "); said != test.want {
			t.Errorf("%s sees %s\nwant %s", test.territory, said, test.want)
		}
	}
}

// seen are the ids of the records that a key reads, which must be the same by each way.
func (w *world) seen(key string, table market.Table) []string {
	w.Helper()
	name := table.About().Name
	var read, listed []string
	for r, err := range w.svc.Store.Records(name) {
		w.must(err)
		answer := w.as(key, "GET", "/v1/"+name+"/"+r.ID, "")
		if history := w.as(key, "GET", "/v1/"+name+"/"+r.ID+"/history", ""); history.StatusCode != answer.StatusCode {
			w.Errorf("the history of %s %s answers %d, itself %d", name, r.ID, history.StatusCode, answer.StatusCode)
		}
		if answer.StatusCode == 200 {
			read = append(read, r.ID)
		} else {
			answer.problem(404)
		}
		if strings.Contains(answer.body, marker) {
			w.Errorf("%s %s shows what is for its sides: %s", name, r.ID, answer.body)
		}
	}
	for after := ""; ; {
		page := decodeAs[map[string]json.RawMessage](w.as(key, "GET", "/v1/"+name+"?limit=2&after="+after, "").want(200))
		var rows []struct{ ID string }
		w.must(json.Unmarshal(page[name], &rows))
		for _, r := range rows {
			listed = append(listed, r.ID)
		}
		if page["next"] == nil {
			break
		}
		w.must(json.Unmarshal(page["next"], &after))
	}
	slices.Sort(listed)
	if !slices.Equal(read, listed) {
		w.Errorf("%s: reads %v, lists %v", name, read, listed)
	}
	for _, path := range []string{"?by=key:other&limit=100", "/export?format=jsonl", "/export?format=csv"} {
		body := w.as(key, "GET", "/v1/"+name+path, "").want(200).body
		for r, err := range w.svc.Store.Records(name) {
			w.must(err)
			inside := strings.Contains(body, `"id":"`+r.ID+`"`) || strings.Contains(body, "\n"+r.ID+",")
			if inside != slices.Contains(read, r.ID) {
				w.Errorf("%s%s has %s: %v", name, path, r.ID, inside)
			}
		}
		if strings.Contains(body, marker) {
			w.Errorf("%s%s shows what is for its sides", name, path)
		}
	}
	c, err := w.svc.identify(&http.Request{Header: http.Header{"Authorization": {"Bearer " + key}}, URL: &url.URL{Path: "/v1/leads"}})
	w.must(err)
	counts, err := w.svc.CountRecords(w.Context(), c, table)
	w.must(err)
	all := 0
	for _, n := range counts {
		all += n
	}
	if all != len(read) {
		w.Errorf("%s: counts %d of %d", name, all, len(read))
	}
	return read
}

// What is one's own is read whole, whatever the territory, and a county without one reads nothing else.
func TestACountyWithoutATerritory(t *testing.T) {
	w := newTerritoryWorld(t)
	old := Caller{Name: "account:old", Role: market.County, Key: true}
	p, err := w.svc.Records(t.Context(), old, &market.LeadType, RecordQuery{Limit: 100})
	if err != nil || len(p.Records) != 0 {
		t.Errorf("lists %d (%v)", len(p.Records), err)
	}
	if _, err := w.svc.Record(t.Context(), old, &market.LeadType, "lh-need"); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("reads: %v", err)
	}
	if r, err := w.svc.YearReport(t.Context(), old, "2026", ""); err != nil || *r.Measure(market.MContracts).Value != 0 || *r.Measure(market.MLibrary).Value != 0 {
		t.Errorf("reports %+v (%v)", r, err)
	}
	w.put(&market.LeadType, "own", old.Name, "new")
	r, err := w.svc.Record(t.Context(), old, &market.LeadType, "own")
	if err != nil || r.Text("contact") != market.LeadType.Example.Contact {
		t.Errorf("reads its own as %+v (%v)", r.Row, err)
	}
}

func TestTheReportOfATerritory(t *testing.T) {
	w := newTerritoryWorld(t)
	w.as(w.adminKey, "POST", "/v1/targets", `{"year":"2026","measure":"contract_value","goal":"100万元"}`).want(201)
	county := w.countyKey("150502")
	r := decodeAs[market.YearReport](w.as(county, "GET", "/v1/reports/year?year=2026", "").want(200))
	ids := func(measure string) string {
		var ids []string
		for _, one := range r.Measure(measure).Records {
			ids = append(ids, one.ID)
		}
		return strings.Join(ids, " ")
	}
	for _, test := range []struct{ measure, want string }{
		{market.MContracts, "ch-buyer ch-lead ch-seller"},
		{market.MBenefit, "bch-buyer bch-lead bch-seller"},
		{market.MLibrary, "ah"},
		{market.MNeeds, "nh"},
	} {
		if got := ids(test.measure); got != test.want {
			t.Errorf("%s counts %s, want %s", test.measure, got, test.want)
		}
	}
	if m := r.Measure(market.MValue); m.Target != nil || fmt.Sprint(r.Territory) != "[150502]" || len(r.Answers) != 2 {
		t.Errorf("the target is %v of %v, answers %v", m.Target, r.Territory, r.Answers)
	}
	if got := decodeAs[market.ContractReport](w.as(county, "GET", "/v1/reports/contracts", "").want(200)); got.Total.Count != 3 {
		t.Errorf("%d contracts", got.Total.Count)
	}
	for _, path := range []string{"rewards", "frozen", "frozen/x", "frozen/x/file", "frozen/x/corrections"} {
		w.as(county, "GET", "/v1/reports/"+path, "").problem(403)
	}
	w.as(county, "GET", "/v1/reports/year/file?year=2026", "").want(200)
	if all := decodeAs[market.YearReport](w.as(w.adminKey, "GET", "/v1/reports/year?year=2026", "").want(200)); *all.Measure(market.MContracts).Value != 5 || all.Territory != nil {
		t.Errorf("an admin counts %d of %v", *all.Measure(market.MContracts).Value, all.Territory)
	}
}

func TestATerritoryIsForTheRoleThatNeedsIt(t *testing.T) {
	w := newWorld(t, nil)
	for _, test := range []struct {
		body, want string // the territory, or "" where it is refused
	}{
		{`"role":"county","territory":["150502"]`, "[150502]"},
		{`"role":"county","territory":["通辽市、赤峰市"]`, "[150400 150500]"},
		{`"role":"county"`, ""},
		{`"role":"county","territory":["火星"]`, ""},
		{`"role":"read","territory":["150502"]`, ""},
		{`"role":"admin","territory":["150502"]`, ""},
	} {
		for _, at := range []string{"/v1/accounts", "/v1/keys"} {
			got := w.as(w.adminKey, "POST", at, `{"name":"某局",`+test.body+`}`)
			if test.want == "" {
				if p := got.problem(422); len(p.Errors) != 1 || p.Errors[0].Field != "territory" {
					t.Errorf("%s %s: %s", at, test.body, got.body)
				}
			} else if made := decodeAs[struct{ Territory []string }](got.want(201)); fmt.Sprint(made.Territory) != test.want {
				t.Errorf("%s %s: %v", at, test.body, made.Territory)
			}
		}
	}
	at := w.as(w.adminKey, "POST", "/v1/accounts", `{"name":"王丽","role":"read"}`).want(201).Header.Get("Location")
	for _, step := range []struct {
		body, want string
	}{
		{`{"role":"county"}`, ""},
		{`{"territory":["150502"]}`, ""},
		{`{"role":"county","territory":["150502"]}`, "[150502]"},
		{`{"name":"王莉"}`, "[150502]"},
		{`{"territory":["1505"]}`, "[150500]"},
		{`{"territory":[]}`, ""},
		{`{"role":"broker"}`, "[]"}, // it ends with the role
		{`{"role":"county"}`, ""},
	} {
		got := w.as(w.adminKey, "PATCH", at, step.body)
		if step.want == "" {
			got.problem(422)
		} else if now := decodeAs[AccountInfo](got.want(200)); fmt.Sprint(now.Territory) != step.want {
			t.Errorf("%s gives %v, want %s", step.body, now.Territory, step.want)
		}
	}
	sum := decodeAs[AccountImport](w.as(w.adminKey, "POST", "/v1/accounts/import", "姓名,权限,辖区\n甲,区县,科尔沁区、150521\n乙,区县,\n丙,只读,150502\n丁,只读,\n", "Content-Type", "text/csv").want(200))
	if len(sum.Invited) != 2 || fmt.Sprint(sum.Invited[0].Territory) != "[150502 150521]" || sum.Bad != 2 || sum.Rows[0].Faults[0].Field != "territory" || len(sum.Unknown) != 0 {
		t.Errorf("the file gives %+v", sum)
	}
	county := w.countyKey("150502")
	w.as(county, "PATCH", at, `{"territory":["150000"]}`).problem(403)
	if _, err := w.svc.InviteMember(context.Background(), Caller{Name: "test", Role: market.Admin, Admin: true}, "none", "戊", market.County); err == nil {
		t.Error("a county without a territory is invited")
	}
}
