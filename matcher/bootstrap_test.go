package matcher

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The percentile interval of a mean comes near to the normal one, mean ± 1.96 deviations / sqrt(n), and falls together
// where nothing varies.
func TestIntervalsComeNearToTheNormalOnes(t *testing.T) {
	const n = 400
	random := rand.New(rand.NewPCG(7, 7))
	var each, ours []Figures
	var mean, square float64
	for range n {
		x := random.Float64()
		mean += x / n
		square += x * x / n
		each = append(each, Figures{x, .5, x, x})
		ours = append(ours, Figures{x - .1, .5, 1, x})
	}
	m := intervals(each, ours)
	half := 1.96 * math.Sqrt((square-mean*mean)/n)
	got := m.CI["ndcg10_full"]
	if math.Abs(got[0]-(mean-half)) > half/10 || math.Abs(got[1]-(mean+half)) > half/10 {
		t.Errorf("interval %v, want about %v ± %v", got, mean, half)
	}
	if got := m.CI["ndcg10_judged"]; got != (Interval{.5, .5}) {
		t.Errorf("of a constant: %v", got)
	}
	if d := m.Difference["ndcg10_full"]; math.Abs(d[0]-.1) > 1e-9 || math.Abs(d[1]-.1) > 1e-9 {
		t.Errorf("a constant difference of .1 has %v: needs are not paired", d)
	}
	if d := m.Difference["recall100"]; math.Abs(d[0]-(got[0]-1)) > 1e-9 || math.Abs(d[1]-(got[1]-1)) > 1e-9 {
		t.Errorf("difference %v to a constant 1, want the interval %v less 1", d, got)
	}
	if again := intervals(each, ours); again.CI["mrr"] != m.CI["mrr"] {
		t.Error("the same figures have another interval the second time")
	}
}
