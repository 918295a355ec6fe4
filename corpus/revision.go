package corpus

import (
	"bytes"
	"reflect"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A Revision is one change of what everybody may read of a document.
type Revision struct {
	Time   time.Time
	Fields []FieldName // that changed
}

// Revisions returns what the store can tell of a document's changes, newest first. It keeps what documents were before an
// import for as long as that can be undone, 30 days, and nothing else of earlier versions: a change is known where what
// stood before and after it are both kept. Changes of fields that are not open to everybody are left out, and so are those
// from and to a state that was not published. A document that is not there has none.
func (s *Store) Revisions(k Kind, number uint32) ([]Revision, error) {
	var states []Doc // that are kept, the document itself last
	written := map[uint64]Doc{}
	err := s.db.View(func(tx *bolt.Tx) error {
		key := docKey(k, number)
		value := tx.Bucket(bDocs).Get(key)
		kept := tx.Bucket(bEarlier)
		if value == nil || kept == nil {
			return nil
		}
		c := kept.Cursor()
		for at, _ := c.First(); at != nil; {
			id, _, _ := bytes.Cut(at, []byte{0})
			id = bytes.Clone(id)
			if v := kept.Get(append(earlierPrefix(string(id)), key...)); v != nil {
				if e := (earlier{append(earlierPrefix(string(id)), key...), v}); !e.created() {
					before, _, err := e.before(s)
					if err != nil {
						return err
					}
					states, written[e.written()] = append(states, before), before
				}
			}
			at, _ = c.Seek(append(id, 1)) // the next import
		}
		now, err := s.decodeDoc(key, value)
		states = append(states, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Revision
	for i := range states {
		after := &states[i]
		before, known := written[after.Version]
		if !known || before.Status != Published || after.Status != Published {
			continue
		}
		if fields := differing(before.Public(), after.Public()); len(fields) > 0 {
			out = append(out, Revision{after.Updated, fields})
		}
	}
	slices.SortFunc(out, func(a, b Revision) int { return b.Time.Compare(a.Time) })
	return out, nil
}

// differing names the fields in which two documents differ, in the order of an export.
func differing(a, b Doc) []FieldName {
	var out []FieldName
	for _, c := range columns {
		if c.get != nil && !reflect.DeepEqual(c.get(&a), c.get(&b)) {
			out = append(out, FieldName{c.name, c.header})
		}
	}
	return out
}
