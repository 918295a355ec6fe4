package corpus

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// An EventState says what became of an event.
type EventState string

const (
	Waiting   EventState = "waiting"   // to be delivered, or tried again, at Next
	Delivered EventState = "delivered" // its body is not kept
	Dead      EventState = "dead"      // given up after the last try; may be sent again
	Dropped   EventState = "dropped"   // nobody wants it any more
)

// EventStates lists all states in the order in which they are offered.
var EventStates = []EventState{Waiting, Delivered, Dead, Dropped}

// letters begin the keys of the bucket deliveries.
var letters = map[EventState]string{Waiting: "w", Delivered: "s", Dead: "d", Dropped: "x"}

// An Event is something to tell the outside, kept with the write that caused it. Its id is used again only after it was
// dropped, so that nothing is told twice as if it were two.
type Event struct {
	ID       string          `json:"id"`
	To       string          `json:"to" doc:"who is told: the id of a subscription or reminder, or somebody and a channel: account:ID/mail"`
	Type     string          `json:"type"`
	Inbox    string          `json:"-"` // account whose inbox takes it in the same transaction, which delivers it; "": none
	Body     json.RawMessage `json:"body,omitempty"`
	State    EventState      `json:"state" enum:"waiting,delivered,dead,dropped"`
	Attempts int             `json:"attempts" doc:"tries so far"`
	Error    string          `json:"error,omitempty" doc:"how the last try failed"`
	Created  time.Time       `json:"created"`
	Next     time.Time       `json:"next,omitzero" doc:"of waiting ones: when it is tried, to the millisecond"`
	Ended    time.Time       `json:"ended,omitzero" doc:"of others: since when"`
}

// place is e's key in the bucket deliveries. Keys of a state are in the order of time.
func (e *Event) place() []byte {
	at := e.Ended
	if e.State == Waiting {
		at = e.Next
	}
	return append(timeKey(e.State, at), e.To+"\x00"+e.ID...)
}

func timeKey(s EventState, at time.Time) []byte {
	return binary.BigEndian.AppendUint64([]byte(letters[s]), uint64(max(0, at.UnixMilli())))
}

// parsePlace takes a key of the bucket deliveries apart.
func parsePlace(key []byte) (at time.Time, to, id string) {
	to, id, _ = strings.Cut(string(key[9:]), "\x00")
	return time.UnixMilli(int64(binary.BigEndian.Uint64(key[1:]))).UTC(), to, id
}

// putEvent keeps e in place of what is known under its id.
func (s *Store) putEvent(tx *bolt.Tx, e *Event) error {
	v, err := s.pack(e)
	if err != nil {
		return err
	}
	outbox, places := tx.Bucket(bOutbox), tx.Bucket(bDeliveries)
	if old, err := s.event(tx, e.ID); err != nil {
		return err
	} else if old != nil {
		if err := places.Delete(old.place()); err != nil {
			return err
		}
	}
	if err := outbox.Put([]byte(e.ID), v); err != nil {
		return err
	}
	return places.Put(e.place(), nil)
}

// event returns nil where there is none.
func (s *Store) event(tx *bolt.Tx, id string) (*Event, error) {
	v := tx.Bucket(bOutbox).Get([]byte(id))
	if v == nil {
		return nil, nil
	}
	e := &Event{}
	if err := s.unpack(v, e); err != nil {
		return nil, fmt.Errorf("event %s: %w", id, err)
	}
	return e, nil
}

// raise puts those events whose ids are new, or were dropped before anybody was told, and counts them.
func (s *Store) raise(tx *bolt.Tx, events []Event) (raised int, err error) {
	for _, e := range events {
		if e.ID == "" || strings.Contains(e.To, "\x00") {
			return raised, fmt.Errorf("an event for %q has the id %q", e.To, e.ID)
		}
		if old, err := s.event(tx, e.ID); err != nil || old != nil && old.State != Dropped {
			continue // one that can't be read is there
		}
		e.State, e.Attempts, e.Error, e.Ended = Waiting, 0, "", time.Time{}
		e.Created = s.now().UTC().Truncate(time.Second)
		if e.Next.IsZero() {
			e.Next = e.Created
		}
		if e.Inbox != "" {
			if err := s.putMessage(tx, &e); err != nil {
				return raised, err
			}
			e.State, e.Attempts, e.Body, e.Ended, e.Next = Delivered, 1, nil, e.Created, time.Time{}
		}
		if err := s.putEvent(tx, &e); err != nil {
			return raised, err
		}
		raised++
	}
	return raised, nil
}

