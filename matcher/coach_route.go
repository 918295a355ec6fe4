package matcher

import (
	"fmt"
	"regexp"

	"duijie/corpus"
	"duijie/indexer"
)

// A Route says who should take a need on.
type Route struct {
	Way     Way           `json:"way" enum:"direct,assisted,broker" doc:"direct: publish and read the list; assisted: mend it with somebody first; broker: give it to a technology broker"`
	Reasons []RouteReason `json:"reasons"`
}

// A Way is one of three ways for a need.
type Way string

const (
	Direct   Way = "direct"
	Assisted Way = "assisted"
	Broker   Way = "broker"
)

// A RouteReason is one thing that decides the way.
type RouteReason struct {
	Code string `json:"code" enum:"fits,unfit,several,vague,incomplete,budget,staff,money" doc:"staff and money: asked for in place of a technology"`
	Text string `json:"text"`
}

// largeBudget is from where a need is worth a broker's time, in fen: 5 million yuan.
const largeBudget = 5_000_000_00

// Which words ask for people or money. Experts who shall advise are what a market of technologies is for.
var (
	staffWanted = regexp.MustCompile(`(?:招聘|引进|急需|需要?|需求|缺[少乏]?|现求|急求|寻[求找]|聘请|短缺)[^，。；;]{0,20}(?:人才|技术人员|工程师|技工|人员缺口)|` +
		`人才[^，。；;]{0,4}(?:不足|短缺|缺乏|紧缺|匮乏|资源|的?需求)|方面的?人才|(?:专家|人才|工程师|负责人|成员|博士|硕士|师傅)\s*[\d一二两三四五六七八九十]+\s*[名位]|` +
		`[\d一二两三四五六七八九十]+\s*[名位][^，。；;]{0,6}(?:专家|人才|工程师|负责人|成员|博士|硕士|师傅)|务农人员`)
	staffTitle  = regexp.MustCompile(`(?:人才|工程师|技术人员|技工|招聘)(?:需求|引进|资源|招聘)?$|专家$|培训$`)
	moneyWanted = regexp.MustCompile(`(?:需要?|寻求|解决|急需|希望|争取|申请|提供)[^，。；;]{0,10}(?:融资|贷款|资金支持|资金扶持|补贴|补助|风投|风险投资)|` +
		`资金[^，。；;]{0,4}(?:支持|扶持|紧张|短缺|不足|缺口)|融资(?:需求|途径|渠道|困难|难)`)
)

// Who gives what is not matched here.
var (
	staffSaid = said{"这里面要的是人。招聘、引才和培训请找当地人社部门或高校就业机构；这里匹配的是技术，请写出要解决的技术问题。",
		"This asks for people. Employment offices and universities help with staff and training; technologies are matched here, so write the technical problem down."}
	moneySaid = said{"这里面要的是资金。融资请找银行或科技金融服务平台，经费请申报科技计划；这里匹配的是技术。",
		"This asks for money. Banks, technology-finance services and science programmes give it; technologies are matched here."}
)

// route weighs what makes a need hard. A reason counts 0 to 3; with 3 it is one for a broker, with less for somebody who
// helps to write it.
func (s *Scorer) route(need *corpus.Doc, entry *indexer.Entry, a *Advice, matches []Match, lang string) Route {
	r := Route{Way: Direct, Reasons: []RouteReason{}}
	burden := 0
	add := func(weight int, code string, text said, args ...any) {
		burden += weight
		r.Reasons = append(r.Reasons, RouteReason{code, fmt.Sprintf(text.in(lang), args...)})
	}
	text := need.Title + "\n" + need.Text
	if asksStaff(need.Title, text) {
		add(2, "staff", staffSaid)
	}
	if moneyWanted.MatchString(text) {
		add(2, "money", moneySaid)
	}
	if n := len(a.Parts); n > 0 {
		add(1+n/4, "several", said{"写了 %d 个问题，分开发布更容易找到人。", "It lists %d problems; they find an answer more easily one by one."}, n)
	}
	figures := tellsFigures(need, entry)
	things := 0
	for _, w := range entry.Words {
		if s.telling(w.Term) {
			things++
		}
	}
	if !figures && (things < 2 || !tellsProblem(need, entry) && things < 4) {
		add(2, "vague", said{"说得太笼统，看不出具体是什么问题。", "It is too general to see what the problem is."})
	} else if a.Completeness < .5 {
		add(1, "incomplete", said{"还缺的内容较多，补上几项再发布。", "Much is missing; add to it before you publish."})
	}
	if b := need.Budget; b != nil && max(b.Min, b.Max) >= largeBudget {
		add(2, "budget", said{"投入较大，选型、谈判和分期付款宜有技术经纪人参与。", "It is a large sum: let a technology broker help to choose, negotiate and pay in steps."})
	}
	fitting := 0
	for _, m := range matches {
		if m.Label != Weak {
			fitting++
		}
	}
	if fitting > 0 {
		add(0, "fits", said{"已有 %d 项成果可能合适，可以直接看清单。", "Achievements that may fit: %d. Read the list."}, fitting)
	} else {
		add(1, "unfit", said{"已发布的成果里没有合适的，需要有人去找。", "No published achievement fits; somebody has to look further."})
	}
	switch {
	case burden >= 3:
		r.Way = Broker
	case burden > 0:
		r.Way = Assisted
	}
	return r
}

// Elsewhere tells who serves a need that asks for nothing but people or money; nil for one that speaks of any other work.
func Elsewhere(need *corpus.Doc, lang string) *RouteReason {
	text := need.Title + "\n" + need.Text + "\n" + need.Goal
	rest := moneyWanted.ReplaceAllString(staffWanted.ReplaceAllString(text, ""), "")
	switch {
	case wants.MatchString(rest) || asks.MatchString(rest) || works.MatchString(rest) || studies.MatchString(rest):
		return nil
	case asksStaff(need.Title, text):
		return &RouteReason{"staff", staffSaid.in(lang)}
	case moneyWanted.MatchString(text):
		return &RouteReason{"money", moneySaid.in(lang)}
	}
	return nil
}

func asksStaff(title, text string) bool {
	return staffTitle.MatchString(title) || staffWanted.MatchString(text)
}
