package web

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"golang.org/x/oauth2"

	"duijie/api"
	"duijie/corpus/market"
)

// An idp is a provider that signs in whom its claims name: with its test's tokens, and codes that the challenge guards.
type idp struct {
	t       *testing.T
	url     string
	key     *rsa.PrivateKey
	claims  map[string]any
	nonce   string
	codes   map[string]string // challenge by code
	refuses bool
}

func newIDP(t *testing.T) *idp {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &idp{t: t, key: key, codes: map[string]string{}}
	known := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.Handle("/", known)
	mux.HandleFunc("POST /token", p.token)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	p.url = srv.URL
	known.SetIssuer(srv.URL)
	return p
}

func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	code := r.PostFormValue("code")
	challenge, known := p.codes[code]
	delete(p.codes, code)
	if id, secret, _ := r.BasicAuth(); p.refuses || !known || id != "duijie" || secret != "hush" || oauth2.S256ChallengeFromVerifier(r.PostFormValue("code_verifier")) != challenge {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	}
	claims := map[string]any{"iss": p.url, "aud": "duijie", "exp": time.Now().Add(time.Hour).Unix(), "nonce": p.nonce}
	for name, value := range p.claims {
		claims[name] = value
	}
	b, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": oidctest.SignIDToken(p.key, "k", oidc.RS256, string(b))})
}

// come goes from a page of w to the provider and back, as a browser does, and returns what w answers then.
func (p *idp) come(w *world, from string) *http.Response {
	p.t.Helper()
	res := w.ask(http.MethodGet, from, nil)
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to.String(), p.url+"/auth?") || len(res.Cookies()) != 1 {
		p.t.Fatalf("%s leads to %q, status %d", from, to, res.StatusCode)
	}
	q, c := to.Query(), res.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || q.Get("redirect_uri") != "https://portal.example/signin/oidc/done" || q.Get("scope") != "openid profile" {
		p.t.Errorf("leads to %s with %+v", to, c)
	}
	p.nonce = q.Get("nonce")
	p.codes["c0de"] = q.Get("code_challenge")
	return w.ask(http.MethodGet, "/signin/oidc/done?"+url.Values{"state": {q.Get("state")}, "code": {"c0de"}}.Encode(), nil, c.Name+"="+c.Value)
}

// sessionIn is the session that an answer begins, "" where it begins none.
func sessionIn(res *http.Response) string {
	for _, c := range res.Cookies() {
		if c.Name == sessionCookie {
			return c.Name + "=" + c.Value
		}
	}
	return ""
}

