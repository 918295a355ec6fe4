// Package web answers: what do people see? Pages for reading, searching and matching, in Chinese with an English switch.
// They stand on api.Service as anybody may ask it, but for imports, which are for admins who signed in; they work without
// JavaScript and load nothing from another host.
package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

//go:embed assets templates widget words.json
var files embed.FS

// Options of Handler; the zero value serves at the root of a host.
type Options struct {
	// Base is the path under which a portal shows the pages, such as "/duijie". Links begin with it; the portal's proxy
	// takes it off before a request comes here.
	Base string
	Lang string // for readers who have not chosen: zh or en; "" is zh
	Foot Foot   // who runs the service
}

// anybody is who the pages ask as, whoever looks, but for those of imports: they show what is public and nothing else.
var anybody = api.Caller{Name: "anyone"}

// A site is the pages of one service.
type site struct {
	svc       *api.Service
	base      string
	lang      string
	templates map[string]*templates // by language
	assets    map[string]asset      // by file name
	docs      func() docsPage
	widget    map[string]widgetFile // by version and file name
	foot      Foot
	files     atomic.Int32 // lists that are being made into files
}

// An asset is one embedded file with the hash that makes its address change with its content.
type asset struct {
	content []byte
	hash    string
}

// newSite reads what is embedded. Its error says that templates or words are broken.
func newSite(svc *api.Service, o Options) (*site, error) {
	s := &site{svc: svc, base: strings.TrimRight(o.Base, "/"), lang: cmp.Or(o.Lang, languages[0]), foot: o.Foot, templates: map[string]*templates{}, assets: map[string]asset{}}
	list, err := fs.ReadDir(files, "assets")
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		content, err := files.ReadFile("assets/" + f.Name())
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(content)
		s.assets[f.Name()] = asset{content, hex.EncodeToString(sum[:6])}
	}
	if s.widget, err = readWidget(); err != nil {
		return nil, err
	}
	words, err := readWords()
	if err != nil {
		return nil, err
	}
	for _, lang := range languages {
		if s.templates[lang], err = s.parse(lang, words); err != nil {
			return nil, err
		}
	}
	if s.templates[s.lang] == nil {
		return nil, fmt.Errorf("the pages have no language %q", s.lang)
	}
	return s, nil
}

// Handler serves the pages; it answers every path, unknown ones with a page that helps. Its error is newSite's.
func Handler(svc *api.Service, o Options) (http.Handler, error) {
	s, err := newSite(svc, o)
	if err != nil {
		return nil, err
	}
	s.docs = sync.OnceValue(func() docsPage { return s.describe(api.OpenAPI()) })
	mux := http.NewServeMux()
	for pattern, v := range map[string]view{
		"GET /{$}":                                s.home,
		"GET /search":                             s.search,
		"GET /match":                              s.matchForm,
		"POST /match":                             s.matchText,
		"GET /needs/new":                          s.needForm,
		"POST /needs/new":                         s.checkNeed,
		"GET /needs/paste":                        s.pasteForm,
		"POST /needs/paste":                       s.pasteNeed,
		"GET /confirm/{token}":                    s.confirmForm,
		"POST /confirm/{token}":                   s.confirm,
		"GET " + api.SubscribePath + "{token}":    s.mailLinkForm(market.ConfirmLink),
		"POST " + api.SubscribePath + "{token}":   s.followMailLink(market.ConfirmLink),
		"GET " + api.UnsubscribePath + "{token}":  s.mailLinkForm(market.UnsubscribeLink),
		"POST " + api.UnsubscribePath + "{token}": s.followMailLink(market.UnsubscribeLink),
		"GET /about":                              s.about,
		"GET /privacy":                            s.privacy,
		"GET /accessibility":                      s.accessibility,
		"GET /compare":                            s.compare,
		"GET /docs":                               s.documentation,
		"GET /problems":                           s.problem,
		"GET /problems/{code}":                    s.problem,
		"/":                                       s.missing,
		"GET /signin":                             s.signInForm,
		"GET /signin/done":                        s.signedIn(s.backToForm),
		"GET /imports":                            s.signedIn(s.imports),
		"GET /imports/{id}":                       s.signedIn(s.importPage),
		"GET /imports/{id}/check":                 s.signedIn(s.uploadForm),
		"GET /imports/{id}/undo":                  s.signedIn(s.undoForm),
		"GET /achievements/{id}":                  s.document(corpus.Achievement), "GET /needs/{id}": s.document(corpus.Need),
		"GET /experts/{id}": s.document(corpus.Expert), "GET /projects/{id}": s.document(corpus.Project),
	} {
		mux.HandleFunc(pattern, s.show(v))
	}
	mux.HandleFunc("GET /search/file", s.file(s.searchFile))
	mux.HandleFunc("GET /needs/{id}/file", s.file(s.listOf(corpus.Need)))
	mux.HandleFunc("GET /achievements/{id}/file", s.file(s.listOf(corpus.Achievement)))
	mux.HandleFunc("POST /match/file", s.file(s.textFile))
	mux.HandleFunc("POST /needs/new/file", s.needFile)
	mux.HandleFunc("POST /needs/paste/file", s.pasteFile)
	mux.HandleFunc("GET /imports/{id}/rows.csv", s.restFile)
	mux.HandleFunc("GET /imports/{id}/events", s.events)
	// These act for the signed in: a form on another site must not.
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(s.show(s.foreign))
	for pattern, h := range map[string]http.HandlerFunc{
		"POST /signin":             s.signIn,
		"POST /signout":            s.signOut,
		"POST /imports/new":        s.upload,
		"POST /imports/{id}":       s.showForm(s.signedIn(s.mendImport)),
		"POST /imports/{id}/check": s.showForm(s.signedIn(s.changeUpload)),
		"POST /imports/{id}/undo":  s.showForm(s.signedIn(s.undo)),
	} {
		mux.Handle(pattern, guard.Handler(h))
	}
	for pattern, v := range s.peoplePages() {
		mux.HandleFunc(pattern, s.show(v))
	}
	mux.HandleFunc("GET "+oidcPath, s.beginOIDC)
	mux.HandleFunc("GET "+api.OIDCPath, s.endOIDC)
	mux.HandleFunc("GET /welcome/{token}/oidc", s.beginOIDC)
	mux.Handle("POST /welcome/{token}", guard.Handler(http.HandlerFunc(s.takeInvitation)))
	for pattern, v := range s.peopleForms() {
		mux.Handle(pattern, guard.Handler(s.show(v)))
	}
	mux.Handle("POST /accounts/import", guard.Handler(http.HandlerFunc(s.importAccounts)))
	for pattern, v := range s.memberForms() {
		mux.Handle(pattern, guard.Handler(s.show(v)))
	}
	for _, k := range s.recordKinds() {
		k.register(mux, guard)
	}
	s.intake(mux, guard)
	s.reportRoutes(mux, guard)
	mux.HandleFunc("GET /assets/{name}", s.asset)
	s.widgetRoutes(mux)
	s.historyRoutes(mux, guard)
	s.deskRoutes(mux, guard)
	s.reviewRoutes(mux, guard)
	s.talkRoutes(mux, guard)
	return policy(mux), nil
}

