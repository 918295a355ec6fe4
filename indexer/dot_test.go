package indexer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestDotsAreExact compares products of all lengths up to several steps, of random components and of the extreme ones,
// with sums made one by one.
func TestDotsAreExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	fills := map[string]func() int8{
		"random":         func() int8 { return int8(random.IntN(256) - 128) },
		"all -128":       func() int8 { return math.MinInt8 },
		"all 127":        func() int8 { return math.MaxInt8 },
		"-128 and 127":   func() int8 { return int8(127 - 255*random.IntN(2)) },
		"nearly nothing": func() int8 { return int8(random.IntN(3) - 1) },
	}
	for name, fill := range fills {
		for dims := range 131 {
			for n := range 10 {
				q, rows, out := make([]int8, dims), make([]int8, n*dims+5), make([]int32, n) // what is behind the rows is not read
				for i := range q {
					q[i] = fill()
				}
				for i := range rows {
					rows[i] = fill()
				}
				want := make([]int32, n)
				for i := range want {
					for j, x := range q {
						want[i] += int32(x) * int32(rows[i*dims+j])
					}
				}
				dots(q, rows, out)
				if fmt.Sprint(out) != fmt.Sprint(want) {
					t.Fatalf("%s, %d rows of %d: got %v, want %v", name, n, dims, out, want)
				}
				plainDots(q, rows, out)
				if fmt.Sprint(out) != fmt.Sprint(want) {
					t.Fatalf("%s, %d rows of %d, plain: got %v, want %v", name, n, dims, out, want)
				}
				for i := range want {
					row := rows[i*dims : (i+1)*dims]
					if there, back := dotInt8(q, row), dotInt8(row, q); there != want[i] || back != want[i] {
						t.Fatalf("%s, %d: got %d and %d, want %d", name, dims, there, back, want[i])
					}
				}
			}
		}
	}
}

// BenchmarkDots multiplies one vector of 256 components with 100,000 in order.
func BenchmarkDots(b *testing.B) {
	const dims, n = 256, 100_000
	q, rows, out := make([]int8, dims), make([]int8, n*dims), make([]int32, n)
	for i := range q {
		q[i] = int8(i)
	}
	for i := range rows {
		rows[i] = int8(i * 7)
	}
	for _, c := range []struct {
		name string
		scan func()
	}{
		{"dots", func() { dots(q, rows, out) }},
		{"plain", func() { plainDots(q, rows, out) }},
		{"one by one", func() {
			for i := range out {
				out[i] = dotInt8(q, rows[i*dims:(i+1)*dims])
			}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.scan()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
	}
}
