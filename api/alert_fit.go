package api

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

// A fit is a fresh document that fits what somebody subscribes to.
type fit struct {
	ref indexer.Ref
	Alert
}

// fits finds for each topic of the subscriptions which fresh documents fit.
func (r *raiser) fits(ctx context.Context, g *Generation, n *news) (map[string][]fit, error) {
	out := map[string][]fit{}
	lists := map[indexer.Ref][]market.Subscription{} // by the document whose list they follow
	for _, sub := range r.subs {
		switch _, done := out[sub.Topic()]; {
		case done || len(n.fresh[sub.Kind]) == 0:
		case sub.Subject().ID == "":
			found, err := r.matching(ctx, g, n, sub)
			if err != nil && !r.leavesOut(ctx, sub, err) {
				return nil, err
			}
			out[sub.Topic()] = found
		default:
			out[sub.Topic()] = nil
			subject, err := r.subjectDoc(sub)
			if err != nil {
				if !r.leavesOut(ctx, sub, err) {
					return nil, err
				}
			} else if subject != nil {
				ref := indexer.Ref{Kind: subject.Kind, Number: subject.Number}
				lists[ref] = append(lists[ref], sub)
			}
		}
	}
	for _, k := range []corpus.Kind{corpus.Need, corpus.Achievement} {
		near, err := r.near(ctx, g, n, k, lists)
		if err != nil {
			return nil, err
		}
		for number := range near {
			for _, sub := range lists[indexer.Ref{Kind: k, Number: number}] {
				if out[sub.Topic()], err = r.entering(ctx, g, n, sub); err != nil && !r.leavesOut(ctx, sub, err) {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// subjectDoc is the document whose list a subscription follows, nil where there is nothing to tell about it.
func (r *raiser) subjectDoc(sub market.Subscription) (*corpus.Doc, error) {
	l, err := r.subject(sub)
	if err != nil {
		return nil, err
	}
	d, err := r.s.Store.Get(l.Kind, l.ID)
	if corpus.CodeOf(err) == corpus.NotFound || err == nil && !r.s.mayTell(&d) {
		return nil, nil
	}
	return &d, err
}

// near returns which documents of a kind, of those whose lists are followed, may have fresh ones in their list: found by one
// pass for each fresh one where those are fewer.
func (r *raiser) near(ctx context.Context, g *Generation, n *news, k corpus.Kind, lists map[indexer.Ref][]market.Subscription) (map[uint32]bool, error) {
	all := map[uint32]bool{}
	for ref := range lists {
		if ref.Kind == k {
			all[ref.Number] = true
		}
	}
	other := corpus.Need
	if k == corpus.Need {
		other = corpus.Achievement
	}
	if len(all) <= len(n.fresh[other]) {
		return all, nil
	}
	out := map[uint32]bool{}
	for number := range n.fresh[other] {
		found, err := g.Matcher.Near(ctx, indexer.Ref{Kind: other, Number: number}, all)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			out[f] = true
		}
	}
	return out, nil
}

// list is the match list that a subscription follows, nil where there is none.
func (r *raiser) list(ctx context.Context, g *Generation, sub market.Subscription) (*matcher.Fits, error) {
	subject, err := r.subjectDoc(sub)
	if subject == nil || err != nil {
		return nil, err
	}
	f, err := g.Matcher.FitsOf(ctx, subject.Kind, subject.ID)
	if corpus.CodeOf(err) == corpus.NotFound { // taken down in this moment
		return nil, nil
	}
	return f, err
}

// entering are the fresh documents in the match list that a subscription follows.
func (r *raiser) entering(ctx context.Context, g *Generation, n *news, sub market.Subscription) ([]fit, error) {
	f, err := r.list(ctx, g, sub)
	if f == nil || err != nil {
		return nil, err
	}
	some := make(map[uint32]bool, len(n.fresh[sub.Kind]))
	for number := range n.fresh[sub.Kind] {
		some[number] = true
	}
	o := matcher.Options{}
	r.s.dated(&o)
	matches, err := f.Among(ctx, some, o)
	if err != nil {
		return nil, err
	}
	var out []fit
	for _, m := range matches {
		a := Alert{Document: corpus.Link{Kind: m.Ref.Kind, ID: m.ID}, Version: n.fresh[sub.Kind][m.Ref.Number].Version, Subject: f.Version(),
			Score: m.Score, Label: m.Label, Why: m.Why}
		for _, reason := range m.Reasons {
			a.Reasons = append(a.Reasons, AlertReason{reason.Kind, reason.Points, reason.Text})
		}
		out = append(out, fit{m.Ref, a})
	}
	return out, nil
}

// matching are the fresh documents that a search or a field has.
func (r *raiser) matching(ctx context.Context, g *Generation, n *news, sub market.Subscription) ([]fit, error) {
	numbers, err := r.search(ctx, g, sub, func(ref indexer.Ref) bool {
		_, fresh := n.fresh[ref.Kind][ref.Number]
		return fresh
	})
	if err != nil {
		return nil, err
	}
	var out []fit
	for _, number := range numbers.ToArray() {
		d := n.fresh[sub.Kind][number]
		out = append(out, fit{indexer.Ref{Kind: sub.Kind, Number: number}, Alert{Document: corpus.Link{Kind: d.Kind, ID: d.ID}, Version: d.Version}})
	}
	return out, nil
}

// search returns those of the documents that a subscription's search or field has of which want says yes. A search that
// can't be made, for it was saved under other rules, has none.
func (r *raiser) search(ctx context.Context, g *Generation, sub market.Subscription, want func(indexer.Ref) bool) (*roaring.Bitmap, error) {
	out := roaring.New()
	q := indexer.Query{Text: sub.Query, Filter: indexer.Filter{Kinds: []corpus.Kind{sub.Kind}}, Keep: func(ref indexer.Ref) bool {
		if want(ref) {
			out.Add(ref.Number)
		}
		return false // how they rank is of no interest
	}}
	if sub.Field != "" {
		q.Filter.Field = []string{sub.Field}
	}
	_, err := g.Engine.Search(ctx, q)
	if code := corpus.CodeOf(err); code == corpus.TooLarge || code == corpus.Invalid {
		r.s.Log.WarnContext(ctx, "a subscription's search can't be made", "subscription", sub.ID, "error", err)
		err = nil
	}
	return out, err
}
