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

// timed asks n questions, of which the first share is to warm up, and returns the times of the others.
func timed(n int, ask func(i int) error) (times, error) {
	var all []float64
	for i := range n {
		start := time.Now()
		if err := ask(i); err != nil {
			return times{}, err
		}
		if i >= n/warmUp {
			all = append(all, milliseconds(time.Since(start)))
		}
	}
	slices.Sort(all)
	return times{percentile(all, 50), percentile(all, 95)}, nil
}

// better returns the one with the smaller median; one that was not measured is none.
func better(a, b times) times {
	if a.P50 == 0 || b.P50 > 0 && b.P50 < a.P50 {
		return b
	}
	return a
}
