package matcher

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"duijie/corpus"
	"duijie/indexer"
)

// A cursor names the last entry of a page, with where it stands in another order than the best first.
type cursor struct {
	Points float64      `json:"p"`
	Number uint32       `json:"n"`
	Sort   indexer.Sort `json:"s,omitempty"`
	Weak   bool         `json:"w,omitempty"`
	Rank   int64        `json:"r,omitempty"`
}

func (c cursor) String() string {
	b, _ := json.Marshal(c) // numbers and a word always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string, by indexer.Sort) (cursor, error) {
	c := cursor{Points: math.Inf(1)}
	if s == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Sort != by {
		e := corpus.Errorf(corpus.Invalid, "this cursor is not ours, or of another order")
		e.Field, e.Fix, e.Err = "after", "use the \"next\" of the page before, as it is, with the same order", err
		return c, e
	}
	return c, nil
}

// shown makes a list of rows, which are best first; those without points are for lists that are kept.
func (m *Matcher) shown(ctx context.Context, rows []ranked) []arranged {
	return arrange(withPoints(rows), m.wordReader(ctx))
}

// answer cuts a page out of a list of d's pairs and adds titles and reasons.
func (m *Matcher) answer(ctx context.Context, d corpus.Doc, entry *indexer.Entry, shown []arranged, lost string, o Options) (Answer, error) {
	after, err := parseCursor(o.After, o.Sort)
	if err != nil {
		return Answer{}, err
	}
	limit := o.Limit
	if limit <= 0 {
		limit = 20
	}
	target := sought(d.Kind)
	shown = shown[:min(Kept, len(shown))]
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if err := m.confirmedFirst(target, shown, o); err != nil {
		return Answer{}, err
	}
	place, err := m.order(ctx, target, shown, o.Sort)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Matches: []Match{}, Total: len(shown), Degraded: lost, Versions: m.versions(entry)}
	for _, r := range shown {
		if m.label(r.ranked) != Weak {
			a.Fitting++
		}
	}
	start := 0
	if o.After != "" {
		// The list may have changed since: the entry after the one that the cursor names, or the first that stands behind it.
		if start = slices.IndexFunc(shown, func(r arranged) bool { return r.number == after.Number }) + 1; start == 0 {
			start = slices.IndexFunc(shown, func(r arranged) bool { return after.before(place(r)) })
		}
		if start < 0 {
			start = len(shown)
		}
	}
	page := shown[start:min(start+limit, len(shown))]
	if start+len(page) < len(shown) {
		last := page[len(page)-1]
		a.Next = place(last).String()
	}
	numbers := make([]uint32, 0, len(page))
	for _, r := range page {
		numbers = append(numbers, r.number)
		for _, f := range r.folded {
			numbers = append(numbers, f.number)
		}
	}
	docs, err := m.store.ByNumber(target, numbers...)
	if err != nil {
		return Answer{}, err
	}
	published := make(map[uint32]corpus.Doc, len(docs))
	for _, d := range docs {
		if d.Status == corpus.Published {
			published[d.Number] = d.Public()
		}
	}
	entries, err := m.entries(ctx, indexer.Lookup{Kind: target, Numbers: numbers, Words: true})
	if err != nil {
		return Answer{}, err
	}
	teller := m.scorer.teller(newSide(&d, entry))
	for _, r := range page {
		found, ok := published[r.number]
		if !ok {
			a.Total-- // withdrawn since it was ranked
			continue
		}
		r.entry = cmp.Or(entries[r.number], &indexer.Entry{})
		match := m.match(teller, &found, r.ranked, o.Now)
		if err := match.addLife(&found, o); err != nil {
			return Answer{}, err
		}
		for _, f := range r.folded {
			if d, ok := published[f.number]; ok {
				match.Folded = append(match.Folded, Folded{d.ID, d.Title})
			}
		}
		a.Matches = append(a.Matches, match)
	}
	return a, nil
}

// wordReader returns what gives an entry's words, which lists do not hold: none where the document has changed since.
func (m *Matcher) wordReader(ctx context.Context) func(*indexer.Entry) []indexer.Count {
	read := map[uint32][]indexer.Count{}
	return func(e *indexer.Entry) []indexer.Count {
		words, known := read[e.Number]
		if !known {
			found, err := m.engine.Entries(ctx, indexer.Lookup{Kind: e.Kind, Numbers: []uint32{e.Number}, Words: true})
			if err == nil && len(found) == 1 && found[0].Version == e.Version {
				words = found[0].Words
			}
			read[e.Number] = words
		}
		return words
	}
}

// label says in a word how far a pair can be trusted: by its points, and by its evidence.
func (m *Matcher) label(r ranked) Label {
	if r.evidence < fittingEvidence {
		return Weak
	}
	return LabelOf(m.scorer.ranking.Score(r.parts.Points()))
}

// versions name what the scores of a list are made of.
func (m *Matcher) versions(asking *indexer.Entry) Versions {
	r := &m.scorer.ranking
	return Versions{Ranking: r.Version, Dictionary: m.scorer.seg.Hash(), Model: m.analyzer.ModelOf(asking),
		Calibration: fmt.Sprintf("%.4g*points%+.4g", r.Slope, r.Offset)}
}

// match makes the entry of a list for a found document.
func (m *Matcher) match(t *teller, found *corpus.Doc, r ranked, now time.Time) Match {
	if r.entry.Version != found.Version {
		// The index has not heard of the last change, which may have closed a field: say nothing of what it knows.
		r.entry = &indexer.Entry{Vector: r.entry.Vector, Far: r.entry.Far}
	}
	there := newSide(found, r.entry)
	need, achievement := t.sides(there)
	out := Match{ID: found.ID, Title: found.Title, Points: r.parts.Points(), Ref: indexer.Ref{Kind: found.Kind, Number: found.Number},
		Reasons: t.reasons(r.parts, there), Brief: found.Brief()}
	out.Score = m.scorer.ranking.Score(out.Points)
	out.Label = m.label(r)
	out.Figures = m.scorer.figures(need, achievement)
	out.addCard(need, achievement, now)
	return out
}
