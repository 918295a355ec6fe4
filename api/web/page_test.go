package web

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/corpus"
	"duijie/matcher"
)

var (
	// pages to look at, beside those that their links lead to.
	addresses = []string{"/", "/search", "/search?q=%E7%8E%89%E7%B1%B3", "/search?q=%E4%B8%8D%E5%AD%98%E5%9C%A8%E7%9A%84%E8%AF%8D&field=13", "/match", "/needs/new", "/needs/paste", "/about", "/docs", "/privacy", "/accessibility", "/compare?need=N1&a=A1&a=A2", "/needs/N1/history", "/search?kind=achievement&sort=lowest", "/needs/N1?sort=lowest", "/widget", "/problems/not_found",
		"/achievements/A1", "/achievements/A2", "/achievements/A3", "/needs/N1", "/needs/N2", "/experts/E1", "/projects/P1"}
	problem = url.Values{"text": {"玉米浸泡时间太长，亚硫酸用量大，茎秆也想利用。"}}
)

// wholeSite calls check with every kind of page, in both languages.
func wholeSite(t *testing.T, check func(t *testing.T, lang string, doc *html.Node, source string)) {
	w := newWorld(t, Options{}, fixtures())
	empty := newWorld(t, Options{}, nil)
	in, closed := w.signIn(), empty.signIn()
	signedIn := slices.Concat(w.importAddresses(in), w.recordAddresses(in), w.peopleAddresses())
	for _, lang := range languages {
		cookie := "lang=" + lang
		run := func(name string, ask func() (*html.Node, string)) {
			t.Run(lang+" "+name, func(t *testing.T) {
				doc, source := ask()
				check(t, lang, doc, source)
			})
		}
		for _, a := range addresses {
			run(a, func() (*html.Node, string) { return w.get(a, cookie) })
		}
		run("POST /match", func() (*html.Node, string) { return w.page(http.StatusOK, http.MethodPost, "/match", problem, cookie) })
		run("POST /match empty", func() (*html.Node, string) {
			return w.page(http.StatusUnprocessableEntity, http.MethodPost, "/match", url.Values{"text": {" "}}, cookie)
		})
		run("POST /needs/new", func() (*html.Node, string) {
			return w.page(http.StatusOK, http.MethodPost, "/needs/new", with(draft, "do", "match"), cookie)
		})
		run("POST /needs/new wrong", func() (*html.Node, string) {
			return w.page(http.StatusUnprocessableEntity, http.MethodPost, "/needs/new", with(draft, "budget", "3年"), cookie)
		})
		run("POST /needs/paste", func() (*html.Node, string) {
			return w.page(http.StatusOK, http.MethodPost, "/needs/paste", message, cookie)
		})
		run("POST /needs/paste empty", func() (*html.Node, string) {
			return w.page(http.StatusUnprocessableEntity, http.MethodPost, "/needs/paste", url.Values{"text": {" "}}, cookie)
		})
		run("404", func() (*html.Node, string) {
			return w.page(http.StatusNotFound, http.MethodGet, "/needs/none", nil, cookie)
		})
		run("422", func() (*html.Node, string) {
			return w.page(http.StatusUnprocessableEntity, http.MethodGet, "/search?field=nonsense", nil, cookie)
		})
		run("/signin", func() (*html.Node, string) { return w.get("/signin", cookie) })
		run("POST /signin wrong", func() (*html.Node, string) {
			return w.page(http.StatusUnprocessableEntity, http.MethodPost, "/signin", url.Values{"key": {"x"}}, cookie)
		})
		run("POST /leads/new wrong", func() (*html.Node, string) {
			return w.page(http.StatusUnprocessableEntity, http.MethodPost, "/leads/new", url.Values{"need": {"x"}}, cookie, in)
		})
		run("POST /sitekeys wrong", func() (*html.Node, string) {
			return w.page(http.StatusUnprocessableEntity, http.MethodPost, "/sitekeys", url.Values{"name": {"x"}, "origins": {"y"}}, cookie, in)
		})
		run("no leads", func() (*html.Node, string) { return empty.get("/leads", cookie, closed) })
		run("no imports", func() (*html.Node, string) { return empty.get("/imports", cookie, closed) })
		for i, a := range signedIn {
			run(fmt.Sprint("signed in ", i), func() (*html.Node, string) { return w.get(a, cookie, in) })
		}
		run("nothing imported", func() (*html.Node, string) { return empty.get("/", cookie) })
	}
}

