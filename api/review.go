package api

import (
	"context"
	"net/http"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

func reviewRoutes() []route {
	return []route{{method: http.MethodPost, path: "/v1/submissions/review", id: "review-submissions", tag: "submissions", summary: "Pass, return or take down several submissions",
		right: "submissions published", class: works, add: handle((*Service).reviewSubmissions)}}
}

// What a review says of submissions.
const (
	PassAll     = "passed" // to the next level, or published at the last
	ReturnAll   = string(market.Returned)
	TakeDownAll = string(market.TakenDown)
)

// A ReviewRequest says the same of several submissions.
type ReviewRequest struct {
	IDs    []string `json:"ids" minItems:"1" maxItems:"100" doc:"of submissions"`
	State  string   `json:"state" enum:"passed,returned,withdrawn" doc:"passed: each goes to its next level, or is published at the last"`
	Reason string   `json:"reason,omitempty" maxLength:"500" doc:"why, of what is returned or taken down, which needs one"`
	// Versions keep from being passed what nobody has read.
	Versions map[string]int `json:"versions,omitempty" doc:"by id, the version that was read; another one is not decided"`
}

// A ReviewAnswer says what became of each.
type ReviewAnswer struct {
	Done    int            `json:"done"`
	Failed  int            `json:"failed" doc:"the others are moved all the same"`
	Results []ReviewResult `json:"results" doc:"in the order of the request"`
}

// A ReviewResult is what became of one submission.
type ReviewResult struct {
	ID     string       `json:"id"`
	Title  string       `json:"title,omitempty"`
	State  market.State `json:"state,omitempty" enum:"first,second,third,published,returned,withdrawn" doc:"in which it is now; none where it is not moved"`
	Errors []Fault      `json:"errors,omitempty"`
}

// Review moves submissions, each in a write of its own: one that can't be moved says why and leaves the others as they are.
func (s *Service) Review(ctx context.Context, c Caller, r ReviewRequest) (ReviewAnswer, error) {
	if err := c.may(market.Submissions, string(market.Online)); err != nil {
		return ReviewAnswer{}, err
	}
	a := ReviewAnswer{Results: []ReviewResult{}}
	for _, id := range r.IDs {
		result := ReviewResult{ID: id}
		done, err := s.review(ctx, c, id, r)
		if code := corpus.CodeOf(err); err != nil && (code == corpus.Internal || code == corpus.Unavailable) {
			return a, err
		}
		if done.Row != nil {
			result.Title = done.Text("title")
		}
		if err != nil {
			a.Failed++
			result.Errors = FaultsOf(err, langOf(ctx))
		} else {
			a.Done++
			result.State = *done.Head().State
		}
		a.Results = append(a.Results, result)
	}
	return a, nil
}

// review moves one; where it can't, what it returns is the submission as it is, or without a row where there is none.
func (s *Service) review(ctx context.Context, c Caller, id string, r ReviewRequest) (Record, error) {
	one, err := s.Record(ctx, c, &market.SubmissionType, id)
	if err != nil {
		return Record{}, err
	}
	to := map[string]market.State{ReturnAll: market.Returned, TakeDownAll: market.TakenDown, PassAll: one.Whole().(market.Submission).Next(s.ReviewLevels)}[r.State]
	if to == "" {
		e := corpus.Errorf(corpus.Conflict, "it is %s, where nobody reviews it", *one.Head().State)
		e.Fix = "read it again"
		return one, e
	}
	values := map[string]string{"state": string(to)}
	for _, f := range market.SubmissionType.Fields {
		if f.With == to {
			values[f.Name] = r.Reason
		}
	}
	done, err := s.ChangeRecord(ctx, c, &market.SubmissionType, id, values, uint64(max(r.Versions[id], 0)))
	if err != nil {
		return one, err
	}
	return done, nil
}

// A WaitingSubmission is one that waits for a review.
type WaitingSubmission struct {
	market.Submission
	Version uint64
	Renews  bool                 // an older text of it is on show
	Changes []corpus.FieldChange // against that text
	Refused error                // why the caller may not decide it; nil: they may
}

// Waiting returns the submissions that wait for a review, those first that were sent in first, most of them, and how many there
// are. lang is that of the words in what changed.
func (s *Service) Waiting(ctx context.Context, c Caller, lang string, most int) (rows []WaitingSubmission, total int, err error) {
	if err := c.may(market.Submissions, string(market.Online)); err != nil {
		return nil, 0, err
	}
	for _, state := range market.Reviews {
		for r, err := range s.rows(ctx, c, &market.SubmissionType, RecordQuery{State: state}) {
			if err != nil {
				return nil, 0, err
			}
			x := r.Whole().(market.Submission)
			rows = append(rows, WaitingSubmission{Submission: x, Version: r.version, Refused: s.mayReview(c, r, x.Next(s.ReviewLevels))})
		}
	}
	slices.SortStableFunc(rows, func(a, b WaitingSubmission) int { return a.Sent.Compare(b.Sent) })
	total = len(rows)
	rows = rows[:min(most, total)]
	for i := range rows {
		if rows[i].Renews, rows[i].Changes, err = s.sentChanges(rows[i].Submission, lang); err != nil {
			return nil, 0, err
		}
	}
	return rows, total, nil
}

// sentChanges reports whether an older text of a submission is on show, and what would change of it.
func (s *Service) sentChanges(x market.Submission, lang string) (renews bool, changes []corpus.FieldChange, err error) {
	old, err := s.Store.Get(x.Kind, x.Document)
	if corpus.CodeOf(err) == corpus.NotFound || err == nil && old.Status != corpus.Published {
		return false, nil, nil
	}
	if err != nil {
		return false, nil, err
	}
	next, err := x.Put(old, corpus.DayOf(s.now()))
	if err != nil {
		return true, nil, err
	}
	next.Check() // makes the texts plain, as those of old are
	changes = corpus.Differences(old, next, lang)
	return true, slices.DeleteFunc(changes, func(f corpus.FieldChange) bool { return f.Name == "confirmed" }), nil
}

// CountWaiting returns how many submissions wait for a review that c may give; 0 for who may give none.
func (s *Service) CountWaiting(ctx context.Context, c Caller) (n int, err error) {
	if c.Allowed(market.Submissions, string(market.Online)) == market.None {
		return 0, nil
	}
	counts, err := s.CountRecords(ctx, c, &market.SubmissionType)
	for _, state := range market.Reviews {
		n += counts[state]
	}
	return n, err
}

type reviewInput struct{ Body ReviewRequest }

type reviewOutput struct{ Body ReviewAnswer }

func (s *Service) reviewSubmissions(ctx context.Context, in *reviewInput) (*reviewOutput, error) {
	a, err := s.Review(ctx, CallerOf(ctx), in.Body)
	return &reviewOutput{a}, err
}
