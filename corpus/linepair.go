package corpus

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// linePairs reads lines of 标签：值, several of them in one line where blanks or commas separate them. Lines below a label
// of a long text belong to it. A label that we don't know counts where free says so, at the beginning of a line or behind a
// gap. n is where the text stands.
func (t *tableReader) linePairs(text string, n int, free bool) []formPair {
	var out []formPair
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		starts, labels, values := t.colons(line)
		last := len(out) - 1
		open := last >= 0 && (out[last].value == "" || t.long(out[last].label))
		if len(starts) == 0 || starts[0] > 0 {
			head := line
			if len(starts) > 0 {
				head = strings.TrimSpace(line[:starts[0]])
			}
			switch {
			case head == "":
			case open:
				out[last].value = strings.TrimSpace(out[last].value + "\n" + head)
			case free:
				for _, part := range gap.Split(head, -1) {
					if label, value, ok := cutColon(part); ok && plausible(label) && !remark.MatchString(part) {
						out = append(out, formPair{"", label, value, n})
					}
				}
			case len(out) == 0:
				return nil // text with a label somewhere in it
			default:
				out[last].value += "\n" + head
			}
		}
		for i := range labels {
			out = append(out, formPair{"", labels[i], values[i], n})
		}
	}
	return out
}

var (
	gap    = regexp.MustCompile(`[\t \x{3000}]{2,}|\t`)
	remark = regexp.MustCompile(`^(?:注|说明|填表说明|填写说明)[：:]`)
)

// colons finds the labels that we know in a line, each before a colon, and what stands behind them.
func (t *tableReader) colons(line string) (starts []int, labels, values []string) {
	var ends []int // behind the colons
	for i, r := range line {
		if r != '：' && r != ':' {
			continue
		}
		start := strings.LastIndexFunc(line[:i], func(r rune) bool {
			return unicode.IsSpace(r) || strings.ContainsRune("，,。；;：:", r)
		})
		if start >= 0 {
			_, n := utf8.DecodeRuneInString(line[start:])
			start += n
		} else {
			start = 0
		}
		c, name := t.label(line[start:i])
		if c == nil { // 需 求 名 称：
			if c, name = t.label(line[:i]); c == nil || len(starts) > 0 {
				continue
			}
			start = 0
		}
		starts, labels, ends = append(starts, start), append(labels, name), append(ends, i+utf8.RuneLen(r))
	}
	for i := range starts {
		end := len(line)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		value := line[ends[i]:max(ends[i], end)]
		values = append(values, strings.TrimFunc(value, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("，,；;", r) }))
	}
	return starts, labels, values
}

func cutColon(s string) (label, value string, ok bool) {
	i := strings.IndexAny(s, "：:")
	if i < 0 {
		return "", "", false
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+n:]), true
}

// long reports whether a label's field may have many lines.
func (t *tableReader) long(label string) bool {
	c, _ := t.column(label)
	if c == nil {
		return false
	}
	switch c.name {
	case "text", "goal", "tried", "evaluation", "stage_proof", "indicators":
		return true
	}
	return c.name[0] >= utf8.RuneSelf // a paragraph of the text
}
