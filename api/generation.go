package api

import (
	"context"
	"sync"
	"sync/atomic"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// A Generation is an index with all that answers from it. Its dictionary, synonyms and models never change: others make
// another generation.
type Generation struct {
	Analyzer *indexer.Analyzer
	Engine   indexer.Engine
	Sync     *indexer.Sync
	Matcher  *matcher.Matcher
	TypedTo  []string // other machines that see the problems that people type, by name

	counted atomic.Pointer[census]
	readers sync.RWMutex // held by requests; by Swap for good when nobody comes any more
}

// Serve lets the first generation of a Service answer.
func (s *Service) Serve(g *Generation) { s.serving.Store(g) }

// Swap lets next, whose Sync is started, answer all requests that begin from now on, by everything written before, and
// returns when the last request to the one before has ended: nobody uses that any more. With an error it still serves.
func (s *Service) Swap(ctx context.Context, next *Generation) error {
	s.swapping.Lock() // who writes waits, so that what it was told can be found stays found
	err := next.Sync.CatchUp(ctx)
	var old *Generation
	if err == nil {
		old = s.serving.Swap(next)
	}
	s.swapping.Unlock()
	if old != nil {
		old.readers.Lock()
	}
	return err
}

// generation returns the one that serves, nil in a Service without an index, and what to call when done with it.
func (s *Service) generation() (g *Generation, done func()) {
	for {
		if g = s.serving.Load(); g == nil {
			return nil, func() {}
		}
		if g.readers.TryRLock() {
			return g, g.readers.RUnlock
		}
	}
}

// TypedTo names the other machines that see the problems that people type.
func (s *Service) TypedTo() []string {
	if g := s.serving.Load(); g != nil {
		return g.TypedTo
	}
	return nil
}

// Ready returns nil once the index holds everything that was stored when the program started, else an error of code
// Unavailable.
func (s *Service) Ready() error { return s.serving.Load().ready() }

func (g *Generation) ready() error {
	if g == nil {
		return corpus.Errorf(corpus.Unavailable, "no index is open")
	}
	indexed, last, ready := g.Sync.Status()
	if ready {
		return nil
	}
	e := corpus.Errorf(corpus.Unavailable, "the index has not caught up yet: it holds %d of %d changes", indexed, last)
	e.Fix = "wait; /v1/status shows how far it is"
	return e
}
