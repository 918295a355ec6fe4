package indexer

import (
	"context"
	"math"
)

// A Role says on which side of a search a text stands; some models want different prefixes.
type Role string

const (
	AsQuery   Role = "query"   // needs and typed problems
	AsPassage Role = "passage" // everything else
)

// An Embedder turns texts into unit vectors of one length; vectors of different models are never compared.
// Embed may be called concurrently. It returns one vector a text, in order, or an error and nothing; a text without
// any known word gives a zero vector.
type Embedder interface {
	// Model names the model and its version; it becomes part of the index's mark.
	Model() string
	Embed(ctx context.Context, role Role, texts []string) ([][]float32, error)
}

// A Vector is a text's place in the space of meaning, quantised: one byte a dimension.
type Vector []int8

// quantum is the step of a Vector's components for a number of dimensions: the components of a unit vector spread
// around 1/sqrt(dims), which becomes 32 steps, so that four times that still fits a byte.
func quantum(dims int) float64 { return 1 / (32 * math.Sqrt(float64(dims))) }

// Quantize makes a Vector of v, whose length is 1 at most. Components beyond 127 steps are cut.
func Quantize(v []float32) Vector {
	q := make(Vector, len(v))
	for i, x := range v {
		q[i] = int8(max(-127, min(127, math.Round(float64(x)/quantum(len(v))))))
	}
	return q
}

// Dot returns the scalar product of two vectors, 0 where their lengths differ. It sums integers, so that the order
// of the sides does not matter.
func Dot(a, b Vector) float64 {
	if len(a) != len(b) || len(a) == 0 {
		return 0
	}
	var sum int32
	for i, x := range a {
		sum += int32(x) * int32(b[i])
	}
	q := quantum(len(a))
	return float64(sum) * q * q
}
