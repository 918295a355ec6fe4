package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"
)

// A Block is a piece of a document from its top to its bottom: a paragraph, or a table.
type Block struct {
	N     int // paragraphs and rows of tables before it, and 1
	Text  string
	Table *Table
}

// DOCX yields the paragraphs and tables of a document; f is a zip file. The rows of tables have numbers that go on from
// those of blocks. Ticked boxes of all kinds are ☑, empty ones ☐.
func DOCX(f *os.File) iter.Seq2[Block, error] {
	parts, err := zipped(f)
	if err != nil {
		return failed[Block](err)
	}
	for _, p := range parts.File {
		if strings.EqualFold(p.Name, "word/document.xml") {
			r, err := p.Open()
			if err != nil {
				return failed[Block](broken("文档", err))
			}
			defer r.Close()
			return documentBlocks(r)
		}
	}
	return failed[Block](broken("文档", errors.New("no word/document.xml")))
}

func documentBlocks(r io.Reader) iter.Seq2[Block, error] {
	limited := &io.LimitedReader{R: r, N: maxPage}
	d := xml.NewDecoder(limited)
	doc := document{}
	for {
		token, err := d.RawToken()
		if err != nil && limited.N == 0 {
			return failed[Block](tooLarge("文档", maxPage, "分成几个文件"))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return failed[Block](broken("文档", err))
		}
		switch e := token.(type) {
		case xml.StartElement:
			doc.start(e)
		case xml.EndElement:
			doc.end(e.Name.Local)
		case xml.CharData:
			if doc.inText && doc.skipped == 0 {
				doc.write(string(e))
			}
		}
	}
	for len(doc.open) > 0 {
		doc.closeTable()
	}
	return func(yield func(Block, error) bool) {
		for _, b := range doc.blocks {
			if !yield(b, nil) {
				return
			}
		}
	}
}

// A document is the state of reading one.
type document struct {
	blocks  []Block
	tables  int
	n       int         // paragraphs outside of tables and rows of outer tables so far
	open    []*docTable // those that we are in
	text    strings.Builder
	inText  bool
	skipped int    // depth within elements that say what stands elsewhere
	font    string // of the run
	box     string // ☑ or ☐ of the content control or form field that we are in; "" where it is none, or is written
}

// A docTable is a table that is being read.
type docTable struct {
	grid   *grid
	before int         // number of the row before the first one
	at     int         // column in which the next cell begins
	tall   map[int]int // column to index in grid.merged of the range that a cell below may go on
	around string      // text of the cell around, up to this table

	// Of the cell:
	columns     int
	begin, more bool // a merged range of several rows begins, goes on
	inner       []Table
}

// repeated reports whether an element says what stands elsewhere: another form of a drawing, text that was moved away,
// properties as they were.
func repeated(name string) bool {
	return name == "Fallback" || name == "moveFrom" || strings.HasSuffix(name, "PrChange")
}

func (d *document) start(e xml.StartElement) {
	name := e.Name.Local
	if d.skipped > 0 || repeated(name) || name == "tbl" && (d.tables == maxTables || len(d.open) == maxDepth) {
		d.skipped++
		return
	}
	val := attribute(e, "val")
	switch name {
	case "t":
		d.inText = true
	case "tab":
		if attribute(e, "pos") == "" { // else it is a stop
			d.text.WriteByte('\t')
		}
	case "br", "cr":
		d.text.WriteByte('\n')
	case "noBreakHyphen":
		d.text.WriteByte('-')
	case "r":
		d.font = ""
	case "rFonts":
		d.font = attribute(e, "ascii")
	case "sym":
		if n, err := strconv.ParseUint(attribute(e, "char"), 16, 16); err == nil {
			d.font = attribute(e, "font")
			d.write(string(rune(n)))
		}
	case "sdt", "ffData":
		d.box = ""
	case "checkbox", "checkBox":
		d.box = "☐"
	case "default", "checked":
		if d.box != "" {
			if d.box = "☐"; val != "0" && val != "false" && val != "off" {
				d.box = "☑"
			}
		}
	case "tbl":
		t := &docTable{grid: &grid{}, tall: map[int]int{}, around: d.text.String()}
		if len(d.open) == 0 {
			t.before = d.n
		}
		d.open, d.tables = append(d.open, t), d.tables+1
		d.text.Reset()
	}
	if len(d.open) == 0 {
		return
	}
	t := d.open[len(d.open)-1]
	n, _ := strconv.Atoi(val)
	n = max(0, min(n, maxGridColumns))
	switch name {
	case "tr":
		t.grid.row(t.before + len(t.grid.rows) + 1)
		t.at = 0
	case "gridBefore":
		t.at = n
	case "tc":
		t.columns, t.begin, t.more, t.inner = 1, false, false, nil
		d.text.Reset()
	case "gridSpan":
		t.columns = max(1, n)
	case "vMerge":
		t.begin = val == "restart"
		t.more = !t.begin
	}
}

