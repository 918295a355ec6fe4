package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"duijie/corpus"
)

// Whoever asks while a provider is silent must not wait behind all others, each for a try of their own; and who goes away before
// it has answered keeps nobody else from it.
func TestASilentProviderIsAskedNowAndThen(t *testing.T) {
	w := newWorld(t, nil)
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer srv.Close()
	w.svc.OIDC = &OIDC{Issuer: srv.URL, Client: "duijie"}
	now := day
	w.svc.Now = func() time.Time { return now }
	left, leave := context.WithCancel(t.Context())
	leave()
	for i, ctx := range []context.Context{left, t.Context(), t.Context()} {
		if _, _, err := w.svc.BeginOIDC(ctx, ""); corpus.CodeOf(err) != corpus.Unavailable || asked.Load() != 1 {
			t.Errorf("%d: asked %d times: %v", i, asked.Load(), err)
		}
	}
	now = now.Add(oidcWait)
	if _, _, err := w.svc.BeginOIDC(t.Context(), ""); corpus.CodeOf(err) != corpus.Unavailable || asked.Load() != 2 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}
