package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duijie/corpus"
	"duijie/indexer"
)

// documentRoutes are the six routes of one kind.
func documentRoutes(k corpus.Kind) []route {
	all, one, tag := "/v1/"+k.Plural(), "/v1/"+k.Plural()+"/{id}", k.Plural()
	article := "a "
	if strings.ContainsRune("aeiou", rune(k[0])) {
		article = "an "
	}
	return []route{
		{method: "GET", path: all, id: "list-" + tag, tag: tag, summary: "Published " + tag + ", newest first", right: "documents list", add: handle(listOf(k))},
		{method: "GET", path: one, id: "get-" + string(k), tag: tag, summary: "One " + string(k), right: "documents read", problems: []corpus.Code{movedTo}, add: handle(getOf(k))},
		{method: "POST", path: all, id: "create-" + string(k), tag: tag, summary: "Create " + article + string(k), right: "documents create", status: http.StatusCreated, problems: []corpus.Code{corpus.Conflict}, add: handle(createOf(k))},
		{method: "PUT", path: one, id: "put-" + string(k), tag: tag, summary: "Replace " + article + string(k) + ", or create it under an id that source and source_id give", right: "documents update", creates: "Posting", problems: []corpus.Code{corpus.Conflict, stalePrecond}, add: handle(putOf(k))},
		{method: "PATCH", path: one, id: "patch-" + string(k), tag: tag, summary: "Change members of " + article + string(k) + " (JSON merge patch, RFC 7396)", right: "documents update", problems: []corpus.Code{corpus.Conflict, stalePrecond}, add: handle(patchOf(k))},
		{method: "DELETE", path: one, id: "delete-" + string(k), tag: tag, summary: "Delete " + article + string(k), right: "documents delete", problems: []corpus.Code{corpus.Conflict, stalePrecond}, add: handle(deleteOf(k))},
	}
}

// A DocInput is a document as it is sent: kind, id, version and times may be left out, and amounts may be written as
// people do (80万元).
type DocInput corpus.Doc

// TransformSchema is part of huma.SchemaTransformer.
func (DocInput) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = []string{"title"}
	amountsAsText(s, "price", "budget")
	for _, name := range []string{"version", "created", "updated"} {
		s.Properties[name].Description = "ignored: the store sets it"
	}
	s.Properties["life"] = &huma.Schema{Description: "ignored: it follows from the dates and the holder's answers"}
	s.Properties["codes"] = &huma.Schema{Description: "ignored: they follow from the others"}
	s.Properties["answers"] = &huma.Schema{Description: "ignored: they are counted"}
	s.Properties["linked"] = &huma.Schema{Description: "ignored: it follows from the links of all"}
	s.Properties["same_org"] = &huma.Schema{Description: "ignored: it follows from the organisations of all"}
	s.Properties["kind"].Description = "the path's kind, or left out"
	s.Properties["id"].Description = "the path's id, or left out"
	return s
}

// amountsAsText lets amounts be written as people do.
func amountsAsText(s *huma.Schema, names ...string) {
	for _, name := range names {
		s.Properties[name] = &huma.Schema{OneOf: []*huma.Schema{{Ref: s.Properties[name].Ref}, {Type: huma.TypeString}},
			Description: "fen, or text as people write it", Examples: []any{"50-100万元"}}
		s.Properties[name].PrecomputeMessages()
	}
}

