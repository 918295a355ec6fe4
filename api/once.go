package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"duijie/corpus"
)

// repeatable are the POST routes that take no Idempotency-Key: they write nothing, or sending them again does no harm.
var repeatable = []string{"match", "match-batch", "coach", "import", "undo-import", "fetch-feed", "batch"}

// once reports whether a route takes an Idempotency-Key.
func (r route) once() bool { return r.method == "POST" && !slices.Contains(repeatable, r.id) }

var idempotencyKey = regexp.MustCompile(`^[!-~]{1,255}$`)

// keptHeaders are those of an answer that are given again.
var keptHeaders = []string{"Content-Type", "ETag", "Location"}

// atWork are the keys of requests that are being carried out. The zero value is ready.
type atWork struct {
	mu   sync.Mutex
	keys map[string]bool
}

// begin reports whether key was not at work, and is now.
func (a *atWork) begin(key string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys[key] {
		return false
	}
	if a.keys == nil {
		a.keys = map[string]bool{}
	}
	a.keys[key] = true
	return true
}

func (a *atWork) end(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.keys, key)
}

// doOnce carries out a request with an Idempotency-Key once: the next one with the key, from the same caller within
// corpus.AnswersKept, is given the first one's answer. Failures are not kept, since they wrote nothing. Of a request that
// was carried out without its answer being kept, because the server stopped or the route is secret, the next one is told
// just that.
func (s *Service) doOnce(r route) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		given := hc.Header("Idempotency-Key")
		if given == "" {
			next(hc)
			return
		}
		g := humagin.Unwrap(hc)
		ctx := hc.Context()
		refuse := func(err error) { writeProblem(g.Writer, problemOf(ctx, s.Log, err)) }
		if !idempotencyKey.MatchString(given) {
			refuse(wrongKey(corpus.Invalid, "the key is not 1 to 255 printable characters", "use a UUID"))
			return
		}
		request, err := hashRequest(g, hc.Operation())
		if err != nil {
			next(hc) // which meets the same error
			return
		}
		sum := sha256.Sum256([]byte(CallerOf(ctx).Name + "\x00" + given))
		once := &corpus.Once{Key: hex.EncodeToString(sum[:]), Request: request}
		if !s.atWork.begin(once.Key) {
			g.Header("Retry-After", "1")
			refuse(wrongKey(keyInUse, "the first request with this key is still being carried out", "send it again in a second"))
			return
		}
		defer s.atWork.end(once.Key)
		known, err := s.Store.AnswerOf(once.Key)
		switch {
		case err != nil:
			refuse(err)
		case known == nil:
			s.firstTime(g, r, once, func() { next(huma.WithContext(hc, corpus.WithOnce(ctx, once))) })
		case known.Request != request:
			refuse(wrongKey(keyReused, "the key was used for another request", "use a new key for a new request, and send a repeated one unchanged"))
		case known.Status == 0:
			refuse(wrongKey(answerLost, "the request was carried out, and its answer is not kept", "read what it made; to make another, use another key"))
		default:
			for name, value := range known.Header {
				g.Header(name, value)
			}
			g.Header("Idempotency-Replayed", "true")
			g.Writer.WriteHeader(known.Status)
			g.Writer.Write(known.Body) // an error means that the caller has gone
		}
	}
}

func wrongKey(code corpus.Code, what, fix string) error {
	return &corpus.Error{Code: code, Message: what, Field: "Idempotency-Key", Fix: fix}
}

// firstTime keeps the answer before it goes out.
func (s *Service) firstTime(g *gin.Context, r route, once *corpus.Once, do func()) {
	w := &heldWriter{ResponseWriter: g.Writer, holds: func(*heldWriter) bool { return true }}
	g.Writer = w
	defer func() { g.Writer = w.ResponseWriter }()
	do()
	if status := w.Status(); once.Written() && !r.secret && status < 300 {
		a := corpus.Answer{Request: once.Request, Status: status, Header: map[string]string{}, Body: w.body.Bytes()}
		for _, name := range keptHeaders {
			if v := w.Header().Get(name); v != "" {
				a.Header[name] = v
			}
		}
		if err := s.Store.KeepAnswer(once.Key, a); err != nil {
			s.Log.ErrorContext(g.Request.Context(), "an answer can't be kept", "error", err)
		}
	}
	w.release()
}

// hashRequest reads the body, as much as the operation takes, puts it back, and returns the hash of all that the request says.
func hashRequest(g *gin.Context, op *huma.Operation) (string, error) {
	r := g.Request
	huma.SetReadDeadline(g.Writer, time.Now().Add(op.BodyReadTimeout)) // an error means that there is no connection to wait for
	body, err := io.ReadAll(io.LimitReader(r.Body, op.MaxBodyBytes+1))
	huma.SetReadDeadline(g.Writer, time.Time{})
	rest := r.Body
	if err != nil {
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), failing{err}), rest}
		return "", err
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), rest}
	h := sha256.New()
	fmt.Fprintf(h, "%s %q %q %q\n", r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), r.Header.Get("If-Match"))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// failing gives an error again.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// A heldWriter keeps an answer back until it is released, where holds says so at its first byte; others go through.
type heldWriter struct {
	gin.ResponseWriter
	holds       func(*heldWriter) bool
	body        bytes.Buffer
	begun, held bool
}

func (w *heldWriter) Write(b []byte) (int, error) {
	if !w.begun {
		w.begun, w.held = true, w.holds(w)
	}
	if w.held {
		return w.body.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

func (w *heldWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// Written reports whether there is an answer, also one that is held.
func (w *heldWriter) Written() bool { return w.begun || w.ResponseWriter.Written() }

func (w *heldWriter) WriteHeaderNow() {
	if !w.begun {
		w.ResponseWriter.WriteHeaderNow()
	}
}

func (w *heldWriter) Flush() {
	if !w.held {
		w.ResponseWriter.Flush()
	}
}

// Unwrap lets http.ResponseController through.
func (w *heldWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// release sends what was held.
func (w *heldWriter) release() {
	if w.held {
		w.ResponseWriter.Write(w.body.Bytes()) // an error means that the caller has gone
	}
}
