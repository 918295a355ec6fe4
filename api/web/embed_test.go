package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// siteKey stores a key for origins and returns it.
func (w *world) siteKey(k market.SiteKey, origins ...string) market.SiteKey {
	w.t.Helper()
	k.Name, k.Origins = "县门户", origins
	k, err := market.MakeSiteKey(k, w.now())
	if err != nil {
		w.t.Fatal(err)
	}
	body, err := json.Marshal(k)
	if err == nil {
		_, err = w.svc.Store.Write(w.t.Context(), corpus.Batch{Actor: "test", Action: "site key", Records: []corpus.Record{{Table: market.SiteKeys, ID: k.ID, Body: body}}})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return k
}

// fetch is ask with one header.
func (w *world) fetch(method, address string, form url.Values, name, value string) *http.Response {
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set(name, value)
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec.Result()
}

func (w *world) leads() (leads []market.Lead) {
	w.t.Helper()
	for r, err := range w.svc.Store.Records(market.Leads) {
		var l market.Lead
		if err == nil {
			err = json.Unmarshal(r.Body, &l)
		}
		if err != nil {
			w.t.Fatal(err)
		}
		leads = append(leads, l)
	}
	return leads
}

func TestAnEmbeddedListIsFinishedAndBoundToItsOrigins(t *testing.T) {
	w := newWorld(t, Options{Base: "/portal/duijie"}, fixtures())
	k := w.siteKey(market.SiteKey{}, "https://portal.example", "https://*.city.example")
	address := "/embed/" + k.Key + ".html"
	for query, want := range map[string]string{
		"?need=N1":            "适合“缩短玉米浸泡周期并降低亚硫酸用量”的科技成果",
		"?query=玉米":           "检索：玉米",
		"?field=44":           "电力、热力生产和供应业：最新科技成果",
		"?query=玉米&kind=need": "检索：玉米",
		"?need=N1&q=风电":       "检索：风电",
		"?need=N1&lang=en":    "Achievements for: 缩短玉米浸泡周期并降低亚硫酸用量",
		"?need=N1&theme=dark": "适合“缩短玉米浸泡周期并降低亚硫酸用量”的科技成果",
		"?need=N1&sent=1":     "适合“缩短玉米浸泡周期并降低亚硫酸用量”的科技成果",
		"?interest=need:N1":   "我感兴趣",
		"?query=不存在的词语而且没有&x=1": "检索：不存在的词语而且没有",
	} {
		res := w.ask(http.MethodGet, address+strings.ReplaceAll(query, " ", "+"), nil, "lang=en")
		if res.Header.Get("Set-Cookie") != "" || res.Header.Get("Content-Security-Policy") !=
			"default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors https://*.city.example https://portal.example" {
			t.Errorf("%s: headers %v", query, res.Header)
		}
		doc, source := w.get(address+query, "lang=en")
		if got := text(tags(doc, "h1")[0]); got != want {
			t.Errorf("%s: heading %q, want %q", query, got, want)
		}
		if strings.Contains(source, secret) || strings.Contains(source, "ZgotmplZ") {
			t.Errorf("%s shows what is not public, or a value where it can't stand", query)
		}
		for _, e := range tags(doc, "a", "form", "link", "script") {
			for _, v := range []string{attr(e, "href"), attr(e, "action"), attr(e, "src")} {
				if v != "" && !strings.HasPrefix(v, "/portal/duijie/") && !strings.HasPrefix(v, "#") {
					t.Errorf("%s: %s leads to %s", query, e.Data, v)
				}
			}
		}
	}
	doc, source := w.get(address + "?need=N1")
	if got := text(classes(doc, "dj-facts")[0]); got != "持有方 蒙东淀粉工程中心 阶段 中期（中试线30 t/d，连续92天） 最近确认 2025-03-12 地区 通辽市科尔沁区 报价 1,180万元" {
		t.Errorf("the first row says %s", got)
	}
	rows := tags(classes(doc, "dj-list")[0], "h3")
	if len(rows) == 0 || !strings.Contains(text(rows[0]), "玉米湿磨酶法辅助短时浸泡工艺") || !strings.Contains(source, "双方都提到") || !strings.Contains(source, "数据更新至 2026-06-10") {
		t.Errorf("the list of N1: %d rows, or no reasons, or no date", len(rows))
	}
}

func TestAKeyThatIsNoneSaysSoAndIsFramedByNobody(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	old := w.siteKey(market.SiteKey{Expires: day.Add(time.Hour)}, "https://portal.example")
	w.get("/embed/" + old.Key + ".html?need=N1")
	w.later(2 * time.Hour)
	for _, key := range []string{old.Key, "djs_000000000000000000000000", "x"} {
		res := w.ask(http.MethodGet, "/embed/"+key+".html?need=N1", nil)
		if csp := res.Header.Get("Content-Security-Policy"); res.StatusCode != http.StatusNotFound || !strings.HasSuffix(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: %d, %s", key, res.StatusCode, csp)
		}
		if doc, _ := w.page(http.StatusNotFound, http.MethodGet, "/embed/"+key+".html?need=N1", nil); !strings.Contains(text(doc), "嵌入密钥不存在或已经过期") {
			t.Errorf("%s: %s", key, text(doc))
		}
	}
}

func TestAKeyShowsNoMoreThanItMay(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, c := range []struct {
		key           market.SiteKey
		query, status string
	}{
		{market.SiteKey{Kinds: []corpus.Kind{corpus.Achievement}}, "need=N1", "rows"},
		{market.SiteKey{Kinds: []corpus.Kind{corpus.Need}}, "need=N1", "gone"},
		{market.SiteKey{Kinds: []corpus.Kind{corpus.Achievement}}, "query=玉米", "rows"},
		{market.SiteKey{Kinds: []corpus.Kind{corpus.Achievement}}, "query=玉米&kind=need", "gone"},
		{market.SiteKey{Kinds: []corpus.Kind{corpus.Need}}, "query=玉米", "gone"},
		{market.SiteKey{Kinds: []corpus.Kind{corpus.Need}}, "interest=achievement:A1", "gone"},
		{market.SiteKey{Fields: []string{"44"}}, "field=4415", "rows"},
		{market.SiteKey{Fields: []string{"4415"}}, "field=44", "rows"},
		{market.SiteKey{Fields: []string{"44"}}, "field=13", "none"},
		{market.SiteKey{Fields: []string{"44"}}, "query=玉米", "none"},
		{market.SiteKey{Fields: []string{"1391"}}, "need=N1", "rows"},
		{market.SiteKey{Regions: []string{"220000"}}, "query=玉米", "rows"},
		{market.SiteKey{Regions: []string{"330000"}}, "query=玉米", "none"},
		{market.SiteKey{}, "need=none", "gone"},
		{market.SiteKey{}, "interest=achievement:A4", "gone"},
		{market.SiteKey{}, "interest=expert:E1", "gone"},
		{market.SiteKey{}, "field=nonsense", "wrong"},
		{market.SiteKey{}, "query=玉米&kind=nonsense", "wrong"},
	} {
		k := w.siteKey(c.key, "https://portal.example")
		status := map[string]int{"rows": 200, "none": 200, "gone": 404, "wrong": 422}[c.status]
		doc, _ := w.page(status, http.MethodGet, "/embed/"+k.Key+".html?"+c.query, nil)
		if rows := len(tags(doc, "h3")); (c.status == "rows") != (rows > 0) {
			t.Errorf("%v %s: %d rows, want %s", c.key, c.query, rows, c.status)
		}
	}
}

func TestADescribedProblemIsMatchedCoachedAndNotKept(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	k := w.siteKey(market.SiteKey{}, "https://portal.example")
	address := "/embed/" + k.Key + ".html?need=N1"
	const marker = "密语标记"
	before, err := w.svc.Store.LastChange()
	if err != nil {
		t.Fatal(err)
	}
	doc, source := w.page(http.StatusOK, http.MethodPost, address, url.Values{"text": {problem.Get("text") + marker}})
	if len(tags(classes(doc, "dj-list")[0], "h3")) == 0 || len(tags(classes(doc, "dj-questions")[0], "li")) != embedQuestions || !strings.Contains(source, marker) {
		t.Error("no matches, no questions, or the text is lost")
	}
	if after, err := w.svc.Store.LastChange(); err != nil || after != before || strings.Contains(w.log.String(), marker) {
		t.Errorf("the text is stored or logged: %v", err)
	}
	for _, wrong := range []string{" ", strings.Repeat("长", maxTyped+1)} {
		doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, address, url.Values{"text": {wrong}})
		if len(classes(doc, "dj-wrong")) != 1 {
			t.Errorf("%d characters: nothing says what is wrong", len([]rune(wrong)))
		}
	}
}

