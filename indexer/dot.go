package indexer

// Products of int8 vectors are sums of integers: exact, so that neither the order of the sides nor the way in which they
// are summed makes a difference. dotInt8 and dots are in dot_simd.go and dot_plain.go.

// plainDot multiplies vectors of one length, four products a step in four sums, which the processor can overlap. It reads
// what never changes once it is shared, so the race detector, under which it takes ten times as long, leaves it out.
//
//go:norace
func plainDot(a, b []int8) int32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 int32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += int32(x[0]) * int32(y[0])
		s1 += int32(x[1]) * int32(y[1])
		s2 += int32(x[2]) * int32(y[2])
		s3 += int32(x[3]) * int32(y[3])
	}
	for ; i < len(a); i++ {
		s0 += int32(a[i]) * int32(b[i])
	}
	return s0 + s1 + s2 + s3
}

// plainDots multiplies q with rows that stand one behind the other, len(q) bytes each, into out, one a row.
//
//go:norace
func plainDots(q, rows []int8, out []int32) {
	for i := range out {
		out[i] = plainDot(q, rows[i*len(q):(i+1)*len(q)])
	}
}
