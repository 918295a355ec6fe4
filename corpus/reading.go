package corpus

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A reading is a quantity with the words around it that bound it, as places in folded text.
type reading struct {
	Quantity
	start, end     int    // of the phrase with its words
	number, values int    // begin and end of number and unit alone
	unit           string // as written
	counts         bool   // the unit numbers things
	bound          bool   // the text says that the value is a bound, or reached
	about          bool   // the value is around 0: ±
	low, high      bool   // which bounds the words say
	at             bool   // 在 stands before it
	target         bool   // so does 到
	fold           bool   // so many times something else
	part           bool   // a fraction in words or with a slash: 三分之一, 1/3
	state          int    // where the earlier state begins that stands between name and figure, 0 without one
	from           int    // the name begins no earlier
	shared         string // name of the figure before, where it is of this one too
	change         int    // 1 rises, -1 falls, 0 says nothing of it
	verb           int    // where the word of the change begins, -1 without one
}

// scanReading reads the quantity whose number begins at i.
func scanReading(s string, i int) (reading, bool) {
	r := reading{number: i, start: i, verb: -1}
	if !r.value(s) {
		return r, false
	}
	r.end = r.values
	r.after(s)
	r.before(s)
	return r, true
}

// value reads number, range and unit.
func (r *reading) value(s string) bool {
	rest := s[r.number:]
	if rest[0] >= utf8.RuneSelf && (r.fraction(s) || r.share(rest)) || r.partOf(s) {
		return true
	}
	v, n := scanNumber(rest)
	if n == 0 {
		return false
	}
	at := r.number + n
	u, end := unitAt(s, at)
	if s[at:end] == "成" { // 一成半, 九成五
		tenth, k := scanChinese(s[end:])
		if next, _ := utf8.DecodeRuneInString(s[end+k:]); k == len("五") && tenth < 10 && (!unicode.Is(unicode.Han, next) || strings.ContainsRune("以左的", next)) {
			if tenth >= 1 {
				tenth /= 10
			}
			v, end = v+tenth, end+k
		}
	}
	r.values, r.unit = end, strings.TrimLeft(s[at:end], " 多余来几")
	if w := hardness.FindString(s[max(0, r.number-6):r.number]); end == at && w != "" { // HRC 50~55
		u, _ = scanUnit(strings.TrimSpace(w))
		r.start -= len(w)
		r.unit = u.Base
	}
	if arabic(rest[:n]) && (r.tolerance(s, v, u) || r.span(s, v, u, end > at)) {
		return true
	}
	r.set(v, v, u)
	return true
}

func arabic(number string) bool { return strings.ContainsAny(number, "0123456789") }

// fraction reads 百分之六十七 and 百分之十至十五.
func (r *reading) fraction(s string) bool {
	for _, f := range fractions {
		after, ok := strings.CutPrefix(s[r.number:], f.word)
		if !ok {
			continue
		}
		after = strings.TrimLeft(after, " ")
		v, n := scanNumber(after)
		if n == 0 {
			return false
		}
		hi := v
		r.values = len(s) - len(after) + n
		if k := rangeSign(s[r.values:], false); k > 0 {
			second := strings.TrimPrefix(s[r.values+k:], f.word)
			if w, m := scanNumber(second); m > 0 {
				hi, r.values = w, len(s)-len(second)+m
			}
		}
		r.unit = f.word
		r.set(v, hi, Unit{Base: "%", Scale: f.by})
		return true
	}
	return false
}

// partOf reads 三分之一 and, behind a word of change, 1/3.
func (r *reading) partOf(s string) bool {
	rest := s[r.number:]
	whole, n := scanChinese(rest)
	after, ok := strings.CutPrefix(rest[n:], "分之")
	part, k := scanChinese(after)
	end := len(s) - len(after) + k
	if m := slashed.FindStringSubmatch(rest[:min(len(rest), len("1/10年"))]); m != nil {
		if _, what := ahead.suffix(strings.TrimRight(strings.TrimSuffix(s[:r.number], "约"), " ")); what != changeRole {
			return false
		}
		part, whole = float64(m[1][0]-'0'), float64(m[2][0]-'0')
		if m[2] == "10" {
			whole = 10
		}
		end, ok, k = r.number+len(m[1])+1+len(m[2]), true, 1
	}
	if !ok || k == 0 || part <= 0 || part >= whole {
		return false
	}
	r.values, r.unit, r.part = end, "%", true
	r.set(100*part/whole, 100*part/whole, Unit{Base: "%", Scale: 1})
	return true
}

var slashed = regexp.MustCompile(`^([1-9])/(10|[2-9])(?:[^0-9A-Za-z/.%~μΩ°-]|$)`)

