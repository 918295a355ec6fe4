package corpus

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	emptyBoxes  = "☐□▢"
	tickedBoxes = "☑☒■√✓✔✅▣"
	boxes       = emptyBoxes + tickedBoxes
)

var (
	// tickInBrackets is how forms without boxes have it: （√）转让 （ ）许可.
	tickInBrackets = regexp.MustCompile(`[（(\[【][ \x{3000}]*([√✓✔]?)[ \x{3000}]*[)）\]】]`)
	radio          = strings.NewReplacer("○", "☐", "◯", "☐", "●", "☑")
)

// maxQuestion is how many characters may stand before the boxes of a line; behind more of them a box is part of a text.
const maxQuestion = 20

// ticked returns the options of a form's cell that are ticked, joined by "；", line by line. Text without boxes is
// returned as it is.
func ticked(text string) string {
	lines := strings.Split(text, "\n")
	var out []string
	for _, line := range lines {
		if s, ok := tickedLine(line); !ok {
			out = append(out, line)
		} else if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, "\n")
}

// tickedLine is ok for a line of options, with boxes before or behind them.
func tickedLine(line string) (string, bool) {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "○") || strings.HasPrefix(line, "◯") || strings.HasPrefix(line, "●") {
		line = radio.Replace(line)
	}
	for _, m := range tickInBrackets.FindAllStringSubmatch(line, -1) {
		if m[1] != "" {
			line = tickInBrackets.ReplaceAllStringFunc(line, func(s string) string {
				if strings.ContainsAny(s, "√✓✔") {
					return "☑"
				}
				return "☐"
			})
			break
		}
	}
	first := strings.IndexAny(line, boxes)
	if first < 0 || first > 0 && !strings.ContainsAny(line, emptyBoxes+"☑☒") || utf8.RuneCountInString(line[:first]) > maxQuestion {
		return "", false
	}
	last, _ := utf8.DecodeLastRuneInString(line)
	behind := first > 0 && strings.ContainsRune(boxes, last)
	only := !strings.ContainsAny(line, emptyBoxes) && utf8.RuneCountInString(line) <= 100 // ticks before some of many words
	var out []string
	add := func(option string) {
		option = strings.TrimFunc(option, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、，,；;_＿", r) })
		if option != "" {
			out = append(out, strings.TrimRight(option, "：:"))
		}
	}
	start := 0 // of the option, or behind the box before it
	wasTicked := false
	for i, r := range line {
		if !strings.ContainsRune(boxes, r) {
			continue
		}
		isTicked := strings.ContainsRune(tickedBoxes, r)
		if option := line[start:i]; behind && isTicked || !behind && wasTicked {
			add(option)
		}
		start, wasTicked = i+utf8.RuneLen(r), isTicked
	}
	if rest := strings.TrimSpace(line[start:]); !behind && wasTicked {
		if fields := strings.Fields(rest); only && strings.HasPrefix(line, "√") && len(fields) > 0 {
			rest = fields[0]
		}
		add(rest)
	}
	return strings.Join(out, "；"), true
}
