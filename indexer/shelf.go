package indexer

import (
	"cmp"
	"slices"
	"sync"

	"duijie/corpus"
)

// A shelf is all that memory holds of the documents of one kind. Its owner guards it.
type shelf struct {
	kind    corpus.Kind
	entries []*Entry // by number, nil where there is none
	words   *postings
	pairs   *postings
	vectors nearest
	far     nearest
	farless int // entries without Far
	columns columns
}

func newShelf(k corpus.Kind, idf func(string) float64) *shelf {
	return &shelf{kind: k, words: newPostings(k, wordTerms, idf), pairs: newPostings(k, pairTerms, idf)}
}

// put adds a document or replaces it.
func (s *shelf) put(e Entry) {
	s.remove(e.Number)
	e.Typed = nil
	if missing := int(e.Number) + 1 - len(s.entries); missing > 0 {
		s.entries = append(s.entries, make([]*Entry, missing)...)
	}
	s.entries[e.Number] = &e
	s.words.put(e.Number, e.Words)
	s.pairs.put(e.Number, e.Pairs)
	s.vectors.put(e.Number, e.Vector)
	if s.far.put(e.Number, e.Far); e.Far == nil {
		s.farless++
	}
	s.columns.put(e.Number, &e.Columns)
}

// remove takes a document out, if it is there.
func (s *shelf) remove(number uint32) {
	if !s.has(number) {
		return
	}
	e := s.entries[number]
	s.entries[number] = nil
	s.words.remove(number, e.Words)
	s.pairs.remove(number, e.Pairs)
	s.vectors.put(number, nil)
	if s.far.put(number, nil); e.Far == nil {
		s.farless--
	}
}

func (s *shelf) has(number uint32) bool {
	return int(number) < len(s.entries) && s.entries[number] != nil
}

// candidates returns the best documents for p by words and by meaning, those with the better words first. Meaning is by
// Far or by Vector for all.
func (s *shelf) candidates(p *Probe, limit int, far bool) []Candidate {
	vectors, of := &s.vectors, func(e *Entry) Vector { return e.Vector }
	if far {
		vectors, of = &s.far, func(e *Entry) Vector { return e.Far }
	}
	asked := of(&p.Entry)
	sieve := s.columns.sieve(&p.Filter)
	w := newWork(len(s.entries))
	defer w.release()
	s.words.addTo(w.sums, p.Entry.Words)
	s.pairs.addTo(w.sums, p.Entry.Pairs)
	best := top{k: limit}
	for number, sum := range w.sums {
		if r := (ranked{int64(sum), uint64(number)}); sum > 0 && best.wants(r) && sieve.keeps(uint32(number)) {
			best.add(r)
		}
	}
	found := append(best.sorted(), vectors.best(asked, limit, sieve.keeps)...)
	for i := range found {
		found[i].rank = int64(w.sums[found[i].key])
	}
	slices.SortFunc(found, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.key, b.key)) })
	found = slices.Compact(found)
	out := make([]Candidate, len(found))
	for i, f := range found {
		e := s.entries[f.key]
		out[i] = Candidate{Number: e.Number, Words: wordsValue(uint32(f.rank)), Meaning: Dot(asked, of(e)), Far: far, Entry: e}
	}
	return out
}

// A work is room for one query over one shelf, by number.
type work struct {
	sums  []uint32
	masks []uint64 // which terms of a typed query were found
}

var works = sync.Pool{New: func() any { return new(work) }}

// newWork returns zeroed room for n numbers.
func newWork(n int) *work {
	w := works.Get().(*work)
	if cap(w.sums) < n {
		w.sums, w.masks = make([]uint32, n), make([]uint64, n)
	}
	w.sums, w.masks = w.sums[:n], w.masks[:n]
	return w
}

func (w *work) release() {
	clear(w.sums)
	clear(w.masks)
	works.Put(w)
}
