package api

import (
	"context"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

func expertRoutes() []route {
	return []route{{method: "GET", path: "/v1/needs/{id}/experts", id: "list-need-experts", tag: "finding", summary: "Who may be asked about a need: experts and teams, with what proves it", right: "documents match", add: handle((*Service).needExperts)}}
}

// Experts returns who may be asked about a need, best first, limit at most, by what the public may read of experts,
// achievements and projects; a site key reads less of these.
func (s *Service) Experts(ctx context.Context, c Caller, id string, limit int) (matcher.ExpertAnswer, error) {
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return matcher.ExpertAnswer{}, err
	}
	need, err := s.follow(ctx, c.unconfined(), corpus.Need, id)
	if err == nil {
		err = c.reads(corpus.Expert)
	}
	if err != nil {
		return matcher.ExpertAnswer{}, err
	}
	public := Caller{Name: "anyone", Site: c.Site}
	return g.Matcher.Experts(ctx, need.ID, matcher.ExpertOptions{Limit: limit, Now: s.now(),
		Documents: func(ctx context.Context, refs []indexer.Ref) ([]corpus.Doc, error) {
			return s.Documents(ctx, public, refs)
		},
		Linked: func(ctx context.Context, d corpus.Doc, kinds ...corpus.Kind) ([]corpus.Doc, error) {
			return s.Linked(ctx, public, d, kinds...)
		}})
}

type needExpertsInput struct {
	IDParam
	Limit int `query:"limit" minimum:"1" maximum:"20" default:"5"`
}

type needExpertsOutput struct{ Body matcher.ExpertAnswer }

func (s *Service) needExperts(ctx context.Context, in *needExpertsInput) (*needExpertsOutput, error) {
	a, err := s.Experts(ctx, CallerOf(ctx), in.ID, in.Limit)
	return &needExpertsOutput{a}, err
}
