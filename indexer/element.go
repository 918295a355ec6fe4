package indexer

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// An ElementKind is one of the five elements (五要素) by which brokers compare technologies.
type ElementKind uint8

const (
	Material     ElementKind = iota // 材料: what it acts on or is made of
	Method                          // 方法: process, technique, principle
	Effect                          // 功效: what gets better
	Product                         // 产品: the thing made, offered or wanted
	Application                     // 应用: where it is used
	ElementKinds = 5
)

// An Element is a phrase of a text that says one of the five elements.
type Element struct {
	Kind  ElementKind
	Text  string   // as written, 2 to 14 characters
	Words []string // folded, as Keywords cut them, those that say something; at least one
}

const (
	maxElements          = 4     // phrases of a kind
	minPhrase, maxPhrase = 2, 14 // characters
)

// elements finds the elements of a document, whose title and body these are, sorted by kind, most telling first. Phrases are found by the classes of their words (elements.txt) and weighed by where they stand. It takes a tenth
// of a millisecond for a posting of 1,500 bytes. How often it is right stands in docs/labels.md.
func (g *glossary) elements(title, body string) []Element {
	f := elementFinder{seg: g.seg, at: map[elementKey]int{}}
	f.field(title, g.elementWords(g.title), true)
	f.field(body, g.elementWords(g.body), false)
	return f.best()
}

type elementKey struct {
	kind ElementKind
	text string // folded
}

type foundElement struct {
	Element
	folded   string
	odds     float64
	repeated bool
}

// An elementFinder collects the phrases of one document.
type elementFinder struct {
	seg     *Segmenter
	text    string
	title   bool
	clauses int  // seen so far
	around  role // the roles of all words of the clause
	found   []foundElement
	at      map[elementKey]int // indexes in found
}

func (f *elementFinder) field(text string, words []elementWord, title bool) {
	f.text, f.title = text, title
	start := 0
	for i := range words {
		if i > 0 {
			// Two words of one character (½ folds to 1 and 2) have the same place.
			switch text[min(words[i-1].End, words[i].Start):words[i].Start] {
			case "", " ", "-", "/":
			case "、":
				words[i].parted = true
			default:
				f.clause(words[start:i])
				start = i
			}
		}
	}
	f.clause(words[start:])
}

func (f *elementFinder) clause(c []elementWord) {
	f.clauses++
	f.around = 0
	for _, w := range c {
		f.around |= w.role
	}
	f.effects(c)
	f.things(c)
}

// add takes a phrase down, unless it says nothing. Odds is the logarithm of how much likelier it is right than wrong.
func (f *elementFinder) add(kind ElementKind, words []elementWord, odds float64) {
	text := f.written(words)
	n := utf8.RuneCountInString(text)
	if n < minPhrase || n > maxPhrase || !slices.ContainsFunc(words, func(w elementWord) bool { return w.role&vague == 0 }) {
		return
	}
	if n == minPhrase {
		odds += short
	}
	key := elementKey{kind: kind}
	var terms []string
	for _, w := range words {
		key.text += w.Term
		if !w.empty {
			terms = append(terms, f.seg.stands(w.Term))
		}
	}
	if i, ok := f.at[key]; ok {
		if e := &f.found[i]; !e.repeated {
			e.repeated = true
			e.odds += again
		}
		return
	}
	if terms == nil {
		terms = []string{key.text}
	}
	f.at[key] = len(f.found)
	f.found = append(f.found, foundElement{Element: Element{kind, strings.Clone(text), terms}, folded: key.text, odds: odds})
}

func (f *elementFinder) written(words []elementWord) string {
	return f.text[words[0].Start:words[len(words)-1].End]
}

// best returns the phrases that are likely enough. Of two of which one holds the other, the likelier stays.
func (f *elementFinder) best() []Element {
	slices.SortStableFunc(f.found, func(a, b foundElement) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.odds, a.odds))
	})
	var out []Element
	var kept []foundElement
	for _, e := range f.found {
		if len(kept) > 0 && kept[0].Kind != e.Kind {
			kept = kept[:0]
		}
		if e.odds < least || len(kept) == maxElements || slices.ContainsFunc(kept, func(k foundElement) bool {
			return strings.Contains(k.folded, e.folded) || strings.Contains(e.folded, k.folded)
		}) {
			continue
		}
		kept = append(kept, e)
		out = append(out, e.Element)
	}
	return out
}

// These odds, and those below, are a logistic regression on the first half of the labelled postings, rounded.
const (
	least      = -.3 // of a phrase that is kept: with fewer, half of all that is found is wrong
	again      = .8  // of a phrase that comes twice
	short      = -.4 // of a phrase of two characters
	late       = -.7 // of a phrase of the body from lateClause on
	lateClause = 8
)

