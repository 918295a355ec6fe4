package corpus

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// chineseFigure reports whether a number in Chinese is more than a word: 三成, 百分之六十, 两倍, 十二小时以上, 漏报率为零.
func chineseFigure(s string, r *reading) bool {
	word, after := s[r.number:r.values], s[r.values:]
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case r.unit == "" && word == "零":
		return strings.HasSuffix(s[:r.number], "率为") && !unicode.Is(unicode.Han, next)
	case r.unit == "" || r.counts:
		return false
	case shares[word].percent > 0:
		return r.bound
	case r.unit == "倍" && next == '体':
		return false
	case r.unit == "成":
		return !strings.ContainsRune("熟功果分为立本年员都品", next)
	case r.Unit == "%":
		return true
	}
	name, _ := r.nameOf(s)
	return strings.HasPrefix(word, "零下") || strings.HasPrefix(word, "负") && r.Unit == "℃" || (r.bound || endsIn(name, measures)) && hasName(name)
}

// figureClass tells whether a number with or without a unit is an indicator. It must have a bound, or a name right in front
// of it; what has neither describes a thing (2.5MW机组), and what says how large a plant is or what a campaign came to is no
// property of a technology.
func figureClass(s string, r *reading) NumberClass {
	name, start := r.nameOf(s)
	named, measure := hasName(name), endsIn(name, measures)
	after, _ := utf8.DecodeRuneInString(s[r.end:])
	attribute := unicode.Is(unicode.Han, after)
	switch {
	case r.unit == "":
		return bareClass(s, r, named, measure, attribute)
	case r.counts && !r.Relative && (things[r.unit] || !named || !measure && !r.bound):
		return CountNumber
	case r.earlier(s) || beginsWith(s[r.end:], sums):
		return QuantityNumber
	case r.Relative:
		return FigureNumber
	}
	amount := r.counts || r.Unit == "m²" || r.Unit == "m³" || r.Unit == "kg"
	campaign := amount && !strings.Contains(name, "亩产") && tells(s, start, name, campaigns)
	switch {
	case r.bound && !named && strings.HasSuffix(strings.TrimRight(s[:r.start], " "), "("): // 短绒(15mm以下)率
		return QuantityNumber
	case r.bound:
		if campaign {
			return QuantityNumber
		}
	case !named:
		inPlace := r.at && !campaign && !beginsWith(s[r.end:], conditions)
		if !inPlace && !strings.HasPrefix(s[r.number:], "零下") && !beginsWith(s[r.end:], processes) {
			return QuantityNumber
		}
	case campaign, endsIn(name, verbs), amount && (math.Abs(r.Min) >= plantSize || tells(s, start, name, yearly)),
		strings.HasPrefix(s[r.end:], "的") && !endsIn(name, given),
		attribute && !measure && strings.ContainsAny(name, "0123456789"): // 2台2.5MW机组
		return QuantityNumber
	}
	return FigureNumber
}

// plantSize is the amount, in kg, m² or m³, from which a figure without a bound speaks of a plant or a region.
const plantSize = 1e6

// bareClass classes a number without a unit.
func bareClass(s string, r *reading, named, measure, attribute bool) NumberClass {
	before, _ := utf8.DecodeLastRuneInString(s[:r.number])
	oneLetter := r.Relative && r.start+len("减") == r.number // 三氟苯胺缩5
	switch {
	case !r.bound && attribute:
		return CountNumber
	case named && (measure || r.bound && !oneLetter):
		return FigureNumber
	case !r.bound && unicode.Is(unicode.Han, before) && !strings.Contains(s[r.number:r.values], "."):
		return CodeNumber // varieties, parts of a drawing
	}
	return OtherNumber
}

// earlier reports whether a figure is the state before a change: 由原来的 48 h 缩短到 12 h, 25% 降至 14%.
func (r *reading) earlier(s string) bool {
	before := strings.TrimRight(s[:r.start], " ")
	for _, w := range []string{"的", "原来", "原有", "原先", "原", "传统", "目前", "现有", "现在"} {
		before = strings.TrimSuffix(before, w)
	}
	if strings.HasSuffix(before, "由") || strings.HasSuffix(before, "从") {
		return true
	}
	if r.bound {
		return false
	}
	if strings.HasPrefix(strings.TrimLeft(s[r.end:], " "), "→") {
		return true
	}
	w, what := ahead.prefix(strings.TrimLeft(s[r.end:], " "))
	if what != changeRole {
		return false
	}
	rest := strings.TrimLeft(s[r.end:], " ")[len(w):]
	return strings.HasPrefix(rest, "到") || strings.HasPrefix(rest, "至") || strings.HasPrefix(rest, "为")
}

// Words that tell figures from other quantities.
var (
	// measures end the names of measures.
	measures = strings.Fields(`率 度 比 数 值 量 性 力 级 命 pH PH 比例 径 长 宽 厚 高 深 重 距 速 温 压 时间 周期 期`)
	// verbs end what is no name.
	verbs = strings.Fields(`有 共 兑 生产 产生 产出 做 走 约 总 一共 共有 另有 设有 建有 装有 配有 年产 月产 推广 投资 占地 建设 种植 面积 超 存栏 历时
		经过 已运行 已使用 试用 试运行 稳定运行 成立 从事 原来 目前 现有 现在 原 传统 年产能 产能 规模`)
	// given end the names of figures that may describe a thing: 浓度 30 % 的.
	given = strings.Fields(`分数 浓度 率 度 量 径 长 宽 厚 高 深 重 距`)
	// campaigns and yearly tell of plants and of what was done with them.
	campaigns = strings.Fields(`年产 月产 产能 推广 铺设 存栏 累计 种植面积 示范 占地面积 总面积`)
	yearly    = strings.Fields(`每年 每天 每月 日均 年均 公司 我厂 车间 全国 全省 全市`)
	sums      = strings.Fields(`积温 活动积温 有效积温`) // ≥10℃活动积温
	// conditions stand behind what another figure was measured under, processes behind what is done so.
	conditions = strings.Fields(`下 时 条件 环境`)
	processes  = strings.Fields(`培养 反应 保温 浸 煅烧 烧结 焙烧 活化 干燥 烘 搅拌 灭菌 发酵 退火 回火 淬火 水解 酶解 陈化 固化 蒸 煮 静置 老化 转温`)
)

// things are units of plants, people and papers, which are counted and not measured.
var things = words("人 名 户 家 人次 台 台套 台(套) 套 辆 艘 架 项 篇 件 部 种 类 岁 周岁 期")

func endsIn(name string, words []string) bool {
	for _, w := range words {
		if strings.HasSuffix(name, w) {
			return true
		}
	}
	return false
}

func beginsWith(text string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(text, w) {
			return true
		}
	}
	return false
}

// tells reports whether a name, or its clause before it, holds one of some words.
func tells(s string, start int, name string, words []string) bool {
	clause := s[max(0, start-60):start]
	if i := strings.LastIndexAny(clause, "，。；;,\n"); i >= 0 {
		clause = clause[i:]
	}
	clause += name
	for _, w := range words {
		if strings.Contains(clause, w) {
			return true
		}
	}
	return false
}
