package indexer

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

// elementsFile lists the words by which elements are recognised; its head says how.
//
//go:embed elements.txt
var elementsFile string

// A role is what a word does in or around a phrase that says an element: a class, and any number of marks.
type role uint32

const (
	substance role = 1 << iota // class: raw material, crop, waste
	process                    // class: a technique with a name
	activity                   // class: what can be done with anything
	thing                      // class: what is made, offered or wanted
	site                       // class: where and on whom it is used
	trouble                    // class: disease, defect
	measured                   // class: what gets better
	virtue                     // class: an effect by itself
	plain                      // has no class whatever its ending

	change  // a verb that says that something gets better
	adverb  // stands between a measure and its change
	use     // stands before what something is used for
	means   // stands before a technique
	source  // stands before a substance
	offer   // stands before a thing
	deny    // stands before what is done without
	leading // dropped at the beginning of a phrase
	tailing // dropped at the end of a phrase
	listing // joins two of a kind
	outside // in no phrase
	vague   // no phrase alone
	figure  // a number
	foreign // letters other than Han
	verbal  // a verb or adverb by the dictionary
	begins  // begins a longer word of the list

	class = substance | process | activity | thing | site | trouble | measured | virtue
)

var roleNames = map[string]role{"substance": substance, "process": process, "activity": activity, "thing": thing, "place": site,
	"trouble": trouble, "measure": measured, "virtue": virtue, "plain": plain, "change": change, "adverb": adverb, "use": use | outside,
	"means": means | outside, "source": source | outside, "offer": offer | outside, "vague": vague, "deny": deny | outside, "lead": leading, "tail": tailing, "list": listing | outside, "break": outside}

// roles reads the file, which is part of the program: the roles of whole words, and those of endings.
var roles = sync.OnceValue(func() (r struct{ words, endings map[string]role }) {
	r.words, r.endings = map[string]role{}, map[string]role{}
	for line := range strings.Lines(elementsFile) {
		name, words, _ := strings.Cut(line, ":")
		for _, w := range strings.Fields(words) {
			if ending, ok := strings.CutPrefix(w, "*"); ok {
				r.endings[ending] |= roleNames[name]
				continue
			}
			r.words[w] |= roleNames[name]
			for i := range w {
				r.words[w[:i]] |= begins
			}
		}
	}
	return r
})

// An elementWord is a word with its role.
type elementWord struct {
	Token
	role
	empty  bool // see dictionary.Empty
	parted bool // by a mark from the word before, in the same clause
}

// elementWords regroups tokens for the rules: words without their sub-words, those joined that are one word in our list
// (蒸汽爆破), and words that the segmenter guessed cut anew where our list knows a part (用大|数据).
func (g *glossary) elementWords(text numbered) []elementWord {
	list := roles().words
	type piece struct {
		Token       // its Position is 0 unless it is a piece of a guess
		listed role // by the list
		of     int  // place of the guess or the word among the tokens
	}
	pieces := make([]piece, 0, len(text.tokens))
	for i := range text.words {
		t, l := text.tokens[i], g.written(text, i)
		if l.known || l.listed&^begins != 0 || t.Term[0] < utf8.RuneSelf || len(t.Term) != t.End-t.Start {
			t.Position = 0
			pieces = append(pieces, piece{t, l.listed, i})
			continue
		}
		for at, r := range t.Term { // a guess
			end := at + utf8.RuneLen(r)
			pieces = append(pieces, piece{Token{Term: t.Term[at:end], Position: t.Position, Start: t.Start + at, End: t.Start + end}, list[t.Term[at:end]], i})
		}
	}
	out := make([]elementWord, 0, len(pieces))
	var joined []byte
	for i := 0; i < len(pieces); i++ {
		p, last := pieces[i], i
		w := elementWord{Token: p.Token}
		r := p.listed
		listed := r&class != 0
		joined = append(joined[:0], p.Term...)
		for j := i + 1; j < len(pieces) && r&begins != 0 && pieces[j].Start == pieces[j-1].End; j++ {
			joined = append(joined, pieces[j].Term...)
			if r = list[string(joined)]; r&(class|plain) != 0 {
				w.Token, last, listed = Token{Term: string(joined), Start: p.Start, End: pieces[j].End}, j, true
			}
		}
		i = last
		if n := len(out); w.Position > 0 && !listed && n > 0 && out[n-1].Position == w.Position {
			guess, before := text.tokens[p.of], &out[n-1]
			before.End = w.End // what is left of a guess
			before.Term = guess.Term[before.Start-guess.Start : w.End-guess.Start]
			continue
		}
		if w.Position == 0 {
			l := g.written(text, p.of)
			if w.End != p.End {
				l = g.seg.lexeme(w.Term)
			}
			w.role, w.empty = l.role, l.empty
		}
		out = append(out, w)
	}
	for i := range out {
		if w := &out[i]; w.Position > 0 {
			l := g.seg.lexeme(w.Term)
			w.role, w.empty = l.role, l.empty
		}
	}
	return out
}
