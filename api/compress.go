package api

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compressed are the media types that are sent in gzip; events and the lines that answer an import go out one by one and
// are not.
var compressed = []string{"application/json", "application/problem+json", "application/openapi+json", "text/csv", "text/html", "text/css",
	"text/plain", "text/javascript", "application/javascript", "image/svg+xml"}

// compressing answers in gzip where the caller takes it, but for what holds secrets: their length would tell of them to who
// can choose what stands beside them. These are answers of secret routes, which forbid it themselves, and pages of the
// signed in.
func compressing(next http.Handler) http.Handler {
	wrap := func(types ...string) http.Handler {
		w, err := gzhttp.NewWrapper(gzhttp.ContentTypes(append(types, compressed...)), gzhttp.MinSize(1024))
		if err != nil {
			panic(err) // options that never change
		}
		return w(next)
	}
	plain, lines := wrap(), wrap("application/x-ndjson")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !ours(r.URL.Path) && knownReader(r):
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet:
			lines.ServeHTTP(w, r)
		default:
			plain.ServeHTTP(w, r)
		}
	})
}

// knownReader reports whether a page is for somebody in particular: who is signed in, or has the link of a reminder.
func knownReader(r *http.Request) bool {
	for _, c := range r.Cookies() {
		if c.Name != "lang" {
			return true
		}
	}
	return loggedPath(r.URL.Path) != r.URL.Path
}
