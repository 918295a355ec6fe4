package indexer

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A transport answers requests without a network.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(status int, header, body string) *http.Response {
	h := http.Header{}
	if name, value, ok := strings.Cut(header, ": "); ok {
		h.Set(name, value)
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func TestEndpointAddress(t *testing.T) {
	for url, want := range map[string]string{
		"http://127.0.0.1:8000":             "http://127.0.0.1:8000/v1/embeddings",
		"http://127.0.0.1:8000/base/":       "http://127.0.0.1:8000/base/v1/embeddings",
		"https://host.example/v1":           "https://host.example/v1/embeddings",
		"https://host.example/api/paas/v4/": "https://host.example/api/paas/v4/embeddings",
		"https://host.example/v1beta":       "https://host.example/v1beta/v1/embeddings",
	} {
		e, err := newEndpoint("embedder", "embeddings", EndpointOptions{URL: url, Model: "m"})
		if err != nil || e.url != want {
			t.Errorf("%s: asks %v, want %s; error %v", url, e, want, err)
		}
	}
}

func TestEndpointWaitsAsLongAsItIsTold(t *testing.T) {
	for _, c := range []struct {
		name   string
		header func() string
		limit  time.Duration // of the caller; 0: none
		waits  time.Duration
		calls  int
	}{
		{"seconds", func() string { return "Retry-After: 7" }, 0, 14 * time.Second, 3},
		{"a date", func() string { return "Retry-After: " + time.Now().Add(9*time.Second).UTC().Format(http.TimeFormat) }, 0, 18 * time.Second, 3},
		{"a day is too long", func() string { return "Retry-After: 86400" }, 0, 2 * maxRetryAfter, 3},
		{"less than nothing", func() string { return "Retry-After: -5" }, 0, 900 * time.Millisecond, 3},
		{"no time", func() string { return "Retry-After: soon" }, 0, 900 * time.Millisecond, 3},
		{"nothing", func() string { return "" }, 0, 900 * time.Millisecond, 3},
		{"longer than the caller waits", func() string { return "Retry-After: 7" }, 2 * time.Second, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, err := newEndpoint("embedder", "embeddings", EndpointOptions{URL: "http://m.example", Model: "m"})
				if err != nil {
					t.Fatal(err)
				}
				calls := 0
				e.client.Transport = transport(func(*http.Request) (*http.Response, error) {
					calls++
					return respond(http.StatusTooManyRequests, c.header(), "slow down"), nil
				})
				ctx := t.Context()
				if c.limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.limit)
					defer cancel()
				}
				before := time.Now()
				err = e.ask(ctx, nil, func([]byte) error { return nil })
				if err == nil || !strings.Contains(err.Error(), "429") {
					t.Errorf("error %v", err)
				}
				if took := time.Since(before).Round(time.Second / 10); took != c.waits || calls != c.calls {
					t.Errorf("asked %d times in %v, want %d times in %v", calls, took, c.calls, c.waits)
				}
			})
		})
	}
}

func TestEndpointCarriesTextsNowhereElse(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		t.Errorf("another server got %s %s", r.Header.Get("Authorization"), b)
	}))
	defer elsewhere.Close()
	s := serveEmbeddings(t, func(w http.ResponseWriter, _ []string) {
		w.Header().Set("Location", elsewhere.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	if _, err := newTestHTTP(t, s.URL, nil).Embed(t.Context(), AsQuery, []string{"a"}); err == nil || !strings.Contains(err.Error(), "307") {
		t.Errorf("error %v", err)
	}
}

func TestEndpointTellsNeitherKeyNorText(t *testing.T) {
	for name, said := range map[string]*http.Response{
		"body":   respond(http.StatusForbidden, "", "bad key "+testKey),
		"status": {StatusCode: http.StatusForbidden, Status: "403 " + testKey, Body: io.NopCloser(bytes.NewReader(nil))},
	} {
		h := newTestHTTP(t, "http://m.example", nil)
		h.client.Transport = transport(func(*http.Request) (*http.Response, error) { return said, nil })
		_, err := h.Embed(t.Context(), AsQuery, []string{"a"})
		if err == nil || strings.Contains(err.Error(), testKey) || !strings.Contains(err.Error(), "403") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestHTTPTellsTheRoleIfAsked reads what is sent.
func TestHTTPTellsTheRoleIfAsked(t *testing.T) {
	for _, tell := range []bool{false, true} {
		var sizes []int
		var roles []any
		h := newTestHTTP(t, "http://m.example", func(o *HTTPOptions) { o.InputType, o.Batch = tell, 2 })
		h.client.Transport = transport(func(r *http.Request) (*http.Response, error) {
			var q struct {
				Input []string
				Type  any `json:"input_type"`
			}
			if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
				t.Error(err)
			}
			sizes, roles = append(sizes, len(q.Input)), append(roles, q.Type)
			var b strings.Builder
			writeVectors(&b, q.Input)
			return respond(http.StatusOK, "", b.String()), nil
		})
		for _, role := range []Role{AsQuery, AsPassage} {
			if _, err := h.Embed(t.Context(), role, []string{"a", "b", "c"}); err != nil {
				t.Fatal(err)
			}
		}
		want := []any{"query", "query", "passage", "passage"}
		if !tell {
			want = make([]any, 4)
		}
		for i := range want {
			if len(roles) != 4 || roles[i] != want[i] || sizes[i] != 2-i%2 {
				t.Fatalf("told %v: sent %v for the role, want %v; %v texts", tell, roles, want, sizes)
			}
		}
	}
}
