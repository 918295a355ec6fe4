package indexer

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Span is a range of bytes of a text, on rune boundaries.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Spans returns where the terms stand in text, in order, without overlaps; spans that meet are one. Both sides are
// folded, so that 软件 is found in 軟體. At one place the longest term counts. Terms of letters and digits are found as
// whole runs only: no "ai" in "maintain".
func Spans(text string, terms []string) []Span { return join(hits(text, terms)) }

// First returns where any of some terms first stands in the text that f was made of, as the first of Spans does.
func (f Folded) First(terms ...string) (at Span, found bool) {
	if len(terms) == 1 {
		return f.first(terms[0])
	}
	if all := join(f.hits(terms)); len(all) > 0 {
		return all[0], true
	}
	return at, false
}

func (f Folded) first(term string) (at Span, found bool) {
	term = strings.TrimSpace(Fold(term).Text)
	if term == "" {
		return at, false
	}
	head, n := utf8.DecodeRuneInString(term)
	tail, _ := utf8.DecodeLastRuneInString(term)
	for i := 0; ; {
		next := strings.Index(f.Text[i:], term)
		if next < 0 {
			return at, found
		}
		i += next
		before, _ := utf8.DecodeLastRuneInString(f.Text[:i])
		after, _ := utf8.DecodeRuneInString(f.Text[i+len(term):])
		if alphabetic(head) && alphabetic(before) || alphabetic(tail) && alphabetic(after) {
			i += n
			continue
		}
		start, end := f.Original(i, i+len(term))
		if found && start > at.End {
			return at, true
		}
		if !found {
			at.Start = start
		}
		at.End, found = max(at.End, end), true
		i += len(term)
	}
}

func join(hits []hit) []Span {
	var out []Span
	for _, h := range hits {
		if n := len(out); n > 0 && h.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, h.End)
		} else {
			out = append(out, h.Span)
		}
	}
	return out
}

// A hit is one place of one term.
type hit struct {
	Span
	term string
}

func hits(text string, terms []string) []hit {
	if len(terms) == 0 {
		return nil
	}
	return Fold(text).hits(terms)
}

func (f Folded) hits(terms []string) []hit {
	byRune := map[rune][]string{}
	for _, t := range terms {
		if t = strings.TrimSpace(Fold(t).Text); t != "" {
			r, _ := utf8.DecodeRuneInString(t)
			byRune[r] = append(byRune[r], t)
		}
	}
	if len(byRune) == 0 {
		return nil
	}
	for _, list := range byRune {
		slices.SortFunc(list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	}
	var out []hit
	var before rune // the rune before i
	for i := 0; i < len(f.Text); {
		r, n := utf8.DecodeRuneInString(f.Text[i:])
		for _, t := range byRune[r] {
			if !strings.HasPrefix(f.Text[i:], t) || alphabetic(before) && alphabetic(r) {
				continue
			}
			last, _ := utf8.DecodeLastRuneInString(t)
			if after, _ := utf8.DecodeRuneInString(f.Text[i+len(t):]); alphabetic(last) && alphabetic(after) {
				continue
			}
			start, end := f.Original(i, i+len(t))
			out = append(out, hit{Span{start, end}, t})
			n, r = len(t), last
			break
		}
		before = r
		i += n
	}
	return out
}

// Snippet returns the part of text, at most runes characters, that has most of the terms, with "…" where text goes on,
// and where the terms stand in it. Line breaks become spaces.
func Snippet(text string, terms []string, runes int) (string, []Span) {
	found := hits(text, terms)
	start, end := window(text, found, runes)
	part := lineBreaks.Replace(text[start:end])
	shift := -start
	if start > 0 {
		part = "…" + part
		shift += len("…")
	}
	if end < len(text) {
		part += "…"
	}
	var spans []Span
	for _, s := range join(found) {
		if s.Start >= start && s.End <= end {
			spans = append(spans, Span{s.Start + shift, s.End + shift})
		}
	}
	return part, spans
}

var lineBreaks = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ") // byte for byte, so that spans stay

// window chooses the range of text that Snippet shows: the one with most different terms, then most places, then the
// first; it begins at the start of a sentence where one is near.
func window(text string, hits []hit, runes int) (start, end int) {
	at := make([]int, 0, len(text)/3+1) // byte offset of each rune
	for i := range text {
		at = append(at, i)
	}
	if len(at) <= runes {
		return 0, len(text)
	}
	runeOf := func(offset int) int { i, _ := slices.BinarySearch(at, offset); return i }
	bestFirst, bestLast, bestTerms, bestPlaces := 0, 0, 0, 0
	inside := map[string]int{}
	first := 0
	for last, h := range hits {
		inside[h.term]++
		for first < last && runeOf(h.End)-runeOf(hits[first].Start) > runes {
			if inside[hits[first].term]--; inside[hits[first].term] == 0 {
				delete(inside, hits[first].term)
			}
			first++
		}
		if terms, places := len(inside), last-first+1; terms > bestTerms || terms == bestTerms && places > bestPlaces {
			bestFirst, bestLast, bestTerms, bestPlaces = runeOf(hits[first].Start), runeOf(h.End), terms, places
		}
	}
	// Spend what is left of the length before and after the hits alike, less before where a sentence begins there.
	spare := max(0, runes-(bestLast-bestFirst))
	from := max(0, min(bestFirst-spare/2, len(at)-runes))
	if lead := text[at[from]:at[bestFirst]]; from > 0 {
		if i := strings.LastIndexAny(lead, "。！？；\n"); i >= 0 {
			_, n := utf8.DecodeRuneInString(lead[i:])
			from = runeOf(at[from] + i + n)
		}
	}
	if to := from + runes; to < len(at) {
		return at[from], at[to]
	}
	return at[from], len(text)
}

// Sentences returns where the sentences of a text stand, without the space around them. One of more characters than
// runes is cut behind its last comma before that, or there.
func Sentences(text string, runes int) []Span {
	var out []Span
	var start, comma, n int // bytes, bytes, runes from start
	cut := func(end int) {
		s := text[start:end]
		from := start + len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, Span{from, from + len(s)})
		}
		start, comma, n = end, end, 0
	}
	for i, r := range text {
		if n == runes {
			end := i
			if comma > start {
				end = comma
			}
			cut(end)
			n = utf8.RuneCountInString(text[end:i])
		}
		n++
		switch r {
		case '。', '！', '？', '；', '\n':
			cut(i + utf8.RuneLen(r))
		case '，', '、', '：':
			comma = i + utf8.RuneLen(r)
		}
	}
	cut(len(text))
	return out
}
