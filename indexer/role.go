package indexer

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
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

// roleOf returns the roles of a folded word.
func (s *Segmenter) roleOf(word string) role {
	if !strings.ContainsFunc(word, unicode.IsLetter) {
		return figure
	}
	r := roles().words[word] &^ begins
	entry := s.words[word]
	if r == 0 && entry.empty {
		return outside
	}
	if word[0] < utf8.RuneSelf {
		r |= foreign
	}
	if entry.tag == 'v' || entry.tag == 'd' {
		r |= verbal
	}
	if r&(class|plain) == 0 {
		for i := range word { // the longest ending first
			if e := roles().endings[word[i:]]; i > 0 && e != 0 {
				return r | e
			}
		}
	}
	return r
}

// An elementWord is a word with its role.
type elementWord struct {
	Token
	role
	parted bool // by a mark from the word before, in the same clause
}

// elementWords regroups tokens for the rules: words without their sub-words, those joined that are one word in our list
// (蒸汽爆破), and words that the segmenter guessed cut anew where our list knows a part (用大|数据).
func (s *Segmenter) elementWords(tokens []Token) []elementWord {
	list := roles().words
	pieces := make([]Token, 0, len(tokens)) // with a Position where they are pieces of a guess
	for i, t := range tokens {
		if i+1 < len(tokens) && tokens[i+1].Position == t.Position {
			continue // a sub-word
		}
		guessed := t.Term[0] >= utf8.RuneSelf && len(t.Term) == t.End-t.Start && list[t.Term]&^begins == 0
		if guessed {
			_, known := s.words[t.Term]
			guessed = !known
		}
		if !guessed {
			t.Position = 0
			pieces = append(pieces, t)
			continue
		}
		for at, r := range t.Term {
			end := at + utf8.RuneLen(r)
			pieces = append(pieces, Token{Term: t.Term[at:end], Position: t.Position, Start: t.Start + at, End: t.Start + end})
		}
	}
	out := make([]elementWord, 0, len(pieces))
	for i := 0; i < len(pieces); i++ {
		t, last := pieces[i], i
		r := list[t.Term]
		listed := r&class != 0
		term := t.Term
		for j := i + 1; j < len(pieces) && r&begins != 0 && pieces[j].Start == pieces[j-1].End; j++ {
			term += pieces[j].Term
			if r = list[term]; r&(class|plain) != 0 {
				t, last, listed = Token{Term: term, Start: t.Start, End: pieces[j].End}, j, true
			}
		}
		i = last
		if n := len(out); t.Position > 0 && !listed && n > 0 && out[n-1].Position == t.Position {
			out[n-1].Term += t.Term // what is left of a guess
			out[n-1].End = t.End
			continue
		}
		out = append(out, elementWord{Token: t})
	}
	for i := range out {
		out[i].role = s.roleOf(out[i].Term)
	}
	return out
}