func TestInterestBecomesALead(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	k := w.siteKey(market.SiteKey{}, "https://portal.example")
	address := "/embed/" + k.Key + ".html?need=N1"
	form := url.Values{"interest": {"achievement:A1"}, "name": {"王工"}, "contact": {"13800000000"}, "message": {"想看中试线"}}
	for name, value := range map[string]string{"name": " ", "contact": "", "message": strings.Repeat("长", 2001)} {
		doc, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, address, with(form, name, value))
		if len(classes(doc, "dj-wrong")) != 1 || name != "message" && !strings.Contains(source, "想看中试线") {
			t.Errorf("%s: nothing says what is wrong, or what was typed is lost", name)
		}
	}
	w.page(http.StatusNotFound, http.MethodPost, address, with(form, "interest", "achievement:A4"))
	w.page(http.StatusConflict, http.MethodPost, address, with(form, "interest", "need:N2"))
	if leads := w.leads(); len(leads) != 0 {
		t.Fatalf("refused forms made %v", leads)
	}
	w.later(time.Minute)
	res := w.ask(http.MethodPost, address, form)
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || to != address+"&sent=1" {
		t.Errorf("%d to %s", res.StatusCode, to)
	}
	w.later(time.Second)
	w.ask(http.MethodPost, "/embed/"+k.Key+".html?query=x", with(form, "interest", "need:N1"))
	leads := w.leads()
	if len(leads) != 2 || leads[0].Need != "N1" || leads[0].Achievement != "A1" || leads[0].By != "site:"+k.ID || leads[0].Contact != "13800000000" ||
		leads[0].Message != "想看中试线" || leads[1].Need != "N1" || leads[1].Achievement != "" {
		t.Errorf("leads %+v", leads)
	}
	if strings.Contains(w.log.String(), "13800000000") {
		t.Error("the contact is logged")
	}
	for range 5 {
		res = w.ask(http.MethodPost, address, form)
	}
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" || len(w.leads()) != 5 {
		t.Errorf("status %d, %d leads", res.StatusCode, len(w.leads()))
	}
}

