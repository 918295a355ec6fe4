package indexer

import (
	"cmp"
	"context"
	"math"
	"sync"
)

// A fakeEmbedder puts a text's bytes into the first dimensions, so that a vector can be read by eye.
type fakeEmbedder struct {
	model string // "": fake
	err   error  // what Embed returns, if not nil
	hang  bool   // Embed answers when its context ends
	short bool   // Embed returns a vector too few

	mu    sync.Mutex
	texts map[Role][]string // what was asked
}

const fakeDims = 16

func (f *fakeEmbedder) Model() string { return cmp.Or(f.model, "fake") }

func (f *fakeEmbedder) Embed(ctx context.Context, role Role, texts []string) ([][]float32, error) {
	f.mu.Lock()
	if f.texts == nil {
		f.texts = map[Role][]string{}
	}
	f.texts[role] = append(f.texts[role], texts...)
	err, hang := f.err, f.hang
	f.mu.Unlock()
	if hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	if f.short {
		texts = texts[1:]
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = fakeVector(t)
	}
	return out, nil
}

// asked counts the texts that were asked for since the last call.
func (f *fakeEmbedder) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.texts[AsQuery]) + len(f.texts[AsPassage])
	f.texts = nil
	return n
}

// set changes how Embed answers.
func (f *fakeEmbedder) set(err error, hang bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err, f.hang = err, hang
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
