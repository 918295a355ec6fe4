package corpus

import (
	"bufio"
	"regexp"
	"strings"
	"unicode"
)

// A Mapping says which field a column of a table holds, and how sure that is.
type Mapping struct {
	Header     string  `json:"header"`
	Field      string  `json:"field,omitempty" doc:"-: the column is left out; none: its cells are kept beside the fields"`
	Confidence float64 `json:"confidence" doc:"from 0 to 1; from 0.8 on the column is read into the field, below that it is only proposed"`
	Why        string  `json:"why,omitempty"`
	Sample     string  `json:"sample,omitempty" doc:"the beginning of its first cell that is not empty"`
}

// Used reports whether the column is read into the field; else it is a proposal, or there is nothing to propose.
func (m Mapping) Used() bool { return m.Field != "" && m.Confidence >= likely }

const (
	// likely is the confidence of a name that is nearly a field's, and the least that counts without a person.
	likely = .8
	// sampleRows is how many rows of a table a guess looks at.
	sampleRows = 20
	// maxSample and maxLooked bound the characters of a sample, and those of a cell that are looked at.
	maxSample, maxLooked = 40, 200
)

// cut is s with its first n characters, and a sign where there were more.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// Guess says which fields the columns of a table hold: by what o names, by their names, and by the look of rows.
func Guess(names []string, rows [][]string, o ReadOptions) []Mapping {
	t := &tableReader{o: o}
	return t.guess(t.header(names, nil), rows)
}

func (t *tableReader) guess(h *header, rows [][]string) []Mapping {
	taken := map[string]bool{}
	for _, c := range h.columns {
		if c != nil && c.name != "contact" && c.name != "text" {
			taken[c.name] = true
		}
	}
	out := make([]Mapping, len(h.names))
	for i, name := range h.names {
		var cells []string
		for _, row := range rows {
			if i < len(row) {
				if c := CleanLine(row[i]); c != "" {
					cells = append(cells, cut(c, maxLooked))
				}
			}
		}
		m := &out[i]
		m.Header = name
		if len(cells) > 0 {
			m.Sample = cut(cells[0], maxSample)
		}
		switch c := h.columns[i]; {
		case c == nil:
			if m.Field, m.Confidence, m.Why = t.look(name, cells); m.Field == "" {
				m.Field, m.Confidence, m.Why = oneOff(name)
			}
			if taken[m.Field] {
				m.Field, m.Confidence, m.Why = "", 0, ""
			}
		case h.near[i] != "":
			m.Field, m.Confidence, m.Why = c.name, likely, h.near[i]
		default:
			m.Field, m.Confidence, m.Why = c.name, 1, t.named(name)
		}
		if m.Field == "ignored" {
			m.Field = "-"
		}
	}
	return out
}

// named says why a column's name is a field's.
func (t *tableReader) named(name string) string {
	for h := range t.o.Map {
		if normal(h) == normal(name) {
			return "指定"
		}
	}
	for h := range t.o.Saved {
		if normal(h) == normal(name) {
			return "已存的对应"
		}
	}
	return "列名"
}

// guessNames takes columns whose names are nearly a field's that no other column has. A row is no header for a title
// that it only nearly names, unless it names more.
func (h *header) guessNames() {
	taken := map[string]bool{}
	for _, c := range h.columns {
		if c != nil {
			taken[c.name] = true
		}
	}
	var title bool
	for i, name := range h.names {
		if h.columns[i] != nil {
			continue
		}
		c, why := nearly(name)
		if c == nil || taken[c.name] {
			continue
		}
		if h.near == nil {
			h.near = map[int]string{}
		}
		taken[c.name] = true
		h.columns[i], h.units[i], h.near[i] = c, headerUnit(name), why
		if !c.ignored {
			h.known++
			title = title || c.name == "title"
		}
	}
	h.titled = h.titled || title && h.known > 1
}

var (
	// listMark is what stands before a name: 1、 （二） 3. and marks of what has to be filled in.
	listMark = regexp.MustCompile(`^[\s*＊★●※◆■□]*(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)、.．:：]\s*)?[\s*＊★●※◆■□]*`)
	// nameParts separates names that stand in one cell.
	nameParts = regexp.MustCompile(`[/／|｜、:：()（）\[\]【】]+`)
	noiseHead = regexp.MustCompile(`^(?:请?(?:填写|输入|选择)|必填|选填|具体|申报|本?项目的|您的|所属的)+`)
	noiseTail = regexp.MustCompile(`(?:必填项?|选填项?|可选|请?填写|全称|信息|一栏)+$`)
	particles = strings.NewReplacer("的", "", "之", "", "和", "及", "与", "及")
)

