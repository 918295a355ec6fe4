package corpus

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// formPair is a value of a form with the label before or above it.
type formPair struct {
	group string // a label that we know above this one, or before it: 联系人 of 姓名
	label string
	value string
	n     int // where it stands: see Row.Line
}

// closedToForms are fields that a form, which a firm fills in, does not set; they are kept beside the fields.
var closedToForms = words("source status withdrawn disclosure extra links")

// form yields the row that a form's labels and values make, which are not none: labels are mapped as headers are, unknown
// ones are kept as columns, and of boxes only the ticked ones count.
func (t *tableReader) form(pairs []formPair) error {
	var names, groups, cells []string
	for _, p := range pairs {
		value := strings.TrimSpace(ticked(p.value))
		if strings.Trim(value, "_＿—/ ") == "" {
			value = "" // a line to write on
		}
		names, groups, cells = append(names, p.label), append(groups, p.group), append(cells, value)
	}
	h := t.header(names, groups)
	for i, c := range h.columns {
		if c != nil && closedToForms[c.name] {
			h.columns[i] = nil
		}
	}
	row := Row{File: t.file, Sheet: t.sheet, Line: pairs[0].n, Header: h.names, Cells: cells}
	t.fill(&row, h, nil)
	if !t.yield(row, nil) {
		return errStopped
	}
	return nil
}

// titles reports whether a label names the posting.
func (t *tableReader) titles(p formPair) bool {
	c, _, _ := t.grouped(p.label, p.group)
	return c != nil && c.name == "title"
}

// forms yields a row for each form in a file: where the label of the first title stands again, the next one begins.
func (t *tableReader) forms(pairs []formPair) error {
	var first string
	start := 0
	for i, p := range pairs {
		switch {
		case !t.titles(p):
		case first == "":
			first = p.label
		case p.label == first:
			if err := t.form(pairs[start:i]); err != nil {
				return err
			}
			start = i
		}
	}
	return t.form(pairs[start:])
}

// numbering stands before labels: 1. 一、 （二）
var numbering = regexp.MustCompile(`^[（(]?(?:[一二三四五六七八九十]+|\d{1,2})(?:[)）、．]|\.\s*)+\s*`)

// maxLabel bounds the characters of a label; of more than maxLabelBytes no label is made.
const (
	maxLabel      = 40
	maxLabelBytes = 1024
)

// label finds the field that a cell of a form names, and its name without numbering and colon; nil where it names none
// that we know.
func (t *tableReader) label(text string) (*column, string) {
	if len(text) > maxLabelBytes {
		return nil, ""
	}
	name := strings.TrimRight(CleanLine(text), "：: *＊")
	if name == "" || utf8.RuneCountInString(name) > maxLabel {
		return nil, name
	}
	c, _ := t.column(name)
	if plain := numbering.ReplaceAllString(name, ""); c == nil && plain != "" {
		c, _ = t.column(plain)
		name = plain
	}
	return c, name
}

// plausible reports whether a text that we don't know may be a label.
func plausible(text string) bool {
	n := utf8.RuneCountInString(text)
	return n > 0 && n <= 16 && !strings.ContainsAny(text, "。；;，,！？\n"+boxes) && strings.ContainsFunc(text, unicode.IsLetter)
}

// isLabelRow reports whether at least half of the texts in a row are labels that we know.
func (t *tableReader) isLabelRow(cells []formCell) bool {
	known, texts := 0, 0
	for _, c := range cells {
		if c.text == "" {
			continue
		}
		texts++
		if col, _ := t.label(c.text); col != nil && !col.ignored {
			known++
		}
	}
	return known > 0 && 2*known >= texts
}

// isForm tells a form from a list by its first rows. In a list, labels stand in its header only.
func (t *tableReader) isForm(lines []tableLine) bool {
	header, title := -1, 0
	formlike, last := false, false
	before, after := 0, 0
	seen := map[string]bool{}
	for i := range lines {
		l := &lines[i]
		if l.blank() || l.problem != nil {
			continue
		}
		cells := formCells(lines, i)
		last = false
		if header < 0 {
			h := t.header(l.Cells, nil)
			if h.marks {
				return false
			}
			if h.titled {
				header, last = i, true
				title = slices.IndexFunc(h.columns, func(c *column) bool { return c != nil && c.name == "title" })
				formlike = t.isFormRow(cells)
			} else if t.isLabelRow(cells) {
				before++
			}
			continue
		}
		row := strings.Join(l.Cells, "\x00")
		if slices.Equal(l.Cells, lines[header].Cells) || !t.isLabelRow(cells) || seen[row] { // headers stand again on each page
			continue
		}
		seen[row] = true
		after++
		if c, _ := t.label(cellAt(l, title)); c != nil && !c.ignored && l.own(title) {
			return true
		}
	}
	switch {
	case header < 0:
		return before >= 2
	case last:
		return formlike
	}
	return after >= 2 || formlike && before+after >= 2
}

// isFormRow reports whether labels and values take turns in a row.
func (t *tableReader) isFormRow(cells []formCell) bool {
	known := 0
	for _, c := range cells {
		if col, _ := t.label(c.text); col != nil {
			known++
		}
	}
	return len(cells) > 1 && 2*known <= len(cells)
}

func cellAt(l *tableLine, i int) string {
	if i < len(l.Cells) {
		return l.Cells[i]
	}
	return ""
}
