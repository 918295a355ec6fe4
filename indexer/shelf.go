package indexer

import (
	"cmp"
	"slices"
	"sync"

	"duijie/corpus"
)

// A shelf is the documents of one kind: segments, and which of their documents are dead, replaced by a later segment or
// deleted. It never changes; writers make another one.
type shelf struct {
	kind    corpus.Kind
	parts   []part // later ones came later
	room    int    // documents of all parts, dead ones too
	live    int
	farless int // live entries without Far
}

// A part is a segment as one shelf shows it.
type part struct {
	*segment
	dead    bitmap
	live    int
	farless int // of the live ones
	base    int // sum of the documents of the parts before it: where its own begin in a work
}

// A bitmap is a set of ordinals, nil for the empty one. What a shelf holds is not changed.
type bitmap []uint64

func (b bitmap) has(ordinal int) bool { return b != nil && b[ordinal>>6]>>(ordinal&63)&1 != 0 }

func newPart(s *segment, dead bitmap) part {
	p := part{segment: s, dead: dead}
	for i, has := range s.far.has {
		if !p.dead.has(i) {
			p.live++
			if has == 0 {
				p.farless++
			}
		}
	}
	return p
}

// newShelf puts parts together; empty ones are left out.
func newShelf(k corpus.Kind, parts []part) *shelf {
	s := &shelf{kind: k}
	for _, p := range parts {
		if p.live == 0 {
			continue
		}
		p.base = s.room
		s.parts = append(s.parts, p)
		s.room += len(p.numbers)
		s.live += p.live
		s.farless += p.farless
	}
	return s
}

// find returns where a live document is.
func (s *shelf) find(number uint32) (p *part, ordinal int) {
	for i := len(s.parts) - 1; i >= 0; i-- {
		p := &s.parts[i]
		if at, found := p.ordinal(number); found && !p.dead.has(at) {
			return p, at
		}
	}
	return nil, 0
}

func (s *shelf) has(number uint32) bool {
	p, _ := s.find(number)
	return p != nil
}

// without returns the shelf without the documents of some numbers.
func (s *shelf) without(gone []uint32) *shelf {
	if len(gone) == 0 {
		return s
	}
	parts := slices.Clone(s.parts)
	owned := make([]bool, len(parts))
	for _, number := range gone {
		for i := range parts {
			p := &parts[i]
			at, found := p.ordinal(number)
			if !found || p.dead.has(at) {
				continue
			}
			if !owned[i] {
				fresh := make(bitmap, (len(p.numbers)+63)/64)
				copy(fresh, p.dead)
				p.dead, owned[i] = fresh, true
			}
			p.dead[at>>6] |= 1 << (at & 63)
			p.live--
			if p.far.has[at] == 0 {
				p.farless--
			}
		}
	}
	return newShelf(s.kind, parts)
}

// with returns the shelf with the documents of a segment instead of those with their numbers.
func (s *shelf) with(more *segment) *shelf {
	return newShelf(s.kind, append(slices.Clip(s.without(more.numbers).parts), newPart(more, nil)))
}

// maxLoose bounds the segments in memory that tidied puts together: above it, it is the keeper's work.
const maxLoose = 1024

// tidied returns the shelf with the last segments in memory put together, so that single documents don't make as many
// segments. Like the digits of a binary number, each is at least as large as all behind it.
func (s *shelf) tidied() (*shelf, error) {
	from, sum := len(s.parts), 0
	for from > 0 {
		p := &s.parts[from-1]
		if p.path != "" || sum > 0 && p.live > sum || sum+p.live > maxLoose {
			break
		}
		sum += p.live
		from--
	}
	if from > len(s.parts)-2 {
		return s, nil
	}
	made, err := merged(s.kind, s.parts[from:]).inMemory()
	if err != nil {
		return nil, err
	}
	return newShelf(s.kind, append(slices.Clone(s.parts[:from]), newPart(made, nil))), nil
}

// merged returns a builder with the live documents of parts of one kind, whose numbers differ.
func merged(k corpus.Kind, parts []part) *segmentBuilder {
	type place struct {
		number  uint32
		part    *part
		ordinal int
	}
	var all []place
	for i := range parts {
		p := &parts[i]
		for at, number := range p.numbers {
			if !p.dead.has(at) {
				all = append(all, place{number, p, at})
			}
		}
	}
	slices.SortFunc(all, func(a, b place) int { return cmp.Compare(a.number, b.number) })
	b := newSegmentBuilder(k)
	for _, at := range all {
		b.add(at.part.entry(at.ordinal, true))
	}
	return b
}

// entries answers a Lookup.
func (s *shelf) entries(l *Lookup) []Found {
	out := make([]Found, 0, len(l.Numbers))
	type place struct {
		part    *part
		ordinal int
	}
	places := make([]place, 0, len(l.Numbers))
	for _, n := range l.Numbers {
		if p, at := s.find(n); p != nil {
			out = append(out, Found{Entry: p.entry(at, l.Words)})
			places = append(places, place{p, at})
		}
	}
	for bit, k := range l.Keywords[:min(MaxHas, len(l.Keywords))] {
		hash := termHash(k.Term)
		for i := range s.parts {
			part := &s.parts[i]
			term := part.term(k.Term, hash)
			if term < 0 {
				continue
			}
			ordinals, _ := part.list(term)
			for j, at := range places {
				if at.part.segment == part.segment {
					if _, found := slices.BinarySearch(ordinals, uint16(at.ordinal)); found {
						out[j].Has |= 1 << bit
					}
				}
			}
		}
	}
	return out
}

// A work is room for one query over one shelf, by place: see part.base.
type work struct {
	sums  []uint32
	masks []uint64 // which terms of a typed query were found
}

var works = sync.Pool{New: func() any { return new(work) }}

// newWork returns zeroed room for n documents, and so much more that the last segment has room for every ordinal.
func newWork(n int) *work {
	w := works.Get().(*work)
	n += 1 << 16
	if cap(w.sums) < n {
		w.sums, w.masks = make([]uint32, n), nil
	}
	w.sums = w.sums[:n]
	return w
}

// withMasks gives w room for masks.
func (w *work) withMasks() *work {
	if len(w.masks) < len(w.sums) {
		w.masks = make([]uint64, len(w.sums))
	}
	return w
}

// of returns the room of one part.
func (w *work) of(p *part) work {
	to := p.base + len(p.numbers)
	return work{w.sums[p.base:to], w.masks[p.base:to]}
}

func (w *work) release() {
	clear(w.sums)
	clear(w.masks)
	works.Put(w)
}
