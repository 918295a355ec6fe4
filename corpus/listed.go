package corpus

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"

	bolt "go.etcd.io/bbolt"
)

var bListed = []byte("listed")

// A Listing names records of a table: those of an owner, in a state; "" is any.
type Listing struct{ Table, By, State string }

func (l Listing) prefix() []byte {
	if l.By == "" && l.State == "" {
		return recordKey(l.Table, "")
	}
	return []byte(l.Table + "\x00" + l.By + "\x00" + l.State + "\x00")
}

// bucket is where the rows of a listing are; their keys end in the records' ids.
func (l Listing) bucket(tx *bolt.Tx) *bolt.Bucket {
	if l.By == "" && l.State == "" {
		return tx.Bucket(bRecords)
	}
	return tx.Bucket(bListed)
}

// listings are those that hold a record, beside all of its table: none where it has no owner or no state.
func (r Record) listings() []Listing {
	var head struct{ By, State string }
	if len(r.Body) == 0 || json.Unmarshal(r.Body, &head) != nil || head.By == "" || head.State == "" || strings.Contains(head.By+head.State, "\x00") {
		return nil
	}
	return []Listing{{r.Table, head.By, ""}, {r.Table, "", head.State}, {r.Table, head.By, head.State}}
}

// list brings the listings level with a record that is about to be written in the place of old.
func (w *writer) list(old, r Record) error {
	b := w.tx.Bucket(bListed)
	for _, l := range old.listings() {
		if err := b.Delete(append(l.prefix(), r.ID...)); err != nil {
			return err
		}
	}
	if r.Deleted {
		return nil
	}
	for _, l := range r.listings() {
		if err := b.Put(append(l.prefix(), r.ID...), nil); err != nil {
			return err
		}
	}
	return nil
}

// fillListed lists the records of a store that was made before there were listings, and makes their bucket.
func (s *Store) fillListed(tx *bolt.Tx) error {
	if tx.Bucket(bListed) != nil {
		return nil
	}
	if _, err := tx.CreateBucket(bListed); err != nil {
		return err
	}
	w := writer{s: s, tx: tx}
	return tx.Bucket(bRecords).ForEach(func(_, v []byte) error {
		var r Record
		if err := s.unpack(v, &r); err != nil {
			return err
		}
		return w.list(Record{}, r)
	})
}

// listedAtOnce bounds what RecordsBefore reads ahead.
const listedAtOnce = 64

// RecordsBefore yields the records of a listing whose ids come before an id, "" being the end, from the highest id down:
// the newest first where ids sort by time. It reads some at a time; of what is written meanwhile, records that are in the
// listing when it comes to them are among them.
func (s *Store) RecordsBefore(l Listing, id string) iter.Seq2[Record, error] {
	return inParts(id, listedAtOnce, func(id string) ([]Record, error) { return s.recordsBefore(l, id) })
}

func (s *Store) recordsBefore(l Listing, id string) (some []Record, err error) {
	prefix := l.prefix()
	from := append(bytes.Clone(prefix), id...)
	if id == "" {
		from = append(from, 0xff) // ids are text, which has no such byte
	}
	err = s.db.View(func(tx *bolt.Tx) error {
		records, c := tx.Bucket(bRecords), l.bucket(tx).Cursor()
		for k, _ := before(c, from); bytes.HasPrefix(k, prefix) && len(some) < listedAtOnce; k, _ = c.Prev() {
			var r Record
			if err := s.unpack(records.Get(recordKey(l.Table, string(k[len(prefix):]))), &r); err != nil {
				return err
			}
			some = append(some, r)
		}
		return nil
	})
	return some, err
}

// CountRecords returns how many records a listing has. It walks over their keys: some milliseconds for 100,000.
func (s *Store) CountRecords(l Listing) (n int, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		n = l.count(tx)
		return nil
	})
	return n, err
}

func (l Listing) count(tx *bolt.Tx) (n int) {
	c, prefix := l.bucket(tx).Cursor(), l.prefix()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		n++
	}
	return n
}
