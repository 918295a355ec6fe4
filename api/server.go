package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"duijie/corpus"
	"duijie/corpus/market"
)

// apiVersion is the version of the contract in /openapi.json, by semantic versioning: a change of the golden file needs a
// higher one.
const apiVersion = "1.7.0"

// A route is one row of the table: an operation, who may call it, and the function behind it.
type route struct {
	method, path     string
	id, tag, summary string
	right            string        // who may call it: a record and a move of market.Rights, "leads create"; none: nobody
	status           int           // of success; 0: 200, or 204 where the answer has no body
	secret           bool          // its answer holds what is kept nowhere: it is not given again, nor compressed
	creates          string        // the schema of what it answers with 201 beside 200
	class            class         // of its limits; the zero class: that of its method
	problems         []corpus.Code // beside those that follow from the rest of the row
	add              adder
}

// An adder registers a route's function.
type adder func(huma.API, huma.Operation, *Service)

func routes() []route {
	table := []route{
		{method: "GET", path: "/livez", id: "live", tag: "running", summary: "Whether the process answers", right: "service read", add: handle((*Service).live)},
		{method: "GET", path: "/readyz", id: "ready", tag: "running", summary: "Whether everything stored can be found", right: "service read", problems: []corpus.Code{corpus.Unavailable}, add: handle((*Service).ready)},
		{method: "GET", path: "/v1/status", id: "get-status", tag: "running", summary: "Counts, sequence numbers, models and version", right: "service read", add: handle((*Service).getStatus)},
		{method: "GET", path: "/v1/search", id: "search", tag: "finding", summary: "Search all kinds by words, phrases and filters", right: "documents list", add: handle((*Service).search)},
		{method: "POST", path: "/v1/match", id: "match", tag: "finding", summary: "Match a text, a need or an achievement", right: "documents match", problems: []corpus.Code{corpus.NotFound}, class: asks, add: handle((*Service).match)},
		{method: "POST", path: "/v1/coach", id: "coach", tag: "finding", summary: "What a draft need lacks, whether it is several, and who should take it on", right: "documents coach", class: asks, add: handle((*Service).coach)},
		{method: "GET", path: "/v1/needs/{id}/matches", id: "list-need-matches", tag: "finding", summary: "The achievements that fit a need", right: "documents match", add: matchesOf((*Service).MatchNeed)},
		{method: "GET", path: "/v1/achievements/{id}/matches", id: "list-achievement-matches", tag: "finding", summary: "The needs that an achievement fits", right: "documents match", add: matchesOf((*Service).MatchAchievement)},
		{method: "GET", path: "/v1/export", id: "export", tag: "files", summary: "All documents of a kind as CSV, XLSX or JSONL", right: "documents export", problems: []corpus.Code{corpus.Unavailable}, class: streams, add: exportRoute},
		{method: "POST", path: "/v1/import", id: "import", tag: "files", summary: "Read a workbook, table, form, PDF or archive of them", right: "imports create", class: imports, add: importRoute},
		{method: "GET", path: "/v1/imports", id: "list-imports", tag: "files", summary: "Imports, newest first", right: "imports list", add: handle((*Service).listImports)},
		{method: "GET", path: "/v1/imports/{id}", id: "get-import", tag: "files", summary: "One import: counts, state, until when it can be undone", right: "imports read", add: handle((*Service).getImport)},
		{method: "GET", path: "/v1/imports/{id}/events", id: "watch-import", tag: "files", summary: "How far an import is, as server-sent events", right: "imports read", class: streams, add: eventsRoute},
		{method: "POST", path: "/v1/imports/{id}/undo", id: "undo-import", tag: "files", summary: "Put back what documents were before an import", right: "imports undo", problems: []corpus.Code{corpus.Conflict}, class: works, add: undoRoute},
		{method: "GET", path: "/v1/maps", id: "list-maps", tag: "files", summary: "Saved maps of columns to fields", right: "maps list", add: handle((*Service).listMaps)},
		{method: "DELETE", path: "/v1/maps/{name}", id: "delete-map", tag: "files", summary: "Forget a saved map", right: "maps delete", add: handle((*Service).deleteMap)},
		{method: "POST", path: "/v1/paste", id: "paste", tag: "files", summary: "Make drafts of a message, with what the coach says of each", right: "documents create", add: handle((*Service).paste)},
		{method: "GET", path: "/v1/feedback", id: "list-feedback", tag: "feedback", summary: "What people did with match lists, by need and time", right: "feedback list", add: handle((*Service).listFeedback)},
		{method: "POST", path: "/v1/feedback", id: "add-feedback", tag: "feedback", summary: "Tell what people did with match lists; learning weighs it", right: "feedback create", add: handle((*Service).addFeedback)},
	}
	table = append(table,
		route{method: "GET", path: "/v1/duplicates", id: "list-duplicates", tag: "duplicates", summary: "Postings that may be one, most alike first", right: "duplicates list", class: works, add: handle((*Service).listDuplicates)},
		route{method: "GET", path: "/v1/merges", id: "list-merges", tag: "duplicates", summary: "What was merged into what, by whom and when", right: "duplicates list", add: handle((*Service).listMerges)})
	table = append(append(table, lifeRoutes()...), feedRoutes()...)
	table = append(append(append(append(table, keyRoutes()...), siteKeyRoutes()...), accountRoutes()...), recordRoutes()...)
	table = append(append(table, deliveryRoutes()...), suggestRoutes()...)
	for _, k := range corpus.Kinds {
		table = append(append(table, documentRoutes(k)...), mergeRoutes(k)...)
		table = append(table, bySourceRoutes(k))
	}
	return slices.Concat(table, changeRoutes(), codeRoutes(), batchRoutes(), matchBatchRoutes(), reportRoutes(), yearRoutes(), linkRoutes(), expertRoutes(), historyRoutes(), messageRoutes(), deskRoutes(), memberRoutes(), handoverRoutes(), accountFileRoutes(), reviewRoutes(), talkRoutes(), promiseRoutes())
}

