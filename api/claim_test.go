package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// broker makes an account with the role and returns who that is.
func (w *world) broker(name string) Caller {
	w.Helper()
	a, err := market.MakeAccount(name, market.Broker, "", day)
	w.must(err)
	a.Login, a.Password = name, "set"
	body, err := json.Marshal(a)
	w.must(err)
	_, err = w.svc.Store.Write(w.Context(), corpus.Batch{Actor: "test", Records: []corpus.Record{{Table: market.Accounts, ID: a.ID, Body: body}}})
	w.must(err)
	return Caller{Name: "account:" + a.ID, Role: market.Broker, Key: true, Account: a.ID}
}

// claims makes a claim and returns its id, or what is wrong.
func (w *world) claims(c Caller, values map[string]string) string {
	w.Helper()
	r, err := w.svc.CreateRecord(w.Context(), c, &market.ClaimType, values)
	if err != nil {
		said := err.Error()
		if e, ok := errors.AsType[*corpus.Error](err); ok {
			said = e.Message
		}
		return fmt.Sprint(corpus.CodeOf(err), ": ", said)
	}
	return *r.Head().ID
}

var onNeed = map[string]string{"need": "n1"}

func TestOneOfManyClaimsWins(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	const many = 8
	said := make([]string, many)
	var group sync.WaitGroup
	for i := range many {
		c := w.broker(fmt.Sprint("经纪人", i))
		group.Go(func() { said[i] = w.claims(c, onNeed) })
	}
	group.Wait()
	won := 0
	for _, s := range said {
		if !strings.Contains(s, "conflict") {
			won++
		} else if !strings.Contains(s, "经纪人") || !strings.Contains(s, "until 202") {
			t.Errorf("a second claim is told %q", s)
		}
	}
	n, err := w.svc.Store.CountRecords([]corpus.Listing{{Table: market.Claims, State: string(market.Held)}})
	if won != 1 || n != 1 || err != nil {
		t.Errorf("%d of %d claims won and %d are held (%v): %q", won, many, n, err, said)
	}
}

func TestAClaimIsOnTheNeedOfItsLeadAndEndsByItself(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	one, other := w.broker("王"), w.broker("李")
	lead, err := w.svc.CreateRecord(t.Context(), one, &market.LeadType, map[string]string{"need": "n1", "ask": "broker"})
	w.must(err)
	first := w.claims(one, map[string]string{"lead": *lead.Head().ID, "days": "2"})
	if got := w.claims(other, onNeed); !strings.HasPrefix(got, "conflict: 王 has claimed this until ") {
		t.Errorf("the need of a claimed lead: %q", got)
	}
	if got := w.claims(one, onNeed); !strings.HasPrefix(got, "conflict: you have claimed this until ") {
		t.Errorf("twice by the same: %q", got)
	}
	if got := w.claims(other, map[string]string{"need": "n1", "days": "11"}); !strings.HasPrefix(got, "invalid") {
		t.Errorf("11 days: %q", got)
	}
	w.svc.Now = func() time.Time { return day.AddDate(0, 0, 14) }
	second := w.claims(other, onNeed)
	r, err := w.svc.Record(t.Context(), other, &market.ClaimType, first)
	if w.must(err); *r.Head().State != market.Lapsed || strings.Contains(second, ":") {
		t.Errorf("after its days the first claim is %s, and the next one %q", *r.Head().State, second)
	}
	_, err = w.svc.ChangeRecord(t.Context(), one, &market.ClaimType, second, map[string]string{"state": "released"}, 0)
	if corpus.CodeOf(err) != corpus.Forbidden {
		t.Errorf("releasing what somebody else holds: %v", err)
	}
	_, err = w.svc.ChangeRecord(t.Context(), other, &market.ClaimType, second, map[string]string{"state": "released"}, 0)
	w.must(err)
	if got := w.claims(one, onNeed); strings.Contains(got, ":") {
		t.Errorf("what was released: %q", got)
	}
}

