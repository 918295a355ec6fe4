package indexer

import (
	"context"
	"math"
	"sync"
)

// A fakeEmbedder puts a text's bytes into the first dimensions, so that a vector can be read by eye.
type fakeEmbedder struct {
	err  error // what Embed returns, if not nil
	hang bool  // Embed answers when its context ends

	mu    sync.Mutex
	texts map[Role][]string // what was asked
}

const fakeDims = 16

func (f *fakeEmbedder) Model() string { return "fake" }

func (f *fakeEmbedder) Embed(ctx context.Context, role Role, texts []string) ([][]float32, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.texts == nil {
		f.texts = map[Role][]string{}
	}
	f.texts[role] = append(f.texts[role], texts...)
	if f.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if f.err != nil {
		return nil, f.err
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = fakeVector(t)
	}
	return out, nil
}

func fakeVector(text string) []float32 {
	v := make([]float32, fakeDims)
	var sum float64
	for i := range min(fakeDims, len(text)) {
		v[i] = float32(text[i])
		sum += float64(text[i]) * float64(text[i])
	}
	for i := range v {
		if sum > 0 {
			v[i] /= float32(math.Sqrt(sum))
		}
	}
	return v
}