// handle makes an adder of a method: its errors become problems here.
func handle[I, O any](f func(*Service, context.Context, *I) (*O, error)) adder {
	return func(api huma.API, op huma.Operation, s *Service) {
		huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
			out, err := f(s, ctx, in)
			if moved, ok := errors.AsType[*corpus.MovedError](err); ok {
				return nil, s.movedProblem(ctx, op, moved)
			}
			if err != nil {
				return nil, problemOf(ctx, s.Log, err)
			}
			return out, nil
		})
	}
}

func (r route) operation(s *Service) huma.Operation {
	op := huma.Operation{Method: r.method, Path: r.path, OperationID: r.id, Tags: []string{r.tag}, Summary: r.summary, DefaultStatus: r.status,
		RejectUnknownQueryParameters: true}
	if c := r.limits(); c.body != nil {
		op.MaxBodyBytes, op.BodyReadTimeout = s.Limits.Bytes(c.body)+1, s.Limits.Time(c.come) // huma refuses a body that has just as many
	}
	problems := append([]corpus.Code{corpus.Unauthorized, corpus.Forbidden, corpus.Invalid, tooMany, corpus.Internal, corpus.Unavailable}, r.problems...)
	if r.opens(market.Nobody) {
		op.Security = []map[string][]string{{}, {"key": {}}}
	} else {
		op.Security = []map[string][]string{{"key": {}}}
	}
	if r.opens(market.Widget) {
		op.Security = append(op.Security, map[string][]string{"site_key": {}}, map[string][]string{"site_key_header": {}})
	}
	if strings.Contains(r.path, "{") {
		problems = append(problems, corpus.NotFound)
	}
	if r.method == "POST" || r.method == "PUT" || r.method == "PATCH" {
		problems = append(problems, malformed, corpus.TooLarge, wrongMedia, tooSlow)
	}
	if r.once() {
		problems = append(problems, corpus.Conflict)
		op.Parameters = append(op.Parameters, idempotencyParam())
	}
	for _, c := range problems {
		op.Errors = append(op.Errors, statuses[c].status)
	}
	slices.Sort(op.Errors)
	op.Errors = slices.Compact(op.Errors)
	if r.creates != "" {
		op.Responses = map[string]*huma.Response{"201": {Description: http.StatusText(http.StatusCreated),
			Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/" + r.creates}}}}}
	}
	op.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		if err := r.admits(CallerOf(ctx.Context())); err != nil {
			writeProblem(humagin.Unwrap(ctx).Writer, problemOf(ctx.Context(), s.Log, err))
			return
		}
		if r.secret {
			ctx.SetHeader(gzhttp.HeaderNoCompression, "1")
		}
		bounded, cancel := s.bounded(ctx.Context(), r.limits())
		defer cancel()
		next(huma.WithContext(ctx, bounded))
	}}
	switch {
	case r.once():
		op.Middlewares = append(op.Middlewares, s.doOnce(r))
	case r.method == http.MethodGet:
		op.Middlewares = append(op.Middlewares, conditional)
	}
	return op
}

