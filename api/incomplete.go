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

type incompleteInput struct {
	Kind  string `query:"kind" enum:"achievement,need" doc:"default: both"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Skip  int    `query:"skip" minimum:"0" doc:"so many of the worst are left out"`
	Lang  string `query:"lang" enum:"zh,en" default:"zh" doc:"of the sentences in the answer"`
}

type incompleteOutput struct{ Body matcher.IncompleteList }

func (s *Service) listIncomplete(ctx context.Context, in *incompleteInput) (*incompleteOutput, error) {
	list, err := s.Incomplete(ctx, CallerOf(ctx), matcher.IncompleteOptions{Kind: corpus.Kind(in.Kind), Limit: in.Limit, Skip: in.Skip, Lang: in.Lang})
	return &incompleteOutput{list}, err
}
