package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"
)

// A Record is one row of a market table: a lead, an API key. Its Body is the JSON of a struct of package market, which
// knows the states and rules; the store knows versions, changes and audit.
type Record struct {
	Table     string          `json:"table"`
	ID        string          `json:"id"`
	Version   uint64          `json:"version"`
	Body      json.RawMessage `json:"body"`
	Key       string          `json:"key,omitempty"`   // that no other record of the table has; "": none
	Final     bool            `json:"final,omitempty"` // it is never written again, nor removed
	Also      []string        `json:"also,omitempty"`  // owners beside its maker under whom it is listed
	IfVersion uint64          `json:"-"`               // for Write: conflict unless this is the stored version; 0: any
	Deleted   bool            `json:"-"`               // for Write: remove it
	Move      string          `json:"-"`               // for Write: what is done with it, for its Steps; "": they don't tell of this write
	Room      Room            `json:"-"`               // for Write: conflict unless there is some
}

// A Room bounds how many records some listings have together. The zero Room bounds nothing.
type Room struct {
	Most int // 0: any number
	In   []Listing
}

func recordKey(table, id string) []byte { return []byte(table + "\x00" + id) }

func (w *writer) record(r Record) error {
	b := w.tx.Bucket(bRecords)
	var old Record
	if v := b.Get(recordKey(r.Table, r.ID)); v != nil {
		if err := w.s.unpack(v, &old); err != nil {
			return err
		}
	} else if r.Deleted {
		return notFound(Kind(r.Table), r.ID)
	}
	if old.Final {
		e := Errorf(Conflict, "%s %s is final", r.Table, r.ID)
		e.Fix = "make a new one"
		return e
	}
	if r.Deleted {
		if err := w.unused(r.Table, r.ID); err != nil {
			return err
		}
	}
	if r.IfVersion != 0 && r.IfVersion != old.Version {
		return stale(Kind(r.Table), r.ID, old.Version, r.IfVersion)
	}
	if err := w.room(r); err != nil {
		return err
	}
	r.Version = old.Version + 1
	if err := errors.Join(w.list(old, r), w.key(old, r)); err != nil {
		return err
	}
	if err := w.change(Change{Table: r.Table, ID: r.ID, Version: r.Version, Deleted: r.Deleted}); err != nil {
		return err
	}
	if r.Move != "" {
		if err := w.step(r); err != nil {
			return err
		}
	}
	if r.Deleted {
		return b.Delete(recordKey(r.Table, r.ID))
	}
	v, err := w.s.pack(r)
	if err != nil {
		return err
	}
	return b.Put(recordKey(r.Table, r.ID), v)
}

// ErrTaken is what Write's error wraps, with code Conflict, where another record of the table has a record's key.
var ErrTaken = errors.New("another record has this key")

// key brings bKeyed level with a record that is about to be written in the place of old.
func (w *writer) key(old, r Record) error {
	if r.Deleted {
		r.Key = ""
	}
	if r.Key == old.Key {
		return nil
	}
	b := w.tx.Bucket(bKeyed)
	if old.Key != "" {
		if err := b.Delete(recordKey(r.Table, old.Key)); err != nil {
			return err
		}
	}
	if r.Key == "" {
		return nil
	}
	if other := b.Get(recordKey(r.Table, r.Key)); other != nil {
		return &Error{Code: Conflict, Message: fmt.Sprintf("%s is that of %s %s already", r.Key, r.Table, other), Fix: "change that one", Err: ErrTaken}
	}
	return b.Put(recordKey(r.Table, r.Key), []byte(r.ID))
}

// RecordByKey returns the market record with a key; an error of code NotFound where there is none.
func (s *Store) RecordByKey(table, key string) (Record, error) {
	var r Record
	err := s.db.View(func(tx *bolt.Tx) error {
		id := tx.Bucket(bKeyed).Get(recordKey(table, key))
		if id == nil {
			return notFound(Kind(table), key)
		}
		return s.unpack(tx.Bucket(bRecords).Get(recordKey(table, string(id))), &r)
	})
	return r, err
}

// room returns an error of code Conflict where there is no room for r.
func (w *writer) room(r Record) error {
	if r.Room.Most == 0 {
		return nil
	}
	has := 0
	for _, l := range r.Room.In {
		has += l.count(w.tx)
	}
	if has < r.Room.Most {
		return nil
	}
	e := Errorf(Conflict, "you have %d %s, which is the most", has, r.Table)
	e.Fix = "end or delete some of them first"
	return e
}

// Record returns one market record; an error of code NotFound where there is none.
func (s *Store) Record(table, id string) (Record, error) {
	var r Record
	err := s.db.View(func(tx *bolt.Tx) error {
		v := tx.Bucket(bRecords).Get(recordKey(table, id))
		if v == nil {
			return notFound(Kind(table), id)
		}
		return s.unpack(v, &r)
	})
	return r, err
}

// Records yields the records of a table in the order of their ids.
func (s *Store) Records(table string) iter.Seq2[Record, error] { return s.RecordsAfter(table, "", "") }

// recordsAtOnce bounds what RecordsAfter holds in memory.
const recordsAtOnce = 256

// RecordsAfter yields, in the order of their ids, the records of a table whose ids begin with prefix and come after an
// id. It reads some at a time: what is written meanwhile may be among them or not.
func (s *Store) RecordsAfter(table, prefix, after string) iter.Seq2[Record, error] {
	return inParts(after, recordsAtOnce, func(id string) ([]Record, error) { return s.someRecords(table, prefix, id) })
}

// inParts yields records that read returns atOnce at a time, those behind an id.
func inParts(id string, atOnce int, read func(id string) ([]Record, error)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			some, err := read(id)
			if err != nil {
				yield(Record{}, err)
				return
			}
			for _, r := range some {
				if !yield(r, nil) {
					return
				}
			}
			if len(some) < atOnce {
				return
			}
			id = some[len(some)-1].ID
		}
	}
}

func (s *Store) someRecords(table, prefix, after string) (some []Record, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bRecords).Cursor()
		k, v := c.Seek(recordKey(table, max(prefix, after)))
		if after != "" && bytes.Equal(k, recordKey(table, after)) {
			k, v = c.Next()
		}
		for ; len(some) < recordsAtOnce && bytes.HasPrefix(k, recordKey(table, prefix)); k, v = c.Next() {
			var r Record
			if err := s.unpack(v, &r); err != nil {
				return err
			}
			some = append(some, r)
		}
		return nil
	})
	return some, err
}
