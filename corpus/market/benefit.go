package market

import (
	"time"

	"duijie/corpus"
)

// Benefits is the record table of yearly benefits.
const Benefits = "benefits"

// States of a benefit.
const (
	Reported  State = "reported"  // by a party
	Confirmed State = "confirmed" // the operator has seen the proof: counts in reports
	Returned  State = "returned"  // with what is missing
)

// A Benefit is what a contract brought its buyer in one year.
type Benefit struct {
	ID           string    `json:"id"`
	Contract     string    `json:"contract" doc:"id of the contract, of which there is one benefit a year"`
	Year         string    `json:"year" doc:"of the benefit, as 2026"`
	Amount       string    `json:"amount" doc:"new benefit in this year, as written: 1200万元"`
	AmountFen    int64     `json:"amount_fen" doc:"in fen"`
	Proof        string    `json:"proof" doc:"which papers prove it, and where they are; 2,000 characters at most"`
	Missing      string    `json:"missing,omitempty" doc:"why it was returned"`
	State        State     `json:"state" enum:"reported,confirmed,returned"`
	By           string    `json:"by" doc:"who reported it, as key:ID or account:ID"`
	Organisation string    `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time `json:"created"`
	Updated      time.Time `json:"updated"`
}

// BenefitType declares yearly benefits: a party reports, the operator confirms.
var BenefitType = Type[Benefit]{
	Declared: Declared{
		Name: Benefits, One: Words{"年度效益", "benefit"}, Many: Words{"年度效益", "Benefits"}, Unique: []string{"contract", "year"},
		States: []Named{{string(Reported), Words{"已填报", "Reported"}}, {string(Confirmed), Words{"已核实", "Confirmed"}}, {string(Returned), Words{"已退回", "Returned"}}},
		Moves:  map[State][]State{Reported: {Confirmed, Returned}, Returned: {Reported}, Confirmed: {Returned}},
		Fields: []Field{
			{Name: "contract", Record: Contracts, Required: true, Fixed: true, Words: Words{"技术合同", "Contract"}, Hint: Words{"填技术合同的编号；一份合同一年填一次。", "give the id of a contract that you may see; it has one benefit a year"}},
			{Name: "year", Required: true, Fixed: true, Limit: 4, Words: Words{"年份", "Year"}, Hint: Words{"四位数字：2026。", "give four digits: 2026"}},
			{Name: "amount", Required: true, Words: Words{"新增效益", "New benefit"}, Hint: Words{"一个数，带单位：1200万元。", "give one amount with its unit: 1200万元"}},
			{Name: "proof", Required: true, Limit: 2_000, Lines: 4, Words: Words{"证明材料", "Proof"}, Hint: Words{"哪些材料能证明、存在哪里，2,000 字以内。", "say which papers prove it and where they are, in 1 to 2,000 characters"}},
			{Name: "missing", With: Returned, Required: true, Limit: 500, Lines: 2, Words: Words{"缺什么", "What is missing"}, Hint: Words{"填报人看得到，500 字以内。", "say in 1 to 500 characters what is missing"}},
		},
	},
	Check: checkBenefit,
	Head:  func(b *Benefit) Head { return Head{&b.ID, &b.State, &b.By, &b.Organisation, &b.Created, &b.Updated} },
	Example: Benefit{ID: "019ac2f1b3e0q7Rk2ZpX", Contract: "019ac2f1b3e0q7Rk2ZpX", Year: "2026", Amount: "1200万元", AmountFen: 1_200_000_000, Proof: "销售合同和完税证明，存科技局档案 2026-17。", State: Reported,
		By: "key:3f9a0c11d2e4b586", Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

func checkBenefit(b *Benefit, _ Benefit) (wrong corpus.Faults) {
	if year, err := time.Parse("2006", b.Year); err != nil || year.Year() < 1990 {
		wrong = append(wrong, invalid("year", "", "%q is no year", b.Year))
	}
	if !readAmount(b.Amount, &b.AmountFen) {
		wrong = append(wrong, invalid("amount", "", "%q is no single amount", b.Amount))
	}
	return wrong
}
