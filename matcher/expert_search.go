package matcher

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// proving are the kinds of documents that prove what somebody knows.
var proving = []corpus.Kind{corpus.Expert, corpus.Achievement, corpus.Project}

// An expertSearch is one search for those who know about a need. It is for one goroutine.
type expertSearch struct {
	*Matcher
	o      ExpertOptions
	asking *indexer.Entry
	pairs  map[indexer.Ref]ranked     // of the need with documents that were weighed
	docs   map[indexer.Ref]corpus.Doc // those that prove something, as the reader sees them
	known  map[string]*knowing        // by a key of the expert or the team
	byFar  bool                       // some of pairs are measured by Far
}

// A knowing one is an expert or a team with the documents that prove it.
type knowing struct {
	key    string
	expert corpus.Doc // zero of a team
	first  corpus.Doc // that was found of behind
	behind map[indexer.Ref]bool
	proofs []indexer.Ref // of behind, best first, without near-identical ones
	points float64
}

// find returns all that are known of, best first. All pairs are measured by one model: where the index stops to have Far of every
// entry on the way, they are measured again.
func (s *expertSearch) find(ctx context.Context) ([]*knowing, error) {
	found, err := s.search(ctx)
	if err == nil && s.byFar && s.asking.Far == nil {
		clear(s.pairs)
		clear(s.docs)
		clear(s.known)
		found, err = s.search(ctx)
	}
	return found, err
}

// search is one try of find.
func (s *expertSearch) search(ctx context.Context) ([]*knowing, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	found := s.ordered(ctx)
	found = found[:min(finishedExperts, len(found))]
	for _, k := range found {
		if k.expert.ID != "" {
			if err := s.finish(ctx, k); err != nil {
				return nil, err
			}
		}
	}
	s.known = map[string]*knowing{}
	for _, k := range found {
		s.known[k.key] = k
	}
	return s.ordered(ctx), nil
}

// begin finds the documents that fit best and who stands behind them.
func (s *expertSearch) begin(ctx context.Context) error {
	var refs []indexer.Ref
	for _, kind := range proving {
		rows, err := s.examine(ctx, s.asking, kind, indexer.Filter{})
		if err != nil {
			return err
		}
		s.byFar = s.byFar || s.asking.Far != nil && len(rows) > 0
		rows = slices.DeleteFunc(rows, func(r ranked) bool { return !r.proves() })
		for _, r := range rows[:min(provingDocs, len(rows))] {
			ref := indexer.Ref{Kind: kind, Number: r.number}
			s.pairs[ref], refs = r, append(refs, ref)
		}
	}
	docs, err := s.o.Documents(ctx, refs)
	if err != nil {
		return err
	}
	var unclaimed []corpus.Doc
	for _, d := range docs {
		if d.Kind == corpus.Expert {
			s.stand(d, d)
			continue
		}
		linked, err := s.o.Linked(ctx, d, corpus.Expert)
		if err != nil {
			return err
		}
		for _, e := range linked {
			s.stand(e, d)
		}
		if len(linked) == 0 {
			unclaimed = append(unclaimed, d)
		}
	}
	for _, d := range unclaimed {
		var named []*knowing
		for _, k := range s.known {
			if names(&d, &k.expert) || k.expert.ID == "" && sameTeam(&d, &k.first) {
				named = append(named, k)
			}
		}
		for _, k := range named {
			s.add(k.key, k.expert, d)
		}
		if team := indexer.Team(&d); team != "" && named == nil {
			s.add("team "+team, corpus.Doc{}, d)
		}
	}
	return nil
}

// proves reports whether a pair counts for who stands behind its document: what a list would show does.
func (r ranked) proves() bool { return r.evidence >= listedEvidence && r.parts.Points() > 0 }

// names reports whether a document names an expert: a name among its people, and the same organisation. Many experts' titles
// are their name, with a field or a position behind it.
func names(d, expert *corpus.Doc) bool {
	return expert.ID != "" && corpus.OneOrg(d, expert) && slices.ContainsFunc(d.People, func(name string) bool {
		first, _, _ := strings.Cut(expert.Title, " ")
		return name != "" && (name == first || slices.Contains(expert.People, name))
	})
}

