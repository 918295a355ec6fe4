package api

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

func linkRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/contracts/unlinked", id: "list-unlinked-contracts", tag: "contracts", summary: "Contracts of which nobody said from which lead they came, newest first", right: "contracts link", add: handle((*Service).listUnlinked)},
		{method: "GET", path: "/v1/contracts/{id}/proposals", id: "list-lead-proposals", tag: "contracts", summary: "The leads that a contract may have come from, with reasons", right: "contracts link", add: handle((*Service).listProposals)},
		{method: "POST", path: "/v1/contracts/{id}/lead", id: "link-contract", tag: "contracts", summary: "Say from which lead a contract came, or that it came from none", right: "contracts link", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).linkContract)},
	}
}

// A LeadProposal is a lead that a contract may have come from.
type LeadProposal struct {
	Lead        string       `json:"lead" doc:"its id"`
	State       market.State `json:"state" enum:"new,talking,agreed,contracted"`
	Need        string       `json:"need,omitempty" doc:"title of the need, where the caller may see it"`
	Achievement string       `json:"achievement,omitempty" doc:"title of the achievement, where the caller may see it"`
	Points      float64      `json:"points" doc:"the sum of the reasons' points"`
	Reasons     []LinkReason `json:"reasons"`
	created     time.Time
}

// A LinkReason is one thing that speaks for a lead.
type LinkReason struct {
	Points float64     `json:"points"`
	Words  market.Said `json:"words"`
}

// What speaks for a lead, in points. A party, titles that are alike or a good match are evidence, each leastEvidence or more:
// without any, nothing is proposed; the others only tell among leads that have some.
const (
	partyPoints = 3.0 // each
	titlePoints = 6.0 // times likeness
	fitPoints   = 2.0 // times the score of the achievement for the contract's title
	moneyPoints = .5
	timePoints  = .5

	leastEvidence = 1.5
	leastTitle    = .1 // likeness from which on titles say anything
	proposals     = 10 // at most
	nearTime      = 400 * 24 * time.Hour
)

// Proposals are the leads that a contract may have come from, the likeliest first. A contract that has a lead, or came from
// none, has no proposals.
func (s *Service) Proposals(ctx context.Context, c Caller, id string) ([]LeadProposal, error) {
	r, err := s.Record(ctx, c, &market.ContractType, id)
	if err == nil {
		err = recordMove(c, &market.ContractType.Declared, "link", r)
	}
	if err != nil {
		return nil, err
	}
	contract := r.Whole().(market.Contract)
	list := []LeadProposal{}
	if !unlinked(&contract) {
		return list, nil
	}
	fits, err := s.fitting(ctx, contract.Title)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for other, err := range storedAs[market.Contract](ctx, s, market.Contracts) {
		if err != nil {
			return nil, err
		}
		taken[other.Is.Lead] = true
	}
	for l, err := range storedAs[market.Lead](ctx, s, market.Leads) {
		if err != nil {
			return nil, err
		}
		if l.Is.State == market.Declined || taken[l.Is.ID] || corpus.DayOf(l.Is.Created) > contract.Signed || !c.reaches(market.Leads, "read", market.LeadType.Row(l.Is)) {
			continue
		}
		p, err := s.propose(ctx, c, &contract, l.Is, fits)
		if err != nil {
			return nil, err
		}
		if p != nil {
			list = append(list, *p)
		}
	}
	slices.SortFunc(list, func(a, b LeadProposal) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), b.created.Compare(a.created), cmp.Compare(a.Lead, b.Lead))
	})
	return list[:min(len(list), proposals)], nil
}

// unlinked reports whether nobody said where a contract came from. One that is void came to nothing.
func unlinked(c *market.Contract) bool {
	return c.Lead == "" && c.Elsewhere == "" && c.State != market.Void
}

// fitting are the achievements that the match list of a contract's title holds, by score; weak ones are not among them.
func (s *Service) fitting(ctx context.Context, title string) (map[string]float64, error) {
	a, err := s.MatchText(ctx, title, matcher.Options{Limit: matcher.Kept})
	if err != nil {
		return nil, err
	}
	fits := map[string]float64{}
	for _, m := range a.Matches {
		if m.Label != matcher.Weak {
			fits[m.ID] = m.Score
		}
	}
	return fits, nil
}

