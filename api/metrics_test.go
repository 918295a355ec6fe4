package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestMetrics asks API and pages and finds the patterns of what answered, never a path, and how the service stands.
func TestMetrics(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.Metrics = NewMetrics(w.svc)
	pages := http.NewServeMux()
	pages.HandleFunc("GET /needs/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	h := Handler(w.svc, pages)
	for _, path := range []string{"/v1/needs/n1", "/v1/needs/secret-id", "/needs/n1", "/nothing/secret-id", "/v1/secret-id"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	rec := httptest.NewRecorder()
	w.svc.Metrics.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	got := rec.Body.String()
	for _, want := range []string{
		`duijie_http_request_seconds_count{code="200",method="GET",route="/v1/needs/:id"} 1`,
		`duijie_http_request_seconds_count{code="404",method="GET",route="/v1/needs/:id"} 1`,
		`duijie_http_request_seconds_count{code="200",method="GET",route="/needs/{id}"} 1`,
		`duijie_http_request_seconds_count{code="404",method="GET",route="/"} 1`,
		`duijie_http_request_seconds_count{code="404",method="GET",route=""} 1`,
		`duijie_ready 1`, `duijie_documents{kind="need"} `, `duijie_changes{at="indexed"} `, `duijie_match_lists{state="kept"} `, "go_goroutines", "process_",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(got, "secret-id") {
		t.Error("a path is told")
	}
	if t.Failed() {
		t.Log(got)
	}
}
