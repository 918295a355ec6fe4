package api

import (
	"encoding/json"
	"fmt"

	"duijie/corpus"
	"duijie/corpus/market"
)

// ownerOf returns who has a posting: by as account:ID or key:ID, and the id of the organisation that shares it; "" where nobody
// is known. A need that a broker filed for a firm is the broker's.
func (s *Service) ownerOf(kind corpus.Kind, id string) (by, organisation string, err error) {
	d, err := s.Store.Get(kind, id)
	if corpus.CodeOf(err) == corpus.NotFound || err == nil && d.Source != market.FilingSource {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	r, err := s.Store.Record(market.Filings, d.SourceID)
	if corpus.CodeOf(err) == corpus.NotFound {
		return "", "", nil
	}
	var f market.Filing
	if err == nil {
		err = json.Unmarshal(r.Body, &f)
	}
	if err != nil {
		return "", "", fmt.Errorf("filing %s: %w", d.SourceID, err)
	}
	return f.By, f.Organisation, nil
}
