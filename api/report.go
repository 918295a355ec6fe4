package api

import (
	"context"

	"duijie/corpus"
	"duijie/corpus/market"
)

func reportRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/reports/contracts", id: "report-contracts", tag: "contracts", summary: "Registered contracts, counted by kind, field, seller, intellectual property or region", right: "reports read", add: handle((*Service).reportContracts)},
	}
}

// ReportContracts counts the contracts that are registered, of who has a territory those that concern it; dates are as ParseDate reads them.
func (s *Service) ReportContracts(ctx context.Context, c Caller, by, from, until string) (market.ContractReport, error) {
	if err := c.may("reports", "read"); err != nil {
		return market.ContractReport{}, err
	}
	var bounds [2]corpus.Date
	for i, text := range []string{from, until} {
		var err error
		if bounds[i], err = corpus.ParseDate(text); err != nil {
			e := corpus.Errorf(corpus.Invalid, "%q is no date", text)
			e.Field, e.Fix = []string{"from", "until"}[i], "write a day, a month or a year: 2026-11-23, 2026-11, 2026"
			return market.ContractReport{}, e
		}
	}
	return market.ReportContracts(func(yield func(market.Contract, error) bool) {
		for r, err := range countedBy(ctx, s, c, &market.ContractType) {
			if !yield(r.Is, err) || err != nil {
				return
			}
		}
	}, by, bounds[0], bounds[1])
}

type reportContractsInput struct {
	By    string `query:"by" enum:"kind,field,seller_kind,ip,seller_region,buyer_region" default:"kind" doc:"what the rows have in common" example:"field"`
	From  string `query:"from" maxLength:"32" doc:"signed on this day, in this month or year, or later" example:"2026"`
	Until string `query:"until" maxLength:"32" doc:"signed on this day, in this month or year, or earlier" example:"2026-06-30"`
}

type reportContractsOutput struct{ Body market.ContractReport }

func (s *Service) reportContracts(ctx context.Context, in *reportContractsInput) (*reportContractsOutput, error) {
	r, err := s.ReportContracts(ctx, CallerOf(ctx), in.By, in.From, in.Until)
	return &reportContractsOutput{r}, err
}
