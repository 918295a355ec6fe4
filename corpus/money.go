package corpus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Money is an amount or a range in fen (1/100 yuan). Max 0 means no upper bound is known; both 0 means that Text
// says something else, 面议 for the most part: unknown, never free of charge.
type Money struct {
	Min  int64  `json:"min,omitempty" doc:"fen"`
	Max  int64  `json:"max,omitempty" doc:"fen"`
	Text string `json:"text" doc:"as it was given"`
}

// Known reports whether m holds an amount.
func (m *Money) Known() bool { return m != nil && (m.Min > 0 || m.Max > 0) }

// From returns the lower end of what is known of m in fen, the upper one where there is no lower; 0 where m is not Known.
func (m *Money) From() int64 {
	switch {
	case !m.Known():
		return 0
	case m.Min > 0:
		return m.Min
	}
	return m.Max
}

// UnmarshalJSON takes the object form or a string as ParseMoney reads it.
func (m *Money) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		v, err := ParseMoney(s, "")
		if err != nil {
			return err
		}
		*m = Money{}
		if v != nil {
			*m = *v
		}
		return nil
	}
	type plain Money
	return json.Unmarshal(b, (*plain)(m))
}

var (
	otherUnits = regexp.MustCompile(`^\s*(?:%|‰|年|月|日|天|期|个|次|人|吨|亩|成|折|倍|点|家|项(?:[^目]|$)|名|台)`)
	foreign    = regexp.MustCompile(`[美欧日港韩澳加][元币金]|港币|英镑|卢布|usd|eur|hkd|jpy|gbp|[$€£]`)
	atLeast    = regexp.MustCompile(`以上|起$|起步|起拍|不低于|不少于|不小于|至少|最低|大于|超过|高于|≥|>`)
	atMost     = regexp.MustCompile(`以内|以下|不超过|不高于|不大于|不多于|至多|最多|最高|小于|低于|少于|不到|不足|≤|<`)
	// moneyJoint stands between the ends of a range.
	moneyJoint = regexp.MustCompile(`^\s*(?:[-~]+|至|到|(?:以上|起)\s*[,，、]?\s*[且并]?\s*(?:不超过|不高于|不多于|至多|最高)?|[,，、]?\s*[且并]?\s*(?:不超过|不高于|不多于|至多|最高))\s*`)
	currency   = regexp.MustCompile(`^[多余来几]?\s*(?:元|圆|块|人民币|rmb|cny)`)
	// formalDigits are the numerals of cheques and contracts, as the others.
	formalDigits = strings.NewReplacer("壹", "一", "贰", "二", "叁", "三", "肆", "四", "伍", "五", "陆", "六", "柒", "七", "捌", "八", "玖", "九",
		"拾", "十", "佰", "百", "仟", "千", "圆", "元")
)

// maxYuan keeps sums of amounts far inside int64 fen; no posting asks ten trillion.
const maxYuan = 1e13

// ParseMoney reads 80万元, 50-100万, 100.0万元-200.0万元, 1.2亿元, 5000元, 五十万元, 伍拾万元整, 50万以上, 100万以内 and numbers
// without a unit in the unit given by the column's header (元, 万元, 亿元; "" is 元), which Text then carries too. Empty and
// "0" give nil; text without a number (面议, 电议) and foreign currencies give a Money that is not Known; a number that is
// not an amount (3年, 销售额的3%) gives an error of code Invalid.
func ParseMoney(s, unit string) (*Money, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, nil
	}
	text := strings.ToLower(foldText(formalDigits.Replace(s)).s)
	notMoney := &Error{Code: Invalid, Message: "“" + s + "”不是一个金额", Fix: "写成 80万元、50-100万元 或 面议"}
	at := firstAmount(text)
	if at == len(text) || foreign.MatchString(text) {
		return &Money{Text: s}, nil
	}
	first, rest := scanAmount(text[at:])
	found := []amount{first}
	if joint := moneyJoint.FindString(rest); joint != "" {
		if second, after := scanAmount(rest[len(joint):]); after != rest[len(joint):] {
			found, rest = append(found, second), after
		}
	}
	last := found[len(found)-1]
	if strings.Contains(text[:at], "-") || strings.ContainsAny(rest, "0123456789") || !last.yuan && otherUnits.MatchString(rest) || last.number == "" {
		return nil, notMoney
	}
	if unit = strings.TrimSpace(unit); last.scale == 1 && unit != "" && !strings.Contains(text, "元") {
		s += unit
		if foreign.MatchString(unit) {
			return &Money{Text: s}, nil
		}
		last.scale = scaleOf("1" + strings.TrimSuffix(unit, "元"))
		found[len(found)-1] = last
	}
	var yuan [2]float64
	for i, a := range found {
		yuan[i] = a.value * a.scale
		// In 50-100万 the last unit serves both ends, in 5000-1万 it can't.
		if i < len(found)-1 && a.scale == 1 && !a.yuan && a.value*last.scale <= last.value*last.scale {
			yuan[i] = a.value * last.scale
		}
	}
	if yuan[0] > maxYuan || yuan[1] > maxYuan {
		return nil, notMoney
	}
	m := &Money{Min: int64(math.Round(yuan[0] * 100)), Text: s}
	// 不低于 holds 低于: the longer word counts.
	low, high := atLeast.FindString(text), atMost.FindString(text)
	switch {
	case len(found) == 2:
		m.Max = int64(math.Round(yuan[1] * 100))
		m.Min, m.Max = min(m.Min, m.Max), max(m.Min, m.Max)
	case low != "" && len(low) >= len(high):
	case high != "":
		m.Min, m.Max = 0, m.Min
	default:
		m.Max = m.Min
	}
	if m.Min == 0 && m.Max == 0 {
		return nil, nil
	}
	return m, nil
}

