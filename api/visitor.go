package api

import (
	"context"
	"net/http"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/matcher"
)

// visitorLeads is how many leads a minute one address may leave in frames, beside the rate of the site key.
const visitorLeads = 5

// Visitor returns who asks for a page of ours in the frame of another site, by the site key in its address; errors as in
// the API, for rates too.
func (s *Service) Visitor(r *http.Request, key string) (Caller, error) { return s.identifySite(r, key) }

// VisitorOptions are those of a match list of a kind as far as c's site key shows it.
func (s *Service) VisitorOptions(c Caller, kind corpus.Kind, limit int) (matcher.Options, error) {
	if err := c.reads(kind); err != nil {
		return matcher.Options{}, err
	}
	return s.options(c, ListParams{Limit: limit})
}

// LeaveLead makes a lead of what a visitor wrote into the form of a frame. What is refused for its form counts for no rate.
func (s *Service) LeaveLead(ctx context.Context, r *http.Request, c Caller, values map[string]string) error {
	if _, err := market.LeadType.Make(values, c.Name, s.now()); err != nil {
		return err
	}
	if wait, _ := s.limits.take("leads "+s.Proxies.Asker(r), visitorLeads, visitorLeads, 1, s.now()); wait > 0 {
		return tooOften(ctx, wait)
	}
	_, err := s.CreateRecord(ctx, c, &market.LeadType, values)
	return err
}
