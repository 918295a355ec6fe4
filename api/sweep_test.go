package api

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"duijie/corpus/market"
)

// sweepPath fills a route's path with what is there.
var sweepPath = strings.NewReplacer("{id}", "n1", "{name}", "x", "{table}", "field", "{source}", "s", "{source_id}", "x", "{account}", "x", "{remark}", "x", "{file}", "x")

func (r route) example() (path, body string) {
	if r.method != "GET" && r.method != "DELETE" {
		body = `{"title":"改","name":"x","role":"admin","state":"talking","text":"x"}`
	}
	return sweepPath.Replace(r.path), body
}

// Every route, asked with no key, with wrong ones, with the key of each role, and with a site key from its own pages and
// from those of others. What market.Rights refuses is refused before anything happens; what it allows is not refused for
// want of a right.
func TestSweepOfAllRoutesByAllCallers(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	keys := map[market.Role]string{market.Nobody: ""}
	for _, role := range market.Roles {
		keys[role] = w.key(role)
	}
	site := w.siteKey(market.SiteKey{PerMinute: market.MaxPerMinute})
	before, err := w.svc.Store.LastChange()
	w.must(err)
	for _, r := range routes() {
		path, body := r.example()
		if strings.Contains(path, "{") {
			t.Errorf("sweepPath does not know %s", path)
		}
		for _, wrong := range []string{"dj_00000000000000000000000000000000", "x", site.Key} {
			w.as(wrong, r.method, path, body).problem(401)
		}
		for role, key := range keys {
			if r.opens(role) {
				continue
			}
			if role == market.Nobody {
				if got := w.as("", r.method, path, body); got.problem(401).Type == "" || got.Header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s %s without a key: %s", r.method, path, got.body)
				}
			} else {
				w.as(key, r.method, path, body).problem(403)
			}
		}
		own := w.ask(site.Key, "https://www.example.cn", r.method, path, body)
		if !r.opens(market.Widget) {
			own.problem(403)
		} else if own.StatusCode == http.StatusUnauthorized || own.StatusCode == http.StatusForbidden {
			t.Errorf("%s %s by a widget of its site: %d %s", r.method, path, own.StatusCode, own.body)
		}
		foreign := w.ask(site.Key, "https://www.example.cn.evil.cn", r.method, path, body)
		if foreign.problem(403); foreign.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s %s lets a foreign origin read the answer", r.method, path)
		}
		w.ask("djs_000000000000000000000000", "https://www.example.cn", r.method, path, body).problem(401)
	}
	w.as("", "GET", "/v1/status", "", "Authorization", "Basic eDp5").problem(401)
	if after, err := w.svc.Store.LastChange(); err != nil || after != before {
		t.Errorf("refused requests made changes %d to %d (%v)", before+1, after, err)
	}
}

// Which right a route asks for is a golden file, so that another is read before it stands.
func TestRightsOfRoutesGolden(t *testing.T) {
	var out strings.Builder
	for _, r := range routes() {
		fmt.Fprintf(&out, "%-20s %s %s\n", r.right, r.method, r.path)
	}
	const golden = "testdata/rights.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(golden); err != nil || out.String() != string(want) {
		t.Errorf("the rights of routes differ from %s (%v): read the difference, then go test ./api -run RightsOfRoutes -update", golden, err)
	}
}

// What is allowed is allowed: each role that a route opens for passes its gate.
func TestRoutesOpenForWhomTheTableNames(t *testing.T) {
	for _, r := range routes() {
		for _, role := range append([]market.Role{market.Nobody}, market.Roles...) {
			err := r.admits(Caller{Role: role, Admin: role == market.Admin, Key: role != market.Nobody})
			if (err == nil) != r.opens(role) {
				t.Errorf("%s %s for %q: %v", r.method, r.path, role, err)
			}
		}
		if !r.opens(market.Admin) {
			t.Errorf("%s %s is open to no admin", r.method, r.path)
		}
	}
}

// key makes a key of a role.
func (w *world) key(role market.Role) string {
	w.Helper()
	k, err := w.svc.CreateKey(w.Context(), Caller{Name: "test", Admin: true}, "测试", role, time.Time{}, territoryOf(role)...)
	w.must(err)
	return k.Key
}

// territoryOf is a territory in which nothing is, for the role that needs one.
func territoryOf(role market.Role) []string {
	if role == market.County {
		return []string{"659001"}
	}
	return nil
}

// siteKey makes a site key for https://www.example.cn.
func (w *world) siteKey(k market.SiteKey) market.SiteKey {
	w.Helper()
	k.Name, k.Origins = "门户", []string{"https://www.example.cn"}
	k, err := w.svc.CreateSiteKey(w.Context(), Caller{Name: "test", Admin: true}, k)
	w.must(err)
	return k
}

// ask sends one request with a site key as the page of an origin does, "" for none.
func (w *world) ask(site, origin, method, path, body string) reply {
	w.Helper()
	headers := []string{siteKeyHeader, site}
	if origin != "" {
		headers = append(headers, "Origin", origin)
	}
	return w.as("", method, path, body, headers...)
}
