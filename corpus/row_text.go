package corpus

import (
	"cmp"
	"slices"
	"strings"
)

// A RowText is a row as it stood in its file, kept to be mended and read again.
type RowText struct {
	File   string   `json:"file"`
	Sheet  string   `json:"sheet,omitempty"`
	Line   int      `json:"line"`
	Header []string `json:"header"`
	Cells  []string `json:"cells"`
	Lossy  []bool   `json:"lossy,omitempty"` // of Cells: stood where spreadsheets rewrite long numbers
	Kind   Kind     `json:"kind,omitempty"`
	Draft  bool     `json:"draft,omitempty"` // made from running text: nobody has looked at it yet
}

// Text returns what r was read from.
func (r *Row) Text() RowText {
	return RowText{r.File, r.Sheet, r.Line, r.Header, r.Cells, r.lossy, r.Doc.Kind, r.Doc.Status == Draft && r.noStatus}
}

// With returns t with other cells, as a form sends them, and whether they say anything else.
func (t RowText) With(cells []string) (RowText, bool) {
	line := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace
	out := t
	out.Cells, out.Lossy = make([]string, len(cells)), make([]bool, len(cells))
	changed := false
	for i, c := range cells {
		var before string
		if i < len(t.Cells) {
			before = t.Cells[i]
		}
		if line(c) == line(before) {
			out.Cells[i], out.Lossy[i] = before, i < len(t.Lossy) && t.Lossy[i]
			continue
		}
		out.Cells[i], changed = line(c), true
	}
	if !changed {
		return t, false
	}
	return out, true
}

// Read reads t as a row of a file that is read with o. What reaches people goes from the cells of a draft into its contact,
// for which there is a column at the end where there was none.
func (t RowText) Read(o ReadOptions) Row {
	o.Kind = cmp.Or(o.Kind, t.Kind)
	var derived []string
	if t.Draft {
		if !slices.Contains(t.Header, "联系方式") {
			t.Header = append(slices.Clone(t.Header), "联系方式")
		}
		d := draft{names: t.Header, values: slices.Clone(t.Cells)}
		for len(d.values) < len(d.names) {
			d.values = append(d.values, "")
		}
		d.reach(d.takeContacts())
		t.Cells, t.Lossy, derived = d.values, nil, d.derived
	}
	r := &tableReader{file: t.File, o: o}
	h := r.header(t.Header, nil)
	h.marks = true // what was no JSON is read as a line of it
	row := Row{File: t.File, Sheet: t.Sheet, Line: t.Line, Header: h.names, Cells: t.Cells, Derived: derived, lossy: t.Lossy}
	r.tableRow(&row, h)
	if t.Draft {
		row.Doc.Status, row.noStatus = Draft, true
	}
	return row
}

// A FieldName is a field that a column can be read into, and how people call it.
type FieldName struct{ Name, Header string }

// Fields returns all fields of tables, in the order of exports. What is for exports alone is left out.
func Fields() []FieldName {
	var out []FieldName
	for _, c := range columns {
		if c.ignored || c.name == "extra" || c.name == "disclosure" || c.name == "links" {
			continue
		}
		names := append([]string{c.name}, strings.Fields(c.aliases)...)
		at := slices.IndexFunc(names, func(s string) bool { return strings.ContainsFunc(s, isHan) })
		out = append(out, FieldName{c.name, cmp.Or(c.header, names[max(at, 0)])})
	}
	return out
}
