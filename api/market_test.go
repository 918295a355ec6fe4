package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

type leadPage struct {
	Leads []market.Lead
	Next  string
}

func TestAKeyIsMadeShownOnceListedAndRemoved(t *testing.T) {
	w := newWorld(t, nil)
	r := w.as(w.adminKey, "POST", "/v1/keys", `{"name":"县科技局","role":"read"}`).want(201)
	k := decodeAs[NewKey](r)
	if k.Name != "县科技局" || k.Role != market.Reader || r.Header.Get("Location") != "/v1/keys/"+k.ID {
		t.Errorf("made %s at %s", r.body, r.Header.Get("Location"))
	}
	w.as(k.Key, "GET", "/v1/leads", "").want(200)
	if list := w.as(w.adminKey, "GET", "/v1/keys", "").want(200); strings.Contains(list.body, k.Key) || !strings.Contains(list.body, k.ID) || strings.Contains(list.body, "hash") {
		t.Errorf("the list of keys: %s", list.body)
	}
	w.as(w.adminKey, "DELETE", "/v1/keys/"+k.ID, "").want(204)
	w.as(k.Key, "GET", "/v1/leads", "").problem(401)
	w.as(w.adminKey, "DELETE", "/v1/keys/"+k.ID, "").problem(404)
	for _, body := range []string{`{"name":"","role":"read"}`, `{"name":"x","role":"owner"}`, `{"name":"x"}`} {
		w.as(w.adminKey, "POST", "/v1/keys", body).problem(422)
	}
}

func TestAKeyIsRotatedUsedAndEnds(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	now := day
	w.svc.Now = func() time.Time { return now }
	first := decodeAs[NewKey](w.as(w.adminKey, "POST", "/v1/keys", `{"name":"经纪","role":"broker","expires":"2026-11-30T00:00:00Z"}`).want(201))
	w.as(first.Key, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)
	rotate := "/v1/keys/" + first.ID + "/rotate"
	w.as(w.adminKey, "POST", rotate+"?overlap_hours=721", "").problem(422)
	second := decodeAs[NewKey](w.as(w.adminKey, "POST", rotate, "").want(200))
	if second.ID != first.ID || second.Key == first.Key || second.OldUntil != day.Add(24*time.Hour) {
		t.Errorf("rotated to %+v", second)
	}
	for _, key := range []string{first.Key, second.Key} {
		if page := decodeAs[leadPage](w.as(key, "GET", "/v1/leads", "").want(200)); len(page.Leads) != 1 || page.Leads[0].By != "key:"+first.ID {
			t.Errorf("leads %+v", page.Leads)
		}
	}
	now = day.Add(24 * time.Hour)
	w.as(first.Key, "GET", "/v1/leads", "").problem(401)
	w.as(second.Key, "GET", "/v1/leads", "").want(200)
	last := func() time.Time {
		t.Helper()
		for _, k := range decodeAs[struct{ Keys []KeyInfo }](w.as(w.adminKey, "GET", "/v1/keys", "").want(200)).Keys {
			if k.ID == first.ID {
				return k.LastUsed
			}
		}
		t.Fatal("the key is not in the list")
		return time.Time{}
	}
	stored := func() time.Time {
		t.Helper()
		at, err := w.svc.Store.LastUse(market.Keys, first.ID)
		w.must(err)
		return at
	}
	written := stored()
	now = now.Add(59 * time.Minute)
	w.as(second.Key, "GET", "/v1/leads", "").want(200)
	if last() != now || stored() != written {
		t.Errorf("last used %s and stored as %s, want %s and %s", last(), stored(), now, written)
	}
	w.svc.SaveUses()
	if last() != now || stored() != now {
		t.Errorf("after saving: last used %s, stored as %s", last(), stored())
	}
	now = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	if p := w.as(second.Key, "GET", "/v1/leads", "").problem(401); !strings.Contains(p.Detail, "expired") {
		t.Errorf("an expired key is told %q", p.Detail)
	}
	w.as(w.adminKey, "POST", "/v1/keys/0000000000000000/rotate", "").problem(404)
	w.as(w.adminKey, "POST", "/v1/keys", `{"name":"x","role":"read","expires":"2026-11-01T00:00:00Z"}`).problem(422)
}

