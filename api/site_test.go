package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
)

const page = "https://www.example.cn"

func TestASiteKeyAsksAsParameterOrHeader(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	k := w.siteKey(market.SiteKey{})
	for _, ask := range []reply{
		w.as("", "GET", "/v1/search?q=淀粉&key="+k.Key, "", "Origin", page),
		w.ask(k.Key, page, "GET", "/v1/search?q=淀粉", ""),
	} {
		ask.want(200)
		if got := ask.Header.Get("Access-Control-Allow-Origin"); got != page || !slices.Contains(ask.Header.Values("Vary"), "Origin") {
			t.Errorf("Access-Control-Allow-Origin %q, Vary %q", got, ask.Header.Values("Vary"))
		}
		if ask.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Error("cookies are allowed across origins")
		}
	}
	w.ask(k.Key, "", "GET", "/v1/search", "").want(200)                        // another server, or a page of ours
	w.ask(k.Key, "http://example.com", "POST", "/v1/coach", "{}").problem(422) // our own origin: httptest's host
	w.ask(k.Key, "null", "GET", "/v1/search", "").problem(403)
	w.as(w.readKey, "GET", "/v1/leads", "", siteKeyHeader, k.Key).want(200) // a key of the API goes first
	log := w.log.String()
	if !strings.Contains(log, "site:"+k.ID) || strings.Contains(log, k.Key) {
		t.Error("the log lacks who asked, or holds the key")
	}
}

func TestPreflights(t *testing.T) {
	w := newWorld(t, nil)
	k := w.siteKey(market.SiteKey{})
	for _, test := range []struct{ path, origin, method, headers, allowed string }{
		{"/v1/search?key=" + k.Key, page, "GET", "content-type", page},
		{"/v1/leads", page, "POST", "content-type,x-duijie-site-key", page}, // the key comes with the request
		{"/v1/leads", "https://evil.cn", "POST", "content-type", ""},
		{"/v1/search?key=djs_x", page, "GET", "", ""},
		{"/v1/keys", page, "DELETE", "", ""},
		{"/v1/search", page, "GET", "authorization", ""},
	} {
		r := w.as("", "OPTIONS", test.path, "", "Origin", test.origin, "Access-Control-Request-Method", test.method, "Access-Control-Request-Headers", test.headers).want(204)
		if got := r.Header.Get("Access-Control-Allow-Origin"); got != test.allowed {
			t.Errorf("%s from %s: %q, want %q", test.path, test.origin, got, test.allowed)
		}
	}
	if r := w.as(w.adminKey, "GET", "/v1/keys", "", "Origin", page).want(200); r.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("pages of other origins may read what an API key asks for")
	}
}

