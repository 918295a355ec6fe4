package api

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Types of events.
const (
	MatchCreated   = market.MatchCreated
	confirmAddress = "subscription.confirm"
)

const (
	// receivers is how many are told at once.
	receivers = 32
	// eventsAtOnce is how many events of one receiver are taken at once; what is due beyond comes right after.
	eventsAtOnce = 50
	// alertsInMail is how many alerts one mail tells of; what is due beyond comes in another.
	alertsInMail = 500
	// writeTime is what a write that ends a delivery has when the server stops.
	writeTime = 5 * time.Second
)

// RunDeliveries tells receivers what is due until ctx ends: events of one subscription one after the other, many
// subscriptions at once, so that a slow one holds nobody else. An event is told again under its id where it is not known
// that it was received.
func (s *Service) RunDeliveries(ctx context.Context) error {
	look := time.NewTicker(alertEvery)
	defer look.Stop()
	d := deliverer{s: s, busy: map[string]bool{}}
	defer d.working.Wait()
	for {
		if err := d.begin(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "what is due can't be delivered", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// A deliverer knows whom it is telling.
type deliverer struct {
	s       *Service
	working sync.WaitGroup

	mu   sync.Mutex
	busy map[string]bool // receivers
}

// begin begins to tell as many as are due and as it can.
func (d *deliverer) begin(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	due, _, err := d.s.Store.Due(d.s.now(), eventsAtOnce, receivers-len(d.busy), func(to string) bool { return d.busy[to] })
	if err != nil {
		return err
	}
	for to, events := range due {
		d.busy[to] = true
		d.working.Go(func() {
			if err := d.s.deliver(ctx, to, events); err != nil && ctx.Err() == nil {
				d.s.Log.ErrorContext(ctx, "a delivery failed", "subscription", to, "error", err)
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			delete(d.busy, to)
		})
	}
	return nil
}

// deliver tells a subscription of events, all due.
func (s *Service) deliver(ctx context.Context, to string, events []corpus.Event) error {
	if who, channel, ok := strings.Cut(to, "/"); ok {
		return s.deliverTold(ctx, who, market.Channel(channel), to, events)
	}
	record, err := s.Store.Record(market.Subscriptions, to)
	if corpus.CodeOf(err) == corpus.NotFound {
		return s.drop(ctx, events, "订阅已删除")
	}
	if err != nil {
		return err
	}
	gone := false
	sub, err := parseSubscription(record)
	if err == nil {
		gone, err = s.gone(sub.By)
	}
	switch {
	case err != nil: // it is tried again, more and more seldom, and holds up nobody else
		s.Log.ErrorContext(ctx, "a subscription can't be told", "subscription", to, "error", err)
		for i := range events {
			s.fail(&events[i], "无法读取订阅")
		}
		return s.settleEvents(ctx, events...)
	case sub.State != market.Active:
		return s.drop(ctx, events, "订阅已停用")
	case gone:
		return s.drop(ctx, events, "订阅者的密钥或账号已停用")
	}
	if sub.Mail != "" {
		if events, err = s.dueTogether(to, events); err != nil {
			return err
		}
		return s.deliverMail(ctx, sub, events)
	}
	return s.deliverWebhook(ctx, sub, events)
}

// dueTogether are all events of a receiver that are due, up to alertsInMail, of which some are known: a digest is one message.
func (s *Service) dueTogether(to string, events []corpus.Event) ([]corpus.Event, error) {
	if len(events) < eventsAtOnce {
		return events, nil
	}
	due, _, err := s.Store.Due(s.now(), alertsInMail, 1, func(id string) bool { return id != to })
	return due[to], err
}

// drop ends events that nobody wants any more.
func (s *Service) drop(ctx context.Context, events []corpus.Event, why string) error {
	for i := range events {
		s.end(&events[i], corpus.Dropped, why)
	}
	return s.settleEvents(ctx, events...)
}

// bury ends an event that can't be read, so that it holds up none behind it.
func (s *Service) bury(ctx context.Context, e *corpus.Event, err error) error {
	s.Log.ErrorContext(ctx, "a delivery was given up", "event", e.ID, "subscription", e.To, "error", err)
	s.end(e, corpus.Dead, "无法读取")
	return s.settleEvents(ctx, *e)
}

// end ends an event.
func (s *Service) end(e *corpus.Event, state corpus.EventState, why string) {
	e.State, e.Error, e.Ended, e.Next = state, why, s.now().UTC().Truncate(time.Second), time.Time{}
	if state == corpus.Delivered {
		e.Body = nil
		e.Attempts++
	}
}

// fail notes that a try failed: the event is tried again later or, after the last try, given up.
func (s *Service) fail(e *corpus.Event, why string) {
	e.Attempts++
	waits := s.RetryWaits
	if waits == nil {
		waits = market.RetryWaits
	}
	wait, ok := market.RetryAfter(waits, e.Attempts, rand.Float64())
	if !ok {
		s.end(e, corpus.Dead, why)
		s.Log.Warn("a delivery was given up", "event", e.ID, "subscription", e.To, "error", why)
		return
	}
	e.Error, e.Next = why, s.now().UTC().Add(wait)
}

// settleEvents writes what became of events, also while the server stops: what was received should be known.
func (s *Service) settleEvents(ctx context.Context, events ...corpus.Event) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	return s.Store.Settle(ctx, events...)
}
