package matcher

import (
	"cmp"
	"context"
	"slices"

	"duijie/corpus"
	"duijie/indexer"
)

// order puts a list, which is its own and best first, in the order that a reader asks for: by day, or by the price of
// achievements and the budget of needs. Weak entries stay behind the others, what is not stated stands last, and entries that
// are alike in this stay best first. It returns where an entry stands, as a cursor names it.
func (m *Matcher) order(ctx context.Context, k corpus.Kind, list []arranged, by indexer.Sort) (func(arranged) cursor, error) {
	if by == indexer.ByRelevance {
		return func(r arranged) cursor { return cursor{Points: r.parts.Points(), Number: r.number} }, nil
	}
	numbers := make([]uint32, len(list))
	for i, r := range list {
		numbers[i] = r.number
	}
	entries, err := m.entries(ctx, indexer.Lookup{Kind: k, Numbers: numbers})
	if err != nil {
		return nil, err
	}
	place := func(r arranged) cursor {
		entry := cmp.Or(entries[r.number], &indexer.Entry{})
		return cursor{Points: r.parts.Points(), Number: r.number, Sort: by, Weak: m.label(r.ranked) == Weak, Rank: indexer.RankOf(&entry.Columns, by)}
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
