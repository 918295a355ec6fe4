package corpus

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
)

// maxPast is how many changes of one document are remembered: a feed may change it every day.
const maxPast = 50

var bPast = []byte("past")

// A Move is a way in which a document comes to say something else.
type Move string

const (
	MoveMade    Move = "made"
	MoveEdit    Move = "edit" // by a person, or by a program over the API
	MoveImport  Move = "import"
	MoveUndo    Move = "undo"    // an import was undone
	MoveMerge   Move = "merge"   // another document was merged into it
	MoveUnmerge Move = "unmerge" // a merge into it, or of it, was taken back
	MoveForget  Move = "forget"  // what its history told before was removed; it says the same
)

// A Past is one change of a document.
type Past struct {
	At            time.Time
	By            string // Batch.Actor; "" where that is not known
	Move          Move
	Import        string // id of the import that did it or was undone
	Other         string // of a merge and of one that was taken back: id of the other document
	Before, After Doc    // Before is empty where Move is MoveMade
}

// A pastRow is what the store keeps of a change.
type pastRow struct {
	At     time.Time                  `json:"at"`
	By     string                     `json:"by,omitempty"`
	Move   Move                       `json:"move"`
	Import string                     `json:"import,omitempty"`
	Other  string                     `json:"other,omitempty"`
	Was    map[string]json.RawMessage `json:"was,omitempty"`   // what the fields that changed were before
	First  *maker                     `json:"first,omitempty"` // of the first change of a document: who made it
}

type maker struct {
	By     string `json:"by,omitempty"`
	Import string `json:"import,omitempty"`
}

// pastFields are the fields of a Doc whose changes are remembered, by their JSON names: all but what the store counts.
var pastFields = sync.OnceValue(func() map[string]int {
	fields := map[string]int{}
	t := reflect.TypeFor[Doc]()
	for i := range t.NumField() {
		switch name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name {
		case "-", "version", "created", "updated":
		default:
			fields[name] = i
		}
	}
	return fields
})

// remember keeps what a write changes of a document that is there, and forgets what is too long ago. how says Move, Import and
// Other.
func (w *writer) remember(old, d *Doc, how Past) error {
	row := pastRow{At: w.now, By: w.actor, Move: how.Move, Import: how.Import, Other: how.Other, Was: map[string]json.RawMessage{}}
	a, b := reflect.ValueOf(old).Elem(), reflect.ValueOf(d).Elem()
	for name, i := range pastFields() {
		before, after := a.Field(i), b.Field(i)
		if same(before, after) || before.Kind() == reflect.Map && before.Len()+after.Len() == 0 {
			continue
		}
		raw, err := json.Marshal(before.Interface())
		if err != nil {
			return err
		}
		row.Was[name] = raw
	}
	if old.Version == 1 {
		var err error
		if row.First, err = w.makerOf(w.idRow(d.Kind, d.ID).origin.change); err != nil {
			return err
		}
	}
	v, err := w.s.pack(row)
	if err != nil {
		return err
	}
	prefix := docKey(d.Kind, d.Number)
	past := w.tx.Bucket(bPast)
	if err := past.Put(slices.Concat(prefix, seqKey(d.Version)), v); err != nil {
		return err
	}
	if keys := keysWith(past, prefix); len(keys) > maxPast {
		return past.Delete(keys[0])
	}
	return nil
}

// makerOf is who made the change with this number, which the audit tells of but where it is of this transaction.
func (w *writer) makerOf(seq uint64) (*maker, error) {
	if seq >= w.changes[0].Seq {
		return &maker{w.actor, w.importing}, nil
	}
	a, err := w.auditOf(seq)
	return &maker{a.Actor, a.Import}, err
}

// ForgetHistory removes what is remembered of a document's changes and notes who did so, where there were any. What imports
// keep for their undo stays. Errors as those of Get.
func (s *Store) ForgetHistory(ctx context.Context, actor string, k Kind, id string) error {
	_, err := s.Write(ctx, Batch{Actor: actor, step: func(w *writer, _ []Result) error {
		d, err := s.get(w.tx, k, id)
		if err != nil || len(keysWith(w.tx.Bucket(bPast), docKey(k, d.Number))) == 0 {
			return err
		}
		v, err := s.pack(pastRow{At: w.now, By: actor, Move: MoveForget})
		if err != nil {
			return err
		}
		return errors.Join(w.forgetPast(&d), w.tx.Bucket(bPast).Put(slices.Concat(docKey(k, d.Number), seqKey(d.Version)), v))
	}})
	return err
}

