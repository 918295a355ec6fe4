package api

import (
	"testing"
)

func TestWhatTheCallerHasIsNotSentAgain(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, path := range []string{"/v1/needs/n1", "/v1/needs/n1/matches", "/v1/codes/field", "/v1/search?q=" + "%E6%B7%80%E7%B2%89", "/v1/needs", "/v1/codes"} {
		first := w.as("", "GET", path, "").want(200)
		tag := first.Header.Get("ETag")
		for _, given := range []string{tag, `"x", W/` + tag, "*"} {
			if again := w.as("", "GET", path, "", "If-None-Match", given).want(304); again.body != "" || again.Header.Get("ETag") != tag {
				t.Errorf("%s: %q with the tag %s, want %s", path, again.body, again.Header.Get("ETag"), tag)
			}
		}
		if r := w.as("", "GET", path, "", "If-None-Match", `"x"`).want(200); r.body != first.body {
			t.Errorf("%s with another tag: %s", path, r.body)
		}
	}
	tag := w.as("", "GET", "/v1/needs/n1", "").want(200).Header.Get("ETag")
	if other := w.as(w.adminKey, "GET", "/v1/needs/n1", "").want(200).Header.Get("ETag"); other == tag {
		t.Error("what an admin reads has the tag of what anybody reads")
	}
	w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"title":"改"}`, "If-Match", tag).want(200)
	w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"title":"又改"}`, "If-Match", tag).problem(412)
	w.as("", "GET", "/v1/needs/n1", "", "If-None-Match", tag).want(200)
}
