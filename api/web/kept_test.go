package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/corpus"
)

func TestWhatWasTypedOutlivesTheSession(t *testing.T) {
	w := newWorld(t, Options{Base: "/portal"}, gapsOf())
	typed := url.Values{"version": {"1"}, "after": {"x"}, "price": {"<b>100万元</b>"}, "text": {"第一行\r\n第二行"}, "accept": {`{"field":"keywords","value":["甲"]}`, `{"field":"stage","value":"lab"}`}}
	at := "/incomplete/achievements/G1"
	doc, source := w.page(http.StatusForbidden, http.MethodPost, at, typed)
	if strings.Contains(source, "<b>100") {
		t.Error("what was typed is not escaped")
	}
	form := byID(doc, "kept")
	if attr(form, "action") != "/portal"+at || attr(form, "method") != "post" {
		t.Fatalf("it is sent to %q", attr(form, "action"))
	}
	again := hidden(doc)
	for name, values := range typed {
		if got := strings.Join(again[name], "|"); got != strings.ReplaceAll(strings.Join(values, "|"), "\r\n", "\n") {
			t.Errorf("%s became %q", name, got)
		}
	}
	signIn := all(doc, func(e *html.Node) bool { return attr(e, "target") == "_blank" })
	if len(signIn) != 1 || attr(signIn[0], "href") != "/portal/signin?to=/signin/done" {
		t.Error("no way to sign in")
	}
	again.Set("price", "100万元")
	cookie := w.signIn()
	if res := w.ask(http.MethodPost, at, again, cookie); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sent again: %d", res.StatusCode)
	}
	if d, err := w.svc.Store.Get(corpus.Achievement, "G1"); err != nil || d.Price == nil || d.Text != "第一行\n第二行" || d.Stage != corpus.Lab {
		t.Errorf("saved: %+v %v", d, err)
	}
	// One that is too large is refused.
	r := url.Values{"price": {strings.Repeat("长", maxKept/10)}}
	w.page(http.StatusForbidden, http.MethodPost, at, r)
	r = url.Values{"price": {strings.Repeat("长", maxKept)}}
	w.page(http.StatusUnprocessableEntity, http.MethodPost, at, r)
}

func TestTheWayOnAfterSigningIn(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	for to, want := range map[string]string{
		"/duplicates?kind=need&least=0.9": "/duplicates?kind=need&least=0.9", "/search?q=玉米": "/search?q=%e7%8e%89%e7%b1%b3", "/feeds/某局": "/feeds/%E6%9F%90%E5%B1%80", "/imports/x/../y": "/imports/y",
		"//evil.example/x": "/imports", "https://evil.example/": "/imports", `/\evil.example`: "/%5Cevil.example", `\\evil.example`: "/imports", "javascript:alert(1)": "/imports", "": "/imports", "/signin?to=/x": "/imports", "/%2F/evil.example": "/evil.example",
	} {
		res := w.ask(http.MethodGet, "/signin?to="+url.QueryEscape(to), nil, cookie)
		if got := res.Header.Get("Location"); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
	if res := w.ask(http.MethodGet, "/duplicates?kind=need&least=0.9", nil); res.Header.Get("Location") != "/signin?to=/duplicates%3Fkind%3Dneed%26least%3D0.9" {
		t.Errorf("who is not signed in is led to %q", res.Header.Get("Location"))
	}
}
