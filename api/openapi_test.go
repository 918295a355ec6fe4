package api

import (
	"encoding/json"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"duijie/corpus"
)

func TestTheDescriptionIsValid(t *testing.T) {
	b, err := json.Marshal(OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil { // examples too
		t.Error(err)
	}
}

func TestEveryOperationParameterAndErrorIsDescribed(t *testing.T) {
	o := OpenAPI()
	for method, op := range operationsOf(o) {
		if len(op.Description) < 20 {
			t.Errorf("%s %s: say in operations.txt what it does", method, op.Path)
		}
		for _, p := range op.Parameters {
			if p.Description == "" || p.Example == nil {
				t.Errorf("%s %s: give the parameter %s a doc and an example, in its tags or in parameters.txt", method, op.Path, p.Name)
			}
		}
		for status, r := range op.Responses {
			if n, _ := strconv.Atoi(status); n >= 400 && (r.Ref == "" || len(o.Components.Responses[status].Content["application/problem+json"].Examples) == 0) {
				t.Errorf("%s %s: %s has no example", method, op.Path, status)
			}
			if r.Ref == "" && r.Description == "" {
				t.Errorf("%s %s: say what %s is", method, op.Path, status)
			}
		}
	}
	ids := map[string]bool{}
	for _, r := range routes() {
		ids[r.id] = true
	}
	for id := range operationTexts() {
		if !ids[id] {
			t.Errorf("operations.txt speaks of %s, which is no operation", id)
		}
	}
}

func TestEachKindOfProblemIsWrittenDown(t *testing.T) {
	b, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range ProblemKinds() {
		if row := "| " + strconv.Itoa(k.Status) + " | " + string(k.Code) + " |"; !strings.Contains(string(b), row) {
			t.Errorf("docs/api.md lacks %s", row)
		}
		if k.Fix == "" || k.Title == "" {
			t.Errorf("%s has the title %q and the fix %q", k.Code, k.Title, k.Fix)
		}
		if codeOf(k.Status) == corpus.Internal && k.Status != 500 {
			t.Errorf("%d has no general code", k.Status)
		}
	}
}

// describedAnswers are the schemas of answers as they are compiled, once for all tests.
type describedAnswers struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

var described = sync.OnceValue(func() *describedAnswers {
	b, err := json.Marshal(OpenAPI())
	if err != nil {
		panic(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openapi.json", document); err != nil {
		panic(err)
	}
	return &describedAnswers{compiler: c, compiled: map[string]*jsonschema.Schema{}}
})

// schema compiles what stands at a place of the description.
func (a *describedAnswers) schema(place ...string) (*jsonschema.Schema, error) {
	for i := range place {
		place[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(place[i])
	}
	at := "openapi.json#/" + strings.Join(place, "/")
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.compiled[at]; s != nil {
		return s, nil
	}
	s, err := a.compiler.Compile(at)
	a.compiled[at] = s
	return s, err
}

// operations are the described operations by id.
var operations = sync.OnceValue(func() map[string]*huma.Operation {
	out := map[string]*huma.Operation{}
	for _, op := range operationsOf(OpenAPI()) {
		out[op.OperationID] = op
	}
	return out
})

// routeOf returns the route that a request goes to.
func routeOf(r *http.Request) (route, bool) {
	parts := strings.Split(r.URL.EscapedPath(), "/")
next:
	for _, one := range routeTable() {
		want := strings.Split(one.path, "/")
		if one.method != r.Method || len(want) != len(parts) {
			continue
		}
		for i := range want {
			if want[i] != parts[i] && !strings.HasPrefix(want[i], "{") || parts[i] == "" && want[i] != "" {
				continue next
			}
		}
		return one, true
	}
	return route{}, false
}

// routeTable holds the routes, those with fewer parameters first.
var routeTable = sync.OnceValue(func() []route {
	all := routes()
	slices.SortStableFunc(all, func(a, b route) int { return strings.Count(a.path, "{") - strings.Count(b.path, "{") })
	return all
})

// checkDescribed fails the test where the description does not know an answer of the API: its status, media type or body.
func checkDescribed(t testing.TB, r *http.Request, res *http.Response, body string) {
	t.Helper()
	route, ok := routeOf(r)
	if !ok {
		return
	}
	status := strconv.Itoa(res.StatusCode)
	op := operations()[route.id]
	answer := op.Responses[status]
	if answer == nil {
		t.Errorf("%s %s answers %s, which is not described", r.Method, route.path, status)
		return
	}
	media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	place := []string{"paths", route.path, strings.ToLower(route.method), "responses", status, "content", media, "schema"}
	if answer.Ref != "" {
		answer = problemResponses()[status]
		place = []string{"components", "responses", status, "content", media, "schema"}
	}
	if body == "" && len(answer.Content) == 0 {
		return
	}
	if answer.Content[media] == nil {
		t.Errorf("%s %s answers %s with %q, which is not described", r.Method, route.path, status, media)
		return
	}
	if !strings.HasSuffix(media, "json") || res.Header.Get("Content-Encoding") != "" || strings.HasSuffix(media, "ndjson") {
		return
	}
	s, err := described().schema(place...)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err == nil {
		err = s.Validate(value)
	}
	if err != nil {
		t.Errorf("%s %s answers %s with what is not described: %v", r.Method, route.path, status, err)
	}
}