func TestAClaimStaysWithANeedThatIsMerged(t *testing.T) {
	w := newWorld(t, nil, append(testDocs(), corpus.Doc{Kind: corpus.Need, SourceID: "n3", Title: "乳清回收"})...)
	one, other := w.broker("王"), w.broker("李")
	id := w.claims(one, map[string]string{"need": "n3"})
	w.as(w.adminKey, "POST", "/v1/needs/n3/merge", `{"into":"n1"}`).want(200)
	for _, need := range []string{"n1", "n3"} {
		if got := w.claims(other, map[string]string{"need": need}); !strings.HasPrefix(got, "conflict: 王 has claimed this until ") {
			t.Errorf("%s after the merge: %q", need, got)
		}
	}
	w.as("", "GET", "/v1/needs/n1/matches", "").want(200) // keeps its list
	if _, got := w.deskOf(other); got != "" {
		t.Errorf("a colleague's desk has %s", got)
	}
	if d, _ := w.deskOf(one); len(d.Claims) != 1 || d.Claims[0].ID != id || d.Claims[0].Need != "n1" || d.Claims[0].Title == "" {
		t.Errorf("who holds it: %+v", d.Claims)
	}
	w.svc.Now = func() time.Time { return day.AddDate(0, 0, 14) }
	if got := w.claims(other, map[string]string{"need": "n3"}); strings.Contains(got, ":") {
		t.Errorf("after its days: %q", got)
	}
}

func TestAClaimIsHandedOverWhereThereIsRoom(t *testing.T) {
	w := newWorld(t, nil, append(testDocs(), corpus.Doc{Kind: corpus.Need, SourceID: "n3", Title: "乳清回收"})...)
	one, other, third := w.broker("王"), w.broker("李"), w.broker("赵")
	id := w.claims(one, onNeed)
	hand := func(c Caller, to string) string {
		_, err := w.svc.HandOverClaim(t.Context(), c, id, to)
		return fmt.Sprint(corpus.CodeOf(err))
	}
	desk, err := w.svc.CreateRecord(t.Context(), third, &market.DeskType, map[string]string{"state": "away"})
	w.must(err)
	b := corpus.Batch{Actor: "test"}
	for i := range market.MaxClaims {
		full := market.ClaimType.Example
		full.ID, full.Need, full.By, full.Until = fmt.Sprint("full", i), fmt.Sprint("x", i), other.Name, "2099-01-01"
		body, err := json.Marshal(full)
		w.must(err)
		b.Records = append(b.Records, corpus.Record{Table: market.Claims, ID: full.ID, Body: body, Key: market.ClaimKey(full.Need, "")})
	}
	_, err = w.svc.Store.Write(t.Context(), b)
	w.must(err)
	for _, c := range []struct {
		what, got, want string
	}{
		{"by somebody else", hand(other, other.Name), "forbidden"},
		{"to nobody", hand(one, "account:none"), "invalid"},
		{"to who is away", hand(one, third.Name), "invalid"},
		{"to who has no right", hand(one, "key:none"), "invalid"},
		{"to who has no room", hand(one, other.Name), "conflict"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
	if sum, err := w.svc.HandOver(t.Context(), Caller{Name: "test", Admin: true}, one.Account, other.Account); err != nil || sum != (HandOver{Stayed: 1}) {
		t.Errorf("all of one's work to who has no room: %+v, %v", sum, err)
	}
	_, err = w.svc.ChangeRecord(t.Context(), third, &market.DeskType, *desk.Head().ID, map[string]string{"state": "present"}, 0)
	w.must(err)
	before, err := w.svc.Record(t.Context(), one, &market.ClaimType, id)
	w.must(err)
	_, err = w.svc.HandOverClaim(t.Context(), one, id, third.Name)
	w.must(err)
	after, err := w.svc.Record(t.Context(), third, &market.ClaimType, id)
	if w.must(err); *after.Head().By != third.Name || after.Text("until") != before.Text("until") {
		t.Errorf("handed over: %+v", after.Whole())
	}
	if got := w.claims(one, onNeed); !strings.HasPrefix(got, "conflict: 赵") {
		t.Errorf("the need after it was handed over: %q", got)
	}
	if got := w.claims(other, map[string]string{"need": "n3"}); !strings.HasPrefix(got, "conflict: you have 20 claims") {
		t.Errorf("one too many: %q", got)
	}
}
