package indexer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"duijie/corpus"
)

const (
	syncBatch = 500 // documents or changes a step: some megabytes of text
	pollEvery = time.Second
)

// A Sync keeps a Local engine level with a store: Start brings it there, Run keeps it there.
type Sync struct {
	// OnApply, if set, is called after each change of the index, one call at a time; with nothing where anything may have
	// changed: at the end of Start, and when the vectors of another model begin to serve. It must not call the Sync.
	OnApply func(puts []Entry, deletes []Ref)
	// Progress, if set, is called during Start.
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

// NewSync returns a Sync of the parts, which it does not close. OnApply and Progress are set before Start.
func NewSync(store *corpus.Store, analyzer *Analyzer, local *Local, log *slog.Logger) *Sync {
	return &Sync{store: store, analyzer: analyzer, local: local, log: log, waiting: map[Ref]bool{}}
}

// Status returns the last change that is in the index, the last one in the store, and whether Start is done.
func (s *Sync) Status() (indexed, last uint64, ready bool) {
	last, err := s.store.LastChange()
	return s.indexed.Load(), last, s.ready.Load() && err == nil
}

// Start fills memory with all published documents and the folder with those that changed since its mark. It may be
// ended at any moment and begun again.
func (s *Sync) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, err := s.store.LastChange()
	if err != nil {
		return err
	}
	if mark := s.local.marked(); mark.Seq > 0 {
		rows, err := s.store.Changes(mark.Seq-1, 1)
		if err != nil {
			return err
		}
		if len(rows) == 0 || rows[0] != mark {
			s.log.Warn("the index was made of another copy of the store: it is made anew", "index", mark.Seq, "store", last)
			if err := s.local.Discard(); err != nil {
				return err
			}
		}
	}
	stale, upTo, err := s.changedSince(s.local.marked(), last)
	if err != nil {
		return err
	}
	step, err := s.progress()
	if err != nil {
		return err
	}
	for _, k := range corpus.Kinds {
		docs := make([]corpus.Doc, 0, syncBatch)
		load := func() error {
			defer func() { docs = docs[:0] }()
			defer step(len(docs))
			return s.load(ctx, docs, stale)
		}
		for d, err := range s.store.Each(k, 0) {
			if err != nil {
				return err
			}
			if docs = append(docs, d); len(docs) == syncBatch {
				if err := load(); err != nil {
					return err
				}
			}
		}
		if err := load(); err != nil {
			return err
		}
	}
	// What is left of the changed documents is deleted or not published.
	gone := make([]Ref, 0, len(stale))
	for r := range stale {
		gone = append(gone, r)
	}
	if err := s.local.Apply(ctx, nil, gone, upTo); err != nil {
		return err
	}
	if err := s.analyzer.far.sweep(func(r Ref) bool { return s.local.has(r) && !s.waiting[r] }); err != nil {
		return err
	}
	s.count()
	s.indexed.Store(last)
	s.ready.Store(true)
	if s.OnApply != nil {
		s.OnApply(nil, nil)
	}
	return nil
}

// changedSince returns the documents that changed after the change `after` up to the change numbered `until` or beyond,
// and the last change it saw.
func (s *Sync) changedSince(after corpus.Change, until uint64) (map[Ref]bool, corpus.Change, error) {
	refs := map[Ref]bool{}
	for after.Seq < until {
		changes, err := s.store.Changes(after.Seq, 10*syncBatch)
		if err != nil {
			return nil, after, err
		}
		if len(changes) == 0 {
			return nil, after, fmt.Errorf("the store has no change %d, but says that its last one is %d", after.Seq+1, until)
		}
		for _, c := range changes {
			if c.Kind != "" {
				refs[Ref{c.Kind, c.Number}] = true
			}
			after = c
		}
	}
	return refs, after, nil
}

