package matcher

import (
	"fmt"
	"math"
	"slices"
)

// Measures say how good rankings are, averaged over needs that have a pair of grade 2 or more. Gain is 2^grade - 1.
type Measures struct {
	Needs        int     `json:"needs"`
	NDCG10Full   float64 `json:"ndcg10_full"`   // over all achievements, unjudged ones count as 0
	NDCG10Judged float64 `json:"ndcg10_judged"` // over the need's judged achievements only
	Recall100    float64 `json:"recall100"`     // share of pairs of grade 2 and 3 among the first 100
	MRR          float64 `json:"mrr"`           // 1 / rank of the first pair of grade 2 or 3, 0 beyond 100

	// CI holds the 95 % interval of each figure, Difference that of the figure less ours, by the figure's JSON name.
	// An interval without 0 says that the two rankings differ by more than the choice of needs explains.
	CI         map[string]Interval `json:"ci,omitempty"`
	Difference map[string]Interval `json:"difference,omitempty"`
}

func (m Measures) String() string {
	return fmt.Sprintf("needs %d  nDCG@10 full %.3f  judged %.3f  recall@100 %.3f  MRR %.3f",
		m.Needs, m.NDCG10Full, m.NDCG10Judged, m.Recall100, m.MRR)
}

// Figures are nDCG@10 full and judged, recall@100 and MRR, in this order.
type Figures [4]float64

// FigureNames are the JSON names of Figures.
var FigureNames = [4]string{"ndcg10_full", "ndcg10_judged", "recall100", "mrr"}

// Figures returns the averages in one piece.
func (m *Measures) Figures() Figures {
	return Figures{m.NDCG10Full, m.NDCG10Judged, m.Recall100, m.MRR}
}

// A judgedRanking is what one need's ranking is measured by.
type judgedRanking struct {
	grades map[string]int
	full   []string // ids, best first, 100 are enough
	judged []string // the judged ids in ranked order
}

// figures measures one ranking; false where no pair has grade 2 or more.
func (r judgedRanking) figures() (Figures, bool) {
	var ideal []int
	strong := 0
	for _, g := range r.grades {
		ideal = append(ideal, g)
		if g >= 2 {
			strong++
		}
	}
	if strong == 0 {
		return Figures{}, false
	}
	slices.SortFunc(ideal, func(a, b int) int { return b - a })
	gradesOf := func(ids []string) []int {
		var out []int
		for _, id := range ids {
			out = append(out, r.grades[id])
		}
		return out
	}
	full, best := gradesOf(r.full[:min(100, len(r.full))]), dcg(ideal)
	hits, first := 0, 0.
	for i, g := range full {
		if g >= 2 {
			if hits++; hits == 1 {
				first = 1 / float64(i+1)
			}
		}
	}
	return Figures{dcg(full) / best, dcg(gradesOf(r.judged)) / best, float64(hits) / float64(strong), first}, true
}

// dcg is the discounted cumulative gain of the first ten grades.
func dcg(grades []int) float64 {
	var sum float64
	for i, g := range grades[:min(10, len(grades))] {
		sum += (math.Pow(2, float64(g)) - 1) / math.Log2(float64(i+2))
	}
	return sum
}

func average(each []Figures) Measures {
	var mean Figures
	for _, f := range each {
		for i, x := range f {
			mean[i] += x
		}
	}
	for i := range mean {
		mean[i] /= float64(max(1, len(each)))
	}
	return Measures{Needs: len(each), NDCG10Full: mean[0], NDCG10Judged: mean[1], Recall100: mean[2], MRR: mean[3]}
}
