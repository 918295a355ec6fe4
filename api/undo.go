package api

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Imports returns at most limit imports, newest first, beginning behind the one with the id after, and the id to go on
// with, "" at the end.
func (s *Service) Imports(ctx context.Context, c Caller, limit int, after string) (imports []corpus.ImportRecord, next string, err error) {
	if err := c.may("imports", "list"); err != nil {
		return nil, "", err
	}
	imports, err = s.Store.Imports(limit+1, after)
	if len(imports) > limit {
		imports = imports[:limit]
		next = imports[limit-1].ID
	}
	for i, r := range imports {
		imports[i] = told(r)
	}
	return imports, next, err
}

// Import returns one import.
func (s *Service) Import(ctx context.Context, c Caller, id string) (corpus.ImportRecord, error) {
	if err := c.may("imports", "read"); err != nil {
		return corpus.ImportRecord{}, err
	}
	r, err := s.Store.ImportRecord(id)
	return told(r), err
}

// Undo puts back what documents were before an import, telling o of the ones that it keeps; documents with leads are
// not deleted. See corpus.Store.Undo.
func (s *Service) Undo(ctx context.Context, c Caller, id string, o corpus.UndoOptions) (corpus.ImportRecord, error) {
	if err := c.may("imports", "undo"); err != nil {
		return corpus.ImportRecord{}, err
	}
	o.Actor = c.Name
	o.Leads = (&leadIndex{store: s.Store}).read
	r, err := s.Store.Undo(ctx, id, o)
	s.settle(ctx)
	return r, err
}

// A leadIndex knows the latest lead of each document that has one.
type leadIndex struct {
	store *corpus.Store
	of    map[corpus.Link]string
	seq   uint64 // it is level with this change
}

// read brings the index level with the store: it reads all leads at first, and again where one was written meanwhile.
func (x *leadIndex) read() (map[corpus.Link]string, error) {
	const batch = 1000
	stale := x.of == nil
	for !stale {
		changes, err := x.store.Changes(x.seq, batch)
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			x.seq, stale = c.Seq, stale || c.Table == market.Leads
		}
		if len(changes) < batch {
			break
		}
	}
	if !stale {
		return x.of, nil
	}
	var err error
	if x.seq, err = x.store.LastChange(); err != nil {
		return nil, err
	}
	x.of = map[corpus.Link]string{}
	for r, err := range x.store.Records(market.Leads) {
		if err != nil {
			return nil, err
		}
		var l market.Lead
		if err := json.Unmarshal(r.Body, &l); err != nil {
			return nil, fmt.Errorf("lead %s: %w", r.ID, err)
		}
		x.of[corpus.Link{Kind: corpus.Need, ID: l.Need}] = l.ID
		x.of[corpus.Link{Kind: corpus.Achievement, ID: l.Achievement}] = l.ID
	}
	return x.of, nil
}

type importsInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string `query:"after" maxLength:"64" doc:"next of the page before"`
}

type importsOutput struct {
	Body struct {
		Imports []corpus.ImportRecord `json:"imports"`
		Next    string                `json:"next,omitempty" doc:"cursor of the next page"`
	}
}

func (s *Service) listImports(ctx context.Context, in *importsInput) (*importsOutput, error) {
	out := &importsOutput{}
	var err error
	out.Body.Imports, out.Body.Next, err = s.Imports(ctx, CallerOf(ctx), in.Limit, in.After)
	return out, err
}

type importRecordOutput struct{ Body corpus.ImportRecord }

func (s *Service) getImport(ctx context.Context, in *IDParam) (*importRecordOutput, error) {
	r, err := s.Import(ctx, CallerOf(ctx), in.ID)
	return &importRecordOutput{r}, err
}

// An UndoEvent is one line of an undo's answer. The last line has the import as it is then, or an error; each other line
// has one of the other members.
type UndoEvent struct {
	Kept      *corpus.Kept         `json:"kept,omitempty" doc:"a document that stays as it is"`
	Committed *corpus.Undone       `json:"committed,omitempty" doc:"what is safe on disk so far"`
	Import    *corpus.ImportRecord `json:"import,omitempty"`
	Error     *Problem             `json:"error,omitempty" doc:"why the undo ended early; another one goes on where it stopped"`
}

type undoInput struct {
	IDParam
	DryRun bool `query:"dry_run" doc:"say what would happen, write nothing"`
}

// undoRoute describes what huma can't see: the answer is written as a stream.
func undoRoute(api huma.API, op huma.Operation, s *Service) {
	event := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[UndoEvent](), true, "")
	op.Responses = eventLines(event, "lines of JSON, one event each, while documents are put back")
	handle((*Service).undoImport)(api, op, s)
}

func (s *Service) undoImport(ctx context.Context, in *undoInput) (*streamOutput, error) {
	if _, err := s.Store.Undoable(in.ID); err != nil {
		return nil, err
	}
	return &streamOutput{func(hc huma.Context) {
		tell := teller[UndoEvent](humagin.Unwrap(hc))
		r, err := s.Undo(ctx, CallerOf(ctx), in.ID, corpus.UndoOptions{DryRun: in.DryRun,
			Kept:      func(k corpus.Kept) { tell(UndoEvent{Kept: &k}) },
			Committed: func(u corpus.Undone) { tell(UndoEvent{Committed: &u}) },
		})
		if err != nil {
			tell(UndoEvent{Error: problemOf(ctx, s.Log, err)})
			return
		}
		tell(UndoEvent{Import: &r})
	}}, nil
}
