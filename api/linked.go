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

// linkedMost bounds the documents of each kind that are looked at because they link to another one.
const linkedMost = 200

// Linked returns the documents of some kinds, none being all, that d links to, in d's order, and then those that link to d, by
// kind and number, the newest linkedMost of each kind: each once, as c may read it; a link to what was merged leads to what took
// over. A link that its document does not show to c is not followed.
func (s *Service) Linked(ctx context.Context, c Caller, d corpus.Doc, kinds ...corpus.Kind) ([]corpus.Doc, error) {
	if len(kinds) == 0 {
		kinds = corpus.Kinds
	}
	self := corpus.Link{Kind: d.Kind, ID: d.ID}
	seen := map[corpus.Link]bool{self: true}
	var out []corpus.Doc
	for _, l := range d.Links {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !slices.Contains(kinds, l.Kind) {
			continue
		}
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
	var refs []indexer.Ref
	for _, k := range corpus.Kinds {
		if !slices.Contains(kinds, k) {
			continue
		}
		places, err := s.Store.LinkedTo(k, linkedMost, names...)
		if err != nil {
			return nil, err
		}
		for _, p := range places {
			refs = append(refs, indexer.Ref(p))
		}
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

// orgShown is how many documents of each kind are named beside another one of their organisation; among how many of the newest
// they are looked for, orgLooked: those of whom the reader may not know are many where somebody keeps drafts.
const orgShown, orgLooked = 3, 100

// OfOrg returns other documents of d's organisation without those in known: the newest orgShown of each kind, without their
// links. Both name the organisation where c may read it.
func (s *Service) OfOrg(ctx context.Context, c Caller, d corpus.Doc, known []corpus.Doc) (out []corpus.Doc, err error) {
	for _, k := range corpus.Kinds {
		left := orgShown
		for other, err := range s.Store.OfOrg(&d, k, orgLooked+len(known)) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return nil, err
			}
			same := func(d corpus.Doc) bool { return d.Kind == k && d.Number == other.Number }
			if same(d) || slices.ContainsFunc(known, same) {
				continue
			}
			if other, ok := c.sees(other); ok && corpus.OneOrg(&d, &other) {
				out = append(out, other)
				if left--; left == 0 {
					break
				}
			}
		}
	}
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
	org, err := s.OfOrg(ctx, c, d, linked)
	p.Linked, p.SameOrg = nameDocs(linked), nameDocs(org)
	if err == nil {
		p.Answers, err = s.UsualAnswer(d.Kind, d.ID)
	}
	return p, err
}

func nameDocs(docs []corpus.Doc) (out []LinkedDoc) {
	for _, d := range docs {
		out = append(out, LinkedDoc{d.Kind, d.ID, d.Title})
	}
	return out
}
