package matcher

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// An Interval holds an average of the needs in 95 of 100 other choices of needs: its lower and its upper end.
type Interval [2]float64

const (
	resamples     = 10_000
	bootstrapSeed = 1 // any will do; a fixed one gives the same figures twice
)

// intervals measures a ranking: averages and their intervals and, where ours is given, the intervals of the differences
// need by need. Each resample draws as many needs as there are, with replacement; an interval reaches from the 2.5th to
// the 97.5th percentile of the resampled averages (percentile bootstrap, Efron 1979).
func intervals(each, ours []Figures) Measures {
	m := average(each)
	m.CI = bootstrap(each)
	if ours != nil {
		less := make([]Figures, len(each))
		for i, f := range each {
			for j := range f {
				less[i][j] = f[j] - ours[i][j]
			}
		}
		m.Difference = bootstrap(less)
	}
	return m
}

func bootstrap(each []Figures) map[string]Interval {
	if len(each) == 0 {
		return nil
	}
	var series, means [len(FigureNames)][]float64
	for i := range series {
		for _, f := range each {
			series[i] = append(series[i], f[i])
		}
	}
	random := rand.New(rand.NewPCG(bootstrapSeed, 0))
	drawn := make([]float64, len(each))
	for range resamples {
		clear(drawn)
		for range drawn {
			drawn[random.IntN(len(drawn))]++
		}
		for i, s := range series {
			means[i] = append(means[i], floats.Dot(drawn, s)/float64(len(drawn)))
		}
	}
	out := map[string]Interval{}
	for i, name := range FigureNames {
		slices.Sort(means[i])
		out[name] = Interval{stat.Quantile(.025, stat.LinInterp, means[i], nil), stat.Quantile(.975, stat.LinInterp, means[i], nil)}
	}
	return out
}