func TestPreflightsDoNotReadAllSiteKeysEachTime(t *testing.T) {
	w := newWorld(t, nil)
	now := day
	w.svc.Now = func() time.Time { return now }
	allowed := func() bool {
		r := w.as("", "OPTIONS", "/v1/leads", "", "Origin", page, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,x-duijie-site-key").want(204)
		return r.Header.Get("Access-Control-Allow-Origin") == page
	}
	if allowed() {
		t.Error("an origin of no key is allowed")
	}
	w.siteKey(market.SiteKey{})
	if allowed() {
		t.Error("the keys are read again for each preflight")
	}
	if now = now.Add(preflightTime); !allowed() {
		t.Error("a new key is not seen")
	}
}

func TestASiteKeyReadsWhatItIsConfinedTo(t *testing.T) {
	docs := testDocs()
	docs = append(docs, corpus.Doc{Kind: corpus.Achievement, SourceID: "far", Title: "淀粉废水处理 外地", Text: "淀粉废水处理", Region: "330106", Field: []string{"2614"}},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "near", Title: "淀粉废水处理 本地", Text: "淀粉废水处理", Region: "150502", Field: []string{"2614"}, Links: []corpus.Link{{Kind: corpus.Expert, ID: "e1"}, {Kind: corpus.Achievement, ID: "far"}}},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "moved", Title: "淀粉废水处理 并入外地", Region: "150502", Field: []string{"2614"}},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "other", Title: "淀粉废水处理 另一行业", Text: "淀粉废水处理", Region: "150502", Field: []string{"1391"}})
	w := newWorld(t, nil, docs...)
	w.as(w.adminKey, "POST", "/v1/achievements/moved/merge", `{"into":"far"}`).want(200)
	k := w.siteKey(market.SiteKey{Kinds: []corpus.Kind{corpus.Achievement}, Fields: []string{"26"}, Regions: []string{"1505"}})
	get := func(path string) reply { return w.ask(k.Key, page, "GET", path, "") }
	found := func(path string) (ids string) {
		a := decodeAs[SearchAnswer](get(path).want(200))
		if a.Total != len(a.Results) {
			t.Errorf("%s: total %d of %d", path, a.Total, len(a.Results))
		}
		for _, f := range a.Facets {
			for _, v := range f.Values {
				if v.Value == "330000" || v.Value == "13" || v.Value == "need" {
					t.Errorf("%s counts %s %s", path, f.Name, v.Value)
				}
			}
		}
		for _, r := range a.Results {
			ids += r.ID + " "
		}
		return ids
	}
	for path, want := range map[string]string{
		"/v1/search?facets=true":                "near ",
		"/v1/search?kind=achievement&region=15": "near ",
		"/v1/search?region=150502&field=2614":   "near ",
		"/v1/search?region=33":                  "",
		"/v1/search?field=13":                   "",
		"/v1/search?field=C&q=淀粉&facets=true":   "near ",
		"/v1/search?region=1505&region=33&q=淀粉": "near ",
	} {
		if got := found(path); got != want {
			t.Errorf("%s finds %q, want %q", path, got, want)
		}
	}
	get("/v1/search?kind=need").problem(403)
	get("/v1/needs").problem(403)
	get("/v1/needs/n1").problem(404)
	get("/v1/achievements/far").problem(404)
	if r := get("/v1/achievements/moved"); r.problem(404).Type != "/problems/not_found" || r.Header.Get("Location") != "" {
		t.Errorf("what was merged leads to what the key does not read: %v %s", r.Header, r.body)
	}
	get("/v1/changes").problem(403)
	get("/v1/achievements/a1/matches").problem(403)
	if d := decodeAs[corpus.Doc](get("/v1/achievements/near").want(200)); len(d.Links) != 0 {
		t.Errorf("links lead to what the key does not read: %v", d.Links)
	}
	if a := decodeAs[PostingPage](get("/v1/achievements").want(200)); len(a.Documents) != 1 || a.Total != 1 {
		t.Errorf("a list of %d", a.Total)
	}
	for _, path := range []string{"/v1/needs/n1/matches", "/v1/needs/n1/matches?region=33"} {
		for _, m := range strings.Split(get(path).want(200).body, `"id":`)[1:] {
			if !strings.HasPrefix(m, `"near"`) && !strings.HasPrefix(m, `"n1"`) {
				t.Errorf("%s shows %.20s", path, m)
			}
		}
	}
	if body := w.ask(k.Key, page, "POST", "/v1/match", `{"text":"淀粉废水处理"}`).want(200).body; strings.Contains(body, `"far"`) || !strings.Contains(body, `"near"`) {
		t.Errorf("a match shows %s", body)
	}
}

