package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// keyOf makes a key of a role.
func (w *world) keyOf(role market.Role) (secret, name string) {
	w.Helper()
	return w.keyIn(role, "")
}

// keyIn makes a key of a role that belongs to an organisation.
func (w *world) keyIn(role market.Role, organisation string) (secret, name string) {
	w.Helper()
	k, err := w.svc.CreateKeyOf(context.Background(), Caller{Name: "test", Role: market.Admin, Admin: true}, "测试", role, organisation, time.Time{}, territoryOf(role)...)
	w.must(err)
	return k.Key, "key:" + k.ID
}

// put stores a sample in a state, made by somebody.
func (w *world) put(t market.Table, id, by, state string) {
	w.Helper()
	w.putIn(t, id, by, "", state)
}

// putIn is put by a member of an organisation.
func (w *world) putIn(t market.Table, id, by, organisation, state string) {
	w.Helper()
	_, err := w.svc.Store.Write(context.Background(), corpus.Batch{Actor: "test", Records: []corpus.Record{w.sampleIn(t, id, by, organisation, state)}})
	w.must(err)
}

// creditCodes counts those of samples, each of which has one of its own.
var creditCodes atomic.Int32

// creditCode returns a right credit code that no other call returned.
func creditCode() string {
	head := fmt.Sprintf("91150502%09d", creditCodes.Add(1))
	for _, last := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if code := head + string(last); corpus.CheckOrgCode(code) == nil {
			return code
		}
	}
	panic("no digit is right behind " + head)
}

func (w *world) sample(t market.Table, id, by, state string) corpus.Record {
	w.Helper()
	return w.sampleIn(t, id, by, "", state)
}

func (w *world) sampleIn(t market.Table, id, by, organisation, state string) corpus.Record {
	w.Helper()
	body, err := json.Marshal(t.ExampleRow().Whole())
	w.must(err)
	r, err := t.Read(body)
	w.must(err)
	d := t.About()
	if d.Unique != nil {
		r = r.With(d.Unique[0], id)
	}
	if d.Name == market.Organisations {
		r = r.With("code", creditCode())
	}
	if d.Name == market.Sheets {
		r = r.With("link", id)
	}
	h := r.Head()
	*h.ID, *h.By, *h.Organisation, *h.State = id, by, organisation, market.State(state)
	body, err = json.Marshal(r.Whole())
	w.must(err)
	return corpus.Record{Table: d.Name, ID: id, Key: d.Key(r.Text), Body: body}
}

// Every move from every state by every role, with its own records, those of its organisation and those of others: 200, or
// 403 where the table of rights says so, 404 where the role may change some but not see this one, 409 where nobody may.
func TestWhoMovesWhichRecord(t *testing.T) {
	w := newWorld(t, nil, starch(corpus.Achievement, market.QuestionType.Example.Achievement)) // with which a question is hidden
	w.putIn(&market.OrganisationType, "ours", "test", "ours", "verified")
	for _, table := range market.Tables {
		d := table.About()
		if d.Name == market.Submissions { // nobody reviews their own: TestWhoMovesWhichSubmission
			continue
		}
		for _, role := range market.Roles {
			key, name := w.keyIn(role, "ours")
			makers := []struct {
				by, in string
				own    bool
			}{{name, "", true}, {"key:other", "", false}, {"key:colleague", "ours", true}, {"key:other", "theirs", false},
				{name, "theirs", d.Name == market.Organisations}} // the last has left them
			idOf := func(maker int, from, to market.Named) string {
				return fmt.Sprintf("%s-%s-%s-%d", role, from.Value, to.Value, maker)
			}
			b := corpus.Batch{Actor: "test"}
			for i, maker := range makers {
				for _, from := range d.States {
					for _, to := range d.States {
						b.Records = append(b.Records, w.sampleIn(table, idOf(i, from, to), maker.by, maker.in, from.Value))
					}
				}
			}
			_, err := w.svc.Store.Write(t.Context(), b)
			w.must(err)
			for i, maker := range makers {
				may := func(move string) bool {
					scope := market.Allowed(role, d.Name, move)
					return scope == market.All || scope == market.Own && maker.own
				}
				for _, from := range d.States {
					for _, to := range d.States {
						id := idOf(i, from, to)
						want := 403
						switch {
						case market.Allowed(role, d.Name, "update") == market.None:
						case !may("read"):
							want = 404
						case !slices.Contains(d.Moves[market.State(from.Value)], market.State(to.Value)):
							want = 409
						case may(to.Value):
							want = 200
						}
						body := `{"state":"` + to.Value + `"`
						for _, f := range d.Fields {
							if f.With == market.State(to.Value) {
								body += fmt.Sprintf(`,%q:%q`, f.Name, append(f.Choices, market.Named{Value: "x"})[0].Value)
							}
						}
						if r := w.as(key, "PATCH", "/v1/"+d.Name+"/"+id, body+"}"); r.StatusCode != want {
							t.Errorf("%s moves %s of %s in %q from %s to %s: %d, want %d: %s", role, d.Name, maker.by, maker.in, from.Value, to.Value, r.StatusCode, want, r.body)
						}
						if want == 200 { // the next one may have to have the same key
							_, err := w.svc.Store.Write(t.Context(), corpus.Batch{Actor: "test", Records: []corpus.Record{{Table: d.Name, ID: id, Deleted: true}}})
							w.must(err)
						}
					}
				}
			}
		}
	}
}

