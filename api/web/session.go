package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

const (
	sessionCookie = "duijie_session"
	sessionTime   = 12 * time.Hour
	// maxTries is how many wrong keys an address may try in triesTime.
	maxTries  = 10
	triesTime = time.Minute
	// maxAddresses bounds the addresses whose tries are counted.
	maxAddresses = 10_000
)

// sessions are who is signed in; they end with the program. Only pages take them: /v1 wants a key with each request.
type sessions struct {
	sync.Mutex
	byHash map[[sha256.Size]byte]session // of the token in the cookie
	tries  map[string]tries              // by remote address
}

type session struct {
	key   market.Key
	until time.Time
}

// tries are wrong keys since a time.
type tries struct {
	n     int
	since time.Time
}

// begin returns the token of a new session.
func (ss *sessions) begin(k market.Key, now time.Time) string {
	token := make([]byte, 32)
	rand.Read(token) // never fails
	ss.Lock()
	defer ss.Unlock()
	for hash, s := range ss.byHash {
		if !now.Before(s.until) {
			delete(ss.byHash, hash)
		}
	}
	text := base64.RawURLEncoding.EncodeToString(token)
	ss.byHash[sha256.Sum256([]byte(text))] = session{k, now.Add(sessionTime)}
	return text
}

func (ss *sessions) of(token string, now time.Time) (session, bool) {
	ss.Lock()
	defer ss.Unlock()
	s, ok := ss.byHash[sha256.Sum256([]byte(token))]
	return s, ok && now.Before(s.until)
}

func (ss *sessions) end(token string) {
	ss.Lock()
	defer ss.Unlock()
	delete(ss.byHash, sha256.Sum256([]byte(token)))
}

// wrong counts a wrong key, and blocked says whether an address has to wait.
func (ss *sessions) wrong(address string, now time.Time) {
	ss.Lock()
	defer ss.Unlock()
	if len(ss.tries) >= maxAddresses {
		clear(ss.tries)
	}
	t := ss.tries[address]
	if now.Sub(t.since) >= triesTime {
		t = tries{since: now}
	}
	t.n++
	ss.tries[address] = t
}

func (ss *sessions) blocked(address string, now time.Time) bool {
	ss.Lock()
	defer ss.Unlock()
	t := ss.tries[address]
	return t.n >= maxTries && now.Sub(t.since) < triesTime
}

// caller returns who is signed in with a request; the zero Caller: nobody.
func (s *site) caller(r *http.Request) api.Caller {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return api.Caller{}
	}
	in, ok := s.sessions.of(c.Value, s.now())
	if !ok {
		return api.Caller{}
	}
	caller, err := s.svc.SignedIn(in.key)
	if err != nil {
		if corpus.CodeOf(err) != corpus.Unauthorized {
			s.svc.Log.ErrorContext(r.Context(), "a session can't be checked", "error", err)
		}
		return api.Caller{}
	}
	return caller
}

// setSession sends the cookie of a session; "" takes it away.
func (s *site) setSession(w http.ResponseWriter, r *http.Request, token string) {
	age := int(sessionTime.Seconds())
	if token == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: token, Path: s.base + "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")})
}

// A signInPage asks for a key.
type signInPage struct {
	To    string // where to go on
	Wrong string // what is wrong
}

// goOn is the page of ours that a request was sent away from.
func goOn(r *http.Request) string {
	to, err := url.Parse(r.URL.Query().Get("to"))
	if err != nil || to.IsAbs() || to.Host != "" || to.User != nil || !strings.HasPrefix(to.Path, "/") || to.Path == "/signin" {
		return "/imports"
	}
	// Cleaning keeps a path of two slashes from becoming an address on another host, and escaping one of backslashes.
	return (&url.URL{Path: path.Clean(to.Path), RawQuery: to.RawQuery}).String()
}

func (s *site) signInForm(r request) (page, error) {
	if r.caller.Admin {
		return page{Redirect: goOn(r.Request)}, nil
	}
	return page{Template: "signin", Title: r.t("signin.title"), Nav: "signin", Data: signInPage{To: goOn(r.Request)}}, nil
}

// signIn begins a session with an admin's key. The key is in no log and no page.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, key string) {
		s.show(func(rq request) (page, error) {
			return page{Template: "signin", Status: status, Title: rq.t("signin.title"), Nav: "signin", Data: signInPage{goOn(r), rq.t(key)}}, nil
		})(w, r)
	}
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSignIn)
	k, err := s.svc.SignIn(strings.TrimSpace(r.PostFormValue("key")))
	switch {
	// A right key is let in all the same: behind a proxy all people share an address, and keys are too long to be guessed.
	case corpus.CodeOf(err) == corpus.Unauthorized && s.sessions.blocked(address, s.now()):
		w.Header().Set("Retry-After", "60")
		refuse(http.StatusTooManyRequests, "signin.often")
	case corpus.CodeOf(err) == corpus.Unauthorized:
		s.sessions.wrong(address, s.now())
		refuse(http.StatusUnprocessableEntity, "signin.wrong")
	case err != nil:
		s.show(func(request) (page, error) { return page{}, err })(w, r)
	default:
		s.setSession(w, r, s.sessions.begin(k, s.now()))
		http.Redirect(w, r, s.url(goOn(r)), http.StatusSeeOther)
	}
}

// maxSignIn bounds the bytes of a form that holds a key.
const maxSignIn = 4096

func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		s.sessions.end(c.Value)
	}
	s.setSession(w, r, "")
	http.Redirect(w, r, s.url("/"), http.StatusSeeOther)
}

// signedIn shows a view to the signed in. Others are asked to sign in and come back.
func (s *site) signedIn(v view) view {
	return func(r request) (page, error) {
		if !r.caller.Admin {
			if r.Method != http.MethodGet {
				return s.kept(r)
			}
			return page{Redirect: "/signin?to=" + strings.ReplaceAll(url.QueryEscape(r.URL.RequestURI()), "%2F", "/"), Private: true}, nil
		}
		p, err := v(r)
		p.Private = true
		return p, err
	}
}
