package corpus

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// ExportOptions of Export; the zero value writes CSV in UTF-8 with a BOM, which spreadsheets open as it is.
type ExportOptions struct {
	Format   Format // "": CSV
	Encoding string // of CSV: "" and utf-8, or gb18030
}

const gb18030 = "gb18030"

// maxExtraColumns is how many unknown columns get a column of their own in a table; what is in others goes into one
// column as JSON. A sheet has 16,384 columns.
const maxExtraColumns = 200

// Export writes documents so that Read gives them back unchanged but for version and times of writing, and returns how
// many. It ranges over docs twice for tables: their header names the unknown columns. What docs leave out (ForLevel) is
// left out. A text that the format can't hold is an error of code Invalid that names document and column; of XLSX
// nothing is written then.
func Export(w io.Writer, docs iter.Seq2[Doc, error], o ExportOptions) (n int, err error) {
	switch o.Format {
	case JSONL:
		return exportJSONL(w, docs)
	case XLSX:
		t, err := newXLSXWriter(w)
		if err != nil {
			return 0, err
		}
		n, err := exportTable(t, docs)
		return n, errors.Join(err, t.f.Close())
	case "", CSV:
		b := bufio.NewWriter(w)
		out, err := encoded(b, o.Encoding)
		if err != nil {
			return 0, err
		}
		n, err := exportTable(csvWriter{csv.NewWriter(out), strings.EqualFold(o.Encoding, gb18030)}, docs)
		if err != nil {
			return n, err
		}
		return n, b.Flush()
	}
	return 0, &Error{Code: Invalid, Field: "format", Message: "不认识的格式 " + string(o.Format), Fix: "用 csv、xlsx 或 jsonl"}
}

// encoded returns a writer of UTF-8 that writes the encoding; UTF-8 gets a BOM.
func encoded(w io.Writer, name string) (io.Writer, error) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8":
		_, err := io.WriteString(w, "\ufeff")
		return w, err
	case gb18030:
		return simplifiedchinese.GB18030.NewEncoder().Writer(w), nil
	}
	return nil, &Error{Code: Invalid, Field: "encoding", Message: "不认识的编码 " + name, Fix: "用 utf-8 或 gb18030"}
}

func exportJSONL(w io.Writer, docs iter.Seq2[Doc, error]) (n int, err error) {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for d, err := range docs {
		if err != nil {
			return n, err
		}
		if err := e.Encode(d); err != nil {
			return n, err
		}
		n++
	}
	return n, b.Flush()
}

// A tableWriter writes a table row by row.
type tableWriter interface {
	takes(cell string) *Error // why the format can't hold a cell
	row(cells []string) error
	close() error
}

func exportTable(w tableWriter, docs iter.Seq2[Doc, error]) (n int, err error) {
	var own []string
	seen := map[string]bool{}
	for d, err := range docs {
		if err != nil {
			return 0, err
		}
		for _, k := range slices.Sorted(maps.Keys(d.Extra)) {
			if !seen[k] && len(own) < maxExtraColumns && (&tableReader{}).reads(k) {
				seen[k] = true
				own = append(own, k)
			}
		}
	}
	written := slices.DeleteFunc(slices.Clone(columns), func(c column) bool { return c.get == nil })
	var header []string
	for _, c := range written {
		header = append(header, c.header)
	}
	for _, k := range own {
		header = append(header, extraHeader(k))
	}
	row := func(what string, cells []string) error {
		for i, c := range cells {
			if e := w.takes(c); e != nil {
				e.Message, e.Field = what+"："+e.Message, header[i]
				return e
			}
		}
		return w.row(cells)
	}
	if err := row("表头", header); err != nil {
		return 0, err
	}
	for d, err := range docs {
		if err != nil {
			return n, err
		}
		var cells []string
		rest := maps.Clone(d.Extra)
		for _, k := range own {
			delete(rest, k)
		}
		if len(rest) == 0 {
			rest = nil
		}
		extra := d.Extra
		d.Extra = rest
		for _, c := range written {
			cells = append(cells, c.cell(&d))
		}
		for _, k := range own {
			cells = append(cells, extra[k])
		}
		if err := row(string(d.Kind)+" "+d.ID, cells); err != nil {
			return n, err
		}
		n++
	}
	return n, w.close()
}

// extraHeader is the header under which an unknown column is read as one: its name, or extra.NAME where the name means
// a field.
func extraHeader(name string) string {
	if h := (&tableReader{}).header([]string{name}, nil); h.columns[0] != nil {
		return "extra." + name
	}
	return name
}

// reads reports whether an unknown column of this name comes back under the same name.
func (t *tableReader) reads(name string) bool {
	h := t.header([]string{extraHeader(name)}, nil)
	return h.names[0] == extraHeader(name) && extraHeader(name) != ErrorHeader && extraHeader(name) != rawHeader
}

// cell returns the form of the field that people read, if reading gives the field back; else JSON.
func (c *column) cell(d *Doc) string {
	v := c.get(d)
	if c.plain == nil {
		return asJSON(v)
	}
	plain := c.plain(d)
	if reflect.TypeOf(v).Kind() == reflect.String {
		return plain
	}
	var back Doc
	if plain != "" && c.set(&back, cell{text: plain}) == nil && reflect.DeepEqual(c.get(&back), v) {
		return plain
	}
	return asJSON(v)
}

// An ErrorWriter writes bad rows as a table that can be mended and imported again: three columns that say what is
// wrong and where, which reading leaves out, before the cells as they were. Where the header changes, it stands again.
type ErrorWriter struct {
	w      csvWriter
	header []string
}

// NewErrorWriter writes to w in UTF-8 with a BOM.
func NewErrorWriter(w io.Writer) (*ErrorWriter, error) {
	out, err := encoded(w, "")
	if err != nil {
		return nil, err
	}
	return &ErrorWriter{w: csvWriter{Writer: csv.NewWriter(out)}}, nil
}

// Write adds a bad row.
func (e *ErrorWriter) Write(r Row) error {
	if e.header == nil || !slices.Equal(r.Header, e.header) {
		e.header = r.Header
		if err := e.w.row(append([]string{ErrorHeader, "错误文件", "错误行"}, r.Header...)); err != nil {
			return err
		}
	}
	var said []string
	for _, p := range r.Problems {
		said = append(said, p.Error())
	}
	cells := []string{guard(strings.Join(said, "；")), guard(r.place()), fmt.Sprint(r.Line)}
	for i, c := range r.Cells {
		if r.lossy == nil || !r.lossy[i] || !scientific.MatchString(c) { // guarded, it would be taken for what was meant
			c = guard(c)
		}
		cells = append(cells, c)
	}
	return e.w.Write(cells)
}

// Close writes what is left.
func (e *ErrorWriter) Close() error { return e.w.close() }
