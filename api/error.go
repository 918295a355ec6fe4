package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duijie/corpus"
)

// Codes beside those of corpus, for what only HTTP can get wrong.
const (
	malformed    corpus.Code = "malformed"
	movedTo      corpus.Code = "moved"
	stalePrecond corpus.Code = "precondition_failed"
	wrongMethod  corpus.Code = "method_not_allowed"
	wrongMedia   corpus.Code = "unsupported_media_type"
	tooSlow      corpus.Code = "timeout"
	tooMany      corpus.Code = "too_many_requests"
)

// statuses maps each code to one HTTP status and the title of its problem.
var statuses = map[corpus.Code]struct {
	status int
	title  string
}{
	movedTo:             {http.StatusPermanentRedirect, "It was merged into another"},
	malformed:           {http.StatusBadRequest, "The request can't be read"},
	corpus.Unauthorized: {http.StatusUnauthorized, "A valid key is needed"},
	corpus.Forbidden:    {http.StatusForbidden, "This key may not do that"},
	corpus.NotFound:     {http.StatusNotFound, "There is no such thing"},
	wrongMethod:         {http.StatusMethodNotAllowed, "This path has no such method"},
	tooSlow:             {http.StatusRequestTimeout, "The request came too slowly"},
	corpus.Conflict:     {http.StatusConflict, "Somebody else was first"},
	stalePrecond:        {http.StatusPreconditionFailed, "Another version is stored"},
	corpus.TooLarge:     {http.StatusRequestEntityTooLarge, "Over a limit"},
	wrongMedia:          {http.StatusUnsupportedMediaType, "The body's media type is not known"},
	corpus.Invalid:      {http.StatusUnprocessableEntity, "Something in the request is wrong"},
	tooMany:             {http.StatusTooManyRequests, "Too many requests"},
	corpus.Internal:     {http.StatusInternalServerError, "The fault is ours"},
	corpus.Unavailable:  {http.StatusServiceUnavailable, "Try again later"},
}

// A Problem is the body of every error (RFC 9457).
type Problem struct {
	Type      string  `json:"type" format:"uri-reference" example:"/problems/not_found" doc:"names the kind of problem; stable"`
	Title     string  `json:"title" doc:"the kind of problem in words"`
	Status    int     `json:"status" example:"404"`
	Detail    string  `json:"detail" doc:"what happened"`
	Fix       string  `json:"fix,omitempty" doc:"how to mend it"`
	Errors    []Fault `json:"errors,omitempty" doc:"one for each field that is wrong"`
	RequestID string  `json:"request_id,omitempty" doc:"to be quoted when asking for help"`

	wait int // seconds, for Retry-After; 0: none
}

// A Fault is what is wrong with one field or parameter.
type Fault struct {
	Field  string `json:"field,omitempty" example:"published" doc:"member of the body, or parameter"`
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"`
}

// Error makes a Problem the huma.StatusError that is written as it is.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is part of huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is part of huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func newProblem(ctx context.Context, code corpus.Code, detail, fix string) *Problem {
	s := statuses[code]
	return &Problem{Type: "/problems/" + string(code), Title: s.title, Status: s.status, Detail: detail, Fix: fix, RequestID: RequestID(ctx)}
}

type faults = corpus.Faults

// problemOf is the one adapter from errors to problems. It logs what is our fault and shows nothing of it.
func problemOf(ctx context.Context, log *slog.Logger, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return newProblem(ctx, corpus.Unavailable, "the request was given up before it was done", "send it again")
	}
	e, ok := errors.AsType[*corpus.Error](err)
	if _, known := statuses[corpus.CodeOf(err)]; !ok || !known || e.Code == corpus.Internal {
		log.ErrorContext(ctx, "request failed", "error", err, "request_id", RequestID(ctx))
		return newProblem(ctx, corpus.Internal, "the server could not do this", "try again; if it stays, quote the request_id")
	}
	if e.Err != nil {
		log.WarnContext(ctx, "request refused", "error", err, "request_id", RequestID(ctx))
	}
	p := newProblem(ctx, e.Code, e.Message, e.Fix)
	if all, ok := errors.AsType[faults](err); ok {
		for _, f := range all {
			p.Errors = append(p.Errors, Fault{Field: f.Field, Detail: f.Message, Fix: f.Fix})
		}
	} else if e.Field != "" {
		p.Errors = []Fault{{Field: e.Field, Detail: e.Message, Fix: e.Fix}}
	}
	return p
}

// huma calls these two for what it finds wrong before a handler runs. Values are left out: they may be secrets.
func init() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		code := corpus.Internal
		for c, s := range statuses {
			if s.status == status {
				code = c
			}
		}
		p := newProblem(ctx.Context(), code, msg, fixes[code])
		for _, err := range errs {
			if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
				_, field, _ := strings.Cut(d.Location, ".")
				p.Errors = append(p.Errors, Fault{Field: field, Detail: d.Message})
			}
		}
		if len(p.Errors) == 1 {
			p.Detail = strings.TrimPrefix(p.Errors[0].Field+": "+p.Errors[0].Detail, ": ")
		}
		return p
	}
	huma.NewError = func(status int, msg string, _ ...error) huma.StatusError {
		return &Problem{Status: status, Detail: msg}
	}
}

// fixes say what to do about problems that huma finds.
var fixes = map[corpus.Code]string{
	malformed:       "send a body of valid JSON",
	corpus.Invalid:  "mend what errors names; /openapi.json says what each field takes",
	corpus.TooLarge: "send less at once",
	wrongMedia:      "send JSON with Content-Type: application/json",
	tooSlow:         "send the body without pauses",
	corpus.Internal: "try again; if it stays, quote the request_id",
}
