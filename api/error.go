package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
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
	gone         corpus.Code = "gone"
	tooMany      corpus.Code = "too_many_requests"
	keyInUse     corpus.Code = "idempotency_key_in_use"
	keyReused    corpus.Code = "idempotency_key_reused"
	answerLost   corpus.Code = "answer_not_kept"
)

// special are the codes beside the general one of their status.
var special = []corpus.Code{keyInUse, keyReused, answerLost}

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
	gone:                {http.StatusGone, "The cursor leads nowhere any more"},
	tooMany:             {http.StatusTooManyRequests, "Too many requests came in a minute"},
	keyInUse:            {http.StatusConflict, "The request is still being carried out"},
	keyReused:           {http.StatusUnprocessableEntity, "The idempotency key belongs to another request"},
	answerLost:          {http.StatusConflict, "The request was carried out before"},
	corpus.TooLarge:     {http.StatusRequestEntityTooLarge, "Over a limit"},
	wrongMedia:          {http.StatusUnsupportedMediaType, "The body's media type is not known"},
	corpus.Invalid:      {http.StatusUnprocessableEntity, "Something in the request is wrong"},
	corpus.Internal:     {http.StatusInternalServerError, "The fault is ours"},
	corpus.Unavailable:  {http.StatusServiceUnavailable, "Try again later"},
}

// A Problem is the body of every error (RFC 9457).
type Problem struct {
	Type      string  `json:"type" format:"uri-reference" example:"/problems/not_found" doc:"names the kind of problem; stable"`
	Title     string  `json:"title" example:"There is no such thing" doc:"the kind of problem in words"`
	Status    int     `json:"status" example:"404" doc:"of HTTP"`
	Detail    string  `json:"detail" example:"there is no need \"N9\"" doc:"what happened"`
	Fix       string  `json:"fix,omitempty" doc:"how to mend it"`
	Errors    []Fault `json:"errors,omitempty" doc:"one for each field that is wrong"`
	RequestID string  `json:"request_id,omitempty" doc:"to be quoted when asking for help"`

	wait int // seconds, for Retry-After; 0: none
}

// A Fault is what is wrong with one field or parameter.
type Fault struct {
	Field  string `json:"field,omitempty" example:"published" doc:"member of the body, or parameter"`
	Detail string `json:"detail" doc:"what is wrong with it"`
	Fix    string `json:"fix,omitempty" doc:"how to mend it"`
}

// Error makes a Problem the huma.StatusError that is written as it is.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is part of huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is part of huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func newProblem(ctx context.Context, code corpus.Code, detail, fix string) *Problem {
	s := statuses[code]
	return &Problem{Type: ProblemPath + string(code), Title: s.title, Status: s.status, Detail: detail, Fix: fix, RequestID: RequestID(ctx)}
}

type faults = corpus.Faults

// FaultsOf returns what is wrong with each field, or with the whole, where an error says so; in English for lang "en".
func FaultsOf(err error, lang string) (out []Fault) {
	all, _ := errors.AsType[faults](err)
	if e, ok := errors.AsType[*corpus.Error](err); ok && all == nil {
		all = faults{e}
	}
	for _, e := range all {
		out = append(out, faultOf(e, lang))
	}
	return out
}

// problemOf is the one adapter from errors to problems. It logs what is our fault and shows nothing of it.
func problemOf(ctx context.Context, log *slog.Logger, err error) *Problem {
	err = Overdue(ctx, err)
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return newProblem(ctx, corpus.Unavailable, "the request was given up before it was done", "send it again")
	}
	e, ok := errors.AsType[*corpus.Error](err)
	if _, known := statuses[corpus.CodeOf(err)]; !ok || !known || e.Code == corpus.Internal {
		log.ErrorContext(ctx, "request failed", "error", err)
		return newProblem(ctx, corpus.Internal, "the server could not do this", "try again; if it stays, quote the request_id")
	}
	if e.Err != nil {
		log.WarnContext(ctx, "request refused", "error", err)
	}
	said := e.In(langOf(ctx))
	p := newProblem(ctx, e.Code, said.Message, said.Fix)
	if all := FaultsOf(err, langOf(ctx)); len(all) > 1 || e.Field != "" {
		p.Errors = all
	}
	return p
}

// missingMember is what huma says of an object that lacks something.
var missingMember = regexp.MustCompile(`^expected required property (\S+) to be present$`)

// huma calls these two for what it finds wrong before a handler runs. Values are left out: they may be secrets.
func init() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		code := codeOf(status)
		p := newProblem(ctx.Context(), code, cmp.Or(overLimit(ctx.Context(), code), msg), fixes[code])
		for _, err := range errs {
			if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
				_, field, _ := strings.Cut(d.Location, ".")
				if m := missingMember.FindStringSubmatch(d.Message); m != nil { // the location is what lacks it
					field = strings.TrimPrefix(field+"."+m[1], ".")
				}
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

	corpus.Unauthorized: "send the header Authorization: Bearer dj_..., with a key from: duijie key create",
	corpus.Forbidden:    "use a key with the right role",
	corpus.NotFound:     "look the id up with a search; what a key may not see is not there for it",
	corpus.Conflict:     "read what is stored and decide again",
	corpus.Unavailable:  "wait as long as Retry-After says and send it again",
	movedTo:             "follow Location",
	stalePrecond:        "read it again and repeat the change with the new ETag",
	wrongMethod:         "use a method that the header Allow names",
	gone:                "begin without after, and forget what you do not meet again",
	tooMany:             "wait as long as Retry-After says; a key may ask more often",
	keyInUse:            "send it again in a second",
	keyReused:           "use a new key for a new request, and send a repeated one unchanged",
	answerLost:          "read what it made; to make another, use another key",
}
