package corpus

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"math"
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

// LinkedTo returns the documents of a kind that link to one of some, whatever their status, by number: the newest, most at most.
func (s *Store) LinkedTo(k Kind, most int, links ...Link) (out []Place, err error) {
	var keys [][]byte
	for _, l := range links {
		keys = append(keys, idKey(l.Kind, l.ID))
	}
	err = s.db.View(func(tx *bolt.Tx) error {
		for _, n := range slices.Backward(newestNaming(tx, keys, k, most)) {
			out = append(out, Place{k, n})
		}
		return nil
	})
	return out, err
}

// OfOrg yields the documents of a kind whose organisation has the name, as OrgKey folds it, or the credit code of d's, d among
// them: whatever their status, the newest first, most at most. A document is read when its turn comes, all in one transaction:
// who is given them writes nothing before the end.
func (s *Store) OfOrg(d *Doc, k Kind, most int) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		err := s.db.View(func(tx *bolt.Tx) error {
			for _, n := range newestNaming(tx, orgsOf(d), k, most) {
				key := docKey(k, n)
				other, err := s.decodeDoc(key, tx.Bucket(bDocs).Get(key))
				if err != nil {
					return err
				}
				if !yield(other, nil) {
					break
				}
			}
			return nil
		})
		if err != nil {
			yield(Doc{}, err)
		}
	}
}

// newestNaming returns the numbers of the documents of a kind that name one of keys, from the highest on, most at most. It goes
// over no more rows than that for each key.
func newestNaming(tx *bolt.Tx, keys [][]byte, k Kind, most int) (numbers []uint32) {
	b := tx.Bucket(bLinked)
	if b == nil { // a store that was opened to be read only, written before there was one
		return nil
	}
	c := b.Cursor()
	for _, key := range keys {
		prefix, found := linkedRow(key, []byte{kindByte(k)}), 0
		for row, _ := before(c, linkedRow(key, docKey(k, math.MaxUint32))); bytes.HasPrefix(row, prefix) && found < most; row, _ = c.Prev() {
			if number := row[len(prefix):]; len(number) == 4 { // else it is about a longer id, which may hold any byte
				numbers = append(numbers, binary.BigEndian.Uint32(number))
				found++
			}
		}
	}
	slices.SortFunc(numbers, func(a, b uint32) int { return cmp.Compare(b, a) })
	numbers = slices.Compact(numbers)
	return numbers[:min(most, len(numbers))]
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
