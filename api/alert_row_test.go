package api

import (
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Rows that can't be read cost those alone what is new whose they are.
func TestABadRowHoldsUpNobody(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	r := newReceiver(t)
	w.trusting(r)
	for _, s := range []market.Subscription{hookTo(r, "base", "n1"), hookTo(r, "good", "n1"), hookTo(r, "owner", "n1"), hookTo(r, "sub", "n1")} {
		if s.ID == "owner" {
			s.By = "key:bad"
		}
		w.subscribe(s)
	}
	b := corpus.Batch{Actor: "test", Records: []corpus.Record{{Table: market.Keys, ID: "bad", Body: []byte(`"x"`)}, {Table: market.Subscriptions, ID: "sub", Body: []byte(`"x"`)}}}
	_, err := w.svc.Store.Write(t.Context(), b)
	w.must(err)
	w.raises("nothing", "")
	_, err = w.svc.Store.Raise(t.Context(), nil, map[string][]byte{baseKey("base"): []byte("{")})
	w.must(err)
	w.put(starch(corpus.Achievement, "a4"))
	w.raises("with a baseline that can't be read", "good>a4")
	w.restart()
	w.put(starch(corpus.Achievement, "a6"))
	w.raises("with another baseline", "base>a6 good>a6")
	bad := func(id, to string) corpus.Event {
		return corpus.Event{ID: id, To: to, Type: MatchCreated, Body: []byte(`"x"`), Next: day.Add(-1)}
	}
	_, err = w.svc.Store.Raise(t.Context(), []corpus.Event{bad("1", "good"), bad("2", "owner"), bad("3", "sub")}, nil)
	w.must(err)
	w.delivers()
	if n := len(r.take()); n != 3 || w.deliveries() != "base>? delivered 1, good>? dead 0, good>? delivered 1, good>? delivered 1, owner>? waiting 1, sub>? waiting 1" {
		t.Errorf("%d posts: %s", n, w.deliveries())
	}
	if mail := mailTo("mail", "n1", market.NoDigest); true {
		mail.Confirmed = day
		w.subscribe(mail)
	}
	_, err = w.svc.Store.Raise(t.Context(), []corpus.Event{bad("4", "mail")}, nil)
	w.must(err)
	w.delivers()
	if e, err := w.svc.Store.Event("4"); err != nil || e.State != corpus.Dead {
		t.Errorf("to be mailed: %+v, %v", e, err)
	}
}
