package api

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnswersAreCompressedWhereNothingIsSecret(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(strings.Repeat("<p>页</p>", 1000)))
	})
	w := newWorld(t, pages, testDocs()...)
	long := strings.Repeat("长", 100)
	for _, test := range []struct {
		method, path, body, cookie string
		want                       string
	}{
		{"GET", "/v1/codes/field", "", "", "gzip"},
		{"GET", "/v1/export?format=jsonl", "", "", "gzip"},
		{"GET", "/v1/codes/status", "", "", ""}, // short
		{"GET", "/needs", "", "", "gzip"},
		{"GET", "/needs", "", "lang=en", "gzip"},
		{"GET", "/needs", "", "session=x", ""},
		{"GET", ConfirmPath + "x", "", "", ""},
		{"POST", "/v1/match", `{"need":"n1"}`, "", "gzip"},
		{"POST", "/v1/keys", `{"name":"` + long + `","role":"read"}`, "", ""},
	} {
		r := w.as(w.adminKey, test.method, test.path, test.body, "Accept-Encoding", "gzip", "Cookie", test.cookie)
		if got := r.Header.Get("Content-Encoding"); got != test.want || r.StatusCode > 299 {
			t.Errorf("%s %s (cookie %q): %d %q, want %q", test.method, test.path, test.cookie, r.StatusCode, got, test.want)
		}
		if r.Header.Get("No-Gzip-Compression") != "" {
			t.Errorf("%s %s: a header that is ours", test.method, test.path)
		}
	}
}
