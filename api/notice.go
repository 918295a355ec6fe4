package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A Notice says what people should hear of. Its events go with the write that causes it:
//
//	events, err := s.Tell(Notice{Sort: market.LeadMoved, What: "leads " + id + " 3", To: accounts, Facts: Facts{Table: market.Leads, Record: id}})
//	... corpus.Batch{..., Events: events}
//
// or, where nothing is written, to Store.Raise.
type Notice struct {
	Sort string   // one of market.EventSorts
	What string   // happened, the same whenever it is raised: who was told of it is not told again
	To   []string // ids of accounts; those that are gone or disabled are passed over
	// Inbox leaves out all other channels: they were told otherwise.
	Inbox bool
	Facts
}

// Facts are what a notice is about, by ids alone: words are read as the reader may read them when they are shown or sent.
type Facts struct {
	Table    string       `json:"table,omitempty"` // of the record, with Record
	Record   string       `json:"record,omitempty"`
	State    market.State `json:"state,omitempty"` // in which the record was put
	Kind     corpus.Kind  `json:"kind,omitempty"`  // of the posting, with Document
	Document string       `json:"document,omitempty"`
}

// Tell returns the events of a notice: for everybody one into the inbox and one for each channel that they prefer, for a robot
// one whoever chose it, when the first of them is told.
func (s *Service) Tell(n Notice) (events []corpus.Event, err error) {
	if !slices.ContainsFunc(market.EventSorts, func(sort market.Named) bool { return sort.Value == n.Sort }) {
		return nil, fmt.Errorf("there is no sort of event %q", n.Sort)
	}
	body, err := json.Marshal(n.Facts)
	if err != nil {
		return nil, err
	}
	now := s.now()
	robots := map[market.Channel]time.Time{}
	for _, account := range slices.Compact(slices.Sorted(slices.Values(n.To))) {
		if gone, err := s.gone("account:" + account); err != nil {
			return nil, err
		} else if gone {
			continue
		}
		id := market.EventID(n.Sort, n.What, account)
		events = append(events, corpus.Event{ID: id, To: "account:" + account + "/inbox", Inbox: account, Type: n.Sort, Body: body})
		if n.Inbox {
			continue
		}
		p, _, err := s.preference(account)
		if err != nil {
			return nil, err
		}
		next := p.Next(n.Sort, now)
		for _, c := range p.Wants(n.Sort) {
			if !c.Robot() {
				events = append(events, corpus.Event{ID: id + "." + string(c), To: "account:" + account + "/" + string(c), Type: n.Sort, Body: body, Next: next})
			} else if at, ok := robots[c]; !ok || next.Before(at) {
				robots[c] = next
			}
		}
	}
	for _, c := range market.Channels {
		if next, ok := robots[c]; ok {
			events = append(events, corpus.Event{ID: market.EventID(n.Sort, n.What, "") + "." + string(c), To: "robot/" + string(c), Type: n.Sort, Body: body, Next: next})
		}
	}
	return events, nil
}

// whoMay returns the accounts whose role may make a move on all records of a sort.
func (s *Service) whoMay(record, move string) (accounts []string, err error) {
	for r, err := range s.Store.Records(market.Accounts) {
		if err != nil {
			return nil, err
		}
		var a market.Account
		if err := json.Unmarshal(r.Body, &a); err != nil {
			return nil, fmt.Errorf("account %s: %w", r.ID, err)
		}
		if market.Allowed(a.Role, record, move) == market.All {
			accounts = append(accounts, a.ID)
		}
	}
	return accounts, nil
}

// callerOf is an account as who asks, such as for what a message to it may say.
func (s *Service) callerOf(a market.Account) (Caller, error) {
	return s.member(Caller{Name: "account:" + a.ID, Role: a.Role, Key: true, Admin: a.Role == market.Admin, Account: a.ID, Territory: a.Territory}, a.Organisation, a.Lead)
}
