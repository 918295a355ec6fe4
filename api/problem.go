package api

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"duijie/corpus"
)

// ProblemPath is where the pages explain a kind of problem, with its code behind it: the type of every Problem.
const ProblemPath = "/problems/"

// A ProblemKind is one row of the table of errors.
type ProblemKind struct {
	Code   corpus.Code
	Status int
	Title  string
	Fix    string // what to do in general; a Problem's own fix says more
}

// ProblemKinds returns all kinds of problems, by status.
func ProblemKinds() []ProblemKind {
	var out []ProblemKind
	for c, s := range statuses {
		out = append(out, ProblemKind{c, s.status, s.title, fixes[c]})
	}
	slices.SortFunc(out, func(a, b ProblemKind) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// codeOf returns the general code of a status.
func codeOf(status int) corpus.Code {
	for c, s := range statuses {
		if s.status == status && !slices.Contains(special, c) {
			return c
		}
	}
	return corpus.Internal
}

// problemResponses are the answers that routes refer to, by name: a status, or a status with several codes.
func problemResponses() map[string]*huma.Response {
	out := map[string]*huma.Response{}
	for _, status := range problemStatuses() {
		examples := map[string]*huma.Example{}
		title := ""
		for _, k := range ProblemKinds() {
			if k.Status != status {
				continue
			}
			p := Problem{Type: ProblemPath + string(k.Code), Title: k.Title, Status: k.Status, Detail: k.Title, Fix: k.Fix, RequestID: "5f2b8c01d9a4e673"}
			if faulty := status == http.StatusUnprocessableEntity || status == http.StatusConflict; faulty {
				p.Errors = []Fault{{Field: "title", Detail: k.Title, Fix: k.Fix}}
			}
			examples[string(k.Code)] = &huma.Example{Summary: k.Title, Value: p}
			if !slices.Contains(special, k.Code) {
				title = k.Title
			}
		}
		headers := map[string]*huma.Param{"X-Request-Id": textHeader("to be quoted when asking for help", "5f2b8c01d9a4e673")}
		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
			headers["Retry-After"] = &huma.Param{Description: "seconds to wait", Schema: &huma.Schema{Type: huma.TypeInteger}, Example: 5}
		}
		out[strconv.Itoa(status)] = &huma.Response{Description: title, Headers: headers,
			Content: map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}, Examples: examples}}}
	}
	return out
}

func textHeader(what string, example any) *huma.Param {
	return &huma.Param{Description: what, Schema: &huma.Schema{Type: huma.TypeString}, Example: example}
}

func problemStatuses() []int {
	all := map[int]bool{}
	for _, s := range statuses {
		all[s.status] = true
	}
	return slices.Sorted(maps.Keys(all))
}