// share reads 一半, 翻一番, 减半.
func (r *reading) share(rest string) bool {
	for word, share := range shares {
		if strings.HasPrefix(rest, word) {
			r.values, r.unit = r.number+len(word), "%"
			r.set(share.percent, share.percent, Unit{Base: "%", Scale: 1})
			if r.change = share.change; r.change != 0 {
				r.verb = r.number
			}
			return true
		}
	}
	return false
}

// tolerance reads what follows v in 25±2℃, 25℃±2℃ and 220V±10%.
func (r *reading) tolerance(s string, v float64, u Unit) bool {
	after, ok := strings.CutPrefix(strings.TrimLeft(s[r.values:], " "), "±")
	if !ok {
		return false
	}
	begin := len(s) - len(strings.TrimLeft(after, " "))
	by, n := scanNumber(s[begin:])
	if n == 0 || by < 0 {
		return false
	}
	w, end := unitAt(s, begin+n)
	switch {
	case r.unit == "":
		r.unit = s[begin+n : end]
		r.set(v-by, v+by, w)
	case w.Base == u.Base:
		by *= w.Scale / u.Scale
		r.set(v-by, v+by, u)
	case w.Base == "%":
		by *= w.Scale / 100
		r.set(v*(1-by), v*(1+by), u)
	default:
		return false
	}
	r.values = end
	return true
}

// span reads what follows v in 5～10%, 5%～10%, 100mm～2m, 5%～10 and 5～10万; known says that a unit stands behind v.
func (r *reading) span(s string, v float64, u Unit, known bool) bool {
	begin := r.values + rangeSign(s[r.values:], v < 0)
	if begin == r.values {
		return false
	}
	w, n := scanNumber(s[begin:])
	if n == 0 || !arabic(s[begin:begin+n]) {
		return false
	}
	number := s[begin : begin+n]
	second, end := unitAt(s, begin+n)
	switch hasUnit := end > begin+n; {
	case !known:
		if v < w && v < 1e3 && w >= 1e4 { // the 万 serves both
			switch {
			case strings.Contains(number, "亿"):
				v *= 1e8
			case strings.Contains(number, "万"):
				v *= 1e4
			}
		}
		if hasUnit {
			u, r.unit = second, strings.TrimSpace(s[begin+n:end])
		}
		r.set(v, w, u)
	case hasUnit && second.Base == u.Base:
		r.set(v, second.ToBase(w)/u.Scale-u.Offset/u.Scale, u)
	case !hasUnit && !u.count:
		r.set(v, w, u)
	default:
		return false
	}
	r.values = end
	return true
}

// hardness is a scale that is written before its value.
var hardness = regexp.MustCompile(`\b(?:HR[ABC]|HV|HBW?|HS) ?$`)

// set converts a range to the base unit.
func (r *reading) set(lo, hi float64, u Unit) {
	lo, hi = u.ToBase(lo), u.ToBase(hi)
	r.Min, r.Max, r.Unit, r.counts = min(lo, hi), max(lo, hi), u.Base, u.count
}

// unitAt reads a unit that stands at i, perhaps behind a blank or 多; without one end is i.
func unitAt(s string, i int) (u Unit, end int) {
	at := i
	for _, vague := range []string{"多", "余", "来", "几"} {
		if rest, ok := strings.CutPrefix(s[at:], vague); ok && rest != "" {
			at += len(vague)
			break
		}
	}
	for range 2 {
		if strings.HasPrefix(s[at:], " ") {
			at++
		}
	}
	u, n := scanUnit(s[at:])
	if strings.HasPrefix(s[at:], "/") && (strings.HasSuffix(s[:at], "亿") || strings.HasSuffix(s[:at], "万")) { // 20亿/克
		if u, n = scanUnit("个" + s[at:]); n > len("个") {
			return u, at + n - len("个")
		}
		n = 0
	}
	if n == 0 {
		return Unit{Scale: 1}, i
	}
	return u, at + n
}

// rangeSign returns the length of what joins the ends of a range, the first of which is below 0 or not.
func rangeSign(s string, below bool) int {
	rest := strings.TrimLeft(s, " ")
	if len(s)-len(rest) > 2 {
		return 0
	}
	n := 0
	for n < len(rest) && n < 4 && (rest[n] == '-' || rest[n] == '~') {
		n++
	}
	if n == 0 {
		for _, word := range []string{"至", "到"} {
			if strings.HasPrefix(rest, word) {
				n = len(word)
			}
		}
	}
	if n == 0 {
		return 0
	}
	// In -40--20 and 5~-5 the last sign belongs to the number; 60--100 has a long dash.
	if n > 1 && rest[n-1] == '-' && n < len(rest) && digit(rest[n]) && (below || rest[:n] != "--") {
		n--
	}
	return len(s) - len(strings.TrimLeft(rest[n:], " "))
}
