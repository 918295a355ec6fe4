package indexer

import (
	"cmp"
	"slices"

	"duijie/corpus"
)

// An askedTerm is a term of a probe, ready for every segment.
type askedTerm struct {
	term   string
	hash   uint32
	factor uint32 // what the asking side brings, times the inverse document frequency
}

// askedTerms are the terms of an entry that looks for documents of a kind.
func askedTerms(e *Entry, target corpus.Kind, idf func(string) float64) []askedTerm {
	asking := corpus.Need
	if target == corpus.Need {
		asking = corpus.Achievement
	}
	out := make([]askedTerm, 0, len(e.Words)+len(e.Pairs))
	for i, w := range wordTerms.weights(asking, e.Words) {
		term := e.Words[i].Term
		out = append(out, askedTerm{term, termHash(term), uint32(w) * askedIDF(idf(term))})
	}
	for i, w := range pairTerms.weights(asking, e.Pairs) {
		term := pairTerm(e.Pairs[i].Term)
		out = append(out, askedTerm{term, termHash(term), uint32(w) * askedIDF(idf(e.Pairs[i].Term))})
	}
	return out
}

// addTo adds to the sums of a segment's documents what the terms bring them.
func (s *segment) addTo(sums []uint32, terms []askedTerm) {
	for i := range terms {
		t := &terms[i]
		at := s.term(t.term, t.hash)
		if at < 0 || t.factor == 0 {
			continue
		}
		ordinals, weights := s.list(at)
		accumulate(sums, ordinals, weights, t.factor)
	}
}

// accumulate adds a term's share to each of its documents. It reads what never changes once it is shared, so the race
// detector, under which it takes ten times as long, leaves it out.
//
//go:norace
func accumulate(sums []uint32, ordinals []uint16, weights []uint8, factor uint32) {
	weights = weights[:len(ordinals)]
	if len(sums) >= 1<<16 {
		room := (*[1 << 16]uint32)(sums) // no ordinal lies outside, which saves the check of each
		for i, at := range ordinals {
			room[at] += factor * uint32(weights[i])
		}
		return
	}
	for i, at := range ordinals {
		sums[at] += factor * uint32(weights[i])
	}
}

// candidates returns the best documents for p by words and by meaning, those with the better words first. Meaning is by
// Far or by Vector for all.
func (s *shelf) candidates(p *Probe, idf func(string) float64, far bool) []Candidate {
	asked := p.Entry.Vector
	if far {
		asked = p.Entry.Far
	}
	terms := askedTerms(&p.Entry, s.kind, idf)
	w := newWork(s.room)
	defer w.release()
	words, meaning := top{k: p.Limit}, top{k: p.Limit}
	var out []Candidate
	for i := range s.parts {
		part := &s.parts[i]
		sieve := part.columns.sieve(&p.Filter)
		keeps := func(ordinal int) bool { return !part.dead.has(ordinal) && sieve.keeps(ordinal) }
		part.addTo(w.sums[part.base:], terms)
		if p.Want != nil {
			out = part.wanted(out, p.Want, w.sums[part.base:], asked, far, keeps)
			continue
		}
		for at, sum := range w.sums[part.base : part.base+len(part.numbers)] {
			if sum == 0 || len(words.heap) == words.k && int64(sum) < words.heap[0].rank {
				continue
			}
			if r := (ranked{int64(sum), part.key(at)}); words.wants(r) && keeps(at) {
				words.add(r)
			}
		}
		part.plane(far).nearest(&meaning, asked, part.key, keeps)
	}
	found := append(words.sorted(), meaning.sorted()...)
	slices.SortFunc(found, func(a, b ranked) int { return cmp.Compare(a.key, b.key) })
	for i, f := range found {
		if i > 0 && f.key == found[i-1].key {
			continue
		}
		part, at := s.place(f.key)
		out = append(out, Candidate{Number: part.numbers[at], Words: wordsValue(w.sums[part.base+at]), Meaning: Dot(asked, part.plane(far).at(at)),
			Norm: part.norms[at], Far: far})
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Words, a.Words), cmp.Compare(a.Number, b.Number))
	})
	return out
}

// key is a document's number and, below it, its place in a work.
func (p *part) key(ordinal int) uint64 {
	return uint64(p.numbers[ordinal])<<32 | uint64(p.base+ordinal)
}

// place returns where the document with a key is.
func (s *shelf) place(key uint64) (p *part, ordinal int) {
	at := int(uint32(key))
	for i := range s.parts {
		if p := &s.parts[i]; at < p.base+len(p.numbers) {
			return p, at - p.base
		}
	}
	return nil, 0
}

// wanted appends the documents that want chooses.
func (p *part) wanted(out []Candidate, want func(Candidate) bool, sums []uint32, asked Vector, far bool, keeps func(int) bool) []Candidate {
	plane := p.plane(far)
	for at, number := range p.numbers {
		if keeps(at) {
			c := Candidate{Number: number, Words: wordsValue(sums[at]), Meaning: Dot(asked, plane.at(at)), Norm: p.norms[at], Far: far}
			if want(c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func (s *segment) plane(far bool) *plane {
	if far {
		return &s.far
	}
	return &s.near
}

// rowsAtATime is how many vectors nearest multiplies before it looks at the products.
const rowsAtATime = 256

// nearest offers t the documents nearest to q, by their keys, among those that keep wants. It scans all vectors: exact, and
// fast enough that no approximate graph is worth its losses.
func (p *plane) nearest(t *top, q Vector, key func(ordinal int) uint64, keep func(ordinal int) bool) {
	if len(q) == 0 || len(q) != p.dims {
		return
	}
	var room [rowsAtATime]int32
	for from := 0; from < len(p.has); from += rowsAtATime {
		products := room[:min(rowsAtATime, len(p.has)-from)]
		dots(q, p.vectors[from*p.dims:(from+len(products))*p.dims], products)
		for i, product := range products {
			if len(t.heap) == t.k && int64(product) < t.heap[0].rank {
				continue
			}
			if at := from + i; p.has[at] != 0 {
				if r := (ranked{int64(product), key(at)}); t.wants(r) && keep(at) {
					t.add(r)
				}
			}
		}
	}
}
