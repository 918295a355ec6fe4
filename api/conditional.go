package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
)

// conditional gives each answer in JSON an ETag and answers 304 where the caller has it already. A tag names what is said,
// to this caller: a document's begins with its version, which is what If-Match looks at, and changes too when the
// document does not: with its links, its holder's answers, the day.
func conditional(hc huma.Context, next func(huma.Context)) {
	g := humagin.Unwrap(hc)
	w := &heldWriter{ResponseWriter: g.Writer, holds: func(w *heldWriter) bool {
		return w.Status() == http.StatusOK && w.Header().Get("Content-Type") == "application/json"
	}}
	g.Writer = w
	defer func() { g.Writer = w.ResponseWriter }()
	next(hc)
	if !w.held {
		return
	}
	h := w.Header()
	sum := sha256.Sum256(w.body.Bytes())
	tag := hex.EncodeToString(sum[:8])
	if version := strings.Trim(h.Get("ETag"), `"`); version != "" {
		tag = version + "-" + tag
	}
	tag = `"` + tag + `"`
	h.Set("ETag", tag)
	if c := CallerOf(hc.Context()); !c.Key && !c.Admin { // what only some may read is kept by nobody
		h.Set("Cache-Control", "no-cache")
		h.Add("Vary", "Authorization")
	}
	if has(hc.Header("If-None-Match"), tag) {
		h.Del("Content-Type")
		w.ResponseWriter.WriteHeader(http.StatusNotModified)
		w.ResponseWriter.WriteHeaderNow()
		return
	}
	w.release()
}

// has reports whether a header If-None-Match names a tag.
func has(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimPrefix(strings.TrimSpace(part), "W/"); part == tag || part == "*" {
			return true
		}
	}
	return false
}
