package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"duijie/api"
	"duijie/corpus/market"
)

const password = "correct horse"

// invite makes an account and returns the path of its link.
func (w *world) invite(role market.Role) string {
	w.t.Helper()
	i, err := w.svc.Invite(w.t.Context(), operator, "王丽", role, "技术转移中心")
	if err != nil {
		w.t.Fatal(err)
	}
	return i.Link
}

// join takes an invitation and returns the cookie of its session.
func (w *world) join(link, login string) string {
	w.t.Helper()
	return w.cookieOf(w.ask(http.MethodPost, link, url.Values{"login": {login}, "password": {password}, "again": {password}}))
}

func (w *world) cookieOf(res *http.Response) string {
	w.t.Helper()
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		body, _ := io.ReadAll(res.Body)
		w.t.Fatalf("signing in answers %d, %v: %.300s", res.StatusCode, res.Cookies(), body)
	}
	return sessionCookie + "=" + res.Cookies()[0].Value
}

func (w *world) signInAs(login, password string) *http.Response {
	return w.ask(http.MethodPost, "/signin", url.Values{"login": {login}, "password": {password}})
}

// known reports whether a cookie opens the page of the own account.
func (w *world) known(cookie string) bool {
	return w.ask(http.MethodGet, "/account", nil, cookie).StatusCode == http.StatusOK
}

func TestAnInvitationSetsLoginAndPasswordOnce(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	link := w.invite(market.Broker)
	doc, source := w.get(link)
	if !strings.Contains(source, "王丽") || !strings.Contains(source, "经纪人") || attr(tags(tags(doc, "main")[0], "form")[0], "action") != link {
		t.Errorf("the page of the link: %s", source)
	}
	for wrong, form := range map[string]url.Values{
		"两次输入":  {"login": {"wangli"}, "password": {password}, "again": {"other"}},
		"至少 10": {"login": {"wangli"}, "password": {"short"}, "again": {"short"}},
		"登录名需要": {"login": {"w"}, "password": {password}, "again": {password}},
	} {
		if _, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, link, form); !strings.Contains(source, wrong) || strings.Contains(source, password) {
			t.Errorf("%v is answered without %q, or with the password", form, wrong)
		}
	}
	cookie := w.join(link, "WangLi")
	if !w.known(cookie) {
		t.Error("the new account is not signed in")
	}
	w.page(http.StatusNotFound, http.MethodGet, link, nil)
	w.page(http.StatusNotFound, http.MethodPost, link, url.Values{"login": {"x123"}, "password": {password}, "again": {password}})
	second := w.invite(market.Firm)
	if _, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, second, url.Values{"login": {"wangli"}, "password": {password}, "again": {password}}); !strings.Contains(source, "已经有人使用") {
		t.Error("a login is given twice")
	}
	if log := w.log.String(); strings.Contains(log, strings.TrimPrefix(link, api.WelcomePath)) || strings.Contains(log, password) || strings.Contains(log, "wangli") {
		t.Error("a link, a password or a login is logged")
	}
	if res := w.ask(http.MethodGet, second, nil); res.Header.Get("Referrer-Policy") != "no-referrer" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page of a link may be kept: %v", res.Header)
	}
}

func TestLoginAndPasswordSignIn(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	w.join(w.invite(market.Admin), "wang@example.cn")
	w.invite(market.Admin) // who has not come yet has no login
	for _, wrong := range [][2]string{{"wang@example.cn", "wrong horse"}, {"nobody", password}, {"", ""}, {"", password}, {"a b", password}} {
		if _, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/signin", url.Values{"login": {wrong[0]}, "password": {wrong[1]}}); !strings.Contains(source, "login-error") || wrong[1] != "" && strings.Contains(source, wrong[1]) {
			t.Errorf("%q is answered without a word, or with the password", wrong)
		}
	}
	res := w.signInAs(" Wang@Example.cn ", password)
	if !w.in(w.cookieOf(res)) || res.Header.Get("Location") != "/imports" {
		t.Errorf("an admin is led to %s", res.Header.Get("Location"))
	}
}

