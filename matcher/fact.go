package matcher

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// Each fact compares what the two sides state in one field. The grades are set by hand: they say which of two pairs of
// equal content a broker would call first. Where most pairs fit, as in price and cooperation, fitting brings less than
// its opposite costs, so that facts don't lift pairs that have nothing else in common.

// fieldPart grades the narrowest class of GB/T 4754 that holds a field of each side. Fields that share none say
// nothing against a pair: a starch factory buys its evaporator from the machine builders.
var fieldPart = factPart{
	value: func(_ *Scorer, need, achievement *indexer.Entry) float64 {
		code := commonField(need, achievement)
		if code == manufacturing {
			return 0
		}
		return fieldGrades[len(code)].value
	},
	say: func(_ *Scorer, need, achievement side) (string, []Span) {
		code := commonField(need.entry, achievement.entry)
		return fmt.Sprintf("双方同属%s“%s”（%s）", fieldGrades[len(code)].name, corpus.CodeName(corpus.Field, code), code), nil
	},
}

// manufacturing holds a third of all 大类 and most postings, so that sharing it says nothing.
const manufacturing = "C"

// fieldGrades are the levels of GB/T 4754 by the length of their codes.
var fieldGrades = [5]struct {
	name  string
	value float64
}{1: {"门类", .1}, 2: {"大类", .4}, 3: {"中类", .7}, 4: {"小类", 1}}

func commonField(need, achievement *indexer.Entry) string {
	var best string
	for _, a := range need.Columns.Field {
		for _, b := range achievement.Columns.Field {
			if c := corpus.CommonField(a, b); len(c) > len(best) {
				best = c
			}
		}
	}
	return best
}

// regionPart grades the narrowest region that holds both sides. Distance says nothing against a pair: technology travels.
var regionPart = factPart{
	value: func(_ *Scorer, need, achievement *indexer.Entry) float64 {
		code := corpus.CommonRegion(need.Columns.Region, achievement.Columns.Region)
		switch {
		case code == "":
			return 0
		case !strings.HasSuffix(code, "00"):
			return 1
		case !strings.HasSuffix(code, "0000"), strings.HasSuffix(corpus.CodeName(corpus.Region, code), "市"):
			return .6 // a prefecture, or a city that is a province
		}
		return .2
	},
	say: func(_ *Scorer, need, achievement side) (string, []Span) {
		return "双方同在" + corpus.RegionPath(corpus.CommonRegion(need.entry.Columns.Region, achievement.entry.Columns.Region)), nil
	},
}

// stages from the earliest on.
var stages = []corpus.Stage{corpus.Lab, corpus.Pilot, corpus.Applied}

// stagePart compares how far the achievement has come with the earliest stage that the firm can take up. Meeting a
// later stage says more; each stage that is missing costs a half.
var stagePart = factPart{
	value: func(_ *Scorer, need, achievement *indexer.Entry) float64 {
		want, have := slices.Index(stages, need.Columns.Stage), slices.Index(stages, achievement.Columns.Stage)
		switch {
		case want < 0 || have < 0:
			return 0
		case have < want:
			return float64(have-want) / 2
		}
		return float64(want+1) / float64(len(stages))
	},
	say: func(_ *Scorer, need, achievement side) (string, []Span) {
		return fmt.Sprintf("成果处于%s阶段，需求要求不早于%s阶段", corpus.Label(achievement.entry.Columns.Stage, ""), corpus.Label(need.entry.Columns.Stage, "")), nil
	},
}

// cooperationPart asks whether a mode suits both.
var cooperationPart = factPart{
	value: func(_ *Scorer, need, achievement *indexer.Entry) float64 {
		offered, wanted := achievement.Columns.Cooperation, need.Columns.Cooperation
		switch {
		case len(offered) == 0 || len(wanted) == 0:
			return 0
		case slices.ContainsFunc(wanted, func(m corpus.Mode) bool { return slices.Contains(offered, m) }):
			return .5
		}
		return -1
	},
	say: func(_ *Scorer, need, achievement side) (string, []Span) {
		offered, wanted := achievement.entry.Columns.Cooperation, need.entry.Columns.Cooperation
		var both []corpus.Mode
		for _, m := range wanted {
			if slices.Contains(offered, m) {
				both = append(both, m)
			}
		}
		if len(both) > 0 {
			return "双方都接受" + modes(both), nil
		}
		return fmt.Sprintf("成果提供%s，需求希望%s", modes(offered), modes(wanted)), nil
	},
}

func modes(list []corpus.Mode) string {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = corpus.Label(m, "")
	}
	return strings.Join(names, "、")
}

