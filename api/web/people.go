package web

import (
	"cmp"
	"errors"
	"net/http"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// peoplePages are those on who may do what, by pattern; each asks for a right.
func (s *site) peoplePages() map[string]view {
	return map[string]view{
		"GET /welcome/{token}": s.welcome,
		"GET /account":         s.with(market.Accounts, "read", s.account),
		"GET /accounts":        s.with(market.Accounts, "list", s.accounts),
		"GET /keys":            s.with(market.Keys, "list", s.keys),
		"GET /deliveries":      s.with("deliveries", "list", s.deliveries),
		"GET /messages":        s.with("messages", "list", s.messages),
	}
}

// peopleForms are what their forms do.
func (s *site) peopleForms() map[string]view {
	return map[string]view{
		"POST /account":         s.with(market.Accounts, "password", s.changePassword),
		"POST /account/end":     s.with(market.Sessions, "delete", s.endSession),
		"POST /accounts":        s.with(market.Accounts, "create", s.invite),
		"POST /accounts/{id}":   s.with(market.Accounts, "update", s.changeAccount),
		"POST /keys":            s.with(market.Keys, "create", s.makeKey),
		"POST /keys/{id}":       s.with(market.Keys, "delete", s.changeKey),
		"POST /sitekeys":        s.with(market.SiteKeys, "create", s.makeSiteKey),
		"POST /sitekeys/{id}":   s.with(market.SiteKeys, "update", s.changeSiteKey),
		"POST /account/told":    s.with(market.Preferences, "update", s.setPreferences),
		"POST /account/confirm": s.with(market.Preferences, "update", s.confirmAddress),
		"POST /messages":        s.with("messages", "read", s.readMessages),
		"POST /messages/{id}":   s.with("messages", "read", s.openMessage),
		"POST /deliveries":      s.with("deliveries", "resend", s.resendAll),
		"POST /deliveries/{id}": s.with("deliveries", "resend", s.resend),
	}
}

// with shows a view to the signed in who may make a move. Others are asked to sign in, or told what is missing.
func (s *site) with(record, move string, v view) view {
	return func(r request) (p page, err error) {
		switch {
		case r.caller.Session == "":
			to := r.URL.Path
			if r.Method != http.MethodGet {
				to = "/account"
			}
			return page{Redirect: "/signin?to=" + to}, nil
		case r.caller.Allowed(record, move) == market.None:
			p = s.failed(r, corpus.Errorf(corpus.Forbidden, "the role %s may not %s %s", r.caller.Role, move, record))
			e := p.Data.(errorPage)
			e.Text = r.t("error.right.text", r.t("role."+string(r.caller.Role)))
			p.Data = e
		default:
			p, err = v(r)
		}
		p.Private = true
		return p, err
	}
}

// wrong is the sentence for what somebody typed wrongly; err remains where it is something else.
func (r request) wrong(err error) (string, error) {
	if p, ok := errors.AsType[*api.Problem](err); ok && p.Status == http.StatusTooManyRequests {
		return r.t("signin.often"), nil
	}
	e, ok := errors.AsType[*corpus.Error](err)
	if !ok || e.Code == corpus.Internal || e.Code == corpus.NotFound {
		return "", err
	}
	key := "people.wrong." + e.Field
	if e.Code == corpus.Conflict {
		key = "people.conflict." + e.Field
	}
	if text := r.t(key); text != key {
		return text, nil
	}
	return "", err
}

// A person is an account as its page shows it.
type person struct {
	ID, Name, Login, Role, Org, Last, State string
	Organisation                            string // id
	County                                  bool
	Territory                               []string // of a county: names of its regions
	Lead, Disabled                          bool
}

func (r request) person(a api.AccountInfo) person {
	p := person{ID: a.ID, Name: a.Name, Login: a.Login, Role: r.t("role." + string(a.Role)), Org: cmp.Or(a.OrganisationName, a.Org), Organisation: a.Organisation, Lead: a.Lead, Disabled: a.Disabled, Last: r.t("people.never")}
	p.County = a.Role == market.County
	p.Territory = regionNames(a.Territory)
	if !a.LastSignIn.IsZero() {
		p.Last = r.moment(a.LastSignIn)
	}
	switch {
	case a.Disabled:
		p.State = r.t("people.disabled")
	case !a.InvitedUntil.IsZero():
		p.State = r.t("people.invited", r.moment(a.InvitedUntil))
	case a.Login == "":
		p.State = r.t("people.late")
	}
	return p
}

// regionNames are the names of codes of GB/T 2260, which Territory takes too.
func regionNames(codes []string) (names []string) {
	for _, code := range codes {
		names = append(names, cmp.Or(corpus.RegionPath(code), code))
	}
	return names
}

// roles are the roles that can be given, with their names and what they may do; the mightiest last.
func (r request) roles() (out []param) {
	for i := len(market.Roles) - 1; i >= 0; i-- {
		role := string(market.Roles[i])
		out = append(out, param{role, r.t("role."+role) + r.t("colon") + r.t("role.hint."+role)})
	}
	return out
}