// What somebody else has confirmed, the maker of a record can't change.
func TestWhoConfirmedARecordChangesIt(t *testing.T) {
	w := newWorld(t, nil)
	key, name := w.keyOf(market.Holder)
	for _, c := range []struct {
		table       market.Table
		state, body string
		want        int
	}{
		{&market.ContractType, "signed", `{"value":"90万元"}`, 200},
		{&market.ContractType, "registered", `{"value":"90万元"}`, 403},
		{&market.ContractType, "performed", `{"value":"90万元"}`, 403},
		{&market.BenefitType, "reported", `{"amount":"90万元"}`, 200},
		{&market.BenefitType, "confirmed", `{"amount":"90万元"}`, 403},
		{&market.BenefitType, "returned", `{"amount":"90万元"}`, 200},
		{&market.BenefitType, "returned", `{"amount":"91万元","state":"reported"}`, 200},
		{&market.BenefitType, "confirmed", `{"amount":"1200万元"}`, 200}, // says what it says already
	} {
		id := fmt.Sprintf("%s-%d", c.state, len(c.body))
		w.put(c.table, id, name, c.state)
		at := "/v1/" + c.table.About().Name + "/" + id
		if r := w.as(key, "PATCH", at, c.body); r.StatusCode != c.want {
			t.Errorf("%s %s: %d, want %d: %s", at, c.body, r.StatusCode, c.want, r.body)
		}
		if c.want == 403 {
			w.as(w.adminKey, "PATCH", at, c.body).want(200)
		}
	}
}

func TestARegisteredNumberIsTakenOnce(t *testing.T) {
	w := newWorld(t, nil)
	const contract = `{"title":"甲","kind":"service","seller":"某大学","buyer":"某厂","value":"5万元","signed":"2026-11-01","number":"2026001"}`
	at := w.as(w.adminKey, "POST", "/v1/contracts", contract).want(201).Header.Get("Location")
	holder, _ := w.keyOf(market.Holder)
	p := w.as(holder, "POST", "/v1/contracts", contract).problem(409)
	if said := fmt.Sprint(p); !strings.Contains(said, "number") || strings.Contains(said, strings.TrimPrefix(at, "/v1/contracts/")) {
		t.Errorf("a taken number: %s", said)
	}
	w.as(w.adminKey, "PATCH", at, `{"number":"2026002"}`).want(200)
	other := w.as(holder, "POST", "/v1/contracts", contract).want(201).Header.Get("Location")
	w.as(holder, "PATCH", other, `{"number":"2026002"}`).problem(409)
	w.as(w.adminKey, "PATCH", other, `{"state":"void"}`).want(200) // a number that was given by mistake
	w.as(holder, "DELETE", other, "").problem(403)
	w.as(w.adminKey, "DELETE", other, "").want(204)
	w.as(holder, "POST", "/v1/contracts", contract).want(201)
	w.as(w.adminKey, "POST", "/v1/benefits", `{"contract":"none","year":"2026","amount":"5万元","proof":"发票"}`).problem(404)
	w.as(holder, "POST", "/v1/benefits", `{"contract":"`+strings.TrimPrefix(at, "/v1/contracts/")+`","year":"2026","amount":"5万元","proof":"发票"}`).problem(404)
	w.as(w.adminKey, "POST", "/v1/benefits", `{"contract":"`+strings.TrimPrefix(at, "/v1/contracts/")+`","year":"2026","amount":"5万元","proof":"发票"}`).want(201)
	w.as(w.adminKey, "POST", "/v1/benefits", `{"contract":"`+strings.TrimPrefix(at, "/v1/contracts/")+`","year":"2026","amount":"6万元","proof":"发票"}`).problem(409)
	w.as(w.adminKey, "DELETE", at, "").problem(409)
	w.as(w.adminKey, "GET", at, "").want(200)
}

