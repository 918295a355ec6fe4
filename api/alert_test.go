package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

// An alertWorld is a world whose alerts are raised when a test says so.
type alertWorld struct {
	*world
	raiser raiser
	told   map[string]bool // events that raised has named
}

func newAlertWorld(t *testing.T, docs ...corpus.Doc) *alertWorld {
	t.Helper()
	w := &alertWorld{world: newWorld(t, nil, docs...), told: map[string]bool{}}
	w.restart()
	return w
}

// restart forgets what a process knows and looks once, as a server does when it begins.
func (w *alertWorld) restart() {
	w.Helper()
	w.raiser = raiser{s: w.svc}
	w.must(w.raiser.look(w.Context()))
}

func (w *alertWorld) put(docs ...corpus.Doc) {
	w.Helper()
	b := corpus.Batch{Action: "put"}
	for _, d := range docs {
		b.Puts = append(b.Puts, corpus.Put{Doc: d})
	}
	w.must(w.svc.write(w.Context(), Caller{Name: "test", Admin: true}, b, nil))
	w.svc.settle(w.Context())
}

// subscribe keeps a subscription as it is, but for what it lacks.
func (w *alertWorld) subscribe(s market.Subscription) {
	w.Helper()
	if s.State == "" {
		s.State = market.Active
	}
	if s.Kind == "" {
		s.Kind = corpus.Achievement
	}
	if s.Webhook+s.Mail == "" {
		s.Webhook = "https://receiver.example/"
	}
	w.must(w.svc.putRecord(w.Context(), Caller{Name: "test"}, "subscribe", market.Subscriptions, s.ID, s, 0))
}