// propose weighs one lead; nil where nothing tells that the contract came from it.
func (s *Service) propose(ctx context.Context, c Caller, contract *market.Contract, l market.Lead, fits map[string]float64) (*LeadProposal, error) {
	p := LeadProposal{Lead: l.ID, State: l.State, created: l.Created}
	evident := false
	add := func(points float64, zh, en string) {
		evident = evident || points >= leastEvidence
		p.Points += points
		p.Reasons = append(p.Reasons, LinkReason{points, market.Said{ZH: zh, EN: en}})
	}
	var sides [2]corpus.Doc
	for i, side := range []struct {
		kind                   corpus.Kind
		id, party              string
		title                  *string
		partyZH, partyEN       string
		likenessZH, likenessEN string
	}{
		{corpus.Achievement, l.Achievement, contract.Seller, &p.Achievement, "卖方就是成果的持有单位", "the seller holds the achievement", "合同名称和成果名称相似", "the titles of contract and achievement are alike"},
		{corpus.Need, l.Need, contract.Buyer, &p.Need, "买方就是提出需求的企业", "the buyer is the firm of the need", "合同名称和需求名称相似", "the titles of contract and need are alike"},
	} {
		id := side.id
		if err := s.endOf(side.kind, &id); err != nil {
			return nil, err
		}
		d, err := s.Store.Get(side.kind, id)
		if corpus.CodeOf(err) == corpus.NotFound { // "" too
			continue
		}
		if err != nil {
			return nil, err
		}
		d = d.ForLevel(c.Level()) // what c may not read must not show in what is told of it
		sides[i] = d
		if seen, err := s.Document(ctx, c, side.kind, id); err == nil {
			*side.title = seen.Title
		}
		if key := corpus.OrgKey(d.Org); key != "" && key == corpus.OrgKey(side.party) {
			add(partyPoints, side.partyZH, side.partyEN)
		}
		like, _ := indexer.Likeness(&corpus.Doc{Kind: side.kind, Title: contract.Title}, &corpus.Doc{Kind: side.kind, Title: d.Title})
		if like >= leastTitle {
			add(titlePoints*like, side.likenessZH, side.likenessEN)
		}
		if score := fits[id]; side.kind == corpus.Achievement && score > 0 {
			add(fitPoints*score, "按合同名称匹配得到这项成果", "a match by the contract's title finds the achievement")
		}
	}
	if !evident {
		return nil, nil
	}
	for _, m := range []*corpus.Money{sides[1].Budget, sides[0].Price} {
		if m.Known() && contract.ValueFen >= m.From()/2 && contract.ValueFen <= 2*max(m.Min, m.Max) {
			add(moneyPoints, "合同金额和预算或报价相当", "the value is like the budget or the price")
			break
		}
	}
	if signed := contract.Signed.Last(); signed.Sub(l.Created) < nearTime {
		add(timePoints, "在对接意向提出后不久签订", "it was signed not long after the lead was opened")
	}
	return &p, nil
}

// Unlinked are the contracts of which nobody said from which lead they came, the newest first, limit at most, those that come
// after one with an id. next is the id to go on with, "" at the end.
func (s *Service) Unlinked(ctx context.Context, c Caller, limit int, after string) (list []market.Contract, next string, err error) {
	if err := c.may(market.Contracts, "link"); err != nil {
		return nil, "", err
	}
	list = []market.Contract{}
	for r, err := range s.allRecords(ctx, c, &market.ContractType, RecordQuery{After: after}) {
		if err != nil {
			return nil, "", err
		}
		one := r.Whole().(market.Contract)
		if !unlinked(&one) || !c.reaches(market.Contracts, "link", market.ContractType.Row(one)) {
			continue
		}
		if len(list) == limit {
			return list, list[limit-1].ID, nil
		}
		list = append(list, one)
	}
	return list, "", nil
}

// LinkContract says from which lead a contract came, which is contracted then, or with "" that it came from none here: both in
// one write.
func (s *Service) LinkContract(ctx context.Context, c Caller, id, lead string) (Record, error) {
	d := &market.ContractType.Declared
	old, err := s.Record(ctx, c, &market.ContractType, id)
	if err == nil {
		err = recordMove(c, d, "link", old)
	}
	if err != nil {
		return Record{}, err
	}
	if contract := old.Whole().(market.Contract); contract.Lead != "" {
		e := corpus.Errorf(corpus.Conflict, "the contract came from the lead %s already", contract.Lead)
		e.Field, e.Fix = "lead", "change the contract where that is wrong"
		return Record{}, e
	}
	values, action := map[string]string{"elsewhere": "yes"}, "say that contract "+id+" came from no lead"
	if lead != "" {
		values, action = map[string]string{"lead": lead, "elsewhere": ""}, "say that contract "+id+" came from lead "+lead
	}
	next, err := old.stored.Change(values, s.now())
	if err != nil {
		return Record{}, err
	}
	b := corpus.Batch{Actor: c.Name, Action: action}
	if next, err = s.ofLead(next); err != nil {
		return Record{}, err
	}
	if err := addRow(&b, d, "link", next, old.Version); err != nil {
		return Record{}, err
	}
	if lead != "" {
		if err := s.contracted(ctx, c, &b, lead); err != nil {
			return Record{}, err
		}
	}
	if _, err := s.Store.Write(ctx, b); err != nil {
		return Record{}, versionConflict(err)
	}
	return s.recordOf(d, next, old.Version+1)
}

