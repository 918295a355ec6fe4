package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestLinksBeginWithTheBase(t *testing.T) {
	w := newWorld(t, Options{Base: "/portal/duijie/"}, fixtures())
	for _, a := range addresses {
		doc, _ := w.get(a)
		for _, e := range all(doc, func(*html.Node) bool { return true }) {
			for _, name := range []string{"href", "src", "action"} {
				if v := attr(e, name); has(e, name) && !strings.HasPrefix(v, "#") && !strings.HasPrefix(v, "/portal/duijie/") {
					t.Errorf("%s: %s %s=%q", a, e.Data, name, v)
				}
			}
		}
	}
	res := w.ask(http.MethodGet, "/needs/N1?lang=en&after=", nil)
	if to := res.Header.Get("Location"); to != "/portal/duijie/needs/N1?after=" {
		t.Errorf("the switch leads to %q", to)
	}
}

func TestLanguageIsKeptInACookie(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	res := w.ask(http.MethodGet, "/search?q=%E7%8E%89%E7%B1%B3&lang=en", nil)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/search?q=%E7%8E%89%E7%B1%B3" {
		t.Fatalf("the switch answers %d, %q", res.StatusCode, res.Header.Get("Location"))
	}
	cookie := res.Cookies()[0]
	if cookie.Name != "lang" || cookie.Value != "en" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("cookie %v", cookie)
	}
	doc, _ := w.get("/search?q=%E7%8E%89%E7%B1%B3", "lang=en")
	if got := text(tags(doc, "h1")[0]); got != "Search" {
		t.Errorf("heading %q", got)
	}
	title := tags(classes(doc, "results")[0], "a")[0]
	if attr(title, "lang") != "zh-CN" {
		t.Error("a Chinese title on an English page does not say so")
	}
	if doc, _ = w.get("/", "lang=xx"); attr(tags(doc, "html")[0], "lang") != "zh-CN" {
		t.Error("an unknown language is not Chinese")
	}
	if to := w.ask(http.MethodGet, "//elsewhere.example/?lang=en", nil).Header.Get("Location"); strings.HasPrefix(to, "//") {
		t.Errorf("the switch leads to another host: %s", to)
	}
	// The result of a match keeps its text: there the switch is a button of the form.
	form := url.Values{"text": problem["text"], "lang": {"en"}}
	doc, source := w.page(http.StatusOK, http.MethodPost, "/match", form)
	if text(tags(doc, "h1")[0]) != "Matches" || !strings.Contains(source, problem.Get("text")) {
		t.Error("the switch on a match result loses the text or the language")
	}
}

func TestSecurityHeaders(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	for _, a := range []string{"/", "/none", "/assets/style.css"} {
		h := w.ask(http.MethodGet, a, nil).Header
		for name, part := range map[string]string{"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if !strings.Contains(h.Get(name), part) {
				t.Errorf("%s: %s is %q", a, name, h.Get(name))
			}
		}
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", a, csp)
		}
	}
}

func TestErrorsHelpAndShowNoCause(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for address, status := range map[string]int{"/none": 404, "/needs/none": 404, "/achievements/A4": 404, "/a/b/c": 404, "/assets/none": 404,
		"/search?stage=none": 422, "/search?after=none": 422, "/needs/N1?after=none": 422} {
		doc, source := w.page(status, http.MethodGet, address, nil)
		if len(tags(tags(doc, "main")[0], "a")) < 3 {
			t.Errorf("%s: no way on", address)
		}
		if strings.Contains(source, "there is no") || strings.Contains(source, "cursor") {
			t.Errorf("%s shows an internal message", address)
		}
	}
	s := &site{}
	if _, err := s.answer(request{}, func(request) (page, error) { panic("broken") }); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a panic becomes %v", err)
	}
}

func TestAssetsAreCachedByContent(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	doc, _ := w.get("/")
	for _, e := range tags(tags(doc, "head")[0], "link", "script") {
		address := attr(e, "href") + attr(e, "src")
		res := w.ask(http.MethodGet, address, nil)
		if !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is not cached", address)
		}
		plain, _, _ := strings.Cut(address, "?")
		if res := w.ask(http.MethodGet, plain, nil); strings.Contains(res.Header.Get("Cache-Control"), "immutable") || res.Header.Get("ETag") == "" {
			t.Errorf("%s is cached without its hash", plain)
		}
	}
}

// The page of the API shows what bodies hold, and each link in it leads to a schema that is there.
func TestTheAPIsPageShowsBodies(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, source := w.get("/docs")
	if route := byID(doc, "match"); route == nil || !strings.Contains(text(route), "MatchRequest") || !strings.Contains(source, `href="#schema-MatchRequest"`) {
		t.Errorf("the route to match: %s", source[:min(len(source), 500)])
	}
	if said := text(byID(doc, "schema-MatchRequest")); !strings.Contains(said, "achievement") || !strings.Contains(said, "id of a need") {
		t.Errorf("its body: %s", said)
	}
	if said := text(byID(doc, "create-contract")); !strings.Contains(said, "seller *") || !strings.Contains(said, "80万元") {
		t.Errorf("the body of a record: %s", said)
	}
	for _, a := range all(doc, func(e *html.Node) bool { return strings.HasPrefix(attr(e, "href"), "#schema-") }) {
		if byID(doc, attr(a, "href")[1:]) == nil {
			t.Errorf("a link to %s", attr(a, "href"))
		}
	}
}