// forgetPast forgets the changes of a document.
func (w *writer) forgetPast(d *Doc) error {
	past := w.tx.Bucket(bPast)
	for _, key := range keysWith(past, docKey(d.Kind, d.Number)) {
		if err := past.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

func keysWith(b *bolt.Bucket, prefix []byte) (keys [][]byte) {
	c := b.Cursor()
	for key, _ := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = c.Next() {
		keys = append(keys, bytes.Clone(key))
	}
	return keys
}

// before returns what a document was before the change that made after of it. They share nothing that is written later.
func (r *pastRow) before(after Doc) (Doc, error) {
	d := after
	v := reflect.ValueOf(&d).Elem()
	for name, raw := range r.Was {
		i, known := pastFields()[name]
		if !known {
			continue
		}
		field := v.Field(i)
		field.SetZero() // so that nothing is written into what after has
		if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
			return d, fmt.Errorf("what %s of %s %s was: %w", name, d.Kind, d.ID, err)
		}
	}
	return d, nil
}

// History returns the changes of a document that are remembered, the newest first and its making last, and whether these are
// all: the last maxPast are, and none from before a version of this program that remembers them. Errors as those of Get.
func (s *Store) History(k Kind, id string) (past []Past, whole bool, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		state, err := s.get(tx, k, id)
		if err != nil {
			return err
		}
		var first *maker
		if whole = state.Version == 1; whole {
			a, err := s.auditOf(tx, parseIDRow(tx.Bucket(bIDs).Get(idKey(k, id))).origin.change)
			if err != nil {
				return err
			}
			first = &maker{a.Actor, a.Import}
		}
		if b := tx.Bucket(bPast); b != nil {
			c, prefix := b.Cursor(), docKey(k, state.Number)
			for key, v := before(c, slices.Concat(prefix, seqKey(1<<64-1))); bytes.HasPrefix(key, prefix); key, v = c.Prev() {
				var row pastRow
				if err := s.unpack(v, &row); err != nil {
					return fmt.Errorf("change %d of %s %s: %w", binary.BigEndian.Uint64(key[len(prefix):]), k, id, err)
				}
				p := Past{At: row.At, By: row.By, Move: row.Move, Import: row.Import, Other: row.Other, After: state}
				if state, err = row.before(state); err != nil {
					return err
				}
				p.Before = state
				past, first = append(past, p), row.First
			}
		}
		made := Past{At: state.Created, Move: MoveMade, After: state}
		if whole = first != nil; whole {
			made.By, made.Import = first.By, first.Import
		}
		past = append(past, made)
		return nil
	})
	return past, whole, err
}

// A FieldChange is a field with what it said before a change and after, as exports write it; "" where it said nothing.
type FieldChange struct {
	Name   string `json:"field" doc:"JSON name of the field; extra.COLUMN of a column without one"`
	Header string `json:"-"`
	Before string `json:"before,omitempty" doc:"as exports write it; none where it said nothing, and where the caller may not read what was said earlier"`
	After  string `json:"after,omitempty" doc:"as before"`
}

// Differences returns what two states of a document say differently, in the order of exports. lang is that of the words for
// status and stage.
func Differences(a, b Doc, lang string) (out []FieldChange) {
	add := func(name, header, before, after string) {
		if before != after {
			out = append(out, FieldChange{name, header, before, after})
		}
	}
	for _, c := range columns {
		switch {
		case c.name == "status":
			add(c.name, c.header, Label(a.Status, lang), Label(b.Status, lang))
		case c.name == "stage":
			add(c.name, c.header, Label(a.Stage, lang), Label(b.Stage, lang))
		case c.name == "disclosure":
			add(c.name, c.header, levelsText(a.Disclosure, lang), levelsText(b.Disclosure, lang))
		case c.name == "extra":
			names := maps.Clone(a.Extra)
			if names == nil {
				names = map[string]string{}
			}
			maps.Copy(names, b.Extra)
			for _, name := range slices.Sorted(maps.Keys(names)) {
				add("extra."+name, name, a.Extra[name], b.Extra[name])
			}
		case c.get != nil && c.plain != nil:
			add(c.name, c.header, c.plain(&a), c.plain(&b))
		}
	}
	return out
}

func levelsText(levels map[string]Level, lang string) string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(levels)) {
		parts = append(parts, Header(strings.TrimPrefix(field, "extra."))+"："+Label(levels[field], lang))
	}
	return strings.Join(parts, "；")
}