func TestAWidgetOpensALeadAndSeesNone(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	k := w.siteKey(market.SiteKey{Kinds: []corpus.Kind{corpus.Achievement}})
	l := decodeAs[market.Lead](w.ask(k.Key, page, "POST", "/v1/leads", `{"need":"n1","achievement":"a1","message":"想谈谈","name":"王工","contact":"13800000000"}`).want(201))
	if l.By != "site:"+k.ID {
		t.Errorf("opened by %q", l.By)
	}
	w.ask(k.Key, page, "GET", "/v1/leads", "").problem(403)
	w.ask(k.Key, page, "PATCH", "/v1/leads/"+l.ID, `{"state":"talking"}`).problem(403)
	w.ask(k.Key, page, "POST", "/v1/leads", `{"need":"draft","achievement":"a1","name":"王工","contact":"13800000000"}`).problem(404)
	w.ask(k.Key, page, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).problem(422)
	reader := decodeAs[leadPage](w.as(w.readKey, "GET", "/v1/leads", "").want(200))
	all := decodeAs[leadPage](w.as(w.adminKey, "GET", "/v1/leads", "").want(200))
	if len(reader.Leads) != 0 || len(all.Leads) != 1 || all.Leads[0].Contact != "13800000000" {
		t.Errorf("a reader sees %v, an admin %v", reader.Leads, all.Leads)
	}
	w.as(w.key(market.Broker), "PATCH", "/v1/leads/"+l.ID, `{"state":"talking"}`).want(200)
	w.as(w.key(market.Firm), "PATCH", "/v1/leads/"+l.ID, `{"state":"declined","reason":"too_early"}`).problem(404)
	if page := decodeAs[leadPage](w.as(w.key(market.Broker), "GET", "/v1/leads", "").want(200)); len(page.Leads) != 1 {
		t.Errorf("a broker sees %d leads", len(page.Leads))
	}
}

func TestASiteKeysRateIsSharedAndHalfOfItForOneAddress(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	now := day
	w.svc.Now = func() time.Time { return now }
	k := w.siteKey(market.SiteKey{PerMinute: 40})
	ask := func(from, method, path, body string) *http.Response {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.RemoteAddr = from
		r.Header.Set(siteKeyHeader, k.Key)
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		w.http.ServeHTTP(rec, r)
		return rec.Result()
	}
	many := func(from string, n, good int) {
		t.Helper()
		got := 0
		for range n {
			switch r := ask(from, "GET", "/v1/achievements/a1", ""); {
			case r.StatusCode == 200:
				got++
			case r.StatusCode != 429 || r.Header.Get("Retry-After") == "" || r.Header.Get("Retry-After") == "0":
				t.Fatalf("%d, Retry-After %q", r.StatusCode, r.Header.Get("Retry-After"))
			}
		}
		if got != good {
			t.Errorf("%d of %d from %s are answered, want %d", got, n, from, good)
		}
	}
	many("192.0.2.1:1", 30, 20)
	many("192.0.2.2:1", 15, 15)
	many("192.0.2.3:1", 15, 5)
	now = now.Add(30 * time.Second)
	many("192.0.2.1:2", 30, 10)
	now = now.Add(time.Minute)
	for i, want := range []int{201, 201, 429} {
		if r := ask("192.0.2.1:3", "POST", "/v1/leads", `{"need":"n1","achievement":"a1","name":"王工","contact":"13800000000"}`); r.StatusCode != want {
			t.Errorf("lead %d: %d, want %d", i, r.StatusCode, want)
		}
	}
	w.as("", "GET", "/v1/achievements/a1", "").want(200) // who shows no key is not counted
}

