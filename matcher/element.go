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
	var best counterpart
	for i := range need {
		for j := range achievement {
			if l := s.phraseLikeness(need[i].Words, achievement[j].Words); l > best.likeness {
				best = counterpart{&need[i], &achievement[j], l}
			}
		}
	}
	return best
}

// phraseLikeness says how far two phrases share words or near words, in [0, 1]: the part of the weight of the words of
// both that the other phrase covers.
func (s *Scorer) phraseLikeness(a, b []string) float64 {
	var rowRoom [8]int32
	var topRoom [8]float64 // room for both on the stack: few phrases have more words
	rows, tops := rowRoom[:0], topRoom[:0]
	for _, w := range b {
		rows, tops = append(rows, s.table.Row(w)), append(tops, 0)
	}
	var covered, all float64
	for _, w := range a {
		row, top := s.table.Row(w), 0.0
		for j, other := range b {
			like := 1.0
			if w != other {
				if like = s.table.RowCosine(row, rows[j]); like < clearCover {
					continue
				}
			}
			top, tops[j] = max(top, like*like), max(tops[j], like*like)
		}
		weight := s.seg.IDF(w)
		covered, all = covered+weight*top, all+weight
	}
	for j, w := range b {
		weight := s.seg.IDF(w)
		covered, all = covered+weight*tops[j], all+weight
	}
	return covered / all
}
