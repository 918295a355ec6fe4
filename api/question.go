package api

import (
	"context"
	"encoding/json"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A PublicQuestion is what everybody reads of a question about a posting: not who asked.
type PublicQuestion struct {
	ID     string      `json:"id"`
	Text   string      `json:"text"`
	Answer string      `json:"answer,omitempty"`
	On     corpus.Date `json:"on" doc:"when it was asked"`
}

// questionsShown is how many questions are shown under a posting, the newest.
const questionsShown = 100

// PublicQuestions returns the questions about a posting that c may see and that is published, of which each was answered or released.
func (s *Service) PublicQuestions(ctx context.Context, c Caller, kind corpus.Kind, id string) ([]PublicQuestion, error) {
	list := []PublicQuestion{}
	d, err := s.Document(ctx, c, kind, id)
	if err != nil || d.Status != corpus.Published {
		return list, err
	}
	ids, err := s.Store.Aliases(kind, d.ID)
	if err != nil {
		return nil, err
	}
	var in []corpus.Listing
	for _, id := range append(ids, d.ID) { // also of what was merged into it
		for _, state := range []market.State{market.Released, market.Replied} {
			in = append(in, corpus.Listing{Table: market.Questions, Owner: market.PostingListing(kind, id), State: string(state)})
		}
	}
	for r, err := range s.Store.RecordsBefore(in, "") {
		var q market.Question
		if err == nil {
			err = json.Unmarshal(r.Body, &q)
		}
		if err != nil {
			return nil, err
		}
		if list = append(list, PublicQuestion{q.ID, q.Text, q.Answer, corpus.DayOf(q.Created)}); len(list) == questionsShown {
			break
		}
	}
	return list, nil
}
