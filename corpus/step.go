package corpus

import (
	"bytes"
	"time"

	bolt "go.etcd.io/bbolt"
)

var bSteps = []byte("steps")

// A Step is one write of a record, as its history tells of it.
type Step struct {
	Version uint64    `json:"version" doc:"of the record, since"`
	At      time.Time `json:"at"`
	By      string    `json:"by" doc:"who did it, as key:ID or account:ID"`
	Move    string    `json:"move" doc:"create, update, delete, or the state that it was moved to"`
}

func stepsKey(table, id string) []byte { return append(recordKey(table, id), 0) }

func (w *writer) step(r Record) error {
	v, err := w.s.pack(Step{Version: r.Version, At: w.now, By: w.actor, Move: r.Move})
	if err != nil {
		return err
	}
	seq := w.changes[len(w.changes)-1].Seq
	return w.tx.Bucket(bSteps).Put(append(stepsKey(r.Table, r.ID), seqKey(seq)...), v)
}

// Steps returns what was done with a record, the newest first, at most limit.
func (s *Store) Steps(table, id string, limit int) (steps []Step, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		prefix := stepsKey(table, id)
		c := tx.Bucket(bSteps).Cursor()
		for k, v := before(c, append(prefix, seqKey(1<<64-1)...)); bytes.HasPrefix(k, prefix) && len(steps) < limit; k, v = c.Prev() {
			var one Step
			if err := s.unpack(v, &one); err != nil {
				return err
			}
			steps = append(steps, one)
		}
		return nil
	})
	return steps, err
}

// before moves a cursor to the last key that is less.
func before(c *bolt.Cursor, key []byte) (k, v []byte) {
	if k, _ := c.Seek(key); k == nil {
		return c.Last()
	}
	return c.Prev()
}
