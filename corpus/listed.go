package corpus

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"
)

var bListed = []byte("listings")

// bListedBefore held the listings when there were none by lead or broker.
var bListedBefore = []byte("listed")

// A Listing names records of a table: those of an owner, in a state; "" is any. An owner is who made the records while
// belonging to no organisation, or what AsMember names, or one of the record's Also.
type Listing struct{ Table, Owner, State string }

// AsMember is the owner of what somebody made as a member of an organisation: "" for by is all members, for the
// organisation any.
func AsMember(by, organisation string) string {
	return strings.TrimSpace(by + " organisation:" + organisation)
}

// AsBroker is the owner of what names somebody in its member brokers, who may read it and nothing else.
func AsBroker(by string) string { return by + " broker" }

// AsLead is the owner of what came from a lead.
func AsLead(id string) string { return "lead:" + id }

func (l Listing) prefix() []byte {
	if l.Owner == "" && l.State == "" {
		return recordKey(l.Table, "")
	}
	return []byte(l.Table + "\x00" + l.Owner + "\x00" + l.State + "\x00")
}

// bucket is where the rows of a listing are; their keys end in the records' ids.
func (l Listing) bucket(tx *bolt.Tx) *bolt.Bucket {
	if l.Owner == "" && l.State == "" {
		return tx.Bucket(bRecords)
	}
	return tx.Bucket(bListed)
}

// listings are those that hold a record, beside all of its table: none where it has no owner or no state.
func (r Record) listings() []Listing {
	var head struct{ By, Organisation, State, Brokers, Lead string }
	if len(r.Body) == 0 || json.Unmarshal(r.Body, &head) != nil || head.By == "" || head.State == "" || strings.Contains(head.By+head.Organisation+head.State+head.Brokers+head.Lead, "\x00") {
		return nil
	}
	owners := []string{head.By}
	if o := head.Organisation; o != "" {
		owners = []string{AsMember("", o), AsMember(head.By, o), AsMember(head.By, "")}
	}
	for by := range strings.FieldsSeq(head.Brokers) {
		owners = append(owners, AsBroker(by))
	}
	if head.Lead != "" {
		owners = append(owners, AsLead(head.Lead))
	}
	in := []Listing{{r.Table, "", head.State}}
	for _, owner := range append(owners, r.Also...) {
		in = append(in, Listing{r.Table, owner, ""}, Listing{r.Table, owner, head.State})
	}
	return in
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
	had := tx.Bucket(bListed) != nil
	if tx.Bucket(bListedBefore) != nil { // an older program has written since
		if err := tx.DeleteBucket(bListedBefore); err != nil {
			return err
		}
		if had {
			if err := tx.DeleteBucket(bListed); err != nil {
				return err
			}
		}
		had = false
	}
	if had {
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

// RecordsBefore yields the records of some listings of one table whose ids come before an id, "" being the end, from the
// highest id down: the newest first where ids sort by time. It reads some at a time; of what is written meanwhile, records
// that are in a listing when it comes to them are among them.
func (s *Store) RecordsBefore(in []Listing, id string) iter.Seq2[Record, error] {
	return inParts(id, listedAtOnce, func(id string) ([]Record, error) { return s.recordsBefore(in, id) })
}

func (s *Store) recordsBefore(in []Listing, id string) (some []Record, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		var ids []string
		for _, l := range in {
			ids = append(ids, l.before(tx, id)...)
		}
		slices.Sort(ids)
		slices.Reverse(ids)
		ids = slices.Compact(ids)
		for _, id := range ids[:min(len(ids), listedAtOnce)] {
			var r Record
			if err := s.unpack(tx.Bucket(bRecords).Get(recordKey(in[0].Table, id)), &r); err != nil {
				return err
			}
			some = append(some, r)
		}
		return nil
	})
	return some, err
}

// before returns the ids before one in a listing, listedAtOnce at most.
func (l Listing) before(tx *bolt.Tx, id string) (ids []string) {
	prefix := l.prefix()
	from := append(bytes.Clone(prefix), id...)
	if id == "" {
		from = append(from, 0xff) // ids are text, which has no such byte
	}
	c := l.bucket(tx).Cursor()
	for k, _ := before(c, from); bytes.HasPrefix(k, prefix) && len(ids) < listedAtOnce; k, _ = c.Prev() {
		ids = append(ids, string(k[len(prefix):]))
	}
	return ids
}

// CountRecords returns how many records some listings of one table have together. It walks over their keys: some
// milliseconds for 100,000.
func (s *Store) CountRecords(in []Listing) (n int, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		if len(in) == 1 {
			n = in[0].count(tx)
			return nil
		}
		ids := map[string]bool{}
		for _, l := range in {
			c, prefix := l.bucket(tx).Cursor(), l.prefix()
			for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
				ids[string(k[len(prefix):])] = true
			}
		}
		n = len(ids)
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
