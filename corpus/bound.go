package corpus

import (
	"math"
	"strings"
	"unicode/utf8"
)

// after reads the words behind a value that bound it.
func (r *reading) after(s string) {
	for {
		rest := s[r.end:]
		blank := len(rest) - len(strings.TrimLeft(rest, " "))
		w, what := behind.prefix(rest[blank:])
		if w == "" || w == "内" && !encloses(r.Unit, rest[blank+len(w):]) {
			return
		}
		r.end += blank + len(w)
		r.low, r.high = r.low || what == atLeastRole, r.high || what == atMostRole
	}
}

// encloses reports whether a bare 内 bounds a time or a length: 3分钟内, not 10 mm 内径.
func encloses(unit, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	return (unit == "s" || unit == "m") && !strings.ContainsRune("径部孔壁腔衬层外胆置容存燃", next)
}

// before reads the words in front of a value, from the right, and sets the bounds.
func (r *reading) before(s string) {
	moved := false
	for range 8 {
		text := strings.TrimRight(s[:r.start], " ")
		if short, ok := cutSuffix(text, "到", "至", "为"); ok { // 降低至 is no 低至
			if _, what := ahead.suffix(short); what == changeRole {
				r.target, text = true, short
			}
		}
		w, what := ahead.suffix(text)
		if w == "" || what == nameRole || what == comparedRole && !compared(text) {
			break
		}
		begin := len(text) - len(w)
		if what == atLeastRole || what == atMostRole {
			for _, no := range negations {
				if strings.HasSuffix(text[:begin], no) && !strings.ContainsAny(w, "<>≤≥达") {
					begin, what = begin-len(no), atLeastRole+atMostRole-what
					break
				}
			}
			if w == "优于" && endsIn(text[:begin], precise) {
				what = atMostRole
			}
		}
		switch what {
		case atLeastRole:
			if r.Min < r.Max && strings.Contains(w, "达") { // 达到 58～62
				r.bound = true
			} else {
				r.low = true
			}
		case atMostRole:
			r.high = true
		case aboutRole:
			r.about = true
		case targetRole:
			r.target = true
		case deltaRole:
			moved = true
		case changeRole, comparedRole:
			r.change, r.verb = changes[w], begin
		}
		r.at = r.at || strings.HasSuffix(w, "在")
		r.start = begin
		if r.verb >= 0 {
			break
		}
	}
	r.bound = r.bound || r.low || r.high || r.about
	text := strings.TrimRight(s[:r.start], " ")
	if r.fold = (r.unit == "倍" || r.part) && strings.HasSuffix(text, "的"); r.fold { // 是电镀件的3倍, 仅为原来的三分之一
		var before bool
		text, before = cutSuffix(strings.TrimSuffix(text, "的"), "原来", "原先", "以前")
		r.fold = before || !r.part // 投资的三分之一 is no change
	}
	if r.fold {
		text, _ = cutSuffix(text, "仅为", "只有", "为", "是")
		r.start = len(text)
	}
	switch {
	case r.about && r.Min == r.Max:
		r.Max = math.Abs(r.Max)
		r.Min = -r.Max
	case r.about:
	case r.fold && r.part:
		r.Min, r.Max = 100-r.Max, 100-r.Min
		r.gain(-1)
	case r.fold:
		r.Min, r.Max = r.Min-100, r.Max-100
		r.gain(1)
	case r.change != 0 && r.target: // 降到 5 %: a value, not a change
		if !r.low && !r.high {
			r.low, r.high = r.change > 0, r.change < 0
		}
		r.change, r.bound = 0, true
		r.open()
	case r.change != 0:
		r.gain(r.change)
	case moved:
		r.Relative, r.bound = true, true
		r.open()
	default:
		r.open()
	}
}

func cutSuffix(s string, suffixes ...string) (string, bool) {
	for _, suffix := range suffixes {
		if short, ok := strings.CutSuffix(s, suffix); ok {
			return short, true
		}
	}
	return s, false
}

// open lets a bound's other end go.
func (r *reading) open() {
	switch {
	case r.low && !r.high:
		r.Max = math.Inf(1)
	case r.high && !r.low:
		r.Min = math.Inf(-1)
	}
}

// gain makes a change of r: of one number at least, or what its words say.
func (r *reading) gain(sign int) {
	r.Relative, r.bound, r.change = true, true, sign
	if r.Min == r.Max && !r.high {
		r.low = true
	}
	r.open()
	if sign < 0 {
		r.Min, r.Max = -r.Max, -r.Min
	}
}

// compared reports whether the clause that ends here compares with something else.
func compared(text string) bool {
	text = text[max(0, len(text)-maxClause):]
	text = text[max(0, strings.LastIndexAny(text, "，。；、,;\n")):]
	return strings.Contains(text, "比") || strings.Contains(text, "较")
}

// maxClause bounds the bytes that are searched for the words of a clause, so that texts without punctuation cost no more.
const maxClause = 240
