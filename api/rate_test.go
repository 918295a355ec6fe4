package api

import (
	"net/http"
	"strings"
	"testing"
)

func TestRequestsAreLimited(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.Limits = Limits{PerAddress: 2, PerKey: 3}
	w.http = Handler(w.svc, nil)
	ask := func(key, path string, headers ...string) reply { return w.as(key, "GET", path, "", headers...) }
	// httptest's requests come from 192.0.2.1.
	if r := ask("", "/v1/status").want(200); r.Header.Get("RateLimit-Policy") != `"address";q=2;w=60` || !strings.HasPrefix(r.Header.Get("RateLimit"), `"address";r=1;t=`) {
		t.Errorf("headers %v", r.Header)
	}
	ask("wrong", "/v1/status").problem(401)
	if r := ask("", "/v1/status"); r.problem(429).Type != "/problems/too_many_requests" || r.Header.Get("Retry-After") == "" {
		t.Errorf("the third: %v %s", r.Header, r.body)
	}
	ask("wrong", "/v1/status").problem(429)
	ask("", "/livez").want(200)
	ask("", "/v1/status", "X-Forwarded-For", "203.0.113.9").problem(429) // it is no proxy of ours
	for range 3 {
		ask(w.readKey, "/v1/status").want(200)
	}
	ask(w.readKey, "/v1/status").problem(429)
	for range 5 {
		ask(w.adminKey, "/v1/status").want(200)
		send(t, w.admin, "GET", "/v1/status", "").want(200)
	}
}

func TestTheAddressIsTheLastThatIsNoProxys(t *testing.T) {
	proxies, err := ParseNetworks("10.0.0.0/8, 2001:db8:1::1")
	if err != nil {
		t.Fatal(err)
	}
	l := newLimiter(Limits{Proxies: proxies})
	for _, test := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:5", "", "192.0.2.1"},
		{"192.0.2.1:5", "203.0.113.9", "192.0.2.1"},
		{"127.0.0.1:5", "", "127.0.0.1"},
		{"127.0.0.1:5", "203.0.113.9", "203.0.113.9"},
		{"127.0.0.1:5", "198.51.100.7, 203.0.113.9", "203.0.113.9"},
		{"[::1]:5", "203.0.113.9, 10.1.2.3", "203.0.113.9"},
		{"10.1.2.3:5", "2001:db8::7", "2001:db8::7"},
		{"127.0.0.1:5", "unknown", "127.0.0.1"},
		{"@", "", "invalid IP"},
	} {
		r := &http.Request{RemoteAddr: test.remote, Header: http.Header{}}
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		if got := l.address(r).String(); got != test.want {
			t.Errorf("%s for %q: %s, want %s", test.remote, test.forwarded, got, test.want)
		}
	}
}
