package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Contents are what a truth file holds.
type Contents struct {
	Identity  string       `json:"identity"`  // of the store
	Documents map[Kind]int `json:"documents"` // of any status
	Records   int          `json:"records"`   // market records, keys, imports
	Changes   uint64       `json:"changes"`   // sequence number of the last change
}

// Verify reads a truth file that no program has open: all its pages, and each document, record and audit entry. Its error
// has code Invalid where the file is damaged, cut off or none of ours, and names the first thing that is wrong.
func Verify(path string) (Contents, error) {
	c := Contents{Documents: map[Kind]int{}}
	if err := wholeFile(path); err != nil {
		return c, err
	}
	s, err := openFile(path, Options{ReadOnly: true})
	if err == nil {
		c.Identity = s.identity
		err = errors.Join(s.db.View(func(tx *bolt.Tx) error { return s.verify(tx, &c) }), s.Close())
	}
	if err != nil && !errors.Is(err, ErrLocked) {
		err = damaged(path, err)
	}
	return c, err
}

func damaged(path string, err error) error {
	return &Error{Code: Invalid, Message: fmt.Sprintf("%s is no whole copy of a store: %v", path, err), Fix: "take another backup", Err: err}
}

// wholeFile returns an error for a file that is shorter than it says: what is behind the end can't be read without a crash.
func wholeFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	db, err := bolt.Open(path, 0, &bolt.Options{Timeout: time.Second, ReadOnly: true})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return locked(path)
	}
	if err != nil {
		return damaged(path, err)
	}
	var says int64
	err = db.View(func(tx *bolt.Tx) error {
		says = tx.Size()
		return nil
	})
	if err = errors.Join(err, db.Close()); err == nil && says > info.Size() {
		err = fmt.Errorf("it ends after %d of %d bytes", info.Size(), says)
	}
	if err != nil {
		return damaged(path, err)
	}
	return nil
}

func (s *Store) verify(tx *bolt.Tx, c *Contents) error {
	var wrong error
	for err := range tx.Check() { // to its end: it reads pages beside
		if wrong == nil {
			wrong = err
		}
	}
	if wrong != nil {
		return wrong
	}
	err := tx.Bucket(bDocs).ForEach(func(k, v []byte) error {
		d, err := s.decodeDoc(k, v)
		if err == nil && !bytes.Equal(k, docKey(d.Kind, d.Number)) {
			err = fmt.Errorf("%s %s stands at the place of another", d.Kind, d.ID)
		}
		c.Documents[d.Kind]++
		return err
	})
	if err != nil {
		return err
	}
	err = tx.Bucket(bRecords).ForEach(func(k, v []byte) error {
		var r Record
		if err := s.unpack(v, &r); err != nil {
			return fmt.Errorf("record %q: %w", k, err)
		}
		c.Records++
		return nil
	})
	if err != nil {
		return err
	}
	c.Changes = lastSeq(tx)
	return tx.Bucket(bAudit).ForEach(func(k, v []byte) error {
		var a Audit
		if err := s.unpack(v, &a); err != nil {
			return fmt.Errorf("audit entry %x: %w", k, err)
		}
		return nil
	})
}
