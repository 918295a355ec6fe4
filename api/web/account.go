package web

import (
	"net/http"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A welcomePage lets somebody who was invited choose login and password.
type welcomePage struct {
	person
	Path  string // of the form
	Typed string // login
	Wrong string
	Gone  bool // the link opens nothing

	Provider string // by which people can sign in too; "": none
}

func (s *site) welcome(r request) (page, error) { return s.welcomePage(r, "", http.StatusOK) }

func (s *site) welcomePage(r request, wrong string, status int) (page, error) {
	p := page{Template: "welcome", Title: r.t("welcome.title"), Status: status, Private: true}
	a, err := s.svc.Welcome(r.PathValue("token"))
	if corpus.CodeOf(err) == corpus.NotFound {
		p.Status, p.Data = http.StatusNotFound, welcomePage{Gone: true}
		return p, nil
	}
	p.Data = welcomePage{person: r.person(a), Provider: s.provider(r), Path: api.WelcomePath + r.PathValue("token"), Typed: r.PostFormValue("login"), Wrong: wrong}
	return p, err
}

// takeInvitation sets login and password, and signs in.
func (s *site) takeInvitation(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, s.svc.Limits.Bytes(api.BodyForm))
	var token string
	var c api.Caller
	var err error
	same := r.PostFormValue("password") == r.PostFormValue("again")
	if same {
		token, c, err = s.svc.TakeInvitation(r.Context(), r.PathValue("token"), r.PostFormValue("login"), r.PostFormValue("password"), r.UserAgent())
		if err == nil {
			s.setSession(w, r, token)
			http.Redirect(w, r, s.url(goOnAs(c, r)), http.StatusSeeOther)
			return
		}
	}
	s.show(func(rq request) (page, error) {
		if !same {
			return s.welcomePage(rq, rq.t("people.wrong.again"), http.StatusUnprocessableEntity)
		}
		if corpus.CodeOf(err) == corpus.NotFound {
			return s.welcomePage(rq, "", http.StatusNotFound)
		}
		wrong, err := rq.wrong(err)
		if err != nil {
			return page{}, err
		}
		return s.welcomePage(rq, wrong, http.StatusUnprocessableEntity)
	})(w, r)
}

// An accountPage is what somebody signed in may do with the own account.
type accountPage struct {
	person
	Key           bool // signed in by a key
	Admin         bool
	Done, Wrong   string
	Sessions      []sessionRow
	SessionsEnded bool
	Told          *preferencesForm // nil of a key
	Posts         []link           // to what one sent in, and to what waits for one's review
}

type sessionRow struct {
	ID, Agent, Since, Last string
	This                   bool
}

func (s *site) account(r request) (page, error) {
	return s.accountPage(r, accountPage{}, http.StatusOK)
}

func (s *site) accountPage(r request, p accountPage, status int) (page, error) {
	me, err := s.svc.Me(r.Context(), r.caller)
	if err != nil {
		return page{}, err
	}
	sessions, err := s.svc.Sessions(r.Context(), r.caller)
	if err != nil {
		return page{}, err
	}
	if p.Told == nil {
		if p.Told, err = s.preferencesForm(r); err != nil {
			return page{}, err
		}
	}
	p.person, p.Key, p.Admin = r.person(me), r.caller.Account == "", r.caller.Admin
	for _, l := range []struct{ move, name, path string }{{"create", "review.mine", "/submissions"}, {string(market.Online), "review.title", "/review"}} {
		if r.caller.Allowed(market.Submissions, l.move) != market.None {
			p.Posts = append(p.Posts, link{Name: r.t(l.name), URL: s.url(l.path)})
		}
	}
	for _, m := range sessions {
		row := sessionRow{ID: m.ID, Agent: m.Agent, Since: r.moment(m.Created), This: m.This}
		if !m.LastUsed.IsZero() {
			row.Last = r.moment(m.LastUsed)
		}
		p.Sessions = append(p.Sessions, row)
	}
	return page{Template: "account", Title: r.t("account.title"), Nav: "account", Status: status, Data: p}, nil
}

