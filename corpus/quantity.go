package corpus

import (
	"math"
	"strconv"
	"strings"
)

// A Quantity is a number or a range with its unit, in the base unit of its dimension.
//
// A bound is included in the range whether it is written ≥ or >: postings use both without a difference. 达到 70 % is at
// least 70 %. Of a change, what falls is below 0, and a plain gain is at least that gain: 提高20% is Δ ≥ 20 %, 降低三成
// is Δ ≤ -30 %. What is said to be the 3-fold of something else has grown by 200 %.
type Quantity struct {
	Min, Max float64 // both included; -Inf or +Inf where open
	Unit     string  // base unit; "" for a bare number
	Relative bool    // a change against an earlier state (提高20%), which never meets an absolute bound
}

// String writes q so that it is read again: ≥ 67 %, 450 ~ 500 ℃, Δ ≤ -30 %.
func (q Quantity) String() string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	var s string
	switch {
	case q.Min == q.Max:
		s = number(q.Min)
	case math.IsInf(q.Min, -1):
		s = "≤ " + number(q.Max)
	case math.IsInf(q.Max, 1):
		s = "≥ " + number(q.Min)
	default:
		s = number(q.Min) + " ~ " + number(q.Max)
	}
	if q.Relative {
		s = "Δ " + s
	}
	return strings.TrimSpace(s + " " + q.Unit)
}
