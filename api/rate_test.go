package api

import (
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

func TestEachQuestionOfABatchCounts(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.Limits = Limits{PerKey: 5}
	w.http = Handler(w.svc, nil)
	batch := func(key string, n int) reply {
		return w.as(key, "POST", "/v1/match/batch", `{"questions":[`+strings.TrimSuffix(strings.Repeat(`{"need":"n1"},`, n), ",")+`]}`)
	}
	if r := batch(w.readKey, 4).want(200); !strings.HasPrefix(r.Header.Get("RateLimit"), `"key";r=1;t=`) {
		t.Errorf("after four of five the answer says %s", r.Header.Get("RateLimit"))
	}
	if r := batch(w.readKey, 4); r.problem(429).Type != "/problems/too_many_requests" || r.Header.Get("Retry-After") == "" {
		t.Errorf("eight in two requests: %v %s", r.Header, r.body)
	}
	batch(w.key("firm"), 7).problem(429)
	batch(w.adminKey, 7).want(200)
}