// nearly finds the field that a header names with something around it: numbered, with words for who fills it in, in two
// languages, with a slip in a Latin word. A Chinese name with one character changed means something else too often: see
// oneOff.
func nearly(name string) (*column, string) {
	var found *column
	var chinese, other bool // whether the field's name is Chinese, and whether there are Latin words beside it
	name = listMark.ReplaceAllString(name, "")
	if at := strings.IndexAny(name, "：:"); at >= 0 { // 联系电话：0475-8888888 is a label with its value
		if c, noise := decorated(strings.TrimLeft(name[at:], "：: ")); c == nil && !noise {
			return nil, ""
		}
	}
	for _, part := range partsOf(name) {
		c, noise := decorated(part)
		han := strings.ContainsFunc(part, isHan)
		switch {
		case noise:
		case c == nil && !han:
			other = true
		case c == nil, found != nil && found != c:
			return nil, ""
		default:
			found, chinese = c, chinese || han
		}
	}
	if found != nil && (chinese || !other) {
		return found, "列名里有“" + found.title() + "”"
	}
	found = nil
	key := normal(name)
	for alias, c := range columnsByAlias() {
		if slipped(key, alias) {
			if found != nil && found != c {
				return nil, ""
			}
			found = c
		}
	}
	if found == nil {
		return nil, ""
	}
	return found, "列名与“" + found.title() + "”拼写相近"
}

// partsOf cuts a header into names: at separators and, where what lies between is no name, at blanks.
func partsOf(header string) (parts []string) {
	for _, part := range nameParts.Split(header, -1) {
		if c, _ := decorated(part); c != nil {
			parts = append(parts, part)
		} else {
			parts = append(parts, strings.Fields(part)...)
		}
	}
	return parts
}

// decorated finds the field of a name without the words around it; noise says that there is nothing but such words.
func decorated(name string) (c *column, noise bool) {
	key := normal(name)
	bare := noiseTail.ReplaceAllString(noiseHead.ReplaceAllString(key, ""), "")
	unitless := unitName.ReplaceAllString(bare, "")
	for _, k := range []string{key, bare, unitless, particles.Replace(bare)} {
		if c := columnsByAlias()[k]; c != nil {
			return c, false
		}
	}
	return nil, unitless == ""
}

// title is what people call the field of a column.
func (c *column) title() string {
	if c.header == "" {
		return c.name
	}
	return c.header
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// slipped reports whether two Latin words are one: with two letters of five or more swapped, a plural, or one letter of
// eight or more wrong. Shorter words are others by one letter: state and stage, score and scope.
func slipped(a, b string) bool {
	if min(len(a), len(b)) < 4 || max(len(a), len(b)) > min(len(a), len(b))+1 || strings.ContainsFunc(a+b, func(r rune) bool { return r >= 0x80 }) {
		return false
	}
	if a == b+"s" || b == a+"s" {
		return true
	}
	swap, one := differ([]rune(a), []rune(b))
	return swap && len(a) >= 5 || one && min(len(a), len(b)) >= 8
}

// differ reports whether a and b differ in two neighbours that are swapped, or in one that is changed, added or missing.
func differ(a, b []rune) (swap, one bool) {
	if len(a) > len(b) {
		a, b = b, a
	}
	at := 0
	for at < len(a) && a[at] == b[at] {
		at++
	}
	same := func(x, y []rune) bool { return string(x) == string(y) }
	switch len(b) - len(a) {
	case 0:
		if at < len(a) {
			one = same(a[at+1:], b[at+1:])
			swap = at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && same(a[at+2:], b[at+2:])
		}
	case 1:
		one = same(a[at:], b[at+1:])
	}
	return swap, one
}

// oneOff proposes the field of a Chinese name that differs from the header's in one character: 公示时间 and 公布时间.
func oneOff(name string) (field string, confidence float64, why string) {
	key := []rune(normal(bracketed.ReplaceAllString(name, "")))
	if len(key) < 4 || !strings.ContainsFunc(string(key), isHan) {
		return "", 0, ""
	}
	var near string
	for alias, c := range columnsByAlias() {
		swap, one := differ(key, []rune(alias))
		if !swap && !one || c.ignored {
			continue
		}
		if field != "" && field != c.name {
			return "", 0, ""
		}
		if near == "" || alias < near {
			field, near = c.name, alias
		}
	}
	if near == "" {
		return "", 0, ""
	}
	return field, .5, "列名与“" + near + "”只差一个字"
}

// sampled tells of a table's columns with the rows that follow its header, which it leaves to be read.
func (t *tableReader) sampled(h *header, lines *lineReader) {
	if t.o.Mapped == nil {
		return
	}
	ahead := lines.take(sampleRows)
	var rows [][]string
	for _, line := range ahead {
		if line.problem == nil {
			rows = append(rows, line.Cells)
		}
	}
	t.o.Mapped(t.file, t.guess(h, rows))
	lines.back = append(ahead, lines.back...)
}

// sampledObjects tells of the keys of the first objects in r, which it leaves unread.
func (t *tableReader) sampledObjects(r *bufio.Reader) {
	if t.o.Mapped == nil {
		return
	}
	head, _ := r.Peek(sniffed) // what can't be read, the reader meets again
	var names []string
	at := map[string]int{}
	var rows [][]string
	for line := range strings.Lines(string(head)) {
		keys, values, _, err := readObject(strings.TrimSpace(line))
		if err != nil {
			continue
		}
		row := make([]string, len(names), len(names)+len(keys))
		for i, key := range keys {
			if _, ok := at[key]; !ok {
				at[key] = len(names)
				names, row = append(names, key), append(row, "")
			}
			row[at[key]] = values[i]
		}
		if rows = append(rows, row); len(rows) == sampleRows {
			break
		}
	}
	if len(names) > 0 {
		t.o.Mapped(t.file, t.guess(t.header(names, nil), rows))
	}
}
