package corpus

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Check makes the texts of d plain (Clean), sets the defaults of what may be left out (Source, SourceID, Status), gives
// the ID that follows from them, and reports what is wrong as errors of code Invalid, at most one a field and in the
// order of the fields. Slices and maps that d shares with others stay as they are.
func (d *Doc) Check() []*Error {
	c := checker{}
	c.utf8(d)
	d.clean()
	if d.Kind == "" {
		c.bad("kind", "在列里或导入时（--kind）写明 achievement（成果）、need（需求）、expert（专家）或 project（项目）", "没有写明类别")
	} else if !slices.Contains(Kinds, d.Kind) {
		c.bad("kind", "用 achievement、need、expert、project 之一", "不认识的类别 %q", d.Kind)
	}
	if d.Title == "" {
		c.bad("title", "填写名称", "名称为空")
	}
	c.sizes(d)
	c.values(d)
	if d.Status == "" {
		d.Status = Published
	}
	if d.Source == "" {
		d.Source = DefaultSource
	}
	if d.SourceID == "" {
		d.SourceID = identityHash(d)
	}
	d.ID = MakeID(d.Source, d.SourceID)
	slices.SortStableFunc(c.errs, func(a, b *Error) int { return fieldOrder()[a.Field] - fieldOrder()[b.Field] })
	return c.errs
}

var fieldOrder = sync.OnceValue(func() map[string]int {
	order := map[string]int{}
	for i, c := range columns {
		order[c.name] = i
	}
	return order
})

// A checker gathers what is wrong with one document.
type checker struct{ errs []*Error }

func (c *checker) bad(field, fix, format string, args ...any) {
	if slices.ContainsFunc(c.errs, func(e *Error) bool { return e.Field == field }) {
		return
	}
	c.errs = append(c.errs, &Error{Code: Invalid, Message: fmt.Sprintf(format, args...), Fix: fix, Field: field})
}

// strings yields every text of d with the JSON name of its field and its limit in bytes.
func (d *Doc) strings(yield func(field, s string, limit int)) {
	for _, f := range []struct {
		name, s string
		limit   int
	}{
		{"source", d.Source, MaxName}, {"source_id", d.SourceID, MaxName}, {"title", d.Title, MaxTitle}, {"text", d.Text, MaxText},
		{"org", d.Org, MaxName}, {"org_code", d.OrgCode, MaxName}, {"contact", d.Contact, MaxName}, {"url", d.URL, MaxName}, {"stage_proof", d.StageProof, MaxText},
		{"form", d.Form, MaxName}, {"level", d.Level, MaxName}, {"registration", d.Registration, MaxName},
		{"evaluation", d.Evaluation, MaxText}, {"goal", d.Goal, MaxText}, {"tried", d.Tried, MaxText}, {"position", d.Position, MaxName},
		{"programme", d.Programme, MaxName}, {"project_number", d.ProjectNumber, MaxName},
	} {
		yield(f.name, f.s, f.limit)
	}
	for _, l := range []struct {
		name string
		list []string
	}{{"keywords", d.Keywords}, {"people", d.People}, {"indicators", d.Indicators}} {
		for _, s := range l.list {
			yield(l.name, s, MaxName)
		}
	}
	for _, r := range d.Rights {
		yield("ip", r.Kind+r.Number+r.State, MaxName)
	}
	for _, l := range d.Links {
		yield("links", l.ID, MaxName)
	}
	for _, f := range []struct {
		name string
		m    *Money
	}{{"price", d.Price}, {"budget", d.Budget}} {
		if f.m != nil {
			yield(f.name, f.m.Text, MaxName)
		}
	}
	for k, v := range d.Extra {
		yield("extra", k+v, MaxExtraBytes)
	}
}

func (c *checker) utf8(d *Doc) {
	d.strings(func(field, s string, _ int) {
		if !utf8.ValidString(s) {
			c.bad(field, "另存为 UTF-8", "不是 UTF-8 文字")
		}
	})
}