// raised looks at what has changed and names the new alerts: subscription>document.
func (w *alertWorld) raised() string {
	w.Helper()
	w.must(w.raiser.look(w.Context()))
	events, err := w.svc.Store.Events(corpus.Waiting, 1000, "")
	w.must(err)
	var out []string
	for _, e := range events {
		if w.told[e.ID] || e.Type != MatchCreated {
			continue
		}
		w.told[e.ID] = true
		var a Alert
		w.must(json.Unmarshal(e.Body, &a))
		out = append(out, e.To+">"+a.Document.ID)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (w *alertWorld) raises(what, want string) {
	w.Helper()
	if got := w.raised(); got != want {
		w.Errorf("%s: raised %q, want %q", what, got, want)
	}
}

func starch(k corpus.Kind, id string) corpus.Doc {
	return corpus.Doc{Kind: k, SourceID: id, Title: "淀粉废水厌氧处理与沼气回收（" + id + "）", Text: "用厌氧反应器处理玉米淀粉废水，COD去除率高，回收的沼气供锅炉使用。编号" + id + strings.Repeat("，"+id+"型", 3),
		Field: []string{"1391"}, Status: corpus.Published}
}

func other(k corpus.Kind, id string) corpus.Doc {
	return corpus.Doc{Kind: k, SourceID: id, Title: "高铁轴承钢的真空冶炼", Text: "真空感应熔炼轴承钢，控制夹杂物。", Field: []string{"3110"}, Status: corpus.Published}
}

func TestWhoIsToldOfWhat(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	for _, s := range []market.Subscription{{ID: "need", Need: "n1"}, {ID: "same", Need: "n1"}, {ID: "over", Need: "n2"}, {ID: "none", Need: "nothing"},
		{ID: "holder", Achievement: "a1", Kind: corpus.Need}, {ID: "query", Query: "沼气"}, {ID: "needs", Query: "沼气", Kind: corpus.Need},
		{ID: "field", Field: "13"}, {ID: "paused", Need: "n1", State: market.Paused}, {ID: "ended", Need: "n1", State: market.Ended},
		{ID: "silent", Need: "n1", Mail: "a@b.example"}, {ID: "mailed", Need: "n1", Mail: "a@b.example", Confirmed: day}} {
		w.subscribe(s)
	}
	w.raises("what fitted before", "")
	everybody := func(id string) string {
		return fmt.Sprintf("field>%s mailed>%s need>%s query>%s same>%s", id, id, id, id, id)
	}
	w.put(starch(corpus.Achievement, "a4"))
	w.raises("a new achievement", everybody("a4"))
	w.put(other(corpus.Achievement, "a5"))
	w.raises("one that fits nobody", "")
	changed := testDocs()[0]
	changed.Text += "另有中试装置。"
	w.put(changed)
	w.raises("an old one is edited", "")
	changed = starch(corpus.Achievement, "a4")
	changed.Text += "另有中试装置。"
	w.put(changed)
	w.raises("a told one is edited", "")
	draft := starch(corpus.Achievement, "a6")
	draft.Status = corpus.Draft
	w.put(draft)
	w.raises("a draft", "")
	draft.Status = corpus.Published
	w.put(draft)
	w.raises("a draft that is published", everybody("a6"))
	draft.Status = corpus.Withdrawn
	w.put(draft)
	draft.Status = corpus.Published
	w.put(draft)
	w.raises("withdrawn and published again", "")
	gone := starch(corpus.Achievement, "a7")
	gone.ValidUntil = "2026-11-01"
	w.put(gone)
	w.raises("one that is over", "")
	w.put(starch(corpus.Need, "n3"))
	w.raises("a need", "holder>n3 needs>n3")
	late := starch(corpus.Need, "n4")
	late.ValidUntil = "2026-11-22"
	w.put(late)
	w.raises("a need that is over", "")
	turned := other(corpus.Achievement, "a5")
	turned.Text = starch(corpus.Achievement, "a5").Text
	turned.Title = starch(corpus.Achievement, "a5").Title
	w.put(turned)
	w.raises("one that comes to fit", "mailed>a5 need>a5 query>a5 same>a5") // it stays in its field
}

// The first look goes through one pass for each new document where many lists are followed, and through the lists else.
func TestBothWaysToFindNewsAgree(t *testing.T) {
	w := newAlertWorld(t, append(testDocs(), starch(corpus.Need, "n5"), other(corpus.Need, "n6"))...)
	var want []string
	for _, need := range []string{"n1", "n5", "n6"} {
		w.subscribe(market.Subscription{ID: need, Need: need})
	}
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "b0"))
	w.raises("one document, three lists", "n1>b0 n5>b0")
	var docs []corpus.Doc
	for i := range 4 {
		docs = append(docs, starch(corpus.Achievement, fmt.Sprint("c", i)))
	}
	w.put(append(docs, other(corpus.Achievement, "c9"))...)
	got := w.raised()
	// Near-identical ones stand behind the best.
	for _, d := range docs {
		for _, need := range []string{"n1", "n5"} {
			if s := need + ">" + d.SourceID; strings.Contains(got, s) {
				want = append(want, s)
			}
		}
	}
	slices.Sort(want)
	if got != strings.Join(append(want, "n6>c9"), " ") || len(want) == 0 {
		t.Errorf("five documents, three lists: %s", got)
	}
}

func TestOnlyChangesOfDocumentsRaiseAlerts(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	w.subscribe(market.Subscription{ID: "need", Need: "n1"})
	w.put(starch(corpus.Achievement, "a4"))
	w.raises("a new one, looked at after the subscription", "need>a4")
	w.must(w.svc.serving.Load().Matcher.Rebuild())
	w.raises("lists made anew", "")
	l, err := loaded()
	w.must(err)
	w.must(w.svc.Swap(t.Context(), w.generation(l, t.TempDir())))
	w.raises("another index", "")
	w.restart()
	w.raises("a restart", "")
	w.put(starch(corpus.Achievement, "a5"))
	w.restart()
	w.raises("written while nothing ran", "need>a5")
	if mark, err := w.svc.Store.Note(alertMark); err != nil || len(mark) != 8 {
		t.Errorf("mark %x, %v", mark, err)
	}
}

