package web

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"duijie/api"
	"duijie/corpus"
)

// languages in which the interface speaks, the default first. What documents say stays as it is.
var languages = []string{"zh", "en"}

// shared are the templates that pages have parts from.
var shared = []string{"layout", "list", "rows", "twin", "bulk", "record_field", "experts", "chart"}

// A page is what a view computes for its template.
type page struct {
	Template string // a file of templates, without .html
	Status   int    // 0: 200
	Title    string
	Nav      string // which entry of the navigation is this page
	Form     string // id of a form that the language switch submits, to keep what was typed; "": a link will do
	Switch   string // address of the same page in the other language
	Version  string
	Newest   corpus.Date // of what was published; "" is not shown
	Foot     []value     // of who runs the service
	SignedIn bool        // as an admin
	Known    bool        // somebody is signed in
	Inbox    bool        // by an account, which has one
	Unread   int         // messages in it
	Desk     bool        // a broker is signed in
	Reviews  bool        // a reviewer is signed in
	Private  bool        // not to be stored by a browser
	Refresh  bool        // shows something at work: without JavaScript it is loaded again
	Goes     string      // a path of ours that the page, once shown, leads to
	Redirect string      // a path of ours to go to instead
	Data     any
}

// templates are all pages in one language, each a copy of what is parsed from when it is first shown.
type templates struct {
	lang  string
	words map[string][]string
	funcs template.FuncMap
	mu    sync.Mutex
	pages map[string]*template.Template
}

// readWords reads the table of interface texts: a key with its text in each of languages.
func readWords() (map[string][]string, error) {
	b, err := files.ReadFile("words.json")
	if err != nil {
		return nil, err
	}
	words := map[string][]string{}
	if err := json.Unmarshal(b, &words); err != nil {
		return nil, fmt.Errorf("words.json: %w", err)
	}
	for key, texts := range words {
		if len(texts) != len(languages) {
			return nil, fmt.Errorf("words.json: %s has %d texts, not %d", key, len(texts), len(languages))
		}
	}
	return words, nil
}

// parsed are the templates of all pages, for every site and language: parsing is most of what a start of the pages takes.
var parsed = sync.OnceValues(func() (map[string]*template.Template, error) {
	base := template.New("").Funcs((&site{}).funcs(&templates{})) // whose names count; each copy gets its own
	for _, part := range shared {
		if _, err := base.ParseFS(files, "templates/"+part+".html"); err != nil {
			return nil, err
		}
	}
	all, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, file := range all {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		if slices.Contains(shared, name) {
			continue
		}
		if pages[name], err = base.Clone(); err != nil {
			return nil, err
		}
		if _, err := pages[name].ParseFS(files, file); err != nil {
			return nil, err
		}
	}
	return pages, nil
})

func (s *site) parse(lang string, words map[string][]string) (*templates, error) {
	ts := &templates{lang: lang, words: words, pages: map[string]*template.Template{}}
	ts.funcs = s.funcs(ts)
	_, err := parsed()
	return ts, err
}

// funcs are what templates call.
func (s *site) funcs(ts *templates) template.FuncMap {
	return template.FuncMap{
		"t": ts.t, "key": func(prefix string, v any) string { return fmt.Sprint(prefix, ".", v) },
		"zh": ts.contentLang, "here": ts.ownLang, "url": s.url, "asset": s.assetURL, "docURL": s.docURL,
		"mostUpload": func() string { return s.most(api.BodyUpload) }, "mostTable": func() string { return s.most(api.BodyTable) },
		"count": count, "kindName": func(k corpus.Kind) string { return corpus.Label(k, ts.lang) }, "date": func(d corpus.Date) string { return string(d) }, "kinds": func() []corpus.Kind { return corpus.Kinds },
	}
}

// execute writes a template of a page, which is a file of templates without .html.
func (ts *templates) execute(w io.Writer, page, name string, data any) error {
	t, err := ts.copyOf(page)
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, name, data)
}

func (ts *templates) copyOf(page string) (*template.Template, error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if t := ts.pages[page]; t != nil {
		return t, nil
	}
	all, err := parsed()
	if err != nil {
		return nil, err
	}
	t, err := all[page].Clone()
	if err != nil {
		return nil, err
	}
	ts.pages[page] = t.Funcs(ts.funcs)
	return t, nil
}

func (ts *templates) render(w io.Writer, p page) error {
	return ts.execute(w, p.Template, "layout", p)
}

// t returns the text of a key in the page's language, with args put in as by Sprintf. An unknown key returns itself; a
// test looks for those.
func (ts *templates) t(key string, args ...any) string {
	texts, ok := ts.words[key]
	if !ok {
		return key
	}
	text := texts[0]
	if ts.lang == languages[1] {
		text = texts[1]
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// contentLang is the attribute for what documents say, which is Chinese on English pages too.
func (ts *templates) contentLang() template.HTMLAttr {
	if ts.lang == languages[0] {
		return ""
	}
	return ` lang="zh-CN"`
}

// ownLang is the attribute for the page's words inside of what documents say.
func (ts *templates) ownLang() template.HTMLAttr {
	if ts.lang == languages[0] {
		return ""
	}
	return ` lang="en"`
}

// count writes a number with its thousands apart.
func count(n int) string { return corpus.Thousands(int64(n)) }

// most is a limit of bytes as people write it: 256 MB.
func (s *site) most(l *api.Limit) string { return strings.Replace(s.svc.Limits.Text(l), "iB", "B", 1) }
