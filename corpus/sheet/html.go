package sheet

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxDepth  = 16 // of tables in tables
	maxTables = 10_000
)

// HTML yields the tables of a page, as systems export them under names of workbooks. A table within a table is one of its
// own; of each the rows and columns count from 1 and 0.
func HTML(r io.Reader) iter.Seq2[Table, error] {
	text, err := markupText(r)
	if err != nil {
		return failed[Table](err)
	}
	p := page{}
	z := html.NewTokenizer(bytes.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return failed[Table](broken("网页", err))
			}
			for len(p.open) > 0 {
				p.end()
			}
			return tablesOf(p.tables)
		case html.TextToken:
			p.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := atom.Lookup(name)
			attributes := map[string]string{}
			for more {
				var k, v []byte
				k, v, more = z.TagAttr()
				attributes[string(k)] = string(v)
			}
			p.start(tag, attributes)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.close(atom.Lookup(name))
		}
	}
}

// A page is the state of reading one.
type page struct {
	tables []*grid
	open   []*pageTable // those that we are in
	mute   atom.Atom    // within script or style
}

type pageTable struct {
	grid          *grid
	in            bool // a cell
	text          strings.Builder
	columns, rows int // of the cell
}

func (p *page) start(tag atom.Atom, attributes map[string]string) {
	if tag == atom.Table && len(p.open) < maxDepth {
		t := &pageTable{grid: &grid{}}
		if p.open = append(p.open, t); len(p.tables) < maxTables {
			p.tables = append(p.tables, t.grid)
		}
		return
	}
	if tag == atom.Script || tag == atom.Style || tag == atom.Title {
		p.mute = tag
	}
	if len(p.open) == 0 {
		return
	}
	t := p.open[len(p.open)-1]
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(attributes[name]))
		if err != nil {
			return 1
		}
		return n
	}
	switch tag {
	case atom.Tr:
		t.cell()
		t.grid.row(len(t.grid.rows) + 1)
	case atom.Td, atom.Th:
		t.cell()
		if len(t.grid.rows) == 0 {
			t.grid.row(1)
		}
		t.in, t.columns, t.rows = true, number("colspan"), number("rowspan")
		if r, ok := attributes["rowspan"]; ok && strings.TrimSpace(r) == "0" { // to the end
			t.rows = 65_536
		}
	case atom.Br, atom.P, atom.Div, atom.Li:
		t.text.WriteByte('\n')
	case atom.Input:
		if kind := strings.ToLower(attributes["type"]); kind == "checkbox" || kind == "radio" {
			if _, ticked := attributes["checked"]; ticked {
				t.text.WriteString("☑")
			} else {
				t.text.WriteString("☐")
			}
		} else if kind == "" || kind == "text" {
			t.text.WriteString(attributes["value"])
		}
	}
}

func (p *page) text(s string) {
	if p.mute == 0 && len(p.open) > 0 {
		// line ends of the source are blanks
		p.open[len(p.open)-1].text.WriteString(strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' || r == '\t' {
				return ' '
			}
			return r
		}, s))
	}
}

func (p *page) close(tag atom.Atom) {
	if tag == p.mute {
		p.mute = 0
	}
	if len(p.open) == 0 {
		return
	}
	t := p.open[len(p.open)-1]
	switch tag {
	case atom.Table:
		p.end()
	case atom.Td, atom.Th, atom.Tr:
		t.cell()
	case atom.P, atom.Div, atom.Li:
		t.text.WriteByte('\n')
	}
}

// end closes the innermost table.
func (p *page) end() {
	p.open[len(p.open)-1].cell()
	p.open = p.open[:len(p.open)-1]
}

// cell closes a cell.
func (t *pageTable) cell() {
	if t.in {
		t.grid.add(0, strings.TrimSpace(t.text.String()), t.columns, t.rows, nil)
	}
	t.in = false
	t.text.Reset()
}
