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
// where shared is the inverse document frequency of those key words of the need that stand in the achievement. A word or
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

// evidence returns the evidence of pairs of asking with found ones; it is the same from both sides.
func (s *Scorer) evidence(asking *indexer.Entry) func(found *indexer.Entry) float64 {
	// Whole numbers, so that the order of the sum does not matter.
	const steps = 1 << 10
	tells := func(word string) (idf int) {
		if s.tells(word) {
			idf = int(math.Round(steps * s.seg.IDF(word)))
		}
		return idf
	}
	known := map[string]int{}
	if asking.Kind == corpus.Need {
		for _, k := range asking.Keywords {
			known[k.Term] = tells(k.Term)
		}
	} else {
		for _, w := range asking.Words {
			known[w.Term] = tells(w.Term)
		}
	}
	return func(found *indexer.Entry) float64 {
		shared := 0
		if asking.Kind == corpus.Need {
			for _, w := range found.Words {
				shared += known[w.Term]
			}
		} else {
			for _, k := range found.Keywords {
				shared += known[k.Term]
			}
		}
		return float64(shared)/(steps*sharedSpread) + max(0, indexer.Meaning(asking, found))/cosineSpread
	}
}
