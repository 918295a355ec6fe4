package indexer

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const testKey = "sk-very-secret"

// serveEmbeddings answers like an embeddings server; answer may be changed on its way out.
func serveEmbeddings(t *testing.T, handle func(w http.ResponseWriter, input []string)) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Model != "m" || r.URL.Path != "/base/v1/embeddings" || r.Method != http.MethodPost {
			t.Errorf("%s %s for model %q: %v", r.Method, r.URL.Path, q.Model, err)
		}
		if got := r.Header.Get("Authorization"); got != "Bearer "+testKey {
			t.Errorf("Authorization is %q", got)
		}
		handle(w, q.Input)
	}))
	t.Cleanup(s.Close)
	return s
}

// writeVectors answers each text with (its length, 4), last text first.
func writeVectors(w io.Writer, input []string) {
	var rows []string
	for i, text := range input {
		rows = append(rows, fmt.Sprintf(`{"object":"embedding","index":%d,"embedding":[%d,4]}`, i, len(text)))
	}
	slices.Reverse(rows)
	fmt.Fprintf(w, `{"object":"list","data":[%s],"model":"m"}`, strings.Join(rows, ","))
}

func testEndpoint(url string) EndpointOptions {
	return EndpointOptions{URL: url + "/base/", Model: "m", Key: func() string { return testKey }}
}

func newTestHTTP(t *testing.T, url string, change func(*HTTPOptions)) *HTTP {
	o := HTTPOptions{EndpointOptions: testEndpoint(url)}
	if change != nil {
		change(&o)
	}
	h, err := NewHTTP(o)
	if err != nil {
		t.Fatal(err)
	}
	h.pause = time.Millisecond
	return h
}

func TestHTTPGivesUnitVectorsInOrder(t *testing.T) {
	var sizes []int
	var first string
	s := serveEmbeddings(t, func(w http.ResponseWriter, input []string) {
		sizes, first = append(sizes, len(input)), input[0]
		writeVectors(w, input)
	})
	h := newTestHTTP(t, s.URL, func(o *HTTPOptions) { o.QueryPrefix, o.PassagePrefix = "query: ", "passage: " })
	texts := make([]string, 70)
	for i := range texts {
		texts[i] = strings.Repeat("x", i)
	}
	got, err := h.Embed(context.Background(), AsPassage, texts)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(sizes, []int{32, 32, 6}) {
		t.Errorf("requests of %v texts, want 32, 32, 6", sizes)
	}
	for i, v := range got {
		n := float64(i + len("passage: "))
		if want := n / math.Hypot(n, 4); len(v) != 2 || math.Abs(float64(v[0])-want) > 1e-6 {
			t.Fatalf("vector %d is %v, want %v first", i, v, want)
		}
	}
	if _, err := h.Embed(context.Background(), AsQuery, []string{"x"}); err != nil || first != "query: x" {
		t.Errorf("a query was asked as %q; error %v", first, err)
	}
	if got, err := h.Embed(context.Background(), AsQuery, nil); err != nil || len(got) != 0 {
		t.Errorf("no texts: %v, %v", got, err)
	}
	if plain := newTestHTTP(t, s.URL, nil); plain.Model() != "m" || h.Model() == "m" {
		t.Errorf("models %q and %q: the prefixes must tell them apart", plain.Model(), h.Model())
	}
}

