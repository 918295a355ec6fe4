package indexer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

const (
	embedTexts   = 32       // texts in one request
	embedRetries = 2        // after the first attempt
	embedAnswer  = 64 << 20 // bytes of an answer that are read
)

// HTTPOptions say how to reach a server that speaks OpenAI's embeddings API.
type HTTPOptions struct {
	URL           string        // before /v1/embeddings: http://127.0.0.1:8000
	Model         string        // as the server calls it
	Key           func() string // the API key, asked at each request; nil or "": none. It is never logged
	QueryPrefix   string        // before needs and typed problems: "query: " for e5
	PassagePrefix string        // before everything else: "passage: " for e5
	Dims          int           // of every vector; 0: that of the first answer
	Timeout       time.Duration // of one request; 0: 10 s
}

// An HTTP embedder asks a server. Its methods may be called concurrently.
type HTTP struct {
	o        HTTPOptions
	endpoint string
	client   *http.Client
	pause    time.Duration // before the first retry; twice that before the second
	dims     atomic.Int64  // of every vector, 0 until the first answer
}

// NewHTTP returns an embedder. It does not ask the server yet.
func NewHTTP(o HTTPOptions) (*HTTP, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("the embedder's URL must begin with http:// or https:// and name a host")
	}
	if o.Model == "" {
		return nil, errors.New("the embedder needs the name of a model")
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	h := &HTTP{o: o, endpoint: u.JoinPath("v1/embeddings").String(), client: &http.Client{Timeout: o.Timeout},
		pause: 300 * time.Millisecond}
	h.dims.Store(int64(o.Dims))
	return h, nil
}

// Model implements Embedder. The prefixes are part of it, because they move the vectors.
func (h *HTTP) Model() string {
	if h.o.QueryPrefix == "" && h.o.PassagePrefix == "" {
		return h.o.Model
	}
	return fmt.Sprintf("%s(%s|%s)", h.o.Model, h.o.QueryPrefix, h.o.PassagePrefix)
}

// Embed implements Embedder.
func (h *HTTP) Embed(ctx context.Context, role Role, texts []string) ([][]float32, error) {
	prefix := h.o.PassagePrefix
	if role == AsQuery {
		prefix = h.o.QueryPrefix
	}
	out := make([][]float32, 0, len(texts))
	for part := range slices.Chunk(texts, embedTexts) {
		input := make([]string, len(part))
		for i, t := range part {
			input[i] = prefix + t
		}
		vectors, err := h.retry(ctx, input)
		if err != nil {
			return nil, fmt.Errorf("embedder: %w", err)
		}
		out = append(out, vectors...)
	}
	return out, nil
}

// A passingError is one that may be gone the next time.
type passingError struct{ error }

func (e passingError) Unwrap() error { return e.error }

// retry asks until there is an answer or an error that will stay.
func (h *HTTP) retry(ctx context.Context, input []string) ([][]float32, error) {
	pause := h.pause
	for attempt := 0; ; attempt++ {
		vectors, err := h.ask(ctx, input)
		if _, passing := errors.AsType[passingError](err); !passing || attempt == embedRetries {
			return vectors, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
			pause *= 2
		}
	}
}

// ask sends one request.
func (h *HTTP) ask(ctx context.Context, input []string) ([][]float32, error) {
	body, err := json.Marshal(map[string]any{"model": h.o.Model, "input": input, "encoding_format": "float"})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	key := ""
	if h.o.Key != nil {
		key = h.o.Key()
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := h.client.Do(req)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the URL, in which some put a key
		}
		return nil, passingError{err}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, embedAnswer))
	if err != nil {
		return nil, passingError{err}
	}
	if resp.StatusCode != http.StatusOK {
		said := string(answer[:min(len(answer), 300)])
		if key != "" {
			said = strings.ReplaceAll(said, key, "KEY")
		}
		err := fmt.Errorf("the server answered %s: %q", resp.Status, said)
		if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
			return nil, passingError{err}
		}
		return nil, err
	}
	return h.read(answer, len(input))
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
