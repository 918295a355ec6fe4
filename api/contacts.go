package api

import (
	"context"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Contacts are what c reads of how to reach the other sides of a lead.
type Contacts struct {
	Mine  []market.Side `json:"mine" enum:"asker,achievement,need" doc:"sides that the caller may open: its own, or for a broker those with nobody here who could"`
	Open  bool          `json:"open" doc:"whether all of these are open"`
	Sides []SideContact `json:"sides" doc:"all sides of the lead"`
}

// A SideContact is how to reach one side.
type SideContact struct {
	Side    market.Side `json:"side" enum:"asker,achievement,need" doc:"who asked, or who has the posting"`
	Open    bool        `json:"open" doc:"whether it agreed to open its contact to those that do the same"`
	Contact string      `json:"contact,omitempty" doc:"where both its side and the caller's have agreed"`
}

// sidesOf are the sides of a lead that c speaks for: its own, and for who sees all leads those with nobody here who could.
func (c Caller) sidesOf(l market.Lead) (sides []market.Side) {
	r := market.LeadType.Row(l)
	if c.has(market.Leads, r.Head()) {
		sides = append(sides, market.AskerSide)
	}
	for k, o := range market.AskedOf(r) {
		if c.is(o) {
			sides = append(sides, market.Side(k))
		}
	}
	if len(sides) == 0 && c.Allowed(market.Remarks, "contacts") == market.All {
		sides = l.Unmanned()
	}
	slices.Sort(sides)
	return sides
}

// Contacts returns what c, who reads the lead, may know of how to reach its sides.
func (s *Service) Contacts(ctx context.Context, c Caller, lead string) (Contacts, error) {
	_, l, err := s.thread(ctx, c, lead, "contacts")
	if err != nil {
		return Contacts{}, err
	}
	return s.contacts(c, l)
}

func (s *Service) contacts(c Caller, l market.Lead) (Contacts, error) {
	out := Contacts{Mine: append([]market.Side{}, c.sidesOf(l)...)}
	agreed := slices.ContainsFunc(out.Mine, l.Opens)
	out.Open = agreed && !slices.ContainsFunc(out.Mine, func(side market.Side) bool { return !l.Opens(side) })
	for _, side := range l.Sides() {
		one := SideContact{Side: side, Open: l.Opens(side)}
		if agreed && one.Open && !slices.Contains(out.Mine, side) {
			contact, err := s.contactOf(l, side)
			if err != nil {
				return out, err
			}
			one.Contact = contact
		}
		out.Sides = append(out.Sides, one)
	}
	return out, nil
}

// contactOf is how to reach a side of a lead, "" where nobody knows. A posting that was taken down tells nothing any more.
func (s *Service) contactOf(l market.Lead, side market.Side) (string, error) {
	id := l.Achievement
	switch side {
	case market.AskerSide:
		return l.Contact, nil
	case market.NeedSide:
		id = l.Need
	}
	kind := corpus.Kind(side)
	if err := s.endOf(kind, &id); err != nil {
		return "", err
	}
	by, organisation, err := s.ownerOf(kind, id)
	if err != nil || market.LeadType.Row(l).Text(string(kind)+"_owner") != (market.Owner{By: by, Organisation: organisation}).String() {
		return "", err // who agreed has it no more
	}
	d, err := s.Store.Get(kind, id)
	if corpus.CodeOf(err) == corpus.NotFound || err == nil && d.Status != corpus.Published {
		return "", nil
	}
	return d.Contact, err
}

// OpenContacts lets the sides that c speaks for open their contacts to those that do the same, or no more. What the others have
// read until then they know. Those who can read each other's contact from now on hear of it.
func (s *Service) OpenContacts(ctx context.Context, c Caller, lead string, open bool) (Contacts, error) {
	r, l, err := s.thread(ctx, c, lead, "contacts")
	if err != nil {
		return Contacts{}, err
	}
	mine := c.sidesOf(l)
	if len(mine) == 0 {
		e := corpus.Errorf(corpus.Forbidden, "each side of this lead speaks for itself")
		e.Fix = "ask them in the thread"
		return Contacts{}, e
	}
	next := l.SetOpen(mine, open)
	if next.Open == l.Open {
		return s.contacts(c, l)
	}
	next.Updated = s.now().UTC()
	move, events := "contacts_closed", []corpus.Event(nil)
	if open {
		move = "contacts_opened"
		if slices.ContainsFunc(next.Sides(), func(side market.Side) bool { return next.Opens(side) && !slices.Contains(mine, side) }) {
			to, err := s.parties(r.stored)
			if err != nil {
				return Contacts{}, err
			}
			to = slices.DeleteFunc(to, func(account string) bool { return account == c.Account })
			if events, err = s.Tell(Notice{Sort: market.ContactsOpened, What: "contacts " + lead + " " + next.Open, To: to, Facts: factsOf(market.LeadType.About(), r.stored)}); err != nil {
				return Contacts{}, err
			}
		}
	}
	if err := s.putLead(ctx, c, next, r.Version, move, events); err != nil {
		return Contacts{}, versionConflict(err)
	}
	return s.contacts(c, next)
}
