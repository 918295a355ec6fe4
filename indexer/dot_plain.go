//go:build !goexperiment.simd || !amd64

package indexer

// dotInt8 is plainDot.
func dotInt8(a, b []int8) int32 { return plainDot(a, b) }

// dots is plainDots.
func dots(q, rows []int8, out []int32) { plainDots(q, rows, out) }
