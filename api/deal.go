package api

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// brokerMoves are the moves of a lead by which somebody has a part in what becomes of it.
var brokerMoves = []market.State{market.Talking, market.Agreed, market.Contracted}

// deal completes the write of a contract that came from a lead, and of a lead that contracts name: a contract names who brokered
// its lead, and a lead whose contract is registered is contracted, in the same transaction.
func (s *Service) deal(ctx context.Context, c Caller, move string, r market.Row, exists bool, b *corpus.Batch) (market.Row, error) {
	switch v := r.Whole().(type) {
	case market.Lead:
		if exists && c.mayBroker() && slices.Contains(brokerMoves, market.State(move)) {
			return r, s.joins(c, v.ID, b)
		}
	case market.Contract:
		var was market.Contract
		if exists {
			stored, err := s.Store.Record(market.Contracts, v.ID)
			if err == nil {
				err = json.Unmarshal(stored.Body, &was)
			}
			if err != nil {
				return r, err
			}
		}
		var err error
		if v.Lead != was.Lead {
			if r, err = s.ofLead(r); err != nil {
				return r, err
			}
		}
		if counts := v.State == market.Registered || v.State == market.Performed; counts && v.Lead != "" && (v.Lead != was.Lead || v.State != was.State) {
			if err = s.contracted(ctx, c, b, v.Lead); corpus.CodeOf(err) == corpus.NotFound {
				err = nil // what is not there, nothing moves
			}
		}
		return r, err
	}
	return r, nil
}

// ofLead returns a contract that names a lead since now with those who brokered it. Where another one that is not void came from
// the lead the error has code Conflict.
func (s *Service) ofLead(r market.Row) (market.Row, error) {
	contract := r.Whole().(market.Contract)
	if contract.Lead == "" {
		return r.With("brokers", ""), nil
	}
	for other, err := range s.contractsOf(contract.Lead) {
		if err != nil {
			return r, err
		}
		if other.Is.ID == contract.ID {
			continue
		}
		e := corpus.Errorf(corpus.Conflict, "the contract %s came from this lead already", cmp.Or(other.Is.Number, other.Is.ID))
		e.Field, e.Fix = "lead", "go on with that one; leave the lead out where this is another deal"
		e.Err = &TakenError{market.Contracts, other.Is.ID}
		return r, e
	}
	brokers, err := s.brokersOf(contract.Lead)
	return r.With("brokers", strings.Join(brokers, " ")), err
}

// contractsOf yields the contracts that came from a lead and are not void.
func (s *Service) contractsOf(lead string) iter.Seq2[market.At[market.Contract], error] {
	return func(yield func(market.At[market.Contract], error) bool) {
		for r, err := range s.Store.RecordsBefore([]corpus.Listing{{Table: market.Contracts, Owner: corpus.AsLead(lead)}}, "") {
			one := market.At[market.Contract]{Version: r.Version}
			if err == nil {
				err = json.Unmarshal(r.Body, &one.Is)
			}
			if err == nil && one.Is.State == market.Void {
				continue
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

// brokersOf are those who moved a lead towards a contract, and who holds the claim of one that is still open.
func (s *Service) brokersOf(lead string) (brokers []string, err error) {
	steps, err := s.Store.Steps(market.Leads, lead, maxSteps)
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		if !slices.Contains(brokerMoves, market.State(step.Move)) {
			continue
		}
		role, err := s.roleOf(step.By)
		if err != nil {
			return nil, err
		}
		if market.Allowed(market.Role(role), market.Leads, string(market.Agreed)) == market.All { // and not who has a posting
			brokers = append(brokers, step.By)
		}
	}
	r, err := s.Store.Record(market.Leads, lead)
	var l market.Lead
	if err == nil {
		err = json.Unmarshal(r.Body, &l)
	}
	if err != nil {
		return nil, err
	}
	if l.State != market.Contracted { // later claims are on what else is asked about the need
		keys, err := s.claimKeys(l.Need, lead)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			claim, err := s.Store.RecordByKey(market.Claims, key)
			var held market.Claim
			if err == nil {
				err = json.Unmarshal(claim.Body, &held)
			}
			if err == nil && !held.Until.Over(s.now()) {
				brokers = append(brokers, held.By)
			} else if err != nil && corpus.CodeOf(err) != corpus.NotFound {
				return nil, err
			}
		}
	}
	slices.Sort(brokers)
	return slices.Compact(brokers), nil
}

// joins adds to a batch that c brokered the contracts of a lead, where they don't say so.
func (s *Service) joins(c Caller, lead string, b *corpus.Batch) error {
	d := market.ContractType.About()
	for one, err := range s.contractsOf(lead) {
		if err != nil {
			return err
		}
		brokers := strings.Fields(one.Is.Brokers)
		if slices.Contains(brokers, c.Name) {
			continue
		}
		one.Is.Brokers = strings.Join(append(brokers, c.Name), " ")
		if err := addRow(b, d, "", market.ContractType.Row(one.Is), one.Version); err != nil {
			return err
		}
	}
	return nil
}
