package market

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"duijie/corpus"
)

// A RewardRule says what brokers and agencies get for the value that they brokered in a year.
type RewardRule struct {
	Basis string `json:"basis" enum:"technical,value" doc:"what of a contract counts: its technical part, or its value"`
	Bands []Band `json:"bands" doc:"each holds for the part of the year's sum from its beginning to that of the next"`
	Most  string `json:"most,omitempty" doc:"of one payee in a year, as written"`
	most  int64  // fen; 0: no bound
}

// A Band is a part of a year's sum and what is paid of it.
type Band struct {
	From    string `json:"from" doc:"where it begins, as written: 0元, 1000万元"`
	Percent int64  `json:"percent" doc:"in hundredths of a percent: 200 is 2 %"`
	from    int64  // fen
}

// ReadRewardRule reads a rule from JSON. Its error says what to mend.
func ReadRewardRule(b []byte) (*RewardRule, error) {
	var r RewardRule
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return nil, err
	}
	if r.Basis != "technical" && r.Basis != "value" {
		return nil, fmt.Errorf("basis: %q is neither technical nor value", r.Basis)
	}
	if len(r.Bands) == 0 {
		return nil, fmt.Errorf("bands: there is none")
	}
	for i := range r.Bands {
		band := &r.Bands[i]
		if zero := band.From == "0元" || band.From == "0"; !zero && !readAmount(band.From, &band.from) {
			return nil, fmt.Errorf("bands: %q is no amount with its unit, such as 1000万元", band.From)
		}
		if band.Percent < 0 || band.Percent > wholeShare {
			return nil, fmt.Errorf("bands: %d is not from 0 to 10000 hundredths of a percent", band.Percent)
		}
		if i > 0 && band.from <= r.Bands[i-1].from {
			return nil, fmt.Errorf("bands: %s does not come after %s", band.From, r.Bands[i-1].From)
		}
	}
	if r.Most != "" && !readAmount(r.Most, &r.most) {
		return nil, fmt.Errorf("most: %q is no amount with its unit, such as 50万元", r.Most)
	}
	return &r, nil
}

// Of returns what is paid for a year's sum, in fen, rounded down.
func (r *RewardRule) Of(sum int64) (fen int64) {
	for i, band := range r.Bands {
		until := sum
		if i+1 < len(r.Bands) {
			until = min(sum, r.Bands[i+1].from)
		}
		if part := until - band.from; part > 0 {
			fen += part/wholeShare*band.Percent + part%wholeShare*band.Percent/wholeShare
		}
	}
	if r.most > 0 {
		fen = min(fen, r.most)
	}
	return fen
}

// A RewardReport says what each broker and agency brokered in a year.
type RewardReport struct {
	Year   string      `json:"year"`
	Rule   *RewardRule `json:"rule,omitempty" doc:"of the operator; none: no reward is computed"`
	Payees []Payee     `json:"payees" doc:"who brokered the most first"`
	Left   []string    `json:"left" doc:"ids of the contracts of the year of which nobody says who brokered them"`
}

// A Payee is one broker or agency with what they brokered in a year.
type Payee struct {
	Name         string     `json:"name" doc:"as the newest of their rewards writes it"`
	ValueFen     int64      `json:"value_fen" doc:"their shares of the contracts' values, in fen"`
	TechnicalFen int64      `json:"technical_fen" doc:"their shares of the technical parts that are stated, in fen"`
	RewardFen    *int64     `json:"reward_fen,omitempty" doc:"by the rule, in fen; none without a rule"`
	Contracts    []Brokered `json:"contracts"`
}

// A Brokered is a payee's share of one contract.
type Brokered struct {
	Contract     string `json:"contract" doc:"its id"`
	Reward       string `json:"reward" doc:"id of the reward"`
	State        State  `json:"state" enum:"proposed,approved,paid"`
	Percent      int64  `json:"percent" doc:"the share, in hundredths of a percent"`
	ValueFen     int64  `json:"value_fen"`
	TechnicalFen int64  `json:"technical_fen"`
	Papers       string `json:"papers"`
}

// ReportRewards sums what was brokered of the contracts of a year that are registered, or performed since, by rewards that were
// not refused. rule may be nil.
func ReportRewards(b *Books, rewards []Reward, year string, rule *RewardRule) RewardReport {
	r := RewardReport{Year: year, Rule: rule, Payees: []Payee{}, Left: []string{}}
	of := map[string]*Contract{}
	for i := range b.Contracts {
		if c := &b.Contracts[i].Is; counts(c) && within(c.Signed, corpus.Date(year), corpus.Date(year)) {
			of[c.ID] = c
		}
	}
	payees, told := map[string]*Payee{}, map[string]bool{}
	for _, w := range rewards {
		c := of[w.Contract]
		if c == nil || w.State == Refused {
			continue
		}
		told[c.ID] = true
		value, technical := c.ValueFen, c.TechnicalFen
		for i, part := range w.Parts {
			one := Brokered{c.ID, w.ID, w.State, part.Percent, portion(c.ValueFen, part.Percent), portion(c.TechnicalFen, part.Percent), w.Papers}
			if i == len(w.Parts)-1 { // so that the shares add to the contract
				one.ValueFen, one.TechnicalFen = value, technical
			}
			value, technical = value-one.ValueFen, technical-one.TechnicalFen
			key := corpus.OrgKey(part.Payee)
			if payees[key] == nil {
				payees[key] = &Payee{}
			}
			p := payees[key]
			p.Name, p.ValueFen, p.TechnicalFen, p.Contracts = part.Payee, p.ValueFen+one.ValueFen, p.TechnicalFen+one.TechnicalFen, append(p.Contracts, one)
		}
	}
	for _, p := range payees {
		if rule != nil {
			fen := rule.Of(p.TechnicalFen)
			if rule.Basis == "value" {
				fen = rule.Of(p.ValueFen)
			}
			p.RewardFen = &fen
		}
		r.Payees = append(r.Payees, *p)
	}
	slices.SortFunc(r.Payees, func(a, b Payee) int { return cmp.Or(cmp.Compare(b.ValueFen, a.ValueFen), cmp.Compare(a.Name, b.Name)) })
	for id := range of {
		if !told[id] {
			r.Left = append(r.Left, id)
		}
	}
	slices.Sort(r.Left)
	return r
}

// portion is a share of an amount, rounded down.
func portion(fen, percent int64) int64 {
	return fen/wholeShare*percent + fen%wholeShare*percent/wholeShare
}
