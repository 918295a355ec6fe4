package corpus

import (
	"time"

	bolt "go.etcd.io/bbolt"
)

// An Audit entry says who did what and when; First and Last are the sequence numbers of the changes it made.
type Audit struct {
	Time   time.Time `json:"time"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	First  uint64    `json:"first"`
	Last   uint64    `json:"last"`
	Import string    `json:"import,omitempty"` // that wrote it
}

func (w *writer) audit(actor, action string) error {
	last := w.changes[len(w.changes)-1].Seq
	v, err := w.s.pack(Audit{Time: w.now, Actor: actor, Action: action, First: w.changes[0].Seq, Last: last, Import: w.importing})
	if err != nil {
		return err
	}
	return w.tx.Bucket(bAudit).Put(seqKey(last), v)
}

// auditOf returns the entry of the change with this number; the zero Audit where that is not known.
func (w *writer) auditOf(seq uint64) (a Audit, err error) { return w.s.auditOf(w.tx, seq) }

func (s *Store) auditOf(tx *bolt.Tx, seq uint64) (a Audit, err error) {
	if _, v := tx.Bucket(bAudit).Cursor().Seek(seqKey(seq)); v != nil && seq > 0 {
		err = s.unpack(v, &a)
	}
	return a, err
}

// Audits returns the newest entries first, at most limit.
func (s *Store) Audits(limit int) ([]Audit, error) {
	var out []Audit
	err := s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bAudit).Cursor()
		for k, v := c.Last(); k != nil && len(out) < limit; k, v = c.Prev() {
			var a Audit
			if err := s.unpack(v, &a); err != nil {
				return err
			}
			out = append(out, a)
		}
		return nil
	})
	return out, err
}
