package api

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"duijie/corpus"
)

func TestChangesLeadAMirrorToWhatIsThere(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	mirror := map[string]string{}
	next := ""
	follow := func() {
		t.Helper()
		for {
			a := decodeAs[Changes](w.as("", "GET", "/v1/changes?limit=2&after="+next, "").want(200))
			for _, c := range a.Changes {
				name := string(c.Kind) + "/" + c.ID
				if delete(mirror, name); !c.Deleted {
					mirror[name] = c.Document.Title
				}
			}
			if next = a.Next; !a.More {
				return
			}
		}
	}
	check := func() {
		t.Helper()
		follow()
		there := map[string]string{}
		for d, err := range w.svc.each(t.Context(), Caller{}, corpus.Kinds) {
			w.must(err)
			there[string(d.Kind)+"/"+d.ID] = d.Title
		}
		if fmt.Sprint(mirror) != fmt.Sprint(there) {
			t.Errorf("the mirror has %v, the store %v", mirror, there)
		}
	}
	check()
	w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"title":"改"}`).want(200)
	w.as(w.adminKey, "PATCH", "/v1/needs/n2", `{"status":"withdrawn"}`).want(200)
	w.as(w.adminKey, "DELETE", "/v1/achievements/a2", "").want(204)
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"新","source_id":"n9"}`).want(201)
	check()
	w.as(w.adminKey, "PATCH", "/v1/needs/n2", `{"status":"published"}`).want(200)
	check()
	all := w.as("", "GET", "/v1/changes?limit=500", "").want(200).body
	for _, hidden := range []string{marker, "draft"} {
		if strings.Contains(all, hidden) {
			t.Errorf("the log tells anybody of %s: %s", hidden, all)
		}
	}
	if r := w.as(w.adminKey, "GET", "/v1/changes?limit=500&kinds=achievement", "").want(200); !strings.Contains(r.body, `"draft"`) || strings.Contains(r.body, `"kind":"need","id":"n1","doc`) {
		t.Errorf("an admin's achievements: %s", r.body)
	}
	w.as("", "GET", "/v1/changes?after=999999", "").problem(410)
	w.as("", "GET", "/v1/changes?after=3.00000000", "").problem(410)
	w.as("", "GET", "/v1/changes?after=x", "").problem(422)
	w.as("", "GET", "/v1/changes?after=3", "").want(200)
	other := newWorld(t, nil, testDocs()...)
	other.as("", "GET", "/v1/changes?after="+decodeAs[Changes](w.as("", "GET", "/v1/changes?limit=1", "")).Next, "").problem(410)
}

func TestAReaderCanWaitForAChange(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	next := decodeAs[Changes](w.as("", "GET", "/v1/changes?limit=500", "").want(200)).Next
	got := make(chan reply)
	go func() { got <- w.as("", "GET", "/v1/changes?wait=30&after="+next, "") }()
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"草","status":"draft","source_id":"d"}`).want(201)
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"新","source_id":"n9"}`).want(201)
	if a := decodeAs[Changes](<-got); len(a.Changes) != 1 || a.Changes[0].ID != "n9" {
		t.Errorf("woken with %+v", a)
	}
}