// An amount is a number of yuan, times a scale.
type amount struct {
	number       string
	value, scale float64
	yuan         bool // 元 stands behind it
}

// firstAmount returns where the first number of folded text begins: digits, or a numeral with 万, 亿 or 元 behind it; the
// length of the text where there is none.
func firstAmount(text string) int {
	for i, r := range text {
		if '0' <= r && r <= '9' {
			return i
		}
		if _, ok := numerals[r]; ok || r == '十' {
			a, rest := scanAmount(text[i:])
			if joint := moneyJoint.FindString(rest); joint != "" { // 五十到一百万
				b, _ := scanAmount(rest[len(joint):])
				a.yuan = a.yuan || b.scale > 1 || b.yuan
			}
			if a.number != "" && (a.scale > 1 || a.yuan || a.number == text) {
				return i
			}
		}
	}
	return len(text)
}

// scanAmount reads an amount at the beginning of folded text in lower case, and returns what is left.
func scanAmount(text string) (a amount, rest string) {
	if text == "" || text[0] == '-' || text[0] == '+' {
		return a, text
	}
	v, n := scanNumber(text)
	if n == 0 {
		return a, text
	}
	a = amount{number: text[:n], scale: scaleOf(text[:n])}
	a.value = v / a.scale
	rest = text[n:]
	if after, ok := strings.CutPrefix(rest, "w"); ok && a.scale == 1 { // 50w
		a.scale, rest = 1e4, after
	}
	if c := currency.FindString(rest); c != "" {
		a.yuan, rest = true, rest[len(c):]
	}
	return a, rest
}

// scaleOf is what the words at the end of a number multiply it by: 1e4 for 50万.
func scaleOf(number string) float64 {
	for _, s := range scales {
		if strings.HasSuffix(number, s.word) && (s.by >= 1e4 && s.word != "十万" && s.word != "百万" && s.word != "千万" || arabic(number)) {
			return s.by
		}
	}
	return 1
}

const fenPerYuan, fenPerWan = 100, 10_000 * 100

// Label writes an amount for readers: in Chinese in 万元 from 10,000 yuan on, in English for lang "en", with what the
// amount is for (26万元/台); what is no amount as it was given; "" for nil.
func (m *Money) Label(lang string) string {
	switch {
	case m == nil:
		return ""
	case !m.Known():
		return m.Text
	}
	unit, before, name, least, most := int64(fenPerYuan), "", "元", "以上", "以内"
	switch {
	case lang == "en":
		before, name, least, most = "CNY ", "", " or more", " at most"
	case max(m.Min, m.Max) >= fenPerWan:
		unit, name = fenPerWan, "万元"
	}
	text := before + inUnit(cmp.Or(m.Min, m.Max), unit)
	switch {
	case m.Max == 0:
		text += name + least
	case m.Min == 0:
		text += name + most
	case m.Min == m.Max:
		text += name
	default:
		text += "–" + inUnit(m.Max, unit) + name
	}
	if _, per, ok := strings.Cut(m.Text, "/"); ok {
		text += "/" + per
	}
	return text
}

// inUnit writes fen in a unit: thousands apart, two decimals at most, no zeros at the end.
func inUnit(fen, unit int64) string {
	whole := Thousands(fen / unit)
	hundredths := fen % unit * 100 / unit
	if hundredths == 0 {
		return whole
	}
	return strings.TrimRight(fmt.Sprintf("%s.%02d", whole, hundredths), "0")
}

// Thousands writes a number that is not negative with its thousands apart.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
