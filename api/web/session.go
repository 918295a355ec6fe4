package web

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

const (
	sessionCookie = api.SessionCookie
	sessionTime   = market.SessionTime
)

// caller returns who is signed in with a request; the zero Caller: nobody. Pages know nobody by a key in a header.
func (s *site) caller(r *http.Request) api.Caller {
	if c := api.CallerOf(r.Context()); c.Session != "" {
		return c
	}
	return api.Caller{}
}

// setSession sends the cookie of a session; "" takes it away.
func (s *site) setSession(w http.ResponseWriter, r *http.Request, token string) {
	age := int(sessionTime.Seconds())
	if token == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: token, Path: s.base + "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: secure(r)})
}

// secure reports whether a reader speaks TLS, to us or to a proxy.
func secure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// A signInPage asks for login and password, or for a key.
type signInPage struct {
	To    string // where to go on
	Login string
	ByKey bool   // what was wrong is the key
	Wrong string // what is wrong

	Provider   string // by which people can sign in; "": none
	ByProvider bool   // what was wrong is the way by it
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

// goOnAs is goOn for who may see it: imports are the admins'.
func goOnAs(c api.Caller, r *http.Request) string {
	to := goOn(r)
	if !c.Admin && (to == "/imports" || strings.HasPrefix(to, "/imports/")) {
		return "/account"
	}
	return to
}

func (s *site) signInForm(r request) (page, error) {
	if r.caller.Session != "" {
		return page{Redirect: goOnAs(r.caller, r.Request)}, nil
	}
	return page{Template: "signin", Title: r.t("signin.title"), Nav: "signin", Data: signInPage{To: goOn(r.Request), Provider: s.provider(r)}}, nil
}

// signIn begins a session. What was typed is in no log, and no secret of it in a page.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, s.svc.Limits.Bytes(api.BodyForm))
	err := r.ParseForm()
	in := api.SignIn{Login: r.PostFormValue("login"), Password: r.PostFormValue("password"), Key: strings.TrimSpace(r.PostFormValue("key")),
		Agent: r.UserAgent(), Asker: s.svc.Proxies.Asker(r)}
	var token string
	var c api.Caller
	if err != nil { // half a form signs nobody in, and the connection that it came by is given up
		err = corpus.Errorf(corpus.Unauthorized, "the form can't be read: %v", err)
	} else if token, c, err = s.svc.SignIn(r.Context(), in); err == nil {
		s.setSession(w, r, token)
		http.Redirect(w, r, s.url(goOnAs(c, r)), http.StatusSeeOther)
		return
	}
	word, status := "signin.wrong", http.StatusUnprocessableEntity
	if p, ok := errors.AsType[*api.Problem](err); ok && p.Status == http.StatusTooManyRequests {
		word, status = "signin.often", p.Status
		w.Header().Set("Retry-After", "60")
	} else if corpus.CodeOf(err) != corpus.Unauthorized {
		s.show(func(request) (page, error) { return page{}, err })(w, r)
		return
	}
	s.show(func(rq request) (page, error) {
		return page{Template: "signin", Status: status, Title: rq.t("signin.title"), Nav: "signin",
			Data: signInPage{To: goOn(r), Provider: s.provider(rq), Login: in.Login, ByKey: in.Key != "", Wrong: rq.t(word)}}, nil
	})(w, r)
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	if c := s.caller(r); c.Session != "" {
		if err := s.svc.EndSession(r.Context(), c, c.Session); err != nil && corpus.CodeOf(err) != corpus.NotFound {
			s.show(func(request) (page, error) { return page{}, err })(w, r)
			return
		}
	}
	s.setSession(w, r, "")
	http.Redirect(w, r, s.url("/"), http.StatusSeeOther)
}

// signedIn shows a view to the signed in. Others are asked to sign in and come back.
func (s *site) signedIn(v view) view {
	admins := s.with("documents", "update", v)
	return func(r request) (page, error) {
		switch {
		case r.caller.Session != "":
			return admins(r)
		case r.Method != http.MethodGet:
			return s.kept(r)
		}
		return page{Redirect: "/signin?to=" + strings.ReplaceAll(url.QueryEscape(r.URL.RequestURI()), "%2F", "/"), Private: true}, nil
	}
}
