package api

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Nobody fills a stranger's mailbox with questions, and yet all subscriptions to an address can be confirmed.
func TestAnAddressIsAskedSometimesADay(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	p := newPostOffice(t, nil, false)
	forward := w.posting(p)
	ids := func(from, to int) (subs []market.Subscription) {
		for i := from; i < to; i++ {
			s := mailTo(fmt.Sprint("s", i), "n1", market.NoDigest)
			s.Updated = w.svc.now()
			if i == 1 {
				s.Mail = strings.ToUpper(s.Mail)
			}
			subs = append(subs, s)
		}
		return subs
	}
	asked := func(want int, subs ...market.Subscription) {
		t.Helper()
		for range 2 { // edited again on the same day
			for _, s := range subs {
				w.subscribe(s)
			}
			w.raises("before they are confirmed", "")
		}
		w.delivers()
		got := p.take()
		for _, m := range got {
			w.must(w.svc.FollowLink(t.Context(), market.ConfirmLink, linkIn(m.text, SubscribePath)))
		}
		if len(got) != want {
			t.Errorf("%d mails, want %d", len(got), want)
		}
	}
	asked(market.ConfirmationsADay, ids(0, 7)...)
	forward(24 * time.Hour)
	asked(2, ids(5, 7)...)
	w.put(starch(corpus.Achievement, "a4"))
	w.raises("all are confirmed", "s0>a4 s1>a4 s2>a4 s3>a4 s4>a4 s5>a4 s6>a4")
}

func TestAQuestionHoldsNobodysWords(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	p := newPostOffice(t, nil, false)
	w.posting(p)
	s := mailTo("s1", "n1", market.NoDigest)
	s.Need, s.Query = "", "中奖了，请访问 bad.example"
	w.subscribe(s)
	w.raises("nothing", "")
	w.delivers()
	got := p.take()
	if len(got) != 1 || strings.Contains(got[0].text+got[0].html, "bad.example") || len(linkIn(got[0].text, SubscribePath)) != 22 {
		t.Errorf("%d mails: %+v", len(got), got)
	}
}

func TestSubscriptionsOfOneMakerAreBounded(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.Mail = &MailServer{}
	_, by := w.keyOf(market.Reader)
	c := Caller{Name: by, Role: market.Reader, Key: true}
	b := corpus.Batch{Actor: "test"}
	for i := range market.MaxSubscriptions + 1 {
		b.Records = append(b.Records, w.sample(&market.SubscriptionType, fmt.Sprint("s", i), by, map[bool]string{true: "ended", false: "paused"}[i < 2]))
	}
	_, err := w.svc.Store.Write(t.Context(), b)
	w.must(err)
	make := func(c Caller) (Record, error) {
		return w.svc.CreateRecord(t.Context(), c, &market.SubscriptionType, map[string]string{"query": "淀粉", "mail": "a@b.example"})
	}
	last, err := make(c)
	w.must(err)
	if _, err := make(c); corpus.CodeOf(err) != corpus.Conflict || !strings.Contains(err.Error(), "200") {
		t.Errorf("one more: %v", err)
	}
	_, err = make(Caller{Name: "key:other", Role: market.Reader, Key: true})
	w.must(err)
	_, err = w.svc.ChangeRecord(t.Context(), c, &market.SubscriptionType, *last.Head().ID, map[string]string{"state": "ended"}, 0)
	w.must(err)
	_, err = make(c)
	w.must(err)
}

// However many ask at once, nobody gets past the limit.
func TestParallelCreatesKeepTheLimit(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.Mail = &MailServer{}
	_, by := w.keyOf(market.Reader)
	b := corpus.Batch{Actor: "test"}
	for i := range market.MaxSubscriptions - 1 {
		b.Records = append(b.Records, w.sample(&market.SubscriptionType, fmt.Sprint("s", i), by, "paused"))
	}
	_, err := w.svc.Store.Write(t.Context(), b)
	w.must(err)
	var made atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := w.svc.CreateRecord(t.Context(), Caller{Name: by, Role: market.Reader, Key: true}, &market.SubscriptionType,
				map[string]string{"query": "淀粉", "mail": "a@b.example"})
			if err == nil {
				made.Add(1)
			} else if corpus.CodeOf(err) != corpus.Conflict {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("%d were made where there was room for one", n)
	}
}

// A process that runs for months mails no link that is over.
func TestTheLinkOfALateQuestionWorks(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	p := newPostOffice(t, nil, false)
	forward := w.posting(p)
	s := mailTo("s1", "n1", market.NoDigest)
	ask := func() string {
		t.Helper()
		s.Updated = w.svc.now()
		w.subscribe(s)
		w.raises("nothing", "")
		w.delivers()
		got := p.take()
		if len(got) != 1 {
			t.Fatalf("%d mails", len(got))
		}
		return linkIn(got[0].text, SubscribePath)
	}
	first := ask()
	forward(29 * 24 * time.Hour)
	second := ask()
	forward(24 * time.Hour)
	if err := w.svc.FollowLink(t.Context(), market.ConfirmLink, first); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("a link of 30 days ago: %v", err)
	}
	w.must(w.svc.FollowLink(t.Context(), market.ConfirmLink, second))
}
