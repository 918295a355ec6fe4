package api

import (
	"context"

	"duijie/corpus"
	"duijie/matcher"
)

// Incomplete lists the postings that lack most, with all that admins may read.
func (s *Service) Incomplete(ctx context.Context, c Caller, o matcher.IncompleteOptions) (matcher.IncompleteList, error) {
	if err := c.may("documents", "update"); err != nil {
		return matcher.IncompleteList{}, err
	}
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return matcher.IncompleteList{}, err
	}
	return g.Matcher.Incomplete(ctx, o)
}

// IncompleteOf returns a need or an achievement with what it lacks and what its text proposes; sentences are English for
// lang "en", else Chinese.
func (s *Service) IncompleteOf(ctx context.Context, c Caller, kind corpus.Kind, id, lang string) (corpus.Doc, matcher.Incomplete, error) {
	if err := c.may("documents", "update"); err != nil {
		return corpus.Doc{}, matcher.Incomplete{}, err
	}
	if kind != corpus.Achievement && kind != corpus.Need {
		return corpus.Doc{}, matcher.Incomplete{}, missing(kind, id)
	}
	d, err := s.Document(ctx, c, kind, id)
	if err != nil {
		return d, matcher.Incomplete{}, err
	}
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return d, matcher.Incomplete{}, err
	}
	p, err := g.Matcher.IncompleteOf(ctx, d, lang)
	return d, p, err
}

type incompleteInput struct {
	Kind  string `query:"kind" enum:"achievement,need" doc:"default: both"`
	Gap   string `query:"gap" enum:"text,application,indicators,tried,budget,valid_until,field,stage,ip,contact,price,cooperation" doc:"only postings that lack this"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Skip  int    `query:"skip" minimum:"0" doc:"so many of the worst are left out"`
	Lang  string `query:"lang" enum:"zh,en" default:"zh" doc:"of the sentences in the answer"`
}

type incompleteOutput struct{ Body matcher.IncompleteList }

func (s *Service) listIncomplete(ctx context.Context, in *incompleteInput) (*incompleteOutput, error) {
	list, err := s.Incomplete(ctx, CallerOf(ctx), matcher.IncompleteOptions{Kind: corpus.Kind(in.Kind), Gap: in.Gap, Limit: in.Limit, Skip: in.Skip, Lang: in.Lang})
	return &incompleteOutput{list}, err
}
