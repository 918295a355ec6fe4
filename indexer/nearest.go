package indexer

// A nearest holds the vectors of one kind side by side and scans all of them: exact, and fast enough that no
// approximate graph is worth its losses.
type nearest struct {
	dims    int    // that of the first vector; others are not compared
	vectors []int8 // dims bytes a number
	has     []bool // by number
}

// put sets or, with a nil vector, removes the vector of a document.
func (n *nearest) put(number uint32, v Vector) {
	if n.dims == 0 {
		n.dims = len(v)
	}
	if missing := int(number) + 1 - len(n.has); missing > 0 {
		n.has = append(n.has, make([]bool, missing)...)
	}
	if missing := len(n.has)*n.dims - len(n.vectors); missing > 0 {
		n.vectors = append(n.vectors, make([]int8, missing)...)
	}
	n.has[number] = len(v) == n.dims && n.dims > 0
	if n.has[number] {
		copy(n.vectors[int(number)*n.dims:], v)
	}
}

// best returns the k documents nearest to q among those that keep wants.
func (n *nearest) best(q Vector, k int, keep func(number uint32) bool) []ranked {
	if len(q) == 0 || len(q) != n.dims {
		return nil
	}
	t := top{k: k}
	for number, has := range n.has {
		if !has {
			continue
		}
		at := number * n.dims
		r := ranked{int64(dotInt8(q, n.vectors[at:at+n.dims])), uint64(number)}
		if t.wants(r) && keep(uint32(number)) {
			t.add(r)
		}
	}
	return t.sorted()
}
