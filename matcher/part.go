package matcher

import "duijie/indexer"

// A Part is one kind of evidence for or against a pair.
type Part uint8

const (
	WordsPart Part = iota
	MeaningPart
	CoveragePart
	ElementsPart
	IndicatorsPart
	FieldPart
	RegionPart
	StagePart
	CooperationPart
	PricePart
	FreshnessPart
	EvaluationPart
	RepetitionPart
	RerankPart // by an outside model that reads both sides: the best pairs of a list only, see rerank.go
	partCount
)

// A factPart is a part that follows from what both entries state. Its value is 0 where one side states nothing; else
// in [-1, 1], 1 fits best. say gives the reason's text, and spans where there are words to point at, for a value other
// than 0.
type factPart struct {
	value func(s *Scorer, need, achievement *indexer.Entry) float64
	say   func(s *Scorer, need, achievement side) (string, []Span)
}

// facts are the parts that follow from what both entries state.
var facts = [partCount]factPart{ElementsPart: elementsPart, FieldPart: fieldPart, RegionPart: regionPart, StagePart: stagePart,
	CooperationPart: cooperationPart, IndicatorsPart: indicatorsPart, PricePart: pricePart, FreshnessPart: freshnessPart, EvaluationPart: evaluationPart,
	RepetitionPart: repetitionPart}

var partNames = [partCount]string{"words", "meaning", "coverage", "elements", "indicators", "field", "region", "stage",
	"cooperation", "price", "freshness", "evaluation", "repetition", "rerank"}

func (p Part) String() string { return partNames[p] }

// Parts hold a number for each part: its value, its weight or its points.
type Parts [partCount]float64

// Points is the sum of the parts.
func (p Parts) Points() float64 {
	var sum float64
	for _, x := range p {
		sum += x
	}
	return sum
}
