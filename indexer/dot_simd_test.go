//go:build goexperiment.simd && amd64

package indexer

import "testing"

// TestDotsAreExactOnLesserProcessors does without what this one has.
func TestDotsAreExactOnLesserProcessors(t *testing.T) {
	defer func(avx2, avx512 bool) { hasAVX2, hasAVX512 = avx2, avx512 }(hasAVX2, hasAVX512)
	hasAVX512 = false
	t.Run("AVX2", TestDotsAreExact)
	hasAVX2 = false
	t.Run("plain", TestDotsAreExact)
}
