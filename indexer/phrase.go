package indexer

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/RoaringBitmap/roaring/v2"
)

// A place is a term and where it stands, in runes of a text without spaces and signs.
type place struct {
	term     string
	from, to int
}

// spread lays the tokens of a field out in the coordinates of the full text: the words one after the other without
// what stands between them, sub-words within their words. A phrase and a field in which it stands get the same
// distances, whatever the cutter made of either.
func spread(tokens []Token) (text []rune, places []place) {
	places = make([]place, 0, len(tokens))
	for len(tokens) > 0 {
		var word Token
		var same []Token
		word, same, tokens = nextWord(tokens)
		whole := []rune(word.Term)
		for _, t := range same {
			// The offsets are those of the original, whose runes may have other sizes: they only choose between places.
			near := (t.Start - word.Start) * len(whole) / max(1, word.End-word.Start)
			if at := indexNear(whole, []rune(t.Term), near); at >= 0 {
				places = append(places, place{t.Term, len(text) + at, len(text) + at + len([]rune(t.Term))})
			}
		}
		text = append(text, whole...)
	}
	return text, places
}

// nextWord takes the first word off tokens: the word, all tokens at its position, and the rest.
func nextWord(tokens []Token) (word Token, same, rest []Token) {
	n := 1
	for n < len(tokens) && tokens[n].Position == tokens[0].Position {
		n++
	}
	same = tokens[:n:n]
	return slices.MaxFunc(same, func(a, b Token) int { return (a.End - a.Start) - (b.End - b.Start) }), same, tokens[n:]
}

// indexNear returns where sub stands in text, nearest to near; -1 where it doesn't.
func indexNear(text, sub []rune, near int) int {
	best := -1
	for at := 0; at+len(sub) <= len(text); at++ {
		if slices.Equal(text[at:at+len(sub)], sub) && (best < 0 || max(at-near, near-at) < max(best-near, near-best)) {
			best = at
		}
	}
	return best
}

// A wanted is a phrase to be found: any chain of indexed terms that covers its text without a gap will do.
type wanted struct {
	text   []rune
	pieces []place // the parts of text that may be terms, by rising from
	edges  []int   // where a term may begin
}

// maxPiece is the length in runes of the longest part of a Chinese phrase looked up beside its own words. The words
// that jieba cuts are rarely longer, and longer ones have sub-words.
const maxPiece = 6

