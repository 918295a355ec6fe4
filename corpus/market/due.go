package market

import (
	"time"

	"duijie/corpus"
)

// workday returns the day that is so many working days after a moment, in Asia/Shanghai: Monday to Friday. Which of these are
// holidays is not known here.
func workday(from time.Time, days int) corpus.Date {
	for days > 0 {
		from = from.Add(24 * time.Hour)
		if d := corpus.DayOf(from).Last().Weekday(); d != time.Saturday && d != time.Sunday {
			days--
		}
	}
	return corpus.DayOf(from)
}

// Overdue reports whether a record should have been answered by now, and was not.
func (d *Declared) Overdue(r Row, now time.Time) bool {
	if lead, ok := r.Whole().(Lead); ok && !lead.Answered.IsZero() { // in its thread
		return false
	}
	return d.Due != "" && *r.Head().State == State(d.States[0].Value) && corpus.Date(r.Text(d.Due)).Over(now)
}

// workdays counts the working days after the day of a moment until that of another, in Asia/Shanghai, as workday knows them.
func workdays(from, to time.Time) (n int) {
	day, last := corpus.DayOf(from).Last(), corpus.DayOf(to).Last()
	for day = day.AddDate(0, 0, 1); !day.After(last); day = day.AddDate(0, 0, 1) {
		if d := day.Weekday(); d != time.Saturday && d != time.Sunday {
			n++
		}
	}
	return n
}
