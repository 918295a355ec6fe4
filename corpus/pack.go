package corpus

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

var bFiles = []byte("files")

// PackFiles puts the files of a folder, which may be missing, into a truth file that no program has open: a backup then holds them too.
func PackFiles(path, dir string) (err error) {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(list) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Sync(), db.Close()) }()
	for _, entry := range list {
		if !entry.Type().IsRegular() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if errors.Is(err, fs.ErrNotExist) { // deleted meanwhile
			continue
		}
		if err == nil {
			err = db.Update(func(tx *bolt.Tx) error {
				b, err := tx.CreateBucketIfNotExists(bFiles)
				if err != nil {
					return err
				}
				return b.Put([]byte(entry.Name()), content)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// UnpackFiles writes the files that a backup brought into a folder, and takes them out of the store once they are on disk.
func (s *Store) UnpackFiles(dir string) error {
	packed := false
	err := s.db.View(func(tx *bolt.Tx) error {
		b := tx.Bucket(bFiles)
		if packed = b != nil; !packed {
			return nil
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		return b.ForEach(func(name, content []byte) error {
			if string(name) != filepath.Base(string(name)) {
				return Errorf(Invalid, "the backup holds a file with the name %q", name)
			}
			return writeWhole(filepath.Join(dir, string(name)), content)
		})
	})
	if err != nil || !packed {
		return err
	}
	return s.db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket(bFiles) })
}

// writeWhole writes a file that is not there yet; one with the same content stays.
func writeWhole(path string, content []byte) error {
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, content) {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}
