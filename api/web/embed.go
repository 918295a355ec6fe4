package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

// How much a list in another page shows, and how many questions a described problem is asked.
const embedRows, embedQuestions = 10, 2

// An embedPage is what embed.html shows: a list in the frame of a portal's page, or as a file for its content system.
type embedPage struct {
	Lang, Theme, Title string
	Style, Script      string  // addresses; no Script in a published one
	Here               string  // address of this page as the portal asked for it
	State              []param // of that address, for forms
	File               bool    // published: it has no forms
	Typed, Problem     string
	Wrong              string // what is wrong with the problem
	Outside            string // hosts that the problem is sent to
	Max                int
	List               *embedList
	Questions          []matcher.Gap
	Interest           *interestForm
	Sent               bool
	Say                string // in place of all else
	Newest             corpus.Date
	More               string // address of the same in the full pages
}

// An embedList is a list with reasons.
type embedList struct {
	Count, Empty string
	Rows         []embedRow
}

// An embedRow is a match or a search result.
type embedRow struct {
	ID, URL, Interest   string
	Title, Why, Snippet []segment
	Label               matcher.Label
	Theirs              string
	Against             []string
	Facts               []fact
	Missing             string
	Reasons             []bar
	Plain               string // the title
}

// A visit is one request for such a page.
type visit struct {
	request
	s       *site
	key     string
	asks    url.Values // need, query or field, kind, lang, theme
	visitor api.Caller
}

// embedParams are what a portal may ask for.
var embedParams = []string{"need", "query", "field", "kind", "lang", "theme"}

