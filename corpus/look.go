package corpus

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	phoneOrMail = regexp.MustCompile(`(?:^|\D)(?:1[3-9]\d{9}|0\d{2,3}[-－ ]?\d{7,8})(?:\D|$)|^\S+@\S+\.\w+$`)
	creditCode  = regexp.MustCompile(`^[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}$`)
	// fullDate has a month at least: a lone year may be anything.
	fullDate  = regexp.MustCompile(`^(?:19|20)\d{2}(?:\s*[-/.年]\s*\d{1,2}|\d{4})`)
	moneyMark = regexp.MustCompile(`元|万|面议|面谈`)
	digits    = regexp.MustCompile(`^[\d.,]+$`)
	orgName   = regexp.MustCompile(`(?:公司|大学|学院|学校|研究院|研究所|设计院|厂|中心|医院|合作社|集团|管理局|推广站)$`)

	endWords   = regexp.MustCompile(`止|截|到期|有效|终|结束`)
	beginWords = regexp.MustCompile(`起|始`)
	postWords  = regexp.MustCompile(`发布|公布|公示|登记|上传|创建|录入|更新|提交`)
)

// proseRunes is how long cells are on average that are text, not a value.
const proseRunes = 40

// look proposes a field for a column by its cells, of which four in five must look so. Few cells prove less.
func (t *tableReader) look(name string, cells []string) (field string, confidence float64, why string) {
	all := func(like func(string) bool) bool {
		n := 0
		for _, c := range cells {
			if like(c) {
				n++
			}
		}
		return n > 0 && n*5 >= len(cells)*4
	}
	total := 0
	for _, c := range cells {
		total += utf8.RuneCountInString(c)
	}
	amount := func(s string) bool { m, err := ParseMoney(s, headerUnit(name)); return err == nil && m.Known() }
	switch {
	case all(creditCode.MatchString):
		field, confidence, why = "org_code", .7, "像统一社会信用代码"
	case all(webAddress):
		field, confidence, why = "url", .7, "像网址"
	case len(cells) > 0 && total >= proseRunes*len(cells):
		field, confidence, why = "text", .5, "像大段文字"
	case all(phoneOrMail.MatchString):
		field, confidence, why = "contact", .7, "像电话或邮箱"
	case all(isDate):
		field, confidence = t.dateField(name)
		why = "像日期"
	case all(isWindow):
		field, confidence, why = "term", .6, "像起止日期"
		if t.o.Kind == Project {
			field = "period"
		}
	case headerUnit(name) != "" && all(digits.MatchString):
		field, confidence, why = t.moneyField(), .7, "像金额，列名里有单位"
	case all(moneyMark.MatchString) && slices.ContainsFunc(cells, amount):
		field, confidence, why = t.moneyField(), .6, "像金额"
	case all(orgName.MatchString):
		field, confidence, why = "org", .6, "像单位名称"
	case all(isRegion):
		field, confidence, why = "region", .7, "像地区"
	case all(isModes):
		field, confidence, why = "cooperation", .7, "像合作方式"
	case all(isStage):
		field, confidence, why = "stage", .6, "像所处阶段"
	case all(isField):
		field, confidence, why = "field", .6, "像国民经济行业"
	}
	if len(cells) < 3 {
		confidence = min(confidence, .5)
	}
	return field, confidence, why
}

// dateField is the field of a date by the words in its column's name.
func (t *tableReader) dateField(name string) (string, float64) {
	switch {
	case endWords.MatchString(name) && t.o.Kind == Project:
		return "until", .7
	case endWords.MatchString(name):
		return "valid_until", .7
	case beginWords.MatchString(name):
		return "from", .6
	case postWords.MatchString(name):
		return "published", .7
	}
	return "published", .5
}

// moneyField is what rows of this kind state as money.
func (t *tableReader) moneyField() string {
	if t.o.Kind == Need || t.o.Kind == Project {
		return "budget"
	}
	return "price"
}

func isDate(s string) bool {
	_, err := ParseDate(s)
	return err == nil && fullDate.MatchString(s)
}

func isWindow(s string) bool {
	from, until, err := ParseWindow(s)
	return err == nil && from != "" && until != ""
}

func isRegion(s string) bool {
	code, err := ParseRegion(s)
	return err == nil && code != "" && len(s) >= 6
}

func isModes(s string) bool {
	modes, _, unknown := ParseModes(s)
	return len(modes) > 0 && unknown == ""
}

// isStage takes short cells only: texts speak of research wherever they come from.
func isStage(s string) bool {
	_, ok := ParseStage(s)
	return ok && utf8.RuneCountInString(s) <= 12 && strings.ContainsFunc(s, isHan)
}

func isField(s string) bool {
	codes, unknown := ParseField(s)
	return len(codes) > 0 && len(unknown) == 0 && strings.ContainsFunc(s, isHan)
}
