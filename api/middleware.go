package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Handler serves the API over TCP, where callers show keys. Paths that are not the API's go to pages, which may be nil.
// Both get request ids, the access log, recovery from panics and the Caller in the request's context.
func Handler(s *Service, pages http.Handler) http.Handler {
	s.requests = newLimiter(s.Limits, s.Proxies)
	return compressing(around(s, pages, s.Limits.Time(TimeStream), func(h http.Header, r *http.Request) (Caller, error) {
		c, err := s.identify(r)
		return c, cmp.Or(s.requests.admits(h, r, c), err)
	}))
}

// AdminHandler serves the API over the socket in the data folder: whoever may open that is the admin, and may read as
// slowly as a person does.
func AdminHandler(s *Service) http.Handler {
	return around(s, nil, 0, func(http.Header, *http.Request) (Caller, error) {
		return Caller{Name: "socket", Role: market.Admin, Admin: true}, nil
	})
}

// around gives each piece of an answer so much time to be taken, 0 being any.
func around(s *Service, pages http.Handler, patience time.Duration, identify func(http.Header, *http.Request) (Caller, error)) http.Handler {
	routes, _ := newAPI(s)
	cross := newCORS(s)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ctx := withLang(context.WithValue(r.Context(), requestIDKey{}, requestID(r)), r)
		var pattern string
		ctx = context.WithValue(ctx, patternKey{}, &pattern)
		ctx = context.WithValue(ctx, askerKey{}, s.Proxies.Asker(r))
		control := http.NewResponseController(w)
		rec := &recorder{ResponseWriter: w, control: control, patience: patience}
		defer rec.wait() // for what is sent when this has ended
		caller := Caller{Name: "unknown"}
		defer func() {
			if cause := recover(); cause != nil {
				if cause == http.ErrAbortHandler {
					panic(cause)
				}
				s.Log.ErrorContext(ctx, "panic", "cause", cause, "stack", string(debug.Stack()))
				if rec.status != 0 {
					panic(http.ErrAbortHandler) // half an answer is sent: break it off so that it is not taken for whole
				}
				writeProblem(rec, newProblem(ctx, corpus.Internal, "the server could not do this", fixes[corpus.Internal]))
			}
			s.Metrics.answered(pattern, r.Method, rec.status, time.Since(start))
			s.Log.InfoContext(ctx, "request", "method", r.Method, "path", loggedPath(r.URL.Path), "status", rec.status, "bytes", rec.bytes,
				"ms", time.Since(start).Milliseconds(), "caller", caller.Name)
		}()
		h := rec.Header()
		h.Set("X-Request-Id", RequestID(ctx))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		if ours(r.URL.Path) {
			h.Set("Cache-Control", "no-store") // answers differ by key
			h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
			if cross.HandlerFunc(rec, r); rec.status != 0 { // a browser asked whether it may ask
				return
			}
		}
		var err error
		if caller, err = identify(h, r.WithContext(ctx)); err != nil {
			writeProblem(rec, problemOf(ctx, s.Log, err))
			return
		}
		inner := r.WithContext(WithCaller(ctx, caller))
		if caller.Site != nil {
			inner = withoutSiteKey(inner)
		}
		if pages != nil && !ours(r.URL.Path) {
			inner.Body = &timedBody{ReadCloser: r.Body, control: control, within: s.Limits.Time(TimeBody)}
			pages.ServeHTTP(rec, inner)
			_, path, _ := strings.Cut(inner.Pattern, "/") // http.ServeMux says "GET /needs/{id}"
			setPattern(ctx, "/"+path)
			return
		}
		if r.Method == http.MethodHead {
			inner.Method = http.MethodGet // net/http drops the body
		}
		routes.ServeHTTP(rec, inner)
	})
}

// ours reports whether a path is the API's.
func ours(path string) bool {
	switch path {
	case "/v1", "/openapi.json", "/livez", "/readyz":
		return true
	}
	return strings.HasPrefix(path, "/v1/")
}

// loggedPath leaves out the secret of a link.
func loggedPath(path string) string {
	if to := SecretPath(path); to != "" {
		return to
	}
	return path
}

// SecretPath returns what stands before the secret in a path that holds one, "" for others.
func SecretPath(path string) string {
	for _, to := range []string{ConfirmPath, WelcomePath, SubscribePath, UnsubscribePath, SheetPath} {
		if strings.HasPrefix(path, to) {
			return to
		}
	}
	return ""
}

// identify finds out who asks: by the Authorization header, or else by a site key, or else by the
// cookie of a session.
func (s *Service) identify(r *http.Request) (Caller, error) {
	header := r.Header.Get("Authorization")
	if key := siteKey(r); header == "" && key != "" && ours(r.URL.Path) {
		return s.identifySite(r, key)
	}
	if header == "" {
		if c, err := r.Cookie(SessionCookie); err == nil {
			return s.identifySession(r, c.Value)
		}
		return CallerOf(context.Background()), nil
	}
	scheme, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		e := corpus.Errorf(corpus.Unauthorized, "the Authorization header is not of the form Bearer KEY")
		e.Fix = "send Authorization: Bearer dj_..."
		return Caller{Name: "unknown"}, e
	}
	k, err := market.KeyOf(s.Store, strings.TrimSpace(secret), s.now())
	if err != nil {
		return Caller{Name: "unknown"}, err
	}
	s.used(market.Keys, k.ID)
	return s.member(Caller{Name: "key:" + k.ID, Role: k.Role, Key: true, Admin: k.Role == market.Admin, Territory: k.Territory}, k.Organisation, false)
}

type requestIDKey struct{}

var plainRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// requestID takes the caller's X-Request-Id where it is harmless in a log, else makes one.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); plainRequestID.MatchString(id) {
		return id
	}
	b := make([]byte, 8)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// RequestID returns the id under which the request of this context is logged, "" outside one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

type askerKey struct{}

// askerOf names the address from which the request of this context came, as Proxies.Asker does; "" outside one.
func askerOf(ctx context.Context) string {
	asker, _ := ctx.Value(askerKey{}).(string)
	return asker
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	if p.wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.wait))
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="duijie"`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) // an error means that the caller has gone
}

// A recorder remembers what was answered, for the log, and cuts off who takes no more of it for longer than patience.
type recorder struct {
	http.ResponseWriter
	control       *http.ResponseController
	patience      time.Duration // 0: any
	status, bytes int
}

// wait begins the time for what is written next.
func (r *recorder) wait() {
	if r.patience > 0 {
		r.control.SetWriteDeadline(time.Now().Add(r.patience)) // an error means that there is no connection to wait for
	}
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
		if h := r.Header(); (status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests) && h.Get("Retry-After") == "" {
			h.Set("Retry-After", "5")
		}
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	r.wait()
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// Flush is what gin asks of its writer.
func (r *recorder) Flush() {
	r.wait()
	http.NewResponseController(r.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController through.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
