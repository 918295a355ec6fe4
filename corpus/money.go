package corpus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"
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

const moneyUnit = `亿|千万|百万|万|千|百|w`

var (
	amount = regexp.MustCompile(`(\d[\d,]*(?:\.\d+)?)\s*(` + moneyUnit + `)?\s*(?:元|圆|人民币|rmb|cny)?`)
	// moneyForm is what may stand around one or two amounts: anything before without a number, and words behind that
	// don't make it something else than an amount.
	moneyForm  = regexp.MustCompile(`^[^\d-]*` + amount.String() + `(?:\s*(?:[-~—–]+|至|到)\s*` + amount.String() + `)?([^\d]*)$`)
	otherUnits = regexp.MustCompile(`^\s*(?:%|‰|年|月|日|天|期|个|次|人|吨|亩|成|折|倍|点)`)
	foreign    = regexp.MustCompile(`[美欧日港韩澳加][元币金]|港币|英镑|卢布|usd|eur|hkd|jpy|gbp|[$€£]`)
	atLeast    = regexp.MustCompile(`以上|起$|起步|不低于|不少于|不小于|至少|大于|超过|高于|≥|>`)
	atMost     = regexp.MustCompile(`以内|以下|不超过|不高于|不大于|不多于|至多|最多|小于|低于|少于|≤|<`)
	moneyScale = map[string]float64{"": 1, "百": 1e2, "千": 1e3, "万": 1e4, "w": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}
)

// maxYuan keeps sums of amounts far inside int64 fen; no posting asks ten trillion.
const maxYuan = 1e13

// ParseMoney reads 80万元, 50-100万, 100.0万元-200.0万元, 1.2亿元, 5000元, 50万以上, 100万以内 and numbers without a
// unit in the unit given by the column's header (元, 万元, 亿元; "" is 元), which Text then carries too. Empty and "0" give
// nil; text without a number (面议, 电议) and foreign currencies give a Money that is not Known; a number that is not an
// amount (3年, 销售额的3%) gives an error of code Invalid.
func ParseMoney(s, unit string) (*Money, error) {
	s = strings.TrimSpace(s)
	folded := strings.ToLower(width.Fold.String(s))
	found := amount.FindAllStringSubmatch(folded, -1)
	if s == "" {
		return nil, nil
	}
	if len(found) == 0 || foreign.MatchString(folded) {
		return &Money{Text: s}, nil
	}
	notMoney := &Error{Code: Invalid, Message: "“" + s + "”不是一个金额", Fix: "写成 80万元、50-100万元 或 面议"}
	form := moneyForm.FindStringSubmatch(folded)
	if form == nil || otherUnits.MatchString(form[len(form)-1]) {
		return nil, notMoney
	}
	last := found[len(found)-1][2]
	if unit = strings.TrimSpace(unit); last == "" && unit != "" && !strings.Contains(folded, "元") {
		s += unit
		if foreign.MatchString(unit) {
			return &Money{Text: s}, nil
		}
		last = strings.TrimSuffix(unit, "元")
	}
	var yuan [2]float64
	for i, f := range found {
		scale, v := f[2], strings.ReplaceAll(f[1], ",", "")
		if scale == "" {
			scale = last
		}
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || moneyScale[scale] == 0 {
			return nil, notMoney
		}
		yuan[i] = n * moneyScale[scale]
		// In 50-100万 the last unit serves both ends, in 5000-1万 it can't.
		if i == 1 && found[0][2] == "" && yuan[0] > yuan[1] {
			yuan[0] /= moneyScale[last]
		}
	}
	if yuan[0] > maxYuan || yuan[1] > maxYuan {
		return nil, notMoney
	}
	m := &Money{Min: int64(math.Round(yuan[0] * 100)), Text: s}
	// 不低于 holds 低于: the longer word counts.
	low, high := atLeast.FindString(folded), atMost.FindString(folded)
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
