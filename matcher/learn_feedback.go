package matcher

import (
	"context"
	"maps"
	"math"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Readers look at the top of a list: an entry at rank r is seen with probability 1/r^seenDecay, so that what was done with
// it counts r^seenDecay times, leastSeen at the least of that probability (inverse propensity weighting with clipping,
// Joachims, Swaminathan and Schnabel 2017, "Unbiased learning-to-rank with biased feedback", who use the same curve).
const seenDecay, leastSeen = 1, .1

// levels order what was done with an entry, as grades do; what was shown and not opened is 0. A contract signed at the top
// of a list weighs as one comparison, the others by their gain.
var levels = map[market.Act]int{market.OpenedAct: 1, market.ContactedAct: 2, market.SignedAct: 3}

// speaksOf says which parts should have foreseen a decline. A reason that is not here tells nothing of the pair's fit: a
// text that is unclear, a need that is solved already.
var speaksOf = map[market.DeclineReason]partSet{
	market.TooEarly:        setOf(StagePart),
	market.BenefitUnclear:  setOf(IndicatorsPart),
	market.RouteUnclear:    setOf(CooperationPart),
	market.ScientificDoubt: setOf(EvaluationPart),
	market.NotOurStrategy:  setOf(FieldPart),
	market.PriceOrTerms:    setOf(PricePart, CooperationPart),
}

// A fate is what became of one entry of a need's list.
type fate struct {
	level    int
	declined market.DeclineReason
	rank     int // the best at which it was seen; 0: unknown
}

// AddFeedback adds what people did with the list of a need. What was done with an entry speaks for it against all that
// were shown for the need and got less far; a decline speaks of the parts that its reason names only. Achievements that
// are not among those given, by id, teach nothing. All documents are public forms.
func (q *Questions) AddFeedback(ctx context.Context, need corpus.Doc, achievements map[string]corpus.Doc, told []market.Feedback, w Workbench) error {
	if !slices.ContainsFunc(told, func(f market.Feedback) bool { return f.Act != market.ShownAct }) {
		return nil // as with most lists
	}
	one := &question{need: need.ID}
	docs, list := []corpus.Doc{need}, []fate{}
	fates := fatesOf(told)
	for _, id := range slices.Sorted(maps.Keys(fates)) {
		if d, ok := achievements[id]; ok {
			docs, list, one.ids = append(docs, d), append(list, fates[id]), append(one.ids, id)
		}
	}
	entries, err := w.Analyzer.Entries(ctx, docs)
	if err != nil {
		return err
	}
	for i := range entries[1:] {
		one.values = append(one.values, w.Scorer.Values(&entries[0], &entries[i+1]))
	}
	if n := one.compareFates(list); n > 0 {
		q.all, q.feedback = append(q.all, one), q.feedback+n
	}
	return nil
}

// fatesOf follows each achievement through what was done, in the order of time.
func fatesOf(told []market.Feedback) map[string]fate {
	told = slices.Clone(told)
	slices.SortStableFunc(told, func(a, b market.Feedback) int { return a.At.Compare(b.At) })
	out := map[string]fate{}
	for _, f := range told {
		if f.Act == market.ShownAct {
			for i, id := range f.Shown {
				out[id] = out[id].seenAt(max(f.Position, 1) + i)
			}
			continue
		}
		x := out[f.Achievement].seenAt(f.Position)
		x.level = max(x.level, levels[f.Act])
		if f.Act != market.OpenedAct {
			x.declined = f.Reason // "" where they talk again
		}
		out[f.Achievement] = x
	}
	return out
}

// seenAt notes that an entry stood at a rank, 0 where that is not known.
func (x fate) seenAt(rank int) fate {
	if rank > 0 && (x.rank == 0 || rank < x.rank) {
		x.rank = rank
	}
	return x
}

// compareFates makes the comparisons that fates give, and returns how many entries could be compared.
func (q *question) compareFates(list []fate) int {
	compared := 0
	for i, x := range list {
		weight := gain(x.level) / max(math.Pow(float64(max(x.rank, 1)), -seenDecay), leastSeen)
		var only partSet
		if x.declined != "" {
			if only = speaksOf[x.declined]; only == 0 {
				continue
			}
			weight = gain(levels[market.ContactedAct])
		}
		var made []comparison
		for j, y := range list {
			switch {
			case i == j || y.declined != "":
			case x.declined != "":
				made = append(made, comparison{better: j, worse: i, weight: weight, only: only})
			case x.level > y.level:
				made = append(made, comparison{better: i, worse: j, weight: weight * (1 - gain(y.level)/gain(x.level))})
			}
		}
		for k := range made {
			made[k].weight /= gain(levels[market.SignedAct]) * float64(len(made))
		}
		if len(made) > 0 {
			compared++
		}
		q.comparisons = append(q.comparisons, made...)
	}
	return compared
}
