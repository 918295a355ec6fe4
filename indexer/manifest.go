package indexer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"duijie/corpus"
)

// A manifest says what the folder holds.
type manifest struct {
	Form     int           `json:"form"`
	Identity string        `json:"identity"`
	Analyzer string        `json:"analyzer"`
	Far      string        `json:"far,omitempty"`
	Change   corpus.Change `json:"change"`             // the last one that the folder holds
	Unpurged bool          `json:"unpurged,omitempty"` // files hold words of documents that are not to stay
	Segments []keptSegment `json:"segments"`
}

type keptSegment struct {
	File string   `json:"file"`
	Dead []uint64 `json:"dead,omitempty"` // see bitmap
}

func (k *keeper) read(want manifest) (map[corpus.Kind]*shelf, error) {
	b, err := os.ReadFile(filepath.Join(k.dir, manifestName))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &k.kept); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	if m := k.kept; m.Form != want.Form || m.Identity != want.Identity || m.Analyzer != want.Analyzer || m.Far != want.Far {
		return nil, errors.New("it was made for another store, or by another dictionary, model or program")
	}
	parts := map[corpus.Kind][]part{}
	for _, kept := range k.kept.Segments {
		s, err := mapSegment(filepath.Join(k.dir, filepath.Base(kept.File)))
		if err == nil && len(kept.Dead) > 0 && len(kept.Dead) != (len(s.numbers)+63)/64 {
			err = fmt.Errorf("the dead documents of %s don't fit it", kept.File)
		}
		if err != nil {
			for _, some := range parts {
				for i := range some {
					some[i].unmap()
				}
			}
			return nil, fmt.Errorf("%s: %v", kept.File, err) // not that the manifest is missing
		}
		parts[s.kind] = append(parts[s.kind], newPart(s, kept.Dead))
	}
	shelves := emptyShelves()
	for kind, some := range parts {
		shelves[kind] = newShelf(kind, some)
	}
	return shelves, nil
}

// sweep removes the files that the manifest doesn't name: those of a round that was cut short.
func (k *keeper) sweep() error {
	files, err := os.ReadDir(k.dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		var number int
		if _, err := fmt.Sscanf(f.Name(), "%d"+segmentEnd, &number); err == nil {
			k.next = max(k.next, number+1)
		}
		if strings.HasSuffix(f.Name(), segmentEnd) && !k.kept.names(f.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(k.dir, f.Name())))
		}
	}
	return err
}

// empty removes the manifest and all segments; readers have those mapped that they need.
func (k *keeper) empty() error {
	k.kept.Change, k.kept.Segments = corpus.Change{}, nil
	if err := os.Remove(filepath.Join(k.dir, manifestName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.Join(syncDir(k.dir), k.sweep())
}

// save writes the manifest.
func (k *keeper) save(m manifest) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	path := filepath.Join(k.dir, manifestName)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the manifest of the match index: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	k.kept = m
	return syncDir(k.dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (m *manifest) names(file string) bool {
	return slices.ContainsFunc(m.Segments, func(s keptSegment) bool { return s.File == file })
}

// same reports whether two manifests of one folder say the same.
func (m *manifest) same(other *manifest) bool {
	return m.Change == other.Change && m.Unpurged == other.Unpurged && slices.EqualFunc(m.Segments, other.Segments, func(a, b keptSegment) bool {
		return a.File == b.File && slices.Equal(a.Dead, b.Dead)
	})
}
