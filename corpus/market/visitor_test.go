package market

import (
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

func TestAVisitorsLead(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct{ need, achievement, name, contact, field string }{
		{"N1", "A1", " 王工 ", "13800000000", ""},
		{"", "A1", "王工", "wang@example.cn", ""},
		{"N1", "", "王工", "wang@example.cn", ""},
		{"", "", "王工", "wang@example.cn", "achievement"},
		{"N1", "A1", " ", "wang@example.cn", "name"},
		{"N1", "A1", strings.Repeat("王", 101), "wang@example.cn", "name"},
		{"N1", "A1", "王工", "", "contact"},
		{"N1", "A1", "王工", strings.Repeat("1", 201), "contact"},
	} {
		l, err := MakeVisitorLead(c.need, c.achievement, "想谈谈", Visitor{c.name, c.contact}, "site:1", now)
		field := ""
		if e, ok := err.(*corpus.Error); ok && e.Code == corpus.Invalid {
			field = e.Field
		}
		if field != c.field || c.field == "" && (l.Visitor == nil || l.Visitor.Name != "王工" || l.Visitor.Contact != c.contact || l.By != "site:1" || l.State != New) {
			t.Errorf("%v: %v, %v", c, l, err)
		}
		if c.field == "" && l.Pair() != (c.need != "" && c.achievement != "") {
			t.Errorf("%v: pair %v", c, l.Pair())
		}
	}
}
