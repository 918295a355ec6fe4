package corpus

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A labelledText is one value of a text with the label it stood under; running text has no column.
type labelledText struct {
	label  string // as written, without the number before it
	column *column
	value  string
}

// closedToText are the fields that no label of a text sets: who a row is and who may see it, the program says.
var closedToText = words("kind id source source_id status disclosure extra links confirmed withdrawn ignored registration programme project_number from until period")

var (
	itemNumber  = regexp.MustCompile(`^(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．:：]+|[①-⑳]|[•·●■◆▪○□★☆※*►▶✦-]+) ?`)
	labelNumber = regexp.MustCompile(`(?:[一二三四五六七八九十]{1,2}|\d{1,2}|[①-⑩])$`)
	latinLabel  = words("email tel phone mobile wechat qq contact")
	hanLetter   = regexp.MustCompile(`\p{Han}`)
	// traditional are the characters of labels that simplified script writes otherwise.
	traditional = strings.NewReplacer("業", "业", "稱", "称", "電", "电", "話", "话", "聯", "联", "繫", "系", "絡", "络", "機", "机", "術", "术", "難", "难",
		"題", "题", "標", "标", "預", "预", "單", "单", "內", "内", "簡", "简", "資", "资", "區", "区", "號", "号")
)

// textLabel finds the column that a label of a text means. Needs have no people but those to speak to.
func (t *tableReader) textLabel(s string) *column {
	s = traditional.Replace(strings.TrimSpace(s))
	if utf8.RuneCountInString(s) > 20 || utf8.RuneCountInString(s) < 2 || !hanLetter.MatchString(s) && !latinLabel[normal(s)] {
		return nil
	}
	c, _ := t.column(s)
	if m := labelNumber.FindStringIndex(s); c == nil && m != nil && hanLetter.MatchString(lastRune(s[:m[0]])) { // 需求1
		if c, _ = t.column(s[:m[0]]); c != nil && !manyLines(c) && c.name != "title" && c.name != "org" {
			return nil
		}
	}
	switch {
	case c == nil || closedToText[c.name]:
		return nil
	case c.name == "people" || c.name == "position" || strings.HasSuffix(s, "姓名"):
		if t.o.Kind == Need {
			return columnsByName()["contact"]
		}
	}
	return c
}

func lastRune(s string) string {
	_, n := utf8.DecodeLastRuneInString(s)
	return s[len(s)-n:]
}

// labels takes a message apart at the labels in it.
func (t *tableReader) labels(text string) []labelledText {
	var out []labelledText
	var open *labelledText // takes the lines that follow
	waits := false         // for its value: 企业名称： at the end of a line
	put := func(l labelledText) {
		out = append(out, l)
		open, waits = &out[len(out)-1], l.value == ""
	}
	for line := range strings.SplitSeq(text, "\n") {
		pieces := t.cutLine(line)
		if pieces[0].column == nil && len(pieces) > 1 && itemNumber.MatchString(line) {
			pieces = []labelledText{{value: line}} // labels in an item of a list are of that item alone
		}
		for i, p := range pieces {
			switch {
			case p.column != nil:
				put(p)
			case i == 0 && open != nil && (open.column == nil || manyLines(open.column) || waits && p.value != ""):
				open.value = strings.TrimPrefix(open.value+"\n"+p.value, "\n")
				waits = waits && p.value == ""
			case p.value != "":
				put(p)
			}
		}
	}
	return out
}

// manyLines reports whether the value of a label goes on behind the end of its line.
func manyLines(c *column) bool {
	return c.name == "text" || c.name == "goal" || c.name == "tried" || c.name == "indicators" || c.name == "evaluation" || c.late && c.get == nil
}

