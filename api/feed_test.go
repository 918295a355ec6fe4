package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A neighbour is a world that others reach by address.
type neighbour struct {
	*world
	url   string
	mu    sync.Mutex
	calls []string // status and User-Agent of each answer
}

func newNeighbour(t *testing.T, docs ...corpus.Doc) *neighbour {
	n := &neighbour{world: newWorld(t, nil, docs...)}
	var err error
	n.svc.PrivateFeeds, err = ParsePrivateHosts("127.0.0.0/8")
	n.must(err)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: rw}
		n.http.ServeHTTP(rec, r)
		n.mu.Lock()
		defer n.mu.Unlock()
		n.calls = append(n.calls, fmt.Sprint(rec.status, " ", r.UserAgent()))
	}))
	t.Cleanup(server.Close)
	n.url = server.URL
	return n
}

func (n *neighbour) called() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.calls)
}

// follow makes a feed of what another gives out.
func (n *neighbour) follow(name string, other *neighbour, query string) {
	n.Helper()
	n.as(n.adminKey, "PUT", "/v1/feeds/"+name, fmt.Sprintf(`{"url":"%s/v1/feed/needs.jsonl%s","licence":"CC BY 4.0"}`, other.url, query)).want(200)
}

func (n *neighbour) fetch(name string) market.Fetch {
	n.Helper()
	return decodeAs[market.Feed](n.as(n.adminKey, "POST", "/v1/feeds/"+name+"/fetch", "").want(200)).Last
}

