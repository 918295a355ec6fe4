package corpus

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A tableReader turns the rows of one file into postings.
type tableReader struct {
	file     string
	o        ReadOptions
	yield    func(Row, error) bool
	encoding string             // of a text file, for messages
	headers  map[string]*header // of objects, by their keys
}

// A header says which field each column of a table holds.
type header struct {
	names   []string // as they stand in the file, made different from each other
	columns []*column
	units   []string // 万元 of 拟投入资金（万元）
	known   int      // columns that hold a field
	titled  bool
	marks   bool           // first column is ErrorHeader: written by an ErrorWriter
	near    map[int]string // columns whose names are nearly a field's, and why
}

// usable reports whether this row can be a header: it names the title, or is one of an ErrorWriter.
func (h *header) usable() bool { return h.titled || h.marks }

const (
	// maxHeader bounds the characters of a column's name.
	maxHeader = 100
	// ErrorHeader, and two more, are the columns that an ErrorWriter adds; reading leaves them out.
	ErrorHeader = "错误说明"
	// rawHeader is the column in which an ErrorWriter puts a line that is not JSON.
	rawHeader = "原始内容"
)

var (
	bracketed = regexp.MustCompile(`[（(\[【].*?[）)\]】]`)
	unitName  = regexp.MustCompile(`(?:人民币)?([百千]?[万亿]?元)$`)
)

// header maps the cells of a row to fields by name.
func (t *tableReader) header(cells []string) *header {
	h := &header{marks: len(cells) > 0 && cells[0] == ErrorHeader}
	seen := map[string]int{}
	for i, cell := range cells {
		name := CleanLine(cell)
		if r := []rune(name); len(r) > maxHeader {
			name = string(r[:maxHeader])
		}
		if name == "" {
			name = fmt.Sprintf("第%d列", i+1)
		}
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s_%d", name, seen[name])
		}
		c, unit := t.column(name)
		h.names, h.columns, h.units = append(h.names, name), append(h.columns, c), append(h.units, unit)
		if c != nil && !c.ignored {
			h.known++
			h.titled = h.titled || c.name == "title"
		}
	}
	h.guessNames()
	return h
}

// column finds the field for a header, nil for one we don't know: by Map or Saved, by the whole name, or without the
// brackets and the unit in it.
func (t *tableReader) column(name string) (*column, string) {
	for _, m := range []map[string]string{t.o.Map, t.o.Saved} {
		for h, field := range m {
			if c := mapped(field); c != nil && normal(h) == normal(name) {
				return c, headerUnit(name)
			}
		}
	}
	if key, ok := strings.CutPrefix(name, "extra."); ok {
		return &column{name: "extra." + key}, ""
	}
	plain := normal(bracketed.ReplaceAllString(name, ""))
	for _, key := range []string{normal(name), plain, unitName.ReplaceAllString(plain, "")} {
		if c := columnsByAlias()[key]; c != nil {
			return c, headerUnit(name)
		}
	}
	return nil, ""
}

func headerUnit(name string) string {
	for _, part := range append(bracketed.FindAllString(name, -1), name) {
		if m := unitName.FindStringSubmatch(normal(part)); m != nil {
			return m[1]
		}
	}
	return ""
}

// beside is the column of what a map keeps beside the fields.
var beside = &column{name: "+"}

// mapped is the column of a field that a map names, nil for an unknown one; "-" and "" leave a column out, "+" keeps it
// beside the fields.
func mapped(field string) *column {
	if field == beside.name {
		return beside
	}
	if field == "" || field == "-" {
		field = "ignored"
	}
	return columnsByName()[field]
}

// CheckMap refuses a map of headers to fields that names a field which is not there.
func CheckMap(m map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if mapped(m[name]) == nil {
			return &Error{Code: Invalid, Field: "map", Message: "没有名为 " + m[name] + " 的字段",
				Fix: "用其中之一：" + strings.Join(slices.Sorted(maps.Keys(columnsByName())), " ") + "；不要这一列写 -，原样保留写 +"}
		}
	}
	return nil
}

// checkMap refuses a Map that names what is not there.
func (t *tableReader) checkMap(h *header) error {
	if err := CheckMap(t.o.Map); err != nil || h == nil {
		return err
	}
	for name := range t.o.Map {
		if !slices.ContainsFunc(h.names, func(n string) bool { return normal(n) == normal(name) }) {
			return &Error{Code: Invalid, Message: "文件里没有名为 " + name + " 的列", Fix: "现有的列：" + strings.Join(h.names, "、")}
		}
	}
	return nil
}

// noHeader is the error of a table without a header that we know.
func noHeader(file string) error {
	return &Error{Code: Invalid, Field: file, Message: fmt.Sprintf("前 %d 行里没有带“名称”列的表头", headerRows),
		Fix: "给名称所在的列取名“名称”，或用 --map 列名=title 指明"}
}

// A tableLine is one row of a table as it stands in the file: its cells or, with some of them or none, what is wrong.
type tableLine struct {
	cells   []string
	lossy   []bool // of cells: see cell
	n       int    // line of a text file, row of a sheet, from 1
	problem *Error
}