// pricePart compares the price with the budget: .5 within it, .25 where a part of the price's range is, below 0 above
// it, down to -1 at twice the budget.
var pricePart = factPart{
	value: func(_ *Scorer, need, achievement *indexer.Entry) float64 {
		price, budget := achievement.Columns.Money, need.Columns.Money
		switch most := budget.Max; {
		case !price.Known() || !budget.Known() || per(price) != per(budget):
			return 0
		case most == 0 && price.Max > 0 && price.Max <= budget.Min:
			return .5
		case most == 0:
			return 0 // a budget of so much or more says nothing about what is beyond
		case price.Min > most:
			return max(-1, 1-float64(price.Min)/float64(most))
		case price.Max == 0 || price.Max > most:
			return .25
		}
		return .5
	},
	say: func(s *Scorer, need, achievement side) (string, []Span) {
		price, budget := achievement.entry.Columns.Money, need.entry.Columns.Money
		form := "报价%s，在预算%s之内"
		switch {
		case budget.Max > 0 && price.Min > budget.Max:
			form = "报价%s，高于预算%s"
		case budget.Max > 0 && (price.Max == 0 || price.Max > budget.Max):
			form = "报价%s，只有一部分在预算%s之内"
		}
		return fmt.Sprintf(form, price.Label(""), budget.Label("")), nil
	},
}

// per is what an amount is for: 台 of 5万元/台; "" for a total.
func per(m corpus.Money) string {
	_, unit, _ := strings.Cut(m.Text, "/")
	return strings.TrimSpace(unit)
}

// freshnessPart asks how old the holder's word was when the need was published: .5 for a new one, 0 from one year to two,
// -1 after four. Where nobody has confirmed the achievement since it was published, what is above 0 counts half.
var freshnessPart = factPart{
	value: func(_ *Scorer, need, achievement *indexer.Entry) float64 {
		word, confirmed := lastWord(achievement.Columns)
		age, ok := age(word, need.Columns.Published)
		switch {
		case !ok:
			return 0
		case age > 24:
			return max(-1, 1-age/24)
		case age > 12:
			return 0
		case confirmed:
			return (1 - age/12) / 2
		}
		return (1 - age/12) / 4
	},
	say: func(_ *Scorer, need, achievement side) (string, []Span) {
		word, confirmed := lastWord(achievement.entry.Columns)
		age, _ := age(word, need.entry.Columns.Published)
		text := fmt.Sprintf("成果发布于%s", word)
		if confirmed {
			text = fmt.Sprintf("持有方最近确认于%s", word)
		}
		switch {
		case age < 1:
			return text + "，需求发布时信息是新的", nil
		case age <= 12:
			return fmt.Sprintf("%s，比需求发布早%.0f个月", text, age), nil
		}
		return fmt.Sprintf("%s，比需求发布早%.0f个月，情况可能已有变化", text, age), nil
	},
}

// lastWord is when the holder last spoke of an achievement, and whether to confirm it.
func lastWord(c indexer.Columns) (d corpus.Date, confirmed bool) {
	if c.Confirmed >= c.Published {
		return c.Confirmed, c.Confirmed != ""
	}
	return c.Published, false
}

// age is how many months a date lies before another, 0 or more. ok is false where one of them is not given.
func age(d, at corpus.Date) (months float64, ok bool) {
	from, to := monthOf(d), monthOf(at)
	return max(0, to-from), from > 0 && to > 0
}

// monthOf counts months from the year 0, 0 for no date. What a date leaves open counts as its middle.
func monthOf(d corpus.Date) float64 {
	if d == "" {
		return 0
	}
	part := func(from, to int, open float64) float64 {
		if len(d) < to {
			return open
		}
		n, _ := strconv.Atoi(string(d[from:to])) // a stored date is digits here
		return float64(n)
	}
	return 12*part(0, 4, 0) + part(5, 7, 6.5) + part(8, 10, 15.5)/31
}

// evaluationPart speaks for an achievement that somebody else than its holder has evaluated; most have not been, so that
// its absence says nothing.
var evaluationPart = factPart{
	value: func(_ *Scorer, _, achievement *indexer.Entry) float64 {
		if achievement.Columns.Evaluated {
			return 1
		}
		return 0
	},
	say: func(_ *Scorer, _, achievement side) (string, []Span) {
		return "成果经过第三方评价：" + quoted(achievement.doc.Evaluation), nil
	},
}

// repetitionPart speaks against an achievement whose text says a few words again and again, as texts do that are written
// to be found.
var repetitionPart = factPart{
	value: func(_ *Scorer, _, achievement *indexer.Entry) float64 { return -float64(achievement.Repetition) },
	say:   func(_ *Scorer, _, _ side) (string, []Span) { return "成果的文字大量重复同样的词", nil },
}
