package matcher

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"duijie/corpus"
	"duijie/indexer"
)

// EvalOptions say what is measured beside our ranking and BM25; the zero value: nothing.
type EvalOptions struct {
	Ablate bool // every part taken away, and alone
	// Endpoint is a model server: alone, merged with BM25 as hybrid search engines do, and as the embedder of
	// WithEndpoint in place of the built-in one. nil: none.
	Endpoint     indexer.Embedder
	WithEndpoint *indexer.Analyzer
}

// An Evaluation says how good our ranking and others are on a judged set. The embedded Measures are ours.
type Evaluation struct {
	Measures
	Systems map[string]Measures `json:"systems"`
	Skipped []string            `json:"skipped,omitempty"` // see JudgedSet

	cases   []*judgement // in the order of the set
	ranking Ranking
}

// A judgement is one case with what rankings made of it.
type judgement struct {
	Case
	title   string
	fields  []string           // GB/T 4754 codes of the need
	figures map[string]Figures // by system; none where no pair has grade 2 or more
	list    []listed           // our first ten, and the pairs of grade 2 and 3 that are not among them
	pairs   []listed           // all judged
	stated  Parts              // not 0: a part has data in some pair
}

// listed is an achievement beside the need of a judgement.
type listed struct {
	ID, Title string
	Rank      int // from 1; 0: not among the candidates that were examined
	Grade     int // -1: not judged
	Parts     Parts
}

// ours is the system that every other is compared with.
const ours = "ours"

// Eval measures our ranking on a judged set: as matches are ranked, candidates first, before they are folded and cut. The
// other systems rank every pair; "every pair" is ours without the choice of candidates.
func Eval(ctx context.Context, set *JudgedSet, w Workbench, o EvalOptions) (*Evaluation, error) {
	all, err := w.collect(ctx, set.Achievements)
	if err != nil {
		return nil, err
	}
	defer all.Close()
	e := &evaluator{EvalOptions: o, set: set, all: all, needs: map[string]corpus.Doc{}}
	for _, n := range set.Needs {
		e.needs[n.ID] = n
	}
	if o.Endpoint != nil {
		if err := e.embed(ctx); err != nil {
			return nil, err
		}
		w.Analyzer = o.WithEndpoint
		if e.withEndpoint, err = w.collect(ctx, set.Achievements); err != nil {
			return nil, err
		}
		defer e.withEndpoint.Close()
	}
	cases := make([]*judgement, len(set.Cases))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range set.Cases {
		group.Go(func() (err error) {
			cases[i], err = e.measure(ctx, c)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return summary(set, cases, w.Scorer.ranking)
}

// summary averages over the cases that can be measured.
func summary(set *JudgedSet, cases []*judgement, r Ranking) (*Evaluation, error) {
	each := map[string][]Figures{}
	var stated Parts
	for _, v := range cases {
		for name, f := range v.figures {
			each[name] = append(each[name], f)
		}
		for p, x := range v.stated {
			stated[p] += x
		}
	}
	if len(each[ours]) == 0 {
		e := corpus.Errorf(corpus.Invalid, "no need has a pair of grade 2 or 3, so that nothing can be measured")
		e.Fix = "judge more pairs, or check that the ids of the pairs are those of the files"
		return nil, e
	}
	out := &Evaluation{Measures: intervals(each[ours], nil), Systems: map[string]Measures{}, Skipped: set.Skipped, cases: cases, ranking: r}
	for p, x := range stated {
		if x == 0 {
			delete(each, without(Part(p)))
		}
	}
	for name, figures := range each {
		if name != ours {
			out.Systems[name] = intervals(figures, each[ours])
		}
	}
	return out, nil
}

// An evaluator holds what all cases share.
type evaluator struct {
	EvalOptions
	set          *JudgedSet
	needs        map[string]corpus.Doc
	all          *collection
	withEndpoint *collection
	titles       [][]float32 // of achievements, by the endpoint
}

func (e *evaluator) measure(ctx context.Context, c Case) (*judgement, error) {
	need := e.needs[c.Need]
	v := &judgement{Case: c, title: cmp.Or(need.Title, c.Title), fields: need.Field}
	asking, err := e.all.asking(ctx, c, need)
	if err != nil {
		return nil, err
	}
	rows, err := e.all.matcher.rank(ctx, asking, corpus.Achievement, indexer.Filter{})
	if err != nil {
		return nil, err
	}
	v.record(e, asking, rows)
	figures, ok := e.all.product(asking, rows, c.Grades).figures()
	if !ok {
		return v, nil
	}
	v.figures = map[string]Figures{ours: figures}
	scores, err := e.systems(ctx, v, asking)
	if err != nil {
		return nil, err
	}
	for name, s := range scores {
		v.figures[name], _ = e.all.ranking(s, c.Grades).figures()
	}
	if e.withEndpoint != nil {
		asking, err := e.withEndpoint.asking(ctx, c, need)
		if err != nil {
			return nil, err
		}
		rows, err := e.withEndpoint.matcher.rank(ctx, asking, corpus.Achievement, indexer.Filter{})
		if err != nil {
			return nil, err
		}
		v.figures[withEndpoint], _ = e.withEndpoint.product(asking, rows, c.Grades).figures()
	}
	return v, nil
}

// product is the ranking of a match: rows, and all judged pairs by their points.
func (c *collection) product(need *indexer.Entry, rows []ranked, grades map[string]int) judgedRanking {
	scores := make([]float64, len(c.entries))
	for id := range grades {
		scores[c.at[id]] = c.Scorer.Pair(need, &c.entries[c.at[id]]).Points()
	}
	r := c.ranking(scores, grades)
	r.full = nil
	for _, row := range rows {
		r.full = append(r.full, c.entries[row.number-1].ID)
	}
	return r
}

// ranking orders achievements by falling score, equal ones by number.
func (c *collection) ranking(scores []float64, grades map[string]int) judgedRanking {
	r := judgedRanking{grades: grades}
	for _, i := range byScore(scores) {
		id := c.entries[i].ID
		if len(r.full) < 100 {
			r.full = append(r.full, id)
		}
		if _, judged := grades[id]; judged {
			r.judged = append(r.judged, id)
		}
	}
	return r
}

// byScore returns the indices of scores, the highest first and equal ones in their order.
func byScore(scores []float64) []int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b)) })
	return order
}

// record keeps what the report shows.
func (v *judgement) record(e *evaluator, need *indexer.Entry, rows []ranked) {
	ranks := map[string]int{}
	for i, row := range rows {
		id := e.all.entries[row.number-1].ID
		ranks[id] = i + 1
		if i < 10 {
			grade, judged := v.Grades[id]
			if !judged {
				grade = -1
			}
			v.list = append(v.list, listed{id, e.set.Achievements[row.number-1].Title, i + 1, grade, row.parts})
		}
	}
	for id, grade := range v.Grades {
		i := e.all.at[id]
		v.pairs = append(v.pairs, listed{id, e.set.Achievements[i].Title, ranks[id], grade, e.all.Scorer.Pair(need, &e.all.entries[i])})
	}
	slices.SortFunc(v.pairs, func(a, b listed) int {
		return cmp.Or(cmp.Compare(b.Parts.Points(), a.Parts.Points()), cmp.Compare(a.ID, b.ID))
	})
	for _, p := range v.pairs {
		if p.Grade >= 2 && (p.Rank == 0 || p.Rank > 10) {
			v.list = append(v.list, p)
		}
	}
}
