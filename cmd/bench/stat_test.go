package main

import (
	"errors"
	"math"
	"slices"
	"testing"
)

func TestPercentile(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, c := range []struct {
		sorted []float64
		p      float64
		want   float64
	}{
		{nil, 50, 0},
		{[]float64{7}, 50, 7},
		{[]float64{7}, 99, 7},
		{ten, 0, 1},
		{ten, 50, 5},
		{ten, 51, 6},
		{ten, 95, 10},
		{ten, 100, 10},
	} {
		if got := percentile(c.sorted, c.p); got != c.want {
			t.Errorf("percentile(%v, %v) = %v, want %v", c.sorted, c.p, got, c.want)
		}
	}
}

func TestExponent(t *testing.T) {
	for _, c := range []struct{ size1, y1, size2, y2, want float64 }{
		{10, 5, 100, 50, 1},
		{10, 5, 100, 5, 0},
		{10, 5, 100, 500, 2},
		{10_000, 8, 40_000, 16, .5},
	} {
		if got := exponent(c.size1, c.y1, c.size2, c.y2); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("exponent(%v, %v, %v, %v) = %v, want %v", c.size1, c.y1, c.size2, c.y2, got, c.want)
		}
	}
}

func TestTimed(t *testing.T) {
	var asked []int
	got, err := timed(10, func(i int) error {
		asked = append(asked, i)
		return nil
	})
	if err != nil || len(asked) != 10 || len(got) != 8 || slices.Min(got) <= 0 {
		t.Errorf("asked %v: %v, %v", asked, got, err)
	}
	broken := errors.New("broken")
	if _, err := timed(10, func(i int) error { return broken }); err != broken {
		t.Errorf("error %v", err)
	}
}

func TestFastest(t *testing.T) {
	first := fastest(nil, []float64{3, 1, 4})
	if got := fastest(first, []float64{2, 7, 5}); !slices.Equal(got, []float64{2, 1, 4}) {
		t.Errorf("fastest is %v", got)
	}
	if got := summary([]float64{3, 1, 2}); got != (times{2, 3}) {
		t.Errorf("summary is %v", got)
	}
}

func TestNearestKeepsTheBest(t *testing.T) {
	var n nearest
	for i := range uint32(200) { // the dots are 0, 37, 74, 11, ...: each value of 0 to 100 about twice
		n.see(i, float64(i*37%101))
	}
	if len(n.numbers) != depth || len(n.dots) != depth {
		t.Fatalf("%d numbers, %d dots", len(n.numbers), len(n.dots))
	}
	for i, number := range n.numbers {
		if n.dots[i] != float64(number*37%101) || i > 0 && n.dots[i] > n.dots[i-1] {
			t.Errorf("place %d: number %d, dot %v", i, number, n.dots[i])
		}
	}
	if n.dots[0] != 100 || n.dots[depth-1] < 75 {
		t.Errorf("dots %v", n.dots)
	}
}
