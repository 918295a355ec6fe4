package matcher

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// order puts a list, which is its own and best first, in the order that a reader asks for: by day, or by the price of
// achievements and the budget of needs. Weak entries stay behind the others, what is not stated stands last, and entries that
// are alike in this stay best first. It returns where an entry stands, as a cursor names it.
func (m *Matcher) order(k corpus.Kind, list []arranged, by indexer.Sort) (func(arranged) cursor, error) {
	if by == indexer.ByRelevance {
		return func(r arranged) cursor { return cursor{Points: r.parts.Points(), Number: r.number} }, nil
	}
	numbers := make([]uint32, len(list))
	for i, r := range list {
		numbers[i] = r.number
	}
	docs, err := m.store.ByNumber(k, numbers...)
	if err != nil {
		return nil, err
	}
	ranks := make(map[uint32]int64, len(docs))
	for _, d := range docs {
		d = d.Public()
		ranks[d.Number] = rankOf(&d, by)
	}
	place := func(r arranged) cursor {
		c := cursor{Points: r.parts.Points(), Number: r.number, Sort: by, Weak: m.label(r.ranked) == Weak, Rank: math.MinInt64}
		if rank, known := ranks[r.number]; known {
			c.Rank = rank
		}
		return c
	}
	slices.SortStableFunc(list, func(a, b arranged) int {
		x, y := place(a), place(b)
		return cmp.Or(compareBools(x.Weak, y.Weak), cmp.Compare(y.Rank, x.Rank))
	})
	return place, nil
}

// before reports whether an entry stands behind c, going by all but its number.
func (c cursor) before(entry cursor) bool {
	return cmp.Or(compareBools(c.Weak, entry.Weak), cmp.Compare(entry.Rank, c.Rank), cmp.Compare(entry.Points, c.Points)) < 0
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// rankOf is a number that is the higher, the earlier a document comes; the lowest where it does not state what counts.
func rankOf(d *corpus.Doc, by indexer.Sort) int64 {
	if by == indexer.ByDate {
		if d.PublishedOn == "" {
			return math.MinInt64
		}
		day, _ := strconv.ParseInt((strings.ReplaceAll(string(d.PublishedOn), "-", "") + "0000")[:8], 10, 64) // it was checked when it was stored
		return day
	}
	money := d.Price
	if d.Kind == corpus.Need {
		money = d.Budget
	}
	switch from := money.From(); {
	case from == 0:
		return math.MinInt64
	case by == indexer.ByLowest:
		return -from
	default:
		return from
	}
}
