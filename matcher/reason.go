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
	doc   corpus.Doc
	entry *indexer.Entry
}

// changed reports whether the document has changed since its entry was made.
func (s side) changed() bool { return s.doc.Version != s.entry.Version }

// How many words a reason names, and the least weight of one that is worth naming: 玉米 has 3.6, 产品 3.0, 系统 1.6.
const namedWords, namedCovers, namedIDF = 6, 5, 3.2

// reasons says the parts in words; a part without points has no reason. The points are those of the parts.
func (s *Scorer) reasons(p Parts, need, achievement side) []Reason {
	out := make([]Reason, 0, 3)
	if p[WordsPart] > 0 {
		shared := s.shared(need.entry, achievement.entry)
		r := Reason{Kind: WordsPart.String(), Points: p[WordsPart], Text: "有一些常用词相同"}
		var said []string
		for _, w := range shared {
			here, there := s.spans(need.doc, w, ""), s.spans(achievement.doc, w, "")
			name := w
			if len(here) > 0 {
				name = here[0].Word // as the need writes it: LED, not led
			}
			if theirs := s.written(achievement.doc, w); theirs != s.written(need.doc, w) {
				here, there = s.spans(need.doc, w, theirs), s.spans(achievement.doc, w, name)
				name = fmt.Sprintf("%s（同义词：%s）", name, theirs)
			}
			r.Spans = append(append(r.Spans, here...), there...)
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
		words, others := need.entry.Keywords, achievement.entry.Keywords
		covered := s.cover(words, s.lookup(words), others, s.lookup(others)).ofNeed
		r := Reason{Kind: CoveragePart.String(), Points: p[CoveragePart], Text: fmt.Sprintf("需求的关键词有 %.0f%% 在成果中有相同或相近的说法", 100*covered)}
		var said []string
		for _, c := range s.covers(words, others) {
			if len(said) == namedCovers {
				break
			}
			if !s.tells(c.need) || strings.Contains(c.need, c.achievement) || strings.Contains(c.achievement, c.need) {
				continue
			}
			here, there := s.written(need.doc, c.need), s.written(achievement.doc, c.achievement)
			said = append(said, fmt.Sprintf("“%s”对应“%s”", here, there))
			r.Spans = append(r.Spans, s.spans(need.doc, c.need, there)...)
			r.Spans = append(r.Spans, s.spans(achievement.doc, c.achievement, here)...)
		}
		if len(said) > 0 {
			r.Text += "：" + strings.Join(said, "、")
		}
		out = append(out, r)
	}
	for part, f := range facts {
		if f.say != nil && p[part] != 0 {
			text, spans := "内容刚有改动，这一项仍按改动前的内容计算", []Span(nil)
			if !need.changed() && !achievement.changed() {
				text, spans = f.say(s, need, achievement)
			}
			out = append(out, Reason{Kind: Part(part).String(), Points: p[part], Text: text, Spans: spans})
		}
	}
	if p[RerankPart] > 0 {
		relevance := p[RerankPart] / s.ranking.Weights[RerankPart]
		out = append(out, Reason{Kind: RerankPart.String(), Points: p[RerankPart], Text: fmt.Sprintf("重排模型通读双方，判断相关度为 %.2f", relevance)})
	}
	return out
}

// shared lists the words that stand on both sides, those first that bring most; a word inside a longer one that is
// listed already is left out.
func (s *Scorer) shared(need, achievement *indexer.Entry) []string {
	theirs := map[string]indexer.Count{}
	for _, c := range achievement.Words {
		theirs[c.Term] = c
	}
	type word struct {
		term  string
		value float64
	}
	var all []word
	for _, c := range need.Words {
		if other, ok := theirs[c.Term]; ok && s.tells(c.Term) {
			all = append(all, word{c.Term, float64(c.Asked()) * float64(other.Asked()) * s.seg.IDF(c.Term)})
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

// spans finds a word with its synonyms: see spans.
func (s *Scorer) spans(d corpus.Doc, word, other string) []Span {
	return spans(d, s.seg.Synonyms(word), other)
}

// spans finds the first place of any of some folded words in each field of a public document that readers see.
func spans(d corpus.Doc, words []string, other string) []Span {
	var out []Span
	for _, f := range []struct{ name, text string }{{"title", d.Title}, {"text", d.Text}, {"goal", d.Goal}} {
		if found := indexer.Spans(f.text, words); len(found) > 0 {
			at := found[0]
			out = append(out, Span{Side: d.Kind, Field: f.name, Start: at.Start, End: at.End, Word: f.text[at.Start:at.End], Other: other})
		}
	}
	return out
}

// written returns the synonym of a folded word that a document has; the word itself where it has that or none.
func (s *Scorer) written(d corpus.Doc, word string) string {
	if all := s.seg.Synonyms(word); len(all) > 1 {
		for _, at := range s.spans(d, word, "") {
			if has := indexer.Fold(at.Word).Text; slices.Contains(all, has) {
				return has
			}
		}
	}
	return word
}
