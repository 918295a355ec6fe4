package corpus

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"duijie/corpus/sheet"
)

const (
	// formRows is how many rows of a table show whether it is a form.
	formRows = 2 * headerRows
	// maxForm bounds the rows of a form; a table with more is a list.
	maxForm = 500
)

// tables reads the tables of a file: all that have a header we know, each with its own. Of others with something in
// them, a note tells; none is the error of a file of which no table was read.
func (t *tableReader) tables(tables iter.Seq2[sheet.Table, error], none *Error) error {
	read, number := false, 0
	var without []string
	for table, err := range tables {
		if err != nil {
			return readError(err)
		}
		number++
		t.sheet = table.Name
		found, blank, err := t.table(table)
		if e, ok := errors.AsType[noColumn](err); ok {
			none, found = e.cause, false
		} else if err != nil {
			return err
		}
		if read = read || found; !found && !blank {
			name := table.Name
			if name == "" {
				name = fmt.Sprintf("第 %d 个表格", number)
			}
			without = append(without, name)
		}
	}
	t.sheet = ""
	switch {
	case !read:
		return none
	case len(without) > 0:
		return t.note(without)
	}
	return nil
}

// note tells of tables that were not read.
func (t *tableReader) note(tables []string) error {
	if n := len(tables); n > 20 {
		tables = append(slices.Clone(tables[:20]), fmt.Sprintf("等 %d 个", n))
	}
	e := &Error{Code: Invalid, Message: "没有读：" + strings.Join(tables, "、") + "，里面没有认得的表头", Fix: "要读的话，给名称所在的列取名“名称”，或用 --map 列名=title 指明"}
	if !t.yield(Row{File: t.file, Note: true, Warnings: []*Error{e}}, nil) {
		return errStopped
	}
	return nil
}

// table reads one table, a list or a form; found says whether it was one of them.
func (t *tableReader) table(table sheet.Table) (found, blank bool, err error) {
	next, stop := iter.Pull2(table.Rows)
	defer stop()
	lines := &lineReader{read: func() (tableLine, error) {
		row, err, ok := next()
		if !ok {
			err = io.EOF
		}
		return tableLine{Row: row, lossy: slices.Repeat([]bool{true}, len(row.Cells))}, err
	}}
	head := lines.take(formRows)
	blank = !slices.ContainsFunc(head, func(l tableLine) bool { return !l.blank() })
	if t.isForm(head) {
		rest := lines.take(maxForm)
		head = append(head, rest...)
		if pairs := t.gridPairs(head); len(rest) < maxForm && slices.ContainsFunc(pairs, t.titles) {
			if err := t.forms(pairs); err != nil {
				return true, false, err
			}
			if _, err := lines.next(); !errors.Is(err, io.EOF) {
				return true, false, readError(err)
			}
			return true, false, nil
		}
	}
	lines.back = head
	found, err = t.rows(lines)
	return found, blank, err
}

func atEnd() (tableLine, error) { return tableLine{}, io.EOF }

// take reads up to n rows. An error waits for those who read on.
func (l *lineReader) take(n int) (lines []tableLine) {
	for len(lines) < n {
		line, err := l.next()
		if err != nil {
			l.read = func() (tableLine, error) { return tableLine{}, err }
			break
		}
		lines = append(lines, line)
	}
	return lines
}

// document reads a document: labels and values of its tables and paragraphs make forms, tables that are lists their own
// rows. A table of which we know no label is kept as text.
func (t *tableReader) document(blocks iter.Seq2[sheet.Block, error]) error {
	var pairs []formPair
	var paragraphs []string
	listed, heading, at := false, "", 0
	flush := func() {
		pairs = append(pairs, t.linePairs(strings.Join(paragraphs, "\n"), at, true)...)
		paragraphs = nil
	}
	for b, err := range blocks {
		if err != nil {
			return readError(err)
		}
		if b.Table == nil {
			if len(paragraphs) == 0 {
				at = b.N
			}
			paragraphs = append(paragraphs, b.Text)
			heading = b.Text
			continue
		}
		flush()
		var lines []tableLine
		for row, err := range b.Table.Rows {
			if err != nil {
				return readError(err)
			}
			lines = append(lines, tableLine{Row: row})
		}
		if !t.isForm(lines[:min(len(lines), formRows)]) || len(lines) > maxForm {
			found, err := t.rows(&lineReader{back: lines, read: atEnd})
			if err != nil {
				return err
			}
			if listed = listed || found; found {
				continue
			}
		}
		if more := t.gridPairs(lines[:min(len(lines), maxForm)]); slices.ContainsFunc(more, t.knows) || len(more) > 0 && !plausible(heading) {
			pairs = append(pairs, more...)
		} else if text := tableText(lines); text != "" {
			pairs = append(pairs, formPair{"", heading, text, b.N})
		}
	}
	flush()
	switch {
	case slices.ContainsFunc(pairs, t.titles), !listed && slices.ContainsFunc(pairs, t.knows):
		return t.forms(pairs)
	case !listed:
		return &Error{Code: Invalid, Message: "文档里没有带“名称”等栏目的表单，也没有带“名称”列的表格",
			Fix: "在表格的一格写“需求名称”，旁边写内容；或给名称所在的列取名“名称”"}
	}
	return nil
}

// knows reports whether a label names a field.
func (t *tableReader) knows(p formPair) bool {
	c, _, _ := t.grouped(p.label, p.group)
	return c != nil && !c.ignored
}

// tableText is a table as text, a line for each row.
func tableText(lines []tableLine) string {
	var out []string
	for i := range lines {
		var texts []string
		for _, c := range formCells(lines, i) {
			if c.text != "" {
				texts = append(texts, c.text)
			}
		}
		if len(texts) > 0 {
			out = append(out, strings.Join(texts, " "))
		}
	}
	return strings.Join(out, "\n")
}
