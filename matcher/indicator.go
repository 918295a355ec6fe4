package matcher

import (
	"fmt"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// indicatorsPart compares the figures of a need, which are requirements, with those of an achievement, which are claims.
// Its value is (met - missed) / (compared + 1): one figure alone may fit by chance, and what can't be compared says nothing.
var indicatorsPart = factPart{
	value: func(s *Scorer, need, achievement *indexer.Entry) float64 {
		met, missed := 0, 0
		for i := range need.Figures {
			switch _, v := s.answer(&need.Figures[i], achievement.Figures); v {
			case Met:
				met++
			case Missed:
				missed++
			}
		}
		return float64(met-missed) / float64(met+missed+1)
	},
	say: func(s *Scorer, need, achievement side) (string, []Span) {
		var said []string
		var spans []Span
		for i := range need.entry.Figures {
			asked := &need.entry.Figures[i]
			claim, v := s.answer(asked, achievement.entry.Figures)
			if v == Unknown {
				continue
			}
			said = append(said, fmt.Sprintf("%s：要求 %s，成果 %s，%s", asked.Name, asked.Value, claim.Value, verdictWords[v]))
			spans = achievement.text.find(need.text.find(spans, asked.Text, claim.Text), claim.Text, asked.Text)
		}
		return strings.Join(said, "；"), spans
	},
}

var verdictWords = map[Verdict]string{Met: "满足", Missed: "未达到"}

// figures lists every figure of the need with what the achievement says to it.
func (s *Scorer) figures(need, achievement side) []Figure {
	var out []Figure
	for i := range need.entry.Figures {
		asked := &need.entry.Figures[i]
		f := Figure{Need: asked.Text, Verdict: Unknown}
		if claim, v := s.answer(asked, achievement.entry.Figures); claim != nil {
			f.Achievement, f.Verdict = claim.Text, v
		}
		out = append(out, f)
	}
	return out
}

// answer finds the claim that speaks of what a figure asks, nil where there is none: of the same dimension, and of the
// names that mean the same the nearest. A change and a value are shown beside each other, but neither meets nor misses
// the other.
func (s *Scorer) answer(asked *corpus.Indicator, claims []corpus.Indicator) (*corpus.Indicator, Verdict) {
	var best *corpus.Indicator
	var top float64
	for i := range claims {
		c := &claims[i]
		if c.Quantity.Unit != asked.Quantity.Unit || isBefore(c.Name) != isBefore(asked.Name) {
			continue
		}
		like := s.alike(asked.Words, c.Words)
		if like < sameMeasure {
			continue
		}
		if c.Quantity.Relative != asked.Quantity.Relative {
			like-- // behind every claim of the same kind
		}
		if best == nil || like > top {
			best, top = c, like
		}
	}
	if best == nil {
		return nil, Unknown
	}
	return best, judge(asked.Quantity, best.Quantity)
}

// before are the beginnings of names of what is there before the work is done: no result, unless it is asked for.
var before = strings.Fields(`进水 原水 原液 进料 进口 入口 进气 处理前 改造前 初始`)

func isBefore(name string) bool {
	return slices.ContainsFunc(before, func(b string) bool { return strings.HasPrefix(name, b) })
}

// sameMeasure is the least likeness at which two names speak of the same measure.
const sameMeasure = .75

// dimensions are names that say what kind of thing is measured and not of what: a 直径 is no 水滴直径.
var dimensions = strings.Fields(`温度 时间 压力 直径 厚度 长度 宽度 高度 深度 距离 间距 尺寸 体积 面积 重量 质量 含量 浓度 用量 数量 频率 速度 功率 电压 电流
	效率 强度 精度 误差 范围 周期 性能`)

// alike says how far two names speak of the same measure, in [0, 1]: the weighted share of the words of the shorter name
// that the other covers; 寿命 is covered by 使用寿命. The last word of a name is its head (强度, 含量) and must be covered
// itself, on both sides: 出水 is no 出水COD. A dimension alone is like itself only.
func (s *Scorer) alike(a, b []string) float64 {
	if len(a) > len(b) || len(a) == 1 && len(b) == 1 && len(a[0]) > len(b[0]) {
		a, b = b, a
	}
	if len(a) == 0 || len(a) == 1 && slices.Contains(dimensions, a[0]) && !slices.Equal(a, b) {
		return 0
	}
	var sum, all float64
	for i, w := range a {
		top, row := 0.0, s.table.Row(w)
		for _, other := range b {
			if strings.HasSuffix(other, w) {
				top = 1
				break
			}
			top = max(top, s.table.RowCosine(row, s.table.Row(other)))
		}
		if i == len(a)-1 && top < clearCover {
			return 0
		}
		weight := s.seg.IDF(w)
		sum += weight * top
		all += weight
	}
	head := len(b) - 1
	if head > 0 && slices.Contains(dimensions, b[head]) { // COD浓度 is COD
		head--
	}
	row := s.table.Row(b[head])
	if !slices.ContainsFunc(a, func(w string) bool {
		return strings.HasSuffix(b[head], w) || strings.HasSuffix(w, b[head]) || s.table.RowCosine(row, s.table.Row(w)) >= clearCover
	}) {
		return 0
	}
	return sum / all
}

// judge compares a required range with a claimed one.
//
//   - A claim within the requirement meets it; one that shares nothing with it misses it.
//   - A weaker bound of the same direction (≥ 60 for ≥ 67) misses: more is not promised.
//   - A claimed span around a required one (-40～70 for -20～50 ℃) meets it: it can be run there. Tolerances (±) are
//     the other way round.
//   - A required value without bound (保质期 24 个月) is met by itself only; whether more or less is better isn't said.
//   - Everything else is unknown, a change against a value above all.
func judge(need, claim corpus.Quantity) Verdict {
	closed := func(q corpus.Quantity) bool { return q.Min >= -maxFigure && q.Max <= maxFigure }
	switch {
	case need.Relative != claim.Relative:
		return Unknown
	case claim.Min >= need.Min && claim.Max <= need.Max:
		return Met
	case need.Min == need.Max:
		return Unknown
	case claim.Min > need.Max || claim.Max < need.Min:
		return Missed
	case !closed(need):
		if !closed(claim) && (need.Min < -maxFigure) == (claim.Min < -maxFigure) {
			return Missed
		}
	case need.Min == -need.Max:
		return Missed
	case closed(claim) && claim.Min <= need.Min && claim.Max >= need.Max:
		return Met
	}
	return Unknown
}

// maxFigure is larger than any figure: what lies beyond is an open end.
const maxFigure = 1e300
