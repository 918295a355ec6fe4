package corpus

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A folded text is what numbers and units are read from: half width, one spelling of each sign, simplified characters
// where units have them. Letters keep their case: mW is not MW.
type folded struct {
	s  string
	at []int32 // byte of s to byte of the original; one longer than s
}

// signs are single characters that stand for others.
var signs = func() map[rune]string {
	m := map[rune]string{'≧': "≥", '⩾': "≥", '≦': "≤", '⩽': "≤", '﹥': ">", '﹤': "<", '\u2126': "Ω", 'µ': "μ", 'ℓ': "L", '﹪': "%", '٪': "%",
		'⋅': "·", '∙': "·", '•': "·", '✕': "×", '✖': "×", '﹣': "-", '−': "-", '‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '─': "-",
		'〜': "~", '∼': "~", '˜': "~", '∶': ":", '：': ":", '\u00a0': " ", '\u3000': " ", '\t': " "}
	from, to := []rune("萬億噸畝頃攝點兩負達於過個為約擴縮減節無顆條隻臺種類開遠長轉時間週豎"), []rune("万亿吨亩顷摄点两负达于过个为约扩缩减节无颗条只台种类开远长转时间周竖")
	for i, r := range from {
		m[r] = string(to[i])
	}
	return m
}()

// A runeSet holds runes below 1<<16; it is asked for every rune of every text, and far faster than a map.
type runeSet [1 << 16]bool

func (s *runeSet) has(r rune) bool { return int(r) < len(s) && s[r] }

// folding are the runes that foldText changes.
var folding = func() *runeSet {
	var s runeSet
	for r := range signs {
		s[r] = true
	}
	for r := 0xFF01; r <= 0xFF5E; r++ {
		s[r] = r != '，' && r != '；'
	}
	for r := 0x3300; r <= 0x33FF; r++ {
		s[r] = true
	}
	s[utf8.RuneError] = true
	return &s
}()

func foldText(text string) folded {
	out, at := make([]byte, 0, len(text)), make([]int32, 0, len(text)+1)
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		if !folding.has(r) {
			out = append(out, text[i:i+n]...)
			for range n {
				at = append(at, int32(i))
			}
			i += n
			continue
		}
		s := string(r) // what is no UTF-8 becomes U+FFFD
		switch {
		case signs[r] != "":
			s = signs[r]
		case 0xFF01 <= r && r <= 0xFF5E:
			s = string(r - 0xFEE0)
		case 0x3300 <= r && r <= 0x33FF:
			s = norm.NFKC.String(s) // ㎡, ㎏
		}
		out = append(out, s...)
		for range len(s) {
			at = append(at, int32(i))
		}
		i += n
	}
	return folded{string(out), append(at, int32(len(text)))}
}

// maxDigits bounds the digits of one number. What is longer is a code.
const maxDigits = 24

// scanNumber reads a number at the beginning of folded text: 1,234.5, 1.5×10^-3, 2e6, 三点五, 六十七, each with 万 or 亿
// behind it, and a sign. It returns its length, 0 where there is none.
func scanNumber(s string) (v float64, n int) {
	sign, signed := 1.0, 0
	for _, before := range leads {
		if rest, ok := strings.CutPrefix(s, before.word); ok {
			sign, signed, s = before.by, len(before.word), strings.TrimLeft(rest, " ")
			signed += len(rest) - len(s)
			break
		}
	}
	if v, n = scanDigits(s); n > 0 {
		e, k := scanPower(s[n:], v)
		v, n = v*e, n+k
	} else {
		v, n = scanChinese(s)
	}
	if n == 0 || math.IsInf(v, 0) {
		return 0, 0
	}
	for _, scale := range scales {
		rest := strings.TrimPrefix(strings.TrimPrefix(s[n:], "多"), "余")
		if scale.by >= 1e4 {
			rest = strings.TrimPrefix(rest, " ")
		}
		if rest, ok := strings.CutPrefix(rest, scale.word); ok {
			return sign * v * scale.by, signed + len(s) - len(rest)
		}
	}
	return sign * v, signed + n
}

// A factor is a word that a number is multiplied by.
type factor struct {
	word string
	by   float64
}

// Signs, which stand before a number, and scales, which stand behind it, longer ones first.
var (
	leads  = []factor{{"-", -1}, {"+", 1}, {"零下", -1}, {"负", -1}}
	scales = []factor{{"万亿", 1e12}, {"百万", 1e6}, {"千万", 1e7}, {"十万", 1e5}, {"万", 1e4}, {"亿", 1e8}, {"千", 1e3}, {"百", 100}}
)

func digit(b byte) bool { return '0' <= b && b <= '9' }

