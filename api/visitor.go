package api

import (
	"context"

	"duijie/corpus"
	"duijie/corpus/market"
)

// CreateVisitorLead notes that a visitor of a portal's page is interested in a need, an achievement or both; c is the site
// key of that page. What is named must be published and not over.
func (s *Service) CreateVisitorLead(ctx context.Context, c Caller, need, achievement, message string, v market.Visitor) (market.Lead, error) {
	if c.Site == nil || c.Allowed(market.Leads, "create") == market.None {
		return market.Lead{}, corpus.Errorf(corpus.Forbidden, "this is for visitors of a page with a site key")
	}
	l, err := market.MakeVisitorLead(need, achievement, message, v, c.Name, s.now())
	if err != nil {
		return market.Lead{}, err
	}
	if err := s.takeLeads(ctx, c, l.Of()...); err != nil {
		return market.Lead{}, err
	}
	if err := s.endsOf(&l); err != nil {
		return market.Lead{}, err
	}
	return l, s.putRecord(ctx, c, "create lead "+l.ID, market.Leads, l.ID, l, 0)
}
