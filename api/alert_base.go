package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
)

// A baseline is what a subscription had when it was made, or when it began to ask for something else: none of it is news.
type baseline struct {
	Topic   string `json:"topic"`
	Seq     uint64 `json:"seq"`     // documents that have not changed since are no news either
	Numbers []byte `json:"numbers"` // of the documents that fitted: a roaring bitmap

	numbers *roaring.Bitmap
}

func baseKey(subscription string) string { return "baseline\x00" + subscription }

func readBase(note []byte) (b baseline, err error) {
	b.numbers = roaring.New()
	if err = json.Unmarshal(note, &b); err == nil {
		_, err = b.numbers.ReadFrom(bytes.NewReader(b.Numbers)) // copies; FromBuffer takes what lies across words
	}
	return b, err
}

func (b *baseline) note() ([]byte, error) {
	var err error
	b.numbers.RunOptimize()
	if b.Numbers, err = b.numbers.ToBytes(); err != nil {
		return nil, err
	}
	return json.Marshal(b)
}

// base reads the baseline of a subscription.
func (r *raiser) base(n *news, sub market.Subscription) (baseline, error) {
	note := n.notes[baseKey(sub.ID)] // made in this step
	if note == nil {
		var err error
		if note, err = r.s.Store.Note(baseKey(sub.ID)); err != nil {
			return baseline{}, err
		}
	}
	b, err := readBase(note)
	if err != nil {
		return b, fmt.Errorf("baseline of subscription %s: %w", sub.ID, err)
	}
	return b, nil
}

// rebase makes the baselines that are missing, and adds to those whose own need or achievement has changed what fits it now;
// those of subscriptions that are not to be told end.
func (r *raiser) rebase(ctx context.Context, g *Generation, n *news) error {
	if r.subs == nil || len(n.subscribed) > 0 || n.owners {
		if err := r.readSubscriptions(ctx, n); err != nil {
			return err
		}
	}
	for _, sub := range r.subs {
		if err := r.rebaseOne(ctx, g, n, sub); err != nil && !r.leavesOut(ctx, sub, err) {
			return err
		}
	}
	return nil
}

// leavesOut reports whether an error costs one subscription alone what is new, and logs it; else everything is tried again.
func (r *raiser) leavesOut(ctx context.Context, sub market.Subscription, err error) bool {
	if ctx.Err() != nil || corpus.CodeOf(err) == corpus.Unavailable {
		return false
	}
	r.s.Log.ErrorContext(ctx, "a subscription is left out", "subscription", sub.ID, "error", err)
	return true
}

func (r *raiser) rebaseOne(ctx context.Context, g *Generation, n *news, sub market.Subscription) error {
	since, known := n.subscribed[sub.ID]
	if !known {
		since = r.seen
	}
	add := r.bases[sub.ID] != sub.Topic()
	b := baseline{Topic: sub.Topic(), Seq: since, numbers: roaring.New()}
	if !add {
		subject, err := r.subject(sub)
		if err != nil {
			return err
		}
		if sub.Subject().ID == "" || !n.subjects[subject] && !n.subjects[sub.Subject()] {
			return nil
		}
		if b, err = r.base(n, sub); err != nil {
			return err
		}
		since = r.seen
	}
	fits, err := r.allFits(ctx, g, sub)
	if err != nil {
		return err
	}
	later, err := r.changedSince(sub.Kind, since)
	if err != nil {
		return err
	}
	fits.AndNot(later)
	b.numbers.Or(fits)
	if n.notes[baseKey(sub.ID)], err = b.note(); err != nil {
		return err
	}
	r.bases[sub.ID] = b.Topic
	return nil
}