func TestFormsOfOtherSitesAndTooManyRequestsAreRefused(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	k := w.siteKey(market.SiteKey{PerMinute: 20}, "https://portal.example")
	address := "/embed/" + k.Key + ".html?query=玉米"
	if res := w.fetch(http.MethodPost, address, problem, "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %d", res.StatusCode)
	}
	for range 9 { // half of the rate is for one address
		w.get(address)
	}
	w.page(http.StatusTooManyRequests, http.MethodGet, address, nil)
	w.later(time.Minute)
	w.get(address)
}

func TestReleasesOfTheWidgetNeverChange(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	files, err := readWidget()
	if err != nil {
		t.Fatal(err)
	}
	released := map[string]string{
		"1.0.0/widget.js":  "sha384-a1K7u+Jdwvv1J1D/Mk7eTqrpwJ0tCU4k/DzQYzwS7bdiFvIiSW8K3ycgS78OvlEi",
		"1.0.0/widget.css": "sha384-/fcXc8Be1N0iSanAWGhfIWI3KxmJK2rpG/gv/lMe5OAKEdV7UgCt7qLCrskBGGQv",
	}
	for name, integrity := range released {
		if files[name].integrity != integrity {
			t.Errorf("%s has the hash %s: a release stays as it is, make a folder for the next", name, files[name].integrity)
		}
		res := w.ask(http.MethodGet, "/widget/"+name, nil)
		if h := res.Header; res.StatusCode != 200 || !strings.Contains(h.Get("Cache-Control"), "immutable") || h.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d, %v", name, res.StatusCode, h)
		}
	}
	if len(files) != len(released) {
		t.Errorf("%d files of releases, want %d", len(files), len(released))
	}
	script := string(files[widgetVersion+"/widget.js"].content)
	for _, part := range []string{`VERSION = "` + widgetVersion + `"`, files[widgetVersion+"/widget.css"].integrity} {
		if !strings.Contains(script, part) {
			t.Errorf("the script does not hold %s", part)
		}
	}
	res := w.ask(http.MethodGet, "/widget/v1.js", nil)
	if h := res.Header; !strings.HasPrefix(h.Get("Cache-Control"), "public, max-age=300") || h.Get("ETag") == "" {
		t.Errorf("v1: %v", h)
	}
	if res := w.fetch(http.MethodGet, "/widget/v1.js", nil, "If-None-Match", res.Header.Get("ETag")); res.StatusCode != http.StatusNotModified {
		t.Errorf("v1 unchanged: %d", res.StatusCode)
	}
	w.page(http.StatusNotFound, http.MethodGet, "/widget/9.9.9/widget.js", nil)
	if doc, _ := w.get("/widget"); !strings.Contains(text(doc), files["1.0.0/widget.js"].integrity) || !strings.Contains(text(doc), "http://example.com/widget/v1.js") {
		t.Errorf("the page for portals: %s", text(doc))
	}
}

func TestTheWidgetIsSmall(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	k := w.siteKey(market.SiteKey{}, "https://portal.example")
	var all []byte
	for _, address := range []string{"/widget/v1.js", "/widget/1.0.0/widget.css", "/assets/embed.js", "/embed/" + k.Key + ".html?need=N1"} {
		res := w.ask(http.MethodGet, address, nil)
		var body, small bytes.Buffer
		if _, err := body.ReadFrom(res.Body); err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res.StatusCode, err)
		}
		z := gzip.NewWriter(&small)
		z.Write(body.Bytes())
		z.Close()
		t.Logf("%s: %d bytes, %d compressed", address, body.Len(), small.Len())
		all = slices.Concat(all, small.Bytes())
	}
	if len(all) > 30_000 {
		t.Errorf("%d bytes compressed in all", len(all))
	}
}
