package indexer

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"duijie/corpus"
)

// A farFile keeps what an outside model said. It is derived, but dear: a small model on two cores makes some thirty
// documents a second.
//
//	bucket   key                            value
//	mark     mark                           farMark, JSON
//	mark     frame                          frame, JSON
//	vectors  kind, 0, number (4 bytes, BE)  fingerprint of the texts (16 bytes), vector (a byte a dimension)
type farFile struct{ db *bbolt.DB }

// farForm changes when what is written changes its meaning, so that files of before are made anew.
const farForm = 1

var markBucket, vectorBucket = []byte("mark"), []byte("vectors")

// A farMark says what a file was made for.
type farMark struct {
	Form     int    `json:"form"`
	Identity string `json:"identity"` // of the store
	Model    string `json:"model"`
	Measure  string `json:"measure"` // what its frame was made with
}

// openFarFile opens the file if it has this mark, and else makes it anew and empty.
func openFarFile(path string, want farMark, log *slog.Logger) (*farFile, error) {
	f := &farFile{}
	have, err := f.open(path)
	if err == nil && have == want {
		return f, nil
	}
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, &corpus.Error{Code: corpus.Unavailable, Message: path + " is in use by another process",
			Fix: "stop the other duijie, or give another --data", Err: err}
	}
	if err != nil || have.Form != 0 {
		log.Warn("the vectors of the outside model are of no use and are made anew", "file", path, "made by", have.Model, "error", err)
	}
	err = f.close()
	if err := errors.Join(err, os.RemoveAll(path)); err != nil {
		return nil, fmt.Errorf("empty the file of vectors: %w", err)
	}
	if _, err := f.open(path); err != nil {
		return nil, err
	}
	if err := f.set("mark", want); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// copy writes what is kept to a new file.
func (f *farFile) copy(path string) error {
	return f.db.View(func(tx *bbolt.Tx) error { return tx.CopyFile(path, 0o600) })
}

func (f *farFile) open(path string) (m farMark, err error) {
	defer func() {
		if r := recover(); r != nil { // bbolt trusts its files
			err = fmt.Errorf("%s is damaged: %v", path, r)
		}
	}()
	if f.db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second}); err != nil {
		return m, fmt.Errorf("open the file of vectors: %w", err)
	}
	err = f.db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(vectorBucket)
		if err == nil {
			_, err = tx.CreateBucketIfNotExists(markBucket)
		}
		return err
	})
	if err != nil {
		return m, err
	}
	_, err = f.get("mark", &m)
	return m, err
}

func (f *farFile) close() error {
	if f.db == nil {
		return nil
	}
	return f.db.Close()
}

// get reads a value of the mark bucket and reports whether there is one.
func (f *farFile) get(key string, v any) (found bool, err error) {
	err = f.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(markBucket).Get([]byte(key))
		if found = b != nil; !found {
			return nil
		}
		return json.Unmarshal(b, v)
	})
	return found, err
}

func (f *farFile) set(key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return f.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(markBucket).Put([]byte(key), b) })
}

func farKey(r Ref) []byte {
	return binary.BigEndian.AppendUint32(append([]byte(r.Kind), 0), r.Number)
}

// read gives each subject the vector that was kept of just its texts.
func (f *farFile) read(all []subject) error {
	return f.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(vectorBucket)
		for _, s := range all {
			row, ok := bytes.CutPrefix(b.Get(farKey(s.entry.Ref)), s.fingerprint())
			if !ok {
				continue
			}
			s.entry.Far = make(Vector, len(row))
			for d, x := range row {
				s.entry.Far[d] = int8(x)
			}
		}
		return nil
	})
}

// write keeps the vectors of the documents among all in one synced transaction.
func (f *farFile) write(all []subject) error {
	all = slices.DeleteFunc(slices.Clone(all), func(s subject) bool { return s.entry.Number == 0 })
	if len(all) == 0 {
		return nil
	}
	return f.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(vectorBucket)
		for _, s := range all {
			row := s.fingerprint()
			for _, x := range s.entry.Far {
				row = append(row, byte(x))
			}
			if err := b.Put(farKey(s.entry.Ref), row); err != nil {
				return err
			}
		}
		return nil
	})
}

// forget removes the vectors of documents.
func (f *farFile) forget(refs []Ref) error {
	if len(refs) == 0 {
		return nil
	}
	return f.db.Update(func(tx *bbolt.Tx) error {
		for _, r := range refs {
			if err := tx.Bucket(vectorBucket).Delete(farKey(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

// refs lists the documents that the file has vectors of.
func (f *farFile) refs() ([]Ref, error) {
	var out []Ref
	err := f.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(vectorBucket).ForEach(func(k, _ []byte) error {
			if kind, number, ok := bytes.Cut(k, []byte{0}); ok && len(number) == 4 {
				out = append(out, Ref{corpus.Kind(kind), binary.BigEndian.Uint32(number)})
			}
			return nil
		})
	})
	return out, err
}