func TestSiteKeysAreChangedAndEnd(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	r := w.as(w.adminKey, "POST", "/v1/site-keys", `{"name":"门户","origins":["https://WWW.example.cn/"],"regions":["150502","330104"],"expires":"2026-12-01T00:00:00Z"}`).want(201)
	k := decodeAs[market.SiteKey](r)
	if r.Header.Get("Location") != "/v1/site-keys/"+k.ID || k.Origins[0] != page || k.Regions[1] != "330102" || k.PerMinute != market.SiteKeyPerMinute {
		t.Errorf("made %s", r.body)
	}
	at := "/v1/site-keys/" + k.ID
	patch := func(body string, status int) reply {
		return w.as(w.adminKey, "PATCH", at, body, "Content-Type", "application/merge-patch+json").want(status)
	}
	patch(`{"key":"djs_x"}`, 422)
	patch(`{"origins":[]}`, 422)
	patch(`{"fields":["x"]}`, 422)
	patch(`{"colour":"red"}`, 422)
	if k = decodeAs[market.SiteKey](patch(`{"origins":["https://*.hz.gov.cn"],"regions":null,"expires":null}`, 200)); !k.Expires.IsZero() || len(k.Regions) != 0 || k.PerMinute != market.SiteKeyPerMinute {
		t.Errorf("changed to %+v", k)
	}
	change := func(tag string) reply {
		return w.as(w.adminKey, "PATCH", at, `{"per_minute":30}`, "Content-Type", "application/merge-patch+json", "If-Match", tag)
	}
	change(r.Header.Get("ETag")).problem(412)
	if tag := change(`"2"`).want(200).Header.Get("ETag"); !strings.HasPrefix(tag, `"3`) {
		t.Errorf("the tag of version 3 is %s", tag)
	} else {
		change(tag).want(200)
	}
	if list := w.as(w.adminKey, "GET", "/v1/site-keys", "").want(200).body; !strings.Contains(list, `"version":4`) {
		t.Errorf("the list lacks the version: %s", list)
	}
	w.ask(k.Key, page, "GET", "/v1/search", "").problem(403)
	w.ask(k.Key, "https://kj.hz.gov.cn", "GET", "/v1/search", "").want(200)
	if list := w.as(w.adminKey, "GET", "/v1/site-keys", "").want(200).body; !strings.Contains(list, k.Key) || !strings.Contains(list, `"last_used":"2026-11-23T08:00:00Z"`) {
		t.Errorf("the list: %s", list)
	}
	w.as(w.adminKey, "DELETE", at, "").want(204)
	w.as(w.adminKey, "DELETE", at, "").problem(404)
	w.as(w.adminKey, "PATCH", at, `{}`, "Content-Type", "application/merge-patch+json").problem(404)
	w.ask(k.Key, "https://kj.hz.gov.cn", "GET", "/v1/search", "").problem(401)
}

func TestNarrowed(t *testing.T) {
	for _, test := range []struct{ asked, allowed, want string }{
		{"", "", ""}, {"26", "", "26"}, {"", "26", "26"}, {"26", "2614", "2614"}, {"2614", "26", "2614"}, {"C", "26 13", "26 13"}, {"A", "26", "-"}, {"13 2614", "26", "2614"},
	} {
		if got := strings.Join(narrowed(strings.Fields(test.asked), strings.Fields(test.allowed), indexer.FieldIn), " "); got != test.want {
			t.Errorf("%q within %q: %q, want %q", test.asked, test.allowed, got, test.want)
		}
	}
}

func TestWhoAsksBehindProxies(t *testing.T) {
	ours, err := ParseProxies("127.0.0.0/8, ::1 10.0.0.7")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ from, told, want string }{
		{"192.0.2.1:5", "", "192.0.2.1"},
		{"192.0.2.1:5", "198.51.100.1", "192.0.2.1"}, // not a proxy of ours: it may say what it likes
		{"127.0.0.1:5", "", "127.0.0.1"},
		{"127.0.0.1:5", "198.51.100.1", "198.51.100.1"},
		{"127.0.0.1:5", "203.0.113.9, 198.51.100.1", "198.51.100.1"},
		{"127.0.0.1:5", "203.0.113.9, 198.51.100.1, 10.0.0.7", "198.51.100.1"},
		{"127.0.0.1:5", "rubbish", "127.0.0.1"},
		{"[2001:db8:1:2:3::4]:5", "", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:5", "", "192.0.2.1"},
		{"@", "", "@"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.from
		if test.told != "" {
			r.Header.Set("X-Forwarded-For", test.told)
		}
		if got := ours.Asker(r); got != test.want {
			t.Errorf("%s with %q: %q, want %q", test.from, test.told, got, test.want)
		}
	}
	for _, wrong := range []string{"example.cn", "10.0.0.0/33"} {
		if _, err := ParseProxies(wrong); err == nil {
			t.Errorf("%q is taken for a network", wrong)
		}
	}
}

func TestLimitsForgetTheLeastRecent(t *testing.T) {
	var l limits
	for i := range maxLimits + 10 {
		l.take(fmt.Sprint(i), 1, 1, 1, day)
	}
	if n := l.by.Len(); n != maxLimits {
		t.Errorf("%d are remembered", n)
	}
}
