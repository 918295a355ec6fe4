package web

import (
	"net/http"
	"net/url"

	"duijie/api"
	"duijie/corpus"
)

// oidcCookie holds, while somebody signs in at the provider, an api.OIDCTicket and where to go on. It is not strict as that of
// the session: the provider's page leads back to us.
const (
	oidcCookie = "duijie_oidc"
	oidcPath   = "/signin/oidc"
)

func (s *site) setOIDC(w http.ResponseWriter, r *http.Request, value string) {
	age := int(api.OIDCTime.Seconds())
	if value == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{Name: oidcCookie, Value: value, Path: s.base + oidcPath, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: secure(r)})
}

// beginOIDC leads to the provider: from the sign-in page, or from the link of an invitation, which is of who comes back.
func (s *site) beginOIDC(w http.ResponseWriter, r *http.Request) {
	address, ticket, err := s.svc.BeginOIDC(r.Context(), r.PathValue("token"))
	if err != nil {
		s.show(s.oidcFailed(err))(w, r)
		return
	}
	s.setOIDC(w, r, url.Values{"ticket": {ticket.String()}, "to": {r.URL.Query().Get("to")}}.Encode())
	w.Header().Set("Cache-Control", "no-store")
	hideSecret(w.Header(), r.URL.Path)
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// endOIDC signs in who comes back from the provider. The browser sends the session's cookie, which is strict, only where our
// own page leads on, so that this one does.
func (s *site) endOIDC(w http.ResponseWriter, r *http.Request) {
	kept := url.Values{}
	if c, err := r.Cookie(oidcCookie); err == nil {
		kept, _ = url.ParseQuery(c.Value)
	}
	s.setOIDC(w, r, "")
	q := r.URL.Query()
	token, c, err := s.svc.EndOIDC(r.Context(), api.ParseOIDCTicket(kept.Get("ticket")), q.Get("state"), q.Get("code"), r.UserAgent())
	if err != nil {
		s.show(s.oidcFailed(err))(w, r)
		return
	}
	s.setSession(w, r, token)
	to := goOnAs(c, &http.Request{URL: &url.URL{RawQuery: url.Values{"to": {kept.Get("to")}}.Encode()}})
	s.show(func(rq request) (page, error) {
		return page{Template: "signedin", Title: rq.t("signedin.title"), Private: true, Goes: to, Data: to}, nil
	})(w, r)
}

// oidcFailed is the sign-in page with what went wrong.
func (s *site) oidcFailed(err error) view {
	return func(r request) (page, error) {
		word, status := "signin.oidc.wrong", http.StatusUnprocessableEntity
		switch corpus.CodeOf(err) {
		case corpus.Unauthorized:
		case corpus.Conflict:
			word, status = "signin.oidc.other", http.StatusConflict
		case corpus.Unavailable:
			word, status = "signin.oidc.silent", http.StatusServiceUnavailable
		default:
			return page{}, err
		}
		return page{Template: "signin", Status: status, Title: r.t("signin.title"), Nav: "signin", Private: true,
			Data: signInPage{To: "/account", Provider: s.provider(r), ByProvider: true, Wrong: r.t(word)}}, nil
	}
}

// provider is what people call the provider, "" where there is none.
func (s *site) provider(r request) string {
	switch o := s.svc.OIDC; {
	case o == nil:
		return ""
	case o.Name == "":
		return r.t("signin.oidc.name")
	default:
		return o.Name
	}
}
