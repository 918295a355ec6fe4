package indexer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"
)

// A Reranker asks a server that speaks /v1/rerank, as Jina, Cohere and Xinference do, how well texts fit a question. Its
// methods may be called concurrently.
type Reranker struct {
	*endpoint
	limit time.Duration
	log   *slog.Logger
	rest  rest
}

// NewReranker returns a reranker. It does not ask the server yet. The options' Timeout, 5 s where it is 0, is that of a
// whole answer, retries included.
func NewReranker(o EndpointOptions, log *slog.Logger) (*Reranker, error) {
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	e, err := newEndpoint("reranker", "rerank", o)
	if err != nil {
		return nil, err
	}
	return &Reranker{endpoint: e, limit: o.Timeout, log: log}, nil
}

// Model names the model as the server calls it.
func (r *Reranker) Model() string { return r.model }

// Rerank returns for each text, in order, how relevant it is to the query, in [0, 1]; or an error and nothing. After a
// failure it refuses for some seconds, so that a dead server holds nobody up.
func (r *Reranker) Rerank(ctx context.Context, query string, texts []string) ([]float64, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	if !r.rest.over() {
		return nil, errors.New("the reranker failed a moment ago")
	}
	limited, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	var scores []float64
	err := r.ask(limited, map[string]any{"model": r.model, "query": query, "documents": texts, "top_n": len(texts)},
		func(answer []byte) (err error) {
			scores, err = readScores(answer, len(texts))
			return err
		})
	if r.rest.heard(ctx, err); err != nil && ctx.Err() == nil {
		r.log.Warn("a list is not reranked", "model", r.model, "error", err)
	}
	return scores, err
}

// readScores takes the scores out of an answer to n texts. Most servers answer probabilities, some their log-odds.
func readScores(answer []byte, n int) ([]float64, error) {
	var a struct {
		Results []struct {
			Index int      `json:"index"`
			Score *float64 `json:"relevance_score"`
		} `json:"results"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return nil, fmt.Errorf("read the server's answer: %w", err)
	}
	if len(a.Results) != n {
		return nil, fmt.Errorf("the server gave %d scores for %d texts", len(a.Results), n)
	}
	scores := make([]float64, n)
	seen := make([]bool, n)
	odds := false
	for _, r := range a.Results {
		if r.Index < 0 || r.Index >= n || seen[r.Index] || r.Score == nil {
			return nil, fmt.Errorf("the server gave no or two scores for text %d", r.Index)
		}
		seen[r.Index], scores[r.Index] = true, *r.Score
		odds = odds || *r.Score < 0 || *r.Score > 1
	}
	if odds {
		for i, s := range scores {
			scores[i] = 1 / (1 + math.Exp(-s))
		}
	}
	return scores, nil
}
