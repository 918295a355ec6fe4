package matcher

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"duijie/corpus"
	"duijie/indexer"
)

// A key word weighs at least tellingIDF: 淀粉 has 4.8, 蒸发器 6.4, 设备 2.2. Registration forms take three, a search gains
// by a few more.
const tellingIDF, maxNames = 4.5, 8

// work are words that say that something is wanted or done, or how people complain of it, not what it is.
var work = regexp.MustCompile(`^(?:` + asks.String() + `|` + works.String() + `|` + studies.String() + `|关键|核心|一种|新型)+$|[不没太最]|[到过得]$|[上下起出]来$|^[我本该贵]|^年[产加]`)

// telling reports whether a word names a thing.
func (s *Scorer) telling(word string) bool { return s.tells(word) && s.seg.IDF(word) >= tellingIDF }

// suggest returns the words that say what a need is about, as it writes them: those of the title, then those of the body
// that stand there more than once or are key words of documents like it.
func (s *Scorer) suggest(need corpus.Doc, entry *indexer.Entry, like []*indexer.Entry) []string {
	known := map[string]bool{}
	for _, c := range entry.Words {
		known[c.Term] = c.Title > 0 || c.Body > 1
	}
	for _, e := range like {
		for _, k := range e.Keywords {
			known[k.Term] = true
		}
	}
	text := textOf(&need)
	out := []string{}
	for _, k := range entry.Keywords {
		if len(out) == maxNames {
			break
		}
		if !known[k.Term] || !s.telling(k.Term) || work.MatchString(k.Term) ||
			strings.ContainsFunc(k.Term, unicode.IsDigit) || slices.ContainsFunc(out, func(have string) bool { return strings.Contains(have, k.Term) }) {
			continue
		}
		word := k.Term
		if at := text.spans(nil, s.seg.Synonyms(word), ""); len(at) > 0 {
			word = at[0].Word
		}
		out = append(out, word)
	}
	return out
}
