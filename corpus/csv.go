package corpus

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode"

	"duijie/corpus/sheet"
)

// readCSV reads the rows of a text table.
func (t *tableReader) readCSV(r *bufio.Reader) error {
	head, err := r.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return readError(err)
	}
	rows := &csvRows{lines: lines{r: r}, comma: t.comma(string(head))}
	found, err := t.rows(&lineReader{read: rows.next})
	if err == nil && !found {
		err = noHeader(t.file)
	}
	return err
}

// readError says why a file can't be read any further.
func readError(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*sheet.Error](err); ok {
		code := Invalid
		if e.Large {
			code = TooLarge
		}
		return &Error{Code: code, Message: e.Message, Fix: e.Fix, Err: e.Err}
	}
	return &Error{Code: Invalid, Message: "文件读不出来", Fix: "检查文件是否完整", Err: err}
}

// comma guesses the separator: the one that makes the best header of the first rows.
func (t *tableReader) comma(head string) byte {
	best, bestKnown := byte(','), 0
	for _, comma := range []byte{',', '\t', ';', '|'} {
		rows := &csvRows{lines: lines{r: bufio.NewReader(strings.NewReader(head))}, comma: comma}
		for range headerRows {
			line, err := rows.next()
			if err != nil {
				break
			}
			if h := t.header(line.Cells, nil); h.usable() && h.known > bestKnown {
				best, bestKnown = comma, h.known
			}
		}
	}
	return best
}

// csvRows cuts a text into records. It finds the ends of records itself, so that an open quote costs one row and not
// the rest of the file.
type csvRows struct {
	lines
	comma byte
}

// next returns one record and the number of its first line.
func (c *csvRows) next() (tableLine, error) {
	first, cut, err := c.lines.next()
	if err != nil {
		return tableLine{}, err
	}
	out := tableLine{Row: sheet.Row{N: c.n}}
	if cut {
		out.problem = tooLong()
		return out, nil
	}
	var record strings.Builder
	record.WriteString(first)
	open, broken := openQuote(first, c.comma, false)
	var more []string
	for open {
		next, cut, err := c.lines.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return tableLine{}, err
		}
		if err == nil {
			open, broken = openQuote(next, c.comma, true)
		}
		if err != nil || cut || broken || record.Len()+len(next) > maxRow {
			if err == nil {
				more = append(more, next)
			}
			c.unread(more)
			record.Reset()
			record.WriteString(first)
			out.problem = &Error{Code: Invalid, Message: "引号没有成对", Fix: "补上缺少的引号；单元格里的引号写成两个"}
			break
		}
		more = append(more, next)
		record.WriteString(next)
	}
	r := csv.NewReader(strings.NewReader(record.String()))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = rune(c.comma), true, -1
	cells, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) { // io.EOF: an empty line
		out.problem = &Error{Code: Invalid, Message: "这一行不是表格的一行", Fix: "检查引号和分隔符", Err: err}
		return out, nil
	}
	out.lossy = make([]bool, len(cells))
	for i, cell := range cells {
		cells[i] = unguard(cell)
		out.lossy[i] = cells[i] == cell // what is guarded came through as it was
	}
	out.Cells = cells
	return out, nil
}

func tooLong() *Error {
	return &Error{Code: Invalid, Message: "这一行超过 1 MB", Fix: "检查换行和引号，或缩短内容"}
}

// openQuote reports whether a quoted cell is still open at the end of the line; in says whether one was at its beginning.
// Then a cell that seems to begin with a quote shows that the one before was never closed: broken.
func openQuote(line string, comma byte, in bool) (open, broken bool) {
	start, continued := !in, in
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case in && c == '"' && i+1 < len(line) && line[i+1] == '"':
			i++
		case in && c == '"' && (i+1 == len(line) || line[i+1] == comma || line[i+1] == '\n' || line[i+1] == '\r'):
			in, continued = false, false
		case in && c == '"' && continued && i > 0 && line[i-1] == comma:
			return true, true
		case !in && start && c == '"':
			in = true
		}
		start = !in && c == comma
	}
	return in, false
}

// guarded are the cells that a spreadsheet would change on opening a text table: formulas run, leading zeros and long
// digits get lost. An apostrophe before them keeps them as text; readers take one off again.
var guarded = regexp.MustCompile(`^'*(?:[=+\-@＝＋－＠]|(?:0\d+|\d{12,}|\d+(?:\.\d+)?[eE]\+?\d+)$)`)

func guard(s string) string {
	if guarded.MatchString(s) {
		return "'" + s
	}
	return s
}

func unguard(s string) string {
	if strings.HasPrefix(s, "'") && guarded.MatchString(s) {
		return s[1:]
	}
	return s
}

// csvWriter writes cells with guard.
type csvWriter struct {
	*csv.Writer
	gb bool // goes out as GB18030
}

func (w csvWriter) takes(cell string) *Error {
	// The encoder writes private characters as others.
	if w.gb && strings.ContainsFunc(cell, func(r rune) bool { return unicode.Is(unicode.Co, r) }) {
		return &Error{Code: Invalid, Message: "有 GB18030 写不出的字符", Fix: "导出为 utf-8，或改正这些字符"}
	}
	return nil
}

func (w csvWriter) row(cells []string) error {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = guard(c)
	}
	return w.Write(out)
}

func (w csvWriter) close() error {
	w.Flush()
	return w.Error()
}
