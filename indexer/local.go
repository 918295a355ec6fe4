package indexer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"duijie/corpus"
)

// LocalOptions say what a Local engine is for. All but Far and Log are needed.
type LocalOptions struct {
	Identity string                    // of the store whose documents it holds
	Analyzer string                    // the analyzer's name; entries of another one don't compare
	Far      string                    // the outside model by which entries have Far; "" where there is none
	IDF      func(word string) float64 // of a folded word
	Cut      func(text string) []Token // as the analyzer cuts, for what people type
	Log      *slog.Logger              // slog.Default()
}

// A Local is the built-in Engine: the match index, segments of postings, vectors, columns and records, and the full
// text, each in a folder of its own. Both folders carry a mark, so that Sync knows what is missing. What the match index
// has not yet written to its folder is in memory and made anew after a crash.
type Local struct {
	o LocalOptions

	mu  sync.Mutex // guards now and how many read a snapshot
	now *snapshot  // nil once closed

	writing sync.Mutex // one writer at a time; guards what follows
	text    *fulltext
	mark    corpus.Change // up to which the match index is complete, in memory
	room    *sync.Cond    // by writing: the keeper has made room in memory, or failed to
	failed  error         // of the keeper's last round
	closing bool

	keeper   keeper
	reading  sync.WaitGroup // snapshots that are open
	damaged  atomic.Bool    // a file of the match index is not what was written
	unpurged chan struct{}  // has a value when the text folder may hold removed text; one slot, sent to by who holds writing
	ended    sync.WaitGroup // the goroutines of the keeper and of the purger
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
	l := &Local{o: o, text: text, unpurged: make(chan struct{}, 1)}
	l.room = sync.NewCond(&l.writing)
	shelves, err := l.keeper.open(filepath.Join(dir, "match"), o)
	if err == nil {
		l.mark = l.keeper.kept.Change
		err = l.publish(shelves)
	}
	if err != nil {
		return nil, errors.Join(err, text.close())
	}
	l.wakePurger()
	l.ended.Go(l.purger)
	l.ended.Go(l.keep)
	return l, nil
}

// Mark returns the sequence number of the change up to which the engine is complete, 0 for an empty one.
func (l *Local) Mark() uint64 {
	match, text := l.marks()
	return min(match.Seq, text.Seq)
}

// marks returns the change up to which each index is complete.
func (l *Local) marks() (match, text corpus.Change) {
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.mark, l.text.mark.Change
}

// Discard empties the engine and its folders.
func (l *Local) Discard() error {
	l.keeper.mu.Lock()
	defer l.keeper.mu.Unlock()
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.closing {
		return errClosed
	}
	m := l.text.mark
	m.Change, l.mark = corpus.Change{}, corpus.Change{}
	if err := l.keeper.empty(); err != nil {
		return err
	}
	if err := l.text.renew(m); err != nil {
		return err
	}
	l.damaged.Store(false)
	return l.publish(emptyShelves())
}

func emptyShelves() map[corpus.Kind]*shelf {
	out := map[corpus.Kind]*shelf{}
	for _, k := range corpus.Kinds {
		out[k] = newShelf(k, nil)
	}
	return out
}

// Put implements Engine.
func (l *Local) Put(ctx context.Context, entries []Entry) error {
	return l.Apply(ctx, entries, nil, corpus.Change{})
}

// Delete implements Engine.
func (l *Local) Delete(ctx context.Context, refs []Ref) error {
	return l.Apply(ctx, nil, refs, corpus.Change{})
}

// Apply deletes, puts and, unless upTo is zero, moves the marks there; an index whose mark is there already is left as it
// is. Searches see all of it or nothing. Where the process ends meanwhile the marks say what is missing.
func (l *Local) Apply(ctx context.Context, puts []Entry, deletes []Ref, upTo corpus.Change) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.ready(ctx, puts); err != nil {
		return err
	}
	if m := l.text.mark; upTo.Seq == 0 || upTo.Seq > m.Change.Seq {
		if upTo.Seq > 0 {
			m.Change = upTo
		}
		if err := l.text.write(puts, deletes, m); err != nil {
			return err
		}
	}
	if len(deletes) > 0 || slices.ContainsFunc(puts, func(e Entry) bool { return e.Closed }) {
		defer l.wakePurger()
		defer l.keeper.wakePurge()
	}
	if upTo.Seq > 0 && upTo.Seq <= l.mark.Seq {
		return l.publish(l.now.shelves)
	}
	return l.change(puts, deletes, upTo)
}

// Load puts entries into the match index only: the text has them as they are.
func (l *Local) Load(ctx context.Context, entries []Entry) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.ready(ctx, entries); err != nil {
		return err
	}
	return l.change(entries, nil, corpus.Change{})
}

