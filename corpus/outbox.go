package corpus

import (
	"encoding/binary"
	"encoding/json"

	bolt "go.etcd.io/bbolt"
)

// An Event is something to tell the outside, kept with the write that caused it until it is delivered.
type Event struct {
	Key  []byte          `json:"-"` // where it stands in the outbox
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
}

func (w *writer) events(events []Event) error {
	b := w.tx.Bucket(bOutbox)
	for i, e := range events {
		seq, err := b.NextSequence()
		if err != nil {
			return err
		}
		v, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if err := b.Put(binary.BigEndian.AppendUint16(seqKey(seq), uint16(i)), v); err != nil {
			return err
		}
	}
	return nil
}

// Outbox returns the oldest undelivered events, at most limit.
func (s *Store) Outbox(limit int) ([]Event, error) {
	var out []Event
	err := s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bOutbox).Cursor()
		for k, v := c.First(); k != nil && len(out) < limit; k, v = c.Next() {
			e := Event{Key: append([]byte(nil), k...)}
			if err := json.Unmarshal(v, &e); err != nil {
				return err
			}
			out = append(out, e)
		}
		return nil
	})
	return out, err
}

// Delivered removes events from the outbox.
func (s *Store) Delivered(events ...Event) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		for _, e := range events {
			if err := tx.Bucket(bOutbox).Delete(e.Key); err != nil {
				return err
			}
		}
		return nil
	})
}
