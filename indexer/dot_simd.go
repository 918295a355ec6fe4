//go:build goexperiment.simd && amd64

package indexer

import (
	"simd/archsimd"
	"unsafe"
)

var hasAVX2, hasAVX512 = archsimd.X86.AVX2(), archsimd.X86.AVX512() // variables, so that tests can do without

// lanes is how many components one step takes.
const lanes = 16

// dotInt8 is plainDot.
//
//go:norace
//go:nocheckptr
func dotInt8(a, b []int8) int32 {
	b = b[:len(a)]
	if !hasAVX2 {
		return plainDot(a, b)
	}
	p, q := unsafe.Pointer(unsafe.SliceData(a)), unsafe.Pointer(unsafe.SliceData(b))
	var even, odd archsimd.Int32x8
	whole := len(a) &^ (2*lanes - 1)
	for i := 0; i < whole; i += 2 * lanes {
		even = even.Add(wide(p, i).DotProductPairs(wide(q, i)))
		odd = odd.Add(wide(p, i+lanes).DotProductPairs(wide(q, i+lanes)))
	}
	sum := even.Add(odd)
	four := sum.GetLo().Add(sum.GetHi())
	four = four.AddPairs(four)
	dot := four.AddPairs(four).GetElem(0)
	archsimd.ClearAVXUpperBits()
	for i := whole; i < len(a); i++ {
		dot += int32(a[i]) * int32(b[i])
	}
	return dot
}

// dots is plainDots, four rows at a time: q is read once for them, and their lanes are added up together. Checking the
// bounds of every load would double its time, so they are checked before.
//
//go:norace
//go:nocheckptr
func dots(q, rows []int8, out []int32) {
	rows = rows[:len(q)*len(out)]
	if !hasAVX2 {
		plainDots(q, rows, out)
		return
	}
	if hasAVX512 && len(q)%(2*lanes) == 0 {
		done := len(out) &^ 3
		wideDots(q, rows, out[:done])
		rows, out = rows[done*len(q):], out[done:]
	}
	dims, whole := len(q), len(q)&^(lanes-1)
	p := unsafe.Pointer(unsafe.SliceData(q))
	for len(out) >= 4 {
		r := unsafe.Pointer(unsafe.SliceData(rows))
		var s0, s1, s2, s3 archsimd.Int32x8
		for i := 0; i < whole; i += lanes {
			x := wide(p, i)
			s0 = s0.Add(wide(r, i).DotProductPairs(x))
			s1 = s1.Add(wide(r, i+dims).DotProductPairs(x))
			s2 = s2.Add(wide(r, i+2*dims).DotProductPairs(x))
			s3 = s3.Add(wide(r, i+3*dims).DotProductPairs(x))
		}
		sums := s0.AddPairsGrouped(s1).AddPairsGrouped(s2.AddPairsGrouped(s3))
		sums.GetLo().Add(sums.GetHi()).StoreSlice(out)
		for i := whole; i < dims; i++ {
			for j := range 4 {
				out[j] += int32(q[i]) * int32(rows[j*dims+i])
			}
		}
		rows, out = rows[4*dims:], out[4:]
	}
	archsimd.ClearAVXUpperBits()
	for i := range out {
		out[i] = dotInt8(q, rows[i*dims:(i+1)*dims])
	}
}

// wideDots is dots for a multiple of four rows with a multiple of 32 components, in half the steps.
//
//go:norace
//go:nocheckptr
func wideDots(q, rows []int8, out []int32) {
	dims, p, r := len(q), unsafe.Pointer(unsafe.SliceData(q)), unsafe.Pointer(unsafe.SliceData(rows))
	for ; len(out) >= 4; out = out[4:] {
		var s0, s1, s2, s3 archsimd.Int32x16
		for i := 0; i < dims; i += 2 * lanes {
			x := wider(p, i)
			s0 = s0.Add(wider(r, i).DotProductPairs(x))
			s1 = s1.Add(wider(r, i+dims).DotProductPairs(x))
			s2 = s2.Add(wider(r, i+2*dims).DotProductPairs(x))
			s3 = s3.Add(wider(r, i+3*dims).DotProductPairs(x))
		}
		h0, h1, h2, h3 := s0.GetLo().Add(s0.GetHi()), s1.GetLo().Add(s1.GetHi()), s2.GetLo().Add(s2.GetHi()), s3.GetLo().Add(s3.GetHi())
		sums := h0.AddPairsGrouped(h1).AddPairsGrouped(h2.AddPairsGrouped(h3))
		sums.GetLo().Add(sums.GetHi()).StoreSlice(out)
		r = unsafe.Add(r, 4*dims)
	}
	archsimd.ClearAVXUpperBits()
}

// wider is wide for twice as many.
func wider(p unsafe.Pointer, i int) archsimd.Int16x32 {
	return archsimd.LoadInt8x32((*[2 * lanes]int8)(unsafe.Add(p, i))).ExtendToInt16()
}

// wide reads the components from i on as numbers of twice the width.
func wide(p unsafe.Pointer, i int) archsimd.Int16x16 {
	return archsimd.LoadInt8x16((*[lanes]int8)(unsafe.Add(p, i))).ExtendToInt16()
}
