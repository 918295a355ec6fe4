package corpus

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duijie/corpus/sheet"
)

// formPair is a value of a form with the label before or above it.
type formPair struct {
	group string // a label that we know above this one, or before it: 联系人 of 姓名
	label string
	value string
	n     int // where it stands: see Row.Line
}

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

// maxLabel bounds the characters of a label.
const maxLabel = 40

// label finds the field that a cell of a form names, and its name without numbering and colon; nil where it names none
// that we know.
func (t *tableReader) label(text string) (*column, string) {
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

// A formCell is a cell of a form, however many columns and rows it takes.
type formCell struct {
	text        string
	left, right int // columns, both included
	tall        bool
	inner       []sheet.Table
	used        bool // as the value of a label
}

// formCells are the cells of row i that begin in it.
func formCells(lines []tableLine, i int) []formCell {
	l := &lines[i]
	var out []formCell
	for at := 0; at < len(l.Cells); {
		n := l.width(at)
		if l.Top == nil || l.Top[at] == l.N {
			c := formCell{text: strings.TrimSpace(l.Cells[at]), left: at, right: at + n - 1, inner: l.Inner[at]}
			if i+1 < len(lines) {
				below := &lines[i+1]
				c.tall = at < len(below.Top) && below.Top[at] == l.N && l.Top != nil
			}
			out = append(out, c)
		}
		at += n
	}
	return out
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
		if slices.Equal(l.Cells, lines[header].Cells) || !t.isLabelRow(cells) {
			continue
		}
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

// gridPairs reads the labels and values of a form's table. A value stands to the right of its label, or below it, or in
// the same cell behind a colon.
func (t *tableReader) gridPairs(lines []tableLine) []formPair {
	f := gridForm{t: t}
	rows := make([][]formCell, len(lines))
	for i := range lines {
		rows[i] = formCells(lines, i)
		for j := range rows[i] {
			f.unfold(&rows[i][j])
		}
	}
	for i := range rows {
		var below []formCell
		if i+1 < len(rows) {
			below = rows[i+1]
		}
		if len(lines[i].Top) > 0 && lines[i].Top[0] == lines[i].N || lines[i].Top == nil {
			f.group = ""
		}
		f.n = lines[i].N
		f.row(rows[i], below)
	}
	return append(f.pairs, f.nested...)
}

// A gridForm is a form's table that is being read.
type gridForm struct {
	t             *tableReader
	pairs, nested []formPair
	group         string      // what stands to the left, over several rows
	columns       map[int]int // of labels in a row with values below: column to index in pairs
	n             int         // of the row
}

// inside reads labels and values within a cell that is no label.
func (f *gridForm) inside(c formCell) []formPair {
	if f.known(c) {
		return nil
	}
	return f.t.linePairs(c.text, f.n, false)
}

// goesOn adds a further row of values to those of the labels above, as teams and indicators have them.
func (f *gridForm) goesOn(cells []formCell, known int) bool {
	if known > 0 || len(cells) != len(f.columns) {
		f.columns = nil
		return false
	}
	for _, c := range cells {
		if _, ok := f.columns[c.left]; !ok {
			f.columns = nil
			return false
		}
	}
	for _, c := range cells {
		if p := &f.pairs[f.columns[c.left]]; c.text != "" && !c.used {
			p.value += "\n" + c.text
		}
	}
	return true
}

// unfold reads the tables in a cell: forms in them are part of this one, other tables are text.
func (f *gridForm) unfold(c *formCell) {
	for _, table := range c.inner {
		var lines []tableLine
		labels := false
		for row, err := range table.Rows {
			if err != nil || len(lines) == maxForm {
				break
			}
			lines = append(lines, tableLine{Row: row})
		}
		for i := range lines {
			labels = labels || f.t.isLabelRow(formCells(lines, i))
		}
		if labels {
			f.nested = append(f.nested, f.t.gridPairs(lines)...)
			continue
		}
		for i := range lines {
			var texts []string
			for _, cell := range formCells(lines, i) {
				if cell.text != "" {
					texts = append(texts, cell.text)
				}
			}
			c.text = strings.TrimSpace(c.text + "\n" + strings.Join(texts, " "))
		}
	}
}

func (f *gridForm) add(label, value string) {
	if n := len(f.pairs); n > 0 && f.pairs[n-1].label == label {
		f.pairs[n-1].value += "\n" + value
		return
	}
	group := f.group
	if c, _ := f.t.column(group); c == nil {
		group = ""
	}
	f.pairs = append(f.pairs, formPair{group, label, value, f.n})
}

func (f *gridForm) row(cells, below []formCell) {
	if len(cells) > 1 && cells[0].tall && !cells[0].used && cells[0].text != "" {
		c, name := f.t.label(cells[0].text)
		if len(cells) > 2 || c == nil || f.known(cells[1]) {
			f.group, cells = name, cells[1:]
		}
	}
	known := 0
	for _, c := range cells {
		if f.known(c) {
			known++
		}
	}
	if len(cells) == 1 {
		f.line(cells[0], below)
		return
	}
	over := 2*known > len(cells) // labels of what stands below
	if over {
		f.columns = map[int]int{}
	} else if f.goesOn(cells, known) {
		return
	}
	for i := 0; i < len(cells); i++ {
		c := &cells[i]
		if c.used || c.text == "" {
			continue
		}
		if pairs := f.inside(*c); len(pairs) > 0 {
			f.pairs = append(f.pairs, pairs...)
			continue
		}
		_, name := f.t.label(c.text)
		switch {
		case over:
			if v := under(c, below); v != nil && !f.known(*v) {
				v.used = true
				f.add(name, v.text)
				f.columns[c.left] = len(f.pairs) - 1
			}
		case !f.known(*c) && !plausible(name):
		case i+1 < len(cells) && !cells[i+1].used && !f.known(cells[i+1]):
			f.add(name, cells[i+1].text)
			i++
		case f.known(*c):
			if v := under(c, below); v != nil && !v.used && !f.known(*v) && v.left == c.left && v.right == c.right {
				v.used = true
				f.add(name, v.text)
			}
		}
	}
}

// maxHeading is how many characters a line across a form may have that is not worth keeping.
const maxHeading = 30

// line reads a row of one cell: a label, with its value below or behind a colon, a heading, or a text.
func (f *gridForm) line(c formCell, below []formCell) {
	if c.used || c.text == "" || footnote.MatchString(c.text) {
		return
	}
	if pairs := f.inside(c); len(pairs) > 0 {
		f.pairs = append(f.pairs, pairs...)
		return
	}
	_, name := f.t.label(c.text)
	one := len(below) == 1 && !below[0].used && below[0].text != "" && !f.known(below[0]) && len(f.inside(below[0])) == 0
	switch {
	case one && (f.known(c) || plausible(numbering.ReplaceAllString(name, ""))) && !plausible(below[0].text),
		one && f.known(c):
		below[0].used = true
		f.add(numbering.ReplaceAllString(name, ""), below[0].text)
	case f.group != "":
		f.add(f.group, c.text)
	case !f.known(c) && utf8.RuneCountInString(c.text) > maxHeading:
		f.add("其他内容", c.text)
	}
}

func (f *gridForm) known(c formCell) bool {
	col, _ := f.t.label(c.text)
	return col != nil && !col.ignored
}

// under finds the cell below another.
func under(c *formCell, below []formCell) *formCell {
	for i := range below {
		if below[i].left <= c.left && c.left <= below[i].right {
			return &below[i]
		}
	}
	return nil
}
