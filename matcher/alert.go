package matcher

import (
	"context"
	"slices"

	"duijie/corpus"
	"duijie/indexer"
)

// Fits is the match list of one stored document as it stands, for who wants to know what is new in it.
type Fits struct {
	m     *Matcher
	doc   corpus.Doc
	entry *indexer.Entry
	shown []arranged
	lost  string
}

// FitsOf returns the list of a published need or achievement: that which ForNeed and ForAchievement answer from.
func (m *Matcher) FitsOf(ctx context.Context, k corpus.Kind, id string) (*Fits, error) {
	generation := m.lists.now()
	d, err := m.published(k, id)
	if err != nil {
		return nil, err
	}
	if k == corpus.Need {
		return m.keptList(ctx, d, generation)
	}
	entry, err := m.indexed(ctx, d)
	if err != nil {
		return nil, err
	}
	rows, lost, err := m.best(ctx, d, entry, indexer.Filter{})
	if err != nil {
		return nil, err
	}
	return &Fits{m, d, entry, m.shown(ctx, rows), lost}, nil
}

// fitting are the entries that a reader is shown and that are more than weak.
func (f *Fits) fitting() []arranged {
	var out []arranged
	for _, r := range f.shown[:min(Kept, len(f.shown))] {
		if f.m.label(r.ranked) != Weak {
			out = append(out, r)
		}
	}
	return out
}

// Numbers are those of the documents that fit, with the near-identical ones behind them.
func (f *Fits) Numbers() []uint32 {
	var out []uint32
	for _, r := range f.fitting() {
		out = append(out, r.number)
		for _, folded := range r.folded {
			out = append(out, folded.number)
		}
	}
	return out
}

// Among returns those of the documents that fit, more than weak, whose numbers are among some, best first, with reasons. Of
// o it reads Now and Notices.
func (f *Fits) Among(ctx context.Context, some map[uint32]bool, o Options) ([]Match, error) {
	chosen := slices.DeleteFunc(f.fitting(), func(r arranged) bool { return !some[r.number] })
	if len(chosen) == 0 {
		return nil, nil
	}
	o.Limit, o.After = len(chosen), ""
	a, err := f.m.answer(ctx, f.doc, f.entry, chosen, f.lost, o)
	return a.Matches, err
}

// Level returns the last change of a document that all lists hold.
func (m *Matcher) Level() uint64 {
	m.lists.mu.Lock()
	defer m.lists.mu.Unlock()
	return m.lists.level
}

// Near returns those of some documents, by number, whose pair with another one, of the kind that they are matched with, may
// be more than weak: a first look that costs one pass over the index, where each list of theirs would cost more. What the index
// does not hold is near to nothing.
func (m *Matcher) Near(ctx context.Context, to indexer.Ref, some map[uint32]bool) ([]uint32, error) {
	found, err := m.engine.Entries(ctx, indexer.Lookup{Kind: to.Kind, Numbers: []uint32{to.Number}, Words: true})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	asking, target := found[0].Entry, sought(to.Kind)
	pairs, err := m.engine.Candidates(ctx, indexer.Probe{Target: target, Entry: *asking, Want: func(c indexer.Candidate) bool {
		return some[c.Number] && (c.Words > 0 || c.Meaning > 0)
	}})
	if err != nil {
		return nil, err
	}
	rows, err := m.weighed(ctx, asking, target, pairs, len(pairs))
	var out []uint32
	for _, r := range rows {
		if r.evidence >= fittingEvidence {
			out = append(out, r.number)
		}
	}
	return out, err
}

// Version is that of the document whose list it is.
func (f *Fits) Version() uint64 { return f.doc.Version }