// progress returns what is to be called with the number of documents done at each step.
func (s *Sync) progress() (step func(n int), err error) {
	if s.Progress == nil {
		return func(int) {}, nil
	}
	done, total := 0, 0
	for _, k := range corpus.Kinds {
		counts, err := s.store.Count(k)
		if err != nil {
			return nil, err
		}
		for _, n := range counts {
			total += n
		}
	}
	return func(n int) {
		done += n
		s.Progress(done, max(done, total))
	}, nil
}

// load takes the published ones of docs into the index: the stale ones, which it strikes off, into memory and folder,
// the others into memory.
func (s *Sync) load(ctx context.Context, docs []corpus.Doc, stale map[Ref]bool) error {
	entries, err := s.analyze(ctx, docs, s.analyzer.Entries)
	if err != nil {
		return err
	}
	var puts, rest []Entry
	for _, e := range entries {
		if stale[e.Ref] {
			puts = append(puts, e)
			delete(stale, e.Ref)
		} else {
			rest = append(rest, e)
		}
	}
	if len(puts) > 0 {
		if err := s.local.Apply(ctx, puts, nil, corpus.Change{}); err != nil {
			return err
		}
	}
	return s.local.Load(ctx, rest)
}

// analyze makes the entries of the published ones of docs and remembers those that have to wait for the outside model.
func (s *Sync) analyze(ctx context.Context, docs []corpus.Doc, entries func(context.Context, []corpus.Doc) ([]Entry, error)) ([]Entry, error) {
	made, err := entries(ctx, published(docs))
	if errors.Is(err, ErrNoMeaning) {
		s.log.Warn("fresh documents wait for the outside model", "model", s.analyzer.FarModel(), "error", err)
		err = nil
	}
	for i := range made {
		if e := &made[i]; s.analyzer.Lacks(e) {
			s.waiting[e.Ref] = true
		} else {
			delete(s.waiting, e.Ref)
		}
	}
	return made, err
}

func published(docs []corpus.Doc) []corpus.Doc {
	out := make([]corpus.Doc, 0, len(docs))
	for _, d := range docs {
		if d.Status == corpus.Published {
			out = append(out, d)
		}
	}
	return out
}

// CatchUp brings the index level with all that was written before the call.
func (s *Sync) CatchUp(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		changes, err := s.store.Changes(s.indexed.Load(), syncBatch)
		if err != nil || len(changes) == 0 {
			return err
		}
		if err := s.follow(ctx, changes); err != nil {
			return err
		}
	}
}

// follow applies changes to the index.
func (s *Sync) follow(ctx context.Context, changes []corpus.Change) error {
	last := changes[len(changes)-1]
	gone := map[Ref]bool{}
	numbers := map[corpus.Kind][]uint32{}
	for _, c := range changes {
		if r := (Ref{c.Kind, c.Number}); c.Kind != "" && !gone[r] {
			gone[r] = true
			numbers[c.Kind] = append(numbers[c.Kind], c.Number)
		}
	}
	if len(gone) == 0 { // market records only
		s.indexed.Store(last.Seq)
		return nil
	}
	docs, err := s.byNumber(numbers)
	if err != nil {
		return err
	}
	entries := s.analyzer.Entries
	if len(docs) <= embedBatch {
		entries = s.analyzer.prompt // so that a fresh posting does not turn all lists back to the built-in vectors
	}
	puts, err := s.analyze(ctx, docs, entries)
	if err != nil {
		return err
	}
	var outdated []Ref
	for _, e := range puts {
		delete(gone, e.Ref)
		if s.waiting[e.Ref] {
			outdated = append(outdated, e.Ref)
		}
	}
	deletes := make([]Ref, 0, len(gone))
	for r := range gone {
		deletes = append(deletes, r)
		delete(s.waiting, r)
	}
	if err := s.local.Apply(ctx, puts, deletes, last); err != nil {
		return err
	}
	if err := s.analyzer.far.forget(append(outdated, deletes...)); err != nil {
		return err
	}
	s.indexed.Store(last.Seq)
	turned := s.count()
	if s.OnApply != nil {
		s.OnApply(puts, deletes)
		if turned {
			s.OnApply(nil, nil)
		}
	}
	return nil
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
