package matcher

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An enumeration is a numbered list in a running text, each part trimmed of what separates it from the others.
type enumeration struct {
	lead  string // what stands before it, without the label
	label string // the clause that announces it: 技术指标, 有以下两个难题
	items []string
	tail  string // what follows the last item
}

// marker finds the numbers of lists; each group is a style of its own, so that a list in a list stays apart.
var marker = regexp.MustCompile(`[（(]\s*(\d{1,2})\s*[)）][、.．]?|[（(]\s*([一二三四五六七八九十])\s*[)）]|(\d{1,2})\s*[)）][、.．]?|(\d{1,2})\s*[、.．]|([一二三四五六七八九十])[、是]|([①-⑩])|第([一二三四五六七八九])[，、：:]|(首先|其次|再次)[，、：:]?|(?:问题|难题|需求)\s*([一二三四五六七八九1-9])\s*[：:、.．]`)

// numerals are the numbers that are not written in digits.
var numerals = func() map[string]int {
	all := map[string]int{"首先": 1, "其次": 2, "再次": 3}
	for _, digits := range []string{"一二三四五六七八九十", "①②③④⑤⑥⑦⑧⑨⑩"} {
		for i, r := range []rune(digits) {
			all[string(r)] = i + 1
		}
	}
	return all
}()

// sentenceEnds end a sentence, clauseEnds a clause.
const sentenceEnds, clauseEnds = "。！？!?\n", "。！？!?\n；;"

// A mark is one number of a list in a text, in bytes.
type mark struct{ style, number, start, end int }

func marks(text string) []mark {
	var out []mark
	for _, m := range marker.FindAllStringSubmatchIndex(text, -1) {
		k := mark{start: m[0], end: m[1]}
		for g := 2; g < len(m); g += 2 {
			if m[g] >= 0 {
				k.style, k.number = g/2, numerals[text[m[g]:m[g+1]]]
				if k.number == 0 {
					k.number, _ = strconv.Atoi(text[m[g]:m[g+1]]) // two digits
				}
			}
		}
		before, _ := utf8.DecodeLastRuneInString(text[:k.start])
		after, _ := utf8.DecodeRuneInString(text[k.end:])
		opens := k.start == 0 || strings.ContainsRune(clauseEnds, before)
		switch {
		case before < utf8.RuneSelf && (unicode.IsLetter(before) || unicode.IsDigit(before) || before == '.'): // V2.0, 3.14
		case unicode.IsDigit(after) && strings.ContainsAny(text[k.start:k.end], ".．") && !opens: // 降到 1.5 kg
		default:
			out = append(out, k)
		}
	}
	return out
}

// enumerations finds the numbered lists of a text that count on from 1, those inside another list left out.
func enumerations(text string) []enumeration {
	all := marks(text)
	var out []enumeration
	end := 0
	for i, first := range all {
		if first.number != 1 || first.start < end {
			continue
		}
		run := []mark{first}
		for _, k := range all[i+1:] {
			switch {
			case k.style != first.style:
			case k.number == len(run)+1:
				run = append(run, k)
				continue
			case k.number == 1: // the next list of this style
			default:
				continue
			}
			if k.style == first.style {
				break
			}
		}
		if len(run) < 2 {
			continue
		}
		e := cutItems(text, run)
		out = append(out, e)
		end = len(text) - len(e.tail)
	}
	return out
}

// cutItems takes the items out of a text. Where none of the others holds more than a sentence, the last item ends with
// its own; else it runs to the end.
func cutItems(text string, run []mark) enumeration {
	var e enumeration
	e.lead, e.label = cutLabel(text[:run[0].start])
	sentences := false
	for i, k := range run[:len(run)-1] {
		item := trimItem(text[k.end:run[i+1].start])
		sentences = sentences || strings.ContainsAny(item, sentenceEnds)
		e.items = append(e.items, item)
	}
	last := text[run[len(run)-1].end:]
	if !sentences {
		trimmed := strings.TrimLeft(last, " \t\n　")
		if at := strings.IndexAny(trimmed, sentenceEnds); at > 0 {
			_, size := utf8.DecodeRuneInString(trimmed[at:])
			e.tail = strings.Trim(trimmed[at+size:], " \t\n　\"“”")
			last = trimmed[:at]
		}
	}
	e.items = append(e.items, trimItem(last))
	return e
}

// cutLabel splits what stands before a list into what it says and the clause that announces the list.
func cutLabel(before string) (lead, label string) {
	before = strings.TrimRight(before, " \t\n　：:\"“")
	at := strings.LastIndexAny(before, clauseEnds+"，")
	if at < 0 {
		return "", trimItem(before)
	}
	_, size := utf8.DecodeRuneInString(before[at:])
	return strings.Trim(before[:at], " \t\n　\"“”"), trimItem(before[at+size:])
}

func trimItem(s string) string { return strings.Trim(s, " \t\r\n　；;。，,、：:\"“”") }
