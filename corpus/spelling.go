package corpus

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scanUnit reads the longest unit at the beginning of folded text and returns its length, 0 where there is none.
func scanUnit(s string) (Unit, int) {
	t := units()
	s = s[:min(len(s), maxUnit)]
	p, n := t.scan(s, false)
	if n == 0 {
		return Unit{}, 0
	}
	return t.unit(p, s[:n]), n
}

// maxUnit bounds the bytes of a unit, so that brackets in brackets end.
const maxUnit = 64

// unit expresses a product, spelled so, in the unit in which its dimension is kept.
func (t *unitTable) unit(p product, spelled string) Unit {
	u := Unit{Base: p.name(), Scale: p.scale, count: p.count}
	if strings.HasPrefix(u.Base, "%/") {
		u.Scale *= 100
	}
	if named, ok := t.named[p.key()]; ok {
		u.Base, u.Scale = named.Base, p.scale/named.Scale
		switch strings.ToLower(spelled) { // only whole temperatures have another zero
		case "k":
			u.Offset = -named.Offset
		case "℉", "°f", "华氏度":
			u.Offset = -32 * u.Scale
		}
	}
	return u
}

// scan reads units joined by "·" and "/"; after a "/" all that follows is below the line, as the field writes W/m·K. open
// says that numbers may stand among the units: g/(m²·24h).
func (t *unitTable) scan(s string, open bool) (product, int) {
	p := product{scale: 1}
	power, at, end := 1, 0, 0
	for {
		f, n := t.group(s[at:], open || power < 0)
		if n == 0 {
			return p, end
		}
		p.count = at == 0 && f.count // grains per ear are no count
		p.times(f, power)
		at += n
		end = at
		n, divides := joint(s[at:])
		if n == 0 {
			return p, end
		}
		at += n
		if divides {
			power = -1
		}
	}
}

// joint returns the length of a sign that joins two units.
func joint(s string) (n int, divides bool) {
	blanks := len(s) - len(strings.TrimLeft(s, " "))
	for _, j := range []string{"/", "每", "·", "*", "⋅", "•", "∙", ".", "×"} {
		if strings.HasPrefix(s[blanks:], j) {
			n := blanks + len(j)
			return n + len(s[n:]) - len(strings.TrimLeft(s[n:], " ")), j == "/" || j == "每"
		}
	}
	return 0, false
}

// group reads one unit with its exponent, a number before it if open, or several units in brackets.
func (t *unitTable) group(s string, open bool) (product, int) {
	if open && strings.HasPrefix(s, "(") {
		p, n := t.scan(s[1:], true)
		if n > 0 && strings.HasPrefix(s[1+n:], ")") {
			return p, n + 2
		}
		return product{}, 0
	}
	scale, digits := 1.0, 0
	for open && digits < len(s) && digit(s[digits]) {
		digits++
	}
	if digits > 0 {
		if !slices.Contains(amounts, s[:digits]) { // 10μm/60μm are two quantities
			return product{}, 0
		}
		scale, _ = strconv.ParseFloat(s[:digits], 64)
	}
	p, n := t.one(s[digits:], open)
	if n == 0 {
		return product{}, 0
	}
	n += digits
	e, k := exponent(s[n:], p.only("m"))
	out := product{scale: scale, count: p.count}
	out.times(p, e)
	return out, n + k
}

// amounts are what a unit may be per: mg/100g, g/(m²·24h), kg/667m².
var amounts = strings.Fields("10 24 48 72 100 667 1000")

// powers are words in front of a length.
var powers = []struct {
	word string
	e    int
}{{"平方", 2}, {"立方", 3}}

// one reads the spelling of one unit.
func (t *unitTable) one(s string, below bool) (product, int) {
	for _, power := range powers {
		if rest, ok := strings.CutPrefix(s, power.word); ok {
			if p, n := t.spelled(rest, below); n > 0 && p.only("m") {
				out := product{scale: 1}
				out.times(p, power.e)
				return out, len(power.word) + n
			}
		}
	}
	return t.spelled(s, below)
}

// substances may be written onto the mass that is theirs.
var substances = strings.Fields("COD BOD5 BOD MLVSS MLSS VSS VS TSS TS SS DM DW cat CO2 CO₂ NH3 N")

// spelled reads the longest spelling, which no letter may follow.
func (t *unitTable) spelled(s string, below bool) (product, int) {
	first, _ := utf8.DecodeRuneInString(s)
	for n := min(len(s), t.longest[first]); n > 0; n-- {
		p, ok := t.exact[s[:n]]
		if !ok && below {
			p, ok = t.symbols[s[:n]]
		}
		if !ok && n > 1 && first < utf8.RuneSelf {
			p, ok = t.folded[strings.ToLower(s[:n])]
		}
		if !ok {
			continue
		}
		end := n
		if p.only("kg") { // kgCOD, gcat
			for _, of := range substances {
				if strings.HasPrefix(s[n:], of) {
					end += len(of)
					break
				}
			}
		}
		if !letter(s[end-1]) || end == len(s) || !letter(s[end]) {
			return p, end
		}
	}
	return product{}, 0
}

// exponent reads ², ^2, ⁻¹, -1, and a plain 2 or 3 behind a length; without one it is 1.
func exponent(s string, length bool) (e, n int) {
	if x, n := scanRaised(s); n > 0 && x != 0 {
		return x, n
	}
	sign := 1
	rest := strings.TrimPrefix(s, "^")
	caret := len(s) - len(rest)
	if digits, ok := strings.CutPrefix(rest, "-"); ok {
		sign, rest = -1, digits
	}
	if rest == "" || rest[0] < '1' || rest[0] > '4' || len(rest) > 1 && (letter(rest[1]) || digit(rest[1])) ||
		caret == 0 && !(sign < 0 || length && rest[0] <= '3') {
		return 1, 0
	}
	return sign * int(rest[0]-'0'), len(s) - len(rest) + 1
}

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
