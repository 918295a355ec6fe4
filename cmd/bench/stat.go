package main

import (
	"math"
	"slices"
	"time"
)

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// percentile returns the smallest of the sorted values that p percent of them do not exceed; 0 of none.
func percentile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, int(math.Ceil(p/100*float64(len(sorted))))-1)]
}

// exponent returns x in y ~ size^x between two sizes: 1 is growth in proportion, 0 none.
func exponent(size1, y1, size2, y2 float64) float64 {
	return math.Log(y2/y1) / math.Log(size2/size1)
}

// A times is how long one kind of question took, in milliseconds.
type times struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
}

// timed asks n questions, of which the first share is to warm up, and returns the times of the others in order.
func timed(n int, ask func(i int) error) ([]float64, error) {
	all := make([]float64, 0, n)
	for i := range n {
		start := time.Now()
		if err := ask(i); err != nil {
			return nil, err
		}
		if i >= n/warmUp {
			all = append(all, milliseconds(time.Since(start)))
		}
	}
	return all, nil
}

// summary returns the percentiles of times in any order.
func summary(all []float64) times {
	sorted := slices.Sorted(slices.Values(all))
	return times{percentile(sorted, 50), percentile(sorted, 95)}
}

// fastest returns the shorter time of each question in two passes; a pass of nothing is none.
func fastest(a, b []float64) []float64 {
	if len(a) == 0 {
		return b
	}
	out := make([]float64, len(a))
	for i := range a {
		out[i] = min(a[i], b[i])
	}
	return out
}
