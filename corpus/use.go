package corpus

import (
	"encoding/binary"
	"time"

	bolt "go.etcd.io/bbolt"
)

var bUses = []byte("uses")

// A Use says when a record was last used: a key, an account, a session.
type Use struct {
	Table, ID string
	At        time.Time // to the second
}

// Used keeps uses. They are no changes of the records: no version, change row or audit entry tells of them.
func (s *Store) Used(uses ...Use) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(bUses)
		if err != nil {
			return err
		}
		for _, u := range uses {
			if err := b.Put(recordKey(u.Table, u.ID), binary.BigEndian.AppendUint64(nil, uint64(u.At.Unix()))); err != nil {
				return err
			}
		}
		return nil
	})
}

// LastUse returns when a record was last used, the zero time where that is not known.
func (s *Store) LastUse(table, id string) (at time.Time, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		if b := tx.Bucket(bUses); b != nil {
			if v := b.Get(recordKey(table, id)); v != nil {
				at = time.Unix(int64(binary.BigEndian.Uint64(v)), 0).UTC()
			}
		}
		return nil
	})
	return at, err
}

// unused forgets the last use of a record that is removed.
func (w *writer) unused(table, id string) error {
	if b := w.tx.Bucket(bUses); b != nil {
		return b.Delete(recordKey(table, id))
	}
	return nil
}
