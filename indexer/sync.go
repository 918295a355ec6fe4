package indexer

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"duijie/corpus"
)

const (
	syncBatch = 2000 // changes a step: bleve writes 2,000 documents with a third less work than four times 500
	pollEvery = time.Second
)

// A Sync keeps a Local engine level with a store: Start brings it there, Run keeps it there.
type Sync struct {
	// OnApply, if set, is called after each change of the index, one call at a time, and at the end of Start. It must not
	// call the Sync.
	OnApply func(Applied)
	// Progress, if set, is called during Start with the changes that were and are to be applied.
	Progress func(done, total int)

	store    *corpus.Store
	analyzer *Analyzer
	local    *Local
	log      *slog.Logger
	indexed  atomic.Uint64
	ready    atomic.Bool
	lacking  atomic.Int64 // len(waiting)

	mu      sync.Mutex   // one at a time writes to local
	waiting map[Ref]bool // documents that the outside model has not given a vector yet
}

// An Applied is what has just changed in an index that now holds all changes up to UpTo.
type Applied struct {
	Puts    []Entry
	Deletes []Ref
	UpTo    uint64
	// Begun: the Sync has come level with the store, by changes that it tells nothing of.
	Begun bool
	// All: whatever was read from the index may be of no use, because vectors of another model serve, or, where UpTo is 0,
	// because it is empty now and made anew until it has Begun.
	All bool
}

// NewSync returns a Sync of the parts, which it does not close. OnApply and Progress are set before Start.
func NewSync(store *corpus.Store, analyzer *Analyzer, local *Local, log *slog.Logger) *Sync {
	return &Sync{store: store, analyzer: analyzer, local: local, log: log, waiting: map[Ref]bool{}}
}

// Status returns the last change that is in the index, the last one in the store, and whether Start is done.
func (s *Sync) Status() (indexed, last uint64, ready bool) {
	last, err := s.store.LastChange()
	return s.indexed.Load(), last, s.ready.Load() && err == nil
}

// Start brings the index level with the store. It may be ended at any moment and begun again: it goes on where it was.
func (s *Sync) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.start(ctx)
}

func (s *Sync) start(ctx context.Context) error {
	last, err := s.store.LastChange()
	if err != nil {
		return err
	}
	if s.local.damaged.Load() {
		if err := s.discard(); err != nil {
			return err
		}
	}
	match, text := s.local.marks()
	if mark := newer(match, text); mark.Seq > 0 {
		rows, err := s.store.Changes(mark.Seq-1, 1)
		if err != nil {
			return err
		}
		if len(rows) == 0 || rows[0] != mark {
			s.log.Warn("the index was made of another copy of the store: it is made anew", "index", mark.Seq, "store", last)
			if err := s.discard(); err != nil {
				return err
			}
			match, text = corpus.Change{}, corpus.Change{}
		}
	}
	from := min(match.Seq, text.Seq)
	s.indexed.Store(from)
	if s.analyzer.far != nil {
		if s.waiting, err = s.local.refs(func(_ Ref, far bool) bool { return !far }); err != nil {
			return err
		}
	}
	err = s.follow(ctx, s.analyzer.Entries, func(seq uint64) {
		if s.Progress != nil {
			s.Progress(int(seq-from), int(max(seq, last)-from))
		}
	})
	if err != nil {
		return err
	}
	if s.analyzer.far != nil {
		withFar, err := s.local.refs(func(_ Ref, far bool) bool { return far })
		if err != nil {
			return err
		}
		if err := s.analyzer.far.sweep(func(r Ref) bool { return withFar[r] }); err != nil {
			return err
		}
	}
	s.count()
	s.ready.Store(true)
	if s.OnApply != nil { // which vectors served before is not known
		s.OnApply(Applied{UpTo: s.indexed.Load(), Begun: true, All: from == 0 || s.analyzer.far != nil})
	}
	return nil
}

func (s *Sync) discard() error {
	if err := s.local.Discard(); err != nil {
		return err
	}
	if s.OnApply != nil {
		s.OnApply(Applied{All: true})
	}
	return nil
}

func newer(a, b corpus.Change) corpus.Change {
	if a.Seq > b.Seq {
		return a
	}
	return b
}

// CatchUp brings the index level with all that was written before the call.
func (s *Sync) CatchUp(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.local.damaged.Load() {
		s.ready.Store(false)
	}
	if !s.ready.Load() {
		return s.start(ctx)
	}
	return s.follow(ctx, s.analyzer.quick, nil)
}

// A step is some changes made ready for the index.
type step struct {
	last    corpus.Change
	puts    []Entry
	deletes []Ref
	err     error
}

// An analysis makes entries of documents.
type analysis func(context.Context, []corpus.Doc) ([]Entry, error)

