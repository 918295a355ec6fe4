package market

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

// What a broker notes: which fields are wrong, and what is filled in.
func TestWhatABrokerNotesIsChecked(t *testing.T) {
	monday := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		table        Table
		values, want string
	}{
		{&ClaimType, "need=n1", "until=2026-11-30"},
		{&ClaimType, "lead=l1 days=1", "until=2026-11-24"},
		{&ClaimType, "days=1", "wrong need"},
		{&ClaimType, "need=n1 days=0", "wrong days"},
		{&ClaimType, "need=n1 days=11", "wrong days"},
		{&VisitType, "firm=甲 how=call", "date=2026-11-23 due= state=done"},
		{&VisitType, "firm=甲 how=call next=x", "date=2026-11-23 due=2026-11-24 state=todo"},
		{&VisitType, "firm=甲 how=call next=x due=2026年12月1日 date=2026-11-20", "date=2026-11-20 due=2026-12-01 state=todo"},
		{&VisitType, "firm=甲 how=call next=x due=2026-12", "wrong due"},
		{&VisitType, "firm=甲 how=letter", "wrong how"},
		{&SheetType, "need=n1 achievement_1=a achievement_2=b achievement_3=c", "state=draft"},
		{&SheetType, "need=n1 achievement_1=a achievement_2=b", "wrong achievement_3"},
		{&SheetType, "need=n1 achievement_1=a achievement_2=b achievement_3=a", "wrong achievement_3"},
		{&SheetType, "need=n1 achievement_1=a achievement_2=b achievement_3=c achievement_5=e", "wrong achievement_5"},
	} {
		values := map[string]string{}
		for pair := range strings.FieldsSeq(c.values) {
			name, text, _ := strings.Cut(pair, "=")
			values[name] = text
		}
		r, err := c.table.Make(values, "account:a", monday)
		var got []string
		if faults, ok := err.(corpus.Faults); ok {
			got = append(got, "wrong")
			for _, f := range faults {
				got = append(got, f.Field)
			}
		} else {
			for pair := range strings.FieldsSeq(c.want) {
				name, _, _ := strings.Cut(pair, "=")
				got = append(got, name+"="+r.Text(name))
			}
		}
		if said := strings.Join(got, " "); said != c.want {
			t.Errorf("%s of %s: %s, want %s", c.table.About().Name, c.values, said, c.want)
		}
	}
}

func TestASheetIsSentByALinkThatEndsTheOneBefore(t *testing.T) {
	monday := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	first, old, err := SheetType.Example.Send(monday)
	if err != nil || first.State != Sent || len(old) != 22 || strings.Contains(fmt.Sprint(first), old) || corpus.DayOf(first.LinkUntil) != "2027-01-22" {
		t.Fatalf("%+v, %v", first, err)
	}
	first.State = Opened
	second, token, err := first.Send(monday.Add(time.Hour))
	if err != nil || second.State != Opened || second.HasLink(old) || !second.HasLink(token) || second.HasLink("") {
		t.Errorf("%+v, %v", second, err)
	}
	for _, s := range []State{Replied, Ended} {
		second.State = s
		if _, _, err := second.Send(monday); corpus.CodeOf(err) != corpus.Conflict {
			t.Errorf("a sheet that is %s: %v", s, err)
		}
	}
}