func TestHTTPFails(t *testing.T) {
	const once, thrice = 1, 3
	for name, row := range map[string]struct {
		handle func(w http.ResponseWriter, input []string)
		calls  int32
		want   string
	}{
		"refused": {func(w http.ResponseWriter, _ []string) {
			http.Error(w, "Incorrect API key provided: "+testKey, http.StatusUnauthorized)
		}, once, "401"},
		"busy":            {func(w http.ResponseWriter, _ []string) { w.WriteHeader(http.StatusTooManyRequests) }, thrice, "429"},
		"broken":          {func(w http.ResponseWriter, _ []string) { w.WriteHeader(http.StatusBadGateway) }, thrice, "502"},
		"hangs up":        {func(http.ResponseWriter, []string) { panic(http.ErrAbortHandler) }, thrice, "EOF"},
		"no JSON":         {func(w http.ResponseWriter, _ []string) { io.WriteString(w, "<html>") }, once, "answer"},
		"too few":         {func(w http.ResponseWriter, input []string) { writeVectors(w, input[1:]) }, once, "1 vectors for 2 texts"},
		"the same twice":  {answer(`{"data":[{"index":1,"embedding":[1,2]},{"index":1,"embedding":[1,2]}]}`), once, "text 1"},
		"a strange index": {answer(`{"data":[{"index":7,"embedding":[1,2]},{"index":1,"embedding":[1,2]}]}`), once, "text 7"},
		"unequal":         {answer(`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1]}]}`), once, "1 dimensions instead of 2"},
		"empty vectors":   {answer(`{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}`), once, "dimensions"},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			s := serveEmbeddings(t, func(w http.ResponseWriter, input []string) { calls.Add(1); row.handle(w, input) })
			got, err := newTestHTTP(t, s.URL, nil).Embed(context.Background(), AsQuery, []string{"a", "b"})
			if err == nil || got != nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v and the error %v, want %q in it", got, err, row.want)
			}
			if calls.Load() != row.calls {
				t.Errorf("%d requests, want %d", calls.Load(), row.calls)
			}
			if err != nil && strings.Contains(err.Error(), testKey) {
				t.Errorf("the key is in the error: %v", err)
			}
		})
	}
}

func answer(body string) func(http.ResponseWriter, []string) {
	return func(w http.ResponseWriter, _ []string) { io.WriteString(w, body) }
}

func TestHTTPRecovers(t *testing.T) {
	var calls atomic.Int32
	s := serveEmbeddings(t, func(w http.ResponseWriter, input []string) {
		if calls.Add(1) <= askRetries {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		writeVectors(w, input)
	})
	if _, err := newTestHTTP(t, s.URL, nil).Embed(context.Background(), AsQuery, []string{"a"}); err != nil {
		t.Error(err)
	}
}

func TestHTTPRefusesOtherDimensions(t *testing.T) {
	s := serveEmbeddings(t, writeVectorsTo)
	h := newTestHTTP(t, s.URL, func(o *HTTPOptions) { o.Dims = 384 })
	if _, err := h.Embed(context.Background(), AsQuery, []string{"a"}); err == nil || !strings.Contains(err.Error(), "2 dimensions instead of 384") {
		t.Errorf("error %v", err)
	}
}

func writeVectorsTo(w http.ResponseWriter, input []string) { writeVectors(w, input) }

func TestHTTPGivesASlowServerUp(t *testing.T) {
	stop := make(chan struct{})
	s := serveEmbeddings(t, func(http.ResponseWriter, []string) { <-stop })
	t.Cleanup(func() { close(stop) }) // before the server closes
	h := newTestHTTP(t, s.URL, func(o *HTTPOptions) { o.Timeout = 20 * time.Millisecond })
	if _, err := h.Embed(context.Background(), AsQuery, []string{"a"}); err == nil {
		t.Error("its own limit: no error")
	}
	h = newTestHTTP(t, s.URL, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.Embed(ctx, AsQuery, []string{"a"}); err == nil {
		t.Error("the caller's limit: no error")
	}
}

func TestNewHTTPChecksItsOptions(t *testing.T) {
	for _, o := range []EndpointOptions{{}, {URL: "localhost:8000", Model: "m"}, {URL: "http://", Model: "m"}, {URL: "http://a"},
		{URL: "http://a:b:c/" + testKey, Model: "m"}} {
		if _, err := NewHTTP(HTTPOptions{EndpointOptions: o}); err == nil || strings.Contains(err.Error(), testKey) {
			t.Errorf("%+v gave the error %v", o, err)
		}
	}
	h, err := NewHTTP(HTTPOptions{EndpointOptions: EndpointOptions{URL: "http://127.0.0.1:1?key=" + testKey, Model: "m"}})
	if err != nil {
		t.Fatal(err)
	}
	h.pause = 0
	if _, err := h.Embed(context.Background(), AsQuery, []string{"a"}); err == nil || strings.Contains(err.Error(), testKey) {
		t.Errorf("nobody there: %v", err)
	}
}
