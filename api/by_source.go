package api

import (
	"context"
	"net/http"

	"duijie/corpus"
)

func bySourceRoutes(k corpus.Kind) route {
	return route{method: "PUT", path: "/v1/" + k.Plural() + "/by-source/{source}/{source_id}", id: "put-" + string(k) + "-by-source", tag: k.Plural(),
		summary: "Create or replace what a source calls by an id of its own", right: "documents update", creates: "Posting",
		problems: []corpus.Code{corpus.Conflict, stalePrecond}, add: handle(putBySourceOf(k))}
}

// SourceParams are a document's identity in a path.
type SourceParams struct {
	Source   string `path:"source" maxLength:"64" doc:"where the row comes from; percent-encode what a path can't hold" example:"crm"`
	SourceID string `path:"source_id" maxLength:"600" doc:"what the source calls it" example:"4711"`
}

type putBySourceInput struct {
	SourceParams
	IfMatch     string `header:"If-Match" doc:"the ETag that was read: 412 when another version is stored; * is any stored version" example:"\"3\""`
	IfNoneMatch string `header:"If-None-Match" enum:"*" doc:"*: create it, 412 where it is there already" example:"*"`
	Body        DocInput
}

// putBySourceOf writes a document under its identity, so that a source which sends all it has needs no ids of ours.
func putBySourceOf(k corpus.Kind) func(*Service, context.Context, *putBySourceInput) (*writtenOutput, error) {
	return func(s *Service, ctx context.Context, in *putBySourceInput) (*writtenOutput, error) {
		id := corpus.MakeID(in.Source, in.SourceID)
		d, err := in.Body.given(k, id)
		if err != nil {
			return nil, err
		}
		if d.Source != "" && d.Source != in.Source || d.SourceID != "" && d.SourceID != in.SourceID {
			return nil, faults{{Code: corpus.Invalid, Field: "source_id", Message: "the body names another source or source_id than the path", Fix: "leave them out of the body"}}
		}
		d.Source, d.SourceID = in.Source, in.SourceID
		match := IfMatchParams{IDParam{id}, in.IfMatch}
		version, err := s.precondition(k, match)
		if err != nil {
			return nil, err
		}
		r, err := s.put(ctx, CallerOf(ctx), "put", corpus.Put{Doc: d, IfVersion: version, IfAbsent: in.IfNoneMatch == "*"})
		if in.IfNoneMatch == "*" {
			match.IfMatch = in.IfNoneMatch
		}
		return s.stored(ctx, r, match.failed(err))
	}
}

// statusOf is the HTTP status of a document's write.
func statusOf(o corpus.Outcome) int {
	if o == corpus.Created {
		return http.StatusCreated
	}
	return http.StatusOK
}
