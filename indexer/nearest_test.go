package indexer

import (
	"math/rand/v2"
	"testing"

	"duijie/corpus"
)

func TestDotIsTheSumOfProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for size := 1; size < 40; size++ {
		a, b := make(Vector, size), make(Vector, size)
		var sum int32
		for i := range a {
			a[i], b[i] = int8(r.IntN(255)-127), int8(r.IntN(255)-127)
			sum += int32(a[i]) * int32(b[i])
		}
		q := quantum(size)
		if got, want := Dot(a, b), float64(sum)*q*q; got != want {
			t.Errorf("%d dimensions: %v, want %v", size, got, want)
		}
	}
}

func TestNearestComparesVectorsOfOneLengthOnly(t *testing.T) {
	b := newSegmentBuilder(corpus.Expert)
	for i, v := range []Vector{{1, 2}, nil, {9, 9, 9}, {3, 4}} {
		b.add(&Entry{Ref: Ref{corpus.Expert, uint32(i + 2)}, Vector: v})
	}
	s, err := b.inMemory()
	if err != nil {
		t.Fatal(err)
	}
	best := func(q Vector, keep func(int) bool) []ranked {
		found := top{k: 10}
		s.near.nearest(&found, q, func(at int) uint64 { return uint64(s.numbers[at]) }, keep)
		return found.sorted()
	}
	all := func(int) bool { return true }
	if got := best(Vector{1, 1}, all); len(got) != 2 || got[0] != (ranked{7, 5}) || got[1] != (ranked{3, 2}) {
		t.Errorf("got %v", got)
	}
	if got := best(Vector{1, 1, 1}, all); got != nil {
		t.Errorf("vectors of another length were compared: %v", got)
	}
	if got := best(Vector{1, 1}, func(at int) bool { return at != 0 && at != 3 }); len(got) != 0 {
		t.Errorf("what keep refuses was found: %v", got)
	}
}
