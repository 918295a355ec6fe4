package corpus

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"duijie/corpus/sheet"
)

// A Piece is one of several postings that a text lists.
type Piece struct{ Title, Text string }

// maxPasted is how many postings one text may hold; longer lists come as tables.
const maxPasted = 50

// maxLabels is how many labels one message may have: some ten for each of its postings.
const maxLabels = 500

// ReadText makes drafts of text that people wrote to people: a message of a chat, a mail, a note, the text of a form.
// Labels are headers as tables have them; what stands under none is the description, and o.Split says whether that is
// several. What reaches people goes into the contact, and out of all other fields. What was not labelled is a guess,
// named in Derived. Rows are numbered from 1 and have status Draft, unless the store knows better. An error has code
// TooLarge or Invalid.
func ReadText(text, name string, o ReadOptions) ([]Row, error) {
	if len(text) > MaxText {
		return nil, &Error{Code: TooLarge, Message: tooManyBytes(len(text), MaxText).Message, Fix: "分几次处理"}
	}
	if !utf8.ValidString(text) {
		return nil, &Error{Code: Invalid, Message: "不是 UTF-8 文字", Fix: "另存为 UTF-8"}
	}
	o.Kind = cmp.Or(o.Kind, Need)
	t := &tableReader{file: name, o: o}
	var rows []Row
	for _, m := range cutMessages(Clean(text)) {
		all := t.labels(m.text)
		if title := columnsByName()["title"]; m.subject != "" && !slices.ContainsFunc(all, func(l labelledText) bool { return l.column == title }) {
			all = append([]labelledText{{title.header, title, m.subject}}, all...)
		}
		tooMany := &Error{Code: TooLarge, Message: fmt.Sprintf("一次最多 %d 条", maxPasted), Fix: "分几次处理，或做成表格导入"}
		if len(all) > maxLabels {
			return nil, tooMany
		}
		made := records(all)
		if len(rows)+len(made) > maxPasted {
			return nil, tooMany
		}
		for _, r := range made {
			rows = append(rows, t.drafts(r, m.sender)...)
		}
		if len(rows) > maxPasted {
			return nil, tooMany
		}
	}
	for i := range rows {
		rows[i].Line = i + 1
	}
	if len(rows) == 0 {
		return nil, &Error{Code: Invalid, Message: "里面没有可以成稿的内容", Fix: "写清要解决的技术问题，一两句话也可以"}
	}
	return rows, nil
}

// DecodeText returns the text of a whole file: UTF-8, UTF-16 with its mark, or GB18030 where it is no UTF-8. An error of
// code Invalid says that it is none of them.
func DecodeText(b []byte) (string, error) {
	e, name := sheet.Encoding(b, true, false)
	text, err := e.NewDecoder().Bytes(b)
	if err != nil || bytes.Contains(text, []byte("\x00")) || !bytes.Contains(b, []byte("\ufffd")) && bytes.ContainsRune(text, '\ufffd') {
		return "", &Error{Code: Invalid, Message: "有无法识别的字符（按 " + name + " 读取），或不是文字文件", Fix: "另存为 UTF-8 文本", Err: err}
	}
	return string(text), nil
}

// drafts makes a posting of each problem that a record holds.
func (t *tableReader) drafts(record []labelledText, sender string) []Row {
	var b draft
	var running []string
	for _, l := range record {
		switch {
		case l.column == nil:
			running = append(running, l.value)
		case l.column.name == "contact":
			reach, rest := cutReach(l.value)
			b.add(l.column.header, reach)
			running = append(running, rest...)
		case l.column.name == "title" || l.column.name == "text":
			b.add(l.column.header, l.value)
		default:
			name := l.label // with its unit: 预算（万元）
			if c, _ := t.column(name); c != l.column {
				name = cmp.Or(l.column.header, strings.Fields(l.column.aliases)[0])
			}
			b.add(name, l.value)
		}
	}
	title, text := b.get("名称"), strings.TrimSpace(strings.Join(append([]string{b.get("内容")}, running...), "\n"))
	if title+text == "" && b.get("预期目标")+b.get("技术指标") == "" && !b.holdsMore() {
		return nil // a contact alone
	}
	pieces, shared := []Piece{{title, text}}, []string(nil)
	if t.o.Kind == Need && t.o.Split != nil {
		several := t.o.Split(title, text)
		if len(several) < 2 {
			rest, found := takeContacts(text)
			if several = t.o.Split(title, rest); len(several) > 1 {
				shared = found
			}
		}
		if len(several) > 1 {
			pieces = several
		}
	}
	var rows []Row
	org := ""
	if len(pieces) > 1 { // what stands in one of them, a signature for the most part, is of all
		reached, orgs := [][]string{}, []string{}
		for _, p := range pieces {
			if _, found := takeContacts(p.Text); len(found) > 0 {
				reached = append(reached, found)
			}
			if name := guessOrg(p.Text); name != "" {
				orgs = append(orgs, name)
			}
		}
		if len(reached) == 1 && len(orgs) < 2 {
			shared = append(shared, reached[0]...)
		}
		if len(orgs) == 1 {
			org = orgs[0]
		}
	}
	for _, p := range pieces {
		d := draft{names: slices.Clone(b.names), values: slices.Clone(b.values)}
		if len(pieces) > 1 {
			d.derived = []string{"title", "text"}
		}
		rows = append(rows, t.draft(d, p, sender, cmp.Or(org, guessOrg(p.Title+"\n"+p.Text)), shared))
	}
	return rows
}