// effects finds what gets better: 提高收率, 收率提高, 耐磨, 不起泡.
func (f *elementFinder) effects(c []elementWord) {
	for i := 0; i < len(c); i++ {
		if c[i].role&virtue != 0 && (i+1 == len(c) || c[i+1].parted || c[i+1].role&measured == 0) {
			f.add(Effect, c[i:i+1], f.in(.4, .2))
		}
		if c[i].Term == "不" && !f.title && f.around&figure == 0 {
			j := i + 1
			for j < min(len(c), i+4) && !c[j].parted && c[j].role&outside == 0 {
				j++
			}
			f.add(Effect, c[i:j], .1)
		}
		if c[i].role&change == 0 {
			continue
		}
		last := i // of the adverbs before the verb
		for last > 0 && c[last-1].role&adverb != 0 && !c[last].parted {
			last--
		}
		if last > 0 && c[last-1].role&measured != 0 && !c[last].parted {
			first := last - 1
			if first > 0 && c[first-1].role&(outside|figure|change|foreign) == 0 && !c[first].parted {
				first--
			}
			f.add(Effect, c[first:i+1], .5)
			continue
		}
		for j := i + 1; j < min(len(c), i+6) && !c[j].parted && c[j].role&(change|figure) == 0; j++ {
			if c[j].role&measured != 0 {
				f.add(Effect, c[i:j+1], .4)
				i = j
				break
			}
			if c[j].role&outside != 0 && c[j].Term != "了" && c[j].Term != "的" {
				break
			}
		}
	}
}

// in returns the one weight in the title, the other in the body.
func (f *elementFinder) in(title, body float64) float64 {
	if f.title {
		return title
	}
	return body
}

// things finds all elements but effects: it cuts a clause into noun phrases.
func (f *elementFinder) things(c []elementWord) {
	var before, last role // last is the class of the phrase before in the same list
	for i := 0; i < len(c); {
		if c[i].role&(outside|figure) != 0 {
			if c[i].role&listing == 0 {
				before, last = c[i].role, 0
			}
			i++
			continue
		}
		j := i + 1
		for j < len(c) && !c[j].parted && c[j].role&(outside|figure) == 0 {
			j++
		}
		if before&deny == 0 {
			last = f.phrase(c[i:j], before, last, j < len(c) && c[j].Term == "用")
		}
		if j < len(c) && !c[j].parted && c[j].role&listing == 0 {
			before = 0
		}
		i = j
	}
}

// phrase finds the elements of one noun phrase and returns its class; before is what stands before it, or before the list
// that it is in, last the class of the phrase before it in the list.
func (f *elementFinder) phrase(c []elementWord, before, last role, forUse bool) role {
	for len(c) > 0 && c[0].role&leading != 0 && c[0].role&class == 0 {
		c = c[1:]
	}
	for len(c) > 1 && c[len(c)-1].role&tailing != 0 {
		c = c[:len(c)-1]
	}
	if len(c) == 0 {
		return 0
	}
	if before&use != 0 {
		f.add(Application, c, .5)
		return 0
	}
	if f.title && forUse {
		f.add(Application, c, .3)
	}
	groups := groupsOf(c)
	final := groups[len(groups)-1].class
	if len(groups) == 1 && final == 0 && last == process {
		f.add(Method, c, .1) // 螺旋挤压加滚筒细筛
		final = process
	}
	for i := range groups {
		f.weigh(c, groups, i, before)
	}
	return final
}

// weigh adds the group groups[i] of the noun phrase c as what its class, its place and the words before it make likely.
func (f *elementFinder) weigh(c []elementWord, groups []group, i int, before role) {
	g, final := groups[i], i == len(groups)-1
	words := c[g.start:g.end]
	var previous, next group
	if i > 0 {
		previous = groups[i-1]
	}
	if !final {
		next = groups[i+1]
	}
	var odds float64
	if !f.title && f.clauses >= lateClause {
		odds = late
	}
	making := !f.title && f.around&(means|source) != 0
	switch g.class {
	case substance:
		odds += f.in(.8, -.4)
		if f.title && (final || next.class&(virtue|trouble) != 0) {
			odds -= 1.4
		}
		if before&source != 0 {
			odds++
		}
		if making {
			odds += .4
		}
		f.add(Material, words, odds)
		if f.title && final {
			f.add(Product, words, -.3)
		}
	case process:
		odds += f.in(-.3, .2)
		if before&means != 0 {
			odds += .5
		}
		if making {
			odds += .3
		}
		if !f.title && f.around&figure != 0 {
			odds -= .7
		}
		f.add(Method, words, odds)
	case activity:
		if f.title && final {
			f.add(Method, words, -.2)
		}
	case thing:
		if !final {
			if f.title {
				f.add(Application, words, -.3)
			}
			return
		}
		odds += f.in(.7, -.4)
		if previous.class&(process|activity) != 0 && g.end == g.start+1 {
			words = c[max(previous.start, previous.end-2):g.end] // 清洗|装置
			odds += .3
		}
		if before&offer != 0 {
			odds += .9
		}
		f.add(Product, words, odds)
	case site:
		f.add(Application, words, odds+f.in(.6, -.8))
	case trouble:
		if previous.class&(site|thing|substance) != 0 && previous.end == previous.start+1 && g.end <= g.start+2 {
			words = c[previous.start:g.end] // 犊牛|腹泻
		}
		f.add(Application, words, odds+f.in(.4, -.7))
	}
}
