package api

import (
	"context"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// MatchNeed returns the achievements that fit a need, best first, with reasons.
func (s *Service) MatchNeed(ctx context.Context, c Caller, id string, o matcher.Options) (matcher.Answer, error) {
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return matcher.Answer{}, err
	}
	need, err := s.follow(ctx, c.unconfined(), corpus.Need, id)
	if err == nil {
		err = c.reads(corpus.Achievement)
	}
	if err != nil {
		return matcher.Answer{}, err
	}
	s.dated(&o)
	return g.Matcher.ForNeed(ctx, need.ID, o)
}

// MatchAchievement returns the needs that an achievement fits, best first, with reasons.
func (s *Service) MatchAchievement(ctx context.Context, c Caller, id string, o matcher.Options) (matcher.Answer, error) {
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return matcher.Answer{}, err
	}
	achievement, err := s.follow(ctx, c.unconfined(), corpus.Achievement, id)
	if err == nil {
		err = c.reads(corpus.Need)
	}
	if err != nil {
		return matcher.Answer{}, err
	}
	s.dated(&o)
	return g.Matcher.ForAchievement(ctx, achievement.ID, o)
}

// MatchText returns the achievements that fit a problem in plain words. The text is neither stored nor logged.
func (s *Service) MatchText(ctx context.Context, text string, o matcher.Options) (matcher.Answer, error) {
	if len(text) > corpus.MaxText {
		return matcher.Answer{}, tooMuchText(len(text))
	}
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return matcher.Answer{}, err
	}
	s.dated(&o)
	return g.Matcher.ForText(ctx, text, o)
}

func tooMuchText(n int) error {
	e := corpus.Errorf(corpus.TooLarge, "%d bytes of text, more than the %d allowed", n, corpus.MaxText)
	e.Field, e.Fix = "text", "shorten it to what the problem is"
	return e
}

// ListParams is what match lists take beside their subject.
type ListParams struct {
	Filter
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string `query:"after" maxLength:"1000" doc:"next of the page before"`
	AsOf  string `query:"as_of" maxLength:"10" doc:"for admins: as on this day, 2026-05-31"`
}

func (s *Service) options(c Caller, in ListParams) (matcher.Options, error) {
	f, err := in.Filter.Parse()
	if err != nil {
		return matcher.Options{}, err
	}
	if f, err = c.confine(f); err != nil {
		return matcher.Options{}, err
	}
	f.Kinds = nil // the route says which
	now, err := s.at(c, in.AsOf)
	return matcher.Options{Filter: f, Limit: in.Limit, After: in.After, Now: now}, err
}

type listOfInput struct {
	ID string `path:"id" maxLength:"64"`
	ListParams
	Sort string `query:"sort" enum:"fit,newest,lowest,highest" default:"fit" doc:"the best 100 in another order: by day, or by the price of achievements and the budget of needs; weak ones stay behind the others, and what states none comes last"`
}

// sortOf is an order of match lists by its name in the API.
func sortOf(name string) indexer.Sort {
	if name == "fit" {
		return indexer.ByRelevance
	}
	return indexer.Sort(name)
}

type answerOutput struct{ Body Answer }

// matchesOf makes the route of a document's match list from the method that gives it.
func matchesOf(list func(*Service, context.Context, Caller, string, matcher.Options) (matcher.Answer, error)) adder {
	return handle(func(s *Service, ctx context.Context, in *listOfInput) (*answerOutput, error) {
		o, err := s.options(CallerOf(ctx), in.ListParams)
		if err != nil {
			return nil, err
		}
		o.Sort = sortOf(in.Sort)
		a, err := list(s, ctx, CallerOf(ctx), in.ID, o)
		return &answerOutput{answerOf(a)}, err
	})
}

// A MatchRequest asks for a match list: of exactly one of text, need and achievement.
type MatchRequest struct {
	Text        string `json:"text,omitempty" maxLength:"64000" doc:"a problem in plain words; neither stored nor logged" example:"玉米秸秆打包后霉变，想延长存放时间"`
	Need        string `json:"need,omitempty" maxLength:"64" doc:"id of a need"`
	Achievement string `json:"achievement,omitempty" maxLength:"64" doc:"id of an achievement: finds needs"`
	Filter      Filter `json:"filter,omitempty"`
	Limit       int    `json:"limit,omitempty" minimum:"1" maximum:"100" default:"20"`
	After       string `json:"after,omitempty" maxLength:"1000" doc:"next of the page before"`
	AsOf        string `json:"as_of,omitempty" maxLength:"10" doc:"for admins: as on this day, 2026-05-31"`
	Sort        string `json:"sort,omitempty" enum:"fit,newest,lowest,highest" doc:"as of GET /v1/needs/{id}/matches; default: fit"`
}

type matchInput struct{ Body MatchRequest }

func (s *Service) match(ctx context.Context, in *matchInput) (*answerOutput, error) {
	r := in.Body
	o, err := s.options(CallerOf(ctx), ListParams{r.Filter, r.Limit, r.After, r.AsOf})
	if err != nil {
		return nil, err
	}
	o.Sort = sortOf(r.Sort)
	given := 0
	for _, v := range []string{r.Text, r.Need, r.Achievement} {
		if v != "" {
			given++
		}
	}
	if given != 1 {
		e := corpus.Errorf(corpus.Invalid, "%d of text, need and achievement are given", given)
		e.Fix = "give exactly one of them"
		return nil, e
	}
	var a matcher.Answer
	switch {
	case r.Need != "":
		a, err = s.MatchNeed(ctx, CallerOf(ctx), r.Need, o)
	case r.Achievement != "":
		a, err = s.MatchAchievement(ctx, CallerOf(ctx), r.Achievement, o)
	default:
		if err = CallerOf(ctx).reads(corpus.Achievement); err == nil {
			a, err = s.MatchText(ctx, r.Text, o)
		}
	}
	return &answerOutput{answerOf(a)}, err
}