// schemaName gives indexer's spans a name of their own beside matcher's.
func schemaName(t reflect.Type, hint string) string {
	if t == reflect.TypeFor[indexer.Span]() {
		return "Highlight"
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// given takes the document out of a request's body, or says that the body speaks of another.
func (d DocInput) given(k corpus.Kind, id string) (corpus.Doc, error) {
	if d.Kind != "" && d.Kind != k {
		return corpus.Doc{}, faults{wrong("kind", string(d.Kind), "leave it out, or send it to /v1/"+d.Kind.Plural())}
	}
	if d.ID != "" && id != "" && d.ID != id {
		return corpus.Doc{}, faults{wrong("id", d.ID, "leave it out, or send it to its own path")}
	}
	d.Kind = k
	return corpus.Doc(d), nil
}

type documentsOutput struct{ Body PostingPage }

func listOf(k corpus.Kind) func(*Service, context.Context, *ListParams) (*documentsOutput, error) {
	return func(s *Service, ctx context.Context, in *ListParams) (*documentsOutput, error) {
		f, err := in.Filter.Parse()
		if err != nil {
			return nil, err
		}
		now, err := s.at(CallerOf(ctx), in.AsOf)
		if err != nil {
			return nil, err
		}
		page, err := s.List(ctx, CallerOf(ctx), k, indexer.Query{Filter: f, Limit: in.Limit, After: in.After})
		if err != nil {
			return nil, err
		}
		postings, err := s.postings(page, now)
		return &documentsOutput{postings}, err
	}
}

// IDParam is the id in a path.
type IDParam struct {
	ID string `path:"id" maxLength:"64" doc:"of the document, or of the record" example:"N001"`
}

// IfMatchParams are an id and the version that a write expects.
type IfMatchParams struct {
	IDParam
	IfMatch string `header:"If-Match" doc:"the ETag that was read: the write fails with 412 when another version is stored; * is any stored version" example:"\"3\""`
}

// precondition returns the version that If-Match asks for, 0 where it asks for none.
func (s *Service) precondition(k corpus.Kind, in IfMatchParams) (uint64, error) {
	if in.IfMatch != "*" {
		return in.version(string(k))
	}
	d, err := s.Store.Get(k, in.ID)
	if corpus.CodeOf(err) == corpus.NotFound {
		err = corpus.Errorf(corpus.Conflict, "there is no %s %q", k, in.ID)
	}
	return d.Version, in.failed(err)
}

// version returns the version that If-Match names, 0 for any. A tag that we never gave is as good as another version.
func (in IfMatchParams) version(what string) (uint64, error) {
	if in.IfMatch == "" || in.IfMatch == "*" {
		return 0, nil
	}
	tag, ok := strings.CutPrefix(in.IfMatch, `"`)
	tag, closed := strings.CutSuffix(tag, `"`)
	number, _, _ := strings.Cut(tag, "-") // see conditional
	version, err := strconv.ParseUint(number, 10, 64)
	if !ok || !closed || err != nil || version == 0 {
		return 0, in.failed(corpus.Errorf(corpus.Conflict, "%s was never the ETag of a %s", in.IfMatch, what))
	}
	return version, nil
}

// failed turns a conflict into the failure of the precondition where there was one.
func (in IfMatchParams) failed(err error) error {
	if in.IfMatch == "" || err == nil || corpus.CodeOf(err) != corpus.Conflict {
		return err
	}
	e, _ := errors.AsType[*corpus.Error](err)
	return &corpus.Error{Code: stalePrecond, Message: e.Message, Fix: "read it again and repeat the change with the new ETag"}
}

type documentOutput struct {
	ETag string `header:"ETag" doc:"the version, for If-Match" example:"\"3-9f86d081884c7d65\""`
	Body Posting
}

type writtenOutput struct {
	ETag     string `header:"ETag" doc:"the new version, for If-Match" example:"\"4\""`
	Location string `header:"Location" doc:"of a new document"`
	Status   int
	Body     Posting
}

func etag(d corpus.Doc) string { return tagOf(d.Version) }

func tagOf(version uint64) string { return strconv.Quote(strconv.FormatUint(version, 10)) }

func getOf(k corpus.Kind) func(*Service, context.Context, *IDParam) (*documentOutput, error) {
	return func(s *Service, ctx context.Context, in *IDParam) (*documentOutput, error) {
		d, _, err := s.Reading(ctx, CallerOf(ctx), k, in.ID)
		if err != nil {
			return nil, err
		}
		p, err := s.whole(ctx, CallerOf(ctx), d)
		return &documentOutput{etag(d), p}, err
	}
}

// stored reads back what was written, for the answer.
func (s *Service) stored(ctx context.Context, r corpus.Result, err error) (*writtenOutput, error) {
	if err != nil {
		return nil, err
	}
	d, err := s.Document(ctx, CallerOf(ctx), r.Kind, r.ID)
	if err != nil {
		return nil, err
	}
	p, err := s.whole(context.WithoutCancel(ctx), CallerOf(ctx), d) // it is written: who has gone may ask for the answer again
	if err != nil {
		return nil, err
	}
	out := &writtenOutput{ETag: etag(d), Status: http.StatusOK, Body: p}
	if r.Outcome == corpus.Created {
		out.Status, out.Location = http.StatusCreated, fmt.Sprintf("/v1/%s/%s", r.Kind.Plural(), r.ID)
	}
	return out, nil
}

type createInput struct{ Body DocInput }

func createOf(k corpus.Kind) func(*Service, context.Context, *createInput) (*writtenOutput, error) {
	return func(s *Service, ctx context.Context, in *createInput) (*writtenOutput, error) {
		d, err := in.Body.given(k, "")
		if err != nil {
			return nil, err
		}
		r, err := s.Create(ctx, CallerOf(ctx), d)
		return s.stored(ctx, r, err)
	}
}

type putInput struct {
	IfMatchParams
	Body DocInput
}

func putOf(k corpus.Kind) func(*Service, context.Context, *putInput) (*writtenOutput, error) {
	return func(s *Service, ctx context.Context, in *putInput) (*writtenOutput, error) {
		d, err := in.Body.given(k, in.ID)
		if err != nil {
			return nil, err
		}
		version, err := s.precondition(k, in.IfMatchParams)
		if err != nil {
			return nil, err
		}
		r, err := s.Replace(ctx, CallerOf(ctx), in.ID, d, version)
		return s.stored(ctx, r, in.failed(err))
	}
}

// A MergePatch is the body of PATCH.
type MergePatch struct{ json.RawMessage }

// Schema is part of huma.SchemaProvider.
func (MergePatch) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "members of DocInput to change; null removes one",
		Examples: []any{map[string]any{"status": "withdrawn", "price": nil}}}
	s.PrecomputeMessages()
	return s
}

type patchInput struct {
	IfMatchParams
	Body MergePatch `contentType:"application/merge-patch+json"`
}

func patchOf(k corpus.Kind) func(*Service, context.Context, *patchInput) (*writtenOutput, error) {
	return func(s *Service, ctx context.Context, in *patchInput) (*writtenOutput, error) {
		version, err := s.precondition(k, in.IfMatchParams)
		if err != nil {
			return nil, err
		}
		r, err := s.Patch(ctx, CallerOf(ctx), k, in.ID, in.Body.RawMessage, version)
		return s.stored(ctx, r, in.failed(err))
	}
}

func deleteOf(k corpus.Kind) func(*Service, context.Context, *IfMatchParams) (*struct{}, error) {
	return func(s *Service, ctx context.Context, in *IfMatchParams) (*struct{}, error) {
		version, err := s.precondition(k, *in)
		if err != nil {
			return nil, err
		}
		return nil, in.failed(s.Delete(ctx, CallerOf(ctx), k, in.ID, version))
	}
}
