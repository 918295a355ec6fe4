package api

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

// otherTexts are right texts of fields, other than those of the samples. Choices, and what names a posting or a record, need
// none; nor do fields that take any text.
var otherTexts = map[string]string{
	"contracts.seller_region": "150521", "contracts.buyer_region": "150521", "contracts.value": "90万元", "contracts.technical": "50万元",
	"contracts.signed": "2026-11-19", "contracts.field": "26", "benefits.year": "2025", "benefits.amount": "90万元", "targets.year": "2025", "targets.goal": "30亿元",
	"rewards.shares": "某技术转移中心 100%", "subscriptions.need": "n1", "subscriptions.query": "废水", "subscriptions.mail": "c@d.example", "subscriptions.field": "26", "subscriptions.webhook": "https://portal.example/in",
	"organisations.region": "150521", "claims.days": "3", "visits.due": "2026-12-01", "visits.date": "2026-11-20", "filings.consent_on": "2026-11-20", "filings.budget": "90万元", "filings.region": "150521",
	"submissions.field": "26", "submissions.region": "150521", "submissions.cooperation": "技术转让", "submissions.price": "90万元", "submissions.valid_until": "2027-06-30",
	"filings.field": "26", "filings.valid_until": "2027-06-30", "filings.indicators": "COD ≤ 50 mg/L", "desks.fields": "26", "desks.regions": "150521",
}

// unlike are fields that can't change alone in a sample, with what goes with them.
var unlike = map[string]map[string]string{
	"subscriptions.achievement": {"need": "", "kind": "need"},
	"subscriptions.query":       {"need": ""},
	"subscriptions.field":       {"need": ""},
	"subscriptions.kind":        {"need": "", "query": "废水"},
	"subscriptions.mail":        {"webhook": ""},
	"subscriptions.digest":      {"webhook": "", "mail": "c@d.example"},
	"contracts.elsewhere":       {"lead": ""},
	"sheets.achievement_5":      {"achievement_4": "a2"},
}

// spoiled are fields with which alone a record would be made, with what is wrong beside them.
var spoiled = map[string]map[string]string{"desks.fields": {"regions": "火星"}, "desks.regions": {"fields": "火星"},
	"promises.achievement": {"edition": "x"}, "promises.need": {"edition": "x"}, "promises.expert": {"edition": "x"}, "promises.project": {"edition": "x"}}

// otherText is a right text of a field, other than the one that it has.
func otherText(d *market.Declared, f market.Field, has string) string {
	if text := otherTexts[d.Name+"."+f.Name]; text != "" {
		return text
	}
	switch {
	case f.Name == "code", f.Choices == nil && slices.Contains(d.Unique, f.Name):
		return creditCode() // no other record has it
	case f.Kind == corpus.Need:
		return "n1"
	case f.Kind == corpus.Achievement:
		return "a1"
	}
	for _, choice := range f.Choices {
		if choice.Value != has {
			return choice.Value
		}
	}
	return "改动"
}

