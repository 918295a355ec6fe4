package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

var update = flag.Bool("update", false, "rewrite golden files")

// readsByPost are routes that read although their method is POST.
var readsByPost = []string{"match", "coach"}

func TestEveryRouteHasARightAndWritesAreClosed(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range routes() {
		if record, move, _ := strings.Cut(r.right, " "); !slices.ContainsFunc(market.Rights, func(c market.Right) bool { return c.Record == record && c.Move == move }) {
			t.Errorf("%s %s has the right %q, of which no table knows", r.method, r.path, r.right)
		}
		if r.method != "GET" && !slices.Contains(readsByPost, r.id) && r.opens(market.Nobody) {
			t.Errorf("%s %s is open to anyone", r.method, r.path)
		}
		if ids[r.id] || r.id == "" || r.summary == "" || r.tag == "" {
			t.Errorf("%s %s needs an operation id of its own, a summary and a tag", r.method, r.path)
		}
		ids[r.id] = true
	}
	if err := (route{}).admits(Caller{Name: "socket", Role: market.Admin, Admin: true, Key: true}); err == nil {
		t.Error("a route without a right lets an admin in")
	}
}

func TestTheSocketIsTheAdmin(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	if r := send(t, w.admin, "GET", "/v1/achievements/draft", "").want(200); !strings.Contains(r.body, marker) {
		t.Errorf("the socket does not see all of a draft: %s", r.body)
	}
	send(t, w.admin, "POST", "/v1/needs", `{"title":"x","source_id":"s"}`).want(201)
	audits, err := w.svc.Store.Audits(1)
	if err != nil || len(audits) != 1 || audits[0].Actor != "socket" || audits[0].Action != "create need s" {
		t.Errorf("audit %+v, %v", audits, err)
	}
}

func TestWrongPathsAndMethodsAreProblems(t *testing.T) {
	w := newWorld(t, nil)
	for _, test := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 404, ""},
		{"GET", "/v1", 404, ""},
		{"GET", "/v1/", 404, ""},
		{"GET", "/v1/firms", 404, ""},
		{"GET", "/v1/needs/", 404, ""},
		{"GET", "/v1/experts/e1/matches", 404, ""},
		{"GET", "/docs", 404, ""},
		{"GET", "/openapi.yaml", 404, ""},
		{"GET", "/schemas/Doc.json", 404, ""},
		{"DELETE", "/v1/needs", 405, "GET, POST"},
		{"PUT", "/v1/match", 405, "POST"},
		{"POST", "/livez", 405, "GET"},
	} {
		r := w.as("", test.method, test.path, "")
		r.problem(test.status)
		allow := strings.Split(r.Header.Get("Allow"), ", ")
		slices.Sort(allow)
		if got := strings.Join(allow, ", "); got != test.allow {
			t.Errorf("%s %s: Allow %q, want %q", test.method, test.path, got, test.allow)
		}
	}
	if r := w.as("", "HEAD", "/v1/status", "").want(200); r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD gives Content-Type %q", r.Header.Get("Content-Type"))
	}
}

func TestAPanicIsOurFaultAndShowsNothing(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic("inside story") })
	w := newWorld(t, pages)
	r := w.as("", "GET", "/boom", "")
	p := r.problem(500)
	if strings.Contains(r.body, "inside story") || strings.Contains(r.body, ".go") {
		t.Errorf("the answer shows what is inside: %s", r.body)
	}
	log := w.log.String()
	if !strings.Contains(log, "inside story") || !strings.Contains(log, p.RequestID) {
		t.Errorf("the log lacks the cause or the request id %s: %s", p.RequestID, log)
	}
}

func TestAnInternalErrorIsLoggedAndNotShown(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.must(w.svc.Store.Close())
	r := w.as("", "GET", "/v1/needs/n1", "")
	p := r.problem(500)
	if strings.Contains(r.body, "database") {
		t.Errorf("the answer shows the cause: %s", r.body)
	}
	if log := w.log.String(); !strings.Contains(log, "database not open") || !strings.Contains(log, p.RequestID) {
		t.Errorf("the log lacks the cause or the request id %s: %s", p.RequestID, log)
	}
}

func TestPagesGetWhatIsNotTheAPIs(t *testing.T) {
	var caller Caller
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller = CallerOf(r.Context())
		w.Write([]byte("page " + r.URL.Path))
	})
	w := newWorld(t, pages)
	if r := w.as(w.readKey, "GET", "/needs/n1", "").want(200); r.body != "page /needs/n1" || !caller.Key || caller.Admin || r.Header.Get("X-Request-Id") == "" {
		t.Errorf("the page %q for %+v", r.body, caller)
	}
	w.as("", "GET", "/v1/none", "").problem(404)
}

