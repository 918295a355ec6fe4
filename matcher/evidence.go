package matcher

import (
	"math"

	"duijie/corpus"
	"duijie/indexer"
)

// Points rank the achievements of one need; among many that don't fit some are still the best. Evidence says in absolute
// terms whether a pair has anything in common:
//
//	evidence = shared / sharedSpread + max(0, cosine) / cosineSpread
//
// where shared is the inverse document frequency of those key words of the need, the first indexer.MaxHas of them, that
// stand in the achievement. A word or
// two of everyday life and a vague likeness come to less than listedEvidence, however many achievements there are.
// On the dev set nearly all pairs of grade 2 and 3 among the first ten reach it. No need of TestForeignNeedsFindNothing has
// a pair that reaches fittingEvidence and a score of possibleScore among 100,000 achievements; needs near to research do
// (translators, auctions), and some problems in everyday words that an achievement solves do not.
const (
	sharedSpread    = 12.
	cosineSpread    = .34
	listedEvidence  = 1.1 // of an entry of a list
	fittingEvidence = 1.7 // of one that is more than weak
)

// evidence returns the evidence of pairs of asking with found ones; it is the same from both sides. Those that a need
// has found are looked up with its key words.
func (s *Scorer) evidence(asking *indexer.Entry) func(found indexer.Found) float64 {
	// Whole numbers, so that the order of the sum does not matter.
	const steps = 1 << 10
	tells := func(word string) (idf int) {
		if s.tells(word) {
			idf = int(math.Round(steps * s.seg.IDF(word)))
		}
		return idf
	}
	value := func(shared int, found *indexer.Entry) float64 {
		return float64(shared)/(steps*sharedSpread) + max(0, indexer.Meaning(asking, found))/cosineSpread
	}
	if asking.Kind == corpus.Need {
		words := leading(asking.Keywords)
		brings := make([]int, len(words))
		for i, k := range words {
			brings[i] = tells(k.Term)
		}
		return func(found indexer.Found) float64 {
			shared := 0
			for i, idf := range brings {
				if found.Has>>i&1 != 0 {
					shared += idf
				}
			}
			return value(shared, found.Entry)
		}
	}
	known := map[string]int{}
	for _, w := range asking.Words {
		known[w.Term] = tells(w.Term)
	}
	return func(found indexer.Found) float64 {
		shared := 0
		for _, k := range leading(found.Keywords) {
			shared += known[k.Term]
		}
		return value(shared, found.Entry)
	}
}

// leading returns the key words that evidence looks at.
func leading(words []indexer.Keyword) []indexer.Keyword {
	return words[:min(indexer.MaxHas, len(words))]
}
