package indexer

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func newTestReranker(t *testing.T, log *slog.Logger, answer func(*http.Request) (*http.Response, error)) *Reranker {
	t.Helper()
	r, err := NewReranker(testEndpoint("http://m.example"), log)
	if err != nil {
		t.Fatal(err)
	}
	r.client.Transport = transport(answer)
	return r
}

func TestRerankerSpeaksTheProtocol(t *testing.T) {
	var path, body, key string
	r := newTestReranker(t, discard, func(r *http.Request) (*http.Response, error) {
		b, err := io.ReadAll(r.Body)
		path, body, key = r.URL.Path, string(b), r.Header.Get("Authorization")
		return respond(http.StatusOK, "", `{"id":"1","results":[{"index":1,"relevance_score":0.9,"document":{"text":"b"}},
			{"index":0,"relevance_score":0.25}],"meta":{}}`), err
	})
	got, err := r.Rerank(t.Context(), "q", []string{"a", "b"})
	if err != nil || !slices.Equal(got, []float64{.25, .9}) {
		t.Errorf("%v, %v", got, err)
	}
	var sent, want any
	if err := json.Unmarshal([]byte(body), &sent); err != nil {
		t.Fatal(err)
	}
	json.Unmarshal([]byte(`{"model":"m","query":"q","documents":["a","b"],"top_n":2}`), &want)
	if path != "/base/v1/rerank" || key != "Bearer "+testKey || !equalJSON(sent, want) {
		t.Errorf("sent %s to %s with %s", body, path, key)
	}
	if got, err := r.Rerank(t.Context(), "q", nil); got != nil || err != nil {
		t.Errorf("no texts: %v, %v", got, err)
	}
}

func equalJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

func TestRerankerReadsAnswers(t *testing.T) {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for name, c := range map[string]struct {
		results string
		want    []float64 // nil: an error
	}{
		"probabilities":    {`{"index":0,"relevance_score":0},{"index":1,"relevance_score":1}`, []float64{0, 1}},
		"log-odds":         {`{"index":0,"relevance_score":-4},{"index":1,"relevance_score":0.5}`, []float64{logistic(-4), logistic(.5)}},
		"too few":          {`{"index":0,"relevance_score":1}`, nil},
		"the same twice":   {`{"index":0,"relevance_score":1},{"index":0,"relevance_score":1}`, nil},
		"a strange index":  {`{"index":0,"relevance_score":1},{"index":2,"relevance_score":1}`, nil},
		"an index below 0": {`{"index":0,"relevance_score":1},{"index":-1,"relevance_score":1}`, nil},
		"no score":         {`{"index":0,"relevance_score":1},{"index":1,"score":1}`, nil},
		"no number":        {`{"index":0,"relevance_score":1},{"index":1,"relevance_score":"high"}`, nil},
	} {
		r := newTestReranker(t, discard, func(*http.Request) (*http.Response, error) {
			return respond(http.StatusOK, "", `{"results":[`+c.results+`]}`), nil
		})
		got, err := r.Rerank(t.Context(), "q", []string{"a", "b"})
		if (err != nil) != (c.want == nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
}

// TestRerankerHoldsNobodyUp asks a server that hangs, and then one that answers again.
func TestRerankerHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		hang, calls := true, 0
		r := newTestReranker(t, slog.New(slog.NewTextHandler(&log, nil)), func(r *http.Request) (*http.Response, error) {
			calls++
			if hang {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return respond(http.StatusOK, "", `{"results":[{"index":0,"relevance_score":0.5}]}`), nil
		})
		ask := func(what string, wantErr bool, wait time.Duration, wantCalls int) {
			t.Helper()
			calls = 0
			before := time.Now()
			_, err := r.Rerank(t.Context(), "secret", []string{"a"})
			if took := time.Since(before); (err != nil) != wantErr || took != wait || calls != wantCalls {
				t.Errorf("%s: error %v after %v and %d requests, want %v and %d", what, err, took, calls, wait, wantCalls)
			}
		}
		ask("while it hangs", true, 5*time.Second, 1)
		ask("a moment later", true, 0, 0)
		hang = false
		time.Sleep(restTime)
		ask("when it works again", false, 0, 1)
		if said := log.String(); !strings.Contains(said, "deadline") || strings.Contains(said, "secret") || strings.Contains(said, testKey) {
			t.Errorf("logged %s", said)
		}
	})
}
