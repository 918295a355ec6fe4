package matcher

import (
	"math"

	"duijie/indexer"
)

// A pair's points depend on the public text of its two sides alone: no count of the collection, no sample and no time
// enters, so that the score is the same whoever asks and never moves when other documents come or go.
//
//	points = wordsWeight    * words / (norm(need) * wordsSpread)
//	       + meaningWeight  * max(0, meaning) / meaningSpread
//	       + coverageWeight * (ofNeed/ofNeedSpread + ofAchievement/ofAchievementSpread) / 2
//
// Each part is divided by its spread: its standard deviation over all achievements, averaged over the needs of the
// dev set. Taking each need's own mean and deviation instead ranks no better there (nDCG@10 full/judged .325/.665
// against .324/.670).
const (
	wordsWeight, wordsSpread     = .30, .1157
	meaningWeight, meaningSpread = .50, .0814
	coverageWeight               = .20
	ofNeedSpread                 = .0150
	ofAchievementSpread          = .0554
)

// Parts are what the points of a pair are made of; each is 0 or more.
type Parts struct {
	Words, Meaning, Coverage float64
}

// Points is the sum of the parts.
func (p Parts) Points() float64 { return p.Words + p.Meaning + p.Coverage }

// Score maps points to (0, 1), rising: a logistic curve, fitted by maximum likelihood to the judged pairs of the dev set
// with a random pair of the same need beside each, taken as unfit where nobody judged it.
func Score(points float64) float64 { return 1 / (1 + math.Exp(3.97-.456*points)) }

// Labels begin at these scores. On the dev set a judge called half of the pairs from .5 on fit, and a quarter of those
// between .2 and .5.
const strongScore, possibleScore = .5, .2

// LabelOf says a score in a word.
func LabelOf(score float64) Label {
	switch {
	case score >= strongScore:
		return Strong
	case score >= possibleScore:
		return Possible
	}
	return Weak
}

// A Scorer computes the parts of pairs. Its methods may be called concurrently.
type Scorer struct {
	table *indexer.Static
	seg   *indexer.Segmenter
}

// NewScorer takes the word vectors that say which words cover each other, whatever embedder serves, and the segmenter,
// which knows what a word weighs.
func NewScorer(table *indexer.Static, seg *indexer.Segmenter) *Scorer {
	return &Scorer{table: table, seg: seg}
}

// Pair computes the parts of a pair from its two entries.
func (s *Scorer) Pair(need, achievement *indexer.Entry) Parts {
	return s.parts(need, s.norm(need), achievement, indexer.PairWords(need, achievement, s.seg.IDF),
		indexer.Dot(need.Vector, achievement.Vector), s.lookup(need.Keywords), s.lookup(achievement.Keywords))
}

func (s *Scorer) parts(need *indexer.Entry, norm float64, achievement *indexer.Entry, words, meaning float64, needWords, achievementWords []int32) Parts {
	p := rough(norm, words, meaning)
	c := s.cover(need.Keywords, needWords, achievement.Keywords, achievementWords)
	p.Coverage = coverageWeight * (c.ofNeed/ofNeedSpread + c.ofAchievement/ofAchievementSpread) / 2
	return p
}

// rough leaves coverage out; it chooses the candidates that are worth the rest.
func rough(norm, words, meaning float64) Parts {
	p := Parts{Meaning: meaningWeight * max(0, meaning) / meaningSpread}
	if norm > 0 {
		p.Words = wordsWeight * words / (norm * wordsSpread)
	}
	return p
}

// norm is the length of a need's vector of word weights, so that long needs don't outscore short ones.
func (s *Scorer) norm(need *indexer.Entry) float64 {
	var sum float64
	for _, c := range need.Words {
		w := float64(c.Asked()) * s.seg.IDF(c.Term)
		sum += w * w
	}
	return math.Sqrt(sum)
}
