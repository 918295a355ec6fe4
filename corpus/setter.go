package corpus

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// setRegion takes province, city and county from one column or from one each. What the code does not say is kept beside
// it: a name that was given up, the rest of an address, a region outside of the one before.
func setRegion(d *Doc, c cell) *Error {
	s := CleanLine(c.text)
	r, err := parseRegion(RegionPath(d.Region) + s)
	if d.Region != "" && (err != nil || r.code == d.Region) {
		r, err = parseRegion(s)
	}
	switch {
	case err != nil:
		return err.(*Error)
	case r.code == "":
		return nil
	case d.Region != "" && strings.HasPrefix(d.Region, within(r.code)): // known, or nearer already
	case r.in(within(d.Region)):
		d.Region = r.code
	default:
		return alsoKept()
	}
	if r.old != nil || r.rest != "" {
		return alsoKept()
	}
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
