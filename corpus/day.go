package corpus

import "time"

// DayOf returns the day of a moment in Asia/Shanghai.
func DayOf(t time.Time) Date { return Date(t.In(shanghai).Format(time.DateOnly)) }

// Last returns the beginning of d's last day in Asia/Shanghai: a month or a year ends with its last one. No date, and what
// is none, gives the zero time.
func (d Date) Last() time.Time {
	if d == "" || !d.Valid() {
		return time.Time{}
	}
	t, err := time.ParseInLocation("2006-01-02"[:len(d)], string(d), shanghai)
	if err != nil {
		return time.Time{} // Valid has parsed it
	}
	switch len(d) {
	case len("2026"):
		return t.AddDate(1, 0, -1)
	case len("2026-05"):
		return t.AddDate(0, 1, -1)
	}
	return t
}
