package corpus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// A cell is one value of a row on its way into a field.
type cell struct {
	text     string
	unit     string // from the header: 万元
	compound bool   // text is a JSON array or object
}

// A setter puts a cell into a field. Its error says what could not be understood; the rest is set all the same.
type setter func(d *Doc, c cell) *Error

// kept is the answer of a setter for a value that says nothing the field could hold (合作方式: 其他): the original is
// kept without a warning.
func kept() *Error { return &Error{} }

func isKept(e *Error) bool { return e.Message == "" }

var lostDigits = regexp.MustCompile(`^\d(?:\.\d+)?[eE]\+?\d+$`)

// line sets a field of one line; what is there already stays, and the later column is kept as an unknown one.
func line(limit int, field func(*Doc) *string) setter {
	return func(d *Doc, c cell) *Error {
		s := CleanLine(c.plain())
		p := field(d)
		switch {
		case s == "":
			return nil
		case *p != "" && *p != s:
			return kept()
		case lostDigits.MatchString(s):
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
		if m != nil && *p != nil && **p != *m {
			return kept()
		}
		if m != nil {
			*p = m
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
		if v != "" && *p != "" && *p != v {
			return kept()
		}
		if v != "" {
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
		if f != "" && from != nil {
			*from(d) = f
		}
		if u != "" {
			*until(d) = u
		}
		return nil
	}
}

// setRegion takes province, city and county from one column or from one each.
func setRegion(d *Doc, c cell) *Error {
	s := CleanLine(c.text)
	code, err := ParseRegion(RegionPath(d.Region) + s)
	if d.Region != "" && (err != nil || code == d.Region) {
		code, err = ParseRegion(s)
	}
	if err != nil {
		return err.(*Error)
	}
	if code != "" && strings.HasPrefix(code, within(d.Region)) {
		d.Region = code
	}
	return nil
}

// setContact puts name, telephone and mail address beside each other.
func setContact(d *Doc, c cell) *Error {
	both := *d
	both.Contact = ""
	if err := line(MaxName, func(d *Doc) *string { return &d.Contact })(&both, c); err != nil {
		return err
	}
	if d.Contact != "" && both.Contact != "" {
		both.Contact = d.Contact + " " + both.Contact
	}
	if len(both.Contact) > MaxName {
		return tooManyBytes(len(both.Contact), MaxName)
	}
	d.Contact = cmp.Or(both.Contact, d.Contact)
	return nil
}

func setKind(d *Doc, c cell) *Error {
	k, ok := ParseKind(CleanLine(c.text))
	if !ok {
		return &Error{Code: Invalid, Message: "“" + c.text + "”不是信息类别", Fix: "写 成果、需求、专家 或 项目"}
	}
	d.Kind = k
	return nil
}

func setStatus(d *Doc, c cell) *Error {
	v, ok := parseLabel(CleanLine(c.text), Draft, Published, Withdrawn)
	if !ok {
		return &Error{Code: Invalid, Message: "“" + c.text + "”不是信息状态", Fix: "写 草稿、已发布 或 已撤回"}
	}
	d.Status = v
	return nil
}

// setRights reads 发明专利:ZL2020…:有效 and lists of it; a mere kind is enough.
func setRights(d *Doc, c cell) *Error {
	var rights []Right
	if !c.decode(&rights) {
		for _, s := range c.items(anySeparator) {
			parts := strings.SplitN(strings.ReplaceAll(s, "：", ":"), ":", 3)
			parts = append(parts, "", "")
			rights = append(rights, Right{Kind: strings.TrimSpace(parts[0]), Number: strings.TrimSpace(parts[1]), State: strings.TrimSpace(parts[2])})
		}
	}
	if len(rights) > MaxList {
		return &Error{Code: Invalid, Message: fmt.Sprintf("有 %d 项，超过上限 %d", len(rights), MaxList), Fix: "只留最重要的"}
	}
	d.Rights = rights
	return nil
}

// setRightNumbers adds the numbers of a column of their own to the kinds of another, in order.
func setRightNumbers(d *Doc, c cell) *Error {
	for i, s := range c.items(anySeparator) {
		if i < len(d.Rights) {
			d.Rights[i].Number = s
		} else if len(d.Rights) < MaxList {
			d.Rights = append(d.Rights, Right{Number: s})
		}
	}
	return nil
}

// setLinks reads need:N01 and lists of it.
func setLinks(d *Doc, c cell) *Error {
	var links []Link
	if c.decode(&links) {
		d.Links = links
		return nil
	}
	for _, s := range c.items(anySeparator) {
		kind, id, _ := strings.Cut(strings.ReplaceAll(s, "：", ":"), ":")
		k, ok := ParseKind(kind)
		if id = strings.TrimSpace(id); !ok || id == "" {
			return &Error{Code: Invalid, Message: "“" + s + "”不是关联", Fix: "写成 成果:编号，几个之间用分号"}
		}
		links = append(links, Link{Kind: k, ID: id})
	}
	if len(links) > MaxList {
		return &Error{Code: Invalid, Message: fmt.Sprintf("有 %d 项，超过上限 %d", len(links), MaxList), Fix: "只留最重要的"}
	}
	d.Links = links
	return nil
}

func setURL(d *Doc, c cell) *Error {
	s := strings.TrimSpace(c.text)
	if s == "" {
		return nil
	}
	if !webAddress(s) {
		return &Error{Code: Invalid, Message: "“" + s + "”不是网址", Fix: "以 http:// 或 https:// 开头"}
	}
	d.URL = s
	return nil
}

// webAddress reports whether s is an address that a page may link to.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(s) <= MaxName
}

func setDisclosure(d *Doc, c cell) *Error {
	var levels map[string]Level
	if !c.decode(&levels) {
		return &Error{Code: Invalid, Message: "“" + c.text + "”不是公开范围", Fix: `写成 {"text":"signed_in"}`}
	}
	d.Disclosure = levels
	return nil
}

// setExtra reads the unknown columns of a document as one object, whose values may be of any kind.
func setExtra(d *Doc, c cell) *Error {
	var values map[string]any
	if !c.decode(&values) {
		return kept()
	}
	if d.Extra == nil {
		d.Extra = map[string]string{}
	}
	for k, v := range values {
		s, ok := v.(string)
		if b, err := json.Marshal(v); !ok && err == nil && v != nil {
			s = string(b)
		}
		d.Extra[k] = s
	}
	return nil
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
