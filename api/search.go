package api

import (
	"context"
	"time"

	"duijie/corpus"
	"duijie/indexer"
)

// snippetRunes is how much of a text a search result shows: about two lines on a wide page.
const snippetRunes = 120

// Search answers what a person typed, with one row a document: what c may read of it, and where the words stand.
func (s *Service) Search(ctx context.Context, c Caller, q indexer.Query) (SearchAnswer, error) {
	return s.searchAt(ctx, c, q, s.now())
}

// searchAt is Search as on another day.
func (s *Service) searchAt(ctx context.Context, c Caller, q indexer.Query, now time.Time) (SearchAnswer, error) {
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return SearchAnswer{}, err
	}
	var err error
	if q.Filter, err = c.confine(q.Filter); err != nil {
		return SearchAnswer{}, err
	}
	page, err := g.Engine.Search(ctx, q)
	if err != nil {
		return SearchAnswer{}, err
	}
	docs, err := s.hits(ctx, c, page)
	if err != nil {
		return SearchAnswer{}, err
	}
	scores := make(map[indexer.Ref]float64, len(page.Hits))
	for _, h := range page.Hits {
		scores[h.Ref] = h.Score
	}
	terms := g.Analyzer.Synonyms(page.Terms)
	a := SearchAnswer{Results: make([]SearchResult, 0, len(docs)), Total: page.Total, Next: page.Next, Facets: c.facets(page.Facets)}
	for _, d := range docs {
		life, err := s.notices().Life(&d, now)
		if err != nil {
			return SearchAnswer{}, err
		}
		snippet, spans := indexer.Snippet(d.Body(), terms, snippetRunes)
		a.Results = append(a.Results, SearchResult{
			Kind: d.Kind, ID: d.ID, Title: d.Title, TitleHits: indexer.Spans(d.Title, terms), Snippet: snippet, Hits: spans,
			Score: scores[indexer.Ref{Kind: d.Kind, Number: d.Number}],
			Brief: d.Brief(), Life: life, Codes: named(&d),
		})
	}
	return a, nil
}

type searchInput struct {
	Q    string   `query:"q" maxLength:"1000" doc:"words; \"quoted phrases\"; prefix*; title:, text:, org:, people: before a word or phrase; -word. Empty: all" example:"\"淀粉\" 废水 -污泥"`
	Kind []string `query:"kind,explode" doc:"achievement, need, expert, project" example:"[\"achievement\"]"`
	ListParams
	Sort   string `query:"sort" enum:"relevance,newest,lowest,highest" default:"relevance" doc:"without q relevance is newest; lowest and highest are by the price of achievements and the budget of needs, a range by its lower end, and put those last that state none"`
	Facets bool   `query:"facets" doc:"count the values of each filter"`
}

type searchOutput struct{ Body SearchAnswer }

func (s *Service) search(ctx context.Context, in *searchInput) (*searchOutput, error) {
	q := indexer.Query{Text: in.Q, Limit: in.Limit, After: in.After, Facets: in.Facets}
	if in.Sort != "relevance" {
		q.Sort = indexer.Sort(in.Sort)
	}
	var err error
	if q.Filter, err = in.Filter.Parse(); err != nil {
		return nil, err
	}
	if q.Filter.Kinds, err = ParseKinds(in.Kind); err != nil {
		return nil, err
	}
	now, err := s.at(CallerOf(ctx), in.AsOf)
	if err != nil {
		return nil, err
	}
	a, err := s.searchAt(ctx, CallerOf(ctx), q, now)
	return &searchOutput{a}, err
}

// A DocumentPage is one page of whole documents.
type DocumentPage struct {
	Documents []corpus.Doc `json:"documents"`
	Total     int          `json:"total" doc:"exact"`
	Next      string       `json:"next,omitempty" doc:"cursor of the next page"`
}

// List returns published documents of one kind, newest first. Of q it reads Filter, Limit and After.
func (s *Service) List(ctx context.Context, c Caller, kind corpus.Kind, q indexer.Query) (DocumentPage, error) {
	q.Text, q.Sort, q.Facets, q.Filter.Kinds = "", indexer.ByDate, false, []corpus.Kind{kind}
	var err error
	if q.Filter, err = c.confine(q.Filter); err != nil {
		return DocumentPage{}, err
	}
	g, done := s.generation()
	defer done()
	page, err := g.Engine.Search(ctx, q)
	if err != nil {
		return DocumentPage{}, err
	}
	docs, err := s.hits(ctx, c, page)
	return DocumentPage{Documents: docs, Total: page.Total, Next: page.Next}, err
}

// hits returns the documents of a page that are still published: the index may be a moment behind the store.
func (s *Service) hits(ctx context.Context, c Caller, page indexer.Page) ([]corpus.Doc, error) {
	refs := make([]indexer.Ref, len(page.Hits))
	for i, h := range page.Hits {
		refs[i] = h.Ref
	}
	docs, err := s.Documents(ctx, c, refs)
	published := docs[:0]
	for _, d := range docs {
		if d.Status == corpus.Published {
			published = append(published, d)
		}
	}
	return published, err
}
