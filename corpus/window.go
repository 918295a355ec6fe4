package corpus

import (
	"math"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/width"
)

var (
	// windowJoint stands between the two ends of a window. A plain hyphen counts between blanks only.
	windowJoint = regexp.MustCompile(`\s*(?:起?(?:至|到)|~|～|—+|–)\s*|\s+-\s+`)
	// thinJoint may stand between two whole dates too.
	thinJoint = regexp.MustCompile(`^[\s-]*`)
	// windowEnds are words around a window.
	windowEnds = regexp.MustCompile(`^(?:自|从|由)|(?:期间|有效|到期|止)$`)
	yearless   = regexp.MustCompile(`^(\d{1,2})(?:[-/.月](\d{1,2}))?([月日号]?)$`)
)

// maxWindow bounds the bytes of a window, which is tried at every place.
const maxWindow = 120

// ParseWindow reads two dates joined by 至, 到, ~ or a hyphen, or run together: 2023.1.1-2024.12.31, 20230101至20241231,
// 2023年1月1日2024年12月31日, 2023年1月-12月. A single date is the end of the window, with 起 its beginning; an end that is
// not there, or is 长期, is "".
func ParseWindow(s string) (from, until Date, err error) {
	text := strings.TrimSpace(windowEnds.ReplaceAllString(strings.TrimSpace(width.Fold.String(s)), ""))
	if begin, ok := strings.CutSuffix(text, "起"); ok {
		from, err = ParseDate(begin)
		return from, "", err
	}
	if until, err = ParseDate(text); err == nil {
		return "", until, nil
	}
	ends := windowJoint.Split(text, -1)
	if len(ends) == 2 {
		var err error
		if from, err = ParseDate(ends[0]); err == nil {
			if until, err = ParseDate(ends[1]); err != nil {
				until, err = sameYear(from, ends[1])
			}
		}
		if err == nil {
			return inOrder(s, from, until)
		}
	}
	if len(ends) <= 2 && len(text) <= maxWindow {
		found := false
		for i, r := range text {
			left, right := text[:i], thinJoint.ReplaceAllString(text[i:], "")
			if i == 0 || r == ' ' || right == "" {
				continue
			}
			f, err := ParseDate(left)
			if err != nil || f == "" {
				continue
			}
			u, err := ParseDate(right)
			if err != nil && right != text[i:] {
				u, err = sameYear(f, right)
			}
			if err != nil || u == "" {
				continue
			}
			if found && (f != from || u != until) { // may be read in two ways
				return "", "", notADate(s)
			}
			from, until, found = f, u, true
		}
		if found {
			return inOrder(s, from, until)
		}
	}
	return "", "", notADate(s)
}

func inOrder(s string, from, until Date) (Date, Date, error) {
	if from != "" && until != "" && until < from[:min(len(from), len(until))] {
		return from, until, &Error{Code: Invalid, Message: "“" + s + "”的终止日期早于起始日期", Fix: "写成 2026-01-01至2026-12-31"}
	}
	return from, until, nil
}

// sameYear reads the end of a window that leaves out the year of its beginning, or year and month: 12月, 6.30, 15日.
func sameYear(from Date, s string) (Date, error) {
	m := yearless.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || len(from) < len("2026-05") {
		return "", notADate(s)
	}
	month, day := datePart(m[1]), datePart(m[2])
	if day == "" && m[3] != "月" && len(from) > len("2026-05") {
		month, day = string(from[4:7]), month
	}
	return checkDate(s, string(from[:4])+month+day)
}

// termLead and termUnit stand around the number of a term that begins with the posting: 一年内, 发布之日起6个月, 半年.
var (
	termLead = regexp.MustCompile(`^(?:自?发布(?:之?日)?(?:起|后)?|有效期|自今|未来|为|[:：\s])*`)
	termUnit = regexp.MustCompile(`^\s*(年半|年|个月|月|个?星期|周|天|日)(以内|之内|内)?(?:有效)?$`)
)

// parseTerm returns the last date of a term from base on; ok says whether s is a term. A month stays a month: one year from
// 2023-05 is 2024-05. The date is "" where base is not known, or not as exact as the term.
func parseTerm(s string, base Date) (until Date, ok bool) {
	text := foldText(strings.TrimSpace(s)).s
	text = text[len(termLead.FindString(text)):]
	v, n := scanNumber(text)
	m := termUnit.FindStringSubmatch(text[n:])
	if n == 0 || m == nil || v <= 0 || v > 1000 || (m[1] == "月" || m[1] == "日") && m[2] == "" { // 5月 is a date
		return "", false
	}
	months, days := 0.0, 0.0
	switch m[1] {
	case "年":
		months = 12 * v
	case "年半":
		months = 12*v + 6
	case "个月", "月":
		months = v
	case "天", "日":
		days = v
	case "周", "星期", "个星期":
		days = 7 * v
	}
	if months != math.Trunc(months) || days != math.Trunc(days) || v >= 100 && months > 0 {
		return "", false
	}
	form := "2006-01-02"[:len(base)]
	t, err := time.Parse(form, string(base))
	if base == "" || err != nil || days > 0 && len(base) < len("2026-05-31") || int(months)%12 > 0 && len(base) < len("2026-05") {
		return "", true
	}
	last := t.AddDate(0, int(months), int(days))
	if months > 0 && last.Day() != t.Day() { // a month after January 31st ends February
		last = last.AddDate(0, 0, -last.Day())
	}
	return Date(last.Format(form)), true
}

// setTerm sets how long a posting is valid. What the date does not say is kept beside it: a term, and a beginning that is
// not the day of the posting.
func setTerm(d *Doc, c cell) *Error {
	s := CleanLine(c.text)
	from, until, err := ParseWindow(s)
	term := false
	if err != nil {
		var last Date
		if last, term = parseTerm(s, d.PublishedOn); !term {
			return err.(*Error)
		}
		if last == "" {
			return &Error{Code: Invalid, Message: "“" + s + "”没有起算的日期", Fix: "填写发布日期，或写成 2026-05-31"}
		}
		until = last
	}
	switch {
	case s == "":
		return nil
	case until == "":
		return kept()
	case d.ValidUntil != "" && d.ValidUntil != until:
		return alsoKept()
	}
	d.ValidUntil = until
	if term || from != "" && from != d.PublishedOn {
		return alsoKept()
	}
	return nil
}