// Raise puts events whose ids are new, or were dropped, into the outbox and writes what a reader of the changes notes for itself, nil to
// remove a note, in one synced transaction. It makes no change. It returns how many were new.
func (s *Store) Raise(ctx context.Context, events []Event, notes map[string][]byte) (raised int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	err = s.db.Update(func(tx *bolt.Tx) error {
		if raised, err = s.raise(tx, events); err != nil {
			return err
		}
		b := tx.Bucket(bNotes)
		for _, key := range slices.Sorted(maps.Keys(notes)) {
			if notes[key] == nil {
				err = b.Delete([]byte(key))
			} else {
				err = b.Put([]byte(key), notes[key])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return raised, err
}

// Note returns what a reader of the changes has noted under a key, nil where there is nothing.
func (s *Store) Note(key string) (note []byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		note = bytes.Clone(tx.Bucket(bNotes).Get([]byte(key)))
		return nil
	})
	return note, err
}

// Due returns the waiting events whose time has come, by whom they are for and in the order of time, at most each of one
// receiver and of most receivers, without those that skip names. next is when the first of the others comes; zero: there is none.
// What can't be read ends dead and holds up nobody.
func (s *Store) Due(now time.Time, each, most int, skip func(to string) bool) (due map[string][]Event, next time.Time, err error) {
	due = map[string][]Event{}
	var bad [][]byte
	err = s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bDeliveries).Cursor()
		prefix := []byte(letters[Waiting])
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			at, to, id := parsePlace(k)
			if at.After(now) {
				next = at
				return nil
			}
			if len(due[to]) == each || len(due[to]) == 0 && len(due) == most || skip(to) {
				continue
			}
			if e, err := s.event(tx, id); err != nil || e == nil {
				bad = append(bad, bytes.Clone(k))
			} else {
				due[to] = append(due[to], *e)
			}
		}
		return nil
	})
	if err == nil && len(bad) > 0 {
		err = s.bury(bad, now)
	}
	return due, next, err
}

// bury ends events that can't be read, or are not there, at their keys in the bucket deliveries.
func (s *Store) bury(keys [][]byte, now time.Time) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		for _, k := range keys {
			_, to, id := parsePlace(k)
			if err := tx.Bucket(bDeliveries).Delete(k); err != nil {
				return err
			}
			if err := tx.Bucket(bOutbox).Delete([]byte(id)); err != nil {
				return err
			}
			at := now.UTC().Truncate(time.Second)
			if err := s.putEvent(tx, &Event{ID: id, To: to, State: Dead, Error: "无法读取", Created: at, Ended: at}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Settle writes what became of events, in one synced transaction.
func (s *Store) Settle(ctx context.Context, events ...Event) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.db.Update(func(tx *bolt.Tx) error {
		for i := range events {
			if err := s.putEvent(tx, &events[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Resend has a dead event tried again at now, as often as a new one; another has code Conflict.
func (s *Store) Resend(ctx context.Context, id string, now time.Time) (e Event, err error) {
	if err := ctx.Err(); err != nil {
		return e, err
	}
	err = s.db.Update(func(tx *bolt.Tx) error {
		found, err := s.event(tx, id)
		switch {
		case err != nil:
			return err
		case found == nil:
			return notFound("delivery", id)
		case found.State != Dead:
			err := Errorf(Conflict, "the delivery is %s", found.State)
			err.Fix = "only dead ones are sent again"
			return err
		}
		e = *found
		e.State, e.Attempts, e.Next, e.Ended = Waiting, 0, now.UTC(), time.Time{}
		return s.putEvent(tx, &e)
	})
	return e, err
}

// Event returns one event; an error of code NotFound where there is none.
func (s *Store) Event(id string) (e Event, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		found, err := s.event(tx, id)
		if err == nil && found == nil {
			err = notFound("delivery", id)
		}
		if found != nil {
			e = *found
		}
		return err
	})
	return e, err
}

// Events returns at most limit events of a state: waiting ones in the order in which they are due, of others the latest first.
// after is the id of the last one of the page before, "" of none; one that is in that state no more begins anew.
func (s *Store) Events(state EventState, limit int, after string) (out []Event, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bDeliveries).Cursor()
		prefix := []byte(letters[state])
		step, k := c.Next, []byte(nil)
		if state == Waiting {
			k, _ = c.Seek(prefix)
		} else {
			step = c.Prev
			if k, _ = c.Seek([]byte{prefix[0] + 1}); k == nil {
				k, _ = c.Last()
			} else {
				k, _ = c.Prev()
			}
		}
		last, err := s.event(tx, after)
		if err != nil {
			return err
		}
		if last != nil && last.State == state {
			if k, _ = c.Seek(last.place()); k != nil {
				k, _ = step()
			}
		}
		for ; bytes.HasPrefix(k, prefix) && len(out) < limit; k, _ = step() {
			_, _, id := parsePlace(k)
			e, err := s.event(tx, id)
			if err != nil {
				return err
			}
			if e != nil {
				out = append(out, *e)
			}
		}
		return nil
	})
	return out, err
}

// dropOldEvents empties an outbox of the form that nobody ever delivered.
func dropOldEvents(tx *bolt.Tx) error {
	if tx.Bucket(bDeliveries) != nil || tx.Bucket(bOutbox) == nil {
		return nil
	}
	return tx.DeleteBucket(bOutbox)
}