// sameTeam reports whether two documents of one organisation have people in common, in whatever order, or name none.
func sameTeam(a, b *corpus.Doc) bool {
	return corpus.OneOrg(a, b) && (len(a.People)+len(b.People) == 0 ||
		slices.ContainsFunc(a.People, func(name string) bool { return slices.Contains(b.People, name) }))
}

// stand notes that an expert stands behind a document.
func (s *expertSearch) stand(expert, d corpus.Doc) { s.add("expert "+expert.ID, expert, d) }

func (s *expertSearch) add(key string, expert, d corpus.Doc) {
	if s.known[key] == nil {
		s.known[key] = &knowing{key: key, expert: expert, first: d, behind: map[indexer.Ref]bool{}}
	}
	ref := indexer.Ref{Kind: d.Kind, Number: d.Number}
	s.known[key].behind[ref], s.docs[ref] = true, d
}

// finish adds to what speaks for an expert all else that is linked with them.
func (s *expertSearch) finish(ctx context.Context, k *knowing) error {
	theirs, err := s.o.Linked(ctx, k.expert, corpus.Achievement, corpus.Project)
	if err != nil {
		return err
	}
	theirs = append(theirs, k.expert)
	for _, kind := range proving {
		var asked []uint32
		for _, d := range theirs {
			if _, done := s.pairs[indexer.Ref{Kind: kind, Number: d.Number}]; d.Kind == kind && !done {
				asked = append(asked, d.Number)
			}
		}
		rows, err := s.pair(ctx, kind, asked)
		if err != nil {
			return err
		}
		for _, r := range rows {
			s.pairs[indexer.Ref{Kind: kind, Number: r.number}] = r
		}
	}
	for _, d := range theirs {
		if s.pairs[indexer.Ref{Kind: d.Kind, Number: d.Number}].proves() {
			s.stand(k.expert, d)
		}
	}
	return nil
}

// pair weighs the need with documents of a kind, whichever a match would examine.
func (s *expertSearch) pair(ctx context.Context, kind corpus.Kind, numbers []uint32) ([]ranked, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	found, err := s.engine.Entries(ctx, indexer.Lookup{Kind: kind, Numbers: numbers, Words: true})
	if err != nil {
		return nil, err
	}
	far := !slices.ContainsFunc(found, func(f indexer.Found) bool { return f.Far == nil })
	all := make([]indexer.Candidate, len(found))
	for i, f := range found {
		all[i] = indexer.Candidate{Number: f.Number, Words: indexer.PairWords(s.asking, f.Entry, s.scorer.seg.IDF), Meaning: indexer.Meaning(s.asking, f.Entry),
			Norm: f.Norm, Far: far && s.asking.Far != nil}
	}
	return s.weighed(ctx, s.asking, kind, all, len(all))
}

// ordered returns all that are known of, those first for whom most speaks.
func (s *expertSearch) ordered(ctx context.Context) []*knowing {
	words := map[corpus.Kind]func(*indexer.Entry) []indexer.Count{}
	for _, kind := range proving {
		words[kind] = s.wordReader(ctx)
	}
	out := make([]*knowing, 0, len(s.known))
	for _, k := range s.known {
		k.proofs = k.proofs[:0]
		for _, kind := range proving {
			var rows []ranked
			for ref := range k.behind {
				if ref.Kind == kind {
					rows = append(rows, s.pairs[ref])
				}
			}
			slices.SortFunc(rows, better)
			for _, r := range fold(rows, words[kind]) {
				k.proofs = append(k.proofs, indexer.Ref{Kind: kind, Number: r.number})
			}
		}
		slices.SortStableFunc(k.proofs, func(a, b indexer.Ref) int { return -cmp.Compare(s.pairs[a].parts.Points(), s.pairs[b].parts.Points()) })
		points := make([]float64, len(k.proofs))
		for i, ref := range k.proofs {
			points[i] = s.pairs[ref].parts.Points()
		}
		k.points = expertPoints(points)
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b *knowing) int { return cmp.Or(-cmp.Compare(a.points, b.points), cmp.Compare(a.key, b.key)) })
	return out
}
