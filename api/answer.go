package api

import (
	"context"
	"encoding/json"
	"fmt"

	"duijie/corpus"
	"duijie/corpus/market"
)

// handLeads goes over the open leads: those that nobody has answered in time go to a broker, of which brokers and who asked are
// told, and all are brought level with who has their postings, as are questions. Where somebody else writes one meanwhile, its turn comes with the
// next look.
func (s *Service) handLeads(ctx context.Context) error {
	for _, state := range []market.State{market.New, market.Talking, market.Agreed} {
		if err := s.handLeadsIn(ctx, state); err != nil {
			return err
		}
	}
	for _, state := range []market.State{market.Waiting, market.Released, market.Replied} {
		if err := s.levelQuestions(ctx, state); err != nil {
			return err
		}
	}
	return nil
}

// levelQuestions brings questions level with who has their postings.
func (s *Service) levelQuestions(ctx context.Context, state market.State) error {
	d := market.QuestionType.About()
	for r, err := range s.rows(ctx, Caller{Name: clock.Name, Role: market.Admin, Admin: true}, &market.QuestionType, RecordQuery{State: state}) {
		if err != nil {
			return err
		}
		row, err := s.withOwners(d, r.Row)
		if err != nil {
			return err
		}
		if row.Whole() == r.Whole() {
			continue
		}
		b := corpus.Batch{Actor: clock.Name, Action: fmt.Sprintf("level %s %s", d.One[1], *row.Head().ID)}
		if err := addRow(&b, d, "", row, r.version); err != nil {
			return err
		}
		if _, err := s.Store.Write(ctx, b); err != nil && corpus.CodeOf(err) != corpus.Conflict {
			return err
		}
	}
	return nil
}

func (s *Service) handLeadsIn(ctx context.Context, state market.State) error {
	d := market.LeadType.About()
	operator := Caller{Name: clock.Name, Role: market.Admin, Admin: true}
	for r, err := range s.rows(ctx, operator, &market.LeadType, RecordQuery{State: state}) {
		if err != nil {
			return err
		}
		row, err := s.withOwners(d, r.Row)
		if err != nil {
			return err
		}
		lead, handed := row.Whole().(market.Lead).Hand(s.now())
		for _, k := range []corpus.Kind{corpus.Achievement, corpus.Need} {
			if owner := string(k) + "_owner"; row.Text(owner) != r.Text(owner) { // who has it now has agreed to nothing
				lead = lead.SetOpen([]market.Side{market.Side(k)}, false)
			}
		}
		if !handed && lead == r.Whole().(market.Lead) {
			continue
		}
		move, events := "", []corpus.Event(nil)
		if row = market.LeadType.Row(lead); handed {
			to, err := s.whoMay(market.Leads, string(market.Agreed))
			if err != nil {
				return err
			}
			move = "handed"
			if events, err = s.Tell(Notice{Sort: market.LeadHanded, What: "leads " + lead.ID, To: append(to, makers(row)...), Facts: factsOf(d, row)}); err != nil {
				return err
			}
		}
		if err := s.putLead(ctx, clock, lead, r.version, move, events); err != nil && corpus.CodeOf(err) != corpus.Conflict {
			return err
		}
	}
	return nil
}

// putLead writes what people can't type of a lead, with events and other records.
func (s *Service) putLead(ctx context.Context, c Caller, lead market.Lead, version uint64, move string, events []corpus.Event, also ...corpus.Record) error {
	body, err := json.Marshal(lead)
	if err != nil {
		return err
	}
	d, row := market.LeadType.About(), market.LeadType.Row(lead)
	r := corpus.Record{Table: d.Name, ID: lead.ID, Body: body, IfVersion: version, Move: move, Also: market.AlsoListed(d.Name, row)}
	r.Key, _ = d.KeyOf(row)
	if move == "" {
		move = "level"
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: fmt.Sprintf("%s %s %s", move, d.One[1], lead.ID), Records: append(also, r), Events: events})
	return err
}

// answersRead bounds how many of a holder's leads a usual time to answer is counted from, the newest.
const answersRead = 500

// UsualAnswer says how soon who has a posting answers those who ask for it or their others; nil where nobody is known to have it, or
// too few answers are.
func (s *Service) UsualAnswer(kind corpus.Kind, id string) (*market.UsualAnswer, error) {
	by, organisation, err := s.ownerOf(kind, id)
	if err != nil || by == "" && organisation == "" {
		return nil, err
	}
	owner := by
	if organisation != "" {
		owner = corpus.AsMember("", organisation)
	}
	var leads []market.Lead
	for r, err := range s.Store.RecordsBefore([]corpus.Listing{{Table: market.Leads, Owner: market.AskedListing(owner)}}, "") {
		var l market.Lead
		if err == nil {
			err = json.Unmarshal(r.Body, &l)
		}
		if err != nil {
			return nil, err
		}
		if leads = append(leads, l); len(leads) == answersRead {
			break
		}
	}
	return market.UsualAnswerOf(leads, s.now()), nil
}
