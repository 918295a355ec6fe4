package api

import (
	"context"
	"slices"

	"duijie/corpus"
	"duijie/indexer"
)

// A LinkedDoc names a document that has to do with another.
type LinkedDoc struct {
	Kind  corpus.Kind `json:"kind" enum:"achievement,need,expert,project"`
	ID    string      `json:"id"`
	Title string      `json:"title"`
}

// Linked returns the documents that d links to, in d's order, and then those that link to d, by kind and number: each
// once, as c may read it; a link to what was merged leads to what took over. A link that its document does not show to c is not followed.
func (s *Service) Linked(ctx context.Context, c Caller, d corpus.Doc) ([]corpus.Doc, error) {
	self := corpus.Link{Kind: d.Kind, ID: d.ID}
	seen := map[corpus.Link]bool{self: true}
	var out []corpus.Doc
	for _, l := range d.Links {
		other, err := s.follow(ctx, c, l.Kind, l.ID)
		if err != nil && corpus.CodeOf(err) != corpus.NotFound {
			return nil, err
		}
		if l.ID = other.ID; err == nil && !seen[l] {
			seen[l] = true
			out = append(out, other)
		}
	}
	aliases, err := s.Store.Aliases(d.Kind, d.ID)
	if err != nil {
		return nil, err
	}
	names := []corpus.Link{self}
	for _, id := range aliases {
		names = append(names, corpus.Link{Kind: d.Kind, ID: id})
	}
	places, err := s.Store.LinkedTo(names...)
	if err != nil {
		return nil, err
	}
	refs := make([]indexer.Ref, len(places))
	for i, p := range places {
		refs[i] = indexer.Ref(p)
	}
	others, err := s.Documents(ctx, c, refs)
	for _, other := range others {
		l := corpus.Link{Kind: other.Kind, ID: other.ID}
		points := slices.ContainsFunc(other.Links, func(l corpus.Link) bool { return slices.Contains(names, l) })
		if points && !seen[l] {
			seen[l] = true
			out = append(out, other)
		}
	}
	return out, err
}

// orgShown is how many documents of each kind are named beside another one of their organisation.
const orgShown = 3

// OfOrg returns other documents of d's organisation without those in known: the newest orgShown of each kind, without their
// links. Both name the organisation where c may read it.
func (s *Service) OfOrg(c Caller, d corpus.Doc, known []corpus.Doc) (out []corpus.Doc, err error) {
	places, err := s.Store.OfOrg(&d)
	if err != nil {
		return nil, err
	}
	slices.Reverse(places)
	left := map[corpus.Kind]int{}
	for _, k := range corpus.Kinds {
		left[k] = orgShown
	}
	for _, p := range places {
		same := func(other corpus.Doc) bool { return other.Kind == p.Kind && other.Number == p.Number }
		if left[p.Kind] == 0 || same(d) || slices.ContainsFunc(known, same) {
			continue
		}
		docs, err := s.Store.ByNumber(p.Kind, p.Number)
		if err != nil {
			return nil, err
		}
		for _, other := range docs {
			if other, ok := c.sees(other); ok && corpus.OneOrg(&d, &other) {
				left[p.Kind]--
				out = append(out, other)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b corpus.Doc) int {
		return slices.Index(corpus.Kinds, a.Kind) - slices.Index(corpus.Kinds, b.Kind)
	})
	return out, nil
}

// whole is a posting with what has to do with it, as c may read it.
func (s *Service) whole(ctx context.Context, c Caller, d corpus.Doc) (Posting, error) {
	p, err := s.posting(d, s.now())
	if err != nil {
		return p, err
	}
	linked, err := s.Linked(ctx, c, d)
	if err != nil {
		return p, err
	}
	org, err := s.OfOrg(c, d, linked)
	p.Linked, p.SameOrg = nameDocs(linked), nameDocs(org)
	return p, err
}

func nameDocs(docs []corpus.Doc) (out []LinkedDoc) {
	for _, d := range docs {
		out = append(out, LinkedDoc{d.Kind, d.ID, d.Title})
	}
	return out
}
