package corpus

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"duijie/corpus/sheet"
)

// A tableReader turns the rows of one file into postings.
type tableReader struct {
	file     string
	o        ReadOptions
	yield    func(Row, error) bool
	sheet    string             // that is read
	encoding string             // of a text file, for messages
	headers  map[string]*header // of objects, by their keys
	archived bool               // the file is an entry of an archive
}

// noColumn is the error of a Map that names a column which a table does not have; another table may have it.
type noColumn struct{ cause *Error }

func (e noColumn) Error() string { return e.cause.Error() }
func (e noColumn) Unwrap() error { return e.cause }

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
			return noColumn{&Error{Code: Invalid, Message: "文件里没有名为 " + name + " 的列", Fix: "现有的列：" + strings.Join(h.names, "、")}}
		}
	}
	return nil
}

// noHeader is the error of a table without a header that we know.
func noHeader(file string) *Error {
	return &Error{Code: Invalid, Field: file, Message: fmt.Sprintf("前 %d 行里没有带“名称”列的表头", headerRows),
		Fix: "给名称所在的列取名“名称”，或用 --map 列名=title 指明；是一段消息的话，用 --paste 成稿"}
}

// A tableLine is one row of a table as it stands in the file: its cells or, with some of them or none, what is wrong.
type tableLine struct {
	sheet.Row        // N is the line of a text file
	lossy     []bool // of Cells: see cell
	problem   *Error
}

// own reports whether a cell has a text that does not come from a merged range that began in a row above.
func (l *tableLine) own(i int) bool {
	return strings.TrimSpace(l.Cells[i]) != "" && (l.Top == nil || l.Top[i] == l.N)
}

// blank reports whether nothing stands in the row.
func (l *tableLine) blank() bool {
	return l.problem == nil && !slices.ContainsFunc(l.Cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// A lineReader reads the rows of a table one by one, io.EOF at the end; rows can be put back.
type lineReader struct {
	read func() (tableLine, error)
	back []tableLine
}

func (l *lineReader) next() (tableLine, error) {
	if len(l.back) > 0 {
		line := l.back[0]
		l.back = l.back[1:]
		return line, nil
	}
	return l.read()
}

// rows reads a table. The header is the first of headerRows rows that names the title, with the row above or below it
// where one of them groups the other; found says whether there was one.
func (t *tableReader) rows(lines *lineReader) (found bool, err error) {
	if err := t.checkMap(nil); err != nil {
		return false, err
	}
	var h *header
	var above *tableLine
	for n := 0; h != nil || n < headerRows; n++ {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return h != nil, nil
		}
		if err != nil {
			return h != nil, readError(err)
		}
		if line.blank() {
			continue
		}
		if line.problem == nil && (h == nil || line.Cells[0] == ErrorHeader) {
			if candidate := t.headerOf(above, &line); candidate.usable() {
				if h, err = t.below(candidate, &line, lines); err != nil {
					return true, err
				}
				t.sampled(h, lines)
			}
			above = &line
			continue
		}
		if h == nil || line.problem == nil && h.skips(&line) {
			continue
		}
		row := Row{File: t.file, Sheet: t.sheet, Line: line.N, Header: h.names, Cells: line.Cells, lossy: line.lossy}
		if line.problem != nil {
			row.Problems = append(row.Problems, line.problem)
		} else {
			h.narrow(&line)
			t.tableRow(&row, h)
		}
		if !t.yield(row, nil) {
			return true, errStopped
		}
	}
	return false, nil
}

// below completes a header by the row under it where that is its second one.
func (t *tableReader) below(h *header, line *tableLine, lines *lineReader) (*header, error) {
	if line.Left != nil {
		switch second, err := lines.next(); {
		case errors.Is(err, io.EOF):
		case err != nil:
			return nil, readError(err)
		case second.problem == nil && line.completes(&second):
			h = t.headerOf(line, &second)
		default:
			lines.back = append([]tableLine{second}, lines.back...)
		}
	}
	if err := t.checkMap(h); err != nil && !h.marks {
		return nil, err
	}
	return h, nil
}

// narrow takes the text of cells that are merged over several columns out of all but the first, unless their headers are
// parts of one group: then it holds for each.
func (h *header) narrow(line *tableLine) {
	for i, left := range line.Left {
		if left < i && (i >= len(h.groups) || h.groups[i] != h.groups[left] || h.columns[i] == h.columns[left]) {
			line.Cells[i] = ""
		}
	}
}

// footnote begins a line below a table that is no row of it.
var footnote = regexp.MustCompile(`^(?:注|备注|说明|填表说明|填写说明|(?:填表|填报|制表)(?:人|单位|日期|时间)?) *[：:]`)

// skips reports whether a row is no posting: the header once more, a sum, a line across the table or below it, or one
// with nothing of its own.
func (h *header) skips(line *tableLine) bool {
	if h.marks {
		return slices.Equal(line.Cells, h.names)
	}
	first := slices.IndexFunc(line.Cells, func(c string) bool { return strings.TrimSpace(c) != "" })
	texts, sum, title, again, wide := 0, false, "", false, false
	for i, c := range line.Cells {
		if c = strings.TrimSpace(c); c == "" || line.Left != nil && line.Left[i] < i {
			wide = wide || c != ""
			continue
		}
		sum = sum || isSum(c)
		if i >= len(h.columns) || h.columns[i] == nil || !h.columns[i].ignored {
			if line.own(i) {
				texts++
			}
			if i < len(h.columns) && h.columns[i] != nil && h.columns[i].name == "title" {
				title = c
				again = again || c == h.names[i]
			}
		}
	}
	switch {
	case texts == 0, again, isSum(line.Cells[first]), sum && (title == "" || isSum(title)):
		return true
	case texts > 1:
		return false
	}
	if wide && len(h.names) > 2 && 2*line.width(first) > len(h.names) {
		return true
	}
	return footnote.MatchString(strings.TrimSpace(line.Cells[first]))
}

// width is over how many columns a cell extends.
func (l *tableLine) width(i int) int {
	n := 1
	for i+n < len(l.Left) && l.Left[i+n] == l.Left[i] {
		n++
	}
	return n
}

func isSum(cell string) bool {
	switch normal(bracketed.ReplaceAllString(cell, "")) {
	case "合计", "总计", "小计", "共计":
		return true
	}
	return false
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
				err := row.set(col, cell{text: text, unit: h.units[i], compound: compound != nil && compound[i],
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
				row.mapped = append(row.mapped, h.names[i])
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

// asksConsent finds columns that ask whether a posting may be shown, refusal the answers against it. Both are normal.
var (
	asksConsent = regexp.MustCompile(`^(?:是否|可否|能否|同意|愿意)[^不非]*公[开示布]`)
	refusal     = words("否 不 不同意 不公开 不同意公开 不愿意 不愿公开 no n false")
)

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
		d.Kind = cmp.Or(t.o.Kind, h.kind())
	}
	for _, k := range slices.Sorted(maps.Keys(extra)) {
		if asksConsent.MatchString(normal(k)) && refusal[normal(extra[k])] && d.Status != Withdrawn {
			d.Status = Draft
			row.Warnings = append(row.Warnings, &Error{Code: Invalid, Field: k, Message: "不同意公开：存为草稿，不发布，也不参加匹配", Fix: "取得同意后改这一格再导入"})
		}
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
	for _, err := range []error{CheckRegistration(d.Registration), CheckOrgCode(d.OrgCode)} {
		if e, ok := errors.AsType[*Error](err); ok {
			e.Field = where(e.Field)
			row.Warnings = append(row.Warnings, e)
		}
	}
}
