package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duijie/corpus"
)

// A modelServer gives each text a vector of its letters and notes what it was asked; it waits while held.
type modelServer struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
	held  sync.RWMutex
}

func newModelServer(t *testing.T) *modelServer {
	m := &modelServer{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.held.RLock()
		defer m.held.RUnlock()
		var in struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		var out struct {
			Data []map[string]any `json:"data"`
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		for i, text := range in.Input {
			m.asked = append(m.asked, text)
			v := make([]float32, 16)
			for _, r := range text {
				v[r%16]++
			}
			out.Data = append(out.Data, map[string]any{"index": i, "embedding": v})
		}
		json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(m.Close)
	return m
}

// about returns how many texts with a word were asked since the last call.
func (m *modelServer) about(word string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, text := range m.asked {
		if strings.Contains(text, word) {
			n++
		}
	}
	return n
}

// openServed opens a folder with two documents as a server does.
func openServed(t *testing.T, ctx context.Context, data string) *folder {
	t.Helper()
	a := &app{stdout: io.Discard, stderr: io.Discard}
	a.flags = a.root().PersistentFlags()
	err := a.flags.Set("data", data)
	if err == nil {
		a.config, err = loadConfig(a.flags)
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := a.openFolder(slog.New(slog.DiscardHandler), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.close() })
	_, err = f.service.Store.Write(ctx, corpus.Batch{Actor: "test", Puts: []corpus.Put{
		{Doc: corpus.Doc{Kind: corpus.Achievement, SourceID: "A1", Title: "玉米湿磨酶法工艺"}},
		{Doc: corpus.Doc{Kind: corpus.Achievement, SourceID: "A2", Title: "风电叶片除冰"}}}})
	if err != nil {
		t.Fatal(err)
	}
	f.life = ctx
	if err := f.start(ctx); err != nil {
		t.Fatal(err)
	}
	return f
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestGenerationsKeepVectorsAndWaitForThem(t *testing.T) {
	ctx, data, server := t.Context(), t.TempDir(), newModelServer(t)
	settings := func(model string) {
		put(t, filepath.Join(data, "duijie.yaml"), fmt.Sprintf("embedder: http\nembedder_url: %s\nembedder_model: %s\n", server.URL, model))
	}
	settings("one")
	f := openServed(t, ctx, data)
	reload := func() {
		t.Helper()
		if err := f.reload(ctx, slog.New(slog.DiscardHandler), func(reloadEvent) {}); err != nil {
			t.Fatal(err)
		}
	}
	waiting := func() int { _, n := f.current().Sync.Meaning(); return n }
	await(t, "vectors of the first generation", func() bool { return waiting() == 0 })
	ice, maize := server.about("除冰"), server.about("玉米")
	if ice == 0 || maize == 0 {
		t.Fatalf("asked for %d and %d", ice, maize)
	}

	// Other words: the vectors of documents that they leave alone are kept.
	put(t, filepath.Join(data, "words.txt"), "湿磨酶法\n")
	reload()
	if n := server.about("除冰"); n != ice {
		t.Errorf("a document that has not changed was asked for %d times more", n-ice)
	}
	if server.about("玉米") == maize || waiting() > 0 {
		t.Errorf("a document with other key words was not asked for, or %d wait", waiting())
	}
	if got := f.current().makeup(); got.Words.Entries != 1 || got.Outside != "one" {
		t.Errorf("%+v serves", got)
	}

	// Another model: the one before serves until the new one has given all vectors.
	settings("two")
	if differs, fault := f.pending(f.current()); !slices.Equal(differs, []string{"outside_model"}) || fault != "" {
		t.Errorf("differs %v, %s", differs, fault)
	}
	server.held.Lock()
	told := make(chan reloadEvent, 1000)
	done := make(chan error, 1)
	go func() { done <- f.reload(ctx, slog.New(slog.DiscardHandler), func(e reloadEvent) { told <- e }) }()
	for e := range told {
		if e.Waiting == 2 {
			break
		}
	}
	if got := f.current().makeup().Outside; got != "one" || waiting() > 0 {
		t.Errorf("%q serves while the next model has given nothing, %d wait", got, waiting())
	}
	server.held.Unlock()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := f.current().makeup().Outside; got != "two" || waiting() > 0 {
		t.Errorf("%q serves, %d wait", got, waiting())
	}
	files, err := os.ReadDir(filepath.Join(data, indexDir))
	if err != nil || len(files) != 1 {
		t.Errorf("left %v, %v", files, err)
	}
}

// await waits five minutes at most until something holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not after five minutes", what)
		}
	}
}

