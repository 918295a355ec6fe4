package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

type siteRow struct {
	ID, Name, Key, Origins, Reads, Rate, Last, Expires string
	Edit                                               string // address of the form
	Snippet                                            string // for a page of the site
}

// A siteForm is what was typed into the form for a site key.
type siteForm struct {
	ID                      string // of the key that is changed; "" for a new one
	Version                 string // that the form was filled from, or that somebody else has made since
	Name, Origins           string
	Kinds                   []corpus.Kind
	Fields, Regions, Minute string
	Expires                 string
	Wrong, WrongAt          string   // what is wrong, and with which input
	Now                     *siteRow // what the key says, where somebody else has changed it
}

// Reads reports whether the form has a kind ticked.
func (f siteForm) Reads(k corpus.Kind) bool { return slices.Contains(f.Kinds, k) }

// Bad reports whether an input is wrong.
func (f siteForm) Bad(input string) bool { return f.WrongAt == input }

func (s *site) siteRows(r request) (rows []siteRow, err error) {
	keys, err := s.svc.SiteKeys(r.Context(), r.caller)
	home := s.ownAddress(r)
	for _, k := range keys {
		reads := slices.Concat(k.Fields, k.Regions)
		for _, kind := range k.Kinds {
			reads = append(reads, corpus.Label(kind, r.lang))
		}
		script, _ := s.snippet(r, home, k.Key)
		row := siteRow{ID: k.ID, Name: k.Name, Key: k.Key, Origins: strings.Join(k.Origins, " "), Reads: strings.Join(reads, r.t("and")), Rate: count(k.PerMinute),
			Last: r.momentOr(k.LastUsed, "people.never"), Expires: r.momentOr(k.Expires, "keys.always"), Snippet: script,
			Edit: s.url(withQuery("/keys", url.Values{"site": {k.ID}})) + "#site-form"}
		if len(reads) == 0 {
			row.Reads = r.t("keys.all")
		}
		rows = append(rows, row)
	}
	return rows, err
}

// siteKey is a site key by its id.
func (s *site) siteKey(r request, id string) (api.SiteKeyInfo, error) {
	keys, err := s.svc.SiteKeys(r.Context(), r.caller)
	if err != nil {
		return api.SiteKeyInfo{}, err
	}
	for _, k := range keys {
		if k.ID == id {
			return k, nil
		}
	}
	return api.SiteKeyInfo{}, corpus.Errorf(corpus.NotFound, "there is no site key %q", id)
}

func formOf(k market.SiteKey) siteForm {
	f := siteForm{ID: k.ID, Name: k.Name, Origins: strings.Join(k.Origins, "\n"), Kinds: k.Kinds, Fields: strings.Join(k.Fields, " "), Regions: strings.Join(k.Regions, " "),
		Minute: strconv.Itoa(k.PerMinute)}
	if !k.Expires.IsZero() {
		f.Expires = k.Expires.Add(-time.Nanosecond).In(shanghai).Format(time.DateOnly)
	}
	return f
}

// typedSite reads the form as it was typed.
func typedSite(r request) siteForm {
	f := siteForm{ID: r.PathValue("id"), Version: r.PostFormValue("version"), Name: r.PostFormValue("name"), Origins: r.PostFormValue("origins"), Fields: r.PostFormValue("fields"),
		Regions: r.PostFormValue("regions"), Minute: r.PostFormValue("per_minute"), Expires: r.PostFormValue("expires")}
	for _, k := range r.PostForm["kind"] {
		f.Kinds = append(f.Kinds, corpus.Kind(k))
	}
	return f
}

// key is what the form says of a site key; until is what the day stood for before, which stays where the day does.
func (f siteForm) key(until time.Time) (market.SiteKey, error) {
	list := func(s string) []string {
		return strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(" ,，、\r\n\t", c) })
	}
	k := market.SiteKey{Name: f.Name, Origins: list(f.Origins), Kinds: f.Kinds, Fields: list(f.Fields), Regions: list(f.Regions), Expires: until}
	var err error
	if k.PerMinute, err = strconv.Atoi(strings.TrimSpace(f.Minute)); err != nil || k.PerMinute == 0 {
		k.PerMinute = -1 // said of it with the rest
	}
	if f.Expires != formOf(market.SiteKey{Expires: until}).Expires {
		k.Expires, err = lastDay(f.Expires)
		return k, err
	}
	return k, nil
}

func (s *site) makeSiteKey(r request) (page, error) {
	f := typedSite(r)
	k, err := f.key(time.Time{})
	if err == nil {
		if k, err = s.svc.CreateSiteKey(r.Context(), r.caller, k); err == nil {
			return s.keysPage(r, keysPage{Secret: k.Key, SecretOf: k.Name, OfSite: true}, http.StatusOK)
		}
	}
	return s.wrongSite(r, f, err)
}

// changeSiteKey changes a site key as the form says, or removes it. A form that was filled before somebody else changed the key
// writes nothing, for it holds the origins of then: it is shown again with what the key says now.
func (s *site) changeSiteKey(r request) (page, error) {
	id := r.PathValue("id")
	if r.PostFormValue("do") == "delete" {
		return page{Redirect: "/keys"}, s.svc.DeleteSiteKey(r.Context(), r.caller, id)
	}
	old, err := s.siteKey(r, id)
	if err != nil {
		return page{}, err
	}
	f := typedSite(r)
	k, err := f.key(old.Expires)
	if err == nil {
		err = s.patchSiteKey(r, k, id, f.Version)
	}
	if corpus.CodeOf(err) == corpus.Conflict && err != nil {
		return s.staleSite(r, f)
	}
	if err != nil {
		return s.wrongSite(r, f, err)
	}
	return page{Redirect: "/keys?changed=" + id}, nil
}

func (s *site) patchSiteKey(r request, k market.SiteKey, id, version string) error {
	seen, err := strconv.ParseUint(version, 10, 64)
	if err != nil || seen == 0 {
		return corpus.Errorf(corpus.Conflict, "the form does not say which version it was filled from")
	}
	patch := map[string]any{"name": k.Name, "origins": k.Origins, "kinds": k.Kinds, "fields": k.Fields, "regions": k.Regions, "per_minute": k.PerMinute, "expires": nil}
	if !k.Expires.IsZero() {
		patch["expires"] = k.Expires
	}
	body, err := json.Marshal(patch)
	if err == nil {
		_, _, err = s.svc.PatchSiteKey(r.Context(), r.caller, id, body, seen)
	}
	return err
}

// staleSite shows the form with what was typed, beside what the key says now, which is what it will replace when it is sent again.
func (s *site) staleSite(r request, f siteForm) (page, error) {
	now, err := s.siteKey(r, f.ID)
	if err != nil {
		return page{}, err
	}
	rows, err := s.siteRows(r)
	if err != nil {
		return page{}, err
	}
	if i := slices.IndexFunc(rows, func(row siteRow) bool { return row.ID == f.ID }); i >= 0 {
		f.Now = &rows[i]
	}
	f.Version, f.Wrong = strconv.FormatUint(now.Version, 10), r.t("keys.sites.stale")
	return s.keysPage(r, keysPage{Site: f}, http.StatusConflict)
}

// wrongSite shows the form with what was typed and what is wrong with it.
func (s *site) wrongSite(r request, f siteForm, err error) (page, error) {
	if e, ok := errors.AsType[*corpus.Error](err); ok {
		f.WrongAt = e.Field
	}
	if f.Wrong, err = r.wrong(err); err != nil {
		return page{}, err
	}
	return s.keysPage(r, keysPage{Site: f}, http.StatusUnprocessableEntity)
}
