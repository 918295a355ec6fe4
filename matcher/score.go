package matcher

import (
	"math"

	"duijie/indexer"
)

// A pair's points depend on the public text and fields of its two sides alone: no count of the collection, no sample and
// no time enters, so that the score is the same whoever asks and never moves when other documents come or go.
//
//	points = sum over parts of weight * value
//	words    = words / (norm(need) * wordsSpread)
//	meaning  = max(0, meaning) / meaningSpread
//	coverage = (ofNeed/ofNeedSpread + ofAchievement/ofAchievementSpread) / 2
//	others: see part.go
//
// Words, meaning and coverage are divided by their spread: the standard deviation over all achievements, averaged over
// the needs of the dev set. Taking each need's own mean and deviation instead ranks no better there (nDCG@10
// full/judged .325/.665 against .324/.670).
const (
	wordsSpread         = .1157
	meaningSpread       = .0557
	ofNeedSpread        = .0146
	ofAchievementSpread = .0544
)

// A Ranking is all that turns a pair's values into a score.
type Ranking struct {
	Version string // "1", or what Learn gave it
	Weights Parts  // of each part's value
	// Score is 1 / (1 + exp(-(Slope*points + Offset))).
	Slope, Offset float64
}

// DefaultRanking was set on the dev set: the weights by hand, since learned ones did worse on pairs they had not seen;
// the curve by maximum likelihood on its judged pairs with a random pair of the same need beside each, taken as unfit
// where nobody judged it. The dev set states none of the facts; their weights are small beside a fit by content.
func DefaultRanking() Ranking {
	return Ranking{Version: "2", Slope: .392, Offset: -3.965, Weights: Parts{
		WordsPart: .30, MeaningPart: .50, CoveragePart: .20,
		ElementsPart: .5, IndicatorsPart: 1, FieldPart: .3, RegionPart: .2, StagePart: .4, CooperationPart: .3, PricePart: .4,
		FreshnessPart: .2, EvaluationPart: .2,
		RepetitionPart: 20, // more than words and meaning of a text written to be found can bring
		RerankPart:     4,  // of a relevance from 0 to 1: about what meaning gives a good pair
	}}
}

// Score maps points to (0, 1), rising.
func (r *Ranking) Score(points float64) float64 {
	return 1 / (1 + math.Exp(-(r.Slope*points + r.Offset)))
}

// Labels begin at these scores, and where there is less than fittingEvidence no pair is more than weak.
const strongScore, possibleScore = .5, .25

// HitRates says of each label which share of the pairs that carry it a judge called fit (grade 2 or 3) on the set named
// HitRateSet; TestHitRates holds them to what is measured there.
var HitRates = map[Label]float64{Strong: .52, Possible: .36, Weak: .21}

// HitRateSet names the judged pairs behind HitRates.
const HitRateSet = "BDCI2019"

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
	table   *indexer.Static
	seg     *indexer.Segmenter
	ranking Ranking
}

// NewScorer takes the word vectors that say which words cover each other, whatever embedder serves, the segmenter,
// which knows what a word weighs, and the ranking.
func NewScorer(table *indexer.Static, seg *indexer.Segmenter, r Ranking) *Scorer {
	return &Scorer{table: table, seg: seg, ranking: r}
}

// Pair computes the points of a pair, part by part, from its two entries.
func (s *Scorer) Pair(need, achievement *indexer.Entry) Parts {
	return s.weigh(s.Values(need, achievement))
}

// Values computes the values of a pair's parts, before they are weighed.
func (s *Scorer) Values(need, achievement *indexer.Entry) Parts {
	v := rough(need.Norm, indexer.PairWords(need, achievement, s.seg.IDF), indexer.Meaning(need, achievement))
	ofNeed, ofAchievement := s.lexicon(need.Keywords).coverage(achievement.Keywords)
	s.complete(&v, need, achievement, covering{ofNeed, ofAchievement})
	return v
}

// weigh turns values into points.
func (s *Scorer) weigh(values Parts) Parts {
	for p := range values {
		values[p] *= s.ranking.Weights[p]
	}
	return values
}

// rough gives the values of words and meaning; they choose the candidates that are worth the rest. Words are divided by
// the need's norm, so that long needs don't outscore short ones.
func rough(norm, words, meaning float64) Parts {
	v := Parts{MeaningPart: max(0, meaning) / meaningSpread}
	if norm > 0 {
		v[WordsPart] = words / (norm * wordsSpread)
	}
	return v
}

// complete adds to rough values those of coverage and of the facts.
func (s *Scorer) complete(v *Parts, need, achievement *indexer.Entry, c covering) {
	v[CoveragePart] = (c.ofNeed/ofNeedSpread + c.ofAchievement/ofAchievementSpread) / 2
	for p, f := range facts {
		if f.value != nil {
			v[p] = f.value(s, need, achievement)
		}
	}
}
