package corpus

import (
	"strings"
	"unicode/utf8"

	"duijie/corpus/sheet"
)

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
				c.tall = at < len(below.Top) && below.Top[at] == l.N
			}
			out = append(out, c)
		}
		at += n
	}
	return out
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
		c.text = strings.TrimSpace(c.text + "\n" + tableText(lines))
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
