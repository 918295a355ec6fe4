package market

import (
	"testing"
	"time"

	"duijie/corpus"
)

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t.Add(-8 * time.Hour).UTC()
}

func TestALeadGoesToABrokerAfterFiveWorkingDays(t *testing.T) {
	for _, c := range []struct {
		what, created, now string
		change             func(*Lead)
		handed, due        corpus.Date
	}{
		{"of a Friday, on the next Friday", "2026-11-27 23:00", "2026-12-04 23:59", nil, "", ""},
		{"of a Friday, on the Saturday after", "2026-11-27 23:00", "2026-12-05 00:00", nil, "2026-12-05", "2026-12-09"},
		{"of a Monday, a week later", "2026-11-23 09:00", "2026-11-30 23:59", nil, "", ""},
		{"of a Monday, a week and a day later", "2026-11-23 09:00", "2026-12-01 00:00", nil, "2026-12-01", "2026-12-04"},
		{"of long ago", "2026-09-01 09:00", "2026-12-01 00:00", nil, "", ""},
		{"answered", "2026-11-23 09:00", "2026-12-01 00:00", func(l *Lead) { l.Answered = l.Created }, "", ""},
		{"talking", "2026-11-23 09:00", "2026-12-01 00:00", func(l *Lead) { l.State = Talking }, "", ""},
		{"given to a broker", "2026-11-23 09:00", "2026-12-01 00:00", func(l *Lead) { l.Ask = BrokerAsk }, "", ""},
		{"handed before", "2026-11-23 09:00", "2026-12-09 00:00", func(l *Lead) { l.Handed = "2026-12-01" }, "2026-12-01", ""},
	} {
		l := Lead{State: New, Created: at(c.created)}
		if c.change != nil {
			c.change(&l)
		}
		got, handed := l.Hand(at(c.now))
		if got.Handed != c.handed || got.Due != c.due || handed != (c.due != "") {
			t.Errorf("%s: handed %s, due %s, want %s, %s", c.what, got.Handed, got.Due, c.handed, c.due)
		}
	}
}

func TestTheUsualAnswerIsTheMedianOfThreeOrMore(t *testing.T) {
	now := at("2026-12-31 09:00")
	lead := func(created, answered string) Lead {
		l := Lead{Created: at(created)}
		if answered != "" {
			l.Answered = at(answered)
		}
		return l
	}
	leads := []Lead{lead("2026-11-27 09:00", "2026-11-30 09:00"), lead("2026-11-23 09:00", "2026-11-23 18:00"), lead("2026-11-23 09:00", ""),
		lead("2025-11-24 09:00", "2025-11-25 09:00")} // over a weekend; the same day; not at all; too long ago
	if got := UsualAnswerOf(leads, now); got != nil {
		t.Errorf("of two answers: %+v", got)
	}
	leads = append(leads, lead("2026-11-23 09:00", "2026-12-07 09:00"))
	if got := UsualAnswerOf(leads, now); got == nil || *got != (UsualAnswer{Days: 1, Known: 3}) {
		t.Errorf("of 0, 1 and 10 days: %+v", got)
	}
}

func TestAnOwnerIsReadAsItIsWritten(t *testing.T) {
	for _, o := range []Owner{{}, {By: "account:a"}, {Organisation: "o"}, {"account:a", "o"}} {
		if got := parseOwner(o.String()); got != o {
			t.Errorf("%q is read as %+v", o.String(), got)
		}
	}
}