func (d *document) end(name string) {
	if d.skipped > 0 {
		d.skipped--
		return
	}
	switch name {
	case "t":
		d.inText = false
	case "sdtContent", "ffData":
		d.text.WriteString(d.box)
		d.box = ""
	}
	if len(d.open) == 0 {
		if name == "p" {
			d.n++
			if text := strings.TrimSpace(d.text.String()); text != "" {
				d.blocks = append(d.blocks, Block{N: d.n, Text: text})
			}
			d.text.Reset()
		}
		return
	}
	switch t := d.open[len(d.open)-1]; name {
	case "p":
		d.text.WriteByte('\n')
	case "tc":
		t.cell(strings.TrimSpace(d.text.String()))
		d.text.Reset()
	case "tbl":
		d.closeTable()
	}
}

// write adds text of a run. The first sign of a content control is its box.
func (d *document) write(s string) {
	switch {
	case d.box != "":
		s, d.box = d.box, ""
	case strings.HasPrefix(d.font, "Wingdings"):
		s = strings.Map(func(r rune) rune { return symbol(d.font, r) }, s)
	}
	d.text.WriteString(s)
}

// cell closes a cell.
func (t *docTable) cell(text string) {
	g, n := t.grid, int32(t.before+len(t.grid.rows))
	if t.more {
		if i, ok := t.tall[t.at]; ok {
			g.merged[i].bottom = n
			text = ""
		}
	} else {
		delete(t.tall, t.at)
	}
	before := len(g.merged)
	g.add(t.at, text, t.columns, 1, t.inner)
	if t.begin {
		if len(g.merged) == before {
			g.merged = append(g.merged, span{n, n, int32(t.at), int32(t.at)})
		}
		t.tall[t.at] = len(g.merged) - 1
	} else if t.more && len(g.merged) > before {
		g.merged = g.merged[:before] // it belongs to the range above
	}
	t.at += t.columns
}

// closeTable ends the innermost table.
func (d *document) closeTable() {
	t := d.open[len(d.open)-1]
	d.open = d.open[:len(d.open)-1]
	table := t.grid.table()
	d.text.Reset()
	if len(d.open) > 0 {
		d.text.WriteString(t.around)
		outer := d.open[len(d.open)-1]
		outer.inner = append(outer.inner, table)
		return
	}
	d.blocks = append(d.blocks, Block{N: d.n + 1, Table: &table})
	d.n += len(t.grid.rows)
}

// symbol is what a character of a font of symbols shows, as far as it is a box or a tick; -1 for all else.
func symbol(font string, r rune) rune {
	if r >= 0xf000 {
		r -= 0xf000
	}
	if font == "Wingdings 2" {
		switch r {
		case 0x52:
			return '☑'
		case 0x51, 0x53, 0x54:
			return '☒'
		case 0x50:
			return '√'
		case 0x2a, 0xa3:
			return '☐'
		}
		return -1
	}
	switch r {
	case 0xfe:
		return '☑'
	case 0xfd:
		return '☒'
	case 0xfc:
		return '√'
	case 0x6e:
		return '■'
	case 0x6f, 0x71, 0x72, 0xa8:
		return '☐'
	}
	return -1
}
