package corpus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A cell is one value of a row on its way into a field.
type cell struct {
	text     string
	unit     string // from the header: 万元
	compound bool   // text is a JSON array or object
	lossy    bool   // text stood where spreadsheets rewrite long numbers
}

// A setter puts a cell into a field. Its error says what could not be understood; the rest is set all the same.
type setter func(d *Doc, c cell) *Error

// kept is the answer of a setter for a value that says nothing the field could hold (合作方式: 其他): the original is
// kept without a warning.
func kept() *Error { return &Error{} }

// alsoKept is the answer of a setter that has read the value and keeps the original too, as that says more.
func alsoKept() *Error { return &Error{Code: readBeside} }

const readBeside Code = "read"

func isKept(e *Error) bool { return e.Message == "" }

var scientific = regexp.MustCompile(`^(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})$`)

// wholeNumber undoes what spreadsheets do to long numbers: 1.3812345678E+10 is 13812345678. Where digits are lost,
// 9.11505E+17, it is not ok; other texts come back as they are.
func wholeNumber(s string) (whole string, ok bool) {
	m := scientific.FindStringSubmatch(s)
	if m == nil {
		return s, true
	}
	power, err := strconv.Atoi(m[3])
	if err != nil || len(m[2]) != power || power < 6 || power > 16 { // spreadsheets keep 15 digits, files up to 17
		return s, false
	}
	return m[1] + m[2], true
}

// line sets a field of one line; what is there already stays, and the later column is kept as an unknown one.
func line(limit int, field func(*Doc) *string) setter {
	return func(d *Doc, c cell) *Error {
		s, ok := CleanLine(c.plain()), true
		if c.lossy {
			s, ok = wholeNumber(s)
		}
		p := field(d)
		switch {
		case s == "":
			return nil
		case *p != "" && *p != s:
			return kept()
		case !ok:
			return &Error{Code: Invalid, Message: "“" + s + "”是表格软件改写的科学记数，末尾数字已丢失", Fix: "把这一列设为文本格式，重新填写"}
		case len(s) > limit:
			return tooManyBytes(len(s), limit)
		}
		*p = s
		return nil
	}
}

// text sets a field of many lines. A column with a label adds a paragraph "label：…" below what is there.
func text(label string, field func(*Doc) *string) setter {
	return func(d *Doc, c cell) *Error {
		s := Clean(c.plain())
		p := field(d)
		if s == "" || s == *p {
			return nil
		}
		if label != "" {
			s = label + "：" + s
		}
		if *p != "" {
			s = *p + "\n" + s
		}
		if len(s) > MaxText {
			return tooManyBytes(len(s), MaxText)
		}
		*p = s
		return nil
	}
}

func tooManyBytes(n, limit int) *Error {
	return &Error{Code: Invalid, Message: fmt.Sprintf("有 %d 字节，超过上限 %d（约 %d 个汉字）", n, limit, limit/3), Fix: "缩短内容"}
}

// plain returns the text of a cell; the strings of a JSON array stand below each other.
func (c cell) plain() string {
	var list []string
	if c.compound && json.Unmarshal([]byte(c.text), &list) == nil {
		return strings.Join(list, "\n")
	}
	return c.text
}

// decode reads a cell that holds JSON, as exports write what has no plain form.
func (c cell) decode(v any) bool {
	return (strings.HasPrefix(c.text, "{") || strings.HasPrefix(c.text, "[")) && json.Unmarshal([]byte(c.text), v) == nil
}

var (
	anySeparator  = regexp.MustCompile(`[、，,;；|\r\n]+`)
	markSeparator = regexp.MustCompile(`[;；|\r\n]+`)
	termSeparator = regexp.MustCompile(`[、，,;；|\r\n—-]+`)
)

