package corpus

import (
	"bytes"
	"encoding/binary"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// bLinked says which documents name another one, or an organisation. It knows nothing of status and disclosure: who finds
// a document here looks at it too.
var bLinked = []byte("linked")

// A Place names a document by its number.
type Place struct {
	Kind   Kind
	Number uint32
}

// What a row begins with that is about an organisation, where others have the byte of a kind.
const (
	orgByName = 'o' // then OrgKey
	orgByCode = 'c' // then the credit code
)

// named are what d names: documents, and its organisation by name and by code.
func named(d *Doc) [][]byte {
	out := orgsOf(d)
	for _, l := range d.Links {
		out = append(out, idKey(l.Kind, l.ID))
	}
	return out
}

func orgsOf(d *Doc) (out [][]byte) {
	if key := OrgKey(d.Org); key != "" {
		out = append(out, append([]byte{orgByName}, key...))
	}
	if d.OrgCode != "" {
		out = append(out, append([]byte{orgByCode}, d.OrgCode...))
	}
	return out
}

func linkedRow(named, doc []byte) []byte { return slices.Concat(named, []byte{0}, doc) }

func (w *writer) putLinked(d *Doc) error {
	b, doc := w.tx.Bucket(bLinked), docKey(d.Kind, d.Number)
	for _, n := range named(d) {
		if err := b.Put(linkedRow(n, doc), nil); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) dropLinked(d *Doc) error {
	b, doc := w.tx.Bucket(bLinked), docKey(d.Kind, d.Number)
	for _, n := range named(d) {
		if err := b.Delete(linkedRow(n, doc)); err != nil {
			return err
		}
	}
	return nil
}

// LinkedTo returns the documents that link to one of some, whatever their status, by kind and number.
func (s *Store) LinkedTo(links ...Link) ([]Place, error) {
	var keys [][]byte
	for _, l := range links {
		keys = append(keys, idKey(l.Kind, l.ID))
	}
	return s.naming(keys)
}

// OfOrg returns the documents whose organisation has the name, as OrgKey folds it, or the credit code of d's, d among them:
// whatever their status, by kind and number.
func (s *Store) OfOrg(d *Doc) ([]Place, error) { return s.naming(orgsOf(d)) }

func (s *Store) naming(keys [][]byte) (out []Place, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		b := tx.Bucket(bLinked)
		if b == nil { // a store that was opened to be read only, written before there was one
			return nil
		}
		c := b.Cursor()
		for _, key := range keys {
			prefix := linkedRow(key, nil)
			for row, _ := c.Seek(prefix); bytes.HasPrefix(row, prefix); row, _ = c.Next() {
				doc := row[len(prefix):]
				if len(doc) != len(docKey("", 0)) { // it is about a longer id, which may hold any byte
					continue
				}
				if i := slices.IndexFunc(Kinds, func(k Kind) bool { return kindByte(k) == doc[0] }); i >= 0 {
					out = append(out, Place{Kinds[i], binary.BigEndian.Uint32(doc[1:])})
				}
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Place) int {
		if a.Kind != b.Kind {
			return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind)
		}
		return int(a.Number) - int(b.Number)
	})
	return slices.Compact(out), err
}

// OneOrg reports whether two documents name the same organisation: by its credit code where both give it, else by its name.
func OneOrg(a, b *Doc) bool {
	if a.OrgCode != "" && b.OrgCode != "" {
		return a.OrgCode == b.OrgCode
	}
	key := OrgKey(a.Org)
	return key != "" && key == OrgKey(b.Org)
}

// fillLinked makes the bucket in a store that was written before there was one.
func (s *Store) fillLinked(tx *bolt.Tx) error {
	return s.fill(tx, bLinked, func(d *Doc, doc []byte) (rows [][]byte) {
		for _, n := range named(d) {
			rows = append(rows, linkedRow(n, doc))
		}
		return rows
	})
}
