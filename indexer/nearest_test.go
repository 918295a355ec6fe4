package indexer

import (
	"math/rand/v2"
	"testing"
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
	var n nearest
	all := func(uint32) bool { return true }
	n.put(3, nil)
	n.put(2, Vector{1, 2})
	n.put(5, Vector{3, 4})
	n.put(4, Vector{9, 9, 9})
	if got := n.best(Vector{1, 1}, 10, all); len(got) != 2 || got[0] != (ranked{7, 5}) || got[1] != (ranked{3, 2}) {
		t.Errorf("got %v", got)
	}
	if got := n.best(Vector{1, 1, 1}, 10, all); got != nil {
		t.Errorf("vectors of another length were compared: %v", got)
	}
	n.put(5, nil)
	if got := n.best(Vector{1, 1}, 10, all); len(got) != 1 || got[0].key != 2 {
		t.Errorf("after a removal: %v", got)
	}
	if got := n.best(Vector{1, 1}, 10, func(number uint32) bool { return number != 2 }); len(got) != 0 {
		t.Errorf("what keep refuses was found: %v", got)
	}
}
