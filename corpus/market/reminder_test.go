package market

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestALinkIsKnownByItsSecretOnly(t *testing.T) {
	r, token := MakeReminder(posted(""), now)
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`).MatchString(token) {
		t.Errorf("secret %q has another form", token)
	}
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), token) {
		t.Error("the stored record holds the secret")
	}
	if _, other := MakeReminder(posted(""), now); other == token {
		t.Error("two links have one secret")
	}
}

func TestAnAnswerChangesThePosting(t *testing.T) {
	for _, test := range []struct {
		posting, notice, answer, day string
		want                         string // status, valid until, confirmed, licensed; or the code of the error
	}{
		{"", "2026-07-01", "stands", "2026-07-02", "published  2026-07-02 "},
		{"valid 2026-07-01", "2026-07-01", "stands", "2026-07-02", "published  2026-07-02 "},
		{"valid 2026-07-02", "2026-07-01", "stands", "2026-07-02", "published 2026-07-02 2026-07-02 "},
		{"achievement confirmed 2026-01", "2026-07-01", "taken", "2026-07-02", "published  2026-07-02 2026-07-02"},
		{"", "2026-07-01", "taken", "2026-07-02", "withdrawn   "},
		{"achievement", "2026-07-01", "withdraw", "2026-07-02", "withdrawn   "},
		{"confirmed 2026-01", "2026-07-01", "later", "2026-07-02", "published  2026-01 "},
		{"", "2026-07-01=later", "stands", "2026-07-03", "published  2026-07-03 "}, // later leaves the link open
		{"", "2026-07-01=stands", "stands", "2027-07-03", "published   "},          // given already: nothing changes
		{"", "2026-07-01=stands", "withdraw", "2026-07-03", "conflict"},
		{"", "2026-07-01", "stands", "2026-08-29", "published  2026-08-29 "},
		{"", "2026-07-01", "stands", "2026-08-30", "conflict"},
		{"withdrawn", "2026-07-01", "stands", "2026-07-02", "conflict"},
		{"", "2026-07-01", "perhaps", "2026-07-02", "invalid"},
		{"", "2026-07-01", "", "2026-07-02", "invalid"},
	} {
		r := notices(test.notice)[0]
		after, d, err := r.Apply(*posted(test.posting), Answer(test.answer), noon(test.day))
		got := strings.Join([]string{string(d.Status), string(d.ValidUntil), string(d.ConfirmedOn), string(d.LicensedOn)}, " ")
		if err != nil {
			got = string(corpus.CodeOf(err))
		} else if after.Answer != Answer(test.answer) || after.Answered.IsZero() {
			t.Errorf("%s of %q: the reminder is %+v", test.answer, test.posting, after)
		}
		if err != nil && after != r {
			t.Errorf("%s of %q is refused and changes the reminder", test.answer, test.posting)
		}
		if got != test.want {
			t.Errorf("%s of %q, %s, on %s: %q, want %q", test.answer, test.posting, test.notice, test.day, got, test.want)
		}
	}
}

func TestWhatALinkCanStillDo(t *testing.T) {
	for _, test := range []struct {
		notice, day string
		want        ReminderState
	}{
		{"2026-07-01", "2026-08-29", Open},
		{"2026-07-01", "2026-08-30", Over},
		{"2026-07-01=later", "2026-08-29", Open},
		{"2026-07-01=later", "2026-08-30", Over},
		{"2026-07-01=stands", "2026-07-02", Answered},
		{"2026-07-01=withdraw", "2027-07-02", Answered},
	} {
		if got := notices(test.notice)[0].State(noon(test.day)); got != test.want {
			t.Errorf("%s on %s is %s, want %s", test.notice, test.day, got, test.want)
		}
	}
}

func TestNoticesFollowTheStore(t *testing.T) {
	store, err := corpus.Open(t.TempDir(), corpus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	write := func(list ...Reminder) {
		t.Helper()
		b := corpus.Batch{Actor: "test", Action: "test"}
		for _, r := range list {
			body, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			b.Records = append(b.Records, corpus.Record{Table: Reminders, ID: r.ID, Body: body})
		}
		if _, err := store.Write(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	write(notices("2026-07-10")...)
	d := posted("published 2026-01-10")
	late, old := NewNotices(store, Rules{}), NewNotices(store, Rules{})
	check := func(n *Notices, day, want string, silent bool) {
		t.Helper()
		l, err := n.Life(d, noon(day))
		if err != nil || l.String() != want {
			t.Errorf("on %s: %s, %v; want %s", day, l, err, want)
		}
		if got, err := n.Silent(d.Kind, []uint32{d.Number, 7}); err != nil || slices.Equal(got, []uint32{d.Number}) != silent {
			t.Errorf("on %s: perhaps unconfirmed %v, %v; want that it is among them %v", day, got, err, silent)
		}
	}
	check(old, "2026-09-08", "due 2026-07-10 2026-08-09", false)
	write(notices("2026-08-09")...)
	check(old, "2026-09-08", "unconfirmed 2026-09-08 2027-02-09", true)
	check(late, "2026-09-08", "unconfirmed 2026-09-08 2027-02-09", true)
	answered := notices("2026-08-09")[0]
	answered.Answer, answered.Answered = Later, noon("2026-09-08")
	write(answered)
	for _, n := range []*Notices{old, late, NewNotices(store, Rules{})} {
		check(n, "2026-09-08", "current 2026-01-10 2026-10-08", true)
	}
	var none *Notices
	if l, err := none.Life(d, noon("2026-09-08")); err != nil || l.String() != "due 2026-07-10 2026-07-10" {
		t.Errorf("without notices: %s, %v", l, err)
	}
}
