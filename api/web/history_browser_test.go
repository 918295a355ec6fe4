package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"duijie/corpus"
)

func TestHistoryComparisonKeysAndDeliveriesKeepNobodyOut(t *testing.T) {
	axe := axe(t)
	r := newReader(t, true)
	r.wide(360)
	r.signIn()
	d, err := r.world.svc.Store.Get(corpus.Need, "N1")
	if err != nil {
		t.Fatal(err)
	}
	d.Goal = "浸泡总时间 ≤ 20 h"
	if _, err := r.world.svc.Store.Write(t.Context(), corpus.Batch{Actor: "socket", Action: "x", Puts: []corpus.Put{{Doc: d}}}); err != nil {
		t.Fatal(err)
	}
	for _, address := range append(r.world.peopleAddresses(), "/needs/N1/history", "/needs/N1?sort=lowest", "/compare?need=N1&a=A1&a=A2&a=A3") {
		r.open(address)
		eval[bool](r, `document.querySelectorAll("details").forEach(d => { d.open = true }) || true`)
		for _, fault := range r.faultsOf(axe) {
			t.Errorf("%s: %s", address, fault)
		}
	}
	// The order of a list is chosen by keys alone.
	r.open("/needs/N1")
	eval[bool](r, `(document.querySelector(".sort select").focus(), true)`)
	r.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Tab))
	r.follow(chromedp.KeyEvent(kb.Enter))
	r.is(`location.search === "?sort=lowest" && document.querySelector(".sort select").value === "lowest"`)
}