func (s *site) changePassword(r request) (page, error) {
	if r.PostFormValue("password") != r.PostFormValue("again") {
		return s.accountPage(r, accountPage{Wrong: r.t("people.wrong.again")}, http.StatusUnprocessableEntity)
	}
	err := s.svc.ChangePassword(r.Context(), r.caller, s.svc.Proxies.Asker(r.Request), r.PostFormValue("now"), r.PostFormValue("password"))
	if corpus.CodeOf(err) == corpus.Unauthorized {
		return s.accountPage(r, accountPage{Wrong: r.t("people.wrong.now")}, http.StatusUnprocessableEntity)
	}
	if err == nil {
		return s.accountPage(r, accountPage{Done: r.t("account.changed")}, http.StatusOK)
	}
	wrong, err := r.wrong(err)
	if err != nil {
		return page{}, err
	}
	return s.accountPage(r, accountPage{Wrong: wrong}, http.StatusUnprocessableEntity)
}

func (s *site) endSession(r request) (page, error) {
	if err := s.svc.EndSession(r.Context(), r.caller, r.PostFormValue("id")); err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return page{}, err
	}
	return page{Redirect: "/account"}, nil
}

// An accountsPage is everybody who can sign in, and a form for one more.
type accountsPage struct {
	People        []person
	Roles         []param
	Link, LinkFor string // of an invitation just made
	Wrong         string
	Name, Org     string // as typed
	Role, Code    string
	Territory     string
	Import        *accountFile // what became of a file just given
}

func (s *site) accounts(r request) (page, error) {
	return s.accountsPage(r, accountsPage{}, http.StatusOK)
}

func (s *site) accountsPage(r request, p accountsPage, status int) (page, error) {
	all, err := s.svc.Accounts(r.Context(), r.caller)
	for _, a := range all {
		p.People = append(p.People, r.person(a))
	}
	p.Roles = r.roles()
	return page{Template: "accounts", Title: r.t("accounts.title"), Nav: "accounts", Status: status, Data: p}, err
}

func (s *site) invite(r request) (page, error) {
	name, role, org, code := r.PostFormValue("name"), r.PostFormValue("role"), r.PostFormValue("org"), r.PostFormValue("organisation")
	i, err := s.svc.InviteInto(r.Context(), r.caller, name, market.Role(role), org, code, r.PostFormValue("lead") != "", r.PostFormValue("territory"))
	if err == nil {
		return s.accountsPage(r, accountsPage{Link: s.whole(r, i.Link), LinkFor: i.Name}, http.StatusOK)
	}
	wrong, err := r.wrong(err)
	if err != nil {
		return page{}, err
	}
	return s.accountsPage(r, accountsPage{Wrong: wrong, Name: name, Org: org, Role: role, Code: code, Territory: r.PostFormValue("territory")}, http.StatusUnprocessableEntity)
}

// changeAccount makes a new link, puts an account into another organisation, gives a county another territory, or disables or
// enables it.
func (s *site) changeAccount(r request) (page, error) {
	id := r.PathValue("id")
	if r.PostFormValue("do") == "invite" {
		i, err := s.svc.InviteAgain(r.Context(), r.caller, id)
		if err != nil {
			return page{}, err
		}
		return s.accountsPage(r, accountsPage{Link: s.whole(r, i.Link), LinkFor: i.Name}, http.StatusOK)
	}
	if do := r.PostFormValue("do"); do == "move" || do == "territory" {
		code, lead := r.PostFormValue("organisation"), r.PostFormValue("lead") != ""
		change := api.AccountChange{Organisation: &code, Lead: &lead}
		if do == "territory" {
			change = api.AccountChange{Territory: []string{r.PostFormValue("territory")}}
		}
		_, err := s.svc.ChangeAccount(r.Context(), r.caller, id, change)
		if err == nil {
			return page{Redirect: "/accounts"}, nil
		}
		wrong, err := r.wrong(err)
		if err != nil {
			return page{}, err
		}
		return s.accountsPage(r, accountsPage{Wrong: wrong}, http.StatusUnprocessableEntity)
	}
	disabled := r.PostFormValue("do") == "disable"
	_, err := s.svc.ChangeAccount(r.Context(), r.caller, id, api.AccountChange{Disabled: &disabled})
	if corpus.CodeOf(err) == corpus.Conflict {
		return s.accountsPage(r, accountsPage{Wrong: r.t("accounts.own")}, http.StatusConflict)
	}
	return page{Redirect: "/accounts"}, err
}

// whole is a link with the address under which the page was asked for, where the server's own is not set.
func (s *site) whole(r request, link string) string {
	if !strings.HasPrefix(link, "/") {
		return link
	}
	scheme := "http"
	if secure(r.Request) {
		scheme = "https"
	}
	return scheme + "://" + r.Host + s.url(link)
}
