package indexer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
)

// HTTPOptions say how to reach a server that speaks OpenAI's embeddings API.
type HTTPOptions struct {
	EndpointOptions
	QueryPrefix   string // before needs and typed problems: "query: " for e5
	PassagePrefix string // before everything else: "passage: " for e5
	InputType     bool   // tell the server the role in "input_type", for those that add the prefixes themselves
	Dims          int    // of every vector; 0: that of the first answer
	Batch         int    // texts in one request at most; 0: 32
}

// An HTTP embedder asks a server. Its methods may be called concurrently.
type HTTP struct {
	*endpoint
	o    HTTPOptions
	dims atomic.Int64 // of every vector, 0 until the first answer
}

// NewHTTP returns an embedder. It does not ask the server yet.
func NewHTTP(o HTTPOptions) (*HTTP, error) {
	e, err := newEndpoint("embedder", "embeddings", o.EndpointOptions)
	if err != nil {
		return nil, err
	}
	if o.Batch == 0 {
		o.Batch = 32
	}
	h := &HTTP{endpoint: e, o: o}
	h.dims.Store(int64(o.Dims))
	return h, nil
}

// Model implements Embedder. What goes before a text is part of it, because it moves the vectors.
func (h *HTTP) Model() string {
	name := h.model
	if h.o.QueryPrefix != "" || h.o.PassagePrefix != "" {
		name += fmt.Sprintf("(%s|%s)", h.o.QueryPrefix, h.o.PassagePrefix)
	}
	if h.o.InputType {
		name += "(input_type)"
	}
	return name
}

// Embed implements Embedder.
func (h *HTTP) Embed(ctx context.Context, role Role, texts []string) ([][]float32, error) {
	prefix := h.o.PassagePrefix
	if role == AsQuery {
		prefix = h.o.QueryPrefix
	}
	out := make([][]float32, 0, len(texts))
	for part := range slices.Chunk(texts, h.o.Batch) {
		input := make([]string, len(part))
		for i, t := range part {
			input[i] = prefix + t
		}
		question := map[string]any{"model": h.model, "input": input, "encoding_format": "float"}
		if h.o.InputType {
			question["input_type"] = role
		}
		err := h.ask(ctx, question, func(answer []byte) error {
			vectors, err := h.read(answer, len(input))
			out = append(out, vectors...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// read takes the vectors out of an answer to n texts.
func (h *HTTP) read(answer []byte, n int) ([][]float32, error) {
	var a struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return nil, fmt.Errorf("read the server's answer: %w", err)
	}
	if len(a.Data) != n {
		return nil, fmt.Errorf("the server gave %d vectors for %d texts", len(a.Data), n)
	}
	out := make([][]float32, n)
	for _, d := range a.Data {
		if d.Index < 0 || d.Index >= n || out[d.Index] != nil {
			return nil, fmt.Errorf("the server gave no or two vectors for text %d", d.Index)
		}
		h.dims.CompareAndSwap(0, int64(len(d.Embedding)))
		if want := int(h.dims.Load()); len(d.Embedding) != want || want == 0 {
			return nil, fmt.Errorf("the server gave %d dimensions instead of %d", len(d.Embedding), want)
		}
		unit(d.Embedding)
		out[d.Index] = d.Embedding
	}
	return out, nil
}