func TestOnlyTheServingGenerationMakesLists(t *testing.T) {
	ctx, data, server := t.Context(), t.TempDir(), newModelServer(t)
	f := openServed(t, ctx, data)
	_, err := f.service.Store.Write(ctx, corpus.Batch{Actor: "test", Puts: []corpus.Put{
		{Doc: corpus.Doc{Kind: corpus.Need, SourceID: "N1", Title: "玉米湿磨浸泡时间太长"}},
		{Doc: corpus.Doc{Kind: corpus.Need, SourceID: "N2", Title: "叶片结冰"}}}})
	if err != nil {
		t.Fatal(err)
	}
	full := func() bool { kept, waiting := f.current().Matcher.Lists(); return kept == 2 && waiting == 0 }
	await(t, "lists of the first generation", full)

	// The next one waits for its vectors longer than lists wait for more changes.
	put(t, filepath.Join(data, "duijie.yaml"), fmt.Sprintf("embedder: http\nembedder_url: %s\nembedder_model: one\n", server.URL))
	fresh := *f.app
	if fresh.config, err = loadConfig(f.app.flags); err != nil {
		t.Fatal(err)
	}
	before := f.current()
	next, err := fresh.openGeneration(f.service.Store, slog.New(slog.DiscardHandler), before)
	if err != nil {
		t.Fatal(err)
	}
	server.held.Lock()
	waits := 0
	err = f.replace(ctx, next, func(e reloadEvent) {
		if e.Waiting == 0 {
			return
		}
		if kept, _ := next.Matcher.Lists(); kept > 0 {
			t.Errorf("%d lists are made by a generation that does not serve", kept)
		}
		if waits++; waits == 5 { // seconds
			server.held.Unlock()
		}
	})
	if err != nil || f.current() != next {
		t.Fatal(err)
	}
	await(t, "lists of the next generation", full)
	if err := before.close(); err != nil {
		t.Error(err)
	}
	for _, g := range []*generation{before, next} {
		if _, err := os.Stat(filepath.Join(g.dir, "lists.db")); err != nil {
			t.Error(err)
		}
	}
}

func TestReloadEndsWithTheServer(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	data, server := t.TempDir(), newModelServer(t)
	f := openServed(t, ctx, data)
	server.held.Lock()
	defer server.held.Unlock()
	put(t, filepath.Join(data, "duijie.yaml"), fmt.Sprintf("embedder: http\nembedder_url: %s\nembedder_model: one\n", server.URL))
	before := f.current()
	err := f.reload(context.Background(), slog.New(slog.DiscardHandler), func(e reloadEvent) {
		if e.Waiting > 0 {
			if err := f.reload(context.Background(), slog.New(slog.DiscardHandler), nil); err != errBuilding {
				t.Errorf("a second reload meanwhile: %v", err)
			}
			stop()
		}
	})
	if err == nil || f.current() != before {
		t.Errorf("reload: %v", err)
	}
	files, err := os.ReadDir(filepath.Join(data, indexDir))
	if err != nil || len(files) != 1 || files[0].Name() != filepath.Base(before.dir) {
		t.Errorf("left %v, %v", files, err)
	}
}
