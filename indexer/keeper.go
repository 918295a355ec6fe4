package indexer

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"duijie/corpus"
)

// The match index on disk is a folder of segments and a manifest that names those that count, each with its dead
// documents. A round of the keeper writes what is in memory only into new files, together with files of that size or
// below and with those that are half dead, and then the manifest anew: beside the old one, synced, renamed. A crash at
// any moment leaves the old manifest or the new one, each with all of its files. Readers and writers don't wait for a
// round: what changes meanwhile is carried over at its end.
const (
	keepAt    = 1 << 14          // documents in memory that begin a round
	maxUnkept = 2 * keepAt       // documents in memory at which writers wait for it
	keepAfter = 30 * time.Second // from a change to a round, if there are fewer
	// A round that takes deleted words out of the files takes at most a tenth of the time: others wait nine times as long
	// as it took.
	restShare = 9

	manifestName = "manifest.json"
	segmentEnd   = ".segment"
)

// A keeper writes the match index of a Local to its folder.
type keeper struct {
	mu   sync.Mutex // one round at a time; guards what follows
	dir  string
	kept manifest
	next int // number of the next file

	// Signals, each with one slot: there is something to write; memory is full; files hold words that are not to stay.
	soon, full, purge chan struct{}
	unpurged          atomic.Bool
	quit              chan struct{}
}

// open reads the folder, or empties it where it is of no use.
func (k *keeper) open(dir string, o LocalOptions) (map[corpus.Kind]*shelf, error) {
	k.dir, k.quit = dir, make(chan struct{})
	k.soon, k.full, k.purge = make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	want := manifest{Form: segmentForm, Identity: o.Identity, Analyzer: o.Analyzer, Far: o.Far}
	shelves, err := k.read(want)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			o.Log.Warn("the match index is of no use and is made anew", "folder", dir, "error", err)
		}
		k.kept = want
		return emptyShelves(), k.empty()
	}
	if k.kept.Unpurged {
		k.wakePurge()
	}
	return shelves, k.sweep()
}

// signal fills the slot of a channel.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// wakePurge asks for a round that takes the words of dead documents out of the files.
func (k *keeper) wakePurge() {
	k.unpurged.Store(true)
	signal(k.purge)
}

func (k *keeper) stop() { close(k.quit) }

// keep runs the keeper's rounds until it is stopped, after looking through the files once.
func (l *Local) keep() {
	Background()
	l.checkFiles()
	var due, purgeDue <-chan time.Time
	rest := time.Time{} // purges wait until then
	for {
		purge := false
		select {
		case <-l.keeper.quit:
			return
		case <-l.keeper.soon:
			if due == nil {
				due = time.After(keepAfter)
			}
			continue
		case <-l.keeper.purge:
			if purgeDue == nil {
				purgeDue = time.After(max(time.Until(rest), fileWait)) // those that come at once with it are taken along
			}
			continue
		case <-l.keeper.full:
		case <-due:
		case <-purgeDue:
			purge, purgeDue = true, nil
		}
		begun := time.Now()
		due = nil
		err := l.keepRound(purge)
		if err != nil {
			l.o.Log.Error("the match index could not be written to its folder", "folder", l.keeper.dir, "error", err)
			due = time.After(keepAfter)
		}
		if purge {
			if rest = time.Now().Add(restShare * time.Since(begun)); err != nil {
				rest = time.Now().Add(keepAfter)
			}
		}
		l.writing.Lock()
		l.failed = err
		l.room.Broadcast()
		l.writing.Unlock()
	}
}

// checkFiles compares the sums of all files. A damaged index is emptied by Sync.
func (l *Local) checkFiles() {
	now, err := l.read()
	if err != nil {
		return
	}
	defer l.done(now)
	for _, s := range now.shelves {
		for i := range s.parts {
			select {
			case <-l.keeper.quit:
				return
			default:
			}
			if s.parts[i].path == "" {
				continue
			}
			if err := s.parts[i].check(); err != nil {
				l.o.Log.Error("the match index is damaged and is made anew", "error", err)
				l.damaged.Store(true)
				return
			}
		}
	}
}

// A swap is files of before and what takes their place.
type swap struct {
	from []part
	to   *segment
}

