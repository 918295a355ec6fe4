package matcher

import (
	"fmt"
	"slices"
	"strings"

	"duijie/indexer"
)

// elementsPart compares the five elements that both sides state, kind by kind. Its value is the sum over those kinds of
// how well the need's best answered phrase is answered, divided by their number and one: one kind alone may agree by
// chance. It is in [0, 5/6], 0 where no kind is stated on both sides.
var elementsPart = factPart{
	value: func(s *Scorer, need, achievement *indexer.Entry) float64 {
		var sum, kinds float64
		for a, b := range sharedKinds(need.Elements, achievement.Elements) {
			kinds++
			sum += s.counterpart(a, b).likeness
		}
		return sum / (kinds + 1)
	},
	say: func(s *Scorer, need, achievement side) (string, []Span) {
		var said []string
		var spans []Span
		for a, b := range sharedKinds(need.entry.Elements, achievement.entry.Elements) {
			m := s.counterpart(a, b)
			if m.likeness == 0 {
				continue
			}
			said = append(said, fmt.Sprintf("%s：%s ↔ %s", elementNames[a[0].Kind], m.need.Text, m.achievement.Text))
			spans = achievement.text.find(need.text.find(spans, m.need.Text, m.achievement.Text), m.achievement.Text, m.need.Text)
		}
		return strings.Join(said, "；"), spans
	},
}

var elementNames = [indexer.ElementKinds]string{"材料", "方法", "功效", "产品", "应用"}

// sharedKinds yields the phrases of both sides for each kind that both state. Elements are sorted by kind.
func sharedKinds(need, achievement []indexer.Element) func(yield func(need, achievement []indexer.Element) bool) {
	return func(yield func(need, achievement []indexer.Element) bool) {
		for len(need) > 0 && len(achievement) > 0 {
			k := min(need[0].Kind, achievement[0].Kind)
			other := func(e indexer.Element) bool { return e.Kind != k }
			i, j := slices.IndexFunc(need, other), slices.IndexFunc(achievement, other)
			if i < 0 {
				i = len(need)
			}
			if j < 0 {
				j = len(achievement)
			}
			if i > 0 && j > 0 && !yield(need[:i], achievement[:j]) {
				return
			}
			need, achievement = need[i:], achievement[j:]
		}
	}
}

// A counterpart is a phrase of the need with the phrase of the achievement that is most like it.
type counterpart struct {
	need, achievement *indexer.Element
	likeness          float64 // [0, 1]
}

// counterpart finds the two phrases that are most alike among phrases of one kind.
func (s *Scorer) counterpart(need, achievement []indexer.Element) counterpart {
	var ourRoom [8]phraseWord
	var theirRoom [32]phraseWord // room on the stack: few documents have more words in phrases of a kind
	theirs := theirRoom[:0]
	for j := range achievement {
		theirs = s.phraseWords(theirs, achievement[j].Words)
	}
	var best counterpart
	for i := range need {
		ours, rest := s.phraseWords(ourRoom[:0], need[i].Words), theirs
		for j := range achievement {
			n := len(achievement[j].Words)
			if l := s.phraseLikeness(ours, rest[:n]); l > best.likeness {
				best = counterpart{&need[i], &achievement[j], l}
			}
			rest = rest[n:]
		}
	}
	return best
}

// A phraseWord is a word of a phrase, which is compared with many.
type phraseWord struct {
	term   string
	row    int32   // in the table of word vectors
	weight float64 // its inverse document frequency
	top    float64 // by phraseLikeness: how well the other phrase covers it
}

func (s *Scorer) phraseWords(out []phraseWord, terms []string) []phraseWord {
	for _, w := range terms {
		out = append(out, phraseWord{term: w, row: s.table.Row(w), weight: s.seg.IDF(w)})
	}
	return out
}

// phraseLikeness says how far two phrases share words or near words, in [0, 1]: the part of the weight of the words of
// both that the other phrase covers.
func (s *Scorer) phraseLikeness(a, b []phraseWord) float64 {
	for j := range b {
		b[j].top = 0
	}
	var covered, all float64
	for _, w := range a {
		for j := range b {
			other := &b[j]
			like := 1.0
			if w.term != other.term {
				if like = s.table.RowCosine(w.row, other.row); like < clearCover {
					continue
				}
			}
			w.top, other.top = max(w.top, like*like), max(other.top, like*like)
		}
		covered, all = covered+w.weight*w.top, all+w.weight
	}
	for _, w := range b {
		covered, all = covered+w.weight*w.top, all+w.weight
	}
	return covered / all
}
