package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A keysPage is all keys, and forms for more.
type keysPage struct {
	Keys                    []keyRow
	Sites                   []siteRow
	Roles                   []param
	Secret, SecretOf        string // of a key just made, shown this once unless it is one of a site
	OfSite                  bool
	Wrong, WrongSite        string
	Name, Role, Expires     string // as typed
	SiteName, Origins       string
	Kinds                   []corpus.Kind
	Fields, Regions, Minute string
}

// Reads reports whether the form for a site key has a kind ticked.
func (p keysPage) Reads(k corpus.Kind) bool { return slices.Contains(p.Kinds, k) }

type keyRow struct{ ID, Name, Role, Created, Last, Expires, Old string }

type siteRow struct{ ID, Name, Key, Origins, Reads, Rate, Last, Expires string }

func (s *site) keys(r request) (page, error) { return s.keysPage(r, keysPage{}, http.StatusOK) }

func (s *site) keysPage(r request, p keysPage, status int) (page, error) {
	keys, err := s.svc.Keys(r.Context(), r.caller)
	if err != nil {
		return page{}, err
	}
	sites, err := s.svc.SiteKeys(r.Context(), r.caller)
	if err != nil {
		return page{}, err
	}
	for _, k := range keys {
		row := keyRow{k.ID, k.Name, r.t("role." + string(k.Role)), r.moment(k.Created), r.momentOr(k.LastUsed, "people.never"), r.momentOr(k.Expires, "keys.always"), ""}
		if !k.OldUntil.IsZero() {
			row.Old = r.moment(k.OldUntil)
		}
		p.Keys = append(p.Keys, row)
	}
	for _, k := range sites {
		reads := slices.Concat(k.Fields, k.Regions)
		for _, kind := range k.Kinds {
			reads = append(reads, corpus.Label(kind, r.lang))
		}
		row := siteRow{k.ID, k.Name, k.Key, strings.Join(k.Origins, " "), strings.Join(reads, r.t("and")), count(k.PerMinute), r.momentOr(k.LastUsed, "people.never"), r.momentOr(k.Expires, "keys.always")}
		if len(reads) == 0 {
			row.Reads = r.t("keys.all")
		}
		p.Sites = append(p.Sites, row)
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
	p := keysPage{Name: r.PostFormValue("name"), Role: r.PostFormValue("role"), Expires: r.PostFormValue("expires")}
	until, err := lastDay(p.Expires)
	if err == nil {
		k, e := s.svc.CreateKey(r.Context(), r.caller, p.Name, market.Role(p.Role), until)
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

func (s *site) makeSiteKey(r request) (page, error) {
	p := keysPage{SiteName: r.PostFormValue("name"), Origins: r.PostFormValue("origins"), Expires: "",
		Fields: r.PostFormValue("fields"), Regions: r.PostFormValue("regions"), Minute: r.PostFormValue("per_minute")}
	for _, k := range r.PostForm["kind"] {
		p.Kinds = append(p.Kinds, corpus.Kind(k))
	}
	list := func(s string) []string {
		return strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(" ,，、\r\n\t", c) })
	}
	rate, err := strconv.Atoi(strings.TrimSpace(p.Minute))
	if err != nil {
		rate = -1 // said of it with the rest
	}
	k, err := s.svc.CreateSiteKey(r.Context(), r.caller, market.SiteKey{Name: p.SiteName, Origins: list(p.Origins), Kinds: p.Kinds,
		Fields: list(p.Fields), Regions: list(p.Regions), PerMinute: rate})
	if err == nil {
		return s.keysPage(r, keysPage{Secret: k.Key, SecretOf: k.Name, OfSite: true}, http.StatusOK)
	}
	if p.WrongSite, err = r.wrong(err); err != nil {
		return page{}, err
	}
	return s.keysPage(r, p, http.StatusUnprocessableEntity)
}

func (s *site) deleteSiteKey(r request) (page, error) {
	return page{Redirect: "/keys"}, s.svc.DeleteSiteKey(r.Context(), r.caller, r.PathValue("id"))
}
