package api

import (
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

// What comes into the index while a baseline is made is news all the same.
func TestABaselineSwallowsNothing(t *testing.T) {
	for _, sub := range []market.Subscription{{ID: "s", Need: "n1"}, {ID: "s", Query: "沼气"}} {
		w := newAlertWorld(t, testDocs()...)
		w.subscribe(sub)
		g := w.svc.serving.Load()
		n, err := w.raiser.read(g)
		w.must(err)
		w.put(starch(corpus.Achievement, "a4"))
		w.must(w.raiser.rebase(t.Context(), g, n))
		w.must(w.raiser.note(t.Context(), n))
		w.raiser.seen = n.upTo
		w.raises("indexed between the look at the changes and the baseline of "+sub.Topic(), "s>a4")
	}
}
