package corpus

import (
	_ "embed"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A Unit is one spelling of a unit, read: a value v in it is v·Scale + Offset in Base. Two units measure the same when
// their Bases are equal; units that only share a dimension (torque and energy, N·m and J) have the same Base too.
type Unit struct {
	Base          string
	Scale, Offset float64
	count         bool // numbers things: 台, 项
}

// ToBase converts a value, rounded to 12 significant digits so that 1.5 kg/t is 1500 g/t.
func (u Unit) ToBase(v float64) float64 {
	v = v*u.Scale + u.Offset
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64) // what Format writes, Parse reads
	return rounded
}

// A product is a unit as a power of each base unit, times scale.
type product struct {
	powers map[string]int
	scale  float64
	count  bool // of the group counts
}

// times multiplies p by q to the power n.
func (p *product) times(q product, n int) {
	if p.powers == nil {
		p.powers = map[string]int{}
	}
	for base, m := range q.powers {
		if p.powers[base] += m * n; p.powers[base] == 0 {
			delete(p.powers, base)
		}
	}
	p.scale *= math.Pow(q.scale, float64(n))
}

// only reports whether p is a power 1 of one base unit.
func (p product) only(base string) bool { return len(p.powers) == 1 && p.powers[base] == 1 }

// key names the dimension.
func (p product) key() string {
	var b strings.Builder
	for _, base := range slices.Sorted(maps.Keys(p.powers)) {
		b.WriteString(base + strconv.Itoa(p.powers[base]) + " ")
	}
	return b.String()
}

// name spells the powers so that scanUnit reads them again.
func (p product) name() string {
	var over, under []string
	for _, base := range slices.Sorted(maps.Keys(p.powers)) {
		n := p.powers[base]
		list := &over
		if n < 0 {
			list, n = &under, -n
		}
		if n > 1 {
			base += string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[min(n, 9)])
		}
		*list = append(*list, base)
	}
	if len(over) == 0 {
		over = []string{"%"} // %/℃; unit sees to the scale
	}
	s := strings.Join(over, "·")
	if len(under) > 0 {
		s += "/" + strings.Join(under, "·")
	}
	return s
}

// unitsFile is described by its own first lines.
//
//go:embed units.txt
var unitsFile string

// A unitTable holds every spelling with its prefixes.
type unitTable struct {
	exact   map[string]product
	folded  map[string]product // by lower case, where that has one meaning
	symbols map[string]product // read behind "/" only
	named   map[string]Unit    // by key: the unit in which a dimension is kept; Scale leads to coherent base units
	longest map[rune]int       // first character to the bytes of the longest spelling
}

var units = sync.OnceValue(func() *unitTable {
	t := &unitTable{exact: map[string]product{}, folded: map[string]product{}, symbols: map[string]product{}, named: map[string]Unit{}, longest: map[rune]int{}}
	into, counts := t.exact, false
	for line := range strings.Lines(unitsFile) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if group, ok := strings.CutPrefix(line, "#"); ok {
			into, counts = t.exact, group == "counts"
			if group == "symbols" {
				into = t.symbols
			}
			continue
		}
		t.add(into, foldText(line).s, counts)
	}
	ambiguous := map[string]bool{}
	for _, s := range slices.Sorted(maps.Keys(t.exact)) {
		lower := strings.ToLower(s)
		other, seen := t.folded[lower]
		if seen && (other.key() != t.exact[s].key() || other.scale != t.exact[s].scale) {
			ambiguous[lower] = true
		}
		t.folded[lower] = t.exact[s]
	}
	for s := range ambiguous {
		delete(t.folded, s)
	}
	return t
})

// Prefixes, in Latin and in Chinese.
var (
	prefixes = map[rune]float64{'P': 1e15, 'T': 1e12, 'G': 1e9, 'M': 1e6, 'k': 1e3, 'K': 1e3, 'h': 1e2, 'd': 1e-1, 'c': 1e-2, 'm': 1e-3, 'μ': 1e-6, 'n': 1e-9, 'p': 1e-12}
	chinese  = map[rune]string{'T': "太", 'G': "吉", 'M': "兆", 'k': "千", 'h': "百", 'd': "分", 'c': "厘", 'm': "毫", 'μ': "微", 'n': "纳", 'p': "皮"}
)

// add reads one line of the file into one of the tables.
func (t *unitTable) add(into map[string]product, line string, count bool) {
	line, kept := strings.CutPrefix(line, "! ")
	left, definition, defined := strings.Cut(line, " = ")
	spellings := strings.Fields(left)
	var prefixed string
	if last := spellings[len(spellings)-1]; strings.HasPrefix(last, "+") {
		prefixed, spellings = last[1:], spellings[:len(spellings)-1]
	}
	name := spellings[0]
	p := product{scale: 1, powers: map[string]int{name: 1}, count: count}
	if defined {
		p = t.define(definition)
		p.count = count
	}
	if name == "℃" { // 0 ℃ is 273.15 K
		t.named[p.key()] = Unit{Base: name, Scale: 1, Offset: 273.15}
	}
	if have, ok := t.named[p.key()]; !ok && (kept || !defined || p.scale == 1) || kept && have.Base != name {
		t.named[p.key()] = Unit{Base: name, Scale: p.scale, Offset: have.Offset}
	}
	for i, s := range spellings {
		t.put(into, s, p)
		latin := s[0] < utf8.RuneSelf || strings.HasPrefix(s, "Ω")
		for _, r := range prefixed {
			if latin && i > 0 {
				break
			}
			q := p
			q.scale *= prefixes[r]
			if !latin {
				if chinese[r] != "" {
					t.put(into, chinese[r]+s, q)
				}
				continue
			}
			t.put(into, string(r)+s, q)
			if r == 'μ' {
				t.put(into, "u"+s, q)
			}
		}
	}
}

// define reads a factor, perhaps a fraction, and the unit it is of.
func (t *unitTable) define(definition string) product {
	number, unit, _ := strings.Cut(definition, " ")
	over, under, fraction := strings.Cut(number, "/")
	factor, _ := strconv.ParseFloat(over, 64) // the file is part of the program: a test reads all of it
	if fraction {
		f, _ := strconv.ParseFloat(under, 64)
		factor /= f
	}
	p, _ := t.scan(unit, false)
	p.scale *= factor
	return p
}

func (t *unitTable) put(into map[string]product, s string, p product) {
	into[s] = p
	first, _ := utf8.DecodeRuneInString(s)
	for _, r := range []rune{first, unicode.ToLower(first), unicode.ToUpper(first)} {
		t.longest[r] = max(t.longest[r], len(s))
	}
}
