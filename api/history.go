package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

func historyRoutes() (table []route) {
	for _, k := range corpus.Kinds {
		path := "/v1/" + k.Plural() + "/{id}/history"
		table = append(table,
			route{method: "GET", path: path, id: "list-" + string(k) + "-history", tag: k.Plural(), summary: "What changed of one " + string(k) + ", newest first",
				right: "documents read", problems: []corpus.Code{movedTo}, add: handle(historyOf(k))},
			route{method: "DELETE", path: path, id: "forget-" + string(k) + "-history", tag: k.Plural(), summary: "Remove what is remembered of the changes of one " + string(k),
				right: "documents delete", problems: []corpus.Code{corpus.Conflict}, add: handle(forgetHistoryOf(k))})
	}
	return table
}

// A HistoryChange is one change of a document, as a caller may know of it.
type HistoryChange struct {
	At     time.Time            `json:"at"`
	By     string               `json:"by,omitempty" enum:"admin,reviewer,county,broker,firm,holder,read,owner,feed" doc:"the role of who did it, now: of a key or an account; owner: whose posting it is, by a reminder's link; feed: its source; none where that is not known"`
	Actor  string               `json:"actor,omitempty" doc:"for admins: who did it, as key:ID or account:ID"`
	Move   corpus.Move          `json:"move" enum:"made,edit,import,undo,merge,unmerge,forget"`
	Import string               `json:"import,omitempty" doc:"for admins: id of the import that did it or was undone"`
	Other  string               `json:"other,omitempty" doc:"for admins: id of the document that was merged into it, or no longer is"`
	Fields []corpus.FieldChange `json:"fields,omitempty" doc:"that changed and that the caller may read, before, after and now; for admins and brokers with what they said, of the status for all"`
}

// A History is what is known of a document's changes.
type History struct {
	Changes  []HistoryChange `json:"changes" doc:"newest first"`
	Complete bool            `json:"complete" doc:"false where there were earlier changes, which are not kept: the last 50 are, until an admin removes them"`
}

// History returns the changes of a document that c may know of, and of each the fields that c may read in the document as it
// was, as it became and as it is. What they said is for those who may read what was said earlier: a telephone number that was
// taken out of a text is gone for all others. To whoever reads what is published only, a posting that comes or goes changes its
// status and nothing else. lang is that of the words for status and stage, "en" or Chinese. The newest changes are enough, most
// of them; 0 is all.
func (s *Service) History(ctx context.Context, c Caller, kind corpus.Kind, id, lang string, most int) (History, error) {
	if _, err := s.Document(ctx, c, kind, id); err != nil {
		return History{}, err
	}
	past, whole, err := s.Store.History(kind, id)
	if err != nil {
		return History{}, err
	}
	out := History{Changes: []HistoryChange{}, Complete: whole}
	sight := s.sight(c)
	for i := range past {
		if most > 0 && len(out.Changes) == most {
			break
		}
		if err := ctx.Err(); err != nil {
			return History{}, err
		}
		change, shown, err := sight.change(&past[i], &past[0].After, lang)
		if err != nil {
			return History{}, err
		}
		if shown {
			out.Changes = append(out.Changes, change)
		}
	}
	return out, nil
}

// change is one change of a document, which now is current, as its reader may know of it; shown is false where they may not.
func (s sight) change(p *corpus.Past, current *corpus.Doc, lang string) (change HistoryChange, shown bool, err error) {
	change = HistoryChange{At: p.At, Move: p.Move}
	if change.By, err = s.roleOf(p.By); err != nil {
		return change, false, err
	}
	if s.c.Admin {
		change.Actor, change.Import, change.Other = p.By, p.Import, p.Other
	}
	if p.Move == corpus.MoveMade {
		return change, true, nil
	}
	before, saw, err := s.visible(p.Before)
	if err != nil {
		return change, false, err
	}
	after, sees, err := s.visible(p.After)
	switch {
	case err != nil || !saw && !sees:
		return change, false, err
	case saw && sees:
		change.Fields = corpus.Differences(before, after, lang)
	case p.Before.Status != p.After.Status:
		change.Fields = corpus.Differences(corpus.Doc{Status: p.Before.Status}, corpus.Doc{Status: p.After.Status}, lang)
	}
	change.Fields = slices.DeleteFunc(change.Fields, func(f corpus.FieldChange) bool { return !s.c.Level().Opens(current.LevelOf(f.Name)) })
	if s.c.Allowed("documents", "earlier") == market.None {
		for i, f := range change.Fields {
			if f.Name != "status" {
				change.Fields[i] = corpus.FieldChange{Name: f.Name, Header: f.Header}
			}
		}
	}
	return change, s.c.Admin || len(change.Fields) > 0, nil
}

// ForgetHistory removes what is remembered of a document's changes; the document stays as it is.
func (s *Service) ForgetHistory(ctx context.Context, c Caller, kind corpus.Kind, id string) error {
	if err := c.may("documents", "delete"); err != nil {
		return err
	}
	return s.Store.ForgetHistory(ctx, c.Name, kind, id)
}

// Roles in a history beside those of keys and accounts.
const (
	byFeed  = "feed"
	byOwner = "owner" // who answers by the link of a reminder
)

// roleOf is the role of who is noted as having done something, "" where that is not known any more. What has neither key nor
// account is the program on its own machine.
func (s *Service) roleOf(by string) (string, error) {
	sort, id, named := strings.Cut(by, ":")
	var role market.Role
	var err error
	switch {
	case by == "":
	case !named:
		role = market.Admin
	case sort == "feed":
		return byFeed, nil
	case sort == "link":
		return byOwner, nil
	case sort == "key":
		var r corpus.Record
		var k market.Key
		if r, err = s.Store.Record(market.Keys, id); err == nil {
			err = json.Unmarshal(r.Body, &k)
		}
		role = k.Role
	case sort == "account":
		var a market.Account
		a, _, err = market.AccountOf(s.Store, id)
		role = a.Role
	}
	if corpus.CodeOf(err) == corpus.NotFound {
		return "", nil
	}
	return string(role), err
}

func forgetHistoryOf(k corpus.Kind) func(*Service, context.Context, *IDParam) (*struct{}, error) {
	return func(s *Service, ctx context.Context, in *IDParam) (*struct{}, error) {
		return nil, s.ForgetHistory(ctx, CallerOf(ctx), k, in.ID)
	}
}

type docHistoryOutput struct{ Body History }

func historyOf(k corpus.Kind) func(*Service, context.Context, *IDParam) (*docHistoryOutput, error) {
	return func(s *Service, ctx context.Context, in *IDParam) (*docHistoryOutput, error) {
		h, err := s.History(ctx, CallerOf(ctx), k, in.ID, langOf(ctx), 0)
		return &docHistoryOutput{h}, err
	}
}
