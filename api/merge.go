package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duijie/corpus"
)

// mergeRoutes are the two routes of one kind.
func mergeRoutes(k corpus.Kind) []route {
	one := "/v1/" + k.Plural() + "/{id}"
	return []route{
		{method: "POST", path: one + "/merge", id: "merge-" + string(k), tag: k.Plural(), summary: "Merge into another, which takes over what it lacks; the id leads there", right: "documents merge", problems: []corpus.Code{corpus.Conflict}, add: handle(mergeOf(k))},
		{method: "POST", path: one + "/unmerge", id: "unmerge-" + string(k), tag: k.Plural(), summary: "Take a merge back", right: "documents merge", problems: []corpus.Code{corpus.Conflict}, add: handle(unmergeOf(k))},
	}
}

// Merge merges the document id into another (corpus.Merge) and returns what takes over.
func (s *Service) Merge(ctx context.Context, c Caller, kind corpus.Kind, id, into string) (corpus.Doc, error) {
	if err := c.may("documents", "merge"); err != nil {
		return corpus.Doc{}, err
	}
	var results []corpus.Result
	err := s.write(ctx, c, corpus.Batch{Action: fmt.Sprintf("merge %s %s into %s", kind, id, into),
		Merges: []corpus.Merge{{Kind: kind, ID: id, Into: into}}}, &results)
	if err != nil {
		return corpus.Doc{}, err
	}
	return s.Document(ctx, c, kind, results[0].ID)
}

// An Unmerged is what became of a merge that was taken back.
type Unmerged struct {
	Document corpus.Doc `json:"document" doc:"as it was before the merge"`
	Into     string     `json:"into" doc:"id of the document into which it had been merged"`
	Kept     []string   `json:"kept,omitempty" doc:"fields of that document that stay as they are, because they were edited since the merge"`
}

// Unmerge takes back that the document id was merged.
func (s *Service) Unmerge(ctx context.Context, c Caller, kind corpus.Kind, id string) (Unmerged, error) {
	if err := c.may("documents", "merge"); err != nil {
		return Unmerged{}, err
	}
	var results []corpus.Result
	err := s.write(ctx, c, corpus.Batch{Action: fmt.Sprintf("unmerge %s %s", kind, id),
		Unmerges: []corpus.Unmerge{{Kind: kind, ID: id}}}, &results)
	if err != nil {
		return Unmerged{}, err
	}
	d, err := s.Document(ctx, c, kind, id)
	return Unmerged{d, results[0].Into, results[0].Kept}, err
}

// Merges returns at most limit merges that were not taken back, by kind and id, beginning after the one with the cursor
// after, and the cursor to go on with, "" at the end.
func (s *Service) Merges(ctx context.Context, c Caller, limit int, after string) (merges []corpus.Merged, next string, err error) {
	if err := c.may("duplicates", "list"); err != nil {
		return nil, "", err
	}
	begin, id, _ := strings.Cut(after, "/")
	merges = []corpus.Merged{}
	for _, k := range corpus.Kinds {
		if begin != "" && string(k) != begin {
			continue
		}
		for m, err := range s.Store.Merges(k, id) {
			if err != nil {
				return nil, "", err
			}
			if len(merges) == limit {
				last := merges[limit-1]
				return merges, string(last.Kind) + "/" + last.ID, nil
			}
			merges = append(merges, m)
		}
		begin, id = "", ""
	}
	return merges, "", nil
}

// follow is Document for an id that may have been merged: it returns the document that took over.
func (s *Service) follow(ctx context.Context, c Caller, kind corpus.Kind, id string) (corpus.Doc, error) {
	d, err := s.Document(ctx, c, kind, id)
	if moved, ok := errors.AsType[*corpus.MovedError](err); ok {
		return s.Document(ctx, c, kind, moved.Into)
	}
	return d, err
}

// hideMoved makes a plain NotFound of the error for a document that was merged where c may know nothing of it, or where it
// leads to nothing that c may read.
func (s *Service) hideMoved(c Caller, moved *corpus.MovedError, err error) error {
	if d, e := s.Store.Get(moved.Kind, moved.Into); corpus.CodeOf(e) == corpus.NotFound {
		return missing(moved.Kind, moved.ID)
	} else if e != nil {
		return e
	} else if d = d.ForLevel(c.Level()); !c.Admin && (moved.Was != corpus.Published || d.Status != corpus.Published || !c.admits(&d)) {
		return missing(moved.Kind, moved.ID)
	}
	return err
}

// movedProblem is the answer where a document was merged: who reads is sent on, who writes is told.
func (s *Service) movedProblem(ctx context.Context, op huma.Operation, m *corpus.MovedError) error {
	if op.Method != http.MethodGet {
		return newProblem(ctx, corpus.Conflict, m.Error(), "write to "+m.Into+", or take the merge back")
	}
	p := newProblem(ctx, movedTo, m.Error(), "follow Location")
	return huma.ErrorWithHeaders(p, http.Header{"Location": {strings.ReplaceAll(op.Path, "{id}", url.PathEscape(m.Into))}})
}

// endOf brings ids up to date: of a document that was merged it is that of the one that took over.
func (s *Service) endOf(kind corpus.Kind, ids ...*string) (err error) {
	for _, id := range ids {
		if *id == "" {
			continue
		}
		if *id, err = s.Store.Resolve(kind, *id); err != nil {
			return err
		}
	}
	return nil
}

type mergeInput struct {
	IDParam
	Body struct {
		Into string `json:"into" minLength:"1" maxLength:"64" doc:"id of the document that takes over, or of one that was merged into it"`
	}
}

func mergeOf(k corpus.Kind) func(*Service, context.Context, *mergeInput) (*documentOutput, error) {
	return func(s *Service, ctx context.Context, in *mergeInput) (*documentOutput, error) {
		d, err := s.Merge(ctx, CallerOf(ctx), k, in.ID, in.Body.Into)
		if err != nil {
			return nil, err
		}
		p, err := s.whole(context.WithoutCancel(ctx), CallerOf(ctx), d) // it is done: who has gone may ask for the answer again
		return &documentOutput{etag(d), p}, err
	}
}

type unmergeOutput struct{ Body Unmerged }

func unmergeOf(k corpus.Kind) func(*Service, context.Context, *IDParam) (*unmergeOutput, error) {
	return func(s *Service, ctx context.Context, in *IDParam) (*unmergeOutput, error) {
		u, err := s.Unmerge(ctx, CallerOf(ctx), k, in.ID)
		return &unmergeOutput{u}, err
	}
}

type mergesInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string `query:"after" maxLength:"100" doc:"next of the page before"`
}

type mergesOutput struct {
	Body struct {
		Merges []corpus.Merged `json:"merges"`
		Next   string          `json:"next,omitempty" doc:"cursor of the next page"`
	}
}

func (s *Service) listMerges(ctx context.Context, in *mergesInput) (*mergesOutput, error) {
	out := &mergesOutput{}
	var err error
	out.Body.Merges, out.Body.Next, err = s.Merges(ctx, CallerOf(ctx), in.Limit, in.After)
	return out, err
}
