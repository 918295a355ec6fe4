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
	writtenDate = regexp.MustCompile(`^(\d{4})(?:([-/.年])(\d{1,2})(?:([-/.月])(\d{1,2}))?)?[年月日号]?(?:[t ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$`)
	pairedDate  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})?$`)
	dateBlanks  = regexp.MustCompile(`\s*([-/.年月日号])\s*`)
	// dateEnds are words around a date that say nothing of it; 2024年底 is 2024, which lasts as long.
	dateEnds   = regexp.MustCompile(`^(?:截止到?|截至到?)[: ]*|(?:(?:[年月]?(?:底|末)|上旬|中旬|下旬)?(?:之前|以前|前)?|止|为止)$`)
	beforeYear = regexp.MustCompile(`^\d{4}年?(?:之前|以前|前)$`) // ends in the year before
	endless    = words("长期 长期有效 永久 永久有效 无限期 不限 至今 今 无 / - —")
)

// ParseDate reads 2023, 2023.5, 2023-05, 2023年5月1日, 二〇二三年五月, 20230501, 2023/5/1, 2020-01-1310:49:39.0, 2024年6月底前,
// RFC 3339 times and serial days of spreadsheets (5 digits, day 1 is 1900-01-01). A month stays a month. Empty and 长期 give
// "". Years run from 1900 to 2199; what is no date is an error of code Invalid.
func ParseDate(s string) (Date, error) {
	text := strings.ToLower(strings.TrimSpace(width.Fold.String(s)))
	if text == "" || endless[text] {
		return "", nil
	}
	if beforeYear.MatchString(text) {
		return "", notADate(s)
	}
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil {
		return checkDate(s, t.In(shanghai).Format(time.DateOnly))
	}
	text = dateBlanks.ReplaceAllString(arabicDate(dateEnds.ReplaceAllString(text, "")), "$1")
	if m := writtenDate.FindStringSubmatch(text); m != nil && (m[4] == "" || m[2] == m[4] || m[2] == "年" && m[4] == "月") {
		return checkDate(s, datePart(m[1])+datePart(m[3])+datePart(m[5]))
	}
	if m := pairedDate.FindStringSubmatch(text); m != nil {
		return checkDate(s, datePart(m[1])+datePart(m[2])+datePart(m[3]))
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 10_000 && n < 100_000 {
		return checkDate(s, time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)).Format(time.DateOnly))
	}
	return "", notADate(s)
}

// datePart writes the year, and month and day behind it.
func datePart(digits string) string {
	switch len(digits) {
	case 1:
		return "-0" + digits
	case 2:
		return "-" + digits
	}
	return digits
}

// arabicDate writes the Chinese numerals of a date in digits: 二〇二三年十月 is 2023年10月.
func arabicDate(s string) string {
	if !strings.Contains(s, "年") {
		return s
	}
	return chineseRun.ReplaceAllStringFunc(strings.ReplaceAll(s, "○", "〇"), func(run string) string {
		if v, n := scanChinese(run); n == len(run) && strings.Contains(run, "十") {
			return strconv.Itoa(int(v))
		}
		var digits []byte
		for _, r := range run { // 二〇二三
			digits = append(digits, '0'+byte(numerals[r]))
		}
		return string(digits)
	})
}

var chineseRun = regexp.MustCompile(`[零〇一二三四五六七八九十]+`)

func checkDate(s, d string) (Date, error) {
	if !Date(d).Valid() || d < "1900" || d >= "2200" {
		return "", notADate(s)
	}
	return Date(d), nil
}

func notADate(s string) error {
	return &Error{Code: Invalid, Message: "“" + s + "”不是日期", Fix: "写成 2026-05-31、2026-05 或 2026"}
}
