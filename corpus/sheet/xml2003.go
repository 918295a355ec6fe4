package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"
)

// XML2003 yields the visible sheets of a workbook in the XML of Excel 2003 (SpreadsheetML).
func XML2003(r io.Reader) iter.Seq2[Table, error] {
	text, err := markupText(r)
	if err != nil {
		return failed[Table](err)
	}
	var sheets []*grid
	var g *grid
	var cell struct {
		at, across, down int
		kind             string
		text             strings.Builder
	}
	in, comment := false, false // a Data element, a Comment
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return tablesOf(sheets)
		}
		if err != nil {
			return failed[Table](broken("XML 工作簿", err))
		}
		switch e := token.(type) {
		case xml.StartElement:
			number := func(name string) int {
				n, _ := strconv.Atoi(attribute(e, name))
				return max(0, min(n, 1<<20))
			}
			switch e.Name.Local {
			case "Worksheet":
				g = &grid{name: attribute(e, "Name")}
				sheets = append(sheets, g)
			case "Row":
				if g != nil {
					n := 1
					if len(g.rows) > 0 {
						n = g.rows[len(g.rows)-1].N + 1
					}
					g.row(max(n, number("Index")))
				}
			case "Cell":
				cell.at, cell.across, cell.down, cell.kind = number("Index")-1, number("MergeAcross")+1, number("MergeDown")+1, ""
				cell.text.Reset()
			case "Comment":
				comment = true
			case "Data":
				if !comment {
					cell.kind, in = attribute(e, "Type"), true
				}
			case "Visible":
				in = true
				cell.text.Reset()
			}
		case xml.CharData:
			if in {
				cell.text.Write(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "Data":
				in = false
			case "Comment":
				comment = false
			case "Cell":
				if g != nil && len(g.rows) > 0 {
					text := cell.text.String()
					if cell.kind == "DateTime" {
						text, _, _ = strings.Cut(text, "T")
					}
					g.add(cell.at, text, cell.across, cell.down, nil)
				}
			case "Visible":
				if in = false; g != nil && strings.HasPrefix(cell.text.String(), "Sheet") { // SheetHidden, SheetVeryHidden
					sheets = sheets[:len(sheets)-1]
					g = nil
				}
			}
		}
	}
}
