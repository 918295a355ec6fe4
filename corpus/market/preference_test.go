package market

import (
	"errors"
	"testing"
	"time"

	"duijie/corpus"
)

// Times are of Asia/Shanghai: month-day hour:minute.
func TestWhenSomebodyIsTold(t *testing.T) {
	for _, c := range []struct{ quiet, digest, now, want string }{
		{"", "none", "11-24 03:00", "11-24 03:00"},
		{"22:00-07:30", "none", "11-24 21:59", "11-24 21:59"},
		{"22:00-07:30", "none", "11-24 22:00", "11-25 07:30"},
		{"22:00-07:30", "none", "11-24 23:59", "11-25 07:30"},
		{"22:00-07:30", "none", "11-25 00:00", "11-25 07:30"},
		{"22:00-07:30", "none", "11-25 07:29", "11-25 07:30"},
		{"22:00-07:30", "none", "11-25 07:30", "11-25 07:30"},
		{"12:00-14:00", "none", "11-24 12:30", "11-24 14:00"},
		{"12:00-14:00", "none", "11-24 11:59", "11-24 11:59"},
		{"12:00-14:00", "none", "11-24 14:00", "11-24 14:00"},
		{"", "daily", "11-24 07:00", "11-24 08:00"},
		{"", "daily", "11-24 08:00", "11-25 08:00"},
		{"22:00-09:00", "daily", "11-24 20:00", "11-25 09:00"}, // the digest's hour is a quiet one
		{"", "weekly", "11-24 20:00", "11-30 08:00"},           // a Tuesday
	} {
		p := Preference{Choices: map[string]Choice{LeadMoved: {Digest: Digest(c.digest)}}}
		if c.quiet != "" {
			p.QuietFrom, p.QuietTo = c.quiet[:5], c.quiet[6:]
		}
		zone := time.FixedZone("", 8*3600)
		now, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+c.now, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Next(LeadMoved, now).In(zone).Format("01-02 15:04"); got != c.want {
			t.Errorf("quiet %s, digest %s, at %s: %s, want %s", c.quiet, c.digest, c.now, got, c.want)
		}
	}
}

func TestWhatCanBePreferred(t *testing.T) {
	wants := func(c ...Channel) map[string]Choice { return map[string]Choice{LeadMoved: {Channels: c}} }
	for _, c := range []struct {
		to   Preference
		want string // fields that are wrong
	}{
		{Preference{}, ""},
		{Preference{Mail: "a@b.example", Phone: "13800000000", QuietFrom: "22:00", QuietTo: "07:00", DigestAt: "09:30", Choices: wants(MailChannel, SMSChannel)}, ""},
		{Preference{Mail: "王丽 <a@b.example>"}, "mail"},
		{Preference{Phone: "12345"}, "phone"},
		{Preference{QuietFrom: "25:00", QuietTo: "07:00"}, "quiet_from"},
		{Preference{QuietFrom: "22:00"}, "quiet_to"},
		{Preference{QuietFrom: "22:00", QuietTo: "22:00"}, "quiet_to"},
		{Preference{DigestAt: "8"}, "digest_at"},
		{Preference{Choices: wants(MailChannel)}, "mail"},
		{Preference{Choices: wants(SMSChannel)}, "phone"},
		{Preference{Choices: wants(LarkChannel)}, "choices"},
		{Preference{Choices: map[string]Choice{"x": {}}}, "choices"},
		{Preference{Choices: map[string]Choice{LeadMoved: {Digest: "hourly"}}}, "choices"},
	} {
		_, err := StoredPreference{}.Set(c.to, []Channel{MailChannel, SMSChannel})
		got := ""
		if faults, ok := errors.AsType[corpus.Faults](err); ok {
			for _, f := range faults {
				got += f.Field
			}
		} else if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%+v: %q is wrong, want %q", c.to, got, c.want)
		}
	}
}

func TestAnAddressIsConfirmedByWhatWasSentThere(t *testing.T) {
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	p, err := StoredPreference{}.Set(Preference{Mail: "a@b.example", Choices: map[string]Choice{LeadMoved: {Channels: []Channel{MailChannel}}}}, Channels)
	if err != nil || len(p.Wants(LeadMoved)) != 0 {
		t.Fatalf("%v, wants %v before it is confirmed", err, p.Wants(LeadMoved))
	}
	p, code, err := p.MakeCode("a", MailChannel, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Confirm("other", code, now); err == nil {
		t.Error("a code works for another account")
	}
	if _, err := p.Confirm("a", code, now.Add(codeTime)); err == nil {
		t.Error("a code works for longer than ten minutes")
	}
	guessed := p
	for range codeTries {
		guessed, _ = guessed.Confirm("a", "x", now)
	}
	if _, err := guessed.Confirm("a", code, now); err == nil {
		t.Error("a code can be guessed at")
	}
	p, err = p.Confirm("a", code, now)
	if err != nil || p.Address(MailChannel) != "a@b.example" || len(p.Wants(LeadMoved)) != 1 {
		t.Errorf("%v, %q", err, p.Address(MailChannel))
	}
	if p, err = p.Set(Preference{Mail: "c@b.example"}, Channels); err != nil || p.Address(MailChannel) != "" {
		t.Errorf("another address counts as confirmed: %v", err)
	}
	for i := range codesADay + 1 {
		if p, _, err = p.MakeCode("a", MailChannel, now); (err == nil) != (i < codesADay-1) {
			t.Errorf("code %d of a day: %v", i+2, err)
		}
	}
}
