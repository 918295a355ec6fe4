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

func TestABrokerIsAskedForWithoutAnAchievementAndAnAnswerPromised(t *testing.T) {
	for _, c := range []struct{ by, need, achievement, ask, due, field string }{
		{"account:1", "n", "", "broker", "2026-11-26", ""},
		{"account:1", "n", "a", "broker", "2026-11-26", ""},
		{"account:1", "", "a", "broker", "", "need"},
		{"account:1", "n", "", "", "", "achievement"},
		{"account:1", "n", "a", "", "", ""},
		{"account:1", "n", "", "friend", "", "ask"},
		{"site:1", "n", "", "broker", "2026-11-26", ""},
	} {
		values := map[string]string{"need": c.need, "achievement": c.achievement, "ask": c.ask, "name": "王工", "contact": "13800000000"}
		l, err := LeadType.New(values, c.by, now)
		field := ""
		if f, ok := errors.AsType[corpus.Faults](err); ok {
			field = f[0].Field
		}
		if field != c.field || err == nil && string(l.Due) != c.due {
			t.Errorf("%+v: due %q, %v", c, l.Due, err)
		}
	}
	if _, err := LeadType.New(map[string]string{"need": "n", "ask": "broker", "due": "2030-01-01"}, "key:1", now); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("somebody promises a day: %v", err)
	}
}

// Who was answered, if only with a refusal, waits no longer; what nobody promised is not overdue.
func TestALeadIsOverdueBehindItsDayUntilItMoves(t *testing.T) {
	row := func(ask, state string) Row {
		r, err := LeadType.Make(map[string]string{"need": "n", "achievement": "a", "ask": ask}, "key:1", now)
		if err != nil {
			t.Fatal(err)
		}
		*r.Head().State = State(state)
		return r
	}
	for _, c := range []struct {
		ask, state, day string
		want            bool
	}{
		{"broker", "new", "2026-11-26", false}, // the day itself
		{"broker", "new", "2026-11-27", true},
		{"broker", "talking", "2026-11-27", false},
		{"broker", "declined", "2026-11-27", false},
		{"", "new", "2027-11-27", false},
	} {
		if got := LeadType.Overdue(row(c.ask, c.state), noon(c.day)); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	s, err := SubscriptionType.Make(map[string]string{"need": "n1", "mail": "a@b.example"}, "key:1", now)
	if err != nil || SubscriptionType.Overdue(s, noon("2030-01-01")) {
		t.Errorf("a subscription is overdue (%v)", err)
	}
}
