package corpus

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// A Date is a day, a month or a year as it was given: 2026-05-31, 2026-05 or 2026, in Asia/Shanghai. Dates of
// different precision compare as strings; empty is "not provided".
type Date string

var dateForm = regexp.MustCompile(`^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$`)

// Valid reports whether d is empty or a date that exists.
func (d Date) Valid() bool {
	if d == "" {
		return true
	}
	if !dateForm.MatchString(string(d)) {
		return false
	}
	_, err := time.Parse("2006-01-02"[:len(d)], string(d))
	return err == nil
}

// Over reports whether d had ended at that time: a month or a year lasts until its last day. No date is never over.
func (d Date) Over(at time.Time) bool {
	day := at.In(shanghai).Format(time.DateOnly)
	return d != "" && string(d) < day[:min(len(d), len(day))]
}

var (
	// shanghai has had no summer time since 1991; a fixed zone needs no zone files.
	shanghai = time.FixedZone("Asia/Shanghai", 8*3600)
	// writtenDate takes what separates year, month and day, and a time of day that may follow without a space, as
	// exports of old platforms have it: 2020-01-1310:49:39.0.
	writtenDate = regexp.MustCompile(`^(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?[年月日号]?(?:[t ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$`)
	pairedDate  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})?$`)
	endless     = words("长期 长期有效 永久 无限期 不限 至今 无 / - —")
)

// ParseDate reads 2023, 2023.5, 2023-05, 2023年5月1日, 20230501, 2023/5/1, 2020-01-1310:49:39.0, RFC 3339 times and
// serial days of spreadsheets (5 digits, day 1 is 1900-01-01). A month stays a month. Empty and 长期 give "". Years run
// from 1900 to 2199; what is no date is an error of code Invalid.
func ParseDate(s string) (Date, error) {
	text := strings.ToLower(strings.TrimSpace(width.Fold.String(s)))
	if text == "" || endless[text] {
		return "", nil
	}
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil {
		return checkDate(s, t.In(shanghai).Format(time.DateOnly))
	}
	m := writtenDate.FindStringSubmatch(text)
	if m == nil {
		m = pairedDate.FindStringSubmatch(text)
	}
	if m != nil {
		d := m[1]
		for _, part := range m[2:] {
			if part != "" {
				d += "-" + ("0" + part)[len(part)-1:]
			}
		}
		return checkDate(s, d)
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 10_000 && n < 100_000 {
		return checkDate(s, time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)).Format(time.DateOnly))
	}
	return "", notADate(s)
}

func checkDate(s, d string) (Date, error) {
	if !Date(d).Valid() || d < "1900" || d >= "2200" {
		return "", notADate(s)
	}
	return Date(d), nil
}

func notADate(s string) error {
	return &Error{Code: Invalid, Message: "“" + s + "”不是日期", Fix: "写成 2026-05-31、2026-05 或 2026"}
}

// windowJoint stands between the two ends of a window. A plain hyphen counts between blanks only.
var windowJoint = regexp.MustCompile(`\s*(?:至|到|~|～|—+|–)\s*|\s+-\s+`)

// ParseWindow reads two dates joined by 至, 到 or ~. A single date is the end of the window; an end that is not there,
// or is 长期, is "".
func ParseWindow(s string) (from, until Date, err error) {
	ends := windowJoint.Split(strings.TrimSpace(s), -1)
	switch len(ends) {
	case 1:
		until, err = ParseDate(ends[0])
		return "", until, err
	case 2:
		if from, err = ParseDate(ends[0]); err != nil {
			return "", "", err
		}
		until, err = ParseDate(ends[1])
		if err == nil && until != "" && until < from {
			err = &Error{Code: Invalid, Message: "“" + s + "”的终止日期早于起始日期", Fix: "写成 2026-01-01至2026-12-31"}
		}
		return from, until, err
	}
	return "", "", notADate(s)
}
