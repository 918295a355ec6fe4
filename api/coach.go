package api

import (
	"context"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// Coach says how a draft need can become one that is found; sentences are English for lang "en", else Chinese. The draft
// is neither stored nor logged.
func (s *Service) Coach(ctx context.Context, need corpus.Doc, lang string) (matcher.Advice, error) {
	if n := len(need.Title) + len(need.Body()); n > corpus.MaxText {
		return matcher.Advice{}, tooMuchText(n)
	}
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return matcher.Advice{}, err
	}
	if strings.TrimSpace(need.Title+need.Text) != "" {
		need.Kind = corpus.Need
		if strings.TrimSpace(need.Title) == "" {
			need.Title = indexer.Headline(need.Text)
		}
		if errs := need.Check(); len(errs) > 0 {
			return matcher.Advice{}, faults(errs)
		}
	}
	return g.Matcher.Coach(ctx, need, lang)
}

// A CoachRequest is a draft need: a text alone, or with the fields that the draft has already.
type CoachRequest struct {
	Title       string        `json:"title,omitempty" maxLength:"1000" doc:"of the draft; left out, the text's first sentence"`
	Text        string        `json:"text,omitempty" maxLength:"64000" doc:"the problem in plain words; neither stored nor logged" example:"玉米浸泡时间太长，罐容不够，想缩短到24小时以内"`
	Goal        string        `json:"goal,omitempty" maxLength:"64000" doc:"预期目标"`
	Tried       string        `json:"tried,omitempty" maxLength:"64000" doc:"what was already tried"`
	Indicators  []string      `json:"indicators,omitempty" maxItems:"64" doc:"one figure each: 浸泡时间 ≤ 24 h"`
	Budget      *corpus.Money `json:"budget,omitempty"`
	Field       []string      `json:"field,omitempty" maxItems:"64" doc:"GB/T 4754-2017 codes"`
	Region      string        `json:"region,omitempty" doc:"GB/T 2260 code, 6 digits"`
	Stage       corpus.Stage  `json:"stage,omitempty" enum:"lab,pilot,applied" doc:"the earliest stage that the firm can take up"`
	Cooperation []corpus.Mode `json:"cooperation,omitempty" maxItems:"64"`
	ValidUntil  corpus.Date   `json:"valid_until,omitempty" doc:"2027-06-30, 2027-06 or 2027"`
	Lang        string        `json:"lang,omitempty" enum:"zh,en" default:"zh" doc:"of the sentences in the answer"`
}

// TransformSchema is part of huma.SchemaTransformer.
func (CoachRequest) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	amountsAsText(s, "budget")
	return s
}

func (r CoachRequest) draft() corpus.Doc {
	return corpus.Doc{Title: r.Title, Text: r.Text, Goal: r.Goal, Tried: r.Tried, Indicators: r.Indicators, Budget: r.Budget, Field: r.Field,
		Region: r.Region, Stage: r.Stage, Cooperation: r.Cooperation, ValidUntil: r.ValidUntil}
}

type coachInput struct{ Body CoachRequest }

type adviceOutput struct{ Body matcher.Advice }

func (s *Service) coach(ctx context.Context, in *coachInput) (*adviceOutput, error) {
	a, err := s.Coach(ctx, in.Body.draft(), in.Body.Lang)
	if c := CallerOf(ctx); c.Site != nil {
		a.Similar = slices.DeleteFunc(a.Similar, func(n matcher.Near) bool {
			_, err := s.Document(ctx, c, corpus.Need, n.ID)
			return err != nil
		})
	}
	return &adviceOutput{a}, err
}
