package market

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"duijie/corpus"
)

// ReportFields are the fields of a contract by which a report counts.
var ReportFields = []string{"kind", "field", "seller_kind", "ip", "seller_region", "buyer_region"}

// A Tally is what contracts that have a code in common come to.
type Tally struct {
	Code         string   `json:"code,omitempty" doc:"what they have in common; none where they don't state it" example:"development"`
	Name         string   `json:"name" doc:"Chinese name of the code" example:"技术开发"`
	Count        int      `json:"count" doc:"how many contracts"`
	ValueFen     int64    `json:"value_fen" doc:"sum of their values, in fen"`
	TechnicalFen int64    `json:"technical_fen" doc:"sum of the technical parts that are stated, in fen"`
	Contracts    []string `json:"contracts" doc:"their ids"`
}

func (t *Tally) add(c Contract) {
	t.Count++
	t.ValueFen += c.ValueFen
	t.TechnicalFen += c.TechnicalFen
	t.Contracts = append(t.Contracts, c.ID)
}

// A ContractReport counts the contracts that are registered, or performed since, and were signed in a time.
type ContractReport struct {
	By    string      `json:"by" enum:"kind,field,seller_kind,ip,seller_region,buyer_region" doc:"what the rows have in common"`
	From  corpus.Date `json:"from,omitempty" doc:"signed on this day, in this month or year, or later"`
	Until corpus.Date `json:"until,omitempty" doc:"signed on this day, in this month or year, or earlier"`
	Rows  []Tally     `json:"rows" doc:"in the order of the codes; what is not stated comes last"`
	Total Tally       `json:"total"`
}

// ReportContracts counts contracts by one of ReportFields, fields by their 门类.
func ReportContracts(contracts iter.Seq2[Contract, error], by string, from, until corpus.Date) (ContractReport, error) {
	r := ContractReport{By: by, From: from, Until: until, Rows: []Tally{}, Total: Tally{Name: "合计", Contracts: []string{}}}
	if !slices.Contains(ReportFields, by) {
		return r, invalid("by", "use one of "+strings.Join(ReportFields, ", "), "contracts are not counted by %q", by)
	}
	rows := map[string]*Tally{}
	for c, err := range contracts {
		if err != nil {
			return r, err
		}
		if c.State != Registered && c.State != Performed || !within(c.Signed, from, until) {
			continue
		}
		code := member(&c, by).String()
		if up := corpus.FieldParents(code); by == "field" && len(up) > 0 {
			code = up[len(up)-1]
		}
		if rows[code] == nil {
			rows[code] = &Tally{Code: code, Name: nameIn(by, code)}
		}
		rows[code].add(c)
		r.Total.add(c)
	}
	for _, t := range rows {
		r.Rows = append(r.Rows, *t)
	}
	choices := ContractType.FieldOf(by).Choices
	place := func(t Tally) int { return slices.IndexFunc(choices, func(n Named) bool { return n.Value == t.Code }) }
	slices.SortFunc(r.Rows, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(min(1, len(b.Code)), min(1, len(a.Code))), cmp.Compare(place(a), place(b)), cmp.Compare(a.Code, b.Code))
	})
	return r, nil
}

// within reports whether a day lies between two dates, each as exact as it is given; "" is no bound.
func within(day, from, until corpus.Date) bool {
	return day[:min(len(day), len(from))] >= from && (until == "" || day[:min(len(day), len(until))] <= until)
}

// nameIn is the Chinese name of a code of a contract's field.
func nameIn(field, code string) string {
	f, name := ContractType.FieldOf(field), "未填"
	switch {
	case code == "":
	case f.Codes == corpus.Region:
		name = corpus.RegionPath(code)
	case f.Codes != "":
		name = corpus.CodeName(f.Codes, code)
	default:
		for _, n := range f.Choices {
			if n.Value == code {
				name = n.Words[0]
			}
		}
	}
	return cmp.Or(name, code)
}