func TestEveryPageIsWellFormedForReadersAndKeyboards(t *testing.T) {
	wholeSite(t, func(t *testing.T, lang string, doc *html.Node, _ string) {
		for _, name := range []string{"h1", "main", "header", "footer", "title"} {
			if n := len(tags(doc, name)); n != 1 {
				t.Errorf("%d elements %s, want 1", n, name)
			}
		}
		root := tags(doc, "html")[0]
		if want := map[string]string{"zh": "zh-CN", "en": "en"}[lang]; attr(root, "lang") != want {
			t.Errorf("html lang is %q, want %q", attr(root, "lang"), want)
		}
		skip := tags(tags(doc, "body")[0], "a")[0]
		if attr(skip, "href") != "#main" || attr(tags(doc, "main")[0], "id") != "main" {
			t.Error("the first link does not skip to the content")
		}
		labelled := map[string]bool{}
		for _, l := range tags(doc, "label") {
			labelled[attr(l, "for")] = true
		}
		ids := map[string]bool{}
		for _, e := range all(doc, func(*html.Node) bool { return true }) {
			if id := attr(e, "id"); id != "" {
				if ids[id] {
					t.Errorf("id %q stands twice", id)
				}
				ids[id] = true
			}
		}
		for _, e := range tags(doc, "input", "textarea", "select") {
			if attr(e, "type") != "hidden" && !labelled[attr(e, "id")] && !has(e, "aria-label") && e.Parent.Data != "label" {
				t.Errorf("%s %q has no label", e.Data, attr(e, "name"))
			}
		}
		for _, e := range all(doc, func(e *html.Node) bool { return has(e, "aria-labelledby") || has(e, "aria-describedby") }) {
			for _, id := range strings.Fields(attr(e, "aria-labelledby") + " " + attr(e, "aria-describedby")) {
				if !ids[id] {
					t.Errorf("%s refers to %q, which is not there", e.Data, id)
				}
			}
		}
		for _, e := range tags(doc, "a", "button", "summary", "h1", "h2", "h3", "th", "legend") {
			if text(e) == "" {
				t.Errorf("a %s says nothing", e.Data)
			}
		}
		for _, e := range all(doc, func(e *html.Node) bool { return has(e, "form") }) {
			if !ids[attr(e, "form")] {
				t.Errorf("%s belongs to the form %q, which is not there", e.Data, attr(e, "form"))
			}
		}
		navs := map[string]bool{}
		for _, e := range tags(doc, "nav", "aside") {
			if name := attr(e, "aria-label"); name == "" || navs[name] {
				t.Errorf("%s is named %q", e.Data, name)
			} else {
				navs[name] = true
			}
		}
		level := 0
		for _, e := range tags(doc, "h1", "h2", "h3", "h4") {
			if now := int(e.Data[1] - '0'); now > level+1 {
				t.Errorf("heading %q is %s below h%d", text(e), e.Data, level)
			} else {
				level = now
			}
		}
	})
}

func TestNoPageHoldsInlineStyleOrScript(t *testing.T) {
	wholeSite(t, func(t *testing.T, _ string, doc *html.Node, _ string) {
		for _, e := range all(doc, func(*html.Node) bool { return true }) {
			if e.Data == "style" || e.Data == "script" && attr(e, "src") == "" {
				t.Errorf("inline %s", e.Data)
			}
			for _, a := range e.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s has attribute %s=%q", e.Data, a.Key, a.Val)
				}
				if (a.Key == "src" || a.Key == "href" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s points outside: %s", e.Data, a.Val)
				}
			}
		}
	})
}

func TestNoPageShowsWhatIsNotPublicOrAMissingWord(t *testing.T) {
	key := regexp.MustCompile(`^[a-z]+(\.[a-z_0-9]+)+$|%!`)
	wholeSite(t, func(t *testing.T, _ string, doc *html.Node, source string) {
		if strings.Contains(source, secret) {
			t.Error("a field that is not public is shown")
		}
		for d := range doc.Descendants() {
			for _, word := range strings.Fields(d.Data) {
				if d.Type == html.TextNode && key.MatchString(word) && word != "openapi.json" {
					t.Errorf("%q is shown in place of a text", word)
				}
			}
		}
		if strings.Contains(source, "ZgotmplZ") {
			t.Error("a template puts a value where it can't stand")
		}
	})
}

func TestEveryLinkAnswers(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	asked := map[string]bool{}
	in := w.signIn()
	wait := append(slices.Clone(addresses), w.importAddresses(in)...)
	for len(wait) > 0 {
		address := wait[0]
		wait = wait[1:]
		doc, _ := w.get(address, in)
		for _, e := range all(doc, func(e *html.Node) bool { return has(e, "href") || has(e, "src") }) {
			link, fragment, _ := strings.Cut(attr(e, "href")+attr(e, "src"), "#")
			if link == "" {
				link = address
			}
			if fragment != "" && link == address && !slices.ContainsFunc(all(doc, func(*html.Node) bool { return true }), func(n *html.Node) bool { return attr(n, "id") == fragment }) {
				t.Errorf("%s links to #%s, which is not there", address, fragment)
			}
			if asked[link] {
				continue
			}
			asked[link] = true
			res := w.ask(http.MethodGet, link, nil, in)
			if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusSeeOther {
				t.Errorf("%s links to %s, which answers %d", address, link, res.StatusCode)
			}
			if attr(e, "rel") != "nofollow" && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
				wait = append(wait, link)
			}
		}
	}
	if len(asked) < 70 {
		t.Errorf("only %d links were found", len(asked))
	}
}