func TestAHiddenRecordIsAsIfThereWereNone(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	keys := map[market.Role]string{}
	for _, role := range []market.Role{market.Firm, market.Broker} {
		keys[role], _ = w.keyOf(role)
	}
	for _, table := range market.Tables {
		d := table.About()
		role := market.Firm
		if market.Allowed(role, d.Name, "list") == market.None {
			role = market.Broker
		}
		if market.Allowed(role, d.Name, "list") == market.All { // from whom nothing is hidden
			continue
		}
		other := keys[role]
		w.put(table, "hidden", "key:owner", d.States[0].Value)
		for _, r := range recordRoutes() {
			_, move, _ := strings.Cut(r.right, " ")
			if r.tag != d.Name || !strings.Contains(r.path, "{id}") || market.Allowed(role, d.Name, move) == market.None {
				continue
			}
			body := ""
			if r.method == "PATCH" {
				body = `{"state":"` + string(d.Moves[market.State(d.States[0].Value)][0]) + `"}`
			}
			answer := func(id string) string {
				p := w.as(other, r.method, strings.ReplaceAll(r.path, "{id}", id), body, "X-Request-Id", "x").problem(404)
				return strings.ReplaceAll(fmt.Sprint(p), id, "ID")
			}
			if hidden, none := answer("hidden"), answer("absent"); hidden != none {
				t.Errorf("%s %s: hidden is %s, absent %s", r.method, r.path, hidden, none)
			}
		}
		for _, path := range []string{"", "?by=key:owner", "?state=" + d.States[0].Value, "/export?format=jsonl"} {
			if role != market.Firm {
				w.as(keys[market.Firm], "GET", "/v1/"+d.Name+path, "").problem(403)
			}
			if market.Allowed(role, d.Name, "list") == market.None {
				w.as(other, "GET", "/v1/"+d.Name+path, "").problem(403)
			} else if r := w.as(other, "GET", "/v1/"+d.Name+path, "").want(200); strings.Contains(r.body, "hidden") {
				t.Errorf("%s shows what is hidden: %s", path, r.body)
			}
		}
		w.as(w.adminKey, "GET", "/v1/"+d.Name+"/hidden", "").want(200)
	}
}

