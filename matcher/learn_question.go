package matcher

import (
	"cmp"
	"context"
	"maps"
	"math/rand/v2"
	"slices"

	"duijie/corpus"
	"duijie/indexer"
)

// Questions are what Learn learns from: needs with what is known of some achievements.
type Questions struct {
	all      []*question
	feedback int // achievements with which something was done that could be compared
}

// A question is one need with the values of its pairs and what they say of each other.
type question struct {
	need        string         // id; the title of a typed problem
	ids         []string       // of achievements
	values      []Parts        // of the pair with each
	grades      map[string]int // of those that were judged
	comparisons []comparison
	strangers   []Parts // values of pairs by chance that nobody judged
}

// A comparison says that one achievement fits a need better than another.
type comparison struct {
	better, worse int // index in ids
	weight        float64
	only          partSet // what it speaks of; 0: all parts
}

// A partSet has a bit for each part.
type partSet uint16

func setOf(list ...Part) partSet {
	var s partSet
	for _, p := range list {
		s |= 1 << p
	}
	return s
}

// delta is by how much the better side of c leads, part by part.
func (q *question) delta(c comparison) Parts {
	d := q.values[c.better]
	for p := range d {
		d[p] -= q.values[c.worse][p]
		if c.only != 0 && c.only&(1<<p) == 0 {
			d[p] = 0
		}
	}
	return d
}

// strangerSeed chooses the strangers; any will do.
const strangerSeed = 1

// AddJudged adds the cases of a judged set. Beside each judged pair stands one with an achievement by chance.
func (q *Questions) AddJudged(ctx context.Context, set *JudgedSet, w Workbench) error {
	entries := map[string]*indexer.Entry{}
	for part := range slices.Chunk(set.Achievements, collectedTexts) {
		made, err := w.Analyzer.Entries(ctx, part)
		if err != nil {
			return err
		}
		for i := range made {
			entries[made[i].ID] = &made[i]
		}
	}
	needs := map[string]corpus.Doc{}
	for _, n := range set.Needs {
		needs[n.ID] = n
	}
	random := rand.New(rand.NewPCG(strangerSeed, 0))
	for _, c := range set.Cases {
		asking, err := w.asking(ctx, c, needs[c.Need])
		if err != nil {
			return err
		}
		one := &question{need: cmp.Or(c.Need, c.Title), grades: c.Grades, ids: slices.Sorted(maps.Keys(c.Grades))}
		for _, id := range one.ids {
			one.values = append(one.values, w.Scorer.Values(asking, entries[id]))
			other := set.Achievements[random.IntN(len(set.Achievements))].ID
			if _, judged := c.Grades[other]; !judged {
				one.strangers = append(one.strangers, w.Scorer.Values(asking, entries[other]))
			}
		}
		one.compareGrades()
		q.all = append(q.all, one)
	}
	return nil
}

// needWeight is what the comparisons of a judged need weigh together, in comparisons that are independent of each other:
// the same entries stand in many, and of grades given twice a third differ. On the dev set, with 3 learning finds back
// from weights of .1, .1 and .8 (nDCG@10 judged .643 to .661) and of .8, .1 and .1 (.647 to .665); with 1 it does not,
// with a fourth of a need's pairs it goes no further.
const needWeight = 3

// compareGrades makes the comparisons that the grades give, weighted by the difference of their gain.
func (q *question) compareGrades() {
	var all float64
	for i, a := range q.ids {
		for j, b := range q.ids {
			if w := gain(q.grades[a]) - gain(q.grades[b]); w > 0 {
				q.comparisons = append(q.comparisons, comparison{better: i, worse: j, weight: w})
				all += w
			}
		}
	}
	for i := range q.comparisons {
		q.comparisons[i].weight *= needWeight / all
	}
}

func gain(grade int) float64 { return float64(int(1)<<grade - 1) }

// strong reports whether a pair has grade 2 or 3, so that the need can be measured.
func (q *question) strong() bool {
	for _, g := range q.grades {
		if g >= 2 {
			return true
		}
	}
	return false
}

// rank orders the judged pairs by the points that weights give them, equal ones by id.
func (q *question) rank(weights Parts) judgedRanking {
	scores := map[string]float64{}
	for i, id := range q.ids {
		if _, judged := q.grades[id]; judged {
			scores[id] = points(q.values[i], weights)
		}
	}
	r := judgedRanking{grades: q.grades, judged: slices.Collect(maps.Keys(scores))}
	slices.SortFunc(r.judged, func(a, b string) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b)) })
	return r
}

// An outcome says whether a pair of these points fits.
type outcome struct {
	points float64
	fits   bool
}

// outcomes are all judged pairs, of which those of grade 2 and 3 fit, and the strangers, which don't.
func (q *Questions) outcomes(weights Parts) []outcome {
	var out []outcome
	for _, q := range q.all {
		for i, id := range q.ids {
			if grade, judged := q.grades[id]; judged {
				out = append(out, outcome{points(q.values[i], weights), grade >= 2})
			}
		}
		for _, v := range q.strangers {
			out = append(out, outcome{points(v, weights), false})
		}
	}
	return out
}

func points(values, weights Parts) float64 {
	var sum float64
	for p, x := range values {
		sum += x * weights[p]
	}
	return sum
}
