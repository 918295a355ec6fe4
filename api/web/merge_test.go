package web

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"duijie/api"
	"duijie/corpus"
)

func TestThePageOfAMergedDocumentLeadsOn(t *testing.T) {
	store, err := corpus.Open(t.TempDir(), corpus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	put := func(id string, status corpus.Status) corpus.Put {
		return corpus.Put{Doc: corpus.Doc{Kind: corpus.Need, SourceID: id, Title: "题", Status: status}}
	}
	_, err = store.Write(t.Context(), corpus.Batch{Puts: []corpus.Put{put("a", ""), put("b", ""), put("c", ""), put("draft", corpus.Draft)},
		Merges: []corpus.Merge{{Kind: corpus.Need, ID: "a", Into: "b"}, {Kind: corpus.Need, ID: "c", Into: "draft"}}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := Handler(&api.Service{Store: store, Log: slog.New(slog.DiscardHandler)}, Options{Base: "/duijie"})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]struct {
		status   int
		location string
	}{"a": {301, "/duijie/needs/b"}, "c": {404, ""}, "draft": {404, ""}} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", "/needs/"+id, nil))
		if rec.Code != want.status || rec.Header().Get("Location") != want.location || rec.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d to %q", id, rec.Code, rec.Header().Get("Location"))
		}
	}
}