func TestARecordIsChangedAtTheVersionThatWasRead(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.Mail = &MailServer{}
	made := w.as(w.readKey, "POST", "/v1/subscriptions", `{"query":"淀粉","mail":"a@b.example"}`).want(201)
	at := made.Header.Get("Location")
	if got := w.as(w.readKey, "GET", at, "").want(200); !strings.HasPrefix(got.Header.Get("ETag"), strings.TrimSuffix(made.Header.Get("ETag"), `"`)) || strings.TrimSpace(got.body) != strings.TrimSpace(made.body) {
		t.Errorf("read %s, made %s", got.body, made.body)
	}
	tag := made.Header.Get("ETag")
	changed := w.as(w.readKey, "PATCH", at, `{"query":"浸泡","digest":"daily"}`, "If-Match", tag).want(200)
	s := decodeAs[market.Subscription](changed)
	if s.Query != "浸泡" || s.Digest != market.DailyDigest || s.Mail != "a@b.example" || changed.Header.Get("ETag") == tag {
		t.Errorf("changed to %s at %s", changed.body, changed.Header.Get("ETag"))
	}
	for _, stale := range []string{tag, `"99"`, `"x"`, "3"} {
		w.as(w.readKey, "PATCH", at, `{"query":"x"}`, "If-Match", stale).problem(412)
		w.as(w.readKey, "DELETE", at, "", "If-Match", stale).problem(412)
	}
	now := changed.Header.Get("ETag")
	w.as(w.readKey, "PATCH", at, `{"state":"active"}`, "If-Match", now).problem(409) // where it is already: no other version
	w.as(w.readKey, "PATCH", at, `{"query":null,"field":"26"}`, "If-Match", "*").want(200)
	for _, wrong := range []string{`{"query":"x"}`, `{"secrets":[]}`, `{"by":"key:1"}`, `{"digest":"hourly"}`, `{"mail":null}`, `[]`} {
		w.as(w.readKey, "PATCH", at, wrong).problem(422)
	}
	w.as(w.readKey, "PATCH", at, `{"state":"ended"}`).want(200)
	w.as(w.readKey, "PATCH", at, `{"field":"27"}`).problem(409)
	w.as(w.readKey, "DELETE", at, "").want(204)
	w.as(w.readKey, "GET", at, "").problem(404)
	w.as(w.readKey, "GET", at+"/history", "").problem(404)
}

func TestARecordTellsItsHistory(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	at := w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201).Header.Get("Location")
	w.as(w.adminKey, "PATCH", at, `{"state":"talking"}`).want(200)
	w.as(w.readKey, "PATCH", at, `{"state":"declined","reason":"too_early"}`).want(200)
	h := decodeAs[struct{ History []corpus.Step }](w.as(w.readKey, "GET", at+"/history", "").want(200)).History
	var moves []string
	for _, step := range h {
		moves = append(moves, fmt.Sprint(step.Move, step.Version))
		if !step.At.Equal(day) || !strings.HasPrefix(step.By, "key:") {
			t.Errorf("a step %+v", step)
		}
	}
	if got := strings.Join(moves, " "); got != "declined3 talking2 create1" || h[0].By != h[2].By || h[0].By == h[1].By {
		t.Errorf("the history is %+v", h)
	}
}

// What is made and moved while somebody pages through changes nothing of what was there: each comes once, in order.
func TestACursorStaysRightWhileRecordsChange(t *testing.T) {
	w := newWorld(t, nil)
	w.svc.Mail = &MailServer{}
	owner := Caller{Name: "key:1", Role: market.Firm, Key: true}
	now := day
	w.svc.Now = func() time.Time { now = now.Add(time.Millisecond); return now }
	make := func() string {
		r, err := w.svc.CreateRecord(t.Context(), owner, &market.SubscriptionType, map[string]string{"query": "淀粉", "mail": "a@b.example"})
		w.must(err)
		return *r.Head().ID
	}
	var want, got []string
	for range 25 {
		want = append(want, make())
	}
	slices.Reverse(want)
	q := RecordQuery{State: market.Active, Limit: 4}
	for {
		p, err := w.svc.Records(t.Context(), owner, &market.SubscriptionType, q)
		w.must(err)
		for _, r := range p.Records {
			got = append(got, *r.Head().ID)
			_, err := w.svc.ChangeRecord(t.Context(), owner, &market.SubscriptionType, *r.Head().ID, map[string]string{"state": "paused"}, 0)
			w.must(err)
			make()
		}
		if q.After = p.Next; q.After == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d records came, want %d: %v", len(got), len(want), got)
	}
	counts, err := w.svc.CountRecords(t.Context(), owner, &market.SubscriptionType)
	if err != nil || counts[market.Active] != 25 || counts[market.Paused] != 25 || counts[market.Ended] != 0 {
		t.Errorf("counted %v (%v)", counts, err)
	}
	if p, err := w.svc.Records(t.Context(), Caller{Name: "key:2", Role: market.Firm, Key: true}, &market.SubscriptionType, q); err != nil || len(p.Records) != 0 {
		t.Errorf("others list %d (%v)", len(p.Records), err)
	}
}

