package indexer

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A glossary numbers the different terms of a document in the order of their first appearance, synonyms as one, so that
// the dictionary and the lists are asked once for each.
type glossary struct {
	seg         *Segmenter
	counts      []Count
	title, body numbered
	lexemes     []lexeme // of each term, filled by lexeme
}

// numbered are the tokens of a text with the numbers of their terms.
type numbered struct {
	tokens  []Token
	numbers []int32
}

// words yields the places of the words among the tokens, without their sub-words: the last of each position.
func (n numbered) words(yield func(int) bool) {
	for i, t := range n.tokens {
		if i+1 == len(n.tokens) || n.tokens[i+1].Position != t.Position {
			if !yield(i) {
				return
			}
		}
	}
}

func (s *Segmenter) glossary(title, body []Token) *glossary {
	g := &glossary{seg: s, title: numbered{tokens: title}, body: numbered{tokens: body}}
	g.counts, g.title.numbers, g.body.numbers = counts(title, body)
	g.lexemes = make([]lexeme, len(g.counts))
	return g
}

// counts counts the terms of a title and a body by the word that stands for them, each capped, and returns the index in
// out of each token's.
func counts(title, body []Token) (out []Count, inTitle, inBody []int32) {
	at := make(map[string]int32, len(title)+len(body)/2)
	number := func(tokens []Token, field func(*Count) *uint8) []int32 {
		numbers := make([]int32, len(tokens))
		for j := range tokens {
			key := tokens[j].key()
			i, ok := at[key]
			if !ok {
				i = int32(len(out))
				at[key] = i
				out = append(out, Count{Term: key})
			}
			numbers[j] = i
			if n := field(&out[i]); *n < math.MaxUint8 && !said(tokens, j) {
				*n++
			}
		}
		return numbers
	}
	inTitle = number(title, func(c *Count) *uint8 { return &c.Title })
	inBody = number(body, func(c *Count) *uint8 { return &c.Body })
	return out, inTitle, inBody
}

// said reports whether the token at i is a synonym of one of its own sub-words, or of another of the same word.
func said(tokens []Token, i int) bool {
	t := &tokens[i]
	for j := i - 1; j >= 0 && tokens[j].Position == t.Position; j-- {
		if before := &tokens[j]; before.Term != t.Term && before.key() == t.key() {
			return true
		}
	}
	return false
}

// A lexeme is what the dictionary and the lists say of a word.
type lexeme struct {
	looked bool
	known  bool // to the dictionary
	empty  bool // see dictionary.Empty
	listed role // by the list of words, with begins
	role   role // by the lists and the dictionary
}

// lexeme returns that of a numbered term.
func (g *glossary) lexeme(number int32) lexeme {
	l := &g.lexemes[number]
	if !l.looked {
		*l = g.seg.lexeme(g.counts[number].Term)
	}
	return *l
}

// written returns the lexeme of a token as it is written, which is not always the word that stands for it.
func (g *glossary) written(text numbered, i int) lexeme {
	if t := &text.tokens[i]; t.Same != "" {
		return g.seg.lexeme(t.Term)
	}
	return g.lexeme(text.numbers[i])
}

// lexeme looks a folded word up.
func (s *Segmenter) lexeme(word string) lexeme {
	entry, known := s.words[word]
	l := lexeme{looked: true, known: known, listed: roles().words[word]}
	letters := strings.ContainsFunc(word, unicode.IsLetter)
	l.empty = entry.empty || !letters || utf8.RuneCountInString(word) < 2
	switch l.role = l.listed &^ begins; {
	case !letters:
		l.role = figure
		return l
	case l.role == 0 && entry.empty:
		l.role = outside
		return l
	}
	if word[0] < utf8.RuneSelf {
		l.role |= foreign
	}
	if entry.tag == 'v' || entry.tag == 'd' {
		l.role |= verbal
	}
	if l.role&(class|plain) == 0 {
		for i := range word { // the longest ending first
			if e := roles().endings[word[i:]]; i > 0 && e != 0 {
				l.role |= e
				break
			}
		}
	}
	return l
}

// keywords returns what the document is about: see Segmenter.Keywords.
func (g *glossary) keywords(n int) []Keyword {
	var out []Keyword
	said := make([]int, len(g.counts)) // times in the body; -1: in the title
	for i := range g.title.words {
		if w := g.title.numbers[i]; said[w] == 0 && !g.lexeme(w).empty {
			said[w] = -1
			term := g.counts[w].Term
			out = append(out, Keyword{term, float32(2 * g.seg.IDF(term))})
		}
	}
	slices.SortStableFunc(out, func(a, b Keyword) int { return cmp.Compare(b.Weight, a.Weight) })

	type scored struct {
		word, place int32
		idf, score  float64
	}
	var best []scored
	for i := range g.body.words {
		w := g.body.numbers[i]
		if said[w] < 0 {
			continue
		}
		if said[w]++; said[w] == 1 && !g.lexeme(w).empty {
			best = append(best, scored{word: w, place: int32(len(best))})
		}
	}
	for i := range best {
		b := &best[i]
		b.idf = g.seg.IDF(g.counts[b.word].Term)
		b.score = (1 + math.Log(float64(said[b.word]))) * b.idf
	}
	slices.SortFunc(best, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.place, b.place)) })
	for _, b := range best[:min(n, len(best))] {
		out = append(out, Keyword{g.counts[b.word].Term, float32(b.idf)})
	}
	return out
}

// naturalWords is how many different words a text of n words has at least: n to the power of naturalWords, from shortText
// on. Real postings and abstracts of 100 words have 45 different ones or more, where this asks for 16.
const naturalWords, shortText = .6, 40

// repetition returns by how much the document falls short of that, in [0, 1].
func (g *glossary) repetition() float32 {
	seen := make([]bool, len(g.counts))
	all, different := 0, 0
	for _, text := range []numbered{g.title, g.body} {
		for i := range text.words {
			all++
			if w := text.numbers[i]; !seen[w] {
				seen[w] = true
				different++
			}
		}
	}
	if all < shortText {
		return 0
	}
	return float32(max(0, 1-float64(different)/math.Pow(float64(all), naturalWords)))
}
