package indexer

import (
	"context"
	"fmt"
	"math"
	"reflect"
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

// isNil reports whether there is no Embedder, be it a nil of some type.
func isNil(e Embedder) bool {
	v := reflect.ValueOf(e)
	return e == nil || v.Kind() == reflect.Pointer && v.IsNil()
}

// embedAll is Embed, and checks that there is a vector for each text and that all have one length.
func embedAll(ctx context.Context, e Embedder, role Role, texts []string) ([][]float32, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	vectors, err := e.Embed(ctx, role, texts)
	if err != nil {
		return nil, err
	}
	if len(vectors) != len(texts) {
		return nil, fmt.Errorf("%d vectors for %d texts", len(vectors), len(texts))
	}
	for _, v := range vectors {
		if len(v) != len(vectors[0]) || len(v) == 0 {
			return nil, fmt.Errorf("vectors of %d and %d dimensions", len(vectors[0]), len(v))
		}
	}
	return vectors, nil
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
	q := quantum(len(a))
	return float64(dotInt8(a, b)) * q * q
}

// Meaning returns how near two entries are in meaning, in [-1, 1]: by Far where both have it, else by Vector. Who asks
// for a list whose entries don't all have Far leaves its own away.
func Meaning(a, b *Entry) float64 {
	if a.Far != nil && b.Far != nil {
		return Dot(a.Far, b.Far)
	}
	return Dot(a.Vector, b.Vector)
}
