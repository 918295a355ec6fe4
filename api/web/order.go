package web

import (
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// amounts begin the keys of the words for orders by an amount, by the kinds that state one.
var amounts = map[corpus.Kind]string{corpus.Achievement: "sort.price.", corpus.Need: "sort.budget."}

// orderIn reads an order from an address or a form. One that documents of the kind, "" for all, have no column for is that by
// relevance.
func orderIn(text string, kind corpus.Kind) indexer.Sort {
	switch by := indexer.Sort(text); by {
	case indexer.ByDate:
		return by
	case indexer.ByLowest, indexer.ByHighest:
		if amounts[kind] != "" {
			return by
		}
	}
	return indexer.ByRelevance
}

// orders are those to choose from; best is the key of the first one's name.
func (r request) orders(kind corpus.Kind, best string, chosen indexer.Sort) []option {
	out := []option{{"", r.t(best), chosen == indexer.ByRelevance}, {string(indexer.ByDate), r.t("sort.newest"), chosen == indexer.ByDate}}
	if key := amounts[kind]; key != "" {
		for _, by := range []indexer.Sort{indexer.ByLowest, indexer.ByHighest} {
			out = append(out, option{string(by), r.t(key + string(by)), chosen == by})
		}
	}
	return out
}

// orderHow says what an order does with ranges and with what states nothing; "" where there is nothing to say.
func (r request) orderHow(kind corpus.Kind, by indexer.Sort) string {
	if by == indexer.ByLowest || by == indexer.ByHighest {
		return r.t(amounts[kind] + "how")
	}
	return ""
}

// orderList adds the choice of an order to a match list of documents of a kind. at is the address that it is asked of; "": the
// form FileForm asks.
func (r request) orderList(l *matchList, kind corpus.Kind, by indexer.Sort, at string) {
	l.Sorts, l.SortAt = r.orders(kind, "sort.fit", by), at
	if by != indexer.ByRelevance {
		l.SortHow = strings.TrimSpace(r.t("sort.list") + r.orderHow(kind, by))
	}
}
