package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"time"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A request is one request with the language of its answer, and who is signed in.
type request struct {
	*http.Request
	*templates
	caller api.Caller // zero: nobody
}

// A view computes a page. What it returns as an error is shown as a page that helps.
type view func(r request) (page, error)

// show is the one adapter from views to HTTP. Who has not signed in may have an answer that takes as long as api.TimeRead.
func (s *site) show(v view) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.caller(r).Session == "" {
			ctx, done := s.svc.Limits.Within(r.Context(), api.TimeRead)
			defer done()
			r = r.WithContext(ctx)
		}
		lang, switched := s.language(w, r)
		if switched && r.Method != http.MethodPost {
			q := r.URL.Query()
			q.Del("lang")
			// Cleaning keeps a path of two slashes from becoming an address on another host.
			to := url.URL{Path: s.base + path.Clean("/"+r.URL.Path), RawQuery: q.Encode()}
			http.Redirect(w, r, to.String(), http.StatusSeeOther)
			return
		}
		rq := request{r, s.templates[lang], s.caller(r)}
		p, err := s.answer(rq, v)
		if moved, ok := errors.AsType[*corpus.MovedError](err); ok { // the merge may be taken back: browsers ask again
			w.Header().Set("Cache-Control", "no-cache")
			http.Redirect(w, r, s.docURL(moved.Kind, moved.Into), http.StatusMovedPermanently)
			return
		}
		if err != nil {
			p = s.failed(rq, err)
		}
		if p.Redirect != "" {
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, s.url(p.Redirect), http.StatusSeeOther)
			return
		}
		if p.Switch == "" {
			q := r.URL.Query()
			q.Set("lang", rq.t("other.code"))
			p.Switch = s.url((&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).String())
		}
		p.Foot = s.foot.lines(rq, s)
		p.Version, p.SignedIn, p.Known = s.svc.Version, rq.caller.Admin, rq.caller.Session != ""
		p.Inbox = rq.caller.Account != ""
		if p.Unread, err = s.svc.Unread(rq.caller); err != nil {
			s.svc.Log.ErrorContext(r.Context(), "messages can't be counted", "error", err)
		}
		p.Desk = p.Known && rq.caller.Role == market.Broker
		p.Reviews = p.Known && rq.caller.Role == market.Reviewer
		var body bytes.Buffer
		if err := rq.render(&body, p); err != nil {
			s.svc.Log.ErrorContext(r.Context(), "page failed", "template", p.Template, "error", err)
			http.Error(w, rq.t("error.500.title"), http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Language", rq.t("html.lang"))
		h.Set("Vary", "Cookie")
		h.Set("Cache-Control", "no-cache")
		if r.Method == http.MethodPost || p.Private {
			h.Set("Cache-Control", "no-store")
		}
		hideSecret(h, r.URL.Path)
		w.WriteHeader(max(p.Status, http.StatusOK))
		w.Write(body.Bytes()) // a reader who left needs no answer
	}
}

// showForm is show for forms that hold rows of a file.
func (s *site) showForm(v view) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		limit := int64(maxKept)
		if s.caller(r).Admin {
			api.Allow(r, s.svc.Limits.Time(api.TimeUpload))
			limit = s.svc.Limits.Bytes(api.BodyTable)
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		err := r.ParseForm()
		s.show(func(rq request) (page, error) {
			if err == nil {
				return v(rq)
			}
			s.svc.Log.WarnContext(r.Context(), "a form can't be read", "error", err)
			p := s.failed(rq, corpus.Errorf(corpus.TooLarge, "the form can't be read"))
			e := p.Data.(errorPage)
			e.Heading, e.Text = rq.t("error.form.title"), rq.t("error.form.text")
			p.Title, p.Data = e.Heading, e
			return p, nil
		})(w, r)
	}
}

// answer runs a view and turns a panic into an error, so that its reader still gets a page.
func (s *site) answer(r request, v view) (p page, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return v(r)
}

// language returns the language of the answer, and whether this request chose it anew, which sets the cookie.
func (s *site) language(w http.ResponseWriter, r *http.Request) (lang string, switched bool) {
	chosen := r.URL.Query().Get("lang")
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, s.svc.Limits.Bytes(api.BodyForm))
		if err := r.ParseForm(); err != nil && len(r.PostForm) == 0 {
			r.Form, r.PostForm = nil, nil // the view reads it too, meets the same error and reports it
		} else {
			chosen = r.PostFormValue("lang")
		}
	}
	if s.templates[chosen] != nil {
		http.SetCookie(w, &http.Cookie{Name: "lang", Value: chosen, Path: s.base + "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
			HttpOnly: true, SameSite: http.SameSiteLaxMode})
		return chosen, true
	}
	if c, err := r.Cookie("lang"); err == nil && s.templates[c.Value] != nil {
		return c.Value, false
	}
	return s.lang, false
}