// errClosed is what callers get who come after Close.
var errClosed = &corpus.Error{Code: corpus.Unavailable, Message: "the index is closed"}

// ready checks entries and waits until memory has room for more. The caller holds writing.
func (l *Local) ready(ctx context.Context, entries []Entry) error {
	for i := range entries {
		if e := &entries[i]; !slices.Contains(corpus.Kinds, e.Kind) || e.Number == 0 {
			return fmt.Errorf("index: %s %q has number %d", e.Kind, e.ID, e.Number)
		}
	}
	for !l.closing && l.now.unkept() >= maxUnkept {
		if l.failed != nil {
			return l.failed
		}
		l.room.Wait()
	}
	if l.closing {
		return errClosed
	}
	return ctx.Err()
}

// change applies puts and deletes to the match index and shows it. The caller holds writing.
func (l *Local) change(puts []Entry, deletes []Ref, upTo corpus.Change) error {
	shelves := maps.Clone(l.now.shelves)
	for _, k := range corpus.Kinds {
		var gone []uint32
		for _, r := range deletes {
			if r.Kind == k {
				gone = append(gone, r.Number)
			}
		}
		var fresh []*Entry
		for i := range puts {
			if puts[i].Kind == k {
				fresh = append(fresh, &puts[i])
			}
		}
		if len(gone)+len(fresh) == 0 {
			continue
		}
		s := shelves[k].without(gone)
		for some := range slices.Chunk(lastOfEach(fresh), maxSegment) {
			b := newSegmentBuilder(k)
			for _, e := range some {
				b.add(e)
			}
			made, err := b.inMemory()
			if err != nil {
				return err
			}
			s = s.with(made)
		}
		s, err := s.tidied()
		if err != nil {
			return err
		}
		shelves[k] = s
	}
	if err := l.publish(shelves); err != nil {
		return err
	}
	if upTo.Seq > 0 {
		l.mark = upTo
	}
	signal(l.keeper.soon)
	if l.now.unkept() >= keepAt {
		signal(l.keeper.full)
	}
	return nil
}

// lastOfEach orders entries by number and keeps the last of those with the same one.
func lastOfEach(entries []*Entry) []*Entry {
	slices.SortStableFunc(entries, func(a, b *Entry) int { return int(a.Number) - int(b.Number) })
	out := entries[:0]
	for i, e := range entries {
		if i+1 == len(entries) || entries[i+1].Number != e.Number {
			out = append(out, e)
		}
	}
	return out
}

// Candidates implements Engine.
func (l *Local) Candidates(ctx context.Context, p Probe) ([]Candidate, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p.Limit == 0 {
		p.Limit = 300
	}
	now, err := l.read()
	if err != nil {
		return nil, err
	}
	defer l.done(now)
	s := now.shelves[p.Target]
	if s == nil {
		return nil, fmt.Errorf("index: unknown kind %q", p.Target)
	}
	return s.candidates(&p, l.o.IDF, p.Entry.Far != nil && now.allFar()), nil
}

// Entries implements Engine.
func (l *Local) Entries(ctx context.Context, q Lookup) ([]Found, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now, err := l.read()
	if err != nil {
		return nil, err
	}
	defer l.done(now)
	s := now.shelves[q.Kind]
	if s == nil {
		return nil, fmt.Errorf("index: unknown kind %q", q.Kind)
	}
	return s.entries(&q), nil
}

// refs returns the documents that are wanted; want is told whether they have Far.
func (l *Local) refs(want func(r Ref, far bool) bool) (map[Ref]bool, error) {
	now, err := l.read()
	if err != nil {
		return nil, err
	}
	defer l.done(now)
	out := map[Ref]bool{}
	for k, s := range now.shelves {
		for i := range s.parts {
			p := &s.parts[i]
			for at, number := range p.numbers {
				if r := (Ref{k, number}); !p.dead.has(at) && want(r, p.far.has[at] != 0) {
					out[r] = true
				}
			}
		}
	}
	return out, nil
}

// Close implements Engine. It waits for readers, and writes what is in memory only to the folder.
func (l *Local) Close() error {
	l.writing.Lock()
	if l.closing {
		l.writing.Unlock()
		return nil
	}
	l.closing = true
	close(l.unpurged)
	l.room.Broadcast()
	l.writing.Unlock()
	l.keeper.stop()
	l.ended.Wait()
	err := l.keepRound(false)

	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	before := l.now
	l.now = nil
	l.mu.Unlock()
	l.done(before)
	l.reading.Wait()
	return errors.Join(err, l.text.close())
}
