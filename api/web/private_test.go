package web

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// typedMarker stands in everything that is typed only to be matched.
const typedMarker = "暗标壬癸"

// kept are the hashes of all files of a folder, none of which may hold what was typed.
func kept(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	out := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), typedMarker) || strings.Contains(string(b), url.QueryEscape(typedMarker)) {
			t.Errorf("%s holds what was typed", path)
		}
		out[path] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is in the store, its outbox among it, and in the full text is compressed, so a text can't be looked for there: they
// have to stay as they are, byte for byte. The files of the match index hold words as they are, and are merged meanwhile.
func TestWhatIsTypedToBeMatchedLeavesNothing(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	w := newWorld(t, Options{}, fixtures())
	w.get("/needs/N1") // lists that reading makes are made
	last, err := w.svc.Store.LastChange()
	if err != nil {
		t.Fatal(err)
	}
	before := kept(t, w.dir)
	typed := problem.Get("text") + typedMarker
	send := func(method, address, contentType, body string, status int) {
		t.Helper()
		r := httptest.NewRequest(method, address, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		if rec.Code != status {
			t.Errorf("%s %s: status %d, want %d", method, address, rec.Code, status)
		}
		if res := rec.Result(); method == http.MethodPost && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			if res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: browsers may store the answer", address)
			}
			if b, err := io.ReadAll(res.Body); err != nil || status == http.StatusOK && !strings.Contains(string(b), typedMarker) {
				t.Errorf("%s: the form has lost what was typed (%v)", address, err)
			}
		}
	}
	const form, asJSON = "application/x-www-form-urlencoded", "application/json"
	quoted, err := json.Marshal(typed)
	if err != nil {
		t.Fatal(err)
	}
	need := with(draft, "text", typed)
	for _, test := range []struct {
		address, kind, body string
		status              int
	}{
		{"/match", form, url.Values{"text": {typed}}.Encode(), 200},
		{"/match", form, "text=" + typed + "%zz", 422},
		{"/match", form, url.Values{"text": {typed}, "after": {typedMarker}}.Encode(), 200},
		{"/match/file", form, url.Values{"text": {typed}, "format": {"xlsx"}}.Encode(), 200},
		{"/needs/new", form, with(need, "do", "check").Encode(), 200},
		{"/needs/new", form, with(need, "do", "match").Encode(), 200},
		{"/needs/new", form, with(need, "budget", typedMarker).Encode(), 422},
		{"/needs/new/file", form, with(need, "format", "csv").Encode(), 200},
		{"/needs/paste", form, url.Values{"text": {typed}}.Encode(), 200},
		{"/needs/paste/file", form, url.Values{"text": {typed}, "format": {"csv"}}.Encode(), 200},
		{"/v1/match", asJSON, `{"text":` + string(quoted) + `}`, 200},
		{"/v1/match", asJSON, `{"text":` + string(quoted), 400},
		{"/v1/match", asJSON, `{"text":` + string(quoted) + `,"` + typedMarker + `":1}`, 422},
		{"/v1/coach", asJSON, `{"text":` + string(quoted) + `}`, 200},
	} {
		send(http.MethodPost, test.address, test.kind, test.body, test.status)
	}
	for _, address := range []string{"/v1/suggest?q=", "/v1/search?q=", "/search?q=", "/search/file?q="} {
		send(http.MethodGet, address+url.QueryEscape(typedMarker), "", "", 200)
	}
	if after, err := w.svc.Store.LastChange(); err != nil || after != last {
		t.Errorf("the store has changes %d to %d (%v)", last+1, after, err)
	}
	after := kept(t, w.dir)
	for path, sum := range after {
		if before[path] != sum && !strings.HasPrefix(path, filepath.Join(w.dir, "match")) {
			t.Errorf("%s has changed", path)
		}
	}
	if left := kept(t, temp); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
	log := w.log.String()
	for _, form := range []string{typedMarker, url.QueryEscape(typedMarker)} {
		if at := strings.Index(log, form); at >= 0 {
			t.Errorf("the log says %q", log[max(0, at-200):at+len(form)])
		}
	}
	for _, address := range []string{"/match", "/needs/new", "/needs/paste"} {
		if doc, _ := w.get(address); !strings.Contains(text(tags(doc, "main")[0]), "不保存，也不写入日志") {
			t.Errorf("%s does not say so", address)
		}
	}
}
