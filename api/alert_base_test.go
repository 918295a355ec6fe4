package api

import (
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

// What is written after somebody has subscribed is news, also where the index takes it up in the moment in which it is
// found out what the subscription had at first.
func TestWhatComesWhileABaselineIsMadeIsNews(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	w.subscribe(market.Subscription{ID: "query", Query: "沼气"})
	w.subscribe(market.Subscription{ID: "need", Need: "n1"})
	g, done := w.svc.generation()
	defer done()
	n, err := w.raiser.read(g)
	w.must(err)
	w.put(starch(corpus.Achievement, "a4"))
	w.must(w.raiser.rebase(w.Context(), g, n))
	w.must(w.raiser.note(w.Context(), n))
	w.raiser.seen = n.upTo
	w.raises("one that came meanwhile", "need>a4 query>a4")
}
