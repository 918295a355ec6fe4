package api

import (
	"context"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Nothing is told in the name of those who may do nothing here any more.
func TestASubscriptionEndsWithItsOwner(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	p := newPostOffice(t, nil, false)
	forward := w.posting(p)
	operator := Caller{Name: "test", Role: market.Admin, Admin: true}
	lent, err := w.svc.CreateKey(context.Background(), operator, "一天", market.Reader, day.Add(24*time.Hour))
	w.must(err)
	_, stays := w.keyOf(market.Reader)
	_, removed := w.keyOf(market.Reader)
	person, err := w.svc.Invite(t.Context(), operator, "王丽", market.Broker, "")
	w.must(err)
	disable := func(to bool) {
		t.Helper()
		_, err := w.svc.ChangeAccount(t.Context(), operator, person.ID, AccountChange{Disabled: &to})
		w.must(err)
	}
	for id, by := range map[string]string{"expired": "key:" + lent.ID, "stays": stays, "removed": removed, "person": "account:" + person.ID} {
		s := mailTo(id, "n1", market.NoDigest)
		s.By, s.Confirmed = by, day
		w.subscribe(s)
		s.ID, s.Confirmed = id+"-asked", time.Time{}
		w.subscribe(s)
	}
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raises("while all are there", "expired>a4 person>a4 removed>a4 stays>a4")
	forward(24 * time.Hour)
	w.must(w.svc.DeleteKey(t.Context(), operator, removed[len("key:"):]))
	disable(true)
	w.delivers()
	told := 0
	for _, m := range p.take() {
		if m.Get("Duijie-Alerts") != "" {
			told++
		}
	}
	if got := w.deliveries(); told != 1 || got != "account:"+person.ID+"/inbox>? delivered 1, expired-asked>? dropped 0, expired>a4 dropped 0, person-asked>? dropped 0, person>a4 dropped 0, removed-asked>? dropped 0, removed>a4 dropped 0, stays-asked>? delivered 1, stays>? delivered 1" {
		t.Errorf("%d alerts by mail: %s", told, got)
	}
	w.put(starch(corpus.Achievement, "a6"))
	w.raises("when others are gone", "stays>a6")
	disable(false)
	w.raises("an account is back", "")
	w.put(starch(corpus.Achievement, "a8"))
	w.raises("when an account is back", "person>a8 stays>a8")
}
