package sheet

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Formats of numbers that matter here.
type format byte

const (
	plain format = iota
	day
	percent
)

var (
	unquoted = regexp.MustCompile(`"[^"]*"|\\.|\[[^\]]*\]|_.|\*.`)
	dayOf    = regexp.MustCompile(`[ymd年月日]`)
)

// formatOf tells a format by its code: yyyy"年"m"月"d"日", 0.0%, General.
func formatOf(code string) format {
	code, _, _ = strings.Cut(code, ";") // positive numbers
	plainCode := strings.ToLower(unquoted.ReplaceAllString(code, ""))
	switch {
	case strings.Contains(plainCode, "general"):
		return plain
	case strings.Contains(plainCode, "%"):
		return percent
	case dayOf.MatchString(plainCode) && !strings.Contains(plainCode, "#"):
		return day
	}
	return plain
}

// builtin tells the formats that have a number and no code.
func builtin(n int) format {
	switch {
	case n == 9 || n == 10:
		return percent
	case 14 <= n && n <= 17, n == 22, 27 <= n && n <= 31, n == 36, 50 <= n && n <= 54, n == 57, n == 58:
		return day
	}
	return plain
}

// firstSerial is the smallest number that is taken for a day, in 1927: below it are counts that somebody formatted.
const firstSerial = 10_000

// text writes a number as it is stored, except days, which are stored as serials (day 1 is 1900-01-01, or 1904-01-02),
// and percentages.
func (f format) text(v float64, date1904 bool) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	switch {
	case f == percent:
		return decimal(v*100) + "%"
	case f == day && v >= firstSerial && v < 110_000:
		if date1904 {
			v += 1462
		}
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(v)).Format(time.DateOnly)
	}
	return decimal(v)
}

// decimal writes what is meant: spreadsheets keep 15 digits.
func decimal(v float64) string {
	s := strconv.FormatFloat(v, 'g', 15, 64)
	if w, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(w) < 1e21 {
		return strconv.FormatFloat(w, 'f', -1, 64)
	}
	return s
}
