package corpus

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A header says which field each column of a table holds.
type header struct {
	names   []string // as they stand in the file, made different from each other
	columns []*column
	units   []string // 万元 of 拟投入资金（万元）
	known   int      // columns that hold a field
	titled  bool
	marks   bool           // first column is ErrorHeader: written by an ErrorWriter
	near    map[int]string // columns whose names are nearly a field's, and why
	groups  []int          // of two rows: for each column the one in which the group above it begins; nil: there are none
}

// usable reports whether this row can be a header: it names the title, or is one of an ErrorWriter.
func (h *header) usable() bool { return h.titled || h.marks }

// kind is what the name of the title's column says that the rows are; "" where it says nothing.
func (h *header) kind() Kind {
	for i, c := range h.columns {
		if c == nil || c.name != "title" {
			continue
		}
		for _, k := range []struct {
			word string
			kind Kind
		}{{"需求", Need}, {"难题", Need}, {"成果", Achievement}, {"专家", Expert}} {
			if strings.Contains(h.names[i], k.word) {
				return k.kind
			}
		}
	}
	return ""
}

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

// header maps the cells of a row to fields by name. groups are what stands above them, "" over those that stand alone;
// nil: nothing does.
func (t *tableReader) header(cells, groups []string) *header {
	h := &header{marks: len(cells) > 0 && cells[0] == ErrorHeader}
	seen := map[string]int{}
	for i, cell := range cells {
		name, group := CleanLine(cell), ""
		if i < len(groups) {
			group = CleanLine(groups[i])
		}
		c, unit, name := t.grouped(name, group)
		if r := []rune(name); len(r) > maxHeader {
			name = string(r[:maxHeader])
		}
		if name == "" {
			name = fmt.Sprintf("第%d列", i+1)
		}
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s_%d", name, seen[name])
			c, unit = t.column(name)
		}
		h.names, h.columns, h.units = append(h.names, name), append(h.columns, c), append(h.units, unit)
		if c != nil && !c.ignored {
			h.known++
			h.titled = h.titled || c.name == "title"
		}
	}
	h.guessNames()
	t.persons(h)
	return h
}

// grouped finds the field for a header that stands below another: 电话 below 联系人 says enough, 数值 is named 技术指标数值,
// and a name below 联系人 is nobody's title.
func (t *tableReader) grouped(name, group string) (*column, string, string) {
	c, unit := t.column(name)
	if group == "" || group == name || c != nil && c.name != "title" {
		return c, unit, name
	}
	both, bothUnit := t.column(group + name)
	over, _ := t.column(group)
	switch {
	case both != nil:
		return both, bothUnit, group + name
	case c == nil:
		return nil, "", group + name
	case over != nil:
		return over, "", group + name
	}
	return c, unit, name
}

// persons takes 姓名 for whom to ask where another column names the posting.
func (t *tableReader) persons(h *header) {
	titles, persons := 0, 0
	for i, c := range h.columns {
		if c != nil && c.name == "title" {
			if titles++; normal(h.names[i]) == "姓名" && t.o.Kind != Expert {
				persons++
			}
		}
	}
	if t.o.Kind == "" || persons == 0 || persons == titles {
		return
	}
	for i, c := range h.columns {
		if c != nil && c.name == "title" && normal(h.names[i]) == "姓名" && t.o.Map[h.names[i]] == "" {
			h.columns[i] = columnsByName()["contact"]
		}
	}
}

// column finds the field for a header, nil for one we don't know: by Map or Saved, by the whole name, or without the brackets
// and the unit in it.
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

// HeaderName takes a header apart: its name without what stands in brackets, and the unit of money in it: 万元 of
// 合同金额（万元）; "" where there is none.
func HeaderName(header string) (name, unit string) {
	return strings.TrimSpace(bracketed.ReplaceAllString(header, "")), headerUnit(header)
}

func headerUnit(name string) string {
	for _, part := range append(bracketed.FindAllString(name, -1), name) {
		if m := unitName.FindStringSubmatch(normal(part)); m != nil {
			return m[1]
		}
	}
	return ""
}

// headerOf maps a row, whose columns stand under the groups of the row above where that has some.
func (t *tableReader) headerOf(above, line *tableLine) *header {
	if above == nil || above.N+1 != line.N || !above.hasGroups(line) {
		return t.spread(t.header(line.Cells, nil), line)
	}
	names, groups, at := slices.Clone(line.Cells), make([]string, len(line.Cells)), make([]int, len(line.Cells))
	for i := range names {
		at[i] = i
		if i >= len(above.Cells) || line.Top != nil && line.Top[i] < line.N {
			continue // one name over both rows
		}
		if strings.TrimSpace(names[i]) == "" {
			names[i] = above.Cells[i]
			continue
		}
		groups[i] = above.Cells[i]
		if above.Left != nil {
			at[i] = above.Left[i]
		}
	}
	h := t.header(names, groups)
	h.groups = at
	return h
}

// spread gives the columns of a merged header cell, which has nothing below it, one field.
func (t *tableReader) spread(h *header, line *tableLine) *header {
	for i, left := range line.Left {
		if left < i {
			h.columns[i], h.units[i] = h.columns[left], h.units[left]
		}
	}
	return h
}

// hasGroups reports whether upper is a row of group names over lower: a merged cell with different names below, and not
// one cell over the whole table.
func (upper *tableLine) hasGroups(lower *tableLine) bool {
	distinct := map[string]bool{}
	for _, c := range upper.Cells {
		if c = strings.TrimSpace(c); c != "" {
			distinct[c] = true
		}
		if strings.ContainsAny(c, "：:") { // 填报日期：2026年
			return false
		}
	}
	if upper.Left == nil || len(distinct) < 2 {
		return false
	}
	grouped := false
	for i, left := range upper.Left {
		if left < i && i < len(lower.Cells) && lower.own(i) && lower.own(left) && upper.Cells[i] != "" && lower.Cells[i] != lower.Cells[left] {
			grouped = true
		}
	}
	return grouped
}

// completes reports whether below is the second row of the header that line is the first of: all that is its own stands
// under groups.
func (line *tableLine) completes(below *tableLine) bool {
	if line.N+1 != below.N || !line.hasGroups(below) {
		return false
	}
	for i := range below.Cells {
		if !below.own(i) {
			continue
		}
		inGroup := i < len(line.Left) && (line.Left[i] < i || i+1 < len(line.Left) && line.Left[i+1] == i)
		if !inGroup {
			return false
		}
	}
	return true
}
