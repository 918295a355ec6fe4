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
}

// Confirmation returns what a link leads to; an error of code NotFound where there is no such link.
func (s *Service) Confirmation(_ context.Context, token string) (Confirmation, error) {
	r, _, err := market.ReminderOf(s.Store, token)
	if err != nil {
		return Confirmation{}, err
	}
	d, err := s.asked(r)
	if err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return Confirmation{}, err
	}
	return Confirmation{Reminder: r, State: r.State(s.now()), Doc: d.Public()}, nil
}

// asked returns the posting that a reminder is about, or what that was merged into.
func (s *Service) asked(r market.Reminder) (corpus.Doc, error) {
	id, err := s.Store.Resolve(r.Kind, r.Document)
	if err != nil {
		return corpus.Doc{}, err
	}
	return s.Store.Get(r.Kind, id)
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
	old, err := s.asked(before)
	if err != nil {
		return err
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
