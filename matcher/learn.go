package matcher

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"duijie/corpus"
)

// Fewer own judged pairs, or fewer needs that have one of grade 2 or 3, teach nothing that the weights set by hand don't
// know: on 94 needs of others, learned weights were worse on pairs that they had not seen.
const leastPairs, leastNeeds = 300, 50

const (
	folds    = 10 // of the cross-validation
	foldSeed = 1  // any will do; a fixed one gives the same decision twice
)

// A Lesson says what learning came to and why. Figures are averages over the needs that have a pair of grade 2 or 3.
type Lesson struct {
	Made     time.Time    `json:"made"`
	Pairs    int          `json:"pairs"`    // judged
	Needs    int          `json:"needs"`    // with a judged pair of grade 2 or 3
	Feedback int          `json:"feedback"` // achievements with which something was done that could be compared
	Old      float64      `json:"ndcg10_judged_old"`
	New      float64      `json:"ndcg10_judged_new"` // each need with weights learned from others
	CI       Interval     `json:"difference"`        // 95 % interval of New less Old
	Accepted bool         `json:"accepted"`          // CI lies above 0
	Parts    []PartLesson `json:"parts"`
}

// A PartLesson says what became of the weight of one part.
type PartLesson struct {
	Part string  `json:"part"`
	Old  float64 `json:"old"`
	New  float64 `json:"new"`
	Told float64 `json:"told"` // share of the comparisons in which the part differs
}

// Learn learns the weights of the parts, and with them the curve of the score, from what is known of the questions. It
// returns the ranking to use from now on, which is the present one unless the judged nDCG@10 rises in cross-validation by
// need: each tenth of the needs is ranked with weights learned from the others, and the 95 % interval of the mean
// difference must lie above 0. Too few judged pairs are an error of code Invalid.
func (q *Questions) Learn(present Ranking, now time.Time) (Ranking, Lesson, error) {
	l := Lesson{Made: now.UTC().Truncate(time.Second), Feedback: q.feedback}
	fitting := map[string]bool{}
	for _, q := range q.all {
		l.Pairs += len(q.grades)
		if q.strong() {
			fitting[q.need] = true
		}
	}
	l.Needs = len(fitting)
	if l.Pairs < leastPairs || l.Needs < leastNeeds {
		e := corpus.Errorf(corpus.Invalid, "%d judged pairs, with a fitting one for %d needs, are too few to learn from", l.Pairs, l.Needs)
		e.Fix = "judge more with duijie judge: at least 300 pairs, and 50 needs with a pair of grade 2 or 3"
		return present, l, e
	}
	before, after, err := q.crossValidate(present.Weights)
	if err != nil {
		return present, l, err
	}
	m := intervals(after, before)
	l.Old, l.New, l.CI = average(before).NDCG10Judged, m.NDCG10Judged, m.Difference["ndcg10_judged"]
	learned := present
	if learned.Weights, err = fit(q.all, present.Weights); err != nil {
		return present, l, err
	}
	for p, told := range told(q.all) {
		l.Parts = append(l.Parts, PartLesson{Part(p).String(), present.Weights[p], learned.Weights[p], told})
	}
	if l.CI[0] <= 0 {
		return present, l, nil
	}
	if learned.Slope, learned.Offset, err = calibrate(q.outcomes(learned.Weights)); err != nil {
		return present, l, err
	}
	learned.Version = learned.version()
	if err := learned.check(); err != nil {
		return present, l, fmt.Errorf("what was learned can't be used: %w", err)
	}
	l.Accepted = true
	return learned, l, nil
}

// crossValidate measures each need with the present weights and with those that all other needs give.
func (q *Questions) crossValidate(present Parts) (before, after []Figures, err error) {
	needs := map[string]int{}
	for _, q := range q.all {
		needs[q.need] = 0
	}
	names := slices.Sorted(maps.Keys(needs))
	for i, j := range rand.New(rand.NewPCG(foldSeed, 0)).Perm(len(names)) {
		needs[names[j]] = i % folds
	}
	for fold := range folds {
		var others, own []*question
		for _, q := range q.all {
			if needs[q.need] == fold {
				own = append(own, q)
			} else {
				others = append(others, q)
			}
		}
		w, err := fit(others, present)
		if err != nil {
			return nil, nil, err
		}
		for _, q := range own {
			if f, ok := q.rank(present).figures(); ok {
				g, _ := q.rank(w).figures()
				before, after = append(before, f), append(after, g)
			}
		}
	}
	return before, after, nil
}

// told returns for each part the share of the comparisons in which it differs.
func told(questions []*question) Parts {
	var n float64
	var told Parts
	for _, q := range questions {
		for _, c := range q.comparisons {
			n++
			for p, x := range q.delta(c) {
				if x != 0 {
					told[p]++
				}
			}
		}
	}
	for p := range told {
		told[p] /= max(n, 1)
	}
	return told
}