func TestOneReaderTakesNotAllWaits(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	next := decodeAs[Changes](w.as("", "GET", "/v1/changes?limit=500", "").want(200)).Next
	got := make(chan reply, maxWaitingEach+1)
	for range maxWaitingEach + 1 { // one of them is answered at once
		go func() { got <- w.as("", "GET", "/v1/changes?wait=30&after="+next, "") }()
	}
	select {
	case <-got:
	case <-time.After(time.Minute):
		t.Error("one address holds more waits than it may")
	}
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"新","source_id":"n9"}`).want(201)
	for range maxWaitingEach {
		if a := decodeAs[Changes](<-got); len(a.Changes) != 1 {
			t.Errorf("woken with %+v", a)
		}
	}
	var all waits
	for i := range maxWaiting {
		if !all.begin(fmt.Sprint(i / maxWaitingEach)) {
			t.Fatalf("the %dth is refused", i+1)
		}
	}
	if all.begin("other") {
		t.Error("more wait than may in all")
	}
	if all.end("0"); !all.begin("other") {
		t.Error("who ends leaves no room")
	}
}

// TestAWalkDeliversEachOnceWhileDataChanges goes through lists by their cursors while postings come and go.
func TestAWalkDeliversEachOnceWhileDataChanges(t *testing.T) {
	var docs []corpus.Doc
	for i := range 20 {
		docs = append(docs, corpus.Doc{Kind: corpus.Need, SourceID: fmt.Sprint("w", i), Title: fmt.Sprint("淀粉废水处理之", i), PublishedOn: corpus.Date(fmt.Sprintf("2026-03-%02d", i+1))})
	}
	for _, path := range []string{"/v1/needs?limit=3", "/v1/search?kind=need&limit=3", "/v1/search?q=%E6%B7%80%E7%B2%89&limit=3"} {
		w := newWorld(t, nil, docs...)
		seen := map[string]int{}
		for next, step := "", 0; ; step++ {
			r := w.as("", "GET", path+"&after="+next, "").want(200)
			page := decodeAs[struct {
				Documents, Results []struct{ ID string }
				Next               string
			}](r)
			for _, d := range append(page.Documents, page.Results...) {
				seen[d.ID]++
			}
			if next = page.Next; next == "" {
				break
			}
			w.as(w.adminKey, "POST", "/v1/needs", fmt.Sprintf(`{"title":"淀粉新%d","source_id":"x%d","published":"2026-12-01"}`, step, step)).want(201)
			w.as(w.adminKey, "DELETE", fmt.Sprintf("/v1/needs/w%d", 19-step), "").want(204)
		}
		for i := range 10 { // those that were there all the time
			if n := seen[fmt.Sprint("w", i)]; n != 1 {
				t.Errorf("%s: w%d is delivered %d times", path, i, n)
			}
		}
	}
}

// TestChangesOfAnOldStoreTellOfNoDraft reads a store whose rows do not say what was hidden, as versions wrote them until
// that was marked.
func TestChangesOfAnOldStoreTellOfNoDraft(t *testing.T) {
	w := &world{TB: t}
	dir := t.TempDir()
	var s *Service
	open := func() {
		t.Helper()
		store, err := corpus.Open(dir, corpus.Options{})
		w.must(err)
		s = &Service{Store: store, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return day }}
	}
	write := func(id, status string) {
		t.Helper()
		_, err := s.Store.Write(t.Context(), corpus.Batch{Puts: []corpus.Put{{Doc: corpus.Doc{Kind: corpus.Need, SourceID: id, Title: id, Status: corpus.Status(status)}}}})
		w.must(err)
	}
	told := func(c Caller) (out string) {
		t.Helper()
		a, err := s.Changes(t.Context(), c, ChangesQuery{Limit: 500})
		w.must(err)
		for _, r := range a.Changes {
			out += fmt.Sprint(r.ID, " ", r.Deleted, " ")
		}
		return out
	}
	open()
	write("draft", "draft")
	write("old", "published")
	w.must(s.Store.Close())
	db, err := bolt.Open(filepath.Join(dir, corpus.FileName), 0o600, nil)
	w.must(err)
	w.must(db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("changes"))
		return errors.Join(tx.Bucket([]byte("meta")).Delete([]byte("unmarked")), b.ForEach(func(k, v []byte) error {
			return b.Put(k, bytes.ReplaceAll(v, []byte(`"hidden":true,`), nil))
		}))
	}))
	w.must(db.Close())
	open()
	defer func() { s.Store.Close() }()
	write("new", "draft")
	write("gone", "published")
	write("gone", "withdrawn")
	if got, want := told(Caller{}), "old false gone true "; got != want {
		t.Errorf("anybody is told %q, want %q", got, want)
	}
	w.must(s.Store.Close())
	open() // what is noted stays
	if got, want := told(Caller{}), "old false gone true "; got != want {
		t.Errorf("after another start anybody is told %q, want %q", got, want)
	}
}
