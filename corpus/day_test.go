package corpus

import (
	"testing"
	"time"
)

func TestTheLastDayOfADate(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"2026-05-03", "2026-05-03"},
		{"2026-02", "2026-02-28"},
		{"2028-02", "2028-02-29"},
		{"2026-12", "2026-12-31"},
		{"2026", "2026-12-31"},
		{"", "0001-01-01"},
		{"2026-13", "0001-01-01"},
		{"mai", "0001-01-01"},
	} {
		if got := Date(test.in).Last().Format(time.DateOnly); got != test.want {
			t.Errorf("%q ends on %s, want %s", test.in, got, test.want)
		}
	}
}

func TestTheDayOfAMomentIsShanghais(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"2026-11-27T15:59:59Z", "2026-11-27"},
		{"2026-11-27T16:00:00Z", "2026-11-28"},
	} {
		at, err := time.Parse(time.RFC3339, test.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(at); string(got) != test.want {
			t.Errorf("%s is on %s, want %s", test.in, got, test.want)
		}
	}
}
