package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A Merge makes one document of two: Into takes over what it lacks (Doc.Unite), ID goes away and leads to it. Into may be
// the id of a document that was merged itself: then what that leads to is meant.
type Merge struct {
	Kind     Kind
	ID, Into string
}

// A Merged is a document that was merged into another.
type Merged struct {
	Kind  Kind      `json:"kind" enum:"achievement,need,expert,project"`
	ID    string    `json:"id"`
	Into  string    `json:"into" doc:"id of the document that took over; it may have been merged itself since"`
	Title string    `json:"title" doc:"of the document that went away"`
	By    string    `json:"by" doc:"who merged, as key:ID"`
	At    time.Time `json:"at"`
}

// A mergedRow is what the store keeps of a merge.
type mergedRow struct {
	Merged
	Seq uint64 // of the change that removed the document: merges into one document are ordered by it
	Was Doc
	// The document that took over, right before and after; nil once it was deleted, when there is nothing to restore.
	Before, After *Doc
}

var bMerged, bAliases = []byte("merged"), []byte("aliases")

// A MovedError is the cause of a NotFound error for a document that was merged into another.
type MovedError struct {
	Kind     Kind
	ID, Into string // Into is where the way ends, through other merges too
	Was      Status // that it had
}

func (e *MovedError) Error() string {
	return fmt.Sprintf("%s %q was merged into %q", e.Kind, e.ID, e.Into)
}

// into returns the id that id was merged into, "" where it was not.
func into(tx *bolt.Tx, k Kind, id string) string {
	b := tx.Bucket(bMerged)
	if b == nil { // a store that was opened to be read only, written before there were merges
		return ""
	}
	to, _, _ := bytes.Cut(b.Get(idKey(k, id)), []byte{0})
	return string(to)
}

// resolve follows merges to their end; id itself where it was not merged. Write makes no circles.
func resolve(tx *bolt.Tx, k Kind, id string) string {
	for {
		to := into(tx, k, id)
		if to == "" {
			return id
		}
		id = to
	}
}

// Resolve returns the id to which id leads through merges: id itself where it was not merged. Whether there is such a
// document it does not say.
func (s *Store) Resolve(k Kind, id string) (string, error) {
	err := s.db.View(func(tx *bolt.Tx) error {
		id = resolve(tx, k, id)
		return nil
	})
	return id, err
}

// Both returns a document that was merged into another, and that other, as they were right before; of one that was deleted
// since, its id only. The error has code NotFound where there was no merge.
func (s *Store) Both(k Kind, id string) (was, onto Doc, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		m, err := s.mergedRow(tx, k, id)
		if err != nil {
			return err
		}
		was, onto = m.Was, Doc{Kind: k, ID: m.Into}
		if m.Before != nil {
			onto = *m.Before
		}
		return nil
	})
	return was, onto, err
}

// Aliases returns the ids that lead to id through merges, those nearer to it first.
func (s *Store) Aliases(k Kind, id string) (ids []string, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		ids = aliases(tx, k, id)
		for i := 0; i < len(ids); i++ {
			ids = append(ids, aliases(tx, k, ids[i])...)
		}
		return nil
	})
	return ids, err
}

func aliasKey(k Kind, to, id string) []byte { return append(idKey(k, to), "\x00"+id...) }

// aliases are the ids that were merged into id itself.
func aliases(tx *bolt.Tx, k Kind, id string) (ids []string) {
	b := tx.Bucket(bAliases)
	if b == nil {
		return nil
	}
	prefix := aliasKey(k, id, "")
	c := b.Cursor()
	for key, _ := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = c.Next() {
		ids = append(ids, string(key[len(prefix):]))
	}
	return ids
}

// Merges yields the merges of a kind that were not taken back, by the id that went away, from the one behind after.
func (s *Store) Merges(k Kind, after string) iter.Seq2[Merged, error] {
	return func(yield func(Merged, error) bool) {
		for {
			var some []Merged
			err := s.db.View(func(tx *bolt.Tx) error {
				b := tx.Bucket(bMerged)
				if b == nil {
					return nil
				}
				c := b.Cursor()
				for key, _ := c.Seek(append(idKey(k, after), 0)); key != nil && key[0] == kindByte(k) && len(some) < recordsAtOnce; key, _ = c.Next() {
					m, err := s.mergedRow(tx, k, string(key[1:]))
					if err != nil {
						return err
					}
					some = append(some, m.Merged)
				}
				return nil
			})
			if err != nil {
				yield(Merged{}, err)
				return
			}
			for _, m := range some {
				if !yield(m, nil) {
					return
				}
				after = m.ID
			}
			if len(some) < recordsAtOnce {
				return
			}
		}
	}
}