// policy keeps pages from loading, running or being framed by anything that is not ours. The other security headers are
// set by api.Handler.
func policy(next *http.ServeMux) http.Handler { return guarded{next} }

// guarded is the mux of the pages behind its policy.
type guarded struct{ *http.ServeMux }

func (g guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
	g.ServeMux.ServeHTTP(w, r)
}

// url puts the base before a path of ours. All links are made here.
func (s *site) url(path string) string { return s.base + path }

// docURL is the address of a document's page.
func (s *site) docURL(k corpus.Kind, id string) string {
	return s.url("/" + k.Plural() + "/" + url.PathEscape(id))
}

func (s *site) assetURL(name string) string {
	return s.url("/assets/" + name + "?v=" + s.assets[name].hash)
}

func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	a, ok := s.assets[name]
	if !ok {
		s.show(s.missing)(w, r)
		return
	}
	if r.URL.Query().Get("v") == a.hash {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("ETag", `"`+a.hash+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(a.content))
}

// shanghai is the time of all dates; it has had no summer time since 1991, and a fixed zone needs no zone files.
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func (s *site) now() time.Time {
	if s.svc.Now != nil {
		return s.svc.Now().In(shanghai)
	}
	return time.Now().In(shanghai)
}

func (s *site) about(r request) (page, error) {
	counts, err := s.counts(r.Context())
	return page{Template: "about", Title: r.t("about.title"), Nav: "about", Data: counts}, err
}

// An errorPage says what happened and where to go on.
type errorPage struct {
	Heading, Text string
	Ways          []value
	Code          string // to quote when asking for help
	Search        bool   // a search may find what was looked for
}

// foreign answers a form that was sent from another site.
func (s *site) foreign(request) (page, error) {
	return page{}, corpus.Errorf(corpus.Forbidden, "the form stands on another site")
}

func (s *site) missing(request) (page, error) {
	return page{}, corpus.Errorf(corpus.NotFound, "there is no such page")
}

// failed makes the page of an error. What is our fault is logged and not shown.
func (s *site) failed(r request, err error) page {
	err = api.Overdue(r.Context(), err)
	status, key := http.StatusInternalServerError, "error.500"
	switch corpus.CodeOf(err) {
	case corpus.NotFound:
		status, key = http.StatusNotFound, "error.404"
	case corpus.Invalid, corpus.TooLarge:
		status, key = http.StatusUnprocessableEntity, "error.422"
	case corpus.Forbidden:
		status, key = http.StatusForbidden, "error.403"
	case corpus.Conflict:
		status, key = http.StatusConflict, "error.409"
	case corpus.Unavailable:
		status, key = http.StatusServiceUnavailable, "error.503"
	}
	e := errorPage{Heading: r.t(key + ".title"), Text: r.t(key + ".text"), Ways: []value{
		{Text: r.t("home"), URL: s.url("/")}, {Text: r.t("nav.search"), URL: s.url("/search")}, {Text: r.t("nav.match"), URL: s.url("/match")}}}
	e.Search = status == http.StatusNotFound
	if status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		e.Code = api.RequestID(r.Context())
		s.svc.Log.ErrorContext(r.Context(), "page failed", "error", err)
	}
	return page{Template: "error", Status: status, Title: e.Heading, Data: e, Switch: s.url("/?lang=" + r.t("other.code"))}
}
