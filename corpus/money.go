package corpus

import (
	"encoding/json"
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