// cutLine cuts a line at its labels: 企业名称：甲公司 联系人：乙, 【需求】丙, and a label that has the line for itself.
func (t *tableReader) cutLine(line string) []labelledText {
	plain := itemNumber.ReplaceAllString(line, "")
	whole := strings.Trim(plain, "【】[]：:；;。 ")
	if c := t.textLabel(whole); c != nil {
		return []labelledText{{whole, c, ""}}
	}
	if first, _, _ := strings.Cut(plain, " "); t.cellLabel(first) {
		cells := strings.Split(plain, " ")
		for i, name := range cells {
			if t.cellLabel(name) {
				cells[i] += "："
			}
		}
		line = strings.Join(cells, " ")
	}
	out := []labelledText{{}}
	from := 0 // of the value that is read
	for i, r := range line {
		if r != '：' && r != ':' && r != '】' && r != ']' || i < from {
			continue
		}
		begin, name, c := t.labelBefore(tail(line[from:i]), r == '】' || r == ']')
		if c == nil {
			continue
		}
		last := &out[len(out)-1]
		begin += i - from - len(tail(line[from:i]))
		last.value = strings.Trim(line[from:from+begin], " ，,；;|｜")
		from = i + utf8.RuneLen(r)
		if rest := strings.TrimLeft(line[from:], " "); strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, ":") {
			_, n := utf8.DecodeRuneInString(rest)
			from = len(line) - len(rest) + n
		}
		out = append(out, labelledText{name, c, ""})
	}
	out[len(out)-1].value = strings.TrimSpace(line[from:])
	if len(out) > 1 && itemNumber.ReplaceAllString(out[0].value, "") == "" {
		out = out[1:]
	}
	return out
}

// cellLabel reports whether a word without a colon can be a label beside its value, as cells of a form stand.
func (t *tableReader) cellLabel(name string) bool {
	c := t.textLabel(name)
	return c != nil && (utf8.RuneCountInString(name) > 2 || c.name == "contact")
}

// labelBefore finds the label that ends at the end of s: all of it, or what stands behind a blank or a comma; in brackets
// what stands behind the opening one.
func (t *tableReader) labelBefore(s string, bracket bool) (begin int, name string, c *column) {
	if bracket {
		open := max(strings.LastIndex(s, "【"), strings.LastIndex(s, "["))
		if open < 0 {
			return 0, "", nil
		}
		_, n := utf8.DecodeRuneInString(s[open:])
		name = s[open+n:]
		return open, name, t.textLabel(name)
	}
	starts := []int{0}
	for i, r := range s {
		if strings.ContainsRune(" ，,；;。！!？?|｜、\t/", r) {
			starts = append(starts, i+utf8.RuneLen(r))
		}
	}
	for _, at := range starts[max(0, len(starts)-8):] {
		cut := itemNumber.FindString(s[at:])
		name = s[at+len(cut):]
		if c = t.textLabel(name); c != nil {
			return at, name, c
		}
	}
	return 0, "", nil
}

// records groups what stands under labels by posting. A label of title, text or firm that comes again begins another
// one; what stands before the first of these belongs to all, and so do firm, region and contact that only the last has.
func records(all []labelledText) [][]labelledText {
	key := func(l labelledText) string {
		if l.column == nil || l.column.name != "title" && l.column.name != "text" && l.column.name != "org" {
			return ""
		}
		return labelNumber.ReplaceAllString(normal(l.label), "")
	}
	times := map[string]int{}
	for _, l := range all {
		times[key(l)]++
	}
	start := slices.IndexFunc(all, func(l labelledText) bool { return key(l) != "" && times[key(l)] > 1 })
	if start < 0 {
		return [][]labelledText{all}
	}
	var groups [][]labelledText
	for _, l := range all[start:] {
		if key(l) == key(all[start]) {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], l)
	}
	if len(groups) > maxPasted {
		return groups // too many, whatever they share
	}
	shared := slices.Clone(all[:start])
	for _, l := range groups[len(groups)-1] {
		alone := !slices.ContainsFunc(groups[:len(groups)-1], func(g []labelledText) bool {
			return slices.ContainsFunc(g, func(other labelledText) bool { return other.column == l.column })
		})
		if l.column != nil && alone && (l.column.name == "org" || l.column.name == "region" || l.column.name == "contact") {
			shared = append(shared, l)
		}
	}
	var out [][]labelledText
	for _, g := range groups {
		for _, r := range records(g) {
			for _, l := range slices.Backward(shared) {
				if !slices.ContainsFunc(r, func(own labelledText) bool {
					return own == l || own.column == l.column && l.column != nil && l.column.name != "contact"
				}) {
					r = slices.Insert(slices.Clone(r), 0, l)
				}
			}
			out = append(out, r)
		}
	}
	return out
}
