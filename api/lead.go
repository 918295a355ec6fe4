package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// CreateLead notes that c sees in an achievement what a need asks for. Both must be visible to c, and
// neither may be over.
func (s *Service) CreateLead(ctx context.Context, c Caller, need, achievement, message string) (market.Lead, error) {
	if !c.Key && !c.Admin {
		return market.Lead{}, needsKey()
	}
	if err := s.takeLeads(ctx, c, corpus.Link{Kind: corpus.Need, ID: need}, corpus.Link{Kind: corpus.Achievement, ID: achievement}); err != nil {
		return market.Lead{}, err
	}
	if err := errors.Join(s.endOf(corpus.Need, &need), s.endOf(corpus.Achievement, &achievement)); err != nil {
		return market.Lead{}, err
	}
	l, err := market.MakeLead(need, achievement, message, c.Name, s.now())
	if err != nil {
		return market.Lead{}, err
	}
	return l, s.putRecord(ctx, c, "create lead "+l.ID, market.Leads, l.ID, l, 0)
}

// takeLeads returns nil where c may see all of these documents and none of them is over.
func (s *Service) takeLeads(ctx context.Context, c Caller, of ...corpus.Link) error {
	for _, l := range of {
		seen, err := s.follow(ctx, c, l.Kind, l.ID)
		if err != nil {
			return err
		}
		d, err := s.Store.Get(l.Kind, seen.ID) // with a last day that c may not read
		if err != nil {
			return err
		}
		life, err := s.Life(d)
		if err != nil {
			return err
		}
		if err := life.TakesLeads(&d); err != nil {
			return err
		}
	}
	return nil
}

// MoveLead moves a lead of c's own, or any for admins.
func (s *Service) MoveLead(ctx context.Context, c Caller, id string, to market.State, reason market.DeclineReason) (market.Lead, error) {
	r, err := s.Store.Record(market.Leads, id)
	if corpus.CodeOf(err) == corpus.NotFound {
		err = missing("lead", id)
	}
	if err != nil {
		return market.Lead{}, err
	}
	l, err := leadOf(r)
	if err != nil {
		return market.Lead{}, err
	}
	if !mine(c, l) {
		return market.Lead{}, missing("lead", id)
	}
	by := market.Author
	if c.Admin {
		by = market.Operator
	}
	if l, err = l.Move(to, reason, by, s.now()); err != nil {
		return market.Lead{}, err
	}
	if err := s.putRecord(ctx, c, fmt.Sprintf("move lead %s to %s", id, to), market.Leads, id, l, r.Version); err != nil {
		return market.Lead{}, err
	}
	err = s.endsOf(&l)
	return l, err
}

// Leads returns at most limit leads that c may see, newest first, beginning after the one with the id after, and the
// id to go on with, "" at the end.
func (s *Service) Leads(ctx context.Context, c Caller, limit int, after string) (leads []market.Lead, next string, err error) {
	leads = []market.Lead{}
	for r, err := range s.Store.Records(market.Leads) {
		if err != nil {
			return nil, "", err
		}
		l, err := leadOf(r)
		if err != nil {
			return nil, "", err
		}
		if mine(c, l) && (after == "" || l.ID < after) {
			if err := s.endsOf(&l); err != nil {
				return nil, "", err
			}
			leads = append(leads, l)
		}
	}
	slices.Reverse(leads)
	if len(leads) > limit {
		leads = leads[:limit]
		next = leads[limit-1].ID
	}
	return leads, next, nil
}

func mine(c Caller, l market.Lead) bool { return c.Admin || c.Key && l.By == c.Name }

func leadOf(r corpus.Record) (market.Lead, error) {
	var l market.Lead
	if err := json.Unmarshal(r.Body, &l); err != nil {
		return l, fmt.Errorf("lead %s: %w", r.ID, err)
	}
	return l, nil
}

// putRecord writes one market record, if ifVersion is stored or 0.
func (s *Service) putRecord(ctx context.Context, c Caller, action, table, id string, v any, ifVersion uint64) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: action, Records: []corpus.Record{{Table: table, ID: id, Body: body, IfVersion: ifVersion}}})
	return err
}

type leadsInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string `query:"after" maxLength:"64" doc:"next of the page before"`
}

type leadsOutput struct {
	Body struct {
		Leads []market.Lead `json:"leads"`
		Next  string        `json:"next,omitempty" doc:"cursor of the next page"`
	}
}

func (s *Service) listLeads(ctx context.Context, in *leadsInput) (*leadsOutput, error) {
	out := &leadsOutput{}
	var err error
	out.Body.Leads, out.Body.Next, err = s.Leads(ctx, CallerOf(ctx), in.Limit, in.After)
	return out, err
}

type createLeadInput struct {
	Body struct {
		Need        string `json:"need" maxLength:"64" doc:"id of the need"`
		Achievement string `json:"achievement" maxLength:"64" doc:"id of the achievement"`
		Message     string `json:"message,omitempty" maxLength:"2000"`
	}
}

type leadOutput struct{ Body market.Lead }

func (s *Service) createLead(ctx context.Context, in *createLeadInput) (*leadOutput, error) {
	l, err := s.CreateLead(ctx, CallerOf(ctx), in.Body.Need, in.Body.Achievement, in.Body.Message)
	return &leadOutput{l}, err
}

type moveLeadInput struct {
	IDParam
	Body struct {
		State  market.State         `json:"state" enum:"talking,agreed,contracted,declined"`
		Reason market.DeclineReason `json:"reason,omitempty" enum:"too_early,benefit_unclear,route_unclear,text_unclear,scientific_doubt,not_our_strategy,already_solved,price_or_terms" doc:"of a decline"`
	}
}

func (s *Service) moveLead(ctx context.Context, in *moveLeadInput) (*leadOutput, error) {
	l, err := s.MoveLead(ctx, CallerOf(ctx), in.ID, in.Body.State, in.Body.Reason)
	return &leadOutput{l}, err
}
