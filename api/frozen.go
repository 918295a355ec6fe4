package api

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Freeze counts a year until a day and keeps that for good, signed.
func (s *Service) Freeze(ctx context.Context, c Caller, year, until, signed, note string) (*market.Frozen, error) {
	if err := c.may(market.FrozenReports, "create"); err != nil {
		return nil, err
	}
	head, err := market.Sign(year, until, signed, note, c.Name, s.now())
	if err != nil {
		return nil, err
	}
	b, err := s.books(ctx, c)
	if err != nil {
		return nil, err
	}
	f, err := market.Freeze(b, head)
	if err != nil {
		return nil, err
	}
	rows, err := f.Records()
	if err != nil {
		return nil, err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: "freeze report " + f.ID + " of " + year + " until " + string(f.Until), Records: rows})
	return f, err
}

// FrozenReports are the heads of all frozen reports, the newest first.
func (s *Service) FrozenReports(ctx context.Context, c Caller) ([]market.FrozenHead, error) {
	if err := c.may(market.FrozenReports, "list"); err != nil {
		return nil, err
	}
	heads := []market.FrozenHead{}
	for r, err := range storedAs[market.FrozenHead](ctx, s, market.FrozenReports) {
		if err != nil {
			return nil, err
		}
		heads = append(heads, r.Is)
	}
	slices.Reverse(heads)
	return heads, nil
}

// FrozenReport returns one frozen report as it was frozen.
func (s *Service) FrozenReport(_ context.Context, c Caller, id string) (*market.Frozen, error) {
	if err := c.may(market.FrozenReports, "read"); err != nil {
		return nil, err
	}
	r, err := s.Store.Record(market.FrozenFigures, id)
	if corpus.CodeOf(err) == corpus.NotFound {
		return nil, missing("frozen report", id)
	}
	f := &market.Frozen{}
	return f, cmp.Or(err, json.Unmarshal(r.Body, f))
}

// Corrections count a frozen report again and say what became else.
func (s *Service) Corrections(ctx context.Context, c Caller, id string) (market.Corrections, error) {
	f, err := s.FrozenReport(ctx, c, id)
	if err != nil {
		return market.Corrections{}, err
	}
	b, err := s.books(ctx, c)
	if err != nil {
		return market.Corrections{}, err
	}
	return f.Correct(b), nil
}

type frozenListOutput struct {
	Body struct {
		Frozen []market.FrozenHead `json:"frozen"`
	}
}

func (s *Service) listFrozen(ctx context.Context, _ *struct{}) (*frozenListOutput, error) {
	out := &frozenListOutput{}
	var err error
	out.Body.Frozen, err = s.FrozenReports(ctx, CallerOf(ctx))
	return out, err
}

type freezeInput struct {
	Body struct {
		Year   string `json:"year" maxLength:"4" doc:"of the report" example:"2026"`
		Until  string `json:"until,omitempty" maxLength:"32" doc:"the last day to count, today or earlier; left out: the end of the year, or today in this year" example:"2026-06-30"`
		Signed string `json:"signed" maxLength:"100" doc:"name and office of who answers for it" example:"王某，科技局成果科科长"`
		Note   string `json:"note,omitempty" maxLength:"1000" doc:"what they add"`
	}
}

type newFrozenOutput struct {
	Location string `header:"Location" doc:"of the new one"`
	Body     *market.Frozen
}

func (s *Service) freeze(ctx context.Context, in *freezeInput) (*newFrozenOutput, error) {
	f, err := s.Freeze(ctx, CallerOf(ctx), in.Body.Year, in.Body.Until, in.Body.Signed, in.Body.Note)
	if err != nil {
		return nil, err
	}
	return &newFrozenOutput{"/v1/reports/frozen/" + f.ID, f}, nil
}

type frozenOutput struct{ Body *market.Frozen }

func (s *Service) getFrozen(ctx context.Context, in *IDParam) (*frozenOutput, error) {
	f, err := s.FrozenReport(ctx, CallerOf(ctx), in.ID)
	return &frozenOutput{f}, err
}

type correctionsOutput struct{ Body market.Corrections }

func (s *Service) getCorrections(ctx context.Context, in *IDParam) (*correctionsOutput, error) {
	c, err := s.Corrections(ctx, CallerOf(ctx), in.ID)
	return &correctionsOutput{c}, err
}

type frozenFileInput struct {
	IDParam
	FileParams
}

func (s *Service) frozenFile(ctx context.Context, in *frozenFileInput) (yearFile, error) {
	f, err := s.FrozenReport(ctx, CallerOf(ctx), in.ID)
	if err != nil {
		return yearFile{}, err
	}
	return yearFile{"report-" + f.Year + "-frozen", &f.FrozenHead, &f.Report, corpus.Format(in.Format)}, nil
}
