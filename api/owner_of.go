package api

import (
	"encoding/json"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// ownerOf returns who owns a posting, as a record's head says: who sent it in, as key:ID or account:ID, and the organisation that
// shares it. Of one that took over what others sent in by a merge it is the owner of the first of them. Both are empty where
// nobody sent it in, such as what was imported.
func (s *Service) ownerOf(kind corpus.Kind, id string) (by, organisation string, err error) {
	if err := s.endOf(kind, &id); err != nil {
		return "", "", err
	}
	merged, err := s.Store.Aliases(kind, id)
	if err != nil {
		return "", "", err
	}
	for _, id := range append([]string{id}, merged...) {
		sent, ok := strings.CutPrefix(id, market.SubmissionSource+"~")
		if !ok {
			continue
		}
		r, err := s.Store.Record(market.Submissions, sent)
		if corpus.CodeOf(err) == corpus.NotFound {
			continue // an import that calls itself so
		}
		var x market.Submission
		if err == nil {
			err = json.Unmarshal(r.Body, &x)
		}
		if err != nil {
			return "", "", err
		}
		if x.Kind == kind {
			return x.By, x.Organisation, nil
		}
	}
	return "", "", nil
}

// postingsAsked tells those who sent in the postings that a new record names of it, but for c and those who hear of the record
// itself. What it says of who asks they are not told here.
func (s *Service) postingsAsked(c Caller, d *market.Declared, r market.Row, what string, hear []string) (events []corpus.Event, err error) {
	for _, f := range d.Fields {
		id := r.Text(f.Name)
		if f.Kind == "" || id == "" {
			continue
		}
		by, _, err := s.ownerOf(f.Kind, id)
		if err != nil {
			return nil, err
		}
		owner := slices.DeleteFunc(accountIn(by), func(account string) bool { return account == c.Account || slices.Contains(hear, account) })
		told, err := s.Tell(Notice{Sort: market.PostingAsked, What: what + " " + f.Name, To: owner, Facts: Facts{Kind: f.Kind, Document: id}})
		if err != nil {
			return nil, err
		}
		events = append(events, told...)
	}
	return events, nil
}
