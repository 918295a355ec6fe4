package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A keysPage is all keys, and forms for more.
type keysPage struct {
	Keys                []keyRow
	Sites               []siteRow
	Roles               []param
	Secret, SecretOf    string // of a key just made, shown this once unless it is one of a site
	OfSite              bool
	Done                string // what was done right before
	Wrong               string
	Name, Role, Expires string // as typed
	Territory           string
	Site                siteForm
}

type keyRow struct{ ID, Name, Role, Created, Last, Expires, Old, Territory string }

// keys shows all keys, and the form filled with a site key that the address names.
func (s *site) keys(r request) (page, error) {
	p := keysPage{}
	if id := r.FormValue("site"); id != "" {
		k, err := s.siteKey(r, id)
		if err != nil {
			return page{}, err
		}
		p.Site = formOf(k.SiteKey)
		p.Site.Version = strconv.FormatUint(k.Version, 10)
	}
	if r.FormValue("changed") != "" {
		p.Done = r.t("keys.sites.changed")
	}
	return s.keysPage(r, p, http.StatusOK)
}

func (s *site) keysPage(r request, p keysPage, status int) (page, error) {
	keys, err := s.svc.Keys(r.Context(), r.caller)
	if err != nil {
		return page{}, err
	}
	if p.Sites, err = s.siteRows(r); err != nil {
		return page{}, err
	}
	for _, k := range keys {
		row := keyRow{k.ID, k.Name, r.t("role." + string(k.Role)), r.moment(k.Created), r.momentOr(k.LastUsed, "people.never"), r.momentOr(k.Expires, "keys.always"), "", strings.Join(regionNames(k.Territory), "、")}
		if !k.OldUntil.IsZero() {
			row.Old = r.moment(k.OldUntil)
		}
		p.Keys = append(p.Keys, row)
	}
	p.Roles = r.roles()
	return page{Template: "keys", Title: r.t("keys.title"), Nav: "keys", Status: status, Data: p}, nil
}

func (r request) momentOr(t time.Time, key string) string {
	if t.IsZero() {
		return r.t(key)
	}
	return r.moment(t)
}

// lastDay reads the day on which a key works last; none: always.
func lastDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	d := corpus.Date(s)
	if len(s) != len("2006-01-02") || !d.Valid() {
		e := corpus.Errorf(corpus.Invalid, "%q is no day", s)
		e.Field = "expires"
		return time.Time{}, e
	}
	return d.Last().AddDate(0, 0, 1), nil
}

func (s *site) makeKey(r request) (page, error) {
	p := keysPage{Name: r.PostFormValue("name"), Role: r.PostFormValue("role"), Expires: r.PostFormValue("expires"), Territory: r.PostFormValue("territory")}
	until, err := lastDay(p.Expires)
	if err == nil {
		k, e := s.svc.CreateKey(r.Context(), r.caller, p.Name, market.Role(p.Role), until, p.Territory)
		if err = e; err == nil {
			return s.keysPage(r, keysPage{Secret: k.Key, SecretOf: k.Name}, http.StatusOK)
		}
	}
	if p.Wrong, err = r.wrong(err); err != nil {
		return page{}, err
	}
	return s.keysPage(r, p, http.StatusUnprocessableEntity)
}

// changeKey gives a key another secret, which the old one outlives by a day, or removes it.
func (s *site) changeKey(r request) (page, error) {
	id := r.PathValue("id")
	if r.PostFormValue("do") == "rotate" {
		k, err := s.svc.RotateKey(r.Context(), r.caller, id, 24*time.Hour)
		if err != nil {
			return page{}, err
		}
		return s.keysPage(r, keysPage{Secret: k.Key, SecretOf: k.Name}, http.StatusOK)
	}
	return page{Redirect: "/keys"}, s.svc.DeleteKey(r.Context(), r.caller, id)
}
