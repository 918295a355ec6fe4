package api

import (
	"context"
	"maps"

	"duijie/corpus"
	"duijie/indexer"
)

// A Status says what is there and how far the index is.
type Status struct {
	Documents map[corpus.Kind]int `json:"documents" doc:"published documents that can be found, by kind"`
	Newest    corpus.Date         `json:"newest,omitempty" doc:"day on which the newest of them was published"`
	Stored    uint64              `json:"stored" doc:"sequence number of the last change"`
	Indexed   uint64              `json:"indexed" doc:"sequence number of the last change that can be found"`
	Ready     bool                `json:"ready" doc:"whether the index holds what was stored when the program started"`
	Analyzer  string              `json:"analyzer" doc:"dictionary and embedding model, by version"`
	Meaning   *Meaning            `json:"meaning,omitempty" doc:"of the outside model, where there is one"`
	Lists     Lists               `json:"lists" doc:"kept match lists, and needs that wait for theirs"`
	Ranking   string              `json:"ranking" doc:"version of the weights"`
	Version   string              `json:"version" doc:"of the program"`
	TypedTo   []string            `json:"typed_to,omitempty" doc:"other machines that see the problems that people type"`
}

// Meaning says how far the outside model is with the vectors of documents.
type Meaning struct {
	Model   string `json:"model"`
	Waiting int    `json:"waiting" doc:"documents without a vector; while there are any, the built-in vectors serve for all"`
}

// Lists says how far the match lists of needs are made.
type Lists struct {
	Kept    int `json:"kept"`
	Waiting int `json:"waiting"`
}

// Status counts what is there.
func (s *Service) Status(ctx context.Context) (Status, error) {
	g, done := s.generation()
	defer done()
	out := Status{Analyzer: g.Analyzer.Name(), Ranking: g.Matcher.Ranking().Version, Version: s.Version, TypedTo: g.TypedTo}
	out.Indexed, out.Stored, out.Ready = g.Sync.Status()
	if model, waiting := g.Sync.Meaning(); model != "" {
		out.Meaning = &Meaning{model, waiting}
	}
	out.Lists.Kept, out.Lists.Waiting = g.Matcher.Lists()
	c, err := s.count(ctx, g, out.Indexed)
	if err == nil {
		out.Documents, out.Newest = maps.Clone(c.documents), c.newest
	}
	return out, err
}

// A census is how many documents of each kind anybody can find, counted when an index had come to a change.
type census struct {
	indexed   uint64
	documents map[corpus.Kind]int
	newest    corpus.Date // day on which one was published
}

// count looks at all documents, or has done so since the last change.
func (s *Service) count(ctx context.Context, g *Generation, indexed uint64) (*census, error) {
	if c := g.counted.Load(); c != nil && c.indexed == indexed {
		return c, nil
	}
	page, err := g.Engine.Search(ctx, indexer.Query{Limit: 1, Facets: true})
	if err != nil {
		return nil, err
	}
	newest, err := s.hits(ctx, Caller{}, page)
	if err != nil {
		return nil, err
	}
	c := &census{indexed: indexed, documents: map[corpus.Kind]int{}}
	for _, d := range newest {
		c.newest = d.PublishedOn
	}
	for _, k := range corpus.Kinds {
		c.documents[k] = 0
	}
	for _, f := range page.Facets {
		if f.Name != "kind" {
			continue
		}
		for _, v := range f.Values {
			c.documents[corpus.Kind(v.Value)] = v.Count
		}
	}
	g.counted.Store(c)
	return c, nil
}

type statusOutput struct{ Body Status }

func (s *Service) getStatus(ctx context.Context, _ *struct{}) (*statusOutput, error) {
	st, err := s.Status(ctx)
	return &statusOutput{st}, err
}

type healthOutput struct {
	Body struct {
		Status string `json:"status" enum:"ok"`
	}
}

func (s *Service) live(context.Context, *struct{}) (*healthOutput, error) {
	out := &healthOutput{}
	out.Body.Status = "ok"
	return out, nil
}

func (s *Service) ready(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	if err := s.Ready(); err != nil {
		return nil, err
	}
	return s.live(ctx, nil)
}
