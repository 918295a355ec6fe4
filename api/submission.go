package api

import (
	"encoding/json"
	"errors"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// mayReview returns nil where c may move a record to a state, as far as it is a submission in review: nobody decides what is
// their own or their organisation's, nor at two levels of one round, and what is passed goes to the next level. For records of
// other sorts it is nil.
func (s *Service) mayReview(c Caller, r market.Row, to market.State) error {
	x, ok := r.Whole().(market.Submission)
	next := x.Next(s.ReviewLevels)
	if passes := slices.Contains(market.Reviews, to) || to == market.Online; !ok || next == "" || !passes && to != market.Returned {
		return nil
	}
	steps, err := s.Store.Steps(market.Submissions, x.ID, maxSteps)
	if err != nil {
		return err
	}
	wrote := slices.ContainsFunc(steps, func(step corpus.Step) bool { // before it was handed over, too
		return step.By == c.Name && slices.Contains([]string{"create", "update", string(market.FirstReview)}, step.Move)
	})
	var e *corpus.Error
	switch {
	case wrote, x.By == c.Name, x.Organisation != "" && x.Organisation == c.Member:
		e = corpus.Errorf(corpus.Forbidden, "nobody reviews what is their own, or their organisation's")
	case slices.Contains(x.Passed, c.Name):
		e = corpus.Errorf(corpus.Forbidden, "you have passed it at an earlier level")
	case to != market.Returned && to != next:
		e = corpus.Errorf(corpus.Conflict, "from %s it goes to %s", x.State, next)
		e.Field, e.Fix = "state", "move it there, or return it"
		return e
	default:
		return nil
	}
	e.Fix = "leave it to another reviewer"
	return e
}

// passed returns r, which was moved, with c among those who passed it where it is a submission that c has passed.
func passed(c Caller, was, r market.Row) (market.Row, error) {
	x, ok := r.Whole().(market.Submission)
	if !ok || !slices.Contains(market.Reviews, *was.Head().State) || !slices.Contains(market.Reviews, x.State) && x.State != market.Online {
		return r, nil
	}
	x.Passed = append(slices.Clone(x.Passed), c.Name)
	body, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	return market.SubmissionType.Read(body)
}

// sentPosting returns the write of the posting of a submission that is published or taken down, which goes with that of the
// submission. One that was merged into another is neither: the error has code Conflict. What was removed can be taken down.
func (s *Service) sentPosting(x market.Submission) ([]corpus.Put, error) {
	old, err := s.Store.Get(x.Kind, x.Document)
	if moved, ok := errors.AsType[*corpus.MovedError](err); ok {
		e := corpus.Errorf(corpus.Conflict, "its posting was merged into %q", moved.Into)
		e.Fix = "have the merge taken back, or change that posting"
		return nil, e
	}
	absent := corpus.CodeOf(err) == corpus.NotFound
	if err != nil && !absent {
		return nil, err
	}
	if x.State == market.TakenDown && old.Status != corpus.Published {
		return nil, nil
	}
	p := corpus.Put{IfAbsent: absent, IfVersion: old.Version}
	if p.Doc, err = x.Put(old, corpus.DayOf(s.now())); err != nil {
		return nil, err
	}
	if errs := p.Doc.Check(); len(errs) > 0 {
		return nil, faults(errs)
	}
	return []corpus.Put{p}, nil
}
