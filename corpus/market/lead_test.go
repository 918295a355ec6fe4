package market

import (
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

func TestALeadMovesByRole(t *testing.T) {
	const allowed = corpus.Code("")
	for _, test := range []struct {
		from, to State
		by       Mover
		want     corpus.Code
	}{
		{New, Talking, Operator, allowed},
		{Talking, Agreed, Operator, allowed},
		{Agreed, Contracted, Operator, allowed},
		{New, Declined, Operator, allowed},
		{Talking, Declined, Operator, allowed},
		{Agreed, Declined, Operator, allowed},
		{New, Declined, Author, allowed},
		{Talking, Declined, Author, allowed},
		{Agreed, Declined, Author, allowed},
		{New, Talking, Author, corpus.Forbidden},
		{Talking, Agreed, Author, corpus.Forbidden},
		{Agreed, Contracted, Author, corpus.Forbidden},
		{New, Agreed, Operator, corpus.Conflict},
		{New, Contracted, Operator, corpus.Conflict},
		{New, New, Operator, corpus.Conflict},
		{Talking, New, Operator, corpus.Conflict},
		{Contracted, Declined, Operator, corpus.Conflict},
		{Declined, New, Operator, corpus.Conflict},
		{Declined, Talking, Author, corpus.Conflict},
		{New, "lost", Operator, corpus.Invalid},
	} {
		var reason DeclineReason
		if test.to == Declined {
			reason = TooEarly
		}
		later := now.Add(time.Hour)
		l := Lead{State: test.from, Updated: now}
		got, err := l.Move(test.to, reason, test.by, later)
		if test.want == allowed {
			if err != nil || got.State != test.to || got.Reason != reason || !got.Updated.Equal(later) {
				t.Errorf("%s moves %s to %s: %+v, %v", test.by, test.from, test.to, got, err)
			}
		} else if err == nil || corpus.CodeOf(err) != test.want || got != l {
			t.Errorf("%s moves %s to %s: %+v, %v; want %s and no change", test.by, test.from, test.to, got, err, test.want)
		}
	}
}

func TestADeclineAndOnlyADeclineHasAReason(t *testing.T) {
	if len(DeclineReasons) != 8 {
		t.Errorf("%d reasons, want 8", len(DeclineReasons))
	}
	for _, r := range DeclineReasons {
		if _, err := (Lead{State: New}).Move(Declined, r, Author, now); err != nil {
			t.Errorf("declined for %s: %v", r, err)
		}
	}
	for _, test := range []struct {
		to     State
		reason DeclineReason
	}{{Declined, ""}, {Declined, "no time"}, {Talking, TooEarly}} {
		_, err := (Lead{State: New}).Move(test.to, test.reason, Operator, now)
		if e, ok := err.(*corpus.Error); !ok || e.Code != corpus.Invalid || e.Field != "reason" || e.Fix == "" {
			t.Errorf("to %s for %q: %v, want an invalid reason", test.to, test.reason, err)
		}
	}
}

func TestANewLead(t *testing.T) {
	l, err := MakeLead("n1", "a1", " 想了解中试数据 ", "key:1", now)
	if err != nil || l.State != New || l.Message != "想了解中试数据" || l.By != "key:1" {
		t.Fatalf("MakeLead = %+v, %v", l, err)
	}
	later, err := MakeLead("n1", "a1", "", "key:1", now.Add(time.Millisecond))
	if err != nil || later.ID <= l.ID {
		t.Errorf("the later lead's id %q does not sort after %q (%v)", later.ID, l.ID, err)
	}
	if _, err := MakeLead("n1", "a1", strings.Repeat("长", maxMessage), "key:1", now); err != nil {
		t.Errorf("the longest message is refused: %v", err)
	}
	if _, err := MakeLead("n1", "a1", strings.Repeat("长", maxMessage+1), "key:1", now); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("a longer message gives %v", err)
	}
}
