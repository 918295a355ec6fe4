package market

import (
	"strconv"

	"duijie/corpus"
)

// A Unit says what the numbers of a measure count, as whole numbers.
type Unit string

const (
	InPieces  Unit = "count"   // 1
	InFen     Unit = "fen"     // 1/100 yuan
	InPercent Unit = "percent" // 1/100 of a percent
	InPoints  Unit = "points"  // 1/100 of a percentage point
	InDays    Unit = "days"    // 1/10 of a working day
)

// Names of the measures of a year.
const (
	MContracts  = "contracts"
	MValue      = "contract_value"
	MTechnical  = "technical_value"
	MBenefit    = "new_benefit"
	MLarge      = "large_achievements"
	MLibrary    = "achievements"
	MConverted  = "converted"
	MRate       = "conversion_rate"
	MLibraryOld = "achievements_before"
	MConvOld    = "converted_before"
	MChange     = "conversion_change"
	MNeeds      = "needs"
	MAnswered   = "needs_answered"
	MAnswerRate = "answer_rate"
	MAnswerDays = "answer_days"
)

// A measured is what a measure is: its name, how it is counted in words, and whether a target may be set for it.
type measured struct {
	name       string
	unit       Unit
	words      Words
	definition Words
	targeted   bool
	of         []string // the measures that it is worked out of; nil: it has records of its own
}

// measuredOf declares all measures, in the order of reports.
var measuredOf = []measured{
	{MContracts, InPieces, Words{"技术合同数", "Contracts"}, Words{
		"本年内、截止日及以前签订，并且已登记或登记后已履行的技术合同份数。已签订未登记的和已作废的不计。",
		"Contracts signed in the year, on the last day counted or before, that are registered, or performed since. What is signed only or void does not count."}, true, nil},
	{MValue, InFen, Words{"技术合同成交额", "Contract value"}, Words{
		"上述技术合同的合同金额之和。", "The sum of the values of these contracts."}, true, nil},
	{MTechnical, InFen, Words{"技术交易额", "Technical part of the value"}, Words{
		"上述技术合同里填写了的技术交易额之和；没填的不计。", "The sum of the technical parts that these contracts state; one that states none adds nothing."}, true, nil},
	{MBenefit, InFen, Words{"新增经济效益", "New benefit"}, Words{
		"本年的年度效益里已核实的金额之和，其合同须已登记或已履行。年度效益按年份计，与截止日无关。",
		"The sum of the confirmed benefits of the year whose contracts are registered or performed. Benefits count by their year, whatever the last day is."}, true, nil},
	{MLarge, InPieces, Words{"年效益 1000 万元以上的成果", "Achievements with 10 million yuan a year"}, Words{
		"把本年已核实的年度效益，经合同和它的对接意向归到科技成果，合计 1000 万元及以上的成果项数。合同没有对接意向的，归不到成果，不计。",
		"Achievements to which the confirmed benefits of the year come to 10 million yuan or more, through a contract and its lead. A contract without a lead belongs to no achievement and does not count."}, true, nil},
	{MLibrary, InPieces, Words{"入库科技成果", "Achievements in the library"}, Words{
		"截止日及以前进入本平台、现在还在的科技成果项数；已下架的照计，草稿不计。", "Achievements that came into this library on the last day counted or before, and are in it still, withdrawn ones among them. Drafts do not count."}, false, nil},
	{MConverted, InPieces, Words{"已转化科技成果", "Achievements converted"}, Words{
		"入库科技成果里，经对接意向签了技术合同的项数；合同在截止日及以前签订，并且已登记或已履行。",
		"Of the achievements in the library, those with a contract through a lead that was signed on the last day counted or before and is registered or performed."}, true, nil},
	{MRate, InPercent, Words{"科技成果转化率", "Conversion rate"}, Words{
		"已转化科技成果除以入库科技成果。", "Achievements converted by achievements in the library."}, true, []string{MConverted, MLibrary}},
	{MLibraryOld, InPieces, Words{"上年年末入库科技成果", "Achievements in the library a year before"}, Words{
		"上年年末及以前进入本平台、现在还在的科技成果项数，口径与入库科技成果相同。", "Achievements in the library at the end of the year before, by the same definition, from the records of now."}, false, nil},
	{MConvOld, InPieces, Words{"上年年末已转化科技成果", "Achievements converted a year before"}, Words{
		"上年年末入库科技成果里，合同在上年年末及以前签订的项数，口径与已转化科技成果相同。", "Of these, those converted by the end of the year before, by the same definition."}, false, nil},
	{MChange, InPoints, Words{"转化率比上年提高", "Change of the conversion rate"}, Words{
		"本年的转化率减去上年年末的转化率，以百分点计；上年年末的按同样的定义、用现在的记录计算。",
		"The conversion rate less that of the end of the year before, in percentage points; the latter is counted by the same definition from the records of now."}, true, []string{MConverted, MLibrary, MConvOld, MLibraryOld}},
	{MNeeds, InPieces, Words{"本年技术需求", "Needs of the year"}, Words{
		"本年内、截止日及以前进入本平台、现在还在的技术需求项数；已下架的照计，草稿不计。", "Needs that came in during the year, on the last day counted or before, and are here still, withdrawn ones among them. Drafts do not count."}, false, nil},
	{MAnswered, InPieces, Words{"已答复技术需求", "Needs answered"}, Words{
		"本年技术需求里，截止日及以前有对接意向被别人推进到洽谈或谢绝的项数；提出人和同一单位的人自己推进或撤回的不算答复。",
		"Of the needs of the year, those with a lead that was moved on, to talks or with a decline, on the last day counted or before, by somebody who is neither its maker nor of the maker's organisation."}, true, nil},
	{MAnswerRate, InPercent, Words{"技术需求答复率", "Share of needs answered"}, Words{
		"已答复技术需求除以本年技术需求。", "Needs answered by needs of the year."}, true, []string{MAnswered, MNeeds}},
	{MAnswerDays, InDays, Words{"答复所用时间", "Time to answer"}, Words{
		"已答复技术需求从第一条对接意向到第一次答复的工作日数的中位数；周一到周五算工作日，不扣法定节假日。",
		"The median of the working days from a need's first lead to its first answer, of the needs answered. Monday to Friday count; holidays are not known here."}, false, nil},
}