// readSubscriptions reads which subscriptions are to be told, and which have a baseline. Of the others they end.
func (r *raiser) readSubscriptions(ctx context.Context, n *news) error {
	r.subs, r.bases = []market.Subscription{}, map[string]string{}
	for record, err := range r.s.Store.Records(market.Subscriptions) {
		if err != nil {
			return err
		}
		sub, err := parseSubscription(record)
		if err != nil { // it costs others nothing
			r.s.Log.ErrorContext(ctx, "a subscription can't be read", "error", err)
			continue
		}
		note, err := r.s.Store.Note(baseKey(sub.ID))
		if err != nil {
			return err
		}
		gone, err := r.s.gone(sub.By)
		if err != nil {
			if !r.leavesOut(ctx, sub, err) {
				return err
			}
			continue
		}
		switch {
		case sub.Alerts() && !gone:
			r.subs = append(r.subs, sub)
			if note == nil {
				break
			}
			b, err := readBase(note)
			if err != nil { // another is made
				r.s.Log.ErrorContext(ctx, "a baseline can't be read", "subscription", sub.ID, "error", err)
				break
			}
			r.bases[sub.ID] = b.Topic
		case note != nil:
			n.notes[baseKey(sub.ID)] = nil
		}
		if !gone && sub.State == market.Active && sub.Mail != "" && sub.Confirmed.IsZero() {
			if err := r.ask(n, sub); err != nil {
				return err
			}
		}
	}
	for id := range n.subscribed {
		if !slices.ContainsFunc(r.subs, func(s market.Subscription) bool { return s.ID == id }) {
			n.notes[baseKey(id)] = nil
		}
	}
	return nil
}

// ask asks the holder of the subscription's address to confirm it, unless that was done since it was edited, or the address
// was asked often enough on that day.
func (r *raiser) ask(n *news, sub market.Subscription) error {
	free := ""
	for _, id := range market.ConfirmationIDs(sub) {
		asked := corpus.Event{To: sub.ID, State: corpus.Dropped}
		if i := slices.IndexFunc(n.events, func(e corpus.Event) bool { return e.ID == id }); i >= 0 {
			asked = n.events[i]
		} else if e, err := r.s.Store.Event(id); err == nil {
			asked = e
		} else if corpus.CodeOf(err) != corpus.NotFound {
			return err
		}
		switch {
		case asked.State == corpus.Dropped: // nobody was asked under it
			free = cmp.Or(free, id)
		case asked.To == sub.ID:
			return nil
		}
	}
	if free == "" {
		r.s.Log.Warn("an address is asked no more today", "subscription", sub.ID)
		return nil
	}
	n.events = append(n.events, corpus.Event{ID: free, To: sub.ID, Type: confirmAddress})
	return nil
}

func parseSubscription(r corpus.Record) (s market.Subscription, err error) {
	if err = json.Unmarshal(r.Body, &s); err != nil {
		err = fmt.Errorf("subscription %s: %w", r.ID, err)
	}
	return s, err
}

// subject is the document whose list a subscription follows, after merges.
func (r *raiser) subject(sub market.Subscription) (corpus.Link, error) {
	l := sub.Subject()
	err := r.s.endOf(l.Kind, &l.ID)
	return l, err
}

// changedSince are the documents of a kind that changed behind one change, also those that the index may have taken up since
// it was asked how far it is.
func (r *raiser) changedSince(k corpus.Kind, after uint64) (*roaring.Bitmap, error) {
	out := roaring.New()
	for {
		changes, err := r.s.Store.Changes(after, 1000)
		if err != nil || len(changes) == 0 {
			return out, err
		}
		for _, c := range changes {
			if c.Kind == k {
				out.Add(c.Number)
			}
		}
		after = changes[len(changes)-1].Seq
	}
}

// allFits are the documents that a subscription would have been told of, by number.
func (r *raiser) allFits(ctx context.Context, g *Generation, sub market.Subscription) (*roaring.Bitmap, error) {
	if sub.Subject().ID == "" {
		return r.search(ctx, g, sub, func(indexer.Ref) bool { return true })
	}
	out := roaring.New()
	f, err := r.list(ctx, g, sub)
	if f != nil {
		out.AddMany(f.Numbers())
	}
	return out, err
}
