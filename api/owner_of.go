package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// postingTables are the records that write postings, by the source of those: a posting has the id of its record there.
var postingTables = map[string]string{market.SubmissionSource: market.Submissions, market.FilingSource: market.Filings}

// ownerOf returns who owns a posting, as the head of the submission or the filing that wrote it says: who made that, as key:ID or
// account:ID, and the organisation that shares it. Of one that took over others by a merge it is the owner of the first of
// the same organisation that has one. Both are empty where nobody is known, such as of what was imported.
func (s *Service) ownerOf(kind corpus.Kind, id string) (by, organisation string, err error) {
	if err := s.endOf(kind, &id); err != nil {
		return "", "", err
	}
	merged, err := s.Store.Aliases(kind, id)
	if err != nil {
		return "", "", err
	}
	end, err := s.Store.Get(kind, id)
	if err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return "", "", err
	}
	for i, id := range append([]string{id}, merged...) {
		source, of, _ := strings.Cut(id, "~")
		table := postingTables[source]
		if table == "" {
			continue
		}
		r, err := s.Store.Record(table, of)
		if corpus.CodeOf(err) == corpus.NotFound {
			continue // an import that calls itself so
		}
		x := struct {
			Kind             corpus.Kind
			By, Organisation string
			Org, Firm        string
		}{Kind: corpus.Need} // of a filing
		if err == nil {
			err = json.Unmarshal(r.Body, &x)
		}
		if err != nil {
			return "", "", fmt.Errorf("%s %s: %w", table, of, err)
		}
		// A copy of somebody's posting that was merged into it makes nobody its owner.
		if same := i == 0 || corpus.OrgKey(cmp.Or(x.Org, x.Firm)) == corpus.OrgKey(end.Org); x.Kind == kind && same {
			return x.By, x.Organisation, nil
		}
	}
	return "", "", nil
}