func TestASubscriptionBeginsWithWhatItHas(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	edit := func(id, note string) {
		d := starch(corpus.Achievement, id)
		d.Text += note
		w.put(d)
	}
	w.put(starch(corpus.Achievement, "a4"))
	w.subscribe(market.Subscription{ID: "s", Need: "n1", State: market.Paused})
	w.raises("while paused", "")
	w.put(starch(corpus.Achievement, "a5"))
	w.raises("while paused", "")
	w.subscribe(market.Subscription{ID: "s", Need: "n1"})
	w.raises("active again", "")
	edit("a5", "一")
	w.raises("what was missed stays missed", "")
	w.subscribe(market.Subscription{ID: "s", Query: "轴承钢"})
	w.raises("another wish", "")
	w.put(other(corpus.Achievement, "b1"))
	w.raises("what the other wish has", "s>b1")
	w.subscribe(market.Subscription{ID: "s", Need: "n1"})
	edit("a4", "二")
	w.raises("the first wish again, and an edit at once", "s>a4") // what it was before the edit nobody knows
	need := testDocs()[4]
	need.Title, need.Text = other(corpus.Need, "").Title, other(corpus.Need, "").Text
	w.put(need)
	w.raises("the need asks for something else", "")
	d := other(corpus.Achievement, "b1")
	d.Text += "年产千吨。"
	w.put(d)
	w.raises("an edit of what the changed need had at once", "")
	w.put(corpus.Doc{Kind: corpus.Achievement, SourceID: "b2", Title: "轴承钢真空熔炼的夹杂物控制", Text: "真空感应熔炼高铁轴承钢，减少夹杂物，延长寿命。", Status: corpus.Published})
	w.raises("what is new to it", "s>b2")
}

// A crash in the middle of a step leaves mark and alerts as they were; the next look finds the same.
func TestMarkAndAlertsAreOne(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	w.subscribe(market.Subscription{ID: "s", Need: "n1"})
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"))
	g := w.svc.serving.Load()
	half := raiser{s: w.svc}
	w.must(half.begin(t.Context()))
	n, err := half.read(g)
	w.must(err)
	w.must(half.rebase(t.Context(), g, n))
	w.must(half.raise(t.Context(), g, n))
	if len(n.events) != 1 { // found, and never written
		t.Fatalf("%d events", len(n.events))
	}
	first := n.events[0].ID
	w.restart()
	w.restart()
	events, err := w.svc.Store.Events(corpus.Waiting, 10, "")
	if err != nil || len(events) != 1 || events[0].ID != first {
		t.Errorf("%d events, %v", len(events), err)
	}
}

// Documents that the index lacks wait.
func TestChangesWaitForTheIndex(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	w.subscribe(market.Subscription{ID: "s", Query: "沼气"})
	w.raises("nothing", "")
	late := matcher.New(w.svc.Store, nil, nil, nil)
	before, err := w.svc.Store.LastChange()
	w.must(err)
	late.Applied(indexer.Applied{UpTo: before})
	w.put(starch(corpus.Achievement, "a4"))
	w.subscribe(market.Subscription{ID: "t", Query: "沼气"})
	n, err := w.raiser.read(&Generation{Matcher: late})
	if err != nil || n.upTo != before || len(n.documents)+len(n.subscribed) > 0 {
		t.Errorf("looked up to %d of %d, where the index has %d (%v)", n.upTo, before+2, before, err)
	}
	w.raises("when the index has it", "s>a4")
}

func TestManyChangesAreReadInOneStep(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	w.raises("nothing", "")
	var docs []corpus.Doc
	for i := range 2*readAtOnce + 1 {
		docs = append(docs, starch(corpus.Achievement, fmt.Sprint("many", i)))
	}
	w.put(docs...)
	last, err := w.svc.Store.LastChange()
	w.must(err)
	if n, err := w.raiser.read(w.svc.serving.Load()); err != nil || n.upTo != last || len(n.documents) != len(docs) {
		t.Errorf("looked at %d documents up to %d of %d: %v", len(n.documents), n.upTo, last, err)
	}
}