// keepRound brings the folder level with the memory, and with purge rewrites every file that has dead documents.
func (l *Local) keepRound(purge bool) (err error) {
	k := &l.keeper
	k.mu.Lock()
	defer k.mu.Unlock()
	if l.damaged.Load() {
		return nil // until it is emptied
	}
	l.writing.Lock()
	before, m := k.kept, k.kept
	m.Change, m.Segments = l.mark, nil
	m.Unpurged = k.unpurged.Load()
	if purge {
		m.Unpurged = false
		k.unpurged.Store(false)
	}
	was, err := l.read()
	l.writing.Unlock()
	if err != nil {
		return err
	}
	defer l.done(was)

	swaps := map[corpus.Kind][]swap{}
	var made []*segment
	defer func() {
		if err == nil {
			return
		}
		for _, s := range made {
			s.unmap()
			err = errors.Join(err, os.Remove(s.path))
		}
		if purge {
			k.wakePurge()
		}
	}()
	for _, kind := range corpus.Kinds {
		stay, groups := plan(was.shelves[kind].parts, purge)
		for _, p := range stay {
			m.Segments = append(m.Segments, keptSegment{filepath.Base(p.path), p.dead})
		}
		for _, group := range groups {
			name := fmt.Sprintf("%08d%s", k.next, segmentEnd)
			k.next++
			to, err := merged(kind, group).inFile(filepath.Join(k.dir, name))
			if err != nil {
				return err
			}
			made = append(made, to)
			m.Segments = append(m.Segments, keptSegment{File: name})
			swaps[kind] = append(swaps[kind], swap{group, to})
		}
	}
	if m.same(&before) {
		return nil
	}
	err = k.save(m)
	if m.same(&k.kept) {
		made = nil // they are named: they stay
	}
	if err != nil {
		return err
	}

	l.writing.Lock()
	defer l.writing.Unlock()
	shelves := maps.Clone(l.now.shelves)
	for kind, some := range swaps {
		for _, s := range some {
			shelves[kind] = shelves[kind].swapped(s)
		}
	}
	if err := l.publish(shelves); err != nil {
		return err
	}
	for _, some := range swaps {
		for _, s := range some {
			if s.to.users.Load() == 0 { // all of its documents have gone meanwhile
				s.to.unmap()
			}
		}
	}
	for _, s := range before.Segments { // readers have them mapped as long as they need them
		if !m.names(s.File) {
			err = errors.Join(err, os.Remove(filepath.Join(k.dir, s.File)))
		}
	}
	return err
}

// plan chooses which parts stay as they are and which are written anew, each group as one file.
func plan(parts []part, purge bool) (stay []part, groups [][]part) {
	var files, group []part
	sum := 0
	take := func(p part) {
		if sum+p.live > maxSegment {
			groups, group, sum = append(groups, group), nil, 0
		}
		group = append(group, p)
		sum += p.live
	}
	for _, p := range parts {
		if p.path == "" {
			take(p)
		} else {
			files = append(files, p)
		}
	}
	slices.SortStableFunc(files, func(a, b part) int { return cmp.Compare(a.live, b.live) })
	for _, p := range files {
		worn := 2*p.live < len(p.numbers) || purge && p.live < len(p.numbers)
		if worn || p.live <= sum && sum+p.live <= maxSegment {
			take(p)
		} else {
			stay = append(stay, p)
		}
	}
	if len(group) > 0 {
		groups = append(groups, group)
	}
	return stay, groups
}

// swapped returns the shelf with the documents of the swap that are still live in the new segment.
func (s *shelf) swapped(w swap) *shelf {
	old := &shelf{kind: s.kind}
	parts := make([]part, 0, len(s.parts)+1)
	for _, p := range s.parts {
		if slices.ContainsFunc(w.from, func(f part) bool { return f.segment == p.segment }) {
			old.parts = append(old.parts, p)
		} else {
			parts = append(parts, p)
		}
	}
	var dead bitmap
	for at, number := range w.to.numbers {
		if !old.has(number) {
			if dead == nil {
				dead = make(bitmap, (len(w.to.numbers)+63)/64)
			}
			dead[at>>6] |= 1 << (at & 63)
		}
	}
	return newShelf(s.kind, append(parts, newPart(w.to, dead)))
}
