package api

import (
	"encoding/json"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// member returns c as one of an organisation, "" being none. One that is not verified gives nothing.
func (s *Service) member(c Caller, organisation string, lead bool) (Caller, error) {
	if organisation == "" {
		return c, nil
	}
	o, err := market.OrganisationOf(s.Store, organisation)
	if corpus.CodeOf(err) == corpus.NotFound {
		return c, nil
	}
	c.Member = organisation
	if o.State == market.Verified {
		c.Organisation, c.Lead = organisation, lead
	}
	return c, err
}

// has reports whether a record is c's own, as market.Own says: what c made alone, and what c's organisation has. What
// somebody made as a member stays with the organisation, and is theirs as long as they belong to it. An organisation
// itself is its members' and its applicant's, whatever its state.
func (c Caller) has(table string, h market.Head) bool {
	mine, of := *h.By == c.Name, *h.Organisation
	if table == market.Organisations && (mine || of != "" && of == c.Member) {
		return true
	}
	return c.is(market.Owner{By: *h.By, Organisation: of})
}

// mayBroker reports whether c brings the sides of others' leads together.
func (c Caller) mayBroker() bool {
	return c.Allowed(market.Leads, string(market.Talking)) == market.All
}

// brokered reports whether r came from a lead that c moved or claimed, as it says itself: c may read it, and nothing else.
func (c Caller) brokered(r market.Row) bool {
	contract, ok := r.Whole().(market.Contract)
	return ok && c.mayBroker() && slices.Contains(strings.Fields(contract.Brokers), c.Name)
}

// is reports whether c is an owner, or a member of the organisation that shares what it has.
func (c Caller) is(o market.Owner) bool {
	mine := o.By == c.Name && o.By != ""
	if o.Organisation == "" {
		return mine
	}
	return o.Organisation == c.Member && (mine || c.Organisation != "")
}

// isAsked reports whether a lead or a question asks for a posting that c has. Such a record c lists and reads, and may do what
// needs the scope market.AskedOnly; nothing else of it.
func (c Caller) isAsked(table string, r market.Row) bool {
	if !market.Asks(table) {
		return false
	}
	for _, o := range market.AskedOf(r) {
		if c.is(o) {
			return true
		}
	}
	return false
}

// reaches reports whether c may make a move on a record.
func (c Caller) reaches(table, move string, r market.Row) bool {
	switch c.Allowed(table, move) {
	case market.All:
		return true
	case market.Own, market.Local: // what else is Local, sees says
		reads := move == "read" || move == "list"
		return c.has(table, r.Head()) || reads && c.brokered(r) || (reads || move == string(market.Declined)) && c.isAsked(table, r)
	case market.AskedOnly:
		return c.isAsked(table, r)
	}
	return false
}

// listings are those of the records in a table that c may list, made by somebody, in a state; "" is any. They hold what reaches
// says, and all for who lists by a territory, of which sees keeps some.
func (c Caller) listings(table, by, state string) (in []corpus.Listing) {
	var owners []string
	mine := by == "" || by == c.Name
	scope := c.Allowed(table, "list")
	switch {
	case scope >= market.Local && by == "":
		owners = []string{""}
	case scope >= market.Local:
		owners = madeBy(by)
	case mine && table == market.Organisations:
		owners = madeBy(c.Name)
	case mine:
		owners = []string{c.Name}
	}
	if scope == market.Own && c.Member != "" {
		if c.Organisation != "" || table == market.Organisations {
			owners = append(owners, corpus.AsMember(by, c.Member))
		} else if mine {
			owners = append(owners, corpus.AsMember(c.Name, c.Member))
		}
	}
	if c.Allowed(table, "list") == market.Own && table == market.Contracts && by == "" && c.mayBroker() {
		owners = append(owners, corpus.AsBroker(c.Name))
	}
	if c.Allowed(table, "list") == market.Own && by == "" && market.Asks(table) {
		owners = append(owners, market.AskedListing(c.Name))
		switch {
		case c.Organisation != "":
			owners = append(owners, market.AskedListing(corpus.AsMember("", c.Organisation)))
		case c.Member != "":
			owners = append(owners, market.AskedListing(corpus.AsMember(c.Name, c.Member)))
		}
	}
	for _, owner := range owners {
		in = append(in, corpus.Listing{Table: table, Owner: owner, State: state})
	}
	return in
}

// madeBy are the owners of all that somebody made.
func madeBy(by string) []string { return []string{by, corpus.AsMember(by, "")} }

// Colleague returns the name of somebody who made something, where that is an account of c's organisation; else "".
func (s *Service) Colleague(c Caller, by string) string {
	id, isAccount := strings.CutPrefix(by, "account:")
	if !isAccount || c.Organisation == "" {
		return ""
	}
	a, _, err := market.AccountOf(s.Store, id)
	if err != nil || a.Organisation != c.Organisation {
		return ""
	}
	return a.Name
}

// gone reports whether a key or an account that made something was removed, has expired or is disabled.
func (s *Service) gone(by string) (bool, error) {
	sort, id, _ := strings.Cut(by, ":")
	var over bool
	var err error
	switch sort {
	case "key":
		var r corpus.Record
		var k market.Key
		if r, err = s.Store.Record(market.Keys, id); err == nil {
			err = json.Unmarshal(r.Body, &k)
		}
		over = k.Expired(s.now())
	case "account":
		var a market.Account
		a, _, err = market.AccountOf(s.Store, id)
		over = a.Disabled
	}
	if corpus.CodeOf(err) == corpus.NotFound {
		return true, nil
	}
	return over, err
}
