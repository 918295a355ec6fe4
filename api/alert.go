package api

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

const (
	// alertEvery is how often it is looked for changes and for what is due: two cheap reads each time.
	alertEvery = 250 * time.Millisecond
	// alertStep is how many changes are looked at for one transaction.
	alertStep = 10_000
	// readAtOnce is how many changes are read before it is seen whether the index holds them: while it is behind, what is read
	// beyond is read again in a moment.
	readAtOnce = 100
	// noteBehind is how many changes that concern no subscription are looked at before that is noted.
	noteBehind = 1_000
	// farPatience is how long fresh documents may wait for the vectors of an outside model before they are looked at without.
	farPatience = time.Minute
)

// alertMark is the note of the last change that was looked at, 8 bytes.
const alertMark = "alerts"

// An Alert is what an event of type MatchCreated keeps: ids, and what was said of the pair. Titles are read when it is
// delivered, so that nothing goes out that was closed or taken down meanwhile.
type Alert struct {
	Topic    string        `json:"topic"` // of the subscription
	Document corpus.Link   `json:"document"`
	Version  uint64        `json:"version"` // of the document
	Score    float64       `json:"score,omitempty"`
	Label    matcher.Label `json:"label,omitempty"`
	Why      string        `json:"why,omitempty"`
	Reasons  []AlertReason `json:"reasons,omitempty"`
	Subject  uint64        `json:"subject,omitempty"` // version of the need or achievement that is subscribed to
}

// An AlertReason is a matcher.Reason without the places of words.
type AlertReason struct {
	Kind   string  `json:"kind"`
	Points float64 `json:"points" doc:"below 0 where it speaks against the pair"`
	Text   string  `json:"text"`
}

// RunAlerts looks at changes of documents until ctx ends, and raises alerts for the subscriptions that they concern.
// Nothing else raises any: no rebuild, no other weights, dictionary or model. How far it has come stands in the store,
// written with the alerts, so that a restart neither misses a change nor tells of one twice.
func (s *Service) RunAlerts(ctx context.Context) error {
	look := time.NewTicker(alertEvery)
	defer look.Stop()
	r := raiser{s: s}
	for {
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "alerts can't be raised", "error", err)
			r = raiser{s: s} // what it knew of subscriptions may be half of it
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// A raiser goes through the changes.
type raiser struct {
	s     *Service
	begun bool
	seen  uint64 // the last change that was looked at
	noted uint64 // the one that is noted in the store
	held  time.Time
	subs  []market.Subscription // those that alerts are raised for; nil: to be read
	bases map[string]string     // topics of the baselines that are in the store, by subscription
}

// look looks at all changes that the index holds.
func (r *raiser) look(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := r.step(ctx)
		if err != nil || !more {
			return err
		}
	}
	return ctx.Err()
}

// A news is what some changes bring.
type news struct {
	upTo       uint64
	level      uint64                                // the index holds all changes of documents up to it
	documents  map[indexer.Ref]uint64                // that changed, with the last change of each
	subjects   map[corpus.Link]bool                  // their ids
	subscribed map[string]uint64                     // subscriptions that changed, with the last change of each
	owners     bool                                  // a key or an account changed
	fresh      map[corpus.Kind]map[uint32]corpus.Doc // of documents, those that may be told of
	events     []corpus.Event                        // to be raised
	notes      map[string][]byte                     // to be written with them
}

// step looks at some changes; more tells whether there may be others.
func (r *raiser) step(ctx context.Context) (more bool, err error) {
	if !r.begun { // before the index is ready: what is written meanwhile is news
		if err := r.begin(ctx); err != nil {
			return false, err
		}
	}
	g, done := r.s.generation()
	defer done()
	if g.ready() != nil {
		return false, nil
	}
	n, err := r.read(g)
	if n.upTo == r.seen {
		r.held = time.Time{} // what comes next has patience of its own
	}
	if err != nil || n.upTo == r.seen && r.subs != nil || r.holds(g, n) {
		return false, err
	}
	if err := r.rebase(ctx, g, n); err != nil {
		return false, err
	}
	if len(r.subs) > 0 && len(n.documents) > 0 {
		if err := r.raise(ctx, g, n); err != nil {
			return false, err
		}
	}
	if len(n.events)+len(n.notes) > 0 || len(r.subs) > 0 && len(n.documents) > 0 || n.upTo-r.noted >= noteBehind {
		if err := r.note(ctx, n); err != nil {
			return false, err
		}
	}
	r.seen = n.upTo
	return true, nil
}

// begin reads how far an earlier process has come. A store that was never looked at begins with what comes.
func (r *raiser) begin(ctx context.Context) error {
	mark, err := r.s.Store.Note(alertMark)
	if err != nil {
		return err
	}
	if len(mark) == 8 {
		r.seen = binary.BigEndian.Uint64(mark)
	} else if r.seen, err = r.s.Store.LastChange(); err != nil {
		return err
	} else if err := r.note(ctx, &news{upTo: r.seen}); err != nil {
		return err
	}
	r.noted, r.begun = r.seen, true
	return nil
}