// contracted adds to a batch that a lead is contracted, by all moves that are still to be made.
func (s *Service) contracted(ctx context.Context, c Caller, b *corpus.Batch, id string) error {
	d := &market.LeadType.Declared
	old, err := s.Record(ctx, c, &market.LeadType, id)
	if err != nil {
		return fieldError(err, "lead")
	}
	row := old.stored
	for _, to := range []market.State{market.Talking, market.Agreed, market.Contracted} {
		if state := *row.Head().State; state == market.Contracted || state != market.Declined && !slices.Contains(d.Moves[state], to) {
			continue
		}
		if err := recordMove(c, d, string(to), old); err != nil {
			return err
		}
		if row, err = row.Change(map[string]string{"state": string(to)}, s.now()); err != nil {
			return conflictOf(err, "lead")
		}
	}
	if *old.Head().State == market.Contracted {
		return nil
	}
	row = s.answered(c, row, *old.Head().State)
	news, err := s.newsOf(c, d, string(market.Contracted), row, old.Version+1)
	if err != nil {
		return err
	}
	b.Events = append(b.Events, news...)
	return addRow(b, d, string(market.Contracted), row, old.Version)
}

// conflictOf names the field of a request in the error of a record that it leads to.
func conflictOf(err error, field string) error {
	return &corpus.Error{Code: corpus.CodeOf(err), Message: err.Error(), Field: field, Fix: "choose another lead"}
}

// addRow adds a record to a batch, over the version that it was read at.
func addRow(b *corpus.Batch, d *market.Declared, move string, r market.Row, version uint64) error {
	body, err := json.Marshal(r.Whole())
	row := corpus.Record{Table: d.Name, ID: *r.Head().ID, Body: body, IfVersion: version, Move: move, Also: market.AlsoListed(d.Name, r)}
	row.Key, _ = d.KeyOf(r)
	b.Records = append(b.Records, row)
	return err
}

type unlinkedInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string `query:"after" maxLength:"64" doc:"next of the page before"`
}

type unlinkedOutput struct {
	Body struct {
		Contracts []market.Contract `json:"contracts"`
		Next      string            `json:"next,omitempty" doc:"cursor of the next page"`
	}
}

func (s *Service) listUnlinked(ctx context.Context, in *unlinkedInput) (*unlinkedOutput, error) {
	out := &unlinkedOutput{}
	var err error
	out.Body.Contracts, out.Body.Next, err = s.Unlinked(ctx, CallerOf(ctx), in.Limit, in.After)
	return out, err
}

type proposalsOutput struct {
	Body struct {
		Proposals []LeadProposal `json:"proposals" doc:"the likeliest first, 10 at most; none where nothing fits"`
	}
}

func (s *Service) listProposals(ctx context.Context, in *IDParam) (*proposalsOutput, error) {
	out := &proposalsOutput{}
	var err error
	out.Body.Proposals, err = s.Proposals(ctx, CallerOf(ctx), in.ID)
	return out, err
}

type linkInput struct {
	IDParam
	Body struct {
		Lead string `json:"lead,omitempty" maxLength:"64" doc:"id of the lead, which is contracted then" example:"019ac2f1b3e0q7Rk2ZpX"`
		None bool   `json:"none,omitempty" doc:"true: it came from none of the leads here"`
	}
}

type linkOutput struct {
	ETag string `header:"ETag" doc:"the version, for If-Match" example:"\"3\""`
	Body market.Contract
}

func (s *Service) linkContract(ctx context.Context, in *linkInput) (*linkOutput, error) {
	lead := strings.TrimSpace(in.Body.Lead)
	if (lead == "") != in.Body.None {
		e := corpus.Errorf(corpus.Invalid, "lead and none are given, or neither")
		e.Field, e.Fix = "lead", "give the id of a lead, or none: true"
		return nil, e
	}
	r, err := s.LinkContract(ctx, CallerOf(ctx), in.ID, lead)
	if err != nil {
		return nil, err
	}
	return &linkOutput{tagOf(r.Version), r.Whole().(market.Contract)}, nil
}
