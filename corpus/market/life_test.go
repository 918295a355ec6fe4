package market

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

// noon of a day in Asia/Shanghai.
func noon(day string) time.Time { return corpus.Date(day).Last().Add(12 * time.Hour) }

// notices reads "2026-07-01 2026-08-01=later": days on which reminders were sent, with their answers, given a day later.
func notices(list string) []Reminder {
	var out []Reminder
	for s := range strings.FieldsSeq(list) {
		day, answer, _ := strings.Cut(s, "=")
		r := Reminder{ID: s, Kind: corpus.Need, Number: 1, Sent: noon(day), Answer: Answer(answer)}
		if answer != "" {
			r.Answered = r.Sent.AddDate(0, 0, 1)
		}
		out = append(out, r)
	}
	return out
}

// posted reads "published 2026-01-01 valid 2026-05 withdrawn": a need with these dates and states.
func posted(text string) *corpus.Doc {
	d := &corpus.Doc{Kind: corpus.Need, ID: "n", Number: 1, Status: corpus.Published, Created: noon("2025-12-31"), Updated: noon("2026-02-03")}
	words := strings.Fields(text)
	for i, w := range words {
		switch w {
		case "achievement", "expert":
			d.Kind = corpus.Kind(w)
		case "withdrawn", "draft":
			d.Status = corpus.Status(w)
		case "published":
			d.PublishedOn = corpus.Date(words[i+1])
		case "confirmed":
			d.ConfirmedOn = corpus.Date(words[i+1])
		case "valid":
			d.ValidUntil = corpus.Date(words[i+1])
		case "licensed":
			d.LicensedOn = corpus.Date(words[i+1])
		}
	}
	return d
}

func (l *Life) String() string {
	if l == nil {
		return "none"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", l.State, l.Since, l.Next))
}

func TestTheLifeOfAPosting(t *testing.T) {
	for _, test := range []struct {
		posting, notices, day, want string
		notice                      int
	}{
		{"published 2026-01-10", "", "2026-07-09", "current 2026-01-10 2026-07-10", 0},
		{"published 2026-01-10", "", "2026-07-10", "due 2026-07-10 2026-07-10", 1},
		{"published 2026-01", "", "2026-07-30", "current 2026-01-31 2026-07-31", 0},
		{"published 2026-01-10 confirmed 2026-05-01", "", "2026-10-31", "current 2026-05-01 2026-11-01", 0},
		{"published 2026-05-10 confirmed 2026-01-01", "", "2026-10-31", "current 2026-05-10 2026-11-10", 0},
		{"", "", "2026-03-01", "current 2025-12-31 2026-07-01", 0}, // when it came here; there is no 31st of June

		{"published 2026-01-10", "2026-07-10", "2026-08-08", "due 2026-07-10 2026-08-09", 0},
		{"published 2026-01-10", "2026-07-10", "2026-08-09", "due 2026-07-10 2026-08-09", 2},
		{"published 2026-01-10", "2026-07-10 2026-08-09", "2026-09-07", "due 2026-07-10 2026-09-08", 0},
		{"published 2026-01-10", "2026-07-10 2026-08-09", "2026-09-08", "unconfirmed 2026-09-08 2027-02-09", 0},
		{"published 2026-01-10", "2026-07-10 2026-08-09", "2027-02-09", "unconfirmed 2026-09-08 2027-02-09", 3},
		{"published 2026-01-10", "2026-07-10 2026-08-09 2027-02-09", "2027-02-10", "unconfirmed 2026-09-08 2027-08-09", 0},
		{"published 2026-01-10", "2026-07-10 2026-08-09", "2026-07-20", "due 2026-07-10 2026-08-09", 0}, // before the second
		{"published 2026-01-10", "2026-07-10=later", "2026-07-10", "due 2026-07-10 2026-08-09", 0},      // before its answer
		// Any later word of the holder makes it current again.
		{"published 2026-01-10 confirmed 2026-09-09", "2026-07-10 2026-08-09", "2026-10-01", "current 2026-09-09 2027-03-09", 0},
		{"published 2026-01-10 confirmed 2026-08-10", "2026-07-10 2026-08-09=stands", "2026-10-01", "current 2026-08-10 2027-02-10", 0},
		{"published 2026-01-10", "2026-07-10 2026-08-09=later", "2026-09-08", "current 2026-01-10 2026-09-09", 0},
		{"published 2026-01-10", "2026-07-10 2026-08-09=later", "2026-09-09", "due 2026-09-09 2026-09-09", 1},
		{"published 2026-01-10", "2026-07-10=later 2026-08-09", "2026-10-09", "due 2026-08-10 2026-09-08", 2},

		{"published 2026-01-10 valid 2026-05", "", "2026-05-31", "current 2026-01-10 2026-05-31", 0},
		{"published 2026-01-10 valid 2026-05", "", "2026-06-01", "expired 2026-05", 0},
		{"published 2026-01-10 valid 2026-05", "2026-07-10 2026-08-09", "2026-12-01", "expired 2026-05", 0},
		{"published 2025-01-10 withdrawn valid 2025-05", "", "2026-12-01", "withdrawn 2026-02-03", 0},
		{"achievement published 2025-01-10 licensed 2025-03", "", "2026-12-01", "licensed 2025-03", 0},
		{"draft", "", "2026-12-01", "none", 0},
		{"expert published 2020", "", "2026-12-01", "none", 0},
	} {
		d, list, now := posted(test.posting), notices(test.notices), noon(test.day)
		if got := LifeOf(d, list, Rules{}, now).String(); got != test.want {
			t.Errorf("%q after %q on %s: %s, want %s", test.posting, test.notices, test.day, got, test.want)
		}
		s := stands(d, list, Rules{}, now)
		notice := 0
		if !s.ask.IsZero() && !now.Before(s.ask) {
			notice = s.open + 1
		}
		if notice != test.notice {
			t.Errorf("%q after %q on %s: notice %d, want %d", test.posting, test.notices, test.day, notice, test.notice)
		}
	}
	if got := LifeOf(posted("published 2026-01-10"), nil, Rules{Months: 12}, noon("2026-11-01")).String(); got != "current 2026-01-10 2027-01-10" {
		t.Errorf("asked every year: %s", got)
	}
}

func TestOnlyWhatIsOverTakesNoLeads(t *testing.T) {
	for _, test := range []struct {
		posting string
		want    corpus.Code
	}{
		{"published 2020", ""},
		{"valid 2026-12-01", ""},
		{"achievement licensed 2026-01", ""},
		{"valid 2026-11", corpus.Conflict},
		{"withdrawn", corpus.Conflict},
		{"expert", ""},
	} {
		d := posted(test.posting)
		err := LifeOf(d, nil, Rules{}, noon("2026-12-01")).TakesLeads(d)
		if (err != nil || test.want != "") && corpus.CodeOf(err) != test.want {
			t.Errorf("%q: %v, want %q", test.posting, err, test.want)
		}
	}
}

func TestEveryStateHasWords(t *testing.T) {
	for _, s := range LifeStates {
		if s.Label("") == "" || s.Label("en") == "" || s.Label("zh") == s.Label("en") {
			t.Errorf("%s is called %q and %q", s, s.Label(""), s.Label("en"))
		}
	}
}