// note writes what was found and how far that is.
func (r *raiser) note(ctx context.Context, n *news) error {
	notes := map[string][]byte{alertMark: binary.BigEndian.AppendUint64(nil, n.upTo)}
	for key, value := range n.notes {
		notes[key] = value
	}
	raised, err := r.s.Store.Raise(ctx, n.events, notes)
	if err != nil {
		return err
	}
	if raised > 0 {
		r.s.Log.InfoContext(ctx, "events were raised", "events", raised, "change", n.upTo)
	}
	r.noted = n.upTo
	return nil
}

// read reads some changes behind those that were looked at, up to the first of a document that the index lacks.
func (r *raiser) read(g *Generation) (*news, error) {
	n := &news{upTo: r.seen, level: g.Matcher.Level(), documents: map[indexer.Ref]uint64{}, subjects: map[corpus.Link]bool{}, subscribed: map[string]uint64{},
		notes: map[string][]byte{}}
	for read := 0; read < alertStep; read += readAtOnce {
		changes, err := r.s.Store.Changes(n.upTo, readAtOnce)
		if err != nil {
			return n, err
		}
		for _, c := range changes {
			switch {
			case c.Kind != "" && c.Seq > n.level:
				return n, nil
			case c.Kind != "":
				n.documents[indexer.Ref{Kind: c.Kind, Number: c.Number}] = c.Seq
				n.subjects[corpus.Link{Kind: c.Kind, ID: c.ID}] = true
			case c.Table == market.Subscriptions:
				n.subscribed[c.ID] = c.Seq
			case c.Table == market.Keys, c.Table == market.Accounts:
				n.owners = true
			}
			n.upTo = c.Seq
		}
		if len(changes) < readAtOnce {
			break
		}
	}
	return n, nil
}

// holds reports whether fresh documents should wait for the outside model, by which they are compared in a moment.
func (r *raiser) holds(g *Generation, n *news) bool {
	if model, waiting := g.Sync.Meaning(); model == "" || waiting == 0 || len(n.documents) == 0 {
		r.held = time.Time{}
		return false
	}
	if r.held.IsZero() {
		r.held = time.Now()
	}
	return time.Since(r.held) < farPatience
}

// raise finds what the changed documents are news to.
func (r *raiser) raise(ctx context.Context, g *Generation, n *news) error {
	if err := r.freshen(n); err != nil {
		return err
	}
	fits, err := r.fits(ctx, g, n)
	if err != nil {
		return err
	}
	for _, sub := range r.subs {
		found := fits[sub.Topic()]
		if len(found) == 0 {
			continue
		}
		events, err := r.newTo(n, sub, found)
		if err != nil && !r.leavesOut(ctx, sub, err) {
			return err
		}
		n.events = append(n.events, events...)
	}
	return nil
}

// newTo makes the events of those of the documents that fit which are new to a subscription.
func (r *raiser) newTo(n *news, sub market.Subscription, found []fit) (events []corpus.Event, err error) {
	base, err := r.base(n, sub)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if n.documents[f.ref] <= base.Seq || base.numbers.Contains(f.ref.Number) {
			continue
		}
		e, err := r.event(sub, f.Alert)
		if err != nil {
			return nil, err
		}
		if sub.Webhook+sub.Mail != "" {
			events = append(events, e)
		}
		if account, ok := strings.CutPrefix(sub.By, "account:"); ok {
			news, err := r.s.Tell(Notice{Sort: MatchCreated, What: "alert " + e.ID, To: []string{account}, Inbox: sub.Webhook+sub.Mail != "",
				Facts: Facts{Kind: f.Document.Kind, Document: f.Document.ID}})
			if err != nil {
				return nil, err
			}
			events = append(events, news...)
		}
	}
	return events, nil
}

func (r *raiser) event(sub market.Subscription, a Alert) (corpus.Event, error) {
	a.Topic = sub.Topic()
	body, err := json.Marshal(a)
	if err != nil {
		return corpus.Event{}, fmt.Errorf("alert for subscription %s: %w", sub.ID, err)
	}
	return corpus.Event{ID: market.AlertID(sub, a.Document.ID), To: sub.ID, Type: MatchCreated, Body: body, Next: sub.Digest.Next(r.s.now())}, nil
}

// freshen reads those of the changed documents that may be told of: they are on show and not over.
func (r *raiser) freshen(n *news) error {
	n.fresh = map[corpus.Kind]map[uint32]corpus.Doc{}
	numbers := map[corpus.Kind][]uint32{}
	for ref := range n.documents {
		numbers[ref.Kind] = append(numbers[ref.Kind], ref.Number)
	}
	for _, k := range []corpus.Kind{corpus.Achievement, corpus.Need} {
		docs, err := r.s.Store.ByNumber(k, numbers[k]...)
		if err != nil {
			return err
		}
		n.fresh[k] = map[uint32]corpus.Doc{}
		for _, d := range docs {
			if r.s.mayTell(&d) {
				n.fresh[k][d.Number] = d
			}
		}
	}
	return nil
}

// mayTell reports whether a document is on show and not over.
func (s *Service) mayTell(d *corpus.Doc) bool {
	return d.Status == corpus.Published && !d.ValidUntil.Over(s.now())
}
