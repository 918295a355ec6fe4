package matcher

import (
	"cmp"
	"context"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"duijie/corpus"
	"duijie/indexer"
)

// A Pair is an achievement that a judge is asked to grade for a need.
type Pair struct{ Need, Achievement corpus.Doc }

// PoolOptions say what is put before a judge.
type PoolOptions struct {
	Best  int    // of each ranking
	Seed  uint64 // of the achievements taken at random; judges who are to be compared need the same
	Judge string // whose order it is
}

// randomShare is how many achievements are taken at random: one for so many of the best, so that a judge also sees what
// no ranking found.
const randomShare = 3

// Pool chooses what is worth a judge's time: for each need, in order, the best of three rankings (ours, BM25, meaning
// alone) and some that none of them put there. They come shuffled, another way for each judge, without a sign of what
// found them: a judge who knows the ranking grades the ranking.
func (w Workbench) Pool(ctx context.Context, achievements, needs []corpus.Doc, o PoolOptions) ([]Pair, error) {
	all, err := w.collect(ctx, achievements)
	if err != nil {
		return nil, err
	}
	defer all.Close()
	var out []Pair
	for _, need := range needs {
		chosen, err := all.best(ctx, need, o.Best)
		if err != nil {
			return nil, err
		}
		random := seeded(o.Seed, need.ID)
		want := len(chosen) + (o.Best+randomShare-1)/randomShare
		for _, i := range random.Perm(len(achievements)) {
			if len(chosen) >= want {
				break
			}
			if !slices.Contains(chosen, i) {
				chosen = append(chosen, i)
			}
		}
		slices.Sort(chosen)
		seeded(o.Seed, need.ID+"\x00"+o.Judge).Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		for _, i := range chosen {
			out = append(out, Pair{need, achievements[i]})
		}
	}
	return out, nil
}

func seeded(seed uint64, text string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(text))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// best returns the indices of the first n of each ranking, each once.
func (c *collection) best(ctx context.Context, need corpus.Doc, n int) ([]int, error) {
	asking, err := c.asking(ctx, Case{}, need)
	if err != nil {
		return nil, err
	}
	rows, err := c.matcher.rank(ctx, asking, corpus.Achievement, indexer.Filter{})
	if err != nil {
		return nil, err
	}
	found, err := c.engine.Candidates(ctx, indexer.Probe{Target: corpus.Achievement, Entry: *asking, Limit: n})
	if err != nil {
		return nil, err
	}
	var out []int
	add := func(number uint32) {
		if i := int(number) - 1; !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	for _, r := range rows[:min(n, len(rows))] {
		add(r.number)
	}
	for _, score := range []func(indexer.Candidate) float64{
		func(c indexer.Candidate) float64 { return c.Words },
		func(c indexer.Candidate) float64 { return c.Meaning },
	} {
		slices.SortStableFunc(found, func(a, b indexer.Candidate) int {
			return cmp.Or(cmp.Compare(score(b), score(a)), cmp.Compare(a.Number, b.Number))
		})
		for _, f := range found[:min(n, len(found))] {
			add(f.Number)
		}
	}
	return out, nil
}
