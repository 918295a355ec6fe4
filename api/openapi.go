package api

import (
	"embed"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duijie/corpus"
)

// operations.txt describes operations: a line "# ID", then what is to be said. In ids and texts KIND stands for each kind
// and KINDS for its plural. parameters.txt gives parameters without a doc or an example of their own these: lines
// "NAME, tab, example, tab, doc".
//
//go:embed operations.txt parameters.txt
var describing embed.FS

// complete adds to the description what follows from no type: texts, examples, shared answers. What it finds no text for, a
// test reports.
func complete(o *huma.OpenAPI) {
	texts, params := operationTexts(), parameterTexts()
	o.Components.Responses = problemResponses()
	o.Servers = []*huma.Server{{URL: "/", Description: "the host that serves this document; behind a portal, its base_path"}}
	o.Tags = tags
	for method, op := range operationsOf(o) {
		op.Description = texts[op.OperationID]
		for _, p := range op.Parameters {
			text := params[p.Name]
			if p.Description == "" {
				p.Description = text.doc
			}
			if p.Example == nil {
				p.Example = exampleOf(p.Schema, text.example)
			}
		}
		for status, r := range op.Responses {
			if n, err := strconv.Atoi(status); err == nil && n >= 400 || status == "308" {
				op.Responses[status] = &huma.Response{Ref: "#/components/responses/" + status}
			} else {
				describeAnswer(op, status, r)
			}
		}
		if json := op.Responses["200"]; method == http.MethodGet && json != nil && json.Content["application/json"] != nil {
			op.Parameters = append(op.Parameters, &huma.Param{Name: "If-None-Match", In: "header", Description: params["If-None-Match"].doc,
				Schema: &huma.Schema{Type: huma.TypeString}, Example: params["If-None-Match"].example})
			json.Headers["ETag"] = textHeader("names this answer, for If-None-Match; of a document also for If-Match", `"3-9f86d081884c7d65"`)
			op.Responses["304"] = &huma.Response{Description: "nothing has changed since the answer with that ETag"}
		}
	}
}

// describeAnswer completes an answer that is no problem.
func describeAnswer(op *huma.Operation, status string, r *huma.Response) {
	if r.Description == "" || r.Description == http.StatusText(http.StatusOK) || r.Description == http.StatusText(http.StatusCreated) {
		r.Description = map[string]string{"200": "what was asked for", "201": "what was made"}[status]
	}
	if r.Headers == nil {
		r.Headers = map[string]*huma.Param{}
	}
	r.Headers["X-Request-Id"] = textHeader("to be quoted when asking for help", "5f2b8c01d9a4e673")
	if slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == "Idempotency-Key" }) {
		r.Headers["Idempotency-Replayed"] = textHeader("true: the answer is that of the first request with the key", "true")
	}
}

func idempotencyParam() *huma.Param {
	least, most := 1, 255
	return &huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString, MinLength: &least, MaxLength: &most, Pattern: idempotencyKey.String()}}
}

// operationsOf yields the operations of a description with their methods.
func operationsOf(o *huma.OpenAPI) iter.Seq2[string, *huma.Operation] {
	return func(yield func(string, *huma.Operation) bool) {
		for _, item := range o.Paths {
			for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
				if op != nil && !yield(op.Method, op) {
					return
				}
			}
		}
	}
}

type text struct {
	doc     string
	example any
}

func operationTexts() map[string]string {
	out := map[string]string{}
	for _, part := range strings.Split("\n"+describingFile("operations.txt"), "\n# ")[1:] {
		id, body, _ := strings.Cut(part, "\n")
		kinds := corpus.Kinds
		if !strings.Contains(id, "KIND") {
			kinds = kinds[:1]
		}
		for _, k := range kinds {
			names := strings.NewReplacer("KINDS", k.Plural(), "KIND", string(k))
			out[names.Replace(id)] = strings.Join(strings.Fields(names.Replace(body)), " ")
		}
	}
	return out
}

func parameterTexts() map[string]text {
	out := map[string]text{}
	for line := range strings.Lines(describingFile("parameters.txt")) {
		if cells := strings.Split(strings.TrimSpace(line), "\t"); len(cells) == 3 {
			out[cells[0]] = text{cells[2], cells[1]}
		}
	}
	return out
}

func describingFile(name string) string {
	b, err := describing.ReadFile(name)
	if err != nil {
		panic(fmt.Sprint("embedded: ", err))
	}
	return string(b)
}

// exampleOf is what a parameter may be: the example of its schema, a value that it lists, or one of a text.
func exampleOf(s *huma.Schema, given any) any {
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Default != nil:
		return s.Default
	case s.Type == huma.TypeBoolean:
		return true
	}
	text, _ := given.(string)
	if text == "" {
		return nil
	}
	switch s.Type {
	case huma.TypeArray:
		return []string{text}
	case huma.TypeInteger, huma.TypeNumber:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil
		}
		return n
	}
	return text
}

var tags = []*huma.Tag{
	{Name: "finding", Description: "Search, match, coach, and follow what changes."},
	{Name: "achievements", Description: "What was found out and can be taken up."},
	{Name: "needs", Description: "What firms look for."},
	{Name: "experts", Description: "People who know."},
	{Name: "projects", Description: "What is or was worked on."},
	{Name: "codes", Description: "The codes that documents carry."},
	{Name: "leads", Description: "Who is interested in what."},
	{Name: "feedback", Description: "What people did with match lists."},
	{Name: "duplicates", Description: "Postings that may be one."},
	{Name: "life", Description: "How postings stand, and what they lack."},
	{Name: "files", Description: "Import, export, batches and feeds."},
	{Name: "keys", Description: "Who may call."},
	{Name: "running", Description: "How the server is."},
}