// embedded serves /embed/{key}.html in frames of the key's origins, without a cookie.
func (s *site) embedded(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, s.svc.Limits.Bytes(api.BodyForm))
	}
	ctx, done := s.svc.Limits.Within(r.Context(), api.TimeRead)
	defer done()
	r = r.WithContext(ctx)
	key, _ := strings.CutSuffix(r.PathValue("file"), ".html")
	visitor, err := s.svc.Visitor(r, key)
	e := s.newVisit(r, key, visitor)
	h := w.Header()
	origins := "'none'"
	if k, unknown := market.SiteKeyOf(s.svc.Store, key, s.now()); unknown == nil { // also where the visitor is refused for a rate
		origins = strings.Join(k.Origins, " ")
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "+origins)
	h.Set("Cache-Control", "no-cache")
	if r.Method == http.MethodPost {
		h.Set("Cache-Control", "no-store")
	}
	status, p := http.StatusOK, embedPage{}
	switch {
	case err != nil:
		status, p = e.failed(err)
	case r.Method == http.MethodPost:
		var to string
		if status, p, to = e.post(); to != "" {
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
	default:
		status, p = e.get()
	}
	if status == http.StatusTooManyRequests {
		h.Set("Retry-After", "60")
	}
	e.dress(&p)
	var body bytes.Buffer
	if err := e.execute(&body, "embed", "embed", p); err != nil {
		s.svc.Log.ErrorContext(r.Context(), "page failed", "template", "embed", "error", err)
		http.Error(w, e.t("error.500.title"), http.StatusInternalServerError)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", e.t("html.lang"))
	w.WriteHeader(status)
	w.Write(body.Bytes()) // a reader who left needs no answer
}

// newVisit reads what the portal asks for from the address alone, so that a form which can't be read has it too.
func (s *site) newVisit(r *http.Request, key string, visitor api.Caller) *visit {
	e := &visit{s: s, key: key, asks: url.Values{}, visitor: visitor}
	for _, name := range embedParams {
		if v := r.URL.Query().Get(name); v != "" {
			e.asks.Set(name, v)
		}
	}
	lang := s.lang
	if s.templates[e.asks.Get("lang")] != nil {
		lang = e.asks.Get("lang")
	}
	e.request = request{Request: r, templates: s.templates[lang]}
	return e
}

// dress adds what every such page has.
func (e *visit) dress(p *embedPage) {
	p.Lang, p.Theme, p.Max = e.t("html.lang"), "auto", maxTyped
	if theme := e.asks.Get("theme"); theme == "light" || theme == "dark" {
		p.Theme = theme
	}
	if p.Title == "" {
		p.Title = e.t("embed.title")
	}
	if p.More == "" {
		p.More = e.s.url("/")
	}
	if !p.File {
		p.Style, p.Script = e.s.url("/widget/"+widgetVersion+"/widget.css"), e.s.assetURL("embed.js")
	}
	p.Here, p.Outside = e.here(), e.s.outside()
	for _, name := range embedParams {
		if v := e.asks.Get(name); v != "" {
			p.State = append(p.State, param{name, v})
		}
	}
}

// here is the address of the page as the portal asked for it, with more parameters behind.
func (e *visit) here(more ...string) string {
	q := url.Values{}
	for name, vs := range e.asks {
		q[name] = vs
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return e.s.url("/embed/" + url.PathEscape(e.key) + ".html?" + q.Encode())
}

// get shows the list that the portal asked for, what was searched in its place, or the form of somebody interested.
func (e *visit) get() (int, embedPage) {
	q := e.URL.Query()
	if q.Get("interest") != "" {
		return e.interest(q.Get("interest"))
	}
	p := embedPage{Typed: strings.TrimSpace(q.Get("q")), Sent: q.Get("sent") != ""}
	if err := e.fill(&p); err != nil {
		return e.failed(err)
	}
	return http.StatusOK, p
}

// fill makes the list: of what was typed, else of the need, query or field.
func (e *visit) fill(p *embedPage) (err error) {
	ctx := e.Context()
	if p.Newest, err = e.newest(ctx); err != nil {
		return err
	}
	if id := e.asks.Get("need"); id != "" && p.Typed == "" {
		return e.needList(ctx, p, id)
	}
	return e.searchList(ctx, p)
}

func (e *visit) needList(ctx context.Context, p *embedPage, id string) error {
	o, err := e.s.svc.VisitorOptions(e.visitor, corpus.Achievement, embedRows)
	if err != nil {
		return err
	}
	need, err := e.document(ctx, anybody, corpus.Need, id)
	if err != nil {
		return err
	}
	answer, err := e.s.svc.MatchNeed(ctx, e.visitor, need.ID, o)
	if err != nil {
		return err
	}
	p.Title, p.More = e.t("embed.for", need.Title), e.s.docURL(corpus.Need, need.ID)
	return e.matchList(p, need, answer)
}

// document is a document as c may read it, also under an id that was merged into its own.
func (e *visit) document(ctx context.Context, c api.Caller, k corpus.Kind, id string) (corpus.Doc, error) {
	d, err := e.s.svc.Document(ctx, c, k, id)
	if moved, ok := errors.AsType[*corpus.MovedError](err); ok {
		return e.s.svc.Document(ctx, c, k, moved.Into)
	}
	return d, err
}

// matchList shows the strong and possible ones of an answer, or says that there are none.
func (e *visit) matchList(p *embedPage, need corpus.Doc, a matcher.Answer) error {
	list, err := e.s.list(e.request, need, a, "")
	if err != nil {
		return err
	}
	p.List = &embedList{Count: e.t("embed.count", count(len(list.Rows)))}
	if list.NoFit != "" {
		p.List.Empty = e.t(list.NoFit)
	}
	for _, m := range list.Rows {
		p.List.Rows = append(p.List.Rows, embedRow{ID: m.ID, URL: e.s.docURL(m.Kind, m.ID), Interest: e.here("interest", string(m.Kind)+":"+m.ID), Plain: m.Title,
			Title: []segment{{m.Title, false}}, Label: m.Label, Why: m.Why, Theirs: m.Theirs, Against: m.Against, Facts: m.Facts, Missing: m.Missing, Reasons: m.Bars})
	}
	return nil
}

func (e *visit) searchList(ctx context.Context, p *embedPage) error {
	q := indexer.Query{Text: p.Typed, Limit: embedRows}
	if q.Text == "" {
		q.Text = e.asks.Get("query")
	}
	full := url.Values{}
	if q.Text != "" {
		full.Set("q", q.Text)
	}
	f := api.Filter{}
	if field := e.asks.Get("field"); field != "" {
		f.Field = []string{field}
		full.Set("field", field)
		p.Title = e.t("embed.field", codeName("field", field))
	}
	if p.Typed != "" || e.asks.Get("query") != "" {
		p.Title = e.t("embed.search", q.Text)
	}
	var err error
	if q.Filter, err = f.Parse(); err != nil {
		return err
	}
	if q.Filter.Kinds, err = api.ParseKinds(e.asks["kind"]); err != nil {
		return err
	}
	if len(q.Filter.Kinds) == 0 {
		q.Filter.Kinds = []corpus.Kind{corpus.Achievement}
	}
	full.Set("kind", string(q.Filter.Kinds[0]))
	p.More = e.s.url("/search?" + full.Encode())
	found, err := e.s.svc.Search(ctx, e.visitor, q)
	if err != nil {
		return err
	}
	p.List = &embedList{Count: e.t("search.count", count(found.Total)), Empty: e.t("embed.none")}
	for _, d := range found.Results {
		row := e.s.result(e.request, d)
		shown := embedRow{ID: d.ID, URL: e.s.docURL(d.Kind, d.ID), Plain: d.Title, Title: row.Title, Snippet: row.Snippet, Facts: row.Facts}
		if d.Kind == corpus.Achievement || d.Kind == corpus.Need {
			shown.Interest = e.here("interest", string(d.Kind)+":"+d.ID)
		}
		p.List.Rows = append(p.List.Rows, shown)
	}
	if len(p.List.Rows) > 0 {
		p.List.Empty = ""
	}
	return nil
}

// newest is the day of the newest thing that the key shows.
func (e *visit) newest(ctx context.Context) (corpus.Date, error) {
	found, err := e.s.svc.Search(ctx, e.visitor, indexer.Query{Limit: 1, Sort: indexer.ByDate})
	if err != nil || len(found.Results) == 0 {
		return "", err
	}
	return found.Results[0].Published, nil
}

// failed is the page of an error, which keeps to the frame. What is our fault is logged and not shown.
func (e *visit) failed(err error) (int, embedPage) {
	err = api.Overdue(e.Context(), err)
	if p, ok := errors.AsType[*api.Problem](err); ok && p.Status == http.StatusTooManyRequests {
		return p.Status, embedPage{Say: e.t("embed.often")}
	}
	switch corpus.CodeOf(err) {
	case corpus.Unauthorized:
		return http.StatusNotFound, embedPage{Say: e.t("embed.unknown")}
	case corpus.NotFound, corpus.Forbidden:
		return http.StatusNotFound, embedPage{Say: e.t("embed.missing")}
	case corpus.Invalid, corpus.TooLarge:
		return http.StatusUnprocessableEntity, embedPage{Say: e.t("embed.wrong")}
	case corpus.Conflict:
		return http.StatusConflict, embedPage{Say: e.t("embed.over")}
	case corpus.Unavailable:
		return http.StatusServiceUnavailable, embedPage{Say: e.t("error.503.text")}
	}
	if !errors.Is(err, context.Canceled) {
		e.s.svc.Log.ErrorContext(e.Context(), "page failed", "error", err)
	}
	return http.StatusInternalServerError, embedPage{Say: e.t("error.500.text")}
}
