package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"duijie/corpus"
)

// fetchPatience is how long a page waits for a fetch before it says that it goes on.
const fetchPatience = 5 * time.Second

// A feedQueue is the feeds that people want fetched at once, in the order of asking. The zero value is ready, and fetches
// nothing before RunFeeds does.
type feedQueue struct {
	sync.Mutex
	wants []feedWant
	now   string        // name of the one that is being fetched, by whomever
	wake  chan struct{} // nil: nobody fetches in the background
}

type feedWant struct {
	name  string
	actor string
	done  chan struct{}
}

// open lets feeds be asked for until ctx ends.
func (q *feedQueue) open(ctx context.Context) <-chan struct{} {
	q.Lock()
	defer q.Unlock()
	q.wake = make(chan struct{}, 1)
	context.AfterFunc(ctx, func() {
		q.Lock()
		defer q.Unlock()
		q.wake = nil
		for _, w := range q.wants {
			close(w.done)
		}
		q.wants = nil
	})
	return q.wake
}

// first is the want that is next, and takes it out when it is done with.
func (q *feedQueue) first() (w feedWant, ok bool) {
	q.Lock()
	defer q.Unlock()
	if len(q.wants) == 0 {
		return w, false
	}
	return q.wants[0], true
}

func (q *feedQueue) drop(w feedWant) {
	q.Lock()
	defer q.Unlock()
	if i := slices.IndexFunc(q.wants, func(o feedWant) bool { return o.done == w.done }); i >= 0 {
		q.wants = slices.Delete(q.wants, i, i+1)
		close(w.done)
	}
}

func (q *feedQueue) begin(name string) {
	q.Lock()
	defer q.Unlock()
	q.now = name
}

// StartFetch lets a feed be fetched in the background, also a paused one, after those that were asked for before. It returns
// when that is done, or when it takes longer than a page may.
func (s *Service) StartFetch(ctx context.Context, c Caller, name string) error {
	if err := c.may("feeds", "fetch"); err != nil {
		return err
	}
	if _, _, err := s.feed(name); err != nil {
		return err
	}
	q := &s.feedQueue
	q.Lock()
	if q.wake == nil {
		q.Unlock()
		return corpus.Errorf(corpus.Unavailable, "nothing is fetched in the background here")
	}
	i := slices.IndexFunc(q.wants, func(w feedWant) bool { return w.name == name })
	if i < 0 {
		i = len(q.wants)
		q.wants = append(q.wants, feedWant{name, c.Name, make(chan struct{})})
	}
	done := q.wants[i].done
	select {
	case q.wake <- struct{}{}:
	default: // it is awake
	}
	q.Unlock()
	select {
	case <-done:
	case <-time.After(fetchPatience):
	case <-ctx.Done():
	}
	return nil
}

// Fetching reports whether a feed is being fetched, or waits for that.
func (s *Service) Fetching(name string) bool {
	q := &s.feedQueue
	q.Lock()
	defer q.Unlock()
	return q.now == name || slices.ContainsFunc(q.wants, func(w feedWant) bool { return w.name == name })
}

// fetchWanted fetches what was asked for.
func (s *Service) fetchWanted(ctx context.Context) {
	for ctx.Err() == nil {
		w, ok := s.feedQueue.first()
		if !ok {
			return
		}
		s.fetching.Lock()
		_, err := s.fetchNow(ctx, Caller{Name: w.actor, Admin: true}, w.name)
		s.fetching.Unlock()
		if err != nil && ctx.Err() == nil && corpus.CodeOf(err) != corpus.NotFound { // it was removed meanwhile
			s.Log.ErrorContext(ctx, "a feed can't be fetched", "feed", w.name, "error", err)
		}
		s.feedQueue.drop(w)
	}
}