func TestSecretsOfASubscriptionAreShownOnce(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	made := w.as(w.readKey, "POST", "/v1/subscriptions", `{"need":"n1","webhook":"https://portal.example/in"}`).want(201)
	s := decodeAs[market.Subscription](made)
	if len(s.Secrets) != 1 || !strings.HasPrefix(s.Secrets[0].Secret, "whsec_") {
		t.Fatalf("made %s", made.body)
	}
	at := made.Header.Get("Location")
	rotated := decodeAs[market.Subscription](w.as(w.readKey, "POST", at+"/rotate", "").want(200))
	if len(rotated.Secrets) != 2 || rotated.Secrets[1].Secret != s.Secrets[0].Secret || !rotated.Secrets[1].Until.Equal(day.Add(24*time.Hour)) {
		t.Errorf("rotated to %+v", rotated)
	}
	said := w.log.String()
	for _, key := range []string{w.readKey, w.adminKey} {
		for _, path := range []string{at, at + "/history", "/v1/subscriptions", "/v1/subscriptions/export", "/v1/subscriptions/export?format=jsonl"} {
			said += w.as(key, "GET", path, "").want(200).body
		}
	}
	said += w.as(w.readKey, "PATCH", at, `{"state":"paused"}`).want(200).body
	if strings.Contains(said, "whsec_") {
		t.Error("a secret is shown again")
	}
	w.as(w.readKey, "POST", "/v1/leads/"+s.ID+"/rotate", "").problem(404)
	for _, to := range []string{`{"webhook":"https://portal.example/other"}`, `{"webhook":null,"mail":"a@b.example"}`, `{"webhook":"https://portal.example/in","mail":null}`} {
		changed := decodeAs[market.Subscription](w.as(w.readKey, "PATCH", at, to).want(200))
		record, err := w.svc.Store.Record(market.Subscriptions, s.ID)
		w.must(err)
		if kept, err := parseSubscription(record); err != nil || !slices.Equal(changed.Secrets, kept.Secrets) {
			t.Errorf("%s answers %v, where %v sign (%v)", to, changed.Secrets, kept.Secrets, err)
		}
	}
}

func TestAMergeLeavesWhatALeadNames(t *testing.T) {
	w := newWorld(t, nil, append(testDocs(), corpus.Doc{Kind: corpus.Need, SourceID: "copy", Title: "同一个需求", Text: "同一个需求。"})...)
	w.svc.Mail = &MailServer{}
	at := w.as(w.readKey, "POST", "/v1/leads", `{"need":"copy","achievement":"a1"}`).want(201).Header.Get("Location")
	sub := w.as(w.readKey, "POST", "/v1/subscriptions", `{"need":"copy","mail":"a@b.example"}`).want(201).Header.Get("Location")
	w.as(w.adminKey, "POST", "/v1/needs/copy/merge", `{"into":"n1"}`).want(200)
	if l := decodeAs[market.Lead](w.as(w.adminKey, "PATCH", at, `{"state":"talking"}`).want(200)); l.Need != "n1" {
		t.Errorf("moved %+v", l)
	}
	if x := decodeAs[market.Subscription](w.as(w.readKey, "PATCH", sub, `{"need":"n1","mail":"c@b.example"}`).want(200)); x.Need != "n1" || x.Mail != "c@b.example" {
		t.Errorf("changed %+v", x)
	}
	w.as(w.adminKey, "POST", "/v1/needs/copy/unmerge", "").want(200)
	if x := decodeAs[market.Subscription](w.as(w.readKey, "GET", sub, "").want(200)); x.Need != "copy" {
		t.Errorf("a form that was saved as it stood rewrote %+v", x)
	}
	if l := decodeAs[market.Lead](w.as(w.readKey, "GET", at, "").want(200)); l.Need != "copy" {
		t.Errorf("after the merge was taken back %+v", l)
	}
}