func TestWordsTableIsCompleteAndUsed(t *testing.T) {
	words, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, pattern := range []string{"*.go", "templates/*.html"} {
		list, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(f, "_test.go") {
				source.Write(b)
			}
		}
	}
	code := source.String()
	for _, use := range regexp.MustCompile(`\bt[ (]"([a-z0-9_.]+)"`).FindAllStringSubmatch(code, -1) {
		if _, ok := words[use[1]]; !ok && !strings.HasSuffix(use[1], ".") {
			t.Errorf("%q has no text", use[1])
		}
	}
	for key, texts := range words {
		stem := key[:strings.LastIndex("."+key, ".")]
		if !strings.Contains(code, `"`+key+`"`) && !strings.Contains(code, `"`+stem) && !strings.Contains(code, `"`+strings.TrimSuffix(stem, ".")+`"`) {
			t.Errorf("%q is never used", key)
		}
		if verbs := regexp.MustCompile(`%[sd]`); fmt.Sprint(verbs.FindAllString(texts[0], -1)) != fmt.Sprint(verbs.FindAllString(texts[1], -1)) {
			t.Errorf("%q takes other values in English", key)
		}
	}
}

func TestWhatDocumentsAndPeopleSayIsEscaped(t *testing.T) {
	const attack = `<script>alert("x")</script><img src=x onerror=alert(1)>`
	words, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	ts, err := (&site{}).parse("zh", words)
	if err != nil {
		t.Fatal(err)
	}
	marked := []segment{{attack, true}, {attack, false}}
	found := fact{attack, []value{{Text: attack, Code: attack, URL: "javascript:alert(1)"}}}
	row := matchRow{Kind: corpus.Need, ID: attack, Title: attack, Label: "strong", Why: marked, Theirs: attack, Against: []string{attack}, Good: attack, Bad: attack, Figures: []matcher.Figure{{Need: attack, Achievement: attack}}, Folded: []matcher.Folded{{ID: attack, Title: attack}}, Facts: []fact{found}, Missing: attack,
		Bars: []bar{{Name: attack, Text: attack}}, Pairs: []pair{{attack, attack}}, Need: [][]segment{marked}, Achievement: [][]segment{marked}}
	for _, p := range []page{
		{Template: "document", Title: attack, Data: documentPage{Kind: corpus.Need, Title: attack, Text: attack, Paragraphs: []param{{attack, attack}}, Indicators: []string{attack},
			Facts: []fact{found}, Contact: attack, Linked: []linkedList{{corpus.Need, []shortRow{{Kind: corpus.Need, ID: attack, Title: attack}}}}, SameOrg: []linkedList{{corpus.Need, []shortRow{{Kind: corpus.Need, ID: attack, Title: attack}}}}, OrgURL: "javascript:alert(1)",
			List: &matchList{Rows: []matchRow{row}, Experts: &expertList{Given: attack, Lead: "javascript:alert(1)", Rows: []expertRow{{ID: attack, Name: attack, Facts: []fact{found},
				Proofs: []proof{{Kind: corpus.Need, ID: attack, Title: attack, Says: attack, Bars: []bar{{Name: attack, Text: attack}}}}}}}}}},
		{Template: "search", Title: attack, Data: searchPage{Text: attack, Hidden: []param{{"q", attack}}, Chosen: []facetValue{{Name: attack}},
			Facets: []facet{{Name: attack, Values: []facetValue{{Name: attack, Code: attack}}}}, Rows: []resultRow{{Kind: corpus.Need, ID: attack, Title: marked, Snippet: marked}}}},
		{Template: "match", Title: attack, Data: matchPage{Form: matchForm{Text: "</textarea>" + attack, Examples: []example{{Title: attack, Text: attack}}}}},
	} {
		var b strings.Builder
		if err := ts.render(&b, p); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(b.String(), "&lt;script&gt;"); n < 3 {
			t.Errorf("%s shows the text %d times", p.Template, n)
		}
		if strings.Contains(b.String(), "<script>") || strings.Contains(b.String(), "<img") || strings.Contains(b.String(), "javascript:") {
			t.Errorf("%s holds markup or a script of a document", p.Template)
		}
	}
}
