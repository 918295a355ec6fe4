package api

import (
	"context"
	"encoding/json"
	"fmt"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A Confirmation is what the link of a reminder leads to.
type Confirmation struct {
	Reminder market.Reminder
	State    market.ReminderState
	// Doc is the posting, or what it was merged into, as anybody may read it, whatever its status; without an ID where it was
	// deleted.
	Doc corpus.Doc
	// Foreign says that Doc is what the posting was merged into and another holder's, for whom the link does not answer.
	Foreign bool
}

// Confirmation returns what a link leads to; an error of code NotFound where there is no such link.
func (s *Service) Confirmation(_ context.Context, token string) (Confirmation, error) {
	r, _, err := market.ReminderOf(s.Store, token)
	if err != nil {
		return Confirmation{}, err
	}
	d, foreign, err := s.asked(r)
	if err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return Confirmation{}, err
	}
	if foreign && d.Status != corpus.Published {
		d = corpus.Doc{} // whether it is still there is no concern of who was asked
	}
	return Confirmation{Reminder: r, State: r.State(s.now()), Doc: d.Public(), Foreign: foreign}, nil
}

// asked returns the posting that a reminder is about, or what that was merged into; foreign says that what took over had
// neither the contact nor the holder of what was merged into it.
func (s *Service) asked(r market.Reminder) (d corpus.Doc, foreign bool, err error) {
	id := r.Document
	for {
		was, onto, err := s.Store.Both(r.Kind, id)
		if corpus.CodeOf(err) == corpus.NotFound {
			break
		}
		if err != nil {
			return d, foreign, err
		}
		org := corpus.OrgKey(was.Org)
		same := was.Contact != "" && was.Contact == onto.Contact || org != "" && org == corpus.OrgKey(onto.Org)
		id, foreign = onto.ID, foreign || !same
	}
	d, err = s.Store.Get(r.Kind, id)
	return d, foreign, err
}

// Confirm does what a holder answers by a link, which is all the right that it takes; errors as those of Confirmation and
// of market.Reminder.Apply.
func (s *Service) Confirm(ctx context.Context, token string, a market.Answer) (Confirmation, error) {
	err := s.confirm(ctx, token, a)
	if corpus.CodeOf(err) == corpus.Conflict { // another change may have come between reading and writing
		err = s.confirm(ctx, token, a)
	}
	if err != nil {
		return Confirmation{}, err
	}
	s.settle(ctx)
	return s.Confirmation(ctx, token)
}

func (s *Service) confirm(ctx context.Context, token string, a market.Answer) error {
	before, version, err := market.ReminderOf(s.Store, token)
	if err != nil {
		return err
	}
	old, foreign, err := s.asked(before)
	if err != nil {
		return err
	}
	if foreign {
		e := corpus.Errorf(corpus.Conflict, "%s %q was merged into one of another holder", before.Kind, before.Document)
		e.Fix = "ask the operator"
		return e
	}
	r, d, err := before.Apply(old, a, s.now())
	if err != nil || r == before {
		return err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: "link:" + r.ID[:16], Action: fmt.Sprintf("answer %s for %s %s", a, d.Kind, d.ID),
		Puts:    []corpus.Put{{Doc: d, IfVersion: old.Version}},
		Records: []corpus.Record{{Table: market.Reminders, ID: r.ID, Body: body, IfVersion: version}}})
	return err
}
