package matcher

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"duijie/corpus"
	"duijie/indexer"
)

// Fill makes the lists that are missing, so many at a time, until none is, and calls progress, which may be nil, now and
// then. It may be ended at any moment and begun again: what is made is kept.
func (m *Matcher) Fill(ctx context.Context, workers int, progress func(kept, waiting int)) error {
	if m.lists.file == nil {
		return nil
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	for ctx.Err() == nil {
		if wait := m.lists.rest(); wait > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
			continue
		}
		generation, some := m.lists.next(filledAtOnce * workers)
		if len(some) == 0 {
			return nil
		}
		if err := m.fill(ctx, generation, some, workers); err != nil {
			return err
		}
		progress(m.Lists())
	}
	return ctx.Err()
}

// KeepFilled runs Fill whenever a list is missing, until ctx ends.
func (m *Matcher) KeepFilled(ctx context.Context, workers int) {
	if m.lists.file == nil {
		return
	}
	said := time.Now()
	for ctx.Err() == nil {
		err := m.Fill(ctx, workers, func(kept, waiting int) {
			if time.Since(said) > time.Minute {
				said = time.Now()
				m.lists.log.Info("match lists are being made", "kept", kept, "waiting", waiting)
			}
		})
		again := m.lists.wake
		if err != nil && ctx.Err() == nil {
			m.lists.log.Error("match lists could not be made", "error", err)
			again = nil
		}
		select {
		case <-ctx.Done():
		case <-again:
		case <-time.After(time.Minute):
		}
	}
}

// rest returns how long Fill is to wait.
func (l *lists) rest() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.restless)
}

// next returns some of the needs that wait, by number.
func (l *lists) next(n int) (generation uint64, some []uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for number := range l.waiting {
		if some = append(some, number); len(some) == n {
			break
		}
	}
	slices.Sort(some)
	return l.generation, some
}

// fill makes the lists of some needs.
func (m *Matcher) fill(ctx context.Context, generation uint64, numbers []uint32, workers int) error {
	docs, err := m.store.ByNumber(corpus.Need, numbers...)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	made := map[uint32]*list{}
	gone := map[uint32]bool{}
	for _, n := range numbers {
		gone[n] = true
	}
	queue := make(chan corpus.Doc)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			indexer.Background()
			for d := range queue {
				need := d.Public()
				entry, asked := m.indexed(ctx, need)
				var l *list
				if asked == nil {
					l, asked = m.makeList(ctx, need, entry)
				}
				mu.Lock()
				if asked != nil {
					err = asked
				} else {
					made[need.Number] = l
				}
				mu.Unlock()
			}
		})
	}
	for _, d := range docs {
		if d.Status == corpus.Published {
			delete(gone, d.Number)
			queue <- d
		}
	}
	close(queue)
	wg.Wait()
	if err != nil {
		return err
	}
	err = m.lists.keep(generation, maps.Clone(made))
	m.lists.mu.Lock()
	defer m.lists.mu.Unlock()
	if m.lists.generation != generation {
		return err // they may be asked for again
	}
	for n := range gone {
		delete(m.lists.waiting, n)
	}
	for n, l := range made {
		if l.lost != "" { // it may be kept the next time it is asked for
			delete(m.lists.waiting, n)
		}
	}
	return err
}