// rows reads a table row by row: next returns io.EOF at the end. The header is the first of headerRows rows that names
// the title; found says whether there was one.
func (t *tableReader) rows(next func() (tableLine, error)) (found bool, err error) {
	if err := t.checkMap(nil); err != nil {
		return false, err
	}
	var h *header
	for n := 0; h != nil || n < headerRows; n++ {
		line, err := next()
		if errors.Is(err, io.EOF) {
			return h != nil, nil
		}
		if err != nil {
			return false, unreadable(err)
		}
		cells, problem := line.cells, line.problem
		if problem == nil && !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		if problem == nil && (h == nil || cells[0] == ErrorHeader) {
			if candidate := t.header(cells); candidate.usable() {
				h = candidate
				if err := t.checkMap(h); err != nil && !h.marks {
					return true, err
				}
				next = t.sampled(h, next)
			}
			continue
		}
		if h == nil || problem == nil && h.skips(cells) {
			continue
		}
		row := Row{File: t.file, Line: line.n, Header: h.names, Cells: cells, lossy: line.lossy}
		if problem != nil {
			row.Problems = append(row.Problems, problem)
		} else {
			t.tableRow(&row, h)
		}
		if !t.yield(row, nil) {
			return true, errStopped
		}
	}
	return false, nil
}

// skips reports whether a row is the header once more, or a sum.
func (h *header) skips(cells []string) bool {
	if slices.Equal(cells, h.names) {
		return true
	}
	for i, c := range cells {
		if i < len(h.columns) && h.columns[i] != nil && h.columns[i].name == "title" && strings.TrimSpace(c) != "" {
			return false
		}
	}
	return slices.ContainsFunc(cells, func(c string) bool {
		c = normal(c)
		return c == "合计" || c == "总计" || c == "小计"
	})
}

func (t *tableReader) tableRow(row *Row, h *header) {
	for i, c := range row.Cells[min(len(row.Cells), len(h.names)):] {
		if strings.TrimSpace(c) != "" {
			row.Problems = append(row.Problems, &Error{Code: Invalid,
				Message: fmt.Sprintf("有 %d 个单元格，而表头只有 %d 个", len(h.names)+i+1, len(h.names)), Fix: "给含分隔符的单元格加上引号"})
			return
		}
	}
	for i, c := range row.Cells[:min(len(row.Cells), len(h.names))] {
		if h.marks && h.names[i] == rawHeader && c != "" {
			t.object(row, c)
			return
		}
	}
	t.fill(row, h, nil)
}

// fill makes row.Doc from row.Cells. compound marks cells that hold a JSON array or object.
func (t *tableReader) fill(row *Row, h *header, compound []bool) {
	d := &row.Doc
	d.Source = t.o.Source
	extra := map[string]string{}
	for _, late := range []bool{false, true} {
		for i, text := range row.Cells[:min(len(row.Cells), len(h.names))] {
			col := h.columns[i]
			if text == "" || col == nil && late || col != nil && (col.late != late || col.ignored) {
				continue
			}
			if n := strings.Count(text, "\ufffd"); n > 0 {
				row.Warnings = append(row.Warnings, &Error{Code: Invalid, Field: h.names[i],
					Message: fmt.Sprintf("有 %d 个字符无法识别", n), Fix: t.encodingFix()})
			}
			switch {
			case col == nil, col == beside:
				extra[h.names[i]] = text
			case col.set == nil: // extra.NAME
				extra[strings.TrimPrefix(col.name, "extra.")] = text
			default:
				err := col.set(d, cell{text: text, unit: h.units[i], compound: compound != nil && compound[i],
					lossy: row.lossy != nil && row.lossy[i]})
				if err == nil {
					continue
				}
				err.Field = h.names[i]
				if col.essential && !isKept(err) {
					row.Problems = append(row.Problems, err)
					continue
				}
				extra[h.names[i]] = text
				if !isKept(err) {
					row.Warnings = append(row.Warnings, err)
				}
			}
		}
	}
	t.finish(row, h, extra)
}

func (t *tableReader) encodingFix() string {
	if t.encoding == "" {
		return "在表格里改正这些字符"
	}
	return "文件按 " + t.encoding + " 读取；换一种编码另存，或用 --encoding 指明，或改正这些字符"
}

// finish checks what all columns together made.
func (t *tableReader) finish(row *Row, h *header, extra map[string]string) {
	d := &row.Doc
	if len(extra) > 0 && d.Extra == nil {
		d.Extra = map[string]string{}
	}
	for _, k := range slices.Sorted(maps.Keys(extra)) {
		if size := extraSize(d.Extra) + len(k) + len(extra[k]); len(d.Extra) >= MaxExtra || size > MaxExtraBytes {
			row.Warnings = append(row.Warnings, &Error{Code: Invalid, Field: k, Message: "未知的列太多或太长，这一列没有保留", Fix: "删去不需要的列"})
			continue
		}
		d.Extra[k] = extra[k]
	}
	if d.Kind == "" {
		d.Kind = t.o.Kind
	}
	where := func(field string) string {
		for i, c := range h.columns {
			if c != nil && c.name == field {
				return h.names[i]
			}
		}
		return field
	}
	row.noStatus, row.noDisclosure = d.Status == "", d.Disclosure == nil
	for _, e := range d.Check() {
		if len(row.Problems) > 0 && (e.Field == "kind" || e.Field == "title") {
			continue // said by its cell
		}
		e.Field = where(e.Field)
		row.Problems = append(row.Problems, e)
	}
	if err := CheckRegistration(d.Registration); err != nil {
		e, _ := errors.AsType[*Error](err)
		e.Field = where("registration")
		row.Warnings = append(row.Warnings, e)
	}
}
