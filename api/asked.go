package api

import (
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// withOwners returns a lead or a question with who has its postings now; other records as they are.
func (s *Service) withOwners(d *market.Declared, r market.Row) (market.Row, error) {
	if !market.Asks(d.Name) {
		return r, nil
	}
	err := market.EachPosting(r, func(k corpus.Kind, id string) error {
		if err := s.endOf(k, &id); err != nil {
			return err
		}
		by, organisation, err := s.ownerOf(k, id)
		r = market.WithOwner(r, k, market.Owner{By: by, Organisation: organisation})
		return err
	})
	return r, err
}

// shownTo returns a record as c reads it, who may, and whether c may know of it at all: who is asked by a lead reads the contact
// of who asks only where both have agreed, and questions are hidden with their posting.
func (s *Service) shownTo(c Caller, d *market.Declared, r Record) (Record, bool, error) {
	if !market.Asks(d.Name) || c.Allowed(d.Name, "read") == market.All {
		return r, true, nil
	}
	if d.Name == market.Leads {
		if !c.has(d.Name, r.Head()) {
			r.Row = r.With("contact", "")
		}
		return r, true, nil
	}
	ok := true
	err := market.EachPosting(r, func(k corpus.Kind, id string) error {
		doc, err := s.Store.Get(k, id)
		if corpus.CodeOf(err) == corpus.NotFound {
			ok, err = false, nil
		}
		if _, sees := c.unconfined().sees(doc); !sees || doc.Status != corpus.Published {
			ok = false
		}
		return err
	})
	return r, ok, err
}

// answered notes the first answer to a lead where another than who opened it moves it on.
func (s *Service) answered(c Caller, r market.Row, from market.State) market.Row {
	lead, ok := r.Whole().(market.Lead)
	if !ok || from != market.New || lead.State == from || c.has(market.Leads, r.Head()) {
		return r
	}
	return market.LeadType.Row(lead.Answer(s.now()))
}

// accountOf is the id of the account that made something; "" where a key or a visitor did.
func accountOf(by string) string {
	if account, ok := strings.CutPrefix(by, "account:"); ok {
		return account
	}
	return ""
}

// having are the accounts that hear of what an owner has: its maker, or where that is gone or none, the members of its
// organisation.
func (s *Service) having(o market.Owner) ([]string, error) {
	if account := accountOf(o.By); account != "" {
		c, err := s.whoWrote(o.By)
		if err != nil {
			return nil, err
		}
		if gone, err := s.gone(o.By); err != nil || !gone && c.is(o) { // who went to another organisation reads it no more
			return []string{account}, err
		}
	}
	if o.Organisation == "" {
		return nil, nil
	}
	members, err := s.accountsWhere(func(a market.Account) bool { return a.Organisation == o.Organisation })
	to := make([]string, len(members))
	for i, m := range members {
		to[i] = m.ID
	}
	return to, err
}

// parties are the accounts that hear of what becomes of a lead or a question: its maker's, and those of who has its postings.
func (s *Service) parties(r market.Row) ([]string, error) {
	to := makers(r)
	for _, o := range market.AskedOf(r) {
		some, err := s.having(o)
		if err != nil {
			return nil, err
		}
		to = append(to, some...)
	}
	slices.Sort(to)
	return slices.Compact(to), nil
}
