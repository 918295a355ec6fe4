package indexer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"duijie/corpus"
)

const (
	// MaxTyped is the length of a Query's text in bytes; a whole problem is no query but a Probe.
	MaxTyped = 2_000
	// exactRank puts the document whose id or registration number was typed before all others.
	exactRank = 1 << 33
)

// Search implements Engine.
func (l *Local) Search(ctx context.Context, q Query) (Page, error) {
	if len(q.Text) > MaxTyped {
		e := corpus.Errorf(corpus.TooLarge, "the query has %d bytes, more than the %d allowed", len(q.Text), MaxTyped)
		e.Field, e.Fix = "q", "match a long text as a problem instead of searching for it"
		return Page{}, e
	}
	if q.Limit = min(q.Limit, 100); q.Limit <= 0 {
		q.Limit = 20
	}
	after, err := parseCursor(q.After, q.Sort)
	if err != nil {
		return Page{}, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.text.closed() {
		return Page{}, errClosed
	}
	t, err := l.read(ctx, q.Text)
	if err != nil {
		return Page{}, err
	}
	f := finding{q: &q, typed: t, after: after, byDate: t.all || q.Sort == ByDate}
	f.best.k = q.Limit + 1 // one more tells whether there is a next page
	for i, k := range corpus.Kinds {
		if err := ctx.Err(); err != nil {
			return Page{}, err
		}
		w := newWork(len(l.shelves[k].entries))
		defer w.release()
		f.works = append(f.works, w)
		f.add(i, l.shelves[k])
	}
	return f.page(), nil
}

// A finding is one search under way.
type finding struct {
	q      *Query
	typed  *typed
	after  *cursor
	byDate bool
	works  []*work // by place in corpus.Kinds
	best   top
	total  int
	tally  tally
}

// add finds the documents of the kind at place i of corpus.Kinds.
func (f *finding) add(i int, s *shelf) {
	otherKind := len(f.q.Filter.Kinds) > 0 && !slices.Contains(f.q.Filter.Kinds, s.kind)
	if otherKind && !f.q.Facets {
		return
	}
	f.typed.sum(s, f.works[i])
	sieve, census := s.columns.sieve(&f.q.Filter), s.columns.census()
	dates := dateRanks(s.columns[dimPublished].sets)
	kinds := 0
	for number, e := range s.entries {
		if e == nil || !f.typed.finds(e.Ref, f.works[i].masks[number]) {
			continue
		}
		misses, missed := sieve.misses(e.Number)
		if otherKind {
			misses, missed = misses+1, dimKind
		}
		if misses == 0 && !otherKind || misses == 1 && missed == dimKind {
			kinds++
		}
		// A document that fails one dimension only is counted there, as if that were not filtered.
		for dim := range census {
			if misses == 0 || misses == 1 && missed == dim {
				census.count(&s.columns, dim, e.Number)
			}
		}
		if misses > 0 {
			continue
		}
		f.total++
		r := ranked{f.score(i, e), uint64(i)<<32 | uint64(number)}
		if f.byDate {
			r.rank = dates[s.columns[dimPublished].rows[number]]
		}
		if f.after == nil || f.after.ranked().before(r) {
			f.best.add(r)
		}
	}
	if f.q.Facets {
		census.addTo(&f.tally, &s.columns)
		if kinds > 0 {
			f.tally.add(dimKind, string(s.kind), kinds)
		}
	}
}

// score returns the integer behind Hit.Score.
func (f *finding) score(i int, e *Entry) int64 {
	sum := int64(f.works[i].sums[e.Number])
	if f.typed.exact.has(e.Ref) {
		sum += exactRank
	}
	return sum
}

// page ends the search.
func (f *finding) page() Page {
	p := Page{Total: f.total, Terms: f.typed.show, Hits: []Hit{}}
	best := f.best.sorted()
	if len(best) > f.q.Limit {
		best = best[:f.q.Limit]
		p.Next = newCursor(best[f.q.Limit-1], f.q.Sort)
	}
	for _, r := range best {
		i := int(r.key >> 32)
		ref := Ref{corpus.Kinds[i], uint32(r.key)}
		p.Hits = append(p.Hits, Hit{ref, float64(f.score(i, &Entry{Ref: ref})) * impactStep / idfSteps})
	}
	if f.q.Facets {
		p.Facets = f.tally.list()
	}
	return p
}

// dateRanks returns the dates as numbers in their order, 20260531 for 2026-05-31, 20260000 for 2026, 0 for none.
func dateRanks(sets [][]string) []int64 {
	out := make([]int64, len(sets))
	for place, set := range sets {
		if len(set) > 0 {
			digits := strings.ReplaceAll(set[0], "-", "")
			out[place], _ = strconv.ParseInt((digits + "0000")[:8], 10, 64)
		}
	}
	return out
}

// A cursor is the last hit of a page: the next page begins behind it, whatever was added since.
type cursor struct {
	Rank int64  `json:"r"`
	Key  uint64 `json:"k"`
	Sort Sort   `json:"s,omitempty"`
}

func (c *cursor) ranked() ranked { return ranked{c.Rank, c.Key} }

func newCursor(r ranked, s Sort) string {
	b, _ := json.Marshal(cursor{r.rank, r.key, s}) // numbers and a string always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(text string, s Sort) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Sort != s {
		e := corpus.Errorf(corpus.Invalid, "this is no cursor of the same search")
		e.Field, e.Fix, e.Err = "after", "give the value of next from the page before, with the same order", err
		return nil, e
	}
	return &c, nil
}