func textOf(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPeopleSignInByAProvider(t *testing.T) {
	w, p := newWorld(t, Options{}, nil), newIDP(t)
	w.svc.BaseURL = "https://portal.example"
	w.svc.OIDC = &api.OIDC{Issuer: p.url, Client: "duijie", Secret: "hush", Name: "城市认证", Login: "preferred_username", Person: "name", Org: "organization", Scopes: []string{"profile"}}
	p.claims = map[string]any{"sub": "u1", "preferred_username": "WangLi", "name": "别名", "organization": "别处"}
	if _, source := w.get("/signin"); !strings.Contains(source, "用城市认证登录") {
		t.Error("the sign-in page does not offer the provider")
	}

	// Nobody is let in whom nobody invited, whatever they are called there.
	taken := w.join(strings.TrimPrefix(w.invite(market.Admin), w.svc.BaseURL), "wangli")
	if res := p.come(w, "/signin/oidc"); res.StatusCode != http.StatusUnprocessableEntity || sessionIn(res) != "" {
		t.Errorf("a stranger with an admin's login: status %d", res.StatusCode)
	}

	// An invitation binds who comes by it, once, with the role and the name that the admin gave.
	link := strings.TrimPrefix(w.invite(market.Firm), w.svc.BaseURL)
	if _, source := w.get(link); !strings.Contains(source, link+"/oidc") {
		t.Error("the page of an invitation does not offer the provider")
	}
	res := p.come(w, link+"/oidc")
	first := sessionIn(res)
	if res.StatusCode != http.StatusOK || !w.known(first) {
		t.Fatalf("by the invitation: status %d", res.StatusCode)
	}
	me, _, err := market.FindAccount(w.svc.Store, func(a market.Account) bool { return a.Subject == p.url+" u1" })
	if err != nil || me.Role != market.Firm || me.Name != "王丽" || me.Login != "" || me.Password != "" {
		t.Errorf("%v, %+v: the login is another's, who is an admin", err, me)
	}
	w.page(http.StatusNotFound, http.MethodGet, link, nil)

	// From then on the subject counts, not the login, and the page goes on where they wanted to.
	p.claims["preferred_username"] = "renamed"
	res = p.come(w, "/signin/oidc?to=/leads%3Fstate=new")
	again := sessionIn(res)
	if source := textOf(t, res); !w.known(again) || !strings.Contains(source, `content="0; url=/leads?state=new"`) {
		t.Errorf("the second time: %s", source)
	}
	if res := p.come(w, "/signin/oidc?to=//evil.example/x"); strings.Contains(textOf(t, res), "url=//") {
		t.Error("leads on to another host")
	}
	second := strings.TrimPrefix(w.invite(market.Broker), w.svc.BaseURL)
	if res := p.come(w, second+"/oidc"); res.StatusCode != http.StatusConflict || sessionIn(res) != "" {
		t.Errorf("another account for the same person: status %d", res.StatusCode)
	}
	w.get(second) // is still open

	// A disabled account stays outside.
	off := true
	if _, err := w.svc.ChangeAccount(t.Context(), operator, me.ID, api.AccountChange{Disabled: &off}); err != nil {
		t.Fatal(err)
	}
	if res := p.come(w, "/signin/oidc"); sessionIn(res) != "" || w.known(first) || w.known(again) {
		t.Errorf("a disabled account: status %d", res.StatusCode)
	}

	// Where the operator gives a role to all of the provider, others get an account.
	w.svc.OIDC.Role = market.Reader
	p.claims = map[string]any{"sub": "u2", "preferred_username": "Li.Si", "name": "李四", "organization": "城市大学"}
	if !w.known(sessionIn(p.come(w, "/signin/oidc"))) {
		t.Error("somebody new is not let in")
	}
	if a, _, err := market.FindAccount(w.svc.Store, func(a market.Account) bool { return a.Login == "li.si" }); err != nil || a.Role != market.Reader || a.Name != "李四" || a.Org != "城市大学" {
		t.Errorf("%v, %+v", err, a)
	}
	if !w.known(taken) {
		t.Error("the admin with a like login lost the session")
	}
	if log := w.log.String(); strings.Contains(log, "c0de") || strings.Contains(log, "hush") || strings.Contains(log, p.nonce) {
		t.Error("the log holds a secret")
	}
}

func TestAnswersThatAreNotTheProvidersSignNobodyIn(t *testing.T) {
	w, p := newWorld(t, Options{}, nil), newIDP(t)
	w.svc.BaseURL = "https://portal.example"
	w.svc.OIDC = &api.OIDC{Issuer: p.url, Client: "duijie", Secret: "hush", Login: "preferred_username", Role: market.Reader, Scopes: []string{"profile"}}
	p.claims = map[string]any{"sub": "u1", "preferred_username": "lisi"}
	good := w.ask(http.MethodGet, "/signin/oidc", nil)
	to, _ := url.Parse(good.Header.Get("Location"))
	state, cookie := to.Query().Get("state"), good.Cookies()[0].Name+"="+good.Cookies()[0].Value
	for name, c := range map[string]struct {
		state, cookie string
		claims        map[string]any
		refuses       bool
		status        int
	}{
		"no cookie":        {state: state, status: 422},
		"another state":    {state: "other", cookie: cookie, status: 422},
		"no state":         {cookie: cookie, status: 422},
		"a refused code":   {state: state, cookie: cookie, refuses: true, status: 422},
		"another nonce":    {state: state, cookie: cookie, claims: map[string]any{"nonce": "other"}, status: 503},
		"another audience": {state: state, cookie: cookie, claims: map[string]any{"aud": "other"}, status: 503},
		"another issuer":   {state: state, cookie: cookie, claims: map[string]any{"iss": "https://other.example"}, status: 503},
		"no subject":       {state: state, cookie: cookie, claims: map[string]any{"sub": ""}, status: 503},
		"an old token":     {state: state, cookie: cookie, claims: map[string]any{"exp": 1000}, status: 503},
	} {
		p.codes["c0de"], p.nonce, p.refuses = to.Query().Get("code_challenge"), to.Query().Get("nonce"), c.refuses
		p.claims = map[string]any{"sub": "u1", "preferred_username": "lisi"}
		for k, v := range c.claims {
			p.claims[k] = v
		}
		res := w.ask(http.MethodGet, "/signin/oidc/done?code=c0de&state="+c.state, nil, c.cookie)
		if res.StatusCode != c.status || sessionIn(res) != "" {
			t.Errorf("%s: status %d, want %d; session %q", name, res.StatusCode, c.status, sessionIn(res))
		}
	}
	w.svc.OIDC = nil
	w.page(http.StatusNotFound, http.MethodGet, "/signin/oidc", nil)
}
