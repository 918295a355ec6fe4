package indexer

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"

	"duijie/corpus"
)

// LocalOptions say what a Local engine is for. All but Log are needed.
type LocalOptions struct {
	Identity string                    // of the store whose documents it holds
	Analyzer string                    // the analyzer's name; entries of another one don't compare
	IDF      func(word string) float64 // of a folded word
	Cut      func(text string) []Token // as the analyzer cuts, for what people type
	Log      *slog.Logger              // slog.Default()
}

// A Local is the built-in Engine: postings, vectors and columns in memory, the full text in a folder. What is in the
// folder carries a mark, so that Sync knows what is missing; memory is filled anew at each start.
type Local struct {
	o       LocalOptions
	writing sync.Mutex // one writer at a time

	mu      sync.RWMutex // held by readers while they read, by the writer only to show what it has written
	shelves map[corpus.Kind]*shelf
	text    *fulltext

	unpurged chan struct{} // has a value when the folder may hold removed text; one slot, sent to by who holds writing
	purged   chan struct{} // closed when the purger has ended
}

// OpenLocal opens the engine in dir. A folder that is damaged, or was made for another store or by another analyzer,
// is emptied: see Mark.
func OpenLocal(dir string, o LocalOptions) (*Local, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	text, err := openFulltext(filepath.Join(dir, "text"), folderMark{Form: fulltextForm, Identity: o.Identity, Analyzer: o.Analyzer}, o.Log)
	if err != nil {
		return nil, err
	}
	l := &Local{o: o, text: text, unpurged: make(chan struct{}, 1), purged: make(chan struct{})}
	l.clear()
	l.wakePurger()
	go l.purger()
	return l, nil
}

func (l *Local) clear() {
	l.shelves = map[corpus.Kind]*shelf{}
	for _, k := range corpus.Kinds {
		l.shelves[k] = newShelf(k, l.o.IDF)
	}
}

// Mark returns the sequence number of the change up to which the folder is complete, 0 for an empty one.
func (l *Local) Mark() uint64 { return l.marked().Seq }

// marked returns the change that Mark numbers.
func (l *Local) marked() corpus.Change {
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.text.mark.Change
}

// Discard empties the engine and its folder.
func (l *Local) Discard() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.text.mark
	m.Change = corpus.Change{}
	if err := l.text.renew(m); err != nil {
		return err
	}
	l.clear()
	return nil
}

// Put implements Engine.
func (l *Local) Put(ctx context.Context, entries []Entry) error {
	return l.Apply(ctx, entries, nil, corpus.Change{})
}

// Delete implements Engine.
func (l *Local) Delete(ctx context.Context, refs []Ref) error {
	return l.Apply(ctx, nil, refs, corpus.Change{})
}

// Apply deletes, puts and, unless upTo is zero, moves the mark there, all of it or nothing, also where the process ends
// meanwhile. Searches see all of it or nothing.
func (l *Local) Apply(ctx context.Context, puts []Entry, deletes []Ref, upTo corpus.Change) error {
	if err := check(ctx, puts); err != nil {
		return err
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.text.closed() {
		return errClosed
	}
	m := l.text.mark
	if upTo.Seq > 0 {
		m.Change = upTo
	}
	if err := l.text.write(puts, deletes, m); err != nil {
		return err
	}
	if len(deletes) > 0 || slices.ContainsFunc(puts, func(e Entry) bool { return e.Closed }) {
		defer l.wakePurger()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range deletes {
		if s := l.shelves[r.Kind]; s != nil {
			s.remove(r.Number)
		}
	}
	for _, e := range puts {
		l.shelves[e.Kind].put(e)
	}
	return l.text.show()
}

// Load puts entries into memory only: those that the folder has already.
func (l *Local) Load(ctx context.Context, entries []Entry) error {
	if err := check(ctx, entries); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range entries {
		l.shelves[e.Kind].put(e)
	}
	return nil
}

// errClosed is what callers get who come after Close.
var errClosed = &corpus.Error{Code: corpus.Unavailable, Message: "the index is closed"}

func check(ctx context.Context, entries []Entry) error {
	for _, e := range entries {
		if !slices.Contains(corpus.Kinds, e.Kind) || e.Number == 0 {
			return fmt.Errorf("index: %s %q has number %d", e.Kind, e.ID, e.Number)
		}
	}
	return ctx.Err()
}

// Candidates implements Engine.
func (l *Local) Candidates(ctx context.Context, p Probe) ([]Candidate, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p.Limit == 0 {
		p.Limit = 300
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	s := l.shelves[p.Target]
	if s == nil {
		return nil, fmt.Errorf("index: unknown kind %q", p.Target)
	}
	return s.candidates(&p, p.Limit, p.Entry.Far != nil && l.allFar()), nil
}

func (l *Local) has(r Ref) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.shelves[r.Kind] != nil && l.shelves[r.Kind].has(r.Number)
}

// allFar reports whether every entry has Far. Vectors of different models don't compare, and a list whose entries are
// measured by different ones would be unfair.
func (l *Local) allFar() bool {
	for _, s := range l.shelves {
		if s.farless > 0 {
			return false
		}
	}
	return true
}

// Close implements Engine.
func (l *Local) Close() error {
	err := l.close()
	<-l.purged
	return err
}

func (l *Local) close() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text.closed() {
		return nil
	}
	close(l.unpurged)
	return l.text.close()
}