// mergedRow returns what is kept of a merge, an error of code NotFound where there was none.
func (s *Store) mergedRow(tx *bolt.Tx, k Kind, id string) (*mergedRow, error) {
	_, packed, ok := bytes.Cut(tx.Bucket(bMerged).Get(idKey(k, id)), []byte{0})
	if !ok {
		e := Errorf(NotFound, "%s %q was not merged into another", k, id)
		e.Fix = "duijie merges lists what was"
		return nil, e
	}
	m := &mergedRow{}
	return m, s.unpack(packed, m)
}

func (w *writer) putMerged(m *mergedRow) error {
	packed, err := w.s.pack(m)
	if err != nil {
		return err
	}
	return errors.Join(w.tx.Bucket(bMerged).Put(idKey(m.Kind, m.ID), append([]byte(m.Into+"\x00"), packed...)),
		w.tx.Bucket(bAliases).Put(aliasKey(m.Kind, m.Into, m.ID), nil))
}

func (w *writer) merge(m Merge, actor string) (Result, error) {
	r := Result{Outcome: Unchanged, Kind: m.Kind, ID: resolve(w.tx, m.Kind, m.Into)}
	if to := into(w.tx, m.Kind, m.ID); to != "" {
		e := Errorf(Conflict, "%s %q was merged into %q already", m.Kind, m.ID, to)
		e.Fix = "take that back first, or merge what it leads to"
		return r, e
	}
	if r.ID == m.ID {
		e := Errorf(Conflict, "%s %q can't be merged into itself: that is where %q leads", m.Kind, m.ID, m.Into)
		e.Fix = "name another document, or take the earlier merge back"
		return r, e
	}
	was, err := w.s.get(w.tx, m.Kind, m.ID)
	if err != nil {
		return r, err
	}
	before, err := w.s.get(w.tx, m.Kind, r.ID)
	if err != nil {
		return r, err
	}
	if err := w.remove(&was, w.idRow(m.Kind, m.ID).origin); err != nil {
		return r, err
	}
	seq := w.changes[len(w.changes)-1].Seq
	after := before.Unite(was)
	if errs := after.Check(); len(errs) > 0 {
		return r, errs[0]
	}
	if r.Version, r.Outcome, err = w.replace(&before, &after, Past{Move: MoveMerge, Other: m.ID}); err != nil {
		return r, err
	}
	return r, w.putMerged(&mergedRow{Merged: Merged{Kind: m.Kind, ID: m.ID, Into: r.ID, Title: was.Title, By: actor, At: w.now},
		Seq: seq, Was: was, Before: &before, After: &after})
}

// replace writes d in the place of old where it says something else. That others are merged into a document, or no longer,
// changes nothing of where its own content is from.
func (w *writer) replace(old, d *Doc, how Past) (version uint64, o Outcome, err error) {
	d.Number, d.Version, d.Created, d.Updated = old.Number, old.Version, old.Created, old.Updated
	same, err := equalJSON(*old, *d)
	if err != nil || same {
		return old.Version, Unchanged, err
	}
	d.Version, d.Updated = old.Version+1, w.now
	return d.Version, Updated, errors.Join(w.dropText(old), w.place(d, old, TextHash(d), w.idRow(d.Kind, d.ID).origin, how))
}

// refuse is the answer to a Put of a document that was merged: it changes nothing, and whoever asks for a version or a
// new document is told.
func refuse(p Put, r Result, to string) (Result, error) {
	r.Outcome, r.Into = Unchanged, to
	if !p.IfAbsent && p.IfVersion == 0 {
		return r, nil
	}
	e := Errorf(Conflict, "%s %q was merged into %q", r.Kind, r.ID, to)
	e.Fix = "write to that one, or take the merge back"
	return r, e
}

// moved says where a document went, nil where it was not merged.
func (s *Store) moved(tx *bolt.Tx, k Kind, id string) (*MovedError, error) {
	if into(tx, k, id) == "" {
		return nil, nil
	}
	m, err := s.mergedRow(tx, k, id)
	if err != nil {
		return nil, err
	}
	return &MovedError{Kind: k, ID: id, Into: resolve(tx, k, id), Was: m.Was.Status}, nil
}
