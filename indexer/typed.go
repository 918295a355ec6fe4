package indexer

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"

	"duijie/corpus"
)

// elsewhere is the weight of a word that stands in the name of a holder or a person: that of a word of a title.
const elsewhere = 85

// maxLookups is how many clauses of a query may ask the full text, which takes up to some 50 ms for each.
const maxLookups = 16

// A typed is a Query's text made ready: what is required, what is excluded, and what ranks.
type typed struct {
	all      bool // nothing is required: everything is found that is not excluded
	terms    []typedTerm
	words    []typedWord
	bits     int // used so far in masks
	required []refSet
	excluded []refSet
	exact    refSet   // documents whose id or registration number was typed
	show     []string // for highlights
}

// A typedTerm ranks the documents that have it and leaves its bits in their masks.
type typedTerm struct {
	term   string
	idf    uint32 // in steps of 1/idfSteps
	bits   uint64
	inside bool   // a single character, found inside of other terms too
	names  refSet // the documents that have it in the name of a holder or a person, which postings don't know
}

// A typedWord is found in a document by itself or by all of its sub-words, where these make up the word.
type typedWord struct{ whole, parts uint64 }

func (w typedWord) in(mask uint64) bool {
	return mask&w.whole != 0 || w.parts != 0 && mask&w.parts == w.parts
}

// typed makes text ready to be found in now.
func (l *Local) typed(ctx context.Context, now textView, text string) (*typed, error) {
	t := &typed{}
	looked := 0
	for _, c := range parseQuery(text) {
		tokens := l.o.Cut(c.text)
		if len(tokens) == 0 && !slices.Contains(codeFields, c.field) {
			continue // signs only
		}
		if c.form == asWords {
			if err := l.readWords(ctx, now, t, tokens); err != nil {
				return nil, err
			}
			continue
		}
		if looked++; looked > maxLookups {
			e := corpus.Errorf(corpus.TooLarge, "the query has more than %d phrases, prefixes and fields", maxLookups)
			e.Field, e.Fix = "q", "leave some out"
			return nil, e
		}
		set, err := now.find(ctx, c, tokens)
		if err != nil {
			return nil, err
		}
		if c.not {
			t.excluded = append(t.excluded, set)
			continue
		}
		t.required = append(t.required, set)
		for _, token := range tokens {
			t.terms = append(t.terms, typedTerm{term: token.key(), idf: stepIDF(l.o.IDF(token.key()))})
		}
		t.show = append(t.show, Fold(c.text).Text)
	}
	slices.Sort(t.show)
	t.show = slices.Compact(t.show)
	t.all = len(t.words) == 0 && len(t.required) == 0 && (len(t.excluded) > 0 || strings.TrimSpace(text) == "")
	var err error
	t.exact, err = now.findCodes(text)
	return t, err
}

// readWords adds plain words, each with its sub-words, to t. What comes after the 64th term only ranks.
func (l *Local) readWords(ctx context.Context, now textView, t *typed, tokens []Token) error {
	for len(tokens) > 0 {
		var word Token
		var same []Token
		word, same, tokens = nextWord(tokens)
		var w typedWord
		parts := make([]Token, 0, len(same))
		for _, s := range same {
			if s.Term != word.Term {
				parts = append(parts, s)
			}
		}
		required := t.bits+1+len(parts) <= 64
		add := func(term string, set *uint64) *typedTerm {
			t.show = append(t.show, term)
			t.terms = append(t.terms, typedTerm{term: term, idf: stepIDF(l.o.IDF(term))})
			added := &t.terms[len(t.terms)-1]
			if required {
				added.bits = 1 << t.bits
				*set |= added.bits
				t.bits++
			}
			return added
		}
		for _, p := range parts {
			add(p.key(), &w.parts)
		}
		if !makeUp(same, word) {
			w.parts = 0
		}
		whole := add(word.key(), &w.whole)
		if r, size := utf8.DecodeRuneInString(word.Term); isHan(r) && size == len(word.Term) && word.Same == "" {
			whole.inside = true
		} else if set, err := now.findNames(ctx, same); err != nil {
			return err
		} else {
			whole.names = set
		}
		if required {
			t.words = append(t.words, w)
		}
	}
	return nil
}

// makeUp reports whether the sub-words of a word, together, are all of it.
func makeUp(same []Token, word Token) bool {
	text, places := spread(same)
	slices.SortFunc(places, func(a, b place) int { return a.from - b.from })
	covered := 0
	for _, p := range places {
		if p.term != word.Term && p.from <= covered {
			covered = max(covered, p.to)
		}
	}
	return covered == len(text)
}

// sum ranks the documents of one kind and marks what they have.
func (t *typed) sum(s *shelf, w *work) {
	factor := uint32(1)
	if s.kind == corpus.Need {
		factor = searchFactor
	}
	inside := map[rune]*typedTerm{}
	for i := range t.terms {
		term := &t.terms[i]
		if term.inside {
			r, _ := utf8.DecodeRuneInString(term.term)
			if inside[r] == nil {
				inside[r] = &typedTerm{idf: term.idf}
			}
			inside[r].bits |= term.bits
			continue
		}
		for number := range term.names.of(s.kind) {
			if p, at := s.find(number); p != nil {
				w.sums[p.base+at] += term.idf * elsewhere
				w.masks[p.base+at] |= term.bits
			}
		}
	}
	for i := range s.parts {
		p := &s.parts[i]
		room := w.of(p)
		add := func(term *typedTerm, at int) {
			ordinals, weights := p.list(at)
			for j, ordinal := range ordinals {
				room.sums[ordinal] += term.idf * min(255, factor*uint32(weights[j]))
				room.masks[ordinal] |= term.bits
			}
		}
		for i := range t.terms {
			if term := &t.terms[i]; !term.inside {
				if at := p.term(term.term, termHash(term.term)); at >= 0 {
					add(term, at)
				}
			}
		}
		if len(inside) == 0 {
			continue
		}
		for r, term := range inside {
			for _, at := range p.termsWith(r) {
				add(term, int(at))
			}
		}
	}
}

// finder returns what reports whether a document of a kind with this mask is what was asked for: of one or two words
// all, of more two thirds.
func (t *typed) finder(k corpus.Kind) func(number uint32, mask uint64) bool {
	of := func(sets []refSet) (out []*roaring.Bitmap) {
		for _, s := range sets {
			if s[k] == nil {
				s[k] = roaring.New()
			}
			out = append(out, s[k])
		}
		return out
	}
	required, excluded, exact := of(t.required), of(t.excluded), t.exact[k]
	asks := t.all || len(t.words) > 0 || len(t.required) > 0
	return func(number uint32, mask uint64) bool {
		if mask == 0 && len(t.words) > 0 && exact == nil {
			return false // in most documents there is nothing
		}
		if exact != nil && exact.Contains(number) {
			return true
		}
		if !asks {
			return false
		}
		missing := 0
		for _, w := range t.words {
			if !w.in(mask) {
				missing++
			}
		}
		if missing > len(t.words)/3 {
			return false
		}
		for _, s := range required {
			if !s.Contains(number) {
				return false
			}
		}
		for _, s := range excluded {
			if s.Contains(number) {
				return false
			}
		}
		return true
	}
}