// scanDigits reads digits with groups of thousands and a fraction.
func scanDigits(s string) (float64, int) {
	n := 0
	for n < len(s) && n <= maxDigits && digit(s[n]) {
		n++
	}
	if n == 0 || n > maxDigits {
		return 0, 0
	}
	plain := s[:n]
	group := func(s string) bool {
		return len(s) > 3 && (s[0] == ',' || s[0] == ' ' && s[1:4] == "000") && digit(s[1]) && digit(s[2]) && digit(s[3]) && !(len(s) > 4 && digit(s[4]))
	}
	for n <= 3+4*5 && (n <= 3 || len(plain) < n) && group(s[n:]) {
		plain += s[n+1 : n+4]
		n += 4
	}
	if n+1 < len(s) && s[n] == '.' && digit(s[n+1]) {
		end := n + 1
		for end < len(s) && end-n <= maxDigits && digit(s[end]) {
			end++
		}
		if end-n > maxDigits {
			return 0, 0
		}
		plain += s[n:end]
		n = end
	}
	v, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return 0, 0
	}
	return v, n
}

// scanPower reads ×10^-3, ×10⁶, e-3 behind a mantissa, and ^6 behind 10. ×105 is 10⁵ where the text has lost its superscript: behind a
// mantissa below 10.
func scanPower(s string, mantissa float64) (float64, int) {
	if power, caret := strings.CutPrefix(s, "^"); mantissa == 10 && caret { // 10^6
		if x, k := scanExponent(power); k > 0 {
			return math.Pow10(x - 1), 1 + k
		}
	}
	if x, k := scanRaised(s); mantissa == 10 && k > 0 {
		return math.Pow10(x - 1), k
	}
	rest := strings.TrimLeft(s, " ")
	if strings.HasPrefix(rest, "e") || strings.HasPrefix(rest, "E") {
		e := rest[1:]
		if x, k := scanExponent(e); k > 0 && (k == len(e) || !letter(e[k])) {
			return math.Pow10(x), len(s) - len(e) + k
		}
		return 1, 0
	}
	for _, times := range []string{"×", "x", "X", "*", "·"} {
		after, ok := strings.CutPrefix(rest, times)
		if after = strings.TrimLeft(after, " "); !ok || !strings.HasPrefix(after, "10") {
			continue
		}
		after = after[2:]
		power, caret := strings.CutPrefix(after, "^")
		power = strings.TrimPrefix(power, "(")
		if x, k := scanExponent(power); k > 0 && (caret || power[0] == '-' || k == 1 && mantissa < 10) {
			k += len(power[k:]) - len(strings.TrimPrefix(power[k:], ")"))
			return math.Pow10(x), len(s) - len(power) + k
		}
		if x, k := scanRaised(after); k > 0 {
			return math.Pow10(x), len(s) - len(after) + k
		}
	}
	return 1, 0
}

// scanExponent reads a whole number of at most two digits.
func scanExponent(s string) (x, n int) {
	end := 0
	for end < len(s) && (digit(s[end]) || end == 0 && (s[0] == '-' || s[0] == '+')) {
		end++
	}
	x, err := strconv.Atoi(s[:end])
	if err != nil || x > 99 || x < -99 {
		return 0, 0
	}
	return x, end
}

// scanRaised reads ⁻³.
func scanRaised(s string) (x, n int) {
	sign := 1
	if rest, ok := strings.CutPrefix(s, "⁻"); ok {
		sign, n, s = -1, len("⁻"), rest
	}
	begin := n
	for _, r := range s {
		at := raised(r)
		if at < 0 || n-begin > 6 {
			break
		}
		x, n = 10*x+at, n+utf8.RuneLen(r)
	}
	if n == begin {
		return 0, 0
	}
	return sign * x, n
}

// raised is the value of a superscript digit, -1 of others.
func raised(r rune) int {
	for v, sup := range [...]rune{'⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'} {
		if r == sup {
			return v
		}
	}
	return -1
}

var numerals = map[rune]float64{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// scanChinese reads a number in Chinese: 六十七, 两千三百, 三点五, 一万二千; 半 is 0.5.
func scanChinese(s string) (v float64, n int) {
	if strings.HasPrefix(s, "半") {
		return .5, len("半")
	}
	var section, last float64
	fraction := 0.0
	seen := false
	for i, r := range s {
		d, isDigit := numerals[r]
		switch {
		case i > 48:
			return 0, 0
		case fraction > 0:
			if !isDigit {
				return v + section + last, i
			}
			last += d * fraction
			fraction /= 10
		case isDigit:
			if seen && last > 0 && d > 0 { // 二三十: two numbers
				return 0, 0
			}
			last, seen = d, true
		case r == '十' || seen && (r == '百' || r == '千'):
			by := map[rune]float64{'十': 10, '百': 100, '千': 1000}[r]
			if last == 0 {
				last = 1
			}
			section, last, seen = section+last*by, 0, true
		case seen && (r == '万' || r == '亿'):
			v, section, last = (v+section+last)*map[rune]float64{'万': 1e4, '亿': 1e8}[r], 0, 0
		case seen && r == '点':
			if next, _ := utf8.DecodeRuneInString(s[i+len("点"):]); fraction == 0 {
				if _, ok := numerals[next]; ok {
					section, last, fraction = section+last, 0, .1
					continue
				}
			}
			return v + section + last, i
		default:
			if !seen {
				return 0, 0
			}
			return v + section + last, i
		}
		n = i + utf8.RuneLen(r)
	}
	if !seen {
		return 0, 0
	}
	return v + section + last, n
}
