package corpus

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

func ids(events []Event) string {
	var out []string
	for _, e := range events {
		out = append(out, e.ID)
	}
	return strings.Join(out, " ")
}

func raise(t *testing.T, s *Store, want int, events ...Event) {
	t.Helper()
	if got, err := s.Raise(t.Context(), events, nil); err != nil || got != want {
		t.Fatalf("%d events are new, want %d (%v)", got, want, err)
	}
}

func TestAnIDIsToldOfOnce(t *testing.T) {
	s := open(t)
	raise(t, s, 2, Event{ID: "a", To: "s1", Body: []byte(`"first"`)}, Event{ID: "b", To: "s1"}, Event{ID: "a", To: "s1"})
	a, err := s.Event("a")
	if err != nil || a.State != Waiting || string(a.Body) != `"first"` {
		t.Fatalf("%+v, %v", a, err)
	}
	a.State, a.Body, a.Ended = Delivered, nil, day(9)
	if err := s.Settle(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	raise(t, s, 0, Event{ID: "a", To: "s1"})
	if a, err = s.Event("a"); err != nil || a.State != Delivered {
		t.Errorf("raised again it is %+v, %v", a, err)
	}
	if _, err := s.Event("c"); CodeOf(err) != NotFound {
		t.Errorf("an unknown one: %v", err)
	}
	for _, e := range []Event{{To: "s1"}, {ID: "c", To: "s\x001"}} {
		if _, err := s.Raise(t.Context(), []Event{{ID: "d", To: "s1"}, e}, map[string][]byte{"n": {1}}); err == nil {
			t.Errorf("%+v is taken", e)
		}
	}
	if note, err := s.Note("n"); err != nil || note != nil {
		t.Errorf("a note of what failed: %v, %v", note, err)
	}
	if _, err := s.Event("d"); CodeOf(err) != NotFound {
		t.Errorf("half of what failed is kept: %v", err)
	}
}

func TestADroppedEventIsRaisedAgain(t *testing.T) {
	s := open(t)
	raise(t, s, 1, Event{ID: "a", To: "s1", Body: []byte(`"first"`)})
	a, err := s.Event("a")
	if err != nil {
		t.Fatal(err)
	}
	a.State, a.Error, a.Ended = Dropped, "gone", day(9)
	if err := s.Settle(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	raise(t, s, 1, Event{ID: "a", To: "s1", Body: []byte(`"second"`)}, Event{ID: "a", To: "s1", Body: []byte(`"third"`)})
	waiting, err := s.Events(Waiting, 9, "")
	if err != nil || ids(waiting) != "a" || string(waiting[0].Body) != `"second"` || waiting[0].Error != "" {
		t.Errorf("waiting: %+v (%v)", waiting, err)
	}
	if dropped, err := s.Events(Dropped, 9, ""); len(dropped) > 0 || err != nil {
		t.Errorf("dropped: %+v (%v)", dropped, err)
	}
}

// Of many who send a dead event again at once, one does: it may be delivered before the next comes.
func TestADeadEventIsSentAgainOnce(t *testing.T) {
	s := open(t)
	raise(t, s, 1, Event{ID: "a", To: "s1", Body: []byte(`"first"`)})
	a, err := s.Event("a")
	if err != nil {
		t.Fatal(err)
	}
	a.State, a.Attempts, a.Ended = Dead, 8, day(9)
	if err := s.Settle(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	var sent atomic.Int32
	for range 8 {
		wait.Go(func() {
			e, err := s.Resend(t.Context(), "a", day(10))
			if err == nil {
				sent.Add(1)
				e.State, e.Body, e.Ended = Delivered, nil, day(10)
				err = s.Settle(t.Context(), e)
			}
			if err != nil && CodeOf(err) != Conflict {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	a, err = s.Event("a")
	if sent.Load() != 1 || a.State != Delivered || a.Attempts != 0 || err != nil {
		t.Errorf("sent %d times, it is %+v (%v)", sent.Load(), a, err)
	}
	if _, err := s.Resend(t.Context(), "none", day(10)); CodeOf(err) != NotFound {
		t.Errorf("an unknown one: %v", err)
	}
}

func day(n int) time.Time { return time.Date(2026, 11, n, 8, 0, 0, 0, time.UTC) }

func TestWhatIsDue(t *testing.T) {
	s := open(t)
	raise(t, s, 6, Event{ID: "a", To: "s1", Next: day(3)}, Event{ID: "b", To: "s1", Next: day(1)}, Event{ID: "c", To: "s2", Next: day(2)},
		Event{ID: "d", To: "s1", Next: day(4)}, Event{ID: "e", To: "s3", Next: day(3)}, Event{ID: "f", To: "s1", Next: day(3).Add(time.Millisecond)})
	for _, c := range []struct {
		now        time.Time
		each, most int
		skip, want string
		next       time.Time
	}{
		{day(1).Add(-time.Millisecond), 9, 9, "", "", day(1)},
		{day(1), 9, 9, "", "s1: b", day(2)},
		{day(3), 9, 9, "", "s1: b a s2: c s3: e", day(3).Add(time.Millisecond)},
		{day(3), 1, 9, "", "s1: b s2: c s3: e", day(3).Add(time.Millisecond)},
		{day(3), 9, 2, "", "s1: b a s2: c", day(3).Add(time.Millisecond)},
		{day(3), 9, 2, "s1", "s2: c s3: e", day(3).Add(time.Millisecond)},
		{day(9), 9, 9, "s2", "s1: b a f d s3: e", time.Time{}},
	} {
		due, next, err := s.Due(c.now, c.each, c.most, func(to string) bool { return to == c.skip })
		var got []string
		for _, to := range []string{"s1", "s2", "s3"} {
			if len(due[to]) > 0 {
				got = append(got, to+": "+ids(due[to]))
			}
		}
		if strings.Join(got, " ") != c.want || !next.Equal(c.next) || err != nil {
			t.Errorf("%v, each %d, most %d, without %q: %s, then %v (%v); want %s, %v", c.now, c.each, c.most, c.skip, got, next, err, c.want, c.next)
		}
	}
}

func TestWhatCantBeReadHoldsUpNobody(t *testing.T) {
	s := open(t)
	raise(t, s, 3, Event{ID: "bad", To: "s1", Next: day(1)}, Event{ID: "lost", To: "s1", Next: day(2)}, Event{ID: "good", To: "s1", Next: day(3)})
	err := s.db.Update(func(tx *bolt.Tx) error {
		if err := tx.Bucket(bOutbox).Put([]byte("bad"), []byte("{")); err != nil {
			return err
		}
		return tx.Bucket(bOutbox).Delete([]byte("lost"))
	})
	if err != nil {
		t.Fatal(err)
	}
	raise(t, s, 1, Event{ID: "bad", To: "s1"}, Event{ID: "other", To: "s1", Next: day(4)})
	for range 2 {
		due, next, err := s.Due(day(3), 9, 9, func(string) bool { return false })
		if ids(due["s1"]) != "good" || !next.Equal(day(4)) || err != nil {
			t.Errorf("due: %+v, then %v (%v)", due, next, err)
		}
	}
	dead, err := s.Events(Dead, 9, "")
	if ids(dead) != "lost bad" || dead[0].To != "s1" || dead[0].Error == "" || err != nil {
		t.Errorf("dead: %+v (%v)", dead, err)
	}
}

func TestEventsAreListedByState(t *testing.T) {
	s := open(t)
	for i := range 5 {
		e := Event{ID: fmt.Sprint("e", i), To: "s1", Next: day(1 + i)}
		raise(t, s, 1, e)
		e.State, e.Ended = []EventState{Waiting, Dead, Delivered, Dead, Waiting}[i], day(9+i)
		if err := s.Settle(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		state EventState
		limit int
		after string
		want  string
	}{
		{Waiting, 9, "", "e0 e4"}, {Dead, 9, "", "e3 e1"}, {Delivered, 9, "", "e2"}, {Dropped, 9, "", ""},
		{Waiting, 1, "", "e0"}, {Waiting, 1, "e0", "e4"}, {Waiting, 1, "e4", ""}, {Dead, 1, "e3", "e1"}, {Dead, 1, "e1", ""},
		{Dead, 9, "e0", "e3 e1"}, {Dead, 9, "none", "e3 e1"},
	} {
		if got, err := s.Events(c.state, c.limit, c.after); ids(got) != c.want || err != nil {
			t.Errorf("%s after %q: %s (%v), want %s", c.state, c.after, ids(got), err, c.want)
		}
	}
}

func TestNotesAreKeptWithEvents(t *testing.T) {
	s := open(t)
	if _, err := s.Raise(t.Context(), []Event{{ID: "a"}}, map[string][]byte{"x": {7}, "y": {8}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Raise(t.Context(), nil, map[string][]byte{"x": nil, "y": {9}}); err != nil {
		t.Fatal(err)
	}
	x, _ := s.Note("x")
	y, err := s.Note("y")
	if x != nil || len(y) != 1 || y[0] != 9 || err != nil {
		t.Errorf("%v %v %v", x, y, err)
	}
	if last, err := s.LastChange(); last != 0 || err != nil {
		t.Errorf("it made change %d (%v)", last, err)
	}
}

// Outboxes of the first form were filled and never emptied: what is in them is long out of date.
func TestAnOldOutboxIsEmptied(t *testing.T) {
	dir := t.TempDir()
	db, err := bolt.Open(filepath.Join(dir, FileName), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket(bOutbox)
		if err != nil {
			return err
		}
		return b.Put(append(seqKey(1), 0, 0), []byte(`{"type":"reminder","body":{}}`))
	})
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time nothing is lost
		s, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Event(string(append(seqKey(1), 0, 0))); CodeOf(err) != NotFound {
			t.Errorf("the old event: %v", err)
		}
		if _, err := s.Raise(t.Context(), []Event{{ID: "a"}}, nil); err != nil {
			t.Fatal(err)
		}
		if waiting, err := s.Events(Waiting, 9, ""); ids(waiting) != "a" || err != nil {
			t.Errorf("waiting: %s, %v", ids(waiting), err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
