package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

// A language is what takes long to load: once for all tests.
type language struct {
	seg    *indexer.Segmenter
	static *indexer.Static
}

var loaded = sync.OnceValues(func() (l language, err error) {
	dir, err := os.MkdirTemp("", "duijie-dict")
	if err != nil {
		return l, err
	}
	defer os.RemoveAll(dir)
	if l.seg, err = indexer.OpenSegmenter(dir); err != nil {
		return l, err
	}
	l.static, err = indexer.NewStatic(l.seg.Words, l.seg.Freq)
	return l, err
})

func init() { indexWait = time.Minute }

// A world is a service on a folder of its own, with a key of each role.
type world struct {
	testing.TB
	svc         *Service
	http, admin http.Handler // over TCP, over the socket
	adminKey    string
	readKey     string
	log         *safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// day is when tests happen.
var day = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func newWorld(t testing.TB, pages http.Handler, docs ...corpus.Doc) *world {
	t.Helper()
	w := &world{TB: t, log: &safeBuffer{}}
	log := slog.New(LogHandler(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	dir := t.TempDir()
	now := func() time.Time { return day }
	store, err := corpus.Open(dir, corpus.Options{Now: now})
	w.must(err)
	t.Cleanup(func() { store.Close() })
	l, err := loaded()
	w.must(err)
	w.svc = &Service{Store: store, Log: log, Now: now, Version: "test"}
	w.svc.Serve(w.generation(l, dir))
	admin := sync.OnceValue(func() http.Handler { return AdminHandler(w.svc) }) // few ask it
	w.http = Handler(w.svc, pages)
	w.admin = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { admin().ServeHTTP(rw, r) })
	operator := Caller{Name: "test", Admin: true}
	puts := make([]corpus.Put, len(docs))
	for i, d := range docs {
		puts[i].Doc = d
	}
	w.must(w.svc.write(context.Background(), operator, corpus.Batch{Action: "load", Puts: puts}, nil))
	for role, key := range map[market.Role]*string{market.Admin: &w.adminKey, market.Reader: &w.readKey} {
		k, err := w.svc.CreateKey(context.Background(), operator, "测试", role, time.Time{})
		w.must(err)
		*key = k.Key
	}
	return w
}

// generation makes one of w's store and follows the store until the test ends.
func (w *world) generation(l language, dir string) *Generation {
	w.Helper()
	return w.generationWith(l, dir, nil)
}

// generationWith is generation with an outside model, nil being none.
func (w *world) generationWith(l language, dir string, outside indexer.Embedder) *Generation {
	w.Helper()
	log := w.svc.Log
	far, err := indexer.OpenFar(indexer.FarOptions{Path: filepath.Join(dir, "far.db"), Identity: w.svc.Store.Identity(), Embedder: outside, Near: l.static, Typed: true, Log: log})
	w.must(err)
	w.Cleanup(func() { far.Close() })
	analyzer := indexer.NewAnalyzer(l.seg, l.static, log).WithFar(far)
	engine, err := indexer.OpenLocal(dir, indexer.LocalOptions{Identity: w.svc.Store.Identity(), Analyzer: analyzer.Name(), Far: analyzer.FarModel(), IDF: l.seg.IDF, Cut: l.seg.Cut, Log: log})
	w.must(err)
	w.Cleanup(func() { engine.Close() })
	m := matcher.New(w.svc.Store, analyzer, engine, matcher.NewScorer(l.static, l.seg, matcher.DefaultRanking()))
	w.must(m.Keep(filepath.Join(dir, "lists.db"), w.svc.Store.Identity(), log))
	w.Cleanup(func() { m.Close() })
	sync := indexer.NewSync(w.svc.Store, analyzer, engine, log)
	sync.OnApply = m.Applied
	ctx, stop := context.WithCancel(context.Background())
	w.must(sync.Start(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		sync.Run(ctx)
	}()
	w.Cleanup(func() { stop(); <-done })
	return &Generation{Analyzer: analyzer, Engine: engine, Sync: sync, Matcher: m}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// A reply is an answer with its body read.
type reply struct {
	t testing.TB
	*http.Response
	body string
}

// as sends one request over TCP's handler with a key, "" for none. Headers follow as names and values.
func (w *world) as(key, method, path, body string, headers ...string) reply {
	w.Helper()
	if key != "" {
		headers = append([]string{"Authorization", "Bearer " + key}, headers...)
	}
	return send(w.TB, w.http, method, path, body, headers...)
}

func send(t testing.TB, h http.Handler, method, path, body string, headers ...string) reply {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	res := rec.Result()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	checkDescribed(t, r, res, string(b))
	return reply{t, res, string(b)}
}

// want fails the test unless the status is this one.
func (r reply) want(status int) reply {
	r.t.Helper()
	if r.StatusCode != status {
		r.t.Fatalf("status %d, want %d: %s", r.StatusCode, status, r.body)
	}
	return r
}

// decodeAs reads the body as JSON.
func decodeAs[T any](r reply) T {
	r.t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		r.t.Fatalf("%v in %s", err, r.body)
	}
	return v
}

// problem reads the body as a problem and checks what all problems share.
func (r reply) problem(status int) Problem {
	r.t.Helper()
	r.want(status)
	if ct := r.Header.Get("Content-Type"); ct != "application/problem+json" {
		r.t.Errorf("Content-Type %q, want application/problem+json", ct)
	}
	p := decodeAs[Problem](r)
	if p.Status != status || !strings.HasPrefix(p.Type, "/problems/") || p.Title == "" || p.Detail == "" || p.Fix == "" ||
		p.RequestID == "" || p.RequestID != r.Header.Get("X-Request-Id") {
		r.t.Errorf("an incomplete problem: %s", r.body)
	}
	return p
}

// unstarted returns a service of w's parts that has indexed nothing yet.
func unstarted(w *world) *Service {
	g := w.svc.serving.Load()
	s := &Service{Store: w.svc.Store, Log: w.svc.Log}
	s.Serve(&Generation{Sync: indexer.NewSync(s.Store, g.Analyzer, g.Engine.(*indexer.Local), s.Log)})
	return s
}
