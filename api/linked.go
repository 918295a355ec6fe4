package api

import (
	"context"
	"slices"
	"sync"

	"duijie/corpus"
	"duijie/indexer"
)

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
	refs, err := s.backlinks.to(s.Store, names...)
	if err != nil {
		return nil, err
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

// backlinks knows which documents link to one, whatever their status and disclosure. It follows the store's changes,
// from the first at its first use. The zero value is ready.
type backlinks struct {
	mu   sync.Mutex
	seq  uint64                               // of the last change seen
	from map[indexer.Ref][]corpus.Link        // what each document links to
	back map[corpus.Link]map[indexer.Ref]bool // who links to it
}

// to returns the documents that link to one of names, by kind and number.
func (b *backlinks) to(store *corpus.Store, names ...corpus.Link) ([]indexer.Ref, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.catchUp(store); err != nil {
		return nil, err
	}
	var refs []indexer.Ref
	for _, l := range names {
		for r := range b.back[l] {
			refs = append(refs, r)
		}
	}
	slices.SortFunc(refs, func(x, y indexer.Ref) int {
		if x.Kind != y.Kind {
			return slices.Index(corpus.Kinds, x.Kind) - slices.Index(corpus.Kinds, y.Kind)
		}
		return int(x.Number) - int(y.Number)
	})
	return slices.Compact(refs), nil
}

func (b *backlinks) catchUp(store *corpus.Store) error {
	const batch = 1000
	if b.from == nil {
		b.from, b.back = map[indexer.Ref][]corpus.Link{}, map[corpus.Link]map[indexer.Ref]bool{}
	}
	for {
		changes, err := store.Changes(b.seq, batch)
		if err != nil {
			return err
		}
		changed := map[corpus.Kind][]uint32{}
		for _, c := range changes {
			if c.Kind != "" {
				b.set(indexer.Ref{Kind: c.Kind, Number: c.Number}, nil)
				changed[c.Kind] = append(changed[c.Kind], c.Number)
			}
		}
		for kind, numbers := range changed {
			docs, err := store.ByNumber(kind, numbers...)
			if err != nil {
				return err
			}
			for _, d := range docs {
				b.set(indexer.Ref{Kind: kind, Number: d.Number}, d.Links)
			}
		}
		if len(changes) > 0 {
			b.seq = changes[len(changes)-1].Seq
		}
		if len(changes) < batch {
			return nil
		}
	}
}

func (b *backlinks) set(r indexer.Ref, links []corpus.Link) {
	for _, l := range b.from[r] {
		delete(b.back[l], r)
	}
	delete(b.from, r)
	if len(links) == 0 {
		return
	}
	b.from[r] = links
	for _, l := range links {
		if b.back[l] == nil {
			b.back[l] = map[indexer.Ref]bool{}
		}
		b.back[l][r] = true
	}
}