func newWanted(tokens []Token) wanted {
	text, places := spread(tokens)
	edge := make([]bool, len(text)+1)
	for _, p := range places {
		edge[p.from], edge[p.to] = true, true
	}
	for i := 1; i < len(text); i++ {
		edge[i] = edge[i] || isHan(text[i-1]) && isHan(text[i])
	}
	w := wanted{text: text, pieces: places}
	for from := range text {
		if !edge[from] {
			continue
		}
		w.edges = append(w.edges, from)
		for to := from + 1; to <= min(len(text), from+maxPiece); to++ {
			if edge[to] {
				w.pieces = append(w.pieces, place{string(text[from:to]), from, to})
			}
		}
	}
	slices.SortFunc(w.pieces, func(a, b place) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	w.pieces = slices.Compact(w.pieces)
	return w
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// foldCode brings an id or a registration number to the form in which they are compared.
func foldCode(s string) string { return strings.Join(strings.Fields(Fold(s).Text), "") }

// find returns the documents in which the clause is found, whatever its sign. tokens are those of its text.
func (v textView) find(ctx context.Context, c clause, tokens []Token) (refSet, error) {
	docs := roaring.New()
	w := newWanted(tokens)
	for _, field := range textFields {
		if c.field != "" && c.field != field {
			continue
		}
		if err := v.findPhrase(ctx, field, w, c.form == asPrefix, docs); err != nil {
			return nil, err
		}
	}
	for _, field := range codeFields {
		if c.field != "" && c.field != field {
			continue
		}
		if err := v.findCode(field, foldCode(c.text), c.form == asPrefix, docs); err != nil {
			return nil, err
		}
	}
	return v.refs(docs)
}

// findNames returns the documents in which the tokens of a word stand in the name of the holder or of a person.
func (v textView) findNames(ctx context.Context, tokens []Token) (refSet, error) {
	docs := roaring.New()
	w := newWanted(tokens)
	for _, field := range []string{"org", "people"} {
		if err := v.findPhrase(ctx, field, w, false, docs); err != nil {
			return nil, err
		}
	}
	return v.refs(docs)
}

// findCodes returns the documents whose id or registration number is text.
func (v textView) findCodes(text string) (refSet, error) {
	docs := roaring.New()
	for _, field := range codeFields {
		if err := v.findCode(field, foldCode(text), false, docs); err != nil {
			return nil, err
		}
	}
	return v.refs(docs)
}

// findCode adds the documents with a code, or with one that begins so.
func (v textView) findCode(field, code string, prefix bool, docs *roaring.Bitmap) error {
	terms := []string{code}
	if prefix {
		var err error
		if terms, err = v.terms(field, code, ""); err != nil {
			return err
		}
	}
	for _, term := range terms {
		for doc, err := range v.postings(field, term) {
			if err != nil {
				return err
			}
			docs.Add(doc.number)
		}
	}
	return nil
}

// findPhrase adds the documents whose field has the phrase, or with open the phrase and any end of its last word.
func (v textView) findPhrase(ctx context.Context, field string, w wanted, open bool, docs *roaring.Bitmap) error {
	if len(w.text) == 0 {
		return nil
	}
	pieces, err := v.candidates(field, w, open)
	if err != nil {
		return err
	}
	var parts []fieldPiece
	for _, p := range pieces {
		if p.from > 0 || p.to < len(w.text) {
			parts = append(parts, p)
			continue
		}
		for doc, err := range v.postings(p.field, p.term) { // the whole phrase, wherever it stands
			if err != nil {
				return err
			}
			docs.Add(doc.number)
		}
	}
	parts, only, err := v.narrow(ctx, parts, len(w.text))
	if err != nil {
		return err
	}
	if only.AndNot(docs); only.IsEmpty() {
		return nil
	}
	// How far the phrase is covered from where it could begin, by document and, in the lower half, position: one number is a
	// much faster key than two.
	reach := map[uint64]int{}
	farthest := 0
	for _, p := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.from > farthest {
			return nil
		}
		for doc, err := range v.places(p.field, p.term, only) {
			if err != nil {
				return err
			}
			for _, position := range doc.positions {
				s := uint64(doc.number)<<32 | uint64(uint32(position-p.from))
				if covered, begun := reach[s]; p.from == 0 && !begun || begun && p.from <= covered && covered < p.to {
					reach[s] = p.to
					farthest = max(farthest, p.to)
					if p.to == len(w.text) {
						docs.Add(doc.number)
					}
				}
			}
		}
	}
	return nil
}

// worthReading is how many postings of a further rune are read for each document that they may leave out: where a term stands
// in a document takes so many times as long to read as that it stands there.
const worthReading = 16

// narrow leaves out the pieces that no document has, and returns the documents that can have the phrase: for each of its runes,
// the rarest first, one of the pieces that cover it. A phrase of common words is found among few documents so.
func (v textView) narrow(ctx context.Context, pieces []fieldPiece, runes int) (some []fieldPiece, only *roaring.Bitmap, err error) {
	counts := make([]uint64, runes) // documents of the pieces that cover a rune
	for _, p := range pieces {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		n, err := v.count(p.field, p.term)
		if err != nil {
			return nil, nil, err
		}
		if n == 0 {
			continue
		}
		some = append(some, p)
		for i := p.from; i < p.to; i++ {
			counts[i] += n
		}
	}
	order := make([]int, runes)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[a], counts[b]) })
	var before []fieldPiece
	for i, at := range order {
		if i > 0 && counts[at] > worthReading*only.GetCardinality() {
			break
		}
		covering := slices.DeleteFunc(slices.Clone(some), func(p fieldPiece) bool { return at < p.from || p.to <= at })
		if i > 0 && slices.Equal(covering, before) {
			continue
		}
		before = covering
		having := roaring.New()
		for _, p := range covering {
			for doc, err := range v.postings(p.field, p.term) {
				if err != nil {
					return nil, nil, err
				}
				having.Add(doc.number)
			}
		}
		if i > 0 {
			having.And(only)
		}
		only = having
	}
	return some, only, nil
}

// A fieldPiece is a term of a field that covers a part of a phrase.
type fieldPiece struct {
	place
	field string
}

// candidates returns the indexed terms that may cover a part of the phrase, by rising from.
func (v textView) candidates(field string, w wanted, open bool) ([]fieldPiece, error) {
	var out []fieldPiece
	if len(w.text) == 1 && isHan(w.text[0]) && !open {
		// A single character stands within words, too.
		terms, err := v.terms(field, "", string(w.text))
		for _, term := range terms {
			out = append(out, fieldPiece{place{term, 0, 1}, field})
		}
		return out, err
	}
	for _, p := range w.pieces {
		out = append(out, fieldPiece{p, field})
		if field == titleField && p.to-p.from == 2 {
			out = append(out, fieldPiece{p, pairsField})
		}
	}
	if !open {
		return out, nil
	}
	for _, from := range w.edges {
		terms, err := v.terms(field, string(w.text[from:]), "")
		if err != nil {
			return nil, err
		}
		for _, term := range terms {
			out = append(out, fieldPiece{place{term, from, len(w.text)}, field})
		}
	}
	slices.SortStableFunc(out, func(a, b fieldPiece) int { return a.from - b.from })
	return out, nil
}
