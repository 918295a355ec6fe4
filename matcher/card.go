package matcher

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/indexer"
)

// A card is what a reader sees of a match before its reasons: why, what speaks against, what to ask for. None of it
// scores; what does is said by the reasons.

// oldConfirmation is after how many days a holder's word is worth asking for again: exchanges ask every half year.
const oldConfirmation = 365

// quotedRunes is the length in characters from which a sentence is quoted in part.
const quotedRunes = 100

// addCard fills Why, Against and Missing from the reasons, the figures and what the two sides say. now is the reader's.
func (m *Match) addCard(need, achievement side, now time.Time) {
	found := achievement.doc
	if m.Ref.Kind == corpus.Need {
		found = need.doc
	}
	m.Why = why(need.text, m.Reasons)
	m.Against = m.against(need.doc, achievement.doc, now)
	m.Missing = m.missing(found)
}

// why returns the sentence of the need that says most of what fits. Its words count by their rank among the spans, which
// begin with those that bring most. The title, which a reader of the list knows, serves only where no sentence does.
func why(need *text, reasons []Reason) string {
	var spans []Span
	var words []string // by rank
	for _, r := range reasons {
		for _, s := range r.Spans {
			if s.Side != corpus.Need {
				continue
			}
			spans = append(spans, s)
			if !slices.Contains(words, s.Word) {
				words = append(words, s.Word)
			}
		}
	}
	weigh := func(field, sentence string, start int) (sum float64) {
		for i, word := range words {
			// A span names a word's first place. Others of it count too, but letters and digits may be part of a word there.
			in := strings.Contains(sentence, word)
			if in && word[0] < utf8.RuneSelf {
				in = slices.ContainsFunc(spans, func(s Span) bool {
					return s.Word == word && s.Field == field && s.Start >= start && s.End <= start+len(sentence)
				})
			}
			if in {
				sum += 1 / float64(i+2)
			}
		}
		return sum
	}
	var best string
	var most float64
	for _, i := range []int{1, 2, 0} { // text, goal, title
		f := &need.fields[i]
		if i == 0 && best != "" {
			break
		}
		if f.sentences == nil {
			f.sentences = indexer.Sentences(f.text, quotedRunes)
		}
		for _, at := range f.sentences {
			if w := weigh(f.name, f.text[at.Start:at.End], at.Start); w > most {
				best, most = f.text[at.Start:at.End], w
			}
		}
	}
	return best
}

// against says what speaks against the pair: the parts that cost points, then what is so whoever asks and whenever.
func (m *Match) against(need, achievement *corpus.Doc, now time.Time) []string {
	var out []string
	told := map[string]bool{} // a need may ask the same in its goal and in its indicators
	for _, f := range m.Figures {
		if f.Verdict == Missed && !told[f.Achievement] {
			told[f.Achievement] = true
			out = append(out, fmt.Sprintf("指标未达到：需求“%s”，成果“%s”", f.Need, f.Achievement))
		}
	}
	costs := map[string]bool{}
	for _, r := range m.Reasons {
		if r.Points < 0 && !(len(told) > 0 && r.Kind == IndicatorsPart.String()) {
			costs[r.Kind] = true
			out = append(out, r.Text)
		}
	}
	if achievement.Stage == corpus.Lab && !costs[StagePart.String()] {
		out = append(out, "成果尚处初期，没有写明中试或应用")
	}
	switch {
	case m.Ref.Kind == corpus.Need && need.ValidUntil.Over(now):
		out = append(out, fmt.Sprintf("需求已于%s到期", need.ValidUntil))
	case m.Ref.Kind == corpus.Achievement && achievement.ConfirmedOn.Over(now.AddDate(0, 0, -oldConfirmation)) && !costs[FreshnessPart.String()]:
		out = append(out, fmt.Sprintf("持有方上次确认在%s，已超过一年", achievement.ConfirmedOn))
	}
	return out
}

// missing lists what the found side should say and does not, by JSON name.
func (m *Match) missing(found *corpus.Doc) []string {
	type field struct {
		name   string
		stated bool
	}
	asked := []field{{"org", found.Org != ""}, {"region", found.Region != ""}}
	if found.Kind == corpus.Need {
		asked = append(asked, field{"budget", found.Budget != nil}, field{"valid_until", found.ValidUntil != ""})
	} else {
		unknown := func(f Figure) bool { return f.Verdict == Unknown }
		asked = append(asked, field{"indicators", !slices.ContainsFunc(m.Figures, unknown)}, field{"stage", found.Stage != "" || found.StageProof != ""},
			field{"price", found.Price != nil}, field{"confirmed", found.ConfirmedOn != ""})
	}
	var out []string
	for _, f := range asked {
		if !f.stated {
			out = append(out, f.name)
		}
	}
	return out
}

// quoted is the beginning of what somebody wrote, as much of it as a card quotes.
func quoted(text string) string {
	at := indexer.Sentences(text, quotedRunes)
	if len(at) == 0 {
		return text
	}
	return text[at[0].Start:at[0].End]
}
