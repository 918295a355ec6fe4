package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// giveUp makes n deliveries to a subscription that were given up.
func (w *world) giveUp(n int, to string) {
	w.t.Helper()
	body, err := json.Marshal(api.Alert{Document: corpus.Link{Kind: corpus.Achievement, ID: "A1"}})
	if err != nil {
		w.t.Fatal(err)
	}
	var events []corpus.Event
	for i := range n {
		events = append(events, corpus.Event{ID: fmt.Sprintf("%064x", i), To: to, Type: api.MatchCreated, Body: body})
	}
	if _, err := w.svc.Store.Raise(w.t.Context(), events, nil); err != nil {
		w.t.Fatal(err)
	}
	for i := range events {
		events[i].State, events[i].Attempts, events[i].Error, events[i].Created, events[i].Ended = corpus.Dead, 9, "接收方答复 500", w.now(), w.now()
	}
	if err := w.svc.Store.Settle(w.t.Context(), events...); err != nil {
		w.t.Fatal(err)
	}
}

// dead counts the deliveries that are given up.
func (w *world) dead() int {
	w.t.Helper()
	events, err := w.svc.Store.Events(corpus.Dead, 10_000, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return len(events)
}

func TestWhatCouldNotBeDeliveredIsSentAgain(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	if doc, _ := w.get("/deliveries", in); len(classes(doc, "empty")) != 1 {
		t.Error("an empty list says nothing")
	}
	sub, err := w.svc.CreateRecord(t.Context(), operator, &market.SubscriptionType, map[string]string{"need": "N1", "webhook": "https://hook.example/in?token=" + secret})
	if err != nil {
		t.Fatal(err)
	}
	w.giveUp(deliveriesShown+3, *sub.Head().ID)
	doc, source := w.get("/deliveries", in)
	rows := classes(doc, "results")
	if len(rows) != 1 || len(tags(rows[0], "li")) != deliveriesShown {
		t.Fatalf("the list: %s", text(doc))
	}
	for _, part := range []string{"匹配提醒", "玉米湿磨酶法辅助短时浸泡工艺", "接收方答复 500", "试过 9 次", "hook.example", "2026-11-23 16:00"} {
		if got := text(tags(rows[0], "li")[0]); !strings.Contains(got, part) {
			t.Errorf("no %q in %s", part, got)
		}
	}
	if strings.Contains(source, secret) {
		t.Error("the address of a webhook is shown, which may hold a secret")
	}
	next := all(doc, func(e *html.Node) bool { return attr(e, "rel") == "next" })
	if len(next) != 1 {
		t.Fatal("there is no second page")
	}
	if doc, _ := w.get(attr(next[0], "href"), in); len(tags(classes(doc, "results")[0], "li")) != 3 {
		t.Error("the second page lacks the rest")
	}
	one := attr(tags(tags(rows[0], "li")[0], "form")[0], "action")
	for _, sent := range []string{"1", "0"} { // the second time it is not dead any more
		if to := w.ask(http.MethodPost, one, url.Values{}, in).Header.Get("Location"); to != "/deliveries?sent="+sent || w.dead() != deliveriesShown+2 {
			t.Errorf("sending one again leads to %q, %d are left", to, w.dead())
		}
	}
	if doc, _ := w.get("/deliveries?sent=1", in); text(classes(doc, "note")[0]) != "已安排重发 1 条。" {
		t.Error("what was sent again is not said")
	}
	if to := w.ask(http.MethodPost, "/deliveries", url.Values{}, in).Header.Get("Location"); to != fmt.Sprint("/deliveries?sent=", deliveriesShown+2) || w.dead() != 0 {
		t.Errorf("sending all again leads to %q, %d are left", to, w.dead())
	}
	w.giveUp(1, "gone")
	if doc, _ := w.get("/deliveries", in, "lang=en"); w.dead() != 1 || !strings.Contains(text(doc), "a subscription that was deleted") {
		t.Errorf("of a deleted subscription: %s", text(doc))
	}
}
