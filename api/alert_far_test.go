package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
)

// An outsideModel is an OpenAI-compatible endpoint with the vectors of the built-in model. While it refuses, it is not
// asked again at once.
type outsideModel struct {
	*httptest.Server
	refuses atomic.Bool
}

func newOutsideModel(t *testing.T, of *indexer.Static) *outsideModel {
	m := &outsideModel{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Input []string }
		err := json.NewDecoder(r.Body).Decode(&in)
		vectors, embedErr := of.Embed(r.Context(), indexer.AsPassage, in.Input)
		if m.refuses.Load() || err != nil || embedErr != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var out struct {
			Data []map[string]any `json:"data"`
		}
		for i, v := range vectors {
			out.Data = append(out.Data, map[string]any{"index": i, "embedding": v})
		}
		json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(m.Close)
	return m
}

// A fresh document is compared by the outside model's vector: its alert waits for that, a minute at most.
func TestAlertsWaitForTheOutsideModel(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	l, err := loaded()
	w.must(err)
	model := newOutsideModel(t, l.static)
	outside, err := indexer.NewHTTP(indexer.HTTPOptions{EndpointOptions: indexer.EndpointOptions{URL: model.URL, Model: "outside"}})
	w.must(err)
	w.must(w.svc.Swap(t.Context(), w.generationWith(l, t.TempDir(), outside)))
	complete := func() {
		t.Helper()
		for end := time.Now().Add(5 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
			name, waiting := w.svc.serving.Load().Sync.Meaning()
			if name == "outside" && waiting == 0 {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%d documents wait for %q", waiting, name)
			}
		}
	}
	complete()
	w.subscribe(market.Subscription{ID: "s", Need: "n1"})
	w.raises("what fitted before", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raises("one that has its vector at once", "s>a4")
	model.refuses.Store(true)
	w.put(starch(corpus.Achievement, "a5"))
	w.raises("while its vector is awaited", "")
	w.raises("a look later", "")
	model.refuses.Store(false)
	complete()
	w.raises("when it is there", "s>a5")

	model.refuses.Store(true)
	w.put(starch(corpus.Achievement, "a6"))
	w.raises("while its vector is awaited", "")
	w.raiser.held = w.raiser.held.Add(-farPatience)
	w.raises("after a minute, by the built-in model", "s>a6")
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a7"))
	w.raises("the next one has a minute of its own", "")
	model.refuses.Store(false)
	complete()
	w.raises("when it is there", "s>a7")
}