func TestAMailedAlertWaitsForItsDigest(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	for _, d := range []market.Digest{market.NoDigest, market.DailyDigest, market.WeeklyDigest} {
		w.subscribe(market.Subscription{ID: string(d), Need: "n1", Mail: "a@b.example", Digest: d, Confirmed: day})
	}
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raises("an achievement", "daily>a4 none>a4 weekly>a4")
	for at, want := range map[time.Time]string{day: "none", day.Add(24 * time.Hour): "daily none", day.Add(7 * 24 * time.Hour): "daily none weekly"} {
		due, _, err := w.svc.Store.Due(at, 9, 9, func(string) bool { return false })
		w.must(err)
		var got []string
		for to := range due {
			got = append(got, to)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("due at %v: %s, want %s", at, got, want)
		}
	}
}

// A reader subscribes over the API, confirms by the mailed link, and another address has to be confirmed anew.
func TestASubscriptionOverTheAPI(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	p := newPostOffice(t, nil, false)
	forward := w.posting(p)
	w.as(w.readKey, "POST", "/v1/subscriptions", `{"need":"n1","mail":"reader@firm.example","confirmed":"2026-01-01T00:00:00Z"}`).problem(422)
	made := decodeAs[market.Subscription](w.as(w.readKey, "POST", "/v1/subscriptions", `{"need":"n1","mail":"reader@firm.example"}`).want(201))
	confirm := func() string {
		w.raises("before it is confirmed", "")
		w.delivers()
		letters := p.take()
		if len(letters) != 1 {
			t.Fatalf("%d mails", len(letters))
		}
		w.must(w.svc.FollowLink(t.Context(), market.ConfirmLink, linkIn(letters[0].text, SubscribePath)))
		return letters[0].to
	}
	if to := confirm(); to != "reader@firm.example" {
		t.Errorf("mail went to %s", to)
	}
	w.raises("confirmed", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raises("an achievement", made.ID+">a4")
	path := "/v1/subscriptions/" + made.ID
	if got := decodeAs[market.Subscription](w.as(w.readKey, "GET", path, "").want(200)); got.Confirmed.IsZero() || got.State != market.Active {
		t.Errorf("confirmed, it is %+v", got)
	}
	forward(time.Minute)
	w.as(w.readKey, "PATCH", path, `{"mail":"other@firm.example"}`).want(200)
	w.put(starch(corpus.Achievement, "a6"))
	if to := confirm(); to != "other@firm.example" {
		t.Errorf("mail went to %s", to)
	}
	forward(heldFor)
	w.delivers()
	if letters := p.take(); len(letters) != 1 || letters[0].to != "other@firm.example" || !strings.Contains(letters[0].text, "（a4）") {
		t.Errorf("an alert from before the address changed came by %d mails", len(letters))
	}
	w.as(w.readKey, "DELETE", path, "").want(204)
	w.put(starch(corpus.Achievement, "a8"))
	w.raises("a subscription that is gone", "")
}

// What is written before a new server's index is ready is news as well.
func TestWhatComesBeforeTheIndexIsReadyIsNews(t *testing.T) {
	w := &alertWorld{world: newWorld(t, nil, testDocs()...), told: map[string]bool{}}
	w.subscribe(market.Subscription{ID: "s", Need: "n1"})
	index := w.svc.serving.Swap(nil)
	w.restart()
	_, err := w.svc.Store.Write(t.Context(), corpus.Batch{Actor: "test", Puts: []corpus.Put{{Doc: starch(corpus.Achievement, "a4")}}})
	w.must(err)
	w.svc.serving.Store(index)
	w.svc.settle(t.Context())
	w.raises("after it is ready", "s>a4")
}