// needs is "source/source_id title version", and "?" where it is gone, of all needs of a world.
func (n *neighbour) needs() string {
	n.Helper()
	var all []string
	for d, err := range n.svc.Store.Each(corpus.Need, 0) {
		n.must(err)
		all = append(all, fmt.Sprintf("%s/%s %s %d%s", d.Source, d.SourceID, d.Title, d.Version, strings.Repeat("?", min(1, len(d.Gone)))))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// given is the ids that a world gives out.
func (n *neighbour) given(query string) string {
	n.Helper()
	var ids []string
	for line := range strings.Lines(n.as("", "GET", "/v1/feed/needs.jsonl"+query, "").want(200).body) {
		var d corpus.Doc
		n.must(json.Unmarshal([]byte(line), &d))
		if d.Source != "" || d.SourceID != d.ID || d.Version == 0 || d.Status != corpus.Published {
			n.Errorf("given out: %s", line)
		}
		ids = append(ids, d.ID)
	}
	return strings.Join(ids, " ")
}

func (n *neighbour) wants(what, got, want string) {
	n.Helper()
	if got != want {
		n.Errorf("%s: %s\nwant %s", what, got, want)
	}
}

func TestTwoServersExchangeByAddressAlone(t *testing.T) {
	a := newNeighbour(t, testDocs()...)
	b := newNeighbour(t, corpus.Doc{Kind: corpus.Need, SourceID: "b1", Title: "风机叶片防冰"})
	b.follow("alpha", a, "")
	first := b.fetch("alpha")
	b.wants("first", string(first.Outcome)+first.Error, "changed")
	b.wants("at B", b.needs(), "alpha/n1 玉米淀粉生产废水达标排放 1, alpha/n2 降低肉牛育肥饲料成本 1, import/b1 风机叶片防冰 1")
	if d, err := b.svc.Store.Get(corpus.Need, "alpha~n1"); err != nil || d.Contact != "" || d.Tried != "" || d.Goal == "" || d.Budget != nil || d.ValidUntil != "2027-06-01" {
		t.Errorf("%+v %v", d, err)
	}
	r := decodeAs[corpus.ImportRecord](b.as(b.adminKey, "GET", "/v1/imports/"+first.Import, "").want(200))
	if r.Source != "alpha" || r.Created != 2 || r.State != corpus.ImportDone || !strings.HasPrefix(r.File, a.url) {
		t.Errorf("%+v", r)
	}
	b.wants("again", string(b.fetch("alpha").Outcome), "unchanged")
	b.wants("asked for", fmt.Sprint(a.called()), "[200 duijie/test 304 duijie/test]")

	a.as(a.adminKey, "PATCH", "/v1/needs/n1", `{"title":"淀粉废水"}`, "Content-Type", "application/merge-patch+json").want(200)
	b.wants("changed at A", string(b.fetch("alpha").Outcome), "changed")
	b.wants("at B", b.needs(), "alpha/n1 淀粉废水 2, alpha/n2 降低肉牛育肥饲料成本 1, import/b1 风机叶片防冰 1")
	a.as(a.adminKey, "PATCH", "/v1/needs/n2", `{"status":"withdrawn"}`, "Content-Type", "application/merge-patch+json").want(200)
	b.wants("withdrawn at A", string(b.fetch("alpha").Outcome), "changed")
	b.wants("at B", b.needs(), "alpha/n1 淀粉废水 2, alpha/n2 降低肉牛育肥饲料成本 2?, import/b1 风机叶片防冰 1")

	b.wants("B gives out", b.given(""), "b1")
	b.wants("B gives all out", b.given("?all=true"), "b1 alpha~n1 alpha~n2")
	a.follow("beta", b, "")
	a.wants("A fetches", string(a.fetch("beta").Outcome), "changed")
	a.wants("A gives out", a.given(""), "n1")
	b.wants("nothing comes back", string(b.fetch("alpha").Outcome), "unchanged")
	a.wants("nothing comes back", string(a.fetch("beta").Outcome), "unchanged")
	a.wants("at A", a.needs(), "beta/b1 风机叶片防冰 1, import/n1 淀粉废水 2, import/n2 降低肉牛育肥饲料成本 2")

	b.as(b.adminKey, "DELETE", "/v1/feeds/alpha", "").want(204)
	b.as(b.adminKey, "DELETE", "/v1/feeds/alpha", "").problem(404)
	b.as(b.adminKey, "POST", "/v1/feeds/alpha/fetch", "").problem(404)
	b.wants("B gives out", b.given(""), "b1")
	b.wants("feeds of B", strings.TrimSpace(b.as(b.adminKey, "GET", "/v1/feeds", "").want(200).body), `{"feeds":[]}`)
}

func TestNothingIsGivenOutAnewWithoutAChange(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	const path = "/v1/feed/needs.jsonl"
	r := w.as("", "GET", path, "").want(200)
	if strings.Contains(r.body, marker) || strings.Contains(r.body, openToKeys) {
		t.Errorf("closed fields: %s", r.body)
	}
	if body := w.as(w.adminKey, "GET", path, "").want(200).body; body != r.body {
		t.Errorf("an admin gets other rows: %s", body)
	}
	tag, at := r.Header.Get("ETag"), r.Header.Get("Last-Modified")
	asked := func(headers ...string) int { return w.as("", "GET", path, "", headers...).StatusCode }
	if got := fmt.Sprint(asked("If-None-Match", tag), asked("If-None-Match", "W/"+tag), asked("If-Modified-Since", at), asked("If-None-Match", `"x"`, "If-Modified-Since", at),
		asked("If-Modified-Since", day.Add(-time.Hour).Format(http.TimeFormat))); got != "304 304 304 200 200" {
		t.Errorf("%s", got)
	}
	w.must(w.svc.putRecord(t.Context(), Caller{Admin: true}, "x", "x", "1", struct{}{}, 0))
	if got := asked("If-None-Match", tag); got != 304 {
		t.Errorf("%d after a record", got)
	}
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"新的"}`).want(201)
	if got := asked("If-None-Match", tag); got != 200 {
		t.Errorf("%d after a new need", got)
	}
}

func TestWhatIsDueIsFetchedByItself(t *testing.T) {
	a := newNeighbour(t, testDocs()...)
	b := newNeighbour(t)
	now := day
	b.svc.Now = func() time.Time { return now }
	b.follow("alpha", a, "")
	b.follow("lost", &neighbour{url: "http://127.0.0.1:1"}, "")
	due := func() int {
		b.must(b.svc.fetchDue(t.Context()))
		return len(a.called())
	}
	if got := fmt.Sprint(due(), due()); got != "1 1" {
		t.Errorf("fetched %s", got)
	}
	now = day.Add(27 * time.Hour)
	if got := fmt.Sprint(due(), due()); got != "2 2" {
		t.Errorf("a day later fetched %s", got)
	}
	f, _, err := b.svc.feed("lost")
	if err != nil || f.Last.Failures != 2 || !strings.HasPrefix(f.Last.Error, "连不上来源") {
		t.Errorf("%+v %v", f, err)
	}
	b.as(b.adminKey, "PUT", "/v1/feeds/alpha", fmt.Sprintf(`{"url":"%s/v1/feed/needs.jsonl","paused":true}`, a.url)).want(200)
	if got := due(); got != 2 {
		t.Errorf("a paused one was fetched: %d", got)
	}
}
