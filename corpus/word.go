package corpus

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// stageWords are the words of forms and portals for a stage, the farthest first: who says 已通过中试，可以量产 is there.
var stageWords = []struct {
	stage Stage
	words []string
}{
	{Applied, []string{"成熟", "量产", "产业化", "批量生产", "规模化", "商品化", "推广应用", "已应用", "应用阶段", "投产", "applied"}},
	{Pilot, []string{"中期", "样品", "样机", "中试", "试生产", "试制", "试点", "示范", "pilot", "prototype"}},
	{Lab, []string{"初期", "小试", "研发", "在研", "研制", "实验室", "实验", "试验", "概念", "理论", "研究", "lab"}},
}

var (
	negation  = regexp.MustCompile(`未|尚|没|无|不|非`)
	readiness = regexp.MustCompile(`^(?:trl|技术成熟度|成熟度)?[\s:：-]*([1-9])\s*级?$`)
)

// ParseStage reads the stage of an achievement as forms and portals write it (已有样品, 通过中试, 可以量产, 正在研发), or as
// a technology readiness level: 1 to 3 lab, 4 to 6 pilot, 7 to 9 applied. Words it can't place give false.
func ParseStage(s string) (Stage, bool) {
	s = strings.ToLower(strings.TrimSpace(width.Fold.String(s)))
	if m := readiness.FindStringSubmatch(s); m != nil {
		return []Stage{Lab, Pilot, Applied}[(m[1][0]-'1')/3], true
	}
	if negation.MatchString(s) {
		return "", false
	}
	for _, w := range stageWords {
		for _, word := range w.words {
			if strings.Contains(s, word) {
				return w.stage, true
			}
		}
	}
	return "", false
}

// setStage keeps the words that say more than the stage as its proof.
func setStage(d *Doc, c cell) *Error {
	s := CleanLine(c.text)
	v, ok := ParseStage(s)
	if !ok {
		return &Error{Code: Invalid, Message: "“" + s + "”不是所处阶段", Fix: "写 初期、中期 或 成熟应用"}
	}
	if d.Stage != "" && d.Stage != v {
		return alsoKept()
	}
	d.Stage = v
	if _, plain := parseLabel(s, v); !plain && !strings.Contains(d.StageProof, s) && len(s)+len(d.StageProof) < MaxText {
		d.StageProof = strings.TrimSpace(s + "\n" + d.StageProof)
	}
	return nil
}

var modeWords = map[Mode][]string{
	Development: {"委托开发", "合作开发", "联合开发", "共同开发", "联合研发", "合作研发", "委托研发", "联合攻关", "合作研究", "开发", "研发"},
	Transfer:    {"完全转让", "专利权转让", "专利转让", "成果转让", "专利申请权转让", "转让"},
	License:     {"许可转让", "专利实施许可", "专利许可", "许可使用", "独占许可", "排他许可", "普通许可", "实施许可", "许可"},
	Consulting:  {"咨询服务", "咨询"},
	Service:     {"服务"},
	Equity:      {"技术入股", "作价投资", "技术作价", "专利入股", "股权合作", "入股", "股权投资"},
	// Words that say nothing a mode could hold.
	"": {"合作生产", "合作实施", "合作经营", "自行转化", "自行实施", "正在技术推广", "面议", "面谈", "不限", "均可", "其他", "其它", "无"},
}

type modeWord struct {
	word string
	mode Mode
}

// modeList holds all words, the longest first, so that 许可转让 is read before 转让.
var modeList = func() (list []modeWord) {
	for mode, words := range modeWords {
		for _, w := range words {
			list = append(list, modeWord{w, mode})
		}
		if mode != "" {
			list = append(list, modeWord{string(mode), mode}, modeWord{Label(mode, "zh"), mode})
		}
	}
	slices.SortFunc(list, func(a, b modeWord) int { return len(b.word) - len(a.word) })
	return list
}()

// ParseModes reads modes of cooperation in a list or run together (完全转让许可转让技术入股), in the order of their first
// mention. vague says that there were words which say nothing, 其他 for one; unknown holds the rest.
func ParseModes(s string) (modes []Mode, vague bool, unknown string) {
	rest := anySeparator.ReplaceAllString(strings.ToLower(width.Fold.String(s)), " ")
next:
	for rest != "" {
		for _, w := range modeList {
			if after, ok := strings.CutPrefix(rest, w.word); ok {
				if w.mode == "" {
					vague = true
				} else if !slices.Contains(modes, w.mode) {
					modes = append(modes, w.mode)
				}
				rest = after
				continue next
			}
		}
		r := []rune(rest)[:1]
		unknown += string(r)
		rest = rest[len(string(r)):]
	}
	return modes, vague, strings.Join(strings.Fields(strings.NewReplacer("和", " ", "或", " ", "及", " ", "/", " ", "+", " ", "等", " ").Replace(unknown)), " ")
}

func setModes(d *Doc, c cell) *Error {
	s := strings.Join(c.items(markSeparator), "；")
	modes, vague, unknown := ParseModes(s)
	for _, m := range modes {
		if !slices.Contains(d.Cooperation, m) {
			d.Cooperation = append(d.Cooperation, m)
		}
	}
	if unknown != "" {
		return &Error{Code: Invalid, Message: "“" + s + "”里有不认识的合作方式：" + unknown, Fix: "写 技术开发、技术转让、技术许可、技术咨询、技术服务、作价入股"}
	}
	switch {
	case vague && len(modes) > 0:
		return alsoKept()
	case vague:
		return kept()
	}
	return nil
}

var registrationForm = regexp.MustCompile(`^[0-9A-Z]{3}(?:19|20)\d{2}Y\d{4}$`)

// CheckRegistration says what is wrong with a 批准登记号: 3 characters of the department, the year, Y, 4 digits. Empty is
// right. Numbers in use break the form, so a failed check is for warning only.
func CheckRegistration(s string) error {
	if s == "" || registrationForm.MatchString(strings.ToUpper(width.Narrow.String(s))) {
		return nil
	}
	return &Error{Code: Invalid, Field: "registration", Message: "“" + s + "”不像批准登记号", Fix: "应为 12 位：部门 3 位、年份 4 位、Y、序号 4 位；已按原样保留"}
}
