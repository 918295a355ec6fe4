package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	for _, test := range []struct{ addresses, want string }{
		{"8.8.8.8 101.6.15.66 223.5.5.5 172.32.0.1 100.128.0.1 2001:da8::1 2400:3200::1", "public"},
		{"127.0.0.1 127.8.8.8 ::1 0.0.0.0 0.1.2.3 ::", "not"},
		{"10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 fd00::1 fec0::1", "not"},
		{"169.254.169.254 fe80::1 fe80::1%eth0", "not"},
		{"100.64.0.1 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254", "not"},
		{"224.0.0.1 255.255.255.255 240.0.0.1 ff02::1 192.0.2.1 198.18.0.1 203.0.113.9", "not"},
		{"::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2001:0:7f00:1::", "not"},
	} {
		for a := range strings.SplitSeq(test.addresses, " ") {
			if got := (PrivateHosts{}).admit(netip.MustParseAddr(a)); got != (test.want == "public") {
				t.Errorf("%s: %v, want %s", a, got, test.want)
			}
		}
	}
}

func TestPrivateFeedsAreNamed(t *testing.T) {
	for _, test := range []struct{ list, address, want string }{
		{"10.1.0.0/16", "10.1.2.3:80", "open"},
		{"10.1.0.0/16", "10.2.2.3:80", "closed"},
		{"10.1.0.0/16", "[::ffff:10.1.2.3]:80", "open"},
		{"feeds.local, 127.0.0.1", "127.0.0.1:9", "open"},
		{"127.0.0.1", "127.0.0.2:9", "closed"},
		{"", "127.0.0.1:9", "closed"},
		{"http://x", "", "wrong"}, {"10.0.0.0/99", "", "wrong"}, {"*", "", "wrong"},
	} {
		p, err := ParsePrivateHosts(test.list)
		got := "wrong"
		if err == nil {
			got = "closed"
			if p.admit(netip.MustParseAddrPort(test.address).Addr()) {
				got = "open"
			}
		}
		if got != test.want {
			t.Errorf("%q %s: %s, want %s", test.list, test.address, got, test.want)
		}
	}
}

// fetched is what a fetch of an address comes to: its outcome, or its error.
func fetched(w *world, address string) string {
	w.Helper()
	w.as(w.adminKey, "PUT", "/v1/feeds/f", fmt.Sprintf(`{"url":%q,"kind":"need"}`, address)).want(200)
	f := decodeAs[market.Feed](w.as(w.adminKey, "POST", "/v1/feeds/f/fetch", "").want(200))
	if (f.Last.Outcome == market.FeedFailed) != (f.Last.Error != "") || !f.Next.After(day) {
		w.Errorf("%s: %+v", address, f)
	}
	return string(f.Last.Outcome) + f.Last.Error
}

// A stop says what a source may do wrong, and that nothing is written then.
func TestWhatASourceMayDoWrong(t *testing.T) {
	w := newWorld(t, nil)
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	local := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	answer := func(path string, f func(http.ResponseWriter)) {
		mux.HandleFunc(path, func(rw http.ResponseWriter, _ *http.Request) { f(rw) })
	}
	to := func(address string) func(http.ResponseWriter) {
		return func(rw http.ResponseWriter) { rw.Header().Set("Location", address); rw.WriteHeader(302) }
	}
	answer("/good", func(rw http.ResponseWriter) { fmt.Fprintln(rw, `{"id":"1","title":"一"}`) })
	answer("/file", to("file:///etc/passwd"))
	answer("/secret", to("http://u:pw@example.org/"))
	answer("/round", to("/round"))
	answer("/inside", to("http://10.0.0.1:9/"))
	answer("/busy", func(rw http.ResponseWriter) { rw.WriteHeader(503) })
	answer("/never", func(rw http.ResponseWriter) { rw.WriteHeader(304) })
	answer("/page", func(rw http.ResponseWriter) { fmt.Fprint(rw, "<html><body>维护中</body></html>") })
	answer("/words", func(rw http.ResponseWriter) { fmt.Fprintln(rw, `{"error":"维护中"}`) })
	answer("/short", func(rw http.ResponseWriter) {
		fmt.Fprintln(rw, `{"id":"9","title":"九"}`)
		rw.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	for _, address := range []string{server.URL, local} { // a name that leads inside is refused by what it leads to
		if got := fetched(w, address+"/good"); !strings.Contains(got, "failed来源在内部地址") {
			t.Errorf("%s: %s", address, got)
		}
	}
	w.svc.PrivateFeeds, _ = ParsePrivateHosts("127.0.0.1,::1")
	for path, want := range map[string]string{"/file": "no address of a feed", "/secret": "holds a secret", "/round": "转向超过 5 次", "/inside": "内部地址 10.0.0.1",
		"/busy": "503", "/never": "304", "/page": "failed", "/words": "没有一行", "/short": "传到一半断了", "/none": "404"} {
		if got := fetched(w, server.URL+path); !strings.HasPrefix(got, "failed") || !strings.Contains(got, want) || strings.Contains(got, "pw") {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if n, err := w.svc.Store.Count(corpus.Need); err != nil || len(n) != 0 {
		t.Errorf("stored: %v %v", n, err)
	}
	w.svc.PrivateFeeds, _ = ParsePrivateHosts("localhost")
	if got := fetched(w, local+"/good"); got != "changed" {
		t.Errorf("of a host that is named: %s", got)
	}
	w.as(w.adminKey, "PUT", "/v1/feeds/f", `{"url":"https://u:pw@example.org/"}`).problem(422)
	w.as(w.adminKey, "PUT", "/v1/feeds/f", `{"url":"https://example.org/","map":"none"}`).problem(422)
	w.as(w.readKey, "PUT", "/v1/feeds/f", `{"url":"https://example.org/"}`).problem(403)
	w.as(w.adminKey, "POST", "/v1/feeds/none/fetch", "").problem(404)
}