func (c *checker) sizes(d *Doc) {
	d.strings(func(field, s string, limit int) {
		if len(s) > limit {
			e := tooManyBytes(len(s), limit)
			c.bad(field, e.Fix, "%s", e.Message)
		}
	})
	for _, l := range []struct {
		field string
		n     int
	}{{"keywords", len(d.Keywords)}, {"field", len(d.Field)}, {"strategic", len(d.Strategic)}, {"people", len(d.People)},
		{"indicators", len(d.Indicators)}, {"links", len(d.Links)}, {"cooperation", len(d.Cooperation)}, {"ip", len(d.Rights)}} {
		if l.n > MaxList {
			c.bad(l.field, "只留最重要的", "有 %d 项，超过上限 %d", l.n, MaxList)
		}
	}
	if len(d.Extra) > MaxExtra {
		c.bad("extra", "删去不需要的列", "有 %d 个未知的列，超过上限 %d", len(d.Extra), MaxExtra)
	}
	if n := extraSize(d.Extra); n > MaxExtraBytes {
		c.bad("extra", "删去不需要的列", "未知的列共 %d 字节，超过上限 %d", n, MaxExtraBytes)
	}
}

func extraSize(extra map[string]string) int {
	n := 0
	for k, v := range extra {
		n += len(k) + len(v)
	}
	return n
}

func (c *checker) values(d *Doc) {
	for _, l := range []struct {
		field string
		table CodeTable
		codes []string
	}{{"field", Field, d.Field}, {"strategic", Strategic, d.Strategic}, {"region", Region, []string{d.Region}}} {
		for _, code := range l.codes {
			if CodeName(l.table, code) == "" && (code != "" || l.table != Region) {
				c.bad(l.field, "用其中的代码", "%q 不是 %s 的代码", code, CodeEdition(l.table))
			}
		}
	}
	if d.URL != "" && !webAddress(d.URL) {
		c.bad("url", "以 http:// 或 https:// 开头", "%q 不是网址", d.URL)
	}
	oneOf(c, "stage", d.Stage, "", Lab, Pilot, Applied)
	oneOf(c, "status", d.Status, "", Draft, Published, Withdrawn)
	for _, m := range d.Cooperation {
		oneOf(c, "cooperation", m, Development, Transfer, License, Consulting, Service, Equity)
	}
	for field, l := range d.Disclosure {
		oneOf(c, "disclosure", l, Levels...)
		if _, ok := clearers[field]; !ok && !strings.HasPrefix(field, "extra.") {
			c.bad("disclosure", "写字段的英文名，或 extra.列名", "没有名为 %q 的字段", field)
		}
	}
	for _, m := range []struct {
		field string
		money *Money
	}{{"price", d.Price}, {"budget", d.Budget}} {
		if m.money != nil && (m.money.Min < 0 || m.money.Max != 0 && m.money.Max < m.money.Min) {
			c.bad(m.field, "以分为单位，0 ≤ min ≤ max；max 为 0 表示没有上限", "金额范围 %d 至 %d 不成立", m.money.Min, m.money.Max)
		}
	}
	for _, v := range []struct {
		field string
		date  Date
	}{{"from", d.From}, {"until", d.Until}, {"published", d.PublishedOn}, {"valid_until", d.ValidUntil}, {"confirmed", d.ConfirmedOn}, {"licensed", d.LicensedOn}, {"withdrawn", d.WithdrawnOn}, {"gone", d.Gone}} {
		if !v.date.Valid() {
			c.bad(v.field, "写成 2026、2026-05 或 2026-05-31", "%q 不是日期", v.date)
		}
	}
	for i, l := range d.Links {
		if !slices.Contains(Kinds, l.Kind) || l.ID == "" {
			c.bad("links", "写明 kind 和 id", "第 %d 个关联不完整", i+1)
		}
	}
}

func oneOf[T ~string](c *checker, field string, v T, allowed ...T) {
	if slices.Contains(allowed, v) {
		return
	}
	names := make([]string, 0, len(allowed))
	for _, a := range allowed {
		if a != "" {
			names = append(names, string(a))
		}
	}
	c.bad(field, "用其中之一："+strings.Join(names, " "), "不认识的值 %q", v)
}
