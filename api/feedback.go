package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// AddFeedback notes what people did with match lists: all of it, or nothing where something is wrong. The same act told
// twice for the same time is noted once.
func (s *Service) AddFeedback(ctx context.Context, c Caller, told []market.Feedback) error {
	if err := c.may("feedback", "create"); err != nil {
		return err
	}
	b := corpus.Batch{Action: fmt.Sprintf("tell of %d acts", len(told))}
	var wrong faults
	for i, f := range told {
		r, err := s.feedbackRecord(c, f)
		if e, ok := errors.AsType[*corpus.Error](err); ok {
			one := *e
			one.Field = fmt.Sprintf("feedback[%d].%s", i, one.Field)
			wrong = append(wrong, &one)
			continue
		}
		if err != nil {
			return err
		}
		b.Records = append(b.Records, r)
	}
	if len(wrong) > 0 {
		return wrong
	}
	return s.write(ctx, c, b, nil)
}

// feedbackRecord checks f, whose need and achievement must be there, and makes its record.
func (s *Service) feedbackRecord(c Caller, f market.Feedback) (corpus.Record, error) {
	f, err := market.MakeFeedback(f, c.Name, s.now())
	if err != nil {
		return corpus.Record{}, err
	}
	for _, l := range []corpus.Link{{Kind: corpus.Need, ID: f.Need}, {Kind: corpus.Achievement, ID: f.Achievement}} {
		if l.ID == "" {
			continue
		}
		if err := s.endOf(l.Kind, &l.ID); err != nil {
			return corpus.Record{}, err
		}
		_, err := s.Store.Get(l.Kind, l.ID)
		if corpus.CodeOf(err) == corpus.NotFound {
			e := corpus.Errorf(corpus.Invalid, "there is no %s %q", l.Kind, l.ID)
			e.Field, e.Fix = string(l.Kind), "look the id up with a search"
			return corpus.Record{}, e
		}
		if err != nil {
			return corpus.Record{}, err
		}
	}
	body, err := json.Marshal(f)
	return corpus.Record{Table: market.FeedbackTable, ID: f.ID, Body: body}, err
}

// Feedback returns at most limit acts with the list of a need, or of all needs where it is "", by need and time,
// beginning after the one with the id after, and the id to go on with, "" at the end.
func (s *Service) Feedback(ctx context.Context, c Caller, need string, limit int, after string) (told []market.Feedback, next string, err error) {
	if err := c.may("feedback", "list"); err != nil {
		return nil, "", err
	}
	prefix := ""
	if need != "" {
		prefix = need + "/"
	}
	told = []market.Feedback{}
	for r, err := range s.Store.RecordsAfter(market.FeedbackTable, prefix, after) {
		if err != nil {
			return nil, "", err
		}
		if len(told) == limit {
			return told, told[limit-1].ID, nil
		}
		var f market.Feedback
		if err := json.Unmarshal(r.Body, &f); err != nil {
			return nil, "", fmt.Errorf("feedback %s: %w", r.ID, err)
		}
		if err := errors.Join(s.endOf(corpus.Need, &f.Need), s.endOf(corpus.Achievement, &f.Achievement)); err != nil {
			return nil, "", err
		}
		told = append(told, f)
	}
	return told, "", nil
}

// A FeedbackNote is one act as a caller tells of it.
type FeedbackNote struct {
	Need        string               `json:"need" maxLength:"64" doc:"id of the need"`
	Act         market.Act           `json:"act" enum:"shown,opened,contacted,declined,signed"`
	Achievement string               `json:"achievement,omitempty" maxLength:"64" doc:"id; of all acts but shown"`
	Shown       []string             `json:"shown,omitempty" maxItems:"100" doc:"ids of the achievements in the order in which they were shown"`
	Position    int                  `json:"position,omitempty" minimum:"1" maximum:"100" doc:"the rank at which the entry stood, or the first of shown"`
	Reason      market.DeclineReason `json:"reason,omitempty" enum:"too_early,benefit_unclear,route_unclear,text_unclear,scientific_doubt,not_our_strategy,already_solved,price_or_terms" doc:"of declined"`
	Ranking     string               `json:"ranking,omitempty" maxLength:"64" doc:"ranking in the versions of the list"`
	At          time.Time            `json:"at,omitzero" doc:"when it was done, now where it is left out; the same act with the same time counts once, so that a request can be repeated"`
}

type addFeedbackInput struct {
	Body struct {
		Feedback []FeedbackNote `json:"feedback" minItems:"1" maxItems:"100"`
	}
}

func (s *Service) addFeedback(ctx context.Context, in *addFeedbackInput) (*struct{}, error) {
	told := make([]market.Feedback, len(in.Body.Feedback))
	for i, n := range in.Body.Feedback {
		told[i] = market.Feedback{Need: n.Need, Act: n.Act, Achievement: n.Achievement, Shown: n.Shown, Position: n.Position,
			Reason: n.Reason, Ranking: n.Ranking, At: n.At}
	}
	return nil, s.AddFeedback(ctx, CallerOf(ctx), told)
}

type feedbackInput struct {
	Need  string `query:"need" maxLength:"64" doc:"id of a need; all needs where it is left out"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	After string `query:"after" maxLength:"200" doc:"next of the page before"`
}

type feedbackOutput struct {
	Body struct {
		Feedback []market.Feedback `json:"feedback"`
		Next     string            `json:"next,omitempty" doc:"cursor of the next page"`
	}
}

func (s *Service) listFeedback(ctx context.Context, in *feedbackInput) (*feedbackOutput, error) {
	out := &feedbackOutput{}
	var err error
	out.Body.Feedback, out.Body.Next, err = s.Feedback(ctx, CallerOf(ctx), in.Need, in.Limit, in.After)
	return out, err
}