// admits says by the route's right whether c may call it. On which records of their own, the function behind it says.
func (r route) admits(c Caller) error {
	record, move, _ := strings.Cut(r.right, " ")
	return c.may(record, move)
}

// opens reports whether a role may call the route.
func (r route) opens(role market.Role) bool {
	record, move, _ := strings.Cut(r.right, " ")
	return market.Allowed(role, record, move) != market.None
}

func init() {
	gin.SetMode(gin.ReleaseMode)      // gin's debug mode prints to standard output
	huma.DefaultArrayNullable = false // our lists are empty, never null
}

// newAPI builds the router with all routes.
func newAPI(s *Service) (http.Handler, huma.API) {
	router := gin.New()
	router.Use(func(g *gin.Context) { setPattern(g.Request.Context(), g.FullPath()) })
	router.HandleMethodNotAllowed, router.RedirectTrailingSlash = true, false
	router.UseRawPath = true // an id of a source may hold a slash, percent-encoded
	router.NoRoute(func(g *gin.Context) {
		writeProblem(g.Writer, newProblem(g.Request.Context(), corpus.NotFound, "there is no such path", "see /openapi.json for all paths"))
	})
	router.NoMethod(func(g *gin.Context) {
		allowed := g.Writer.Header().Get("Allow")
		writeProblem(g.Writer, newProblem(g.Request.Context(), wrongMethod, "this path takes "+allowed, "use one of these methods"))
	})
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Duijie", Version: apiVersion,
				Description: "Achievements matched with the needs of firms, with reasons. Errors are problem+json (RFC 9457) and say how to mend the request.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer", Description: "an API key, dj_ and 32 characters"},
					"site_key":        {Type: "apiKey", In: "query", Name: siteKeyParam, Description: "a site key, djs_ and 24 characters, for pages of its origins"},
					"site_key_header": {Type: "apiKey", In: "header", Name: siteKeyHeader, Description: "the same in a header"}},
			},
		},
		Formats:       huma.DefaultFormats,
		DefaultFormat: "application/json",
	}
	api := humagin.New(router, config)
	for _, r := range routes() {
		r.add(api, r.operation(s), s)
	}
	complete(api.OpenAPI())
	document := sync.OnceValue(func() []byte { // most of what making the routes takes, and few ask for it
		b, err := json.MarshalIndent(api.OpenAPI(), "", "  ")
		if err != nil {
			return nil // the golden test holds the document
		}
		return b
	})
	router.GET("/openapi.json", func(g *gin.Context) { g.Data(http.StatusOK, "application/openapi+json", document()) })
	return router, api
}

// OpenAPI returns the description of all routes that /openapi.json serves.
func OpenAPI() *huma.OpenAPI {
	_, api := newAPI(&Service{})
	return api.OpenAPI()
}
