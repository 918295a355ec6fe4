package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"duijie/api"
	"duijie/corpus/market"
)

var operator = api.Caller{Name: "test", Admin: true}

// key makes a key and returns its secret and id.
func (w *world) key(role market.Role) (secret, id string) {
	w.t.Helper()
	k, err := w.svc.CreateKey(context.Background(), operator, "县科技局", role, time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	return k.Key, k.ID
}

// signIn signs in with a new admin key and returns the cookie.
func (w *world) signIn() string {
	w.t.Helper()
	secret, _ := w.key(market.Admin)
	return w.signInWith(secret)
}

func (w *world) signInWith(secret string) string {
	w.t.Helper()
	res := w.ask(http.MethodPost, "/signin", url.Values{"key": {secret}})
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		w.t.Fatalf("signing in answers %d, %v", res.StatusCode, res.Cookies())
	}
	return sessionCookie + "=" + res.Cookies()[0].Value
}

// in reports whether a cookie opens the page of imports.
func (w *world) in(cookie string) bool {
	w.t.Helper()
	res := w.ask(http.MethodGet, "/imports", nil, cookie)
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("/imports answers %d", res.StatusCode)
	}
	return res.StatusCode == http.StatusOK
}

func TestAKeySignsIn(t *testing.T) {
	w := newWorld(t, Options{Base: "/portal"}, nil)
	admin, _ := w.key(market.Admin)
	read, _ := w.key(market.Reader)
	said := map[string]bool{}
	for _, wrong := range []string{"x", "dj_00000000000000000000000000000000", admin + "x", strings.Repeat("长", 10_000)} {
		doc, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/signin?to=/imports/x", url.Values{"key": {wrong}})
		said[text(classes(doc, "field-error")[0])] = true
		if strings.Contains(source, `"`+wrong+`"`) {
			t.Error("the page shows the key again")
		}
		if form := tags(tags(doc, "main")[0], "form")[0]; attr(form, "action") != "/portal/signin?to=%2fimports%2fx" {
			t.Errorf("the way on is lost: %q", attr(form, "action"))
		}
	}
	if len(said) != 1 {
		t.Errorf("what is said differs: %v", said)
	}
	res := w.ask(http.MethodPost, "/signin?to=/imports/x", url.Values{"key": {" " + admin + "\n"}})
	c := res.Cookies()[0]
	if res.Header.Get("Location") != "/portal/imports/x" || c.Path != "/portal/" || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteStrictMode || c.MaxAge != 12*3600 || len(c.Value) < 43 {
		t.Errorf("signed in: %q, %v", res.Header.Get("Location"), c)
	}
	r := httptest.NewRequest(http.MethodPost, "/signin", strings.NewReader(url.Values{"key": {admin}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-Proto", "https")
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	if !rec.Result().Cookies()[0].Secure {
		t.Error("behind TLS the cookie may go without it")
	}
	if log := w.log.String(); strings.Contains(log, admin) || strings.Contains(log, read) || strings.Contains(log, c.Value) {
		t.Error("a key or a token is logged")
	}
	for to, want := range map[string]string{"//evil.example/imports": "/imports", "https://evil.example/imports/": "/imports", "/imports/../../x": "/x", "/keys": "/keys", "": "/imports", "/signin": "/imports"} {
		res := w.ask(http.MethodPost, "/signin?to="+url.QueryEscape(to), url.Values{"key": {admin}})
		if at := res.Header.Get("Location"); at != "/portal"+want {
			t.Errorf("%q leads to %q", to, at)
		}
	}
	if at := w.ask(http.MethodPost, "/signin?to=/imports/x", url.Values{"key": {read}}).Header.Get("Location"); at != "/portal/account" {
		t.Errorf("a reader's key leads to %q", at)
	}
}

func TestASessionEnds(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	if !w.in(cookie) || w.in(cookie+"x") || w.in("") {
		t.Error("the wrong cookies open the page")
	}
	w.later(12*time.Hour - time.Second)
	if !w.in(cookie) {
		t.Error("a session ends early")
	}
	w.later(time.Second)
	if w.in(cookie) {
		t.Error("a session is open after 12 hours")
	}
	cookie = w.signIn()
	res := w.ask(http.MethodPost, "/signout", url.Values{}, cookie)
	if res.StatusCode != http.StatusSeeOther || res.Cookies()[0].MaxAge >= 0 || w.in(cookie) {
		t.Errorf("signing out answers %d %v", res.StatusCode, res.Cookies())
	}
	secret, id := w.key(market.Admin)
	cookie = w.signInWith(secret)
	if !w.in(cookie) {
		t.Error("the second key does not open the page")
	}
	w.later(time.Second)
	rotated, err := w.svc.RotateKey(context.Background(), operator, id, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if !w.in(cookie) {
		t.Error("a session ends before the secret that began it")
	}
	w.later(time.Second)
	late := w.signInWith(secret)
	if w.later(time.Hour); w.in(cookie) || !w.in(w.signInWith(rotated.Key)) {
		t.Error("a session outlives the secret that began it, or the new one begins none")
	}
	if w.in(late) {
		t.Error("a session that the old secret began after it was rotated outlives it")
	}
	if cookie = w.signInWith(rotated.Key); !w.in(cookie) {
		t.Error("the new secret does not open the page")
	}
	if err := w.svc.DeleteKey(context.Background(), operator, id); err != nil {
		t.Fatal(err)
	}
	if w.in(cookie) {
		t.Error("a session outlives its key")
	}
}

func TestWrongKeysAreLimited(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	secret, _ := w.key(market.Admin)
	try := func(key, from string) int {
		r := httptest.NewRequest(http.MethodPost, "/signin", strings.NewReader(url.Values{"key": {key}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = from
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		return rec.Code
	}
	for i := range 10 {
		if got := try("x", "192.0.2.1:1"+string(rune('0'+i))); got != http.StatusUnprocessableEntity {
			t.Fatalf("try %d answers %d", i, got)
		}
	}
	if try("x", "192.0.2.1:2") != http.StatusTooManyRequests {
		t.Error("the eleventh try is heard")
	}
	if got := try(secret, "192.0.2.1:3"); got != http.StatusSeeOther {
		t.Errorf("a right key from the same address gets %d", got)
	}
	if got := try(secret, "192.0.2.2:1"); got != http.StatusSeeOther {
		t.Errorf("another address gets %d", got)
	}
	w.later(time.Minute)
	if got := try(secret, "192.0.2.1:4"); got != http.StatusSeeOther {
		t.Errorf("a minute later: %d", got)
	}
}

// Scripts of our pages ask the API in the name of who is signed in; pages of other sites can't.
func TestASessionAsksTheAPIFromOurPagesOnly(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	secret, _ := w.key(market.Reader)
	for cookie, want := range map[string]int{cookie: http.StatusOK, w.signInWith(secret): http.StatusForbidden, sessionCookie + "=x": http.StatusUnauthorized} {
		if res := w.ask(http.MethodGet, "/v1/keys", nil, cookie); res.StatusCode != want {
			t.Errorf("/v1/keys answers %d, want %d", res.StatusCode, want)
		}
	}
	ask := func(name, value string) int {
		r := httptest.NewRequest(http.MethodPost, "/v1/keys", strings.NewReader(`{"name":"x","role":"read"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Cookie", cookie)
		r.Header.Set(name, value)
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		return rec.Code
	}
	for _, test := range []struct {
		name, value string
		want        int
	}{{"Sec-Fetch-Site", "same-origin", 201}, {"Origin", "http://example.com", 201}, {"Sec-Fetch-Site", "cross-site", 403}, {"Sec-Fetch-Site", "same-site", 403}, {"Origin", "https://evil.example", 403}, {"Origin", "null", 403}} {
		if got := ask(test.name, test.value); got != test.want {
			t.Errorf("%s: %s: %d, want %d", test.name, test.value, got, test.want)
		}
	}
}

func TestImportPagesAreClosed(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie, other := w.signIn(), w.signIn()
	at := w.upload(cookie, "a.csv", "名称\n甲\n", "achievement", "")
	id := strings.Split(at, "/")[2]
	done := w.importNow(cookie, "b.csv", "名称\n乙\n", "achievement", "")
	before, err := w.svc.Store.LastChange()
	if err != nil {
		t.Fatal(err)
	}
	gets := []string{"/imports", at, "/imports/" + id, "/imports/" + done, "/imports/" + done + "/undo", "/imports/" + done + "/events", "/imports/" + done + "/rows.csv"}
	posts := []string{"/signout", "/imports/new", at, "/imports/" + done, "/imports/" + done + "/undo"}
	read, _ := w.key(market.Reader)
	for _, cookies := range [][]string{nil, {sessionCookie + "=x"}, {sessionCookie + "=" + read}} {
		for _, a := range gets {
			if res := w.ask(http.MethodGet, a, nil, cookies...); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/signin?to=/imports") {
				t.Errorf("%s without a session answers %d %s", a, res.StatusCode, res.Header.Get("Location"))
			}
		}
		for _, a := range posts[1:] {
			if res := w.ask(http.MethodPost, a, url.Values{"do": {"import"}}, cookies...); res.StatusCode != http.StatusForbidden {
				t.Errorf("POST %s without a session answers %d %s", a, res.StatusCode, res.Header.Get("Location"))
			}
		}
	}
	for _, a := range append(posts, "/signin") {
		r := httptest.NewRequest(http.MethodPost, a, strings.NewReader("do=import"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie)
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			r := r.Clone(r.Context())
			r.Body = io.NopCloser(strings.NewReader("do=import"))
			r.Header.Set(name, value)
			rec := httptest.NewRecorder()
			w.handler.ServeHTTP(rec, r)
			if rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "另一个网站") {
				t.Errorf("POST %s from another site (%s) answers %d", a, name, rec.Code)
			}
		}
	}
	for _, cookie := range []string{cookie, other} {
		for _, a := range []string{"/imports/20260101-000000-aaaa", "/imports/..%2f..%2fetc", "/imports/%2e%2e/check", "/imports/20260101-000000-aaaa/undo", "/imports/x/events", "/imports/" + done + "/rows.csv"} {
			if res := w.ask(http.MethodGet, a, nil, cookie); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s answers %d", a, res.StatusCode)
			}
		}
	}
	for _, a := range []string{at, "/imports/" + id} {
		if res := w.ask(http.MethodGet, a, nil, other); res.StatusCode != http.StatusNotFound {
			t.Errorf("another's file: %s answers %d", a, res.StatusCode)
		}
	}
	if res := w.ask(http.MethodPost, at, url.Values{"do": {"import"}}, other); res.StatusCode != http.StatusNotFound {
		t.Errorf("another's file is imported: %d", res.StatusCode)
	}
	if after, err := w.svc.Store.LastChange(); err != nil || after != before+1 { // the reader's key
		t.Errorf("%d changes were made, %v", after-before, err)
	}
	if !w.in(cookie) {
		t.Error("a form on another site signed the reader out")
	}
}
