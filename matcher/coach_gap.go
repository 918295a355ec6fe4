package matcher

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/indexer"
)

// A Gap is something that a posting leaves open.
type Gap struct {
	Field    string  `json:"field" enum:"text,application,indicators,tried,budget,valid_until,field,stage,ip,contact,price,cooperation" doc:"where to write it; application belongs into the text"`
	Question string  `json:"question" doc:"what to ask the firm"`
	Why      string  `json:"why" doc:"what it is good for"`
	Weight   float64 `json:"weight" doc:"what completeness gains by it"`
}

// A said is a sentence in Chinese and in English.
type said [2]string

// in returns the sentence in English for "en", else in Chinese.
func (s said) in(lang string) string {
	if lang == "en" {
		return s[1]
	}
	return s[0]
}

// A topic is something that a good need says. Its weight is its share of completeness.
type topic struct {
	field         string
	weight        float64
	question, why said
	told          func(need *corpus.Doc, entry *indexer.Entry) bool
}

// topics are in the order of their weights, which were set by hand: brokers name missing figures and a vague problem
// before all else. They add up to 1.
var topics = []topic{
	{"indicators", .25, said{"希望达到哪些指标？写出数值和单位，如“抗冲击韧性 ≥ 67 %”。", "Which figures do you want to reach? Give numbers with units, such as 抗冲击韧性 ≥ 67 %."},
		said{"有了数值才能和成果的指标逐项比对。", "Only figures can be compared with those of an achievement."}, tellsFigures},
	{"text", .20, said{"问题具体是什么？写清对象、现在的做法和难在哪里，两三句话即可。", "What exactly is the problem? Say what it is about, how it is done now and what is hard; a few sentences will do."},
		said{"描述太短，匹配只能靠几个词。", "So short a text leaves only a few words to match by."}, tellsProblem},
	{"tried", .15, said{"已经试过什么办法，结果怎样？", "What was tried, and what came of it?"},
		said{"免得再推荐走不通的路。", "So that nobody offers what has failed."}, tellsTried},
	{"application", .10, said{"用在什么产品、设备或场合？", "In which product, machine or place will it be used?"},
		said{"同一技术换了场合，未必适用。", "What works in one place may not work in another."}, tellsApplication},
	{"budget", .10, said{"打算投入多少？写一个范围也可以。", "What may it cost? A range will do."},
		said{"持有方据此判断能否合作。", "Holders decide by it whether to answer."}, tellsBudget},
	{"valid_until", .10, said{"什么时候要有结果，需求到哪天为止有效？", "By when is a result needed, and how long does the need stand?"},
		said{"过期的需求不再提醒持有方。", "Holders hear no more of an expired need."}, tellsDeadline},
	{"field", .10, said{"属于哪个行业？", "Which industry does it belong to?"},
		said{"按行业查找的人才看得到。", "Who looks by industry finds it."}, tellsField},
}

// gaps returns what a need leaves open, worst first, and its completeness: the sum of the weights of what it says, in
// hundredths.
func gaps(need *corpus.Doc, entry *indexer.Entry, lang string) (missing []Gap, completeness float64) {
	return gapsIn(topics, need, entry, lang)
}

// gapsIn is gaps by any list of topics.
func gapsIn(topics []topic, d *corpus.Doc, entry *indexer.Entry, lang string) (missing []Gap, completeness float64) {
	missing = []Gap{}
	for _, t := range topics {
		if t.told(d, entry) {
			completeness += t.weight
		} else {
			missing = append(missing, Gap{t.field, t.question.in(lang), t.why.in(lang), t.weight})
		}
	}
	return missing, math.Round(100*completeness) / 100
}

// thinText is the length in characters under which a description is too short to be matched well: 147 of the 1,184
// needs of a regional market are shorter.
const thinText = 30

func tellsProblem(need *corpus.Doc, _ *indexer.Entry) bool {
	return utf8.RuneCountInString(need.Text) >= thinText
}

// tellsFigures: any figure serves that is given as a goal; in the description, where plants say how large they are, one
// with a bound or a change.
func tellsFigures(need *corpus.Doc, entry *indexer.Entry) bool {
	if strings.ContainsFunc(strings.Join(need.Indicators, "")+need.Goal, unicode.IsDigit) {
		return true
	}
	return slices.ContainsFunc(entry.Figures, bounded)
}

// bounded reports whether a figure is a bound or a change.
func bounded(f corpus.Indicator) bool { return f.Quantity.Relative || f.Quantity.Min != f.Quantity.Max }

// What a text says of its own accord, for drafts that are one text.
var (
	triedWords       = regexp.MustCompile(`[试用做换引]过|尝试|曾经?[^，。；]{0,8}[试用做]|此前|之前[^，。；]{0,8}[试用做对]|采用过|购买过|现有基础|已有基础|工作基础|已开展|已完成`)
	applicationWords = regexp.MustCompile(`用于|应用|适用|用在|场景|场合|工况|车间|生产线|产线|现场|我们?公司|我司|我厂|我们|本公司|该公司|企业|工厂`)
	budgetWords      = regexp.MustCompile(`(?:预算|经费|资金|投入|投资|悬赏|出价)[^。；;，,\n]{0,12}?\d[\d.,]*\s*[千百]?[万亿元]`)
	deadlineWords    = regexp.MustCompile(`[\d一二两三四五六七八九十半]\s*个?[月年周天日](?:之|以)?内|周期[^，。；\d]{0,4}\d|年底|月底|\d{4}\s*年[^，。；]{0,6}(?:前|底)|截止|期限|长期有效`)
)

func tellsTried(need *corpus.Doc, _ *indexer.Entry) bool {
	return strings.TrimSpace(need.Tried) != "" || triedWords.MatchString(need.Text)
}

// tellsApplication: who names an industry of two digits or more tells where.
func tellsApplication(need *corpus.Doc, entry *indexer.Entry) bool {
	return tellsField(need, entry) || applicationWords.MatchString(need.Text+need.Goal) ||
		slices.ContainsFunc(entry.Elements, func(e indexer.Element) bool { return e.Kind == indexer.Application })
}

func tellsBudget(need *corpus.Doc, _ *indexer.Entry) bool {
	return need.Budget.Known() || budgetWords.MatchString(need.Text)
}

func tellsDeadline(need *corpus.Doc, _ *indexer.Entry) bool {
	return need.ValidUntil != "" || deadlineWords.MatchString(need.Text+need.Goal)
}

// tellsField: a 门类 is too wide to find anything by; 825 of 1,184 needs of a regional market say 制造业 and no more.
func tellsField(need *corpus.Doc, _ *indexer.Entry) bool {
	return slices.ContainsFunc(need.Field, func(code string) bool { return len(code) > 1 })
}
