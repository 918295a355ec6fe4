package web

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"duijie/api"
)

func TestPagesKeepTheSizesThatAreSet(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	w.svc.Limits.Set = map[*api.Limit]int64{api.BodyForm: 2000, api.BodyUpload: 5 << 20, api.BodyTable: 3 << 20}
	if _, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/match", url.Values{"text": {strings.Repeat("a", 2000)}}); !strings.Contains(source, "文字太长") {
		t.Error("a form over its limit does not hear so")
	}
	cookie := w.signIn()
	for page, want := range map[string]string{"/imports": "5 MB 以内", "/leads": "3 MB、10,000 行以内"} {
		if _, source := w.get(page, cookie); !strings.Contains(source, want) {
			t.Errorf("%s does not say %s", page, want)
		}
	}
	res := w.send(cookie, "a.csv", strings.Repeat("a", 5<<20+1), "need", "")
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(b), "文件超过 5 MB") {
		t.Errorf("a file over its limit: %d (%v)", res.StatusCode, err)
	}
}

// A form of which half comes is answered all the same, at each address that takes one from anybody.
func TestAFormHasToCome(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	w.svc.Limits.Set = map[*api.Limit]int64{api.TimeBody: int64(50 * time.Millisecond)}
	server := httptest.NewServer(w.handler)
	defer server.Close()
	for _, path := range []string{"/match", "/needs/new", "/needs/paste", "/signin", "/imports/x"} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ntext=", path)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != http.StatusUnprocessableEntity || !res.Close {
			t.Errorf("%s: %v, %v", path, res, err)
		}
		conn.Close()
	}
}

func TestAPageHasATimeForWhoHasNotSignedIn(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	w.svc.Limits.Set = map[*api.Limit]int64{api.TimeRead: 1}
	if res := w.ask(http.MethodGet, "/search?q=玉米", nil); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("for nobody: %d", res.StatusCode)
	}
	w.get("/search?q=玉米", w.signIn())
}

func TestPagesThatCountTheLibraryHaveATime(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	frozen := w.ask(http.MethodPost, "/reports/frozen", url.Values{"year": {"2026"}, "signed": {"王科长"}}, in).Header.Get("Location")
	w.svc.Limits.Set = map[*api.Limit]int64{api.TimeLong: 1}
	for _, path := range []string{"/reports/year", "/reports/year/file", frozen} {
		if res := w.ask(http.MethodGet, path, nil, in); res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s answers %d", path, res.StatusCode)
		}
	}
	if res := w.ask(http.MethodPost, "/reports/frozen", url.Values{"year": {"2026"}, "signed": {"王科长"}}, in); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("freezing answers %d", res.StatusCode)
	}
}
