package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// mailed keeps a subscription by mail and returns the path of a link that was mailed to its holder.
func (w *world) mailed(p market.LinkPurpose) string {
	w.t.Helper()
	s, err := market.SubscriptionType.New(map[string]string{"query": "沼气", "mail": "reader@firm.example"}, "key:1", day)
	if err != nil {
		w.t.Fatal(err)
	}
	l, token := market.MakeMailLink(p, s, day)
	var b corpus.Batch
	for _, r := range []struct {
		table, id string
		v         any
	}{{market.Subscriptions, s.ID, s}, {market.MailLinks, l.ID, l}} {
		body, err := json.Marshal(r.v)
		if err != nil {
			w.t.Fatal(err)
		}
		b.Records = append(b.Records, corpus.Record{Table: r.table, ID: r.id, Body: body})
	}
	if _, err := w.svc.Store.Write(w.t.Context(), b); err != nil {
		w.t.Fatal(err)
	}
	return api.LinkPath(p) + token
}

func (w *world) subscription() (s market.Subscription) {
	w.t.Helper()
	for r, err := range w.svc.Store.Records(market.Subscriptions) {
		if err != nil {
			w.t.Fatal(err)
		}
		if err := json.Unmarshal(r.Body, &s); err != nil {
			w.t.Fatal(err)
		}
	}
	return s
}

func TestAMailedLinkAsksBeforeItDoes(t *testing.T) {
	for _, c := range []struct {
		purpose            market.LinkPurpose
		form               url.Values
		button, done, then string
		state              market.State
	}{
		{market.ConfirmLink, nil, ":确认接收", "已确认", "已经确认过", market.Active},
		{market.UnsubscribeLink, nil, ":退订", "已退订", "已经结束", market.Ended},
		{market.UnsubscribeLink, url.Values{"List-Unsubscribe": {"One-Click"}}, ":退订", "已退订", "已经结束", market.Ended},
	} {
		w := newWorld(t, Options{}, nil)
		link := w.mailed(c.purpose)
		for range 2 { // as a mail scanner does
			doc, source := w.get(link)
			if got := buttons(doc); got != c.button || !strings.Contains(source, "您订阅了检索“沼气”中的科技成果。") || strings.Contains(source, "reader@") {
				t.Errorf("%s: buttons %q in\n%s", link, got, source)
			}
		}
		if s := w.subscription(); s.State != market.Active || !s.Confirmed.IsZero() {
			t.Errorf("%s: looking at it changed %+v", c.purpose, s)
		}
		doc, _ := w.page(http.StatusOK, http.MethodPost, link, c.form)
		if got := text(doc); !strings.Contains(got, c.done) || buttons(doc) != "" {
			t.Errorf("%s: done, it says %s", c.purpose, got)
		}
		if s := w.subscription(); s.State != c.state || s.Confirmed.IsZero() == (c.purpose == market.ConfirmLink) {
			t.Errorf("%s: %+v", c.purpose, s)
		}
		if doc, _ := w.get(link); !strings.Contains(text(doc), c.then) || buttons(doc) != "" {
			t.Errorf("%s: opened again, it says %s", c.purpose, text(doc))
		}
		if res := w.ask(http.MethodGet, link, nil); res.Header.Get("Referrer-Policy") != "no-referrer" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", c.purpose, res.Header)
		}
	}
}

func TestAMailedLinkThatNobodySent(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	link := w.mailed(market.ConfirmLink)
	for _, path := range []string{api.SubscribePath + "AAAAAAAAAAAAAAAAAAAAAA", api.UnsubscribePath + "AAAAAAAAAAAAAAAAAAAAAA",
		strings.Replace(link, api.SubscribePath, api.UnsubscribePath, 1)} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if doc, _ := w.page(http.StatusNotFound, method, path, nil); !strings.Contains(text(doc), "没有这个链接") || buttons(doc) != "" {
				t.Errorf("%s %s: %s", method, path, text(doc))
			}
		}
	}
	if s := w.subscription(); s.State != market.Active || !s.Confirmed.IsZero() {
		t.Errorf("they changed %+v", s)
	}
}
