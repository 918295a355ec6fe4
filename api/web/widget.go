package web

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// widgetVersion is the release that /widget/v1.js stands for. A release never changes: what does is a new folder of widget,
// beside the old ones.
const widgetVersion = "1.0.0"

// widgetRoutes adds the paths that pages of other sites use, and the page that tells how.
func (s *site) widgetRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /widget", s.show(s.widgetHelp))
	mux.HandleFunc("GET /widget/v1.js", s.widgetV1)
	mux.HandleFunc("GET /widget/{version}/{file}", s.widgetRelease)
	mux.HandleFunc("GET /embed/{file}", s.embedded)
	mux.HandleFunc("POST /embed/{file}", s.embedded)
}

// A widgetFile is a file of a release, with the hash that a portal's page can demand.
type widgetFile struct {
	content   []byte
	integrity string // for the attribute of that name: sha384-...
}

// readWidget reads all releases, by version and name.
func readWidget() (map[string]widgetFile, error) {
	out := map[string]widgetFile{}
	list, err := fs.Glob(files, "widget/*/*")
	for _, path := range list {
		content, err := files.ReadFile(path)
		if err != nil {
			return nil, err
		}
		sum := sha512.Sum384(content)
		out[strings.TrimPrefix(path, "widget/")] = widgetFile{content, "sha384-" + base64.StdEncoding.EncodeToString(sum[:])}
	}
	return out, err
}

// widgetRelease serves /widget/1.0.0/widget.js, for ever.
func (s *site) widgetRelease(w http.ResponseWriter, r *http.Request) {
	s.sendWidget(w, r, r.PathValue("version")+"/"+r.PathValue("file"), "public, max-age=31536000, immutable")
}

// widgetV1 serves the newest release of the first version. A copy may be used for a day while the server is away.
func (s *site) widgetV1(w http.ResponseWriter, r *http.Request) {
	s.sendWidget(w, r, widgetVersion+"/widget.js", "public, max-age=300, stale-while-revalidate=86400, stale-if-error=86400")
}

func (s *site) sendWidget(w http.ResponseWriter, r *http.Request, path, cache string) {
	f, ok := s.widget[path]
	if !ok {
		s.show(s.missing)(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", cache)
	h.Set("ETag", `"`+f.integrity+`"`)
	h.Set("Access-Control-Allow-Origin", "*") // browsers check a hash only of what they may read
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(w, r, path, time.Time{}, bytes.NewReader(f.content))
}

// A widgetPage is what widget.html shows to who looks after a portal's pages.
type widgetPage struct {
	Script, Element, Frame, Policy string // to be copied
}

// ownAddress is the address of these pages as other sites reach them.
func (s *site) ownAddress(r request) string {
	home := s.svc.BaseURL
	if home == "" {
		home = "http://" + r.Host + s.base
		if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
			home = "https" + strings.TrimPrefix(home, "http")
		}
	}
	return home
}

// snippet is what a portal's page takes to show a list, with a site key in it, and the frame alone.
func (s *site) snippet(r request, home, key string) (script, frame string) {
	frame = `<iframe src="` + home + `/embed/` + key + `.html?need=N001" title="` + r.t("embed.title") + `" width="100%" height="800"></iframe>`
	return `<script src="` + home + `/widget/v1.js" data-site-key="` + key + `" data-need="N001" async></script>` + "\n<noscript>" + frame + "</noscript>", frame
}

func (s *site) widgetHelp(r request) (page, error) {
	home := s.ownAddress(r)
	origin := home
	if at := strings.Index(home, "://") + len("://"); strings.Contains(home[at:], "/") {
		origin = home[:at+strings.Index(home[at:], "/")]
	}
	release := home + "/widget/" + widgetVersion + "/widget.js"
	integrity := s.widget[widgetVersion+"/widget.js"].integrity
	script, frame := s.snippet(r, home, "djs_...")
	p := widgetPage{
		Script:  script,
		Element: `<script src="` + release + `" integrity="` + integrity + `" crossorigin="anonymous" async></script>` + "\n" + `<duijie-matches site-key="djs_..." need="N001"></duijie-matches>`,
		Frame:   frame,
		Policy:  "script-src " + origin + "; style-src " + origin + "; connect-src " + origin + "; frame-src " + origin,
	}
	return page{Template: "widget", Title: r.t("widget.title"), Nav: "widget", Data: p}, nil
}
