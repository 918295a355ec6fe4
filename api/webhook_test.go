package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A receiver is a webhook that remembers what it got. It answers what answer says, 204 where that is nil.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []posted
	answer http.HandlerFunc
}

type posted struct {
	header http.Header
	body   []byte
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.got = append(r.got, posted{req.Header, body})
		answer := r.answer
		r.mu.Unlock()
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, req)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}
}

// take returns what came since the last call.
func (r *receiver) take() []posted {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// trusting lets a world post to receivers of tests, and makes its clock one that a test moves.
func (w *alertWorld) trusting(r *receiver) (forward func(time.Duration)) {
	w.Helper()
	var err error
	w.svc.PrivateWebhooks, err = ParsePrivateHosts("127.0.0.1")
	w.must(err)
	w.svc.webhooks.tls = r.Client().Transport.(*http.Transport).TLSClientConfig
	now := day
	w.svc.Now = func() time.Time { return now }
	return func(d time.Duration) { now = now.Add(d) }
}

// delivers tells what is due, and waits until that is done.
func (w *alertWorld) delivers() {
	w.Helper()
	d := deliverer{s: w.svc, busy: map[string]bool{}}
	w.must(d.begin(w.Context()))
	d.working.Wait()
}

// deliveries are "document state attempts" of all states, in a stable order.
func (w *alertWorld) deliveries() string {
	w.Helper()
	var out []string
	for _, state := range corpus.EventStates {
		page := decodeAs[DeliveryPage](w.as(w.adminKey, "GET", "/v1/deliveries?limit=100&state="+string(state), "").want(200))
		for _, d := range page.Deliveries {
			id := "?"
			if d.Document != nil {
				id = d.Document.ID
			}
			out = append(out, fmt.Sprintf("%s>%s %s %d", d.Subscription, id, d.State, d.Attempts))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func hookTo(r *receiver, id, need string) market.Subscription {
	s, err := market.SubscriptionType.New(map[string]string{"need": need, "webhook": r.URL + "/in"}, "socket", day)
	if err != nil {
		panic(err)
	}
	s.ID = id
	return s
}

func TestAWebhookIsSigned(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	r := newReceiver(t)
	w.trusting(r)
	w.svc.Now, w.svc.BaseURL = time.Now, "https://www.example.cn/duijie"
	sub, err := hookTo(r, "s1", "n1").Rotate(time.Now(), time.Hour)
	w.must(err)
	w.subscribe(sub)
	w.raises("nothing", "")
	a4 := starch(corpus.Achievement, "a4")
	a4.Contact, a4.Org, a4.Extra = marker, "某研究所", map[string]string{"备注": marker}
	w.put(a4)
	w.raises("an achievement", "s1>a4")
	w.delivers()
	w.delivers()
	got := r.take()
	if len(got) != 1 || len(sub.Secrets) != 2 {
		t.Fatalf("%d posts, %d secrets", len(got), len(sub.Secrets))
	}
	for _, secret := range sub.Secrets {
		hook, err := standardwebhooks.NewWebhook(secret.Secret)
		w.must(err)
		if err := hook.Verify(got[0].body, got[0].header); err != nil {
			t.Errorf("a receiver with one of the secrets: %v", err)
		}
		if err := hook.Verify(append(got[0].body, ' '), got[0].header); err == nil {
			t.Error("another body has this signature")
		}
	}
	var m AlertMessage
	w.must(json.Unmarshal(got[0].body, &m))
	d := m.Data
	if id := got[0].header.Get("webhook-id"); id != market.AlertID(sub, "a4") || m.Type != "match.created" || d.Subscription != "s1" || d.Need != "n1" || d.Achievement != "a4" ||
		d.Document.Org != "某研究所" || d.Document.URL != "https://www.example.cn/duijie/achievements/a4" || d.Score < .25 || d.Label == "" || len(d.Reasons) < 2 || d.Query+d.Field != "" {
		t.Errorf("%s: %s", id, got[0].body)
	}
	if strings.Contains(string(got[0].body), marker) {
		t.Errorf("it holds what is not public: %s", got[0].body)
	}
	if got := w.deliveries(); got != "s1>? delivered 1" {
		t.Error(got)
	}
}

func TestWhatAReceiverAnswers(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	r := newReceiver(t)
	w.trusting(r)
	r.answer = func(rw http.ResponseWriter, req *http.Request) {
		status, _ := strconv.Atoi(path.Base(req.URL.Path))
		rw.Header().Set("Location", "/200")
		rw.WriteHeader(status)
	}
	cases := []struct {
		status string
		want   string
		state  market.State
	}{
		{"200", ">? delivered 1", market.Active}, {"299", ">? delivered 1", market.Active},
		{"301", ">a4 waiting 1", market.Active}, {"307", ">a4 waiting 1", market.Active}, {"400", ">a4 waiting 1", market.Active},
		{"410", ">a4 dropped 0", market.Paused}, {"500", ">a4 waiting 1", market.Active},
	}
	var want []string
	for _, c := range cases {
		sub := hookTo(r, c.status, "n1")
		sub.Webhook = r.URL + "/" + c.status
		w.subscribe(sub)
		want = append(want, c.status+c.want)
	}
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raised()
	w.delivers()
	if got := w.deliveries(); got != strings.Join(want, ", ") || len(r.take()) != len(cases) {
		t.Errorf("%s\nwant %s", got, want)
	}
	for _, c := range cases {
		record, err := w.svc.Store.Record(market.Subscriptions, c.status)
		w.must(err)
		if sub, err := parseSubscription(record); err != nil || sub.State != c.state {
			t.Errorf("%s: the subscription is %s, want %s (%v)", c.status, sub.State, c.state, err)
		}
	}
}

func TestRetriesEndInADeadLetter(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	r := newReceiver(t)
	forward := w.trusting(r)
	w.subscribe(hookTo(r, "s1", "n1"))
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raised()
	r.answers(503)
	ids := map[string]int{}
	for _, wait := range append(slices.Clone(market.RetryWaits), 24*time.Hour) {
		w.delivers()
		w.delivers() // it is not due yet
		for _, p := range r.take() {
			ids[p.header.Get("webhook-id")]++
		}
		forward(wait + wait/10)
	}
	dead := decodeAs[DeliveryPage](w.as(w.adminKey, "GET", "/v1/deliveries", "").want(200)).Deliveries
	if len(dead) != 1 || dead[0].Attempts != 8 || dead[0].Error != "接收方答复 503" || len(ids) != 1 || ids[dead[0].ID] != 8 {
		t.Fatalf("dead %+v after tries %v", dead, ids)
	}
	resend := "/v1/deliveries/" + dead[0].ID + "/resend"
	w.as(w.readKey, "POST", resend, "").problem(403)
	w.as(w.adminKey, "POST", "/v1/deliveries/none/resend", "").problem(404)
	w.as(w.readKey, "GET", "/v1/deliveries", "").problem(403)
	w.as("", "GET", "/v1/deliveries", "").problem(401)
	r.answers(200)
	w.delivers()
	if len(r.take()) != 0 {
		t.Error("a dead one is tried")
	}
	w.as(w.adminKey, "POST", resend, "").want(200)
	w.delivers()
	if got := r.take(); len(got) != 1 || got[0].header.Get("webhook-id") != dead[0].ID || w.deliveries() != "s1>? delivered 1" {
		t.Errorf("sent again %d times: %s", len(got), w.deliveries())
	}
	w.as(w.adminKey, "POST", resend, "").problem(409)
}

// Where nobody answers, what is due to the same receiver counts as tried too; an answer concerns one alert.
func TestAReceiverThatIsDownIsTriedOnce(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	r := newReceiver(t)
	forward := w.trusting(r)
	sub := hookTo(r, "s1", "n1")
	sub.Need, sub.Query = "", "沼气"
	w.subscribe(sub)
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"), starch(corpus.Achievement, "a5"))
	w.raised()
	r.answers(500)
	w.delivers()
	if n := len(r.take()); n != 2 || w.deliveries() != "s1>a4 waiting 1, s1>a5 waiting 1" {
		t.Errorf("%d posts: %s", n, w.deliveries())
	}
	forward(time.Minute)
	r.mu.Lock()
	r.answer = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	r.mu.Unlock()
	w.delivers()
	if n := len(r.take()); n != 1 || w.deliveries() != "s1>a4 waiting 2, s1>a5 waiting 2" {
		t.Errorf("%d posts: %s", n, w.deliveries())
	}
	if strings.Contains(w.log.String(), sub.Secrets[0].Secret) || strings.Contains(w.log.String(), r.URL) {
		t.Error("the log tells secret or address")
	}
}

func TestPrivateReceiversAreRefused(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	r := newReceiver(t)
	w.trusting(r)
	w.svc.PrivateWebhooks = PrivateHosts{}
	w.subscribe(hookTo(r, "s1", "n1"))
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raised()
	w.delivers()
	waiting := decodeAs[DeliveryPage](w.as(w.adminKey, "GET", "/v1/deliveries?state=waiting", "").want(200)).Deliveries
	if len(r.take()) != 0 || len(waiting) != 1 || !strings.Contains(waiting[0].Error, "allow_private_webhooks") || strings.Contains(waiting[0].Error, "/in") {
		t.Errorf("%+v", waiting)
	}
}

func TestASlowReceiverHoldsNobodyElse(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	slow, quick := newReceiver(t), newReceiver(t)
	w.trusting(quick) // both have the certificate of httptest
	release, came := make(chan struct{}), make(chan struct{}, 1)
	slow.answer = func(rw http.ResponseWriter, req *http.Request) {
		came <- struct{}{}
		<-release
	}
	w.subscribe(hookTo(slow, "s1", "n1"))
	w.subscribe(hookTo(quick, "s2", "n1"))
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raised()
	d := deliverer{s: w.svc, busy: map[string]bool{}}
	w.must(d.begin(t.Context()))
	<-came
	for w.deliveries() != "s1>a4 waiting 0, s2>? delivered 1" {
		time.Sleep(time.Millisecond) // until the quick one has it, however long that takes
	}
	w.must(d.begin(t.Context())) // the slow one is not begun twice
	close(release)
	d.working.Wait()
	if len(slow.take()) != 1 || len(quick.take()) != 1 || w.deliveries() != "s1>? delivered 1, s2>? delivered 1" {
		t.Error(w.deliveries())
	}
}

// What was taken down or closed after an alert was raised does not go out.
func TestNothingGoesOutThatIsClosedByNow(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(*corpus.Doc)
		need   bool // that is changed; else the achievement
		want   string
	}{
		{"nothing", func(*corpus.Doc) {}, false, "title reasons"},
		{"withdrawn", func(d *corpus.Doc) { d.Status = corpus.Withdrawn }, false, ""},
		{"over", func(d *corpus.Doc) { d.ValidUntil = "2026-11-01" }, false, ""},
		{"closed text", func(d *corpus.Doc) { d.Disclosure = map[string]corpus.Level{"text": corpus.Confidential} }, false, "title"},
		{"closed title", func(d *corpus.Doc) { d.Disclosure = map[string]corpus.Level{"title": corpus.Confidential} }, false, ""},
		{"withdrawn", func(d *corpus.Doc) { d.Status = corpus.Withdrawn }, true, ""},
		{"closed text", func(d *corpus.Doc) { d.Disclosure = map[string]corpus.Level{"text": corpus.Confidential} }, true, "title"},
	} {
		need, found := starch(corpus.Need, "n5"), starch(corpus.Achievement, "a4")
		w := newAlertWorld(t, need)
		r := newReceiver(t)
		w.trusting(r)
		w.subscribe(hookTo(r, "s1", "n5"))
		w.raises("nothing", "")
		w.put(found)
		w.raises("an achievement", "s1>a4")
		if c.need {
			found = need
		}
		c.change(&found)
		w.put(found)
		w.delivers()
		got := ""
		for _, p := range r.take() {
			var m AlertMessage
			w.must(json.Unmarshal(p.body, &m))
			if m.Data.Document.Title != "" {
				got = "title"
			}
			if len(m.Data.Reasons) > 0 || m.Data.Why != "" {
				got += " reasons"
			}
		}
		if got != c.want || c.want == "" && c.what != "closed title" && !strings.Contains(w.deliveries(), "dropped") {
			t.Errorf("%s (need: %v): told of %q, want %q; %s", c.what, c.need, got, c.want, w.deliveries())
		}
	}
}
