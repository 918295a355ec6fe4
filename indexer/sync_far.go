package indexer

import (
	"context"
	"slices"
	"time"

	"duijie/corpus"
)

const (
	embedBatch = 16 // documents a step by the outside model: few enough for its time limit
	// Waiting times before an outside model that failed is asked again, doubled at each failure.
	firstRetry, lastRetry = time.Second, time.Minute
)

// Meaning names the outside model, "" where there is none, and says how many documents wait for it. While any do, all
// are compared by their built-in vectors.
func (s *Sync) Meaning() (model string, waiting int) {
	return s.analyzer.FarModel(), int(s.lacking.Load())
}

// count notes how many documents wait, and reports whether that changed which vectors serve.
func (s *Sync) count() (turned bool) {
	before := s.lacking.Swap(int64(len(s.waiting)))
	if s.analyzer.far != nil {
		s.analyzer.far.filling.Store(len(s.waiting) > 0)
	}
	return (before > 0) != (len(s.waiting) > 0)
}

// embed asks the outside model for what is missing until ctx ends.
func (s *Sync) embed(ctx context.Context) {
	retry := firstRetry
	for {
		more, err := s.embedSome(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.log.Warn("documents wait for the outside model", "model", s.analyzer.FarModel(), "waiting", s.lacking.Load(), "error", err)
		}
		var wait time.Duration
		wait, retry = paced(retry, more, err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// paced returns how long embed waits after a step, and how long after the next one that fails.
func paced(retry time.Duration, more bool, err error) (wait, next time.Duration) {
	switch {
	case err != nil:
		return retry, min(2*retry, lastRetry)
	case more:
		return 0, firstRetry
	}
	return pollEvery, firstRetry
}

// embedSome asks the outside model for some of the vectors that are missing and shows them in the index, and reports
// whether more are missing. Others may write meanwhile: the answer goes to the file, and what has changed since waits on.
func (s *Sync) embedSome(ctx context.Context) (more bool, err error) {
	refs, n := map[corpus.Kind][]uint32{}, 0
	s.mu.Lock()
	for r := range s.waiting {
		if n++; n > embedBatch {
			break
		}
		refs[r.Kind] = append(refs[r.Kind], r.Number)
	}
	s.mu.Unlock()
	if n == 0 {
		return false, nil
	}
	docs, err := s.byNumber(refs)
	if err != nil {
		return true, err
	}
	if _, err := s.analyzer.Complete(ctx, published(docs)); err != nil {
		return true, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if docs, err = s.byNumber(refs); err != nil {
		return true, err
	}
	entries, err := s.analyze(ctx, published(docs), s.analyzer.Entries)
	if err != nil {
		return true, err
	}
	s.wait(entries)
	if err := s.local.Load(ctx, entries); err != nil {
		return true, err
	}
	for _, e := range entries {
		refs[e.Kind] = slices.DeleteFunc(refs[e.Kind], func(n uint32) bool { return n == e.Number })
	}
	for k, numbers := range refs { // withdrawn or deleted since
		for _, n := range numbers {
			delete(s.waiting, Ref{k, n})
		}
	}
	if s.count() && s.OnApply != nil {
		s.OnApply(Applied{UpTo: s.indexed.Load(), All: true})
	}
	return len(s.waiting) > 0, nil
}
