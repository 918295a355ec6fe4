package indexer

import "slices"

// A ranked is one found document on its way into a list: higher rank first, ties by key.
type ranked struct {
	rank int64
	key  uint64 // rises with the number, within a kind
}

func (a ranked) before(b ranked) bool {
	return a.rank > b.rank || a.rank == b.rank && a.key < b.key
}

// A top keeps the best k of the documents it is shown, in a heap whose root is the worst of them.
type top struct {
	k    int
	heap []ranked
}

// wants reports whether r is among the best k so far.
func (t *top) wants(r ranked) bool {
	return len(t.heap) < t.k || t.k > 0 && r.before(t.heap[0])
}

// add takes r if it is among the best k so far.
func (t *top) add(r ranked) {
	if len(t.heap) < t.k {
		t.heap = append(t.heap, r)
		for i := len(t.heap) - 1; i > 0; {
			parent := (i - 1) / 2
			if !t.heap[parent].before(t.heap[i]) {
				return
			}
			t.heap[parent], t.heap[i] = t.heap[i], t.heap[parent]
			i = parent
		}
		return
	}
	if !t.wants(r) {
		return
	}
	t.heap[0] = r
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(t.heap) {
			return
		}
		if child+1 < len(t.heap) && t.heap[child].before(t.heap[child+1]) {
			child++
		}
		if !t.heap[i].before(t.heap[child]) {
			return
		}
		t.heap[i], t.heap[child] = t.heap[child], t.heap[i]
		i = child
	}
}

// sorted ends the use of t and returns what it kept, best first.
func (t *top) sorted() []ranked {
	slices.SortFunc(t.heap, func(a, b ranked) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	return t.heap
}
