package matcher

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// A side is one side of a pair, as the public sees it.
type side struct {
	doc   *corpus.Doc
	entry *indexer.Entry
	text  *text
}

func newSide(d *corpus.Doc, e *indexer.Entry) side { return side{d, e, textOf(d)} }

// changed reports whether the document has changed since its entry was made.
func (s side) changed() bool { return s.doc.Version != s.entry.Version }

// How many words a reason names, and the least weight of one that is worth naming: 玉米 has 3.6, 产品 3.0, 系统 1.6.
const namedWords, namedCovers, namedIDF = 6, 5, 3.2

// A teller says the pairs of one asking side in words. What concerns that side alone is worked out once, when first
// asked for. It is for one goroutine.
type teller struct {
	*Scorer
	asking side
	tell   map[string]telling // the words of the asking side that tell
	lex    *lexicon           // of its key words
}

// A telling is what a word of the asking side brings to a pair.
type telling struct{ asked, idf float64 }

func (s *Scorer) teller(asking side) *teller { return &teller{Scorer: s, asking: asking} }

// sides puts the two sides in their order.
func (t *teller) sides(found side) (need, achievement side) {
	if found.doc.Kind == corpus.Need {
		return found, t.asking
	}
	return t.asking, found
}

// reasons says the parts in words; a part without points has no reason. The points are those of the parts.
func (t *teller) reasons(p Parts, found side) []Reason {
	need, achievement := t.sides(found)
	out := make([]Reason, 0, 8)
	if p[WordsPart] > 0 {
		r := Reason{Kind: WordsPart.String(), Points: p[WordsPart], Text: "有一些常用词相同"}
		var said []string
		for _, w := range t.shared(found.entry) {
			same := t.seg.Synonyms(w)
			ours, theirs := need.text.written(same), achievement.text.written(same)
			if ours == theirs {
				theirs = ""
			}
			at, name := len(r.Spans), w
			if r.Spans = need.text.spans(r.Spans, same, theirs); len(r.Spans) > at {
				name = r.Spans[at].Word // as the need writes it: LED, not led
			}
			if theirs == "" {
				r.Spans = achievement.text.spans(r.Spans, same, "")
			} else {
				r.Spans = achievement.text.spans(r.Spans, same, name)
				name = fmt.Sprintf("%s（同义词：%s）", name, theirs)
			}
			said = append(said, name)
		}
		if len(said) > 0 {
			r.Text = "双方都提到：" + strings.Join(said, "、")
		}
		out = append(out, r)
	}
	if p[MeaningPart] > 0 {
		cosine := min(1, indexer.Meaning(need.entry, achievement.entry))
		out = append(out, Reason{Kind: MeaningPart.String(), Points: p[MeaningPart], Text: fmt.Sprintf("整体意思相近，相似度 %.2f", cosine)})
	}
	if p[CoveragePart] > 0 {
		out = append(out, t.coverage(p[CoveragePart], found))
	}
	for part, f := range facts {
		if f.say != nil && p[part] != 0 {
			text, spans := "内容刚有改动，这一项仍按改动前的内容计算", []Span(nil)
			if !need.changed() && !achievement.changed() {
				text, spans = f.say(t.Scorer, need, achievement)
			}
			out = append(out, Reason{Kind: Part(part).String(), Points: p[part], Text: text, Spans: spans})
		}
	}
	if p[RerankPart] > 0 {
		relevance := p[RerankPart] / t.ranking.Weights[RerankPart]
		out = append(out, Reason{Kind: RerankPart.String(), Points: p[RerankPart], Text: fmt.Sprintf("重排模型通读双方，判断相关度为 %.2f", relevance)})
	}
	return out
}

// coverage says how far the key words of the need are covered, and names other words that cover them, best first.
func (t *teller) coverage(points float64, found side) Reason {
	if t.lex == nil {
		t.lex = t.lexicon(t.asking.entry.Keywords)
	}
	need, achievement := t.sides(found)
	covers, theirs := t.lex.compare(found.entry.Keywords)
	if found.doc.Kind == corpus.Need {
		covers = theirs
	}
	r := Reason{Kind: CoveragePart.String(), Points: points,
		Text: fmt.Sprintf("需求的关键词有 %.0f%% 在成果中有相同或相近的说法", 100*covered(need.entry.Keywords, covers))}
	type covering struct {
		need, achievement string
		weight            float64
	}
	var clear []covering
	for i, c := range covers {
		if c.cosine < clearCover {
			continue
		}
		word := need.entry.Keywords[i]
		if other := achievement.entry.Keywords[c.at].Term; !strings.Contains(word.Term, other) && !strings.Contains(other, word.Term) {
			clear = append(clear, covering{word.Term, other, float64(word.Weight) * c.cosine * c.cosine})
		}
	}
	slices.SortStableFunc(clear, func(a, b covering) int { return cmp.Compare(b.weight, a.weight) })
	var said []string
	for _, c := range clear {
		if len(said) == namedCovers {
			break
		}
		if t.tells(c.need) {
			ours, theirs := t.seg.Synonyms(c.need), t.seg.Synonyms(c.achievement)
			here, there := need.text.written(ours), achievement.text.written(theirs)
			said = append(said, fmt.Sprintf("“%s”对应“%s”", here, there))
			r.Spans = achievement.text.spans(need.text.spans(r.Spans, ours, there), theirs, here)
		}
	}
	if len(said) > 0 {
		r.Text += "：" + strings.Join(said, "、")
	}
	return r
}

// shared lists the words that stand on both sides, those first that bring most; a word inside a longer one that is
// listed already is left out.
func (t *teller) shared(found *indexer.Entry) []string {
	if t.tell == nil {
		t.tell = map[string]telling{}
		for _, c := range t.asking.entry.Words {
			if t.tells(c.Term) {
				t.tell[c.Term] = telling{float64(c.Asked()), t.seg.IDF(c.Term)}
			}
		}
	}
	type word struct {
		term  string
		value float64
	}
	var all []word
	for _, c := range found.Words {
		if ours, ok := t.tell[c.Term]; ok {
			all = append(all, word{c.Term, ours.asked * float64(c.Asked()) * ours.idf})
		}
	}
	slices.SortFunc(all, func(a, b word) int { return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.term, b.term)) })
	var out []string
	for _, w := range all {
		if len(out) == namedWords {
			break
		}
		if slices.ContainsFunc(out, func(have string) bool { return strings.Contains(have, w.term) }) {
			continue
		}
		// 赖氨酸 takes the place of 氨酸.
		out = append(slices.DeleteFunc(out, func(have string) bool { return strings.Contains(w.term, have) }), w.term)
	}
	return out
}

// tells reports whether a word is worth naming: no stop word, no unit, no word that half of all postings have.
func (s *Scorer) tells(word string) bool {
	return !s.seg.Empty(word) && !strings.Contains(word, "/") && s.seg.IDF(word) >= namedIDF
}