// items splits a cell into the entries of a list, each once.
func (c cell) items(separator *regexp.Regexp) []string {
	var list, out []string
	if !c.decode(&list) {
		list = separator.Split(c.text, -1)
	}
	for _, s := range list {
		if s = CleanLine(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// list adds entries to a list.
func list(separator *regexp.Regexp, field func(*Doc) *[]string) setter {
	return func(d *Doc, c cell) *Error {
		p := field(d)
		var more []string
		for _, s := range c.items(separator) {
			if len(s) > MaxName {
				return tooManyBytes(len(s), MaxName)
			}
			if !slices.Contains(*p, s) {
				more = append(more, s)
			}
		}
		if n := len(*p) + len(more); n > MaxList {
			return &Error{Code: Invalid, Message: fmt.Sprintf("有 %d 项，超过上限 %d", n, MaxList), Fix: "只留最重要的"}
		}
		*p = append(*p, more...)
		return nil
	}
}

// codes adds the codes of what parse understands.
func codes(t CodeTable, parse func(string) ([]string, []string), field func(*Doc) *[]string) setter {
	return func(d *Doc, c cell) *Error {
		parts := []string{c.text}
		c.decode(&parts)
		p := field(d)
		var unknown []string
		for _, s := range parts {
			found, bad := parse(CleanLine(s))
			unknown = append(unknown, bad...)
			for _, code := range found {
				if !slices.Contains(*p, code) && len(*p) < MaxList {
					*p = append(*p, code)
				}
			}
		}
		if len(unknown) > 0 {
			return &Error{Code: Invalid, Message: "“" + strings.Join(unknown, "、") + "”不在" + CodeEdition(t) + "中", Fix: "改成其中的名称或代码"}
		}
		return nil
	}
}

// bareNumber is an amount without a unit. Below leastYuan it is hardly meant in yuan, as it would be read.
var bareNumber = regexp.MustCompile(`^[\d.,\s~～—–-]*\d[\d.,\s~～—–-]*$`)

const leastYuan = 1000

// leftOpen are words that leave an amount open.
var leftOpen = regexp.MustCompile(`议|谈|商|待|未定|不限|不详|无偿|免费|赠|情况|视|看|根据|按|合同|入股|双方|/|-|—|无|其[他它]`)

func money(field func(*Doc) **Money) setter {
	return func(d *Doc, c cell) *Error {
		p := field(d)
		var m *Money
		if !c.decode(&m) {
			var err error
			if m, err = ParseMoney(CleanLine(c.text), c.unit); err != nil {
				return err.(*Error)
			}
		}
		switch {
		case m == nil && c.text != "": // 0 is never a price
			return kept()
		case m == nil:
		case c.unit == "" && m.Max < leastYuan*100 && bareNumber.MatchString(m.Text):
			return &Error{Code: Invalid, Message: "“" + m.Text + "”没有单位", Fix: "写成 " + m.Text + "万元，或在列名写上（万元）"}
		case *p == nil:
			*p = m
			if !m.Known() && !leftOpen.MatchString(m.Text) && !foreign.MatchString(strings.ToLower(m.Text)) {
				return &Error{Code: Invalid, Message: "“" + m.Text + "”看不出金额", Fix: "写成 80万元、50-100万元 或 面议"}
			}
		case **p != *m && m.Known():
			return alsoKept()
		case **p != *m:
			return kept()
		}
		return nil
	}
}

func date(field func(*Doc) *Date) setter {
	return func(d *Doc, c cell) *Error {
		v, err := ParseDate(CleanLine(c.text))
		if err != nil {
			return err.(*Error)
		}
		p := field(d)
		switch {
		case v == "" && c.text != "":
			return kept()
		case v != "" && *p != "" && *p != v:
			return alsoKept()
		case v != "":
			*p = v
		}
		return nil
	}
}

// window sets the ends of a period.
func window(from, until func(*Doc) *Date) setter {
	return func(d *Doc, c cell) *Error {
		f, u, err := ParseWindow(CleanLine(c.text))
		if err != nil {
			return err.(*Error)
		}
		if f == "" && u == "" && c.text != "" {
			return kept()
		}
		*from(d), *until(d) = cmp.Or(f, *from(d)), cmp.Or(u, *until(d))
		return nil
	}
}

// asJSON is the form of a value that its plain form would not give back.
func asJSON(v any) string {
	if reflect.ValueOf(v).IsZero() {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