func TestTriesOfALoginAreLimitedFromEverywhere(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	w.join(w.invite(market.Reader), "wangli")
	try := func(password, from string) int {
		r := httptest.NewRequest(http.MethodPost, "/signin", strings.NewReader(url.Values{"login": {"wangli"}, "password": {password}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = from
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		return rec.Code
	}
	for i := range 12 {
		if got := try(password, "192.0.2.1:1"); got != http.StatusSeeOther {
			t.Fatalf("right sign-in %d answers %d", i, got)
		}
	}
	for i := range 50 {
		if got := try("wrong horse", fmt.Sprintf("198.51.100.%d:1", i/10)); got != http.StatusUnprocessableEntity {
			t.Fatalf("try %d answers %d", i, got)
		}
		if i != 9 {
			continue
		}
		if got := try(password, "192.0.2.8:1"); got != http.StatusSeeOther {
			t.Fatalf("after ten wrong tries from one address the right password from another answers %d", got)
		}
	}
	if got := try(password, "192.0.2.9:1"); got != http.StatusTooManyRequests {
		t.Errorf("after fifty wrong tries the right password from a new address answers %d", got)
	}
	if got := try(password, "192.0.2.1:1"); got != http.StatusSeeOther {
		t.Errorf("from where the login came in before it answers %d", got)
	}
	w.later(time.Minute)
	if got := try(password, "192.0.2.9:1"); got != http.StatusSeeOther {
		t.Errorf("later: %d", got)
	}
}

func TestSessionsOutliveARestart(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.join(w.invite(market.Broker), "wangli")
	again := &api.Service{Store: w.svc.Store, Log: w.svc.Log, Now: w.now}
	pages, err := Handler(again, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.handler = api.Handler(again, pages)
	if !w.known(cookie) {
		t.Error("a restart signs everybody out")
	}
	for r := range w.svc.Store.Records(market.Sessions) {
		if strings.Contains(string(r.Body), strings.TrimPrefix(cookie, sessionCookie+"=")) {
			t.Error("the cookie's secret is stored")
		}
	}
}

func TestAnotherPasswordEndsTheOtherSessions(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	here := w.join(w.invite(market.Firm), "wangli")
	there := w.cookieOf(w.signInAs("wangli", password))
	_, source := w.get("/account", here)
	if got := strings.Count(source, `name="id"`); got != 1 {
		t.Errorf("%d other sessions are shown", got)
	}
	change := func(now, then, again string) int {
		return w.ask(http.MethodPost, "/account", url.Values{"now": {now}, "password": {then}, "again": {again}}, here).StatusCode
	}
	if change("wrong horse", "battery staple", "battery staple") != 422 || change(password, "short", "short") != 422 || change(password, "battery staple", "other") != 422 || !w.known(there) {
		t.Error("a wrong change is made")
	}
	if got := change(password, "battery staple", "battery staple"); got != 200 || !w.known(here) || w.known(there) {
		t.Errorf("a change answers %d; here %t, there %t", got, w.known(here), w.known(there))
	}
	if w.signInAs("wangli", password).StatusCode != 422 {
		t.Error("the old password still signs in")
	}
	there = w.cookieOf(w.signInAs("wangli", "battery staple"))
	other := w.join(w.invite(market.Firm), "liqiang")
	id := regexp.MustCompile(`name="id" value="([0-9a-f]{16})"`).FindStringSubmatch(func() string { _, s := w.get("/account", here); return s }())[1]
	w.ask(http.MethodPost, "/account/end", url.Values{"id": {id}}, other)
	if !w.known(there) {
		t.Error("somebody else ends a session")
	}
	w.ask(http.MethodPost, "/account/end", url.Values{"id": {id}}, here)
	if w.known(there) {
		t.Error("a session goes on after it was ended")
	}
}

func TestAccountsAreInvitedAndDisabledOnTheirPage(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	admin := w.join(w.invite(market.Admin), "admin1")
	_, source := w.page(http.StatusOK, http.MethodPost, "/accounts", url.Values{"name": {"李强"}, "role": {"broker"}}, admin)
	link := regexp.MustCompile(`http://example\.com(/welcome/[A-Za-z0-9_-]{43})`).FindStringSubmatch(source)
	if link == nil {
		t.Fatalf("no link in %s", source)
	}
	broker := w.join(link[1], "liqiang")
	_, source = w.get("/accounts", admin)
	if strings.Contains(source, "/welcome/") || !strings.Contains(source, "liqiang") {
		t.Error("the list shows a link, or lacks a login")
	}
	id := regexp.MustCompile(`/accounts/([0-9A-Za-z]{12})"`)
	ids := map[string]string{}
	for _, part := range strings.Split(source, "<li>")[1:] {
		if m := id.FindStringSubmatch(part); m != nil && strings.Contains(part, "liqiang") {
			ids["broker"] = m[1]
		} else if m != nil {
			ids["admin"] = m[1]
		}
	}
	w.page(http.StatusUnprocessableEntity, http.MethodPost, "/accounts", url.Values{"name": {""}, "role": {"broker"}}, admin)
	w.page(http.StatusConflict, http.MethodPost, "/accounts/"+ids["admin"], url.Values{"do": {"disable"}}, admin)
	if w.ask(http.MethodPost, "/accounts/"+ids["broker"], url.Values{"do": {"disable"}}, admin); w.known(broker) || w.signInAs("liqiang", password).StatusCode != 422 {
		t.Error("a disabled account goes on")
	}
	w.ask(http.MethodPost, "/accounts/"+ids["broker"], url.Values{"do": {"enable"}}, admin)
	if w.signInAs("liqiang", password).StatusCode != http.StatusSeeOther {
		t.Error("an enabled account can't sign in")
	}
	_, source = w.page(http.StatusOK, http.MethodPost, "/accounts/"+ids["broker"], url.Values{"do": {"invite"}}, admin)
	w.ask(http.MethodPost, regexp.MustCompile(`/welcome/[A-Za-z0-9_-]{43}`).FindString(source), url.Values{"login": {"other"}, "password": {"battery staple"}, "again": {"battery staple"}})
	if w.signInAs("liqiang", "battery staple").StatusCode != http.StatusSeeOther || w.signInAs("liqiang", password).StatusCode == http.StatusSeeOther {
		t.Error("a new link does not set the password")
	}
}

func TestKeysAreMadeOnTheirPage(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	admin := w.signIn()
	_, source := w.page(http.StatusOK, http.MethodPost, "/keys", url.Values{"name": {"同步程序"}, "role": {"read"}, "expires": {"2027-06-30"}}, admin)
	secret := regexp.MustCompile(`dj_[0-9A-Za-z]{32}`).FindString(source)
	id := regexp.MustCompile(`(?s)<h3>同步程序.*?/keys/([0-9a-f]{16})"`).FindStringSubmatch(source)
	if secret == "" || id == nil || !strings.Contains(source, "2027-07-01 00:00") {
		t.Fatalf("made %q, %v: %s", secret, id, source)
	}
	if _, source := w.get("/keys", admin); strings.Contains(source, secret) {
		t.Error("a secret is shown twice")
	}
	_, source = w.page(http.StatusOK, http.MethodPost, "/keys/"+id[1], url.Values{"do": {"rotate"}}, admin)
	if next := regexp.MustCompile(`dj_[0-9A-Za-z]{32}`).FindString(source); next == "" || next == secret || !strings.Contains(source, "旧密钥可用到") {
		t.Error("a key is not rotated")
	}
	w.ask(http.MethodPost, "/keys/"+id[1], url.Values{"do": {"delete"}}, admin)
	if _, source := w.get("/keys", admin); strings.Contains(source, id[1]) {
		t.Error("a key is not removed")
	}
	w.page(http.StatusUnprocessableEntity, http.MethodPost, "/keys", url.Values{"name": {"x"}, "role": {"read"}, "expires": {"2020-01-01"}}, admin)
	site := url.Values{"name": {"门户"}, "origins": {"https://a.cn\nhttps://*.b.cn"}, "kind": {"achievement", "need"}, "fields": {"26、C"}, "per_minute": {"60"}}
	_, source = w.page(http.StatusOK, http.MethodPost, "/sitekeys", site, admin)
	at := regexp.MustCompile(`/sitekeys/[0-9a-f]{16}`).FindString(source)
	if !regexp.MustCompile(`djs_[0-9A-Za-z]{24}`).MatchString(source) || !strings.Contains(source, "https://*.b.cn https://a.cn") || at == "" || strings.Contains(source, "请马上保存") || !strings.Contains(source, "还能看到") {
		t.Errorf("a site key: %s", source)
	}
	for name, value := range map[string]string{"origins": "https://*.cn", "per_minute": "x", "fields": "YY", "regions": "99"} {
		form := with(site, name, value)
		if doc, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/sitekeys", form, admin); len(classes(doc, "field-error")) != 1 || !strings.Contains(source, "门户") {
			t.Errorf("a wrong %s is not told", name)
		}
	}
	if w.ask(http.MethodPost, at, url.Values{"do": {"delete"}}, admin); len(classes(func() *html.Node { d, _ := w.get("/keys", admin); return d }(), "once")) != 0 {
		t.Error("a site key is not removed")
	}
}

func TestPagesOfPeopleAreClosed(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	broker := w.join(w.invite(market.Broker), "wangli")
	before, err := w.svc.Store.LastChange()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{}
	for pattern := range s.peoplePages() {
		at := strings.TrimPrefix(pattern, "GET ")
		if strings.HasPrefix(at, api.WelcomePath) {
			continue
		}
		if res := w.ask(http.MethodGet, at, nil); res.Header.Get("Location") != "/signin?to="+at {
			t.Errorf("%s without a session answers %d", at, res.StatusCode)
		}
		if at != "/account" && at != "/messages" {
			w.page(http.StatusForbidden, http.MethodGet, at, nil, broker)
		}
	}
	if _, source := w.get("/account", broker); regexp.MustCompile(`href="/(accounts|keys|imports|feeds|duplicates|incomplete)"`).MatchString(source) {
		t.Error("a broker's account shows what is for admins")
	}
	for pattern := range s.peopleForms() {
		at := strings.ReplaceAll(strings.TrimPrefix(pattern, "POST "), "{id}", "x")
		form := url.Values{"name": {"x"}, "role": {"admin"}, "do": {"delete"}}
		if res := w.ask(http.MethodPost, at, form); res.Header.Get("Location") != "/signin?to=/account" {
			t.Errorf("POST %s without a session answers %d", at, res.StatusCode)
		}
		if !strings.HasPrefix(at, "/account/") && at != "/account" && !strings.HasPrefix(at, "/messages") {
			if _, source := w.page(http.StatusForbidden, http.MethodPost, at, form, broker); !strings.Contains(source, "经纪人") {
				t.Errorf("POST %s says nothing of the role", at)
			}
		}
		r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", broker)
		r.Header.Set("Origin", "https://evil.example")
		rec := httptest.NewRecorder()
		if w.handler.ServeHTTP(rec, r); rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "另一个网站") {
			t.Errorf("POST %s from another site answers %d", at, rec.Code)
		}
	}
	if after, err := w.svc.Store.LastChange(); err != nil || after != before {
		t.Errorf("%d changes were made, %v", after-before, err)
	}
}