func TestRequestsAreLoggedWithoutWhatTheySay(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	const secret = "机密配方XQ77"
	w.as("", "POST", "/v1/match", `{"text":"`+secret+`的淀粉工艺"}`).want(200)
	w.as("", "POST", "/v1/match", `{"text":"`+secret+`","limit":"`+secret+`"}`).problem(422)
	w.as("", "POST", "/v1/match", `{"text":"`+secret).problem(400)
	w.as("", "GET", "/v1/search?q="+secret, "").want(200)
	w.as("", "GET", "/v1/search?stage="+secret, "").problem(422)
	log := w.log.String()
	if strings.Contains(log, "XQ77") || strings.Contains(log, "机密") {
		t.Errorf("the log holds what was asked: %s", log)
	}
	if strings.Count(log, `"path":"/v1/match"`) != 3 || strings.Count(log, `"path":"/v1/search"`) != 2 {
		t.Errorf("requests are missing in the log: %s", log)
	}
	if strings.Contains(log, w.adminKey) || strings.Contains(log, w.readKey) {
		t.Error("the log holds a key")
	}
}

func TestARequestIDIsTakenWhereItIsHarmless(t *testing.T) {
	w := newWorld(t, nil)
	for id, taken := range map[string]bool{"abc-1.2_3": true, "a b": false, `x","y":"`: false, strings.Repeat("a", 65): false} {
		if got := w.as("", "GET", "/livez", "", "X-Request-Id", id).Header.Get("X-Request-Id"); (got == id) != taken || got == "" {
			t.Errorf("request id %q becomes %q", id, got)
		}
	}
}

func TestAnswersCarrySafeHeaders(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	r := w.as("", "GET", "/v1/needs/n1", "").want(200)
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := w.as(w.readKey, "GET", "/v1/needs/n1", "").want(200).Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("what a key may read has Cache-Control %q", got)
	}
	if strings.Contains(r.body, "$schema") {
		t.Errorf("a $schema in %s", r.body)
	}
}

func TestHealthAndStatus(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.as("", "GET", "/livez", "").want(200)
	w.as("", "GET", "/readyz", "").want(200)
	st := decodeAs[Status](w.as("", "GET", "/v1/status", "").want(200))
	last, err := w.svc.Store.LastChange()
	w.must(err)
	if st.Documents[corpus.Achievement] != 3 || st.Documents[corpus.Need] != 2 || st.Documents[corpus.Expert] != 1 || st.Documents[corpus.Project] != 1 {
		t.Errorf("counts %v", st.Documents)
	}
	if st.Stored != last || !st.Ready || st.Analyzer == "" || st.Version != "test" {
		t.Errorf("status %+v at change %d", st, last)
	}
	if st.Lists != (Lists{Kept: 0, Waiting: 2}) {
		t.Errorf("before a list is asked for: %+v", st.Lists)
	}
	w.as("", "GET", "/v1/needs/n1/matches", "").want(200)
	if st := decodeAs[Status](w.as("", "GET", "/v1/status", "").want(200)); st.Lists != (Lists{Kept: 1, Waiting: 1}) {
		t.Errorf("after one: %+v", st.Lists)
	}
}

func TestReadyWaitsForTheIndex(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	h := Handler(unstarted(w), nil)
	send(t, h, "GET", "/livez", "").want(200)
	for _, path := range []string{"/readyz", "/v1/search", "/v1/needs/x/matches"} {
		send(t, h, "GET", path, "").problem(503)
	}
}

// The golden file is the contract: a difference needs a higher apiVersion.
func TestOpenAPIGolden(t *testing.T) {
	const golden = "testdata/openapi.json"
	w := newWorld(t, nil)
	got := []byte(w.as("", "GET", "/openapi.json", "").want(200).body + "\n")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("/openapi.json differs from %s: raise apiVersion and run go test ./api -run OpenAPI -update", golden)
	}
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Tags        []string
			Responses   map[string]any
		}
	}
	if err := json.Unmarshal(got, &document); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", document.OpenAPI)
	}
	for _, r := range routes() {
		op, ok := document.Paths[r.path][strings.ToLower(r.method)]
		if !ok || op.OperationID != r.id || len(op.Tags) == 0 {
			t.Errorf("%s %s is described as %+v", r.method, r.path, op)
		}
		for _, status := range []string{"401", "422", "500"} {
			if op.Responses[status] == nil {
				t.Errorf("%s %s does not list %s", r.method, r.path, status)
			}
		}
	}
}

// What is missing is named as what is wrong is.
func TestAMissingMemberIsNamed(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, c := range []struct{ path, body, field string }{
		{"/v1/needs", `{}`, "title"}, {"/v1/contracts", `{"title":"x","kind":"service","seller":"a","buyer":"b","value":"1万元"}`, "signed"},
	} {
		p := w.as(w.adminKey, "POST", c.path, c.body).problem(422)
		if len(p.Errors) != 1 || p.Errors[0].Field != c.field {
			t.Errorf("%s: %+v", c.path, p.Errors)
		}
	}
}