func TestALeadIsSeenByItsAuthorAndAdminsOnly(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	other := decodeAs[NewKey](w.as(w.adminKey, "POST", "/v1/keys", `{"name":"别家","role":"read"}`).want(201)).Key
	l := decodeAs[market.Lead](w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1","message":"想谈谈"}`).want(201))
	if l.State != market.New || l.Need != "n1" || l.Achievement != "a1" || l.Message != "想谈谈" {
		t.Errorf("made %+v", l)
	}
	for key, want := range map[string]int{w.readKey: 1, other: 0, w.adminKey: 1} {
		if page := decodeAs[leadPage](w.as(key, "GET", "/v1/leads", "").want(200)); len(page.Leads) != want {
			t.Errorf("%d leads, want %d", len(page.Leads), want)
		}
	}
	move := "/v1/leads/" + l.ID
	w.as(other, "PATCH", move, `{"state":"declined","reason":"too_early"}`).problem(404)
	w.as(w.readKey, "PATCH", move, `{"state":"talking"}`).problem(403)
	w.as(w.adminKey, "PATCH", move, `{"state":"contracted"}`).problem(409)
	w.as(w.adminKey, "PATCH", move, `{"state":"talking"}`).want(200)
	w.as(w.readKey, "PATCH", move, `{"state":"declined"}`).problem(422)
	l = decodeAs[market.Lead](w.as(w.readKey, "PATCH", move, `{"state":"declined","reason":"price_or_terms"}`).want(200))
	if l.State != market.Declined || l.Reason != market.PriceOrTerms {
		t.Errorf("declined as %+v", l)
	}
	for _, body := range []string{`{"need":"none","achievement":"a1"}`, `{"need":"n1","achievement":"draft"}`} {
		w.as(w.readKey, "POST", "/v1/leads", body).problem(404)
	}
	w.as(w.readKey, "POST", "/v1/leads", fmt.Sprintf(`{"need":"n1","achievement":"a1","message":%q}`, strings.Repeat("长", 2001))).problem(422)
}

func TestAWalkOverLeadsDeliversEachOnceNewestFirst(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	var made []string
	for range 7 {
		made = append(made, decodeAs[market.Lead](w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)).ID)
	}
	var walked []string
	next := ""
	for {
		page := decodeAs[leadPage](w.as(w.readKey, "GET", "/v1/leads?limit=3&after="+next, "").want(200))
		for _, l := range page.Leads {
			walked = append(walked, l.ID)
		}
		if next = page.Next; next == "" {
			break
		}
	}
	slices.Sort(made)
	slices.Reverse(made)
	if !slices.Equal(walked, made) {
		t.Errorf("walked %v, want %v", walked, made)
	}
}

func TestLinksNameNothingHidden(t *testing.T) {
	link := func(k corpus.Kind, id string) corpus.Link { return corpus.Link{Kind: k, ID: id} }
	all := []corpus.Link{link(corpus.Need, "draft"), link(corpus.Need, "open"), link(corpus.Need, "gone"), link(corpus.Need, "none")}
	w := newWorld(t, nil, corpus.Doc{Kind: corpus.Need, SourceID: "draft", Title: "一", Status: corpus.Draft},
		corpus.Doc{Kind: corpus.Need, SourceID: "gone", Title: "二", Status: corpus.Withdrawn}, corpus.Doc{Kind: corpus.Need, SourceID: "open", Title: "三"},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "a", Title: "四", Links: all})
	for key, want := range map[string][]corpus.Link{"": {all[1]}, w.readKey: {all[1]}, w.adminKey: all} {
		if d := decodeAs[corpus.Doc](w.as(key, "GET", "/v1/achievements/a", "").want(200)); !slices.Equal(d.Links, want) {
			t.Errorf("%.5q reads %v, want %v", key, d.Links, want)
		}
		list := w.as(key, "GET", "/v1/achievements", "").want(200).body
		export := w.as(key, "GET", "/v1/export?format=jsonl&kind=achievement", "").want(200).body
		for _, id := range []string{"draft", "gone", "none"} {
			if hidden := key != w.adminKey; hidden == strings.Contains(export, id) || hidden && strings.Contains(list, id) {
				t.Errorf("%.5q and %s: list %s, export %s", key, id, list, export)
			}
		}
	}
}

func TestLinksAreFollowedBothWays(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	anonymous, admin := Caller{}, Caller{Admin: true}
	linked := func(c Caller, k corpus.Kind, id string) string {
		d, err := w.svc.Document(t.Context(), c, k, id)
		w.must(err)
		docs, err := w.svc.Linked(t.Context(), c, d)
		w.must(err)
		ids := make([]string, len(docs))
		for i, d := range docs {
			ids[i] = d.ID
		}
		return strings.Join(ids, " ")
	}
	check := func(c Caller, k corpus.Kind, id, want string) {
		t.Helper()
		if got := linked(c, k, id); got != want {
			t.Errorf("%s is linked with %q for %+v, want %q", id, got, c, want)
		}
	}
	check(anonymous, corpus.Achievement, "a1", "e1 p1")
	check(anonymous, corpus.Expert, "e1", "a1")
	check(anonymous, corpus.Need, "n1", "")
	check(admin, corpus.Need, "n1", "draft")

	// e1 links back: still once. a3 links to e1 where the public may not see it.
	w.as(w.adminKey, "PATCH", "/v1/experts/e1", `{"links":[{"kind":"achievement","id":"a1"},{"kind":"need","id":"none"}]}`).want(200)
	w.as(w.adminKey, "PATCH", "/v1/achievements/a3", `{"links":[{"kind":"expert","id":"e1"}],"disclosure":{"links":"confidential"}}`).want(200)
	check(anonymous, corpus.Expert, "e1", "a1")
	check(anonymous, corpus.Achievement, "a1", "e1 p1")
	check(admin, corpus.Expert, "e1", "a1 a3")

	w.as(w.adminKey, "PATCH", "/v1/achievements/a1", `{"links":null}`).want(200)
	check(anonymous, corpus.Project, "p1", "")
	w.as(w.adminKey, "DELETE", "/v1/achievements/a3", "").want(204)
	check(admin, corpus.Expert, "e1", "a1")
}
