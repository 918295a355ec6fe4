package indexer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"math"
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
	now, err := l.read()
	if err != nil {
		return Page{}, err
	}
	defer l.done(now)
	t, err := l.typed(ctx, now.text, q.Text)
	if err != nil {
		return Page{}, err
	}
	f := finding{q: &q, typed: t, after: after, column: orderedBy(q.Sort, t.all), scores: map[uint64]int64{}}
	f.best.k = q.Limit + 1 // one more tells whether there is a next page
	for i, k := range corpus.Kinds {
		if err := ctx.Err(); err != nil {
			return Page{}, err
		}
		f.add(i, now.shelves[k])
	}
	return f.page(), nil
}

// A finding is one search under way.
type finding struct {
	q      *Query
	typed  *typed
	after  *cursor
	column int // that gives the order; -1: the score does
	best   top
	total  int
	tally  tally
	scores map[uint64]int64 // by a column only: of those that were among the best, by key
}

// add finds the documents of the kind at place i of corpus.Kinds.
func (f *finding) add(i int, s *shelf) {
	otherKind := len(f.q.Filter.Kinds) > 0 && !slices.Contains(f.q.Filter.Kinds, s.kind)
	if otherKind && !f.q.Facets {
		return
	}
	w := newWork(s.room).withMasks()
	defer w.release()
	f.typed.sum(s, w)
	kinds := 0
	for at := range s.parts {
		kinds += f.addPart(i, &s.parts[at], w.of(&s.parts[at]), otherKind)
	}
	if f.q.Facets && kinds > 0 {
		f.tally.add(dimKind, string(s.kind), kinds)
	}
}

// addPart is add for one part; it returns how many documents count under their kind.
func (f *finding) addPart(i int, p *part, w work, otherKind bool) (kinds int) {
	sieve, census := p.columns.sieve(&f.q.Filter), p.columns.census()
	var order []int64 // by place
	if f.column >= 0 {
		order = ranksOf(f.q.Sort, p.columns[f.column].sets)
	}
	finds := f.typed.finder(p.kind)
	for at, number := range p.numbers {
		if !finds(number, w.masks[at]) || p.dead.has(at) {
			continue
		}
		misses, missed := sieve.misses(at)
		if otherKind {
			misses, missed = misses+1, dimKind
		}
		if misses == 0 && !otherKind || misses == 1 && missed == dimKind {
			kinds++
		}
		if f.q.Facets {
			// A document that fails one dimension only is counted there, as if that were not filtered.
			for dim := range census {
				if misses == 0 || misses == 1 && missed == dim {
					census.count(&p.columns, dim, at)
				}
			}
		}
		if misses > 0 || f.q.Keep != nil && !f.q.Keep(Ref{p.kind, number}) {
			continue
		}
		f.total++
		r := ranked{f.score(p.kind, number, w.sums[at]), uint64(i)<<32 | uint64(number)}
		score := r.rank
		if f.column >= 0 {
			r.rank = order[p.columns[f.column].rows[at]]
		}
		if (f.after == nil || f.after.ranked().before(r)) && f.best.wants(r) {
			f.best.add(r)
			if f.column >= 0 {
				f.scores[r.key] = score
			}
		}
	}
	if f.q.Facets {
		census.addTo(&f.tally, &p.columns)
	}
	return kinds
}

// score returns the integer behind Hit.Score.
func (f *finding) score(k corpus.Kind, number, sum uint32) int64 {
	if f.typed.exact.has(Ref{k, number}) {
		return int64(sum) + exactRank
	}
	return int64(sum)
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
		score := r.rank
		if f.column >= 0 {
			score = f.scores[r.key]
		}
		p.Hits = append(p.Hits, Hit{Ref{corpus.Kinds[r.key>>32], uint32(r.key)}, float64(score) * impactStep / idfSteps})
	}
	if f.q.Facets {
		p.Facets = f.tally.list()
	}
	return p
}

// orderedBy is the column that gives the order, -1 where the score does. all says that nothing was typed.
func orderedBy(s Sort, all bool) int {
	switch {
	case s == ByLowest || s == ByHighest:
		return dimMoney
	case all || s == ByDate:
		return dimPublished
	}
	return -1
}

// RankOf is a number that is the higher, the earlier a document with these columns comes in an order by day or amount; the
// lowest where it does not state what counts.
func RankOf(c *Columns, s Sort) int64 { return rankOf(c.sets()[orderedBy(s, true)], s) }

// ranksOf are the ranks of the values of the column that gives an order, by place.
func ranksOf(s Sort, sets [][]string) []int64 {
	out := make([]int64, len(sets))
	for place, set := range sets {
		out[place] = rankOf(set, s)
	}
	return out
}

// rankOf is RankOf by a set of the column: an amount, or a day as 20260531 for 2026-05-31, 20260000 for 2026.
func rankOf(set []string, s Sort) int64 {
	if len(set) == 0 {
		return math.MinInt64
	}
	text := set[0]
	if s != ByLowest && s != ByHighest {
		text = (strings.ReplaceAll(text, "-", "") + "0000")[:8]
	}
	rank, _ := strconv.ParseInt(text, 10, 64) // it was checked when it was stored
	if s == ByLowest {
		rank = -rank
	}
	return rank
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
