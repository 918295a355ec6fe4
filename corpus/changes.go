package corpus

import (
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A Change is one numbered write of a document or a market record. Sequence numbers rise by one without gaps.
type Change struct {
	Seq     uint64 `json:"seq"`
	Kind    Kind   `json:"kind,omitempty"` // of a document
	Number  uint32 `json:"number,omitempty"`
	Table   string `json:"table,omitempty"` // of a record
	ID      string `json:"id"`
	Version uint64 `json:"version"`
	Deleted bool   `json:"deleted,omitempty"`
	Hidden  bool   `json:"hidden,omitempty"` // of a document that was published neither before nor after
	// Nonce is random: it tells this change from the one that has its number in another copy of the store, restored from
	// a backup and written further.
	Nonce uint64 `json:"nonce,omitempty"`
}

func (w *writer) change(c Change) error {
	b := w.tx.Bucket(bChanges)
	seq, err := b.NextSequence()
	if err != nil {
		return err
	}
	c.Seq, c.Nonce = seq, rand.Uint64()
	v, err := json.Marshal(c)
	if err != nil {
		return err
	}
	w.changes = append(w.changes, c)
	return b.Put(seqKey(seq), v)
}

// Changes returns up to limit changes with a sequence number greater than after, in order.
func (s *Store) Changes(after uint64, limit int) ([]Change, error) {
	var out []Change
	err := s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bChanges).Cursor()
		for k, v := c.Seek(seqKey(after + 1)); k != nil && len(out) < limit; k, v = c.Next() {
			var ch Change
			if err := json.Unmarshal(v, &ch); err != nil {
				return err
			}
			out = append(out, ch)
		}
		return nil
	})
	return out, err
}

// Change returns the change of a sequence number; zeros where there is none.
func (s *Store) Change(seq uint64) (Change, error) {
	if seq == 0 {
		return Change{}, nil
	}
	found, err := s.Changes(seq-1, 1)
	if err != nil || len(found) == 0 || found[0].Seq != seq {
		return Change{}, err
	}
	return found[0], nil
}

// LastChange returns the highest sequence number given, 0 for an empty store.
func (s *Store) LastChange() (uint64, error) {
	var seq uint64
	err := s.db.View(func(tx *bolt.Tx) error {
		seq = lastSeq(tx)
		return nil
	})
	return seq, err
}

var kUnmarked = []byte("unmarked")

// Unmarked is the sequence number up to which changes may lack Hidden: the last one when a program that marks it first
// opened the store, 0 where it made the store.
func (s *Store) Unmarked() uint64 { return s.unmarked }

func unmarked(tx *bolt.Tx) uint64 {
	if meta := tx.Bucket(bMeta); meta == nil {
		return 0
	} else if v := meta.Get(kUnmarked); v != nil {
		return binary.BigEndian.Uint64(v)
	}
	return lastSeq(tx)
}

func lastSeq(tx *bolt.Tx) uint64 {
	k, _ := tx.Bucket(bChanges).Cursor().Last()
	if k == nil {
		return 0
	}
	return binary.BigEndian.Uint64(k)
}

// LastDocument returns the last change of a document, and when it was written; zeros where there was none.
func (s *Store) LastDocument() (last Change, at time.Time, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bChanges).Cursor()
		for k, v := c.Last(); k != nil && last.Seq == 0; k, v = c.Prev() {
			var ch Change
			if err := json.Unmarshal(v, &ch); err != nil {
				return err
			}
			if ch.Table == "" {
				last = ch
			}
		}
		if last.Seq == 0 {
			return nil
		}
		var a Audit
		if _, v := tx.Bucket(bAudit).Cursor().Seek(seqKey(last.Seq)); v != nil {
			if err := s.unpack(v, &a); err != nil {
				return err
			}
		}
		at = a.Time
		return nil
	})
	return last, at, err
}
