package market

import (
	"errors"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestADeclineAndOnlyADeclineHasAReason(t *testing.T) {
	if n := len(LeadType.FieldOf("reason").Choices); len(DeclineReasons) != 8 || n != 8 {
		t.Errorf("%d reasons, %d of them with words, want 8", len(DeclineReasons), n)
	}
	for i, r := range DeclineReasons {
		l, err := LeadType.Edit(Lead{State: New, Need: "n", Achievement: "a"}, map[string]string{"state": "declined", "reason": string(r)}, now)
		if err != nil || l.State != Declined || l.Reason != r || LeadType.FieldOf("reason").Choices[i].Value != string(r) {
			t.Errorf("declined for %s: %+v, %v", r, l, err)
		}
	}
	for _, values := range []map[string]string{{"state": "declined"}, {"state": "declined", "reason": ""}, {"state": "declined", "reason": "no time"},
		{"state": "talking", "reason": "too_early"}, {"reason": "too_early"}} {
		was := Lead{State: New, Need: "n", Achievement: "a"}
		l, err := LeadType.Edit(was, values, now)
		if f, ok := err.(corpus.Faults); !ok || f[0].Code != corpus.Invalid || f[0].Field != "reason" || f[0].Fix == "" || l != was {
			t.Errorf("%v: %+v, %v, want an invalid reason and no change", values, l, err)
		}
	}
}

func TestAVisitorSaysHowToBeReachedAndOthersNameBothSides(t *testing.T) {
	for _, c := range []struct{ by, need, achievement, name, contact, field string }{
		{"site:1", "n", "a", "王工", "13800000000", ""},
		{"site:1", "", "a", "王工", "13800000000", ""},
		{"site:1", "n", "", "王工", "13800000000", ""},
		{"site:1", "", "", "王工", "13800000000", "achievement"},
		{"site:1", "n", "a", " ", "13800000000", "name"},
		{"site:1", "n", "a", strings.Repeat("王", 101), "13800000000", "name"},
		{"site:1", "n", "a", "王工", "", "contact"},
		{"site:1", "n", "a", "王工", strings.Repeat("1", 201), "contact"},
		{"key:1", "n", "a", "", "", ""},
		{"key:1", "", "a", "王工", "13800000000", "need"},
		{"key:1", "n", "", "", "", "achievement"},
	} {
		_, err := LeadType.New(map[string]string{"need": c.need, "achievement": c.achievement, "name": c.name, "contact": c.contact}, c.by, now)
		field := ""
		if f, ok := errors.AsType[corpus.Faults](err); ok {
			field = f[0].Field
		}
		if field != c.field || (err == nil) != (c.field == "") {
			t.Errorf("%v: %v", c, err)
		}
	}
}
