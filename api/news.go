package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// newsOf is what people hear of a write of a record by c, who hears nothing of it.
func (s *Service) newsOf(c Caller, d *market.Declared, move string, r market.Row, version uint64) ([]corpus.Event, error) {
	h := r.Head()
	n := Notice{What: fmt.Sprintf("%s %s %d", d.Name, *h.ID, version), Facts: factsOf(d, r)}
	var shared []string
	moved := slices.ContainsFunc(d.States, func(s market.Named) bool { return s.Value == move })
	switch {
	case d.Name == market.Leads && version == 1:
		to, err := s.whoMay(market.Leads, "read")
		if err != nil {
			return nil, err
		}
		n.Sort, n.To = market.LeadCreated, to
	case d.Name == market.Leads && moved:
		n.Sort = market.LeadMoved
		var err error
		if shared, err = s.sharing(r); err != nil {
			return nil, err
		}
	case d.Name == market.Submissions && moved && slices.Contains(market.Reviews, market.State(move)):
		to, err := s.whoMay(market.Submissions, string(market.Online))
		if err != nil {
			return nil, err
		}
		n.Sort, n.To = market.SubmissionWaiting, to
	case d.Name == market.Submissions && moved && (market.State(move) == market.Online || market.State(move) == market.TakenDown):
		n.Sort, n.To = market.SubmissionMoved, makers(r)
	case d.Name == market.Questions && version == 1:
		to, err := s.whoMay(market.Questions, string(market.Replied))
		if err != nil {
			return nil, err
		}
		n.Sort, n.To = market.QuestionAsked, to
	case d.Name == market.Questions && moved && market.State(move) == market.Replied:
		n.Sort, n.To = market.QuestionAnswered, makers(r)
	case moved && market.State(move) == market.Returned:
		n.Sort, n.To = market.RecordReturned, makers(r)
	default:
		return nil, nil
	}
	if market.Asks(d.Name) && n.Sort != market.QuestionAnswered {
		to, err := s.parties(r)
		if err != nil {
			return nil, err
		}
		n.To = append(n.To, to...)
	}
	n.To = slices.DeleteFunc(n.To, func(account string) bool { return account == c.Account })
	events, err := s.Tell(n)
	if err != nil || shared == nil {
		return events, err
	}
	n.To, n.Inbox = slices.DeleteFunc(shared, func(account string) bool { return account == c.Account || slices.Contains(n.To, account) }), true
	more, err := s.Tell(n)
	return append(events, more...), err
}

// sharing are the members of a verified organisation that shares a record, but those who want to hear of their own alone.
func (s *Service) sharing(r market.Row) (accounts []string, err error) {
	of := *r.Head().Organisation
	if of == "" {
		return nil, nil
	}
	o, err := market.OrganisationOf(s.Store, of)
	if err != nil || o.State != market.Verified {
		if corpus.CodeOf(err) == corpus.NotFound {
			err = nil
		}
		return nil, err
	}
	members, err := s.accountsWhere(func(a market.Account) bool { return a.Organisation == of })
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		p, _, err := s.preference(m.ID)
		if err != nil {
			return nil, err
		}
		if !p.OwnOnly {
			accounts = append(accounts, m.ID)
		}
	}
	return accounts, nil
}

// makers are the accounts that are told of what becomes of a record; of one by a key or a visitor there are none.
func makers(r market.Row) []string {
	if account := accountOf(*r.Head().By); account != "" {
		return []string{account}
	}
	return nil
}

// factsOf are a record and the first posting that it names.
func factsOf(d *market.Declared, r market.Row) Facts {
	f := Facts{Table: d.Name, Record: *r.Head().ID, State: *r.Head().State}
	for _, field := range d.Fields {
		if id := r.Text(field.Name); field.Kind != "" && id != "" {
			f.Kind, f.Document = field.Kind, id
			break
		}
	}
	return f
}

// overdueEvery is how often it is looked for leads that became overdue: a day is what they are due on.
const overdueEvery = 10 * time.Minute

// RunOverdue gives leads that nobody has answered to brokers, and tells brokers and admins of leads that were given to a broker
// and are overdue, once of each, until ctx ends.
func (s *Service) RunOverdue(ctx context.Context) error {
	look := time.NewTicker(overdueEvery)
	defer look.Stop()
	for {
		if err := errors.Join(s.handLeads(ctx), s.tellOverdue(ctx)); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "overdue leads can't be told of", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

func (s *Service) tellOverdue(ctx context.Context) error {
	to, err := s.whoMay(market.Leads, "read")
	if err != nil || len(to) == 0 {
		return err
	}
	d := market.LeadType.About()
	operator := Caller{Name: "overdue", Role: market.Admin, Admin: true}
	for r, err := range s.rows(ctx, operator, &market.LeadType, RecordQuery{Overdue: true}) {
		if err != nil {
			return err
		}
		events, err := s.Tell(Notice{Sort: market.LeadOverdue, What: "leads " + *r.Head().ID + " " + r.Text("due"), To: to, Facts: factsOf(d, r)})
		if err != nil {
			return err
		}
		fresh, err := s.unheard(events)
		if err != nil {
			return err
		}
		if len(fresh) == 0 {
			continue
		}
		if _, err := s.Store.Raise(ctx, fresh, nil); err != nil {
			return err
		}
	}
	return nil
}

// unheard are those of some events that were never raised, and whose reader's inbox lacks them: who chooses a channel is not told
// over it of what is old. Without any, a look costs no synced transaction.
func (s *Service) unheard(events []corpus.Event) (fresh []corpus.Event, err error) {
	for _, e := range events {
		inbox, _, _ := strings.Cut(e.ID, ".")
		known := false
		for _, id := range []string{e.ID, inbox} {
			_, err := s.Store.Event(id)
			if err != nil && corpus.CodeOf(err) != corpus.NotFound {
				return nil, err
			}
			known = known || err == nil
		}
		if !known {
			fresh = append(fresh, e)
		}
	}
	return fresh, nil
}

// mailLogins are the accounts that sign in with a mail address, by it.
func (s *Service) mailLogins() (map[string]string, error) {
	logins := map[string]string{}
	for r, err := range s.Store.Records(market.Accounts) {
		if err != nil {
			return nil, err
		}
		var a market.Account
		if err := json.Unmarshal(r.Body, &a); err != nil {
			return nil, fmt.Errorf("account %s: %w", r.ID, err)
		}
		if strings.Contains(a.Login, "@") {
			logins[a.Login] = a.ID
		}
	}
	return logins, nil
}

// askedAgain is what is heard of a reminder: the accounts that sign in with an address of the posting's contact.
func (s *Service) askedAgain(row ReminderRow, reminder string, logins map[string]string) ([]corpus.Event, error) {
	var to []string
	for _, word := range strings.FieldsFunc(row.Contact, func(r rune) bool { return strings.ContainsRune(" \t\n,，;；、:：<>（）()", r) }) {
		if account := logins[strings.ToLower(word)]; account != "" {
			to = append(to, account)
		}
	}
	return s.Tell(Notice{Sort: market.PostingConfirm, What: "reminder " + reminder, To: to, Facts: Facts{Kind: row.Kind, Document: row.ID}})
}
