package api

import (
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// askerOf is who made something as a member of an organisation, "" being none: what is known of those who are gone, too.
func (s *Service) askerOf(by, organisation string) (a market.Asker, err error) {
	sort, id, _ := strings.Cut(by, ":")
	switch sort {
	case "account":
		var account market.Account
		account, _, err = market.AccountOf(s.Store, id)
		a.Name, a.Organisation = account.Name, account.Org
	case "key":
		var k market.Key
		k, _, err = s.key(id)
		a.Name = k.Name
	}
	if err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return a, err
	}
	if organisation == "" {
		return a, nil
	}
	o, err := market.OrganisationOf(s.Store, organisation)
	if corpus.CodeOf(err) == corpus.NotFound {
		return a, nil
	}
	a.Organisation, a.Verified = o.Name, o.State == market.Verified
	return a, err
}

// reachable returns nil where who answers a new lead can reach the person who opens it: by what the lead says, or by the mail
// address or the telephone of the account. A key is an operator's agreement with somebody whom they know, and brokers are at the
// desk where leads arrive.
func (s *Service) reachable(c Caller, r market.Row) error {
	lead, ok := r.Whole().(market.Lead)
	if !ok || lead.Contact != "" || c.Account == "" || c.mayBroker() {
		return nil
	}
	a, _, err := s.account(c.Account)
	if err != nil || strings.Contains(a.Login, "@") {
		return err
	}
	p, _, err := s.preference(c.Account)
	if err != nil || p.Mail != "" || p.Phone != "" {
		return err
	}
	e := corpus.Errorf(corpus.Invalid, "nobody could reach you: the account has neither mail address nor telephone")
	e.Field, e.Fix = "contact", market.LeadType.FieldOf("contact").Hint[1]
	return corpus.Faults{e}
}

// Known is the name of who made or moved something, where c may know it: of a colleague, of those who bring leads together, and to
// these of everybody; else "".
func (s *Service) Known(c Caller, by string) string {
	if name := s.Colleague(c, by); name != "" {
		return name
	}
	id, isAccount := strings.CutPrefix(by, "account:")
	if !c.mayBroker() {
		a, _, err := market.AccountOf(s.Store, id)
		if !isAccount || err != nil || market.Allowed(a.Role, market.Leads, string(market.Talking)) != market.All {
			return ""
		}
	}
	if name := s.nameOf(by); name != by {
		return name
	}
	return ""
}
