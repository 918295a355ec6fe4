package api

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// limit gives a world other limits.
func (w *world) limit(l Limits) {
	w.svc.Limits = l
	w.http = Handler(w.svc, nil)
}

// takesBody are the ids of the operations that take a body.
func takesBody() map[string]bool {
	ids := map[string]bool{}
	for _, op := range operationsOf(OpenAPI()) {
		if op.RequestBody != nil {
			ids[op.OperationID] = true
		}
	}
	return ids
}

func TestEveryRouteHasLimits(t *testing.T) {
	bodies := takesBody()
	for _, r := range routes() {
		c := r.limits()
		if bodies[r.id] && (c.body == nil || c.come == nil) || !bodies[r.id] && c.work == nil && r.method == http.MethodGet || c == (class{}) {
			t.Errorf("%s %s has no limit of size or of time", r.method, r.path)
		}
	}
	if (route{method: "TRACE"}).limits() != (class{}) {
		t.Error("a method that no class is for has one")
	}
}

// Routes that answer while they read say it in their last line.
func lastLine(body string) string {
	body = strings.TrimSpace(body)
	return body[strings.LastIndex(body, "\n")+1:]
}

func TestEveryBodyHasASize(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.Uploads = t.TempDir()
	w.limit(Limits{Set: map[*Limit]int64{BodyJSON: 1000, BodyTable: 2000, BodyUpload: 3000, BodyBatch: 4000, BodyImport: 5000}})
	bodies := takesBody()
	refused := func(r route, of *Limit, headers ...string) {
		t.Helper()
		path, _ := r.example()
		got := w.as(w.adminKey, r.method, path, strings.Repeat("名称,\n", 1000), headers...)
		if last := lastLine(got.body); !strings.Contains(last, `"status":413`) || !strings.Contains(last, `"fix":`) || !strings.Contains(last, "more than "+w.svc.Limits.Text(of)+",") || !strings.Contains(last, "("+of.Name+")") {
			t.Errorf("%s %s with 8,000 bytes: %d %s", r.method, r.path, got.StatusCode, last)
		}
	}
	for _, r := range routes() {
		if bodies[r.id] {
			refused(r, r.limits().body)
		}
		if r.id == "import" {
			refused(r, BodyUpload, "Prefer", "respond-async")
		}
	}
	if left, err := os.ReadDir(w.svc.Uploads); err != nil || len(left) > 0 {
		t.Errorf("%d files of refused uploads are left (%v)", len(left), err)
	}
	// Just so many bytes are taken.
	text := `{"text":"` + strings.Repeat("a", 1000-len(`{"text":""}`)) + `"}`
	w.as("", "POST", "/v1/match", text).want(200)
	w.as("", "POST", "/v1/match", text+" ").problem(413)
}

func TestEveryBodyHasToCome(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.Uploads = t.TempDir()
	const soon = int64(time.Second / 2) // in which a slow machine writes the answers to all of them
	w.limit(Limits{Set: map[*Limit]int64{TimeBody: soon, TimeStream: soon}})
	server := httptest.NewServer(w.http)
	defer server.Close()
	// Half a body is sent, and no more.
	stall := func(r route, of *Limit, header string) {
		path, _ := r.example()
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n%s\r\n{", r.method, path, w.adminKey, header)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s %s: %v", r.method, r.path, err)
			return
		}
		body, err := io.ReadAll(res.Body)
		if last := lastLine(string(body)); err != nil || !strings.Contains(last, `"status":408`) || !strings.Contains(last, `"fix":`) || !strings.Contains(last, "("+of.Name+")") {
			t.Errorf("%s %s answers %d %s (%v)", r.method, r.path, res.StatusCode, last, err)
		}
	}
	bodies := takesBody()
	var all sync.WaitGroup
	for _, r := range routes() {
		if bodies[r.id] {
			all.Go(func() { stall(r, r.limits().come, "") })
		}
		if r.id == "import" {
			all.Go(func() { stall(r, TimeStream, "Prefer: respond-async\r\n") })
		}
	}
	all.Wait()
}

func TestAnswersHaveATime(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.limit(Limits{Set: map[*Limit]int64{TimeRead: 1, TimeLong: 1}})
	for _, c := range []struct {
		method, path, body string
		of                 *Limit
	}{
		{"GET", "/v1/search?q=x", "", TimeRead},
		{"GET", "/v1/needs/n1/matches", "", TimeRead},
		{"POST", "/v1/match", `{"text":"淀粉废水"}`, TimeRead},
		{"POST", "/v1/coach", `{"text":"淀粉废水"}`, TimeRead},
		{"GET", "/v1/duplicates", "", TimeLong},
		{"GET", "/v1/incomplete", "", TimeLong},
	} {
		got := w.as(w.adminKey, c.method, c.path, c.body)
		if p := got.problem(503); !strings.Contains(p.Detail, "("+c.of.Name+")") || got.Header.Get("Retry-After") == "" {
			t.Errorf("%s %s: %s", c.method, c.path, got.body)
		}
	}
	w.as("", "GET", "/v1/export?format=jsonl", "").want(200) // as long as it is taken
}

func TestAnAnswerHasToBeTaken(t *testing.T) {
	ended := make(chan error, 1)
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for block := make([]byte, 1<<20); err == nil; {
			_, err = w.Write(block)
		}
		ended <- err
	})
	w := newWorld(t, nil)
	w.svc.Limits.Set = map[*Limit]int64{TimeStream: int64(50 * time.Millisecond)}
	server := httptest.NewServer(Handler(w.svc, pages))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	w.must(err)
	defer conn.Close()
	fmt.Fprint(conn, "GET /all HTTP/1.1\r\nHost: here\r\n\r\n")
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("who takes nothing is answered until %v", err)
	}
}

func TestRatesHoldForEveryRoute(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.limit(Limits{PerAddress: 1, PerKey: 1})
	w.as("", "GET", "/v1/status", "").want(200)
	w.as(w.readKey, "GET", "/v1/status", "").want(200)
	for _, r := range routes() {
		if r.path == "/livez" || r.path == "/readyz" {
			continue
		}
		path, body := r.example()
		for of, key := range map[string]string{"address": "", "key": w.readKey} {
			got := w.as(key, r.method, path, body)
			if p := got.problem(429); !strings.Contains(p.Detail, "(rate_per_"+of+")") || got.Header.Get("Retry-After") == "" {
				t.Errorf("%s %s by %s: %s", r.method, r.path, of, got.body)
			}
		}
	}
}

func TestALimitReadsWhatItWrites(t *testing.T) {
	for _, l := range AllLimits {
		if v, err := l.Parse(l.Text(l.Default)); err != nil || v != l.Default || l.Default < l.Least {
			t.Errorf("%s: %s becomes %d (%v)", l.Name, l.Text(l.Default), v, err)
		}
		for _, wrong := range []string{"", "0", "-1", "much", "1 parsec", "9999999999999 GiB", "99999h"} {
			if v, err := l.Parse(wrong); err == nil {
				t.Errorf("%s: %q becomes %d", l.Name, wrong, v)
			}
		}
	}
	for text, want := range map[string]int64{"2MiB": 2 << 20, "1.5 GiB": 3 << 29, "1000000": 1_000_000, "5 MB": 5_000_000} {
		if v, err := BodyJSON.Parse(text); err != nil || v != want {
			t.Errorf("%q becomes %d (%v)", text, v, err)
		}
	}
}