// members are those of a record in JSON, in their order.
func members(t market.Table) (names []string) {
	s := reflect.TypeOf(t.ExampleRow().Whole())
	for i := range s.NumField() {
		name, _, _ := strings.Cut(s.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// shownToNobody are members that hold secrets, or hashes of them.
var shownToNobody = []string{"subscriptions secrets", "sheets link"}

// A fieldWorld has for each role a key, and records of each table that the key made and that others made.
type fieldWorld struct {
	*world
	keys, names map[market.Role]string
}

func newFieldWorld(t *testing.T) *fieldWorld {
	w := &fieldWorld{newWorld(t, nil, testDocs()...), map[market.Role]string{market.Nobody: ""}, map[market.Role]string{}}
	w.svc.Mail = &MailServer{}
	for _, role := range market.Roles {
		territory := territoryOf(role)
		if territory != nil {
			territory = []string{"150000"}
		}
		k, err := w.svc.CreateKey(t.Context(), Caller{Name: "test", Admin: true}, "测试", role, day.AddDate(1, 0, 0), territory...)
		w.must(err)
		w.keys[role], w.names[role] = k.Key, "key:"+k.ID
	}
	return w
}

// whole is a stored sample in which every member that is a text or a secret has a value, and ids lead to what is there.
func (w *fieldWorld) whole(table market.Table, id, by string) corpus.Record {
	w.Helper()
	d := table.About()
	r := w.sample(table, id, by, d.States[0].Value)
	var all map[string]any
	w.must(json.Unmarshal(r.Body, &all))
	s := reflect.TypeOf(table.ExampleRow().Whole())
	for i, name := range members(table) {
		if text, _ := all[name].(string); s.Field(i).Type.Kind() == reflect.String && text == "" && name != "organisation" {
			all[name] = "WHOLE"
			if f := d.FieldOf(name); f != nil && f.Choices != nil {
				all[name] = f.Choices[0].Value
			}
		}
	}
	for _, f := range d.Fields {
		switch {
		case f.Kind == corpus.Need, f.Kind == corpus.Achievement:
			all[f.Name] = otherText(d, f, "")
		case f.Record != "" && f.Record != d.Name:
			all[f.Name] = "there"
		}
	}
	if d.Name == market.Subscriptions {
		all["secrets"] = []map[string]string{{"secret": "WHOLE"}}
	}
	var err error
	r.Body, err = json.Marshal(all)
	w.must(err)
	return r
}

// store writes records, or keeps what is there already under their ids.
func (w *fieldWorld) store(records ...corpus.Record) {
	w.Helper()
	_, err := w.svc.Store.Write(w.Context(), corpus.Batch{Actor: "test", Records: records})
	w.must(err)
}

// accepted reports whether an answer is one to a request that may set a member: the answer says nothing against the member.
func accepted(r reply, name string) bool {
	switch {
	case r.StatusCode == 401 || r.StatusCode == 403 || r.StatusCode == 404:
		return false
	case r.StatusCode != 422:
		return true
	}
	return !slices.ContainsFunc(decodeAs[Problem](r).Errors, func(f Fault) bool { return f.Field == name || strings.HasSuffix(f.Field, "."+name) })
}

// Every member of every record: which role sets it in a new one, changes it in one of its own and in one of others, reads it in
// one of its own and in one of others. What comes is held against what is declared, and stands in a golden file, so that a new
// member or record is read before it stands. What moves is TestWhoMovesWhichRecord's.
func TestEveryFieldByEveryRole(t *testing.T) {
	w := newFieldWorld(t)
	w.store(w.whole(&market.LeadType, "there", "test"), w.whole(&market.ContractType, "there", "test"))
	var golden strings.Builder
	for _, table := range market.Tables {
		d := table.About()
		for _, role := range market.Roles { // what others made is the broker's of another key
			w.store(w.whole(table, "own-"+string(role), w.names[role]))
		}
		w.store(w.whole(table, "other", "key:other"))
		answers := map[string]reply{} // to who reads a record, which stays as it is
		for _, name := range members(table) {
			f := d.FieldOf(name)
			made := f != nil && f.With == ""
			byKey := d.Name != market.Promises // which persons make
			hidden := slices.Contains(shownToNobody, d.Name+" "+name)
			var creates, changes, changesOther, reads, readsOther []string
			for _, role := range append([]market.Role{market.Nobody}, market.Roles...) {
				key := w.keys[role]
				allowed := func(move string) market.Scope { return market.Allowed(role, d.Name, move) }
				note := func(what string, list *[]string, is, want bool, r reply) {
					if is {
						*list = append(*list, string(role))
					}
					if is != want {
						t.Errorf("%q %s %s of %s: %v: %d %.300s", role, what, name, d.Name, is, r.StatusCode, r.body)
					}
				}
				text := "2026-11-20"
				switch {
				case f != nil && f.Record != "":
					text = "own-" + string(role)
				case f != nil:
					text = otherText(d, *f, table.ExampleRow().Text(name))
				}
				body := func(also map[string]string) string {
					b, err := json.Marshal(beside(also, name, text))
					w.must(err)
					return string(b)
				}
				r := w.as(key, "POST", "/v1/"+d.Name, body(spoiled[d.Name+"."+name]))
				note("creates with", &creates, accepted(r, name), made && byKey && allowed("create") != market.None, r)
				change := func(what, id string, list *[]string, want bool) {
					if name == "state" {
						return
					}
					if role != market.Nobody && want {
						id = "change-" + id + "-" + name + "-" + string(role)
						by := w.names[role]
						if what == "changes another's" {
							by = "key:other"
						}
						w.store(w.sample(table, id, by, d.States[0].Value))
						if d.Name == market.Filings {
							w.must(w.svc.write(t.Context(), Caller{Name: "test", Admin: true}, corpus.Batch{Action: "load", Puts: []corpus.Put{{Doc: corpus.Doc{Kind: corpus.Need, Source: market.FilingSource,
								SourceID: id, Title: "代报的需求", Text: "代报的需求。", Status: corpus.Draft}}}}, nil))
						}
						defer w.store(corpus.Record{Table: d.Name, ID: id, Deleted: true}) // the next one may have to have the same key
					}
					r := w.as(key, "PATCH", "/v1/"+d.Name+"/"+id, body(unlike[d.Name+"."+name]))
					note(what, list, accepted(r, name), want, r)
					if want && r.StatusCode != 200 {
						t.Errorf("%q %s %s of %s: %d %.300s: name another text in otherTexts, or what goes with it in unlike", role, what, name, d.Name, r.StatusCode, r.body)
					}
				}
				changeable := made && !f.Fixed && role != market.Nobody
				change("changes", "own-"+string(role), &changes, changeable && allowed("update") != market.None)
				change("changes another's", "other", &changesOther, changeable && allowed("update") == market.All)
				read := func(what, id string, list *[]string, want bool) {
					r, asked := answers[string(role)+" "+id]
					if !asked {
						r = w.as(key, "GET", "/v1/"+d.Name+"/"+id, "")
						answers[string(role)+" "+id] = r
					}
					var all map[string]any
					if r.StatusCode == 200 {
						all = decodeAs[map[string]any](r)
					}
					_, is := all[name]
					note(what, list, is && all[name] != "", want && !hidden, r)
				}
				var stored map[string]any
				record, err := w.svc.Store.Record(d.Name, "other")
				w.must(err)
				w.must(json.Unmarshal(record.Body, &stored))
				if _, has := stored[name]; !has { // numbers and times that the sample lacks come with other states
					continue
				}
				local := allowed("read") == market.Local && !(f != nil && f.Closed)
				read("reads", "own-"+string(role), &reads, role != market.Nobody && allowed("read") != market.None)
				read("reads another's", "other", &readsOther, local || allowed("read") == market.All)
			}
			fmt.Fprintf(&golden, "%s %s\n\tset: %s; change: %s; another's: %s\n\tread: %s; another's: %s\n", d.Name, name, rolesOf(creates), rolesOf(changes),
				rolesOf(changesOther), rolesOf(reads), rolesOf(readsOther))
		}
	}
	const file = "testdata/fields.txt"
	if *update {
		w.must(os.WriteFile(file, []byte(golden.String()), 0o644))
	}
	if want, err := os.ReadFile(file); err != nil || golden.String() != string(want) {
		t.Errorf("who sets and reads what differs from %s (%v): read the difference, then go test ./api -run EveryField -update", file, err)
	}
}

func rolesOf(roles []string) string {
	if len(roles) == 0 {
		return "nobody"
	}
	return strings.Join(roles, " ")
}

// beside is a body with a member beside others.
func beside(also map[string]string, name, text string) map[string]string {
	all := map[string]string{}
	for k, v := range also {
		all[k] = v
	}
	all[name] = text
	return all
}
