package corpus

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Earlier counts what is kept for the undo of an import.
type Earlier struct {
	Documents int   `json:"documents" doc:"that the import wrote and that were not put back"`
	Bytes     int64 `json:"bytes" doc:"that this takes in the store"`
}

// add counts an entry, n = 1, or takes it off, n = -1.
func (e *Earlier) add(n int, key, value []byte) {
	e.Documents += n
	e.Bytes += int64(n * (len(key) + len(value)))
}

const (
	// undoFor is how long an import can be undone.
	undoFor = 30 * 24 * time.Hour
	// sweepRows is how many entries one transaction of a sweep removes.
	sweepRows = 5_000
)

func earlierPrefix(id string) []byte { return []byte(id + "\x00") }

// keepEarlier notes under the import that writes it that a document gets a version, and keeps what it was: value as the
// store has it, nil where the document is new. What it was before the first row of an import counts.
func (w *writer) keepEarlier(doc []byte, version uint64, from origin, value []byte) error {
	b := w.tx.Bucket(bEarlier)
	b.FillPercent = .9 // numbers of new documents rise
	key := append(earlierPrefix(w.importing), doc...)
	entry := binary.BigEndian.AppendUint64(nil, version)
	if old := b.Get(key); old != nil {
		return b.Put(key, append(entry, old[8:]...))
	}
	if value != nil {
		entry = append(from.append(entry), value...)
	}
	w.earlier.add(1, key, entry)
	return b.Put(key, entry)
}

// An earlier is one entry: what a document was before an import.
type earlier struct {
	key, value []byte
}

// doc returns the document's key in the bucket of documents.
func (e earlier) doc() []byte { return e.key[len(e.key)-5:] }

// written is the version that the import gave the document.
func (e earlier) written() uint64 { return binary.BigEndian.Uint64(e.value) }

// created reports whether there was no such document before.
func (e earlier) created() bool { return len(e.value) == 8 }

// before returns the document as it was, of an entry that is not created.
func (e earlier) before(s *Store) (Doc, origin, error) {
	d, err := s.decodeDoc(e.doc(), e.value[24:])
	return d, parseOrigin(e.value[8:]), err
}

// earlierOf returns entries of an import behind a key (nil: from the first), as many as one batch holds.
func earlierOf(tx *bolt.Tx, id string, after []byte) (out []earlier) {
	prefix := earlierPrefix(id)
	c := tx.Bucket(bEarlier).Cursor()
	k, v := c.Seek(append(prefix, after[min(len(prefix), len(after)):]...))
	if after != nil && bytes.Equal(k, after) {
		k, v = c.Next()
	}
	for size := 0; bytes.HasPrefix(k, prefix) && len(out) < batchRows && size < batchBytes; k, v = c.Next() {
		out = append(out, earlier{bytes.Clone(k), bytes.Clone(v)})
		size += len(v)
	}
	return out
}

// sweep removes what is kept for imports that can't be undone any more.
func (s *Store) sweep(ctx context.Context) error {
	over, err := s.imports(func(r ImportRecord) bool {
		return r.Earlier.Documents > 0 && !s.now().Before(r.UndoUntil) && !s.works(r.ID)
	})
	if err != nil {
		return err
	}
	for _, r := range over {
		for r.Earlier.Documents > 0 {
			_, err := s.Write(ctx, Batch{Actor: "duijie", Action: "forget what was before import " + r.ID, step: func(w *writer, _ []Result) error {
				return w.forget(&r)
			}})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// forget removes some of what is kept for an import and counts that in its record.
func (w *writer) forget(r *ImportRecord) error {
	prefix := earlierPrefix(r.ID)
	var keys [][]byte
	b := w.tx.Bucket(bEarlier)
	c := b.Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix) && len(keys) < sweepRows; k, v = c.Next() {
		keys = append(keys, bytes.Clone(k))
		r.Earlier.add(-1, k, v)
	}
	for _, k := range keys {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	if len(keys) < sweepRows {
		r.Earlier = Earlier{}
	}
	return w.putImport(*r)
}

// Earlier returns what is kept for the undo of all imports together.
func (s *Store) Earlier() (sum Earlier, err error) {
	_, err = s.imports(func(r ImportRecord) bool {
		sum.Documents += r.Earlier.Documents
		sum.Bytes += r.Earlier.Bytes
		return false
	})
	return sum, err
}
