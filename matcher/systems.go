package matcher

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	"duijie/indexer"
)

// Names of systems; those of parts follow from without and alone.
const (
	bm25         = "bm25"       // the words part alone, by the postings
	everyPair    = "every pair" // ours without the choice of candidates
	endpoint     = "endpoint"   // cosine of the titles' vectors
	hybrid       = "rrf"        // bm25 and endpoint merged by rank
	withEndpoint = "ours with endpoint"
)

func without(p Part) string { return "without " + p.String() }
func alone(p Part) string   { return p.String() + " alone" }

// rrfRank is k in the reciprocal rank fusion 1/(k + rank) of Cormack, Clarke and Büttcher (2009), and their value.
const rrfRank = 60

// systems returns the score that each system gives each achievement.
func (e *evaluator) systems(ctx context.Context, v *judgement, asking *indexer.Entry) (map[string][]float64, error) {
	words, err := e.all.words(ctx, asking)
	if err != nil {
		return nil, err
	}
	scores := map[string][]float64{bm25: words}
	if e.Ablate {
		e.ablate(v, asking, scores)
	}
	if e.Endpoint != nil {
		asked, err := e.Endpoint.Embed(ctx, indexer.AsQuery, []string{cmp.Or(v.Text, v.title)})
		if err != nil {
			return nil, fmt.Errorf("embed a need: %w", err)
		}
		meaning := make([]float64, len(e.titles))
		for i, t := range e.titles {
			meaning[i] = cosine(asked[0], t)
		}
		scores[endpoint], scores[hybrid] = meaning, fuse(words, meaning)
	}
	return scores, nil
}

// ablate adds the systems that lack a part or have only one. Words alone are bm25.
func (e *evaluator) ablate(v *judgement, asking *indexer.Entry, scores map[string][]float64) {
	n := len(e.all.entries)
	names := []string{everyPair, alone(MeaningPart), alone(CoveragePart)}
	for p := range partCount {
		names = append(names, without(p))
	}
	for _, name := range names {
		scores[name] = make([]float64, n)
	}
	for i := range n {
		values := e.all.Scorer.Values(asking, &e.all.entries[i])
		points := e.all.Scorer.weigh(values)
		sum := points.Points()
		scores[everyPair][i] = sum
		scores[alone(MeaningPart)][i] = values[MeaningPart]
		scores[alone(CoveragePart)][i] = values[CoveragePart]
		for p := range partCount {
			scores[without(p)][i] = sum - points[p]
			v.stated[p] = max(v.stated[p], points[p], -points[p])
		}
	}
}

// embed asks the endpoint for the titles of all achievements.
func (e *evaluator) embed(ctx context.Context) error {
	for part := range slices.Chunk(e.set.Achievements, collectedTexts) {
		texts := make([]string, len(part))
		for i, d := range part {
			texts[i] = d.Title
		}
		vectors, err := e.Endpoint.Embed(ctx, indexer.AsPassage, texts)
		if err != nil {
			return fmt.Errorf("embed achievements: %w", err)
		}
		e.titles = append(e.titles, vectors...)
	}
	return nil
}

// cosine of two unit vectors.
func cosine(a, b []float32) float64 {
	return float64(blas32.Dot(blas32.Vector{N: len(a), Data: a, Inc: 1}, blas32.Vector{N: len(b), Data: b, Inc: 1}))
}

// fuse merges rankings by reciprocal rank; equal scores rank by number.
func fuse(lists ...[]float64) []float64 {
	sum := make([]float64, len(lists[0]))
	for _, scores := range lists {
		for rank, i := range byScore(scores) {
			sum[i] += 1 / float64(rrfRank+rank+1)
		}
	}
	return sum
}