// Measures are all that a report of a year counts, in its order, without what they come to.
func Measures() (all []Measure) {
	for _, m := range measuredOf {
		all = append(all, Measure{Name: m.name, Words: said(m.words), Definition: said(m.definition), Unit: m.unit, Of: m.of, Records: []Counted{}})
	}
	return all
}

func measuredBy(name string) *measured {
	for i := range measuredOf {
		if measuredOf[i].name == name {
			return &measuredOf[i]
		}
	}
	return nil
}

// A Said is a text in both languages.
type Said struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

func said(w Words) Said { return Said{w[0], w[1]} }

// In returns the text for a language: English for en, else Chinese.
func (s Said) In(lang string) string { return Words{s.ZH, s.EN}.In(lang) }

// A Counted is a record that a measure counts.
type Counted struct {
	Table   string   `json:"table" doc:"contracts, benefits, achievements or needs"`
	ID      string   `json:"id"`
	Version uint64   `json:"version" doc:"at which it was counted"`
	Amount  int64    `json:"amount" doc:"what it adds, in the unit of the measure"`
	Through []string `json:"through,omitempty" doc:"ids of the contracts, benefits or leads on account of which it counts"`
}

// A Measure is one number of a report with all that it rests on.
type Measure struct {
	Name       string    `json:"name" example:"contract_value"`
	Words      Said      `json:"words" doc:"its name for people"`
	Definition Said      `json:"definition" doc:"how it is counted"`
	Unit       Unit      `json:"unit" enum:"count,fen,percent,points,days" doc:"percent and points are in hundredths, days in tenths of a working day"`
	Value      *int64    `json:"value,omitempty" doc:"none where it can't be counted"`
	Why        *Said     `json:"why,omitempty" doc:"why it can't be counted"`
	Of         []string  `json:"of,omitempty" doc:"the measures that it is worked out of; it has no records of its own"`
	Records    []Counted `json:"records" doc:"what is counted: value is the sum of their amounts, of days their median"`
	Target     *Goal     `json:"target,omitempty" doc:"what the operator aims at"`
}

// A Goal is a target as a report has it.
type Goal struct {
	ID      string `json:"id" doc:"of the target"`
	Version uint64 `json:"version"`
	Number  int64  `json:"number" doc:"in the unit of the measure"`
	Reached *int64 `json:"reached,omitempty" doc:"value by target, in hundredths of a percent; none where the value can't be counted"`
}

// Text writes a number of a measure's unit as people read it.
func (u Unit) Text(n int64, lang string) string {
	switch u {
	case InFen:
		if n == 0 {
			return "0"
		}
		return (&corpus.Money{Min: n, Max: n}).Label(lang)
	case InPercent:
		return parts(n, 100) + " %"
	case InPoints:
		return parts(n, 100) + Words{" 个百分点", " points"}.In(lang)
	case InDays:
		return parts(n, 10) + Words{" 个工作日", " working days"}.In(lang)
	}
	return corpus.Thousands(n)
}

// parts writes n parts of a whole, of which there are per: 650 of 100 is 6.5.
func parts(n, per int64) string {
	return strconv.FormatFloat(float64(n)/float64(per), 'f', -1, 64)
}