// follow applies all changes that are not in the index yet, one step while the next one is analysed. After each it calls
// done with its last change.
func (s *Sync) follow(ctx context.Context, entries analysis, done func(seq uint64)) error {
	ctx, stop := context.WithCancel(ctx)
	steps := make(chan step)
	go func() {
		Background()
		defer close(steps)
		for after := s.indexed.Load(); ; {
			next := s.step(ctx, after, entries)
			if next.last.Seq == 0 && next.err == nil {
				return
			}
			select {
			case steps <- next:
			case <-ctx.Done():
				return
			}
			if after = next.last.Seq; next.err != nil {
				return
			}
		}
	}()
	defer func() {
		stop()
		for range steps { // until it has ended: it reads what only one may
		}
	}()
	for next := range steps {
		if err := s.apply(ctx, next); err != nil {
			return err
		}
		if done != nil {
			done(next.last.Seq)
		}
	}
	return ctx.Err()
}

// step analyses what changed after a change, up to syncBatch changes; there are none where last is zero. A document that
// changes again later waits for that.
func (s *Sync) step(ctx context.Context, after uint64, entries analysis) (out step) {
	changes, err := s.store.Changes(after, syncBatch)
	if err != nil || len(changes) == 0 {
		return step{err: err}
	}
	out.last = changes[len(changes)-1]
	version := map[Ref]uint64{}
	numbers := map[corpus.Kind][]uint32{}
	for _, c := range changes {
		r := Ref{c.Kind, c.Number}
		if c.Kind == "" {
			continue // a market record
		}
		if _, seen := version[r]; !seen {
			numbers[c.Kind] = append(numbers[c.Kind], c.Number)
		}
		version[r] = c.Version
	}
	docs, err := s.byNumber(numbers)
	if err != nil {
		return step{err: err}
	}
	docs = slices.DeleteFunc(docs, func(d corpus.Doc) bool {
		r := Ref{d.Kind, d.Number}
		later := d.Version > version[r]
		if later || d.Status == corpus.Published {
			delete(version, r)
		}
		return later || d.Status != corpus.Published
	})
	for r := range version { // deleted, or not published
		out.deletes = append(out.deletes, r)
	}
	out.puts, out.err = s.analyze(ctx, docs, entries)
	return out
}

// analyze makes the entries of docs; some may lack Far.
func (s *Sync) analyze(ctx context.Context, docs []corpus.Doc, entries analysis) ([]Entry, error) {
	made, err := entries(ctx, docs)
	if errors.Is(err, ErrNoMeaning) {
		s.log.Warn("fresh documents wait for the outside model", "model", s.analyzer.FarModel(), "error", err)
		err = nil
	}
	return made, err
}

// apply takes a step into the index.
func (s *Sync) apply(ctx context.Context, next step) error {
	if next.err != nil {
		return next.err
	}
	if len(next.puts)+len(next.deletes) == 0 { // market records only
		s.indexed.Store(next.last.Seq)
		return nil
	}
	if err := s.local.Apply(ctx, next.puts, next.deletes, next.last); err != nil {
		return err
	}
	outdated := append(s.wait(next.puts), next.deletes...)
	for _, r := range next.deletes {
		delete(s.waiting, r)
	}
	if err := s.analyzer.far.forget(outdated); err != nil {
		return err
	}
	s.indexed.Store(next.last.Seq)
	if !s.ready.Load() {
		return nil
	}
	turned := s.count()
	if s.OnApply != nil {
		s.OnApply(Applied{Puts: next.puts, Deletes: next.deletes, UpTo: next.last.Seq, All: turned})
	}
	return nil
}

// wait remembers which entries have to wait for the outside model, and returns them.
func (s *Sync) wait(entries []Entry) (waiting []Ref) {
	for i := range entries {
		if e := &entries[i]; s.analyzer.Lacks(e) {
			s.waiting[e.Ref] = true
			waiting = append(waiting, e.Ref)
		} else {
			delete(s.waiting, e.Ref)
		}
	}
	return waiting
}

func published(docs []corpus.Doc) []corpus.Doc {
	return slices.DeleteFunc(docs, func(d corpus.Doc) bool { return d.Status != corpus.Published })
}

// Run follows the store until ctx ends. What fails is logged and tried again.
func (s *Sync) Run(ctx context.Context) {
	var embedding sync.WaitGroup
	embedding.Go(func() { s.embed(ctx) })
	defer embedding.Wait()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for ctx.Err() == nil {
		if err := s.CatchUp(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("the index could not follow the store", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-s.store.Wake():
		case <-poll.C:
		}
	}
}

func (s *Sync) byNumber(refs map[corpus.Kind][]uint32) ([]corpus.Doc, error) {
	var docs []corpus.Doc
	for _, k := range corpus.Kinds {
		found, err := s.store.ByNumber(k, refs[k]...)
		if err != nil {
			return nil, err
		}
		docs = append(docs, found...)
	}
	return docs, nil
}
