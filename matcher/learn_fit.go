package matcher

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// handError is how far the present weights may be off, as the standard deviation of their logarithm: a factor of two.
const handError = math.Ln2

// leastSharpness is about half the slope of the built-in score: points that tell next to nothing can be learned from too.
const leastSharpness = .25

// A design holds comparisons as rows of numbers: the deltas of the parts of which any of them speaks.
type design struct {
	parts   []Part
	deltas  []float64 // len(parts) for each comparison
	weights []float64
}

func newDesign(questions []*question) *design {
	d := &design{}
	var told [partCount]bool
	var all []Parts
	for _, q := range questions {
		for _, c := range q.comparisons {
			delta := q.delta(c)
			for p, x := range delta {
				told[p] = told[p] || x != 0
			}
			all, d.weights = append(all, delta), append(d.weights, c.weight)
		}
	}
	for p, is := range told {
		if is {
			d.parts = append(d.parts, Part(p))
		}
	}
	for _, delta := range all {
		for _, p := range d.parts {
			d.deltas = append(d.deltas, delta[p])
		}
	}
	return d
}

// loss of weights w, and its gradient.
func (d *design) loss(w, grad []float64) float64 {
	clear(grad)
	var sum float64
	k := len(d.parts)
	for i, weight := range d.weights {
		row := d.deltas[i*k : i*k+k]
		l, slope := logistic(-floats.Dot(w, row))
		sum += weight * l
		floats.AddScaled(grad, -weight*slope, row)
	}
	return sum
}

// fit returns the weights that make the comparisons likeliest:
//
//	loss(w) = sum over comparisons of weight * ln(1 + exp(-a * w·delta)) + sum over parts of (ln(w/present) / handError)² / 2
//
// It is pairwise logistic regression (Burges et al. 2005, "Learning to rank using gradient descent") with a ridge that
// holds the logarithms of the weights to the present ones, so that no weight falls below 0, a part of which few
// comparisons speak hardly moves, and one of which none speaks stays where it is, as does one of 0. The factor a, fitted
// first, is how sharply the present points tell better from worse.
func fit(questions []*question, present Parts) (Parts, error) {
	d := newDesign(questions)
	k := len(d.parts)
	before, w, grad := make([]float64, k), make([]float64, k), make([]float64, k)
	for j, p := range d.parts {
		before[j] = present[p]
	}
	x, err := minimize([]float64{0}, func(x, g []float64) float64 {
		floats.ScaleTo(w, math.Exp(x[0]), before)
		f := d.loss(w, grad)
		g[0] = floats.Dot(grad, w)
		return f
	})
	if err != nil {
		return present, err
	}
	floats.Scale(max(math.Exp(x[0]), leastSharpness), before)
	x, err = minimize(make([]float64, k), func(x, g []float64) float64 {
		for j := range w {
			w[j] = before[j] * math.Exp(x[j])
		}
		f := d.loss(w, grad)
		for j := range w {
			f += x[j] * x[j] / (2 * handError * handError)
			g[j] = w[j]*grad[j] + x[j]/(handError*handError)
		}
		return f
	})
	if err != nil {
		return present, err
	}
	for j, p := range d.parts {
		present[p] = math.Round(present[p]*math.Exp(x[j])*1e4) / 1e4 // more digits say nothing
	}
	return present, nil
}

// logistic returns ln(1 + exp(x)) and its derivative.
func logistic(x float64) (float64, float64) {
	e := math.Exp(-math.Abs(x))
	if x > 0 {
		return x + math.Log1p(e), 1 / (1 + e)
	}
	return math.Log1p(e), e / (1 + e)
}

// minimize finds the least value of a smooth function, which returns its value at x and fills in its gradient.
func minimize(start []float64, f func(x, grad []float64) float64) ([]float64, error) {
	at, gradient, value := make([]float64, len(start)), make([]float64, len(start)), math.NaN()
	ask := func(x []float64) {
		if math.IsNaN(value) || !slices.Equal(at, x) {
			copy(at, x)
			value = f(x, gradient)
		}
	}
	r, err := optimize.Minimize(optimize.Problem{
		Func: func(x []float64) float64 { ask(x); return value },
		Grad: func(grad, x []float64) { ask(x); copy(grad, gradient) },
	}, start, &optimize.Settings{GradientThreshold: 1e-5}, &optimize.BFGS{})
	// A line search ends where rounding hides any further fall.
	if err != nil && !errors.Is(err, optimize.ErrLinesearcherFailure) && !errors.Is(err, optimize.ErrNoProgress) {
		return nil, err
	}
	return r.X, nil
}

// calibrate returns the slope and the offset of the logistic curve that makes the outcomes likeliest (Platt 1999,
// "Probabilistic outputs for support vector machines").
func calibrate(outcomes []outcome) (slope, offset float64, err error) {
	x, err := minimize([]float64{1, 0}, func(x, g []float64) float64 {
		g[0], g[1] = 0, 0
		var sum float64
		for _, v := range outcomes {
			sign := -1.
			if v.fits {
				sign = 1
			}
			l, d := logistic(-sign * (x[0]*v.points + x[1]))
			sum += l
			g[0] -= sign * d * v.points
			g[1] -= sign * d
		}
		for i := range g {
			g[i] /= float64(len(outcomes))
		}
		return sum / float64(len(outcomes))
	})
	if err != nil {
		return 0, 0, err
	}
	return x[0], x[1], nil
}