// A draft is a posting that is being made: headers with their values.
type draft struct {
	names, values []string
	derived       []string // JSON names
}

func (d *draft) get(name string) string {
	if i := slices.Index(d.names, name); i >= 0 {
		return d.values[i]
	}
	return ""
}

func (d *draft) set(name, value string) {
	if i := slices.Index(d.names, name); i >= 0 {
		d.values[i] = value
	} else if value != "" {
		d.names, d.values = append(d.names, name), append(d.values, value)
	}
}

// add puts a value under a header, below or beside what stands there.
func (d *draft) add(name, value string) {
	joint := "\n"
	if name == "联系方式" {
		joint, value = " ", CleanLine(value)
	}
	d.set(name, strings.Trim(d.get(name)+joint+value, joint))
}

// holdsMore reports whether there is anything beside what says who asks.
func (d *draft) holdsMore() bool {
	return slices.ContainsFunc(d.names, func(n string) bool {
		c := columnsByAlias()[normal(n)]
		return c == nil || c.name != "contact" && c.name != "org" && c.name != "region"
	})
}

// guess sets a field that no label gave.
func (d *draft) guess(t *tableReader, field, value string) {
	if value == "" || slices.ContainsFunc(d.names, func(n string) bool { c, _ := t.column(n); return c != nil && c.name == field }) {
		return
	}
	d.set(Header(field), value)
	d.derived = append(d.derived, field)
}

// draft makes one posting of a piece and of what was labelled, with what is known beside: who sent it, the firm that the
// text names, contacts of all pieces.
func (t *tableReader) draft(d draft, p Piece, sender, org string, shared []string) Row {
	d.set("名称", CleanLine(p.Title))
	d.set("内容", withoutLine(p.Text, org))
	reached := append(slices.Clone(shared), d.takeContacts()...)
	text := d.get("内容")
	if title := d.get("名称"); title == "" || orgAlone.MatchString(title) {
		from := cmp.Or(text, d.get("预期目标"), d.get("技术指标"))
		if _, behind, ok := strings.Cut(from, title+"："); ok && title != "" {
			from = behind
		}
		d.set("名称", cmp.Or(guessTitle(from), title))
		if !slices.Contains(d.derived, "title") {
			d.derived = append(d.derived, "title")
		}
	}
	d.guess(t, "org", org)
	var firm string
	for i, n := range d.names {
		if c, _ := t.column(n); c != nil && c.name == "org" {
			firm = d.values[i]
		}
	}
	d.guess(t, "region", guessRegion(text, firm))
	d.guess(t, "budget", guessBudget(text))
	d.guess(t, "valid_until", guessUntil(text))
	if sender != "" && (d.get("联系方式") == "" || strings.Contains(sender, "@")) && !strings.Contains(strings.Join(reached, " "), sender) {
		reached = append([]string{CleanLine(sender)}, reached...)
	}
	d.reach(reached)
	row := Row{File: t.file, Header: d.names, Cells: d.values, Derived: d.derived}
	t.fill(&row, t.header(d.names, nil), nil)
	row.Doc.Status, row.noStatus = Draft, true
	return row
}

// takeContacts takes what reaches people out of all values but the contact, and returns it.
func (d *draft) takeContacts() (reached []string) {
	for i, name := range d.names {
		if name != "联系方式" {
			var found []string
			d.values[i], found = takeContacts(Clean(d.values[i]))
			reached = append(reached, found...)
		}
	}
	return reached
}

// reach adds to the contact what reaches people, as far as there is room.
func (d *draft) reach(reached []string) {
	for _, c := range reached {
		if have := d.get("联系方式"); !strings.Contains(have, c) && len(have)+1+len(c) <= MaxName {
			d.add("联系方式", c)
			if !slices.Contains(d.derived, "contact") {
				d.derived = append(d.derived, "contact")
			}
		}
	}
}

// cutReach parts what follows a label of the contact from what was written behind it in the same line.
func cutReach(value string) (reach string, rest []string) {
	for i, clause := range clauseForm.FindAllString(value, -1) {
		if _, found := takeContacts(clause); i > 0 && len(found) == 0 && utf8.RuneCountInString(clause) > 6 {
			rest = append(rest, strings.TrimSpace(clause))
		} else {
			reach += clause
		}
	}
	return strings.TrimRight(reach, "，,；;。"), rest
}

// withoutLine takes out of a text the lines that say nothing but the firm's name, as signatures do.
func withoutLine(text, org string) string {
	lines := strings.Split(text, "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return org != "" && strings.TrimSpace(l) == org })
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
