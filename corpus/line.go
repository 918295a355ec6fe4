package corpus

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"duijie/corpus/sheet"
)

// A Line is one row of a table that holds no postings, with its texts by header.
type Line struct {
	N       int // line of a text file, row of a sheet, from 1
	Texts   map[string]string
	Problem *Error // why the row can't be read, in place of Texts
}

// ReadLines yields the rows of a table, which is CSV, XLSX (its first sheet with something in it) or lines of JSON. The
// first row that is not blank is the header; blank rows are left out. An error ends the sequence.
func ReadLines(r io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		err := readLines(r, func(l Line) error {
			if !yield(l, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(Line{}, err)
		}
	}
}

func readLines(r io.Reader, tell func(Line) error) error {
	b := bufio.NewReaderSize(r, sniffed)
	head, err := b.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return readError(err)
	}
	t := &tableReader{}
	switch sniff(head) {
	case ZIP:
		return readSheetLines(b, tell)
	case JSONL, CSV:
	default:
		return &Error{Code: Invalid, Message: "不读这种文件", Fix: "另存为 .xlsx 或 CSV"}
	}
	text, err := t.decode(b, head)
	if err != nil {
		return err
	}
	if sniff(head) == JSONL {
		return readObjectLines(text, tell)
	}
	first, _ := text.Peek(sniffed)
	first, below, _ := bytes.Cut(bytes.TrimLeft(first, "\r\n"), []byte("\n"))
	if !bytes.ContainsAny(first, ",\t;|") { // a title
		first, _, _ = bytes.Cut(bytes.TrimLeft(below, "\r\n"), []byte("\n"))
	}
	rows := &csvRows{lines: lines{r: text}, comma: ','}
	for _, comma := range []byte("\t;|") {
		if bytes.Count(first, []byte{comma}) > bytes.Count(first, []byte{rows.comma}) {
			rows.comma = comma
		}
	}
	return headed(rows.next, tell)
}

// titleRows is how many rows of one cell above a header are taken for titles.
const titleRows = 5

// headed reads rows below a header until io.EOF. Rows of one cell above the first row of several are titles.
func headed(next func() (tableLine, error), tell func(Line) error) error {
	var header []string
	var held []tableLine // that are titles where a row of several cells comes
	below := func(row tableLine) error {
		l := Line{N: row.N, Problem: row.problem, Texts: map[string]string{}}
		for i, c := range row.Cells {
			if i < len(header) && header[i] != "" {
				l.Texts[header[i]] = strings.TrimSpace(c)
			}
		}
		return tell(l)
	}
	holding := true
	flush := func() error { // there was no title
		rows := held
		holding, held = false, nil
		for i, row := range rows {
			if i == 0 {
				header = trimmed(row.Cells)
			} else if err := below(row); err != nil {
				return err
			}
		}
		return nil
	}
	for {
		row, err := next()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return readError(err)
		}
		switch {
		case row.blank():
			continue
		case holding && row.problem == nil && row.single() && len(held) < titleRows:
			held = append(held, row)
			continue
		case holding && row.problem == nil && !row.single():
			header, holding, held = trimmed(row.Cells), false, nil
			continue
		case holding && header == nil && len(held) > 0:
			if err := flush(); err != nil {
				return err
			}
		}
		if err := below(row); err != nil {
			return err
		}
	}
}

// single reports whether one cell has something in it.
func (l *tableLine) single() bool {
	n := 0
	for _, c := range l.Cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n == 1
}

func trimmed(cells []string) (out []string) {
	for _, c := range cells {
		out = append(out, strings.TrimSpace(c))
	}
	return out
}

func readSheetLines(r io.Reader, tell func(Line) error) (err error) {
	f, remove, err := sheet.Spool(r, maxSpool, "分成几个文件，或另存为 CSV")
	if err != nil {
		return readError(err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	c, err := sheet.ContainerOf(f)
	if err != nil {
		return readError(err)
	}
	if c != sheet.Workbook {
		return &Error{Code: Invalid, Message: "这不是工作簿", Fix: "另存为 .xlsx 或 CSV"}
	}
	for table, err := range sheet.XLSX(f) {
		if err != nil {
			return readError(err)
		}
		next, stop := iter.Pull2(table.Rows)
		some := false
		err := headed(func() (tableLine, error) {
			row, err, ok := next()
			if !ok {
				err = io.EOF
			}
			some = some || slices.ContainsFunc(row.Cells, func(c string) bool { return c != "" })
			return tableLine{Row: row}, err
		}, tell)
		stop()
		if err != nil || some {
			return err
		}
	}
	return nil
}

func readObjectLines(r *bufio.Reader, tell func(Line) error) error {
	for l := (lines{r: r}); ; {
		text, cut, err := l.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return readError(err)
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		line := Line{N: l.n, Texts: map[string]string{}}
		keys, values, _, err := readObject(text)
		switch {
		case cut:
			line.Problem = tooLong()
		case err != nil:
			line.Problem = &Error{Code: Invalid, Message: "不是完整的 JSON 对象：" + err.Error(), Fix: "每行一个对象"}
		}
		for i, k := range keys {
			line.Texts[k] = values[i]
		}
		if err := tell(line); err != nil {
			return err
		}
	}
}

// WriteLines writes a table that holds no postings, its header first: as CSV in UTF-8 with a BOM, where a cell that a
// spreadsheet would run or shorten is guarded as in Export, or as XLSX.
func WriteLines(w io.Writer, f Format, rows iter.Seq2[[]string, error]) (err error) {
	var t tableWriter
	switch f {
	case XLSX:
		x, err := newXLSXWriter(w)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, x.f.Close()) }()
		t = x
	case CSV:
		out, err := encoded(w, "")
		if err != nil {
			return err
		}
		t = csvWriter{Writer: csv.NewWriter(out)}
	default:
		return &Error{Code: Invalid, Field: "format", Message: "不认识的格式 " + string(f), Fix: "用 csv 或 xlsx"}
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		for _, c := range row {
			if e := t.takes(c); e != nil {
				return e
			}
		}
		if err := t.row(row); err != nil {
			return err
		}
	}
	return t.close()
}
