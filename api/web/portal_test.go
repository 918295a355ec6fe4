package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A portal is a site of another origin, which shows lists of the service in its pages. The service stands below a path;
// the portal shows it below a path of its own as well.
type portal struct {
	*reader
	key    market.SiteKey
	origin string
	need   string      // whose list docs/portal shows here
	field  string      // whose newest it shows
	down   atomic.Bool // the service does not answer
	lost   atomic.Bool // it does what it is asked, and its answers get lost
}

// newPortal starts both, and a browser. Each page of the portal has the policy that a portal with a strict one needs, and
// tells nobody where its readers come from.
func newPortal(t *testing.T, docs []corpus.Doc, need, field string) *portal {
	t.Helper()
	p := &portal{reader: newBrowser(t), need: need, field: field}
	p.world = newWorld(t, Options{Base: "/duijie"}, docs)
	service := http.StripPrefix("/duijie", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.down.Load() {
			panic(http.ErrAbortHandler) // as where nobody listens
		}
		if p.lost.Load() {
			w = httptest.NewRecorder()
			defer panic(http.ErrAbortHandler)
		}
		p.world.handler.ServeHTTP(w, r)
	}))
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	p.home = server.URL + "/duijie"
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{page}", p.page)
	mux.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("/duijie/", service)
	mux.HandleFunc("GET /published/{file}", p.published)
	mux.HandleFunc("GET /demo/{file}", p.demo)
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	p.origin = site.URL
	p.key = p.world.siteKey(market.SiteKey{}, p.origin, "https://portal.example")
	return p
}

// portalPages are what an editor writes; HOME is the service, KEY the key.
var portalPages = map[string]string{
	"frame":   `<script src="HOME/widget/v1.js" data-site-key="KEY" data-need="N1" async></script>`,
	"own":     `<script src="/duijie/widget/v1.js" data-site-key="KEY" data-query="玉米" data-lang="en" async></script>`,
	"unknown": `<script src="HOME/widget/v1.js" data-site-key="djs_none" data-need="N1" async></script>`,
	"element": `<script src="HOME/widget/1.0.0/widget.js" integrity="HASH" crossorigin="anonymous" async></script>
<duijie-matches site-key="KEY" need="N1"><a id="instead" href="HOME/needs/N1">对接平台</a></duijie-matches>`,
	"light": `<script src="HOME/widget/v1.js" async></script><duijie-matches light site-key="KEY" field="44" lang="en" limit="3">对接平台</duijie-matches>`,
	"cms":   `<iframe src="HOME/embed/KEY.html?need=N1" title="清单" width="100%" height="900"></iframe>`,
}

func (p *portal) page(w http.ResponseWriter, r *http.Request) {
	content, ok := portalPages[r.PathValue("page")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	hash := p.world.release(p.t)
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'self' "+strings.TrimSuffix(p.home, "/duijie"))
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><html lang="zh-CN"><head><title>门户</title><meta name="viewport" content="width=device-width"><link rel="icon" href="/duijie/assets/icon.svg"></head><body><main><h1>门户</h1>%s</main></body></html>`,
		strings.NewReplacer("HOME", p.home, "KEY", p.key.Key, "HASH", hash).Replace(content))
}

// published serves what duijie publish writes.
func (p *portal) published(w http.ResponseWriter, r *http.Request) {
	files, err := Publish(r.Context(), p.world.svc, Options{Base: p.home}, p.key.Key, url.Values{"need": {"N1"}})
	if err != nil {
		p.t.Error(err)
	}
	w.Header().Set("Content-Security-Policy", "default-src 'self'")
	for _, f := range files {
		if f.Name == r.PathValue("file") {
			http.ServeContent(w, r, f.Name, time.Time{}, strings.NewReader(f.Content))
		}
	}
}

// release is the hash of the script as pages demand it.
func (w *world) release(t *testing.T) string {
	files, err := readWidget()
	if err != nil {
		t.Fatal(err)
	}
	return files[widgetVersion+"/widget.js"].integrity
}

// visit opens a page of the portal.
func (p *portal) visit(page string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.origin + "/" + page))
}

// inFrame waits until a condition holds in the frame of the page.
func (p *portal) inFrame(condition string) {
	p.t.Helper()
	for range 240 {
		if p.holdsInFrame(condition) {
			return
		}
	}
	p.t.Fatalf("never in the frame: %s", condition)
}

// holdsInFrame waits a little for a condition: pages in the frame come and go.
func (p *portal) holdsInFrame(condition string) bool {
	p.t.Helper()
	frames, err := chromedp.Run(p.ctx, chromedp.Nodes(chromedp.CSS("iframe")))
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = chromedp.Run(p.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingInFrame(frames[0]), chromedp.WithPollingTimeout(250*time.Millisecond)))
	return err == nil
}

// media sets how the browser says its reader wants pages.
func (p *portal) media(features ...*emulation.MediaFeature) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		p.t.Fatal(err)
	}
}

// scripts sets whether pages may run any.
func (p *portal) scripts(run bool) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run}); err != nil {
		p.t.Fatal(err)
	}
}

const (
	shadow  = `document.querySelector("duijie-matches").shadowRoot`
	rows    = `.querySelectorAll(".dj-list > li")`
	reasons = `.querySelector(".dj-list details").textContent.includes("双方都提到")`
)

func TestAPortal(t *testing.T) {
	newPortal(t, fixtures(), "N1", "44").drive(t, []part{{"shows lists", showsLists}, {"serves keyboards, phones and the dark", servesAll},
		{"takes forms", takesForms}, {"keeps nobody out", keepsNobodyOut}, {"shows the demonstration", showsTheDemo}, {"is never left with a blank box", neverBlank}})
}

// A part is some of what a portal's readers do.
type part struct {
	name string
	sees func(*testing.T, *portal)
}

// drive does parts in one browser: each begins in the light at 1,280 pixels, with a console that said nothing.
func (p *portal) drive(t *testing.T, parts []part) {
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) {
			p.t = t
			p.wide(1280)
			p.media()
			part.sees(t, p)
			for _, m := range p.heard() {
				t.Errorf("the console says: %s", m)
			}
		})
	}
	p.t = t
}

func showsLists(t *testing.T, p *portal) {
	// A frame as high as its list, with reasons, in a page of another origin that tells no referrer.
	p.visit("frame")
	p.inFrame(`document` + rows + `.length > 0 && document` + reasons)
	p.is(`document.querySelector("iframe").offsetHeight > 300 && document.querySelector(".duijie-widget p").hidden`)
	high := eval[float64](p.reader, `document.querySelector("iframe").offsetHeight`)
	p.inFrame(`(document.querySelector("details").open = true)`)
	p.is(fmt.Sprintf(`document.querySelector("iframe").offsetHeight > %v`, high))

	// The same below a path of the portal's own host, in English.
	p.visit("own")
	p.inFrame(`document.documentElement.lang === "en" && document` + rows + `.length > 0 && location.pathname.startsWith("/duijie/embed/")`)
	p.is(`document.querySelector("iframe").offsetHeight > 300`)

	// In the frame: a search, a described problem, an interest.
	p.visit("frame")
	p.inFrame(`(document.getElementById("q").value = "风电", document.querySelector("form").requestSubmit(), true)`)
	p.inFrame(`document.querySelector("h1").textContent === "检索：风电" && document` + rows + `.length === 10`)
	p.inFrame(`(document.getElementById("text").value = "玉米浸泡时间太长，亚硫酸用量大。", document.querySelector(".dj-form").requestSubmit(), true)`)
	p.inFrame(`document.querySelectorAll(".dj-questions > li").length === 2 && document` + reasons)
	p.inFrame(`(document.querySelector(".dj-act").click(), true)`)
	p.inFrame(`document.getElementById("contact") !== null`)
	p.inFrame(`(document.getElementById("name").value = "王工", document.getElementById("contact").value = "13800000000", document.querySelector(".dj-form").requestSubmit(), true)`)
	p.inFrame(`document.querySelector(".dj-note").textContent.includes("已收到你的意向")`)
	if leads := p.world.leads(); len(leads) != 1 || leads[0].Contact != "13800000000" {
		t.Errorf("leads %+v", leads)
	}

	// The component, checked against its hash.
	p.visit("element")
	p.is(shadow + rows + `.length > 0 && ` + shadow + reasons)
	p.is(`getComputedStyle(` + shadow + `.querySelector(".dj-label")).borderTopWidth === "1px"`)
	if eval[bool](p.reader, `document.getElementById("instead").checkVisibility()`) {
		t.Error("what the page says in place of a list is shown beside it")
	}
	if got := eval[string](p.reader, shadow+`.querySelector("[part=date]").textContent`); got != "数据更新至 2026-06-10" {
		t.Errorf("the newest date is %q", got)
	}

	// The component as part of the page, which the page's own styles reach.
	p.visit("light")
	p.is(`document` + rows + `.length === 3 && document.querySelector("duijie-matches").shadowRoot === null && document.querySelector(".dj").lang === "en"`)
}

func servesAll(t *testing.T, p *portal) {
	p.wide(360)
	p.visit("element")
	p.is(shadow + rows + `.length > 0`)
	p.do(chromedp.KeyEvent(kb.Tab))
	p.is(shadow + `.activeElement.type === "search"`)
	p.do(chromedp.KeyEvent("风电" + kb.Enter))
	p.is(shadow + rows + `.length === 10 && ` + shadow + `.querySelector("mark").textContent === "风电" && ` + shadow + `.activeElement.type === "search"`)
	p.press(kb.Tab, kb.Tab, kb.Tab)
	p.is(shadow + `.activeElement.href.startsWith("` + p.home + `/achievements/W") && getComputedStyle(` + shadow + `.activeElement).outlineStyle === "solid"`)
	for _, page := range []string{"frame", "element", "light", "own"} {
		p.visit(page)
		p.is(`document.querySelector("iframe") ? document.querySelector("iframe").offsetHeight > 300 : (document.querySelector("duijie-matches").shadowRoot || document)` + rows + `.length > 0`)
		if wide := eval[int64](p.reader, "document.documentElement.scrollWidth"); wide > 360 {
			t.Errorf("%s is %d pixels wide on a screen of 360", page, wide)
		}
	}
	p.inFrame(`document.documentElement.scrollWidth <= 360`)
	p.visit("frame")
	p.inFrame(`document` + rows + `.length > 0`)
	const inList = `document.activeElement.closest(".dj-list") !== null`
	for tabs := 0; tabs < 8 && !p.holdsInFrame(inList); tabs++ {
		p.do(chromedp.KeyEvent(kb.Tab))
	}
	p.inFrame(inList)
	p.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	p.visit("element")
	p.is(shadow + rows + `.length > 0 && getComputedStyle(` + shadow + `.querySelector(".dj")).backgroundColor === "rgb(19, 24, 30)"`)
	p.media(&emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	p.visit("element")
	p.is(shadow + rows + `.length > 0 && getComputedStyle(` + shadow + `.querySelector(".dj-button")).borderTopWidth === "2px"`)
}

func neverBlank(t *testing.T, p *portal) {
	// Without JavaScript.
	p.scripts(false)
	p.visit("cms")
	frames, err := chromedp.Run(p.ctx, chromedp.Nodes(chromedp.CSS("iframe")))
	if err != nil {
		t.Fatal(err)
	}
	seen, err := chromedp.Run(p.ctx, chromedp.Text(chromedp.CSS("main"), chromedp.FromNode(frames[0])))
	if err != nil || !strings.Contains(seen, "玉米湿磨酶法辅助短时浸泡工艺") || !strings.Contains(seen, "对应需求") {
		t.Errorf("without JavaScript the frame shows %q, %v", seen, err)
	}
	p.visit("published/index.html")
	if seen, err := chromedp.Run(p.ctx, chromedp.Text(chromedp.CSS("main"))); err != nil || !strings.Contains(seen, "玉米湿磨酶法辅助短时浸泡工艺") || !strings.Contains(seen, "对应需求") {
		t.Errorf("the published list shows %q, %v", seen, err)
	}
	p.visit("element")
	if seen, err := chromedp.Run(p.ctx, chromedp.Text(chromedp.CSS("main"))); err != nil || !strings.Contains(seen, "对接平台") {
		t.Errorf("without JavaScript the component shows %q, %v", seen, err)
	}
	p.scripts(true)

	// At an origin that the key does not name, and with a key that is none.
	elsewhere := strings.Replace(p.origin, "127.0.0.1", "localhost", 1)
	for _, address := range []string{elsewhere + "/frame", p.origin + "/unknown"} {
		p.heard()
		p.do(chromedp.Navigate(address))
		p.is(`document.querySelector(".duijie-widget a") !== null`)
		p.becomes(`document.querySelector(".duijie-widget a").checkVisibility() && getComputedStyle(document.querySelector("iframe")).visibility === "hidden"`)
		if !p.hears("frame-ancestors") {
			t.Errorf("%s is not refused", address)
		}
	}

	// The service goes away: what was last shown stays, and says of when it is.
	p.visit("element")
	p.is(shadow + rows + `.length > 0 && ` + shadow + `.querySelector(".dj-note") === null`)
	p.down.Store(true)
	p.visit("element")
	p.is(shadow + rows + `.length > 0 && ` + shadow + `.querySelector(".dj-note").textContent.includes("以下是 ") && ` + shadow + reasons)
	eval[bool](p.reader, shadow+`.querySelector("input").value = "风电", `+shadow+`.querySelector("form").requestSubmit(), true`)
	p.is(shadow + `.querySelector(".dj-note").textContent === "暂时连不上服务，请稍后再试。" && ` + shadow + `.querySelector("input").value === "风电"`)
	if kept := eval[string](p.reader, `JSON.stringify(localStorage)`); !strings.Contains(kept, "玉米湿磨酶法") || strings.Contains(kept, "q=") {
		t.Errorf("kept is %s", kept)
	}
	eval[bool](p.reader, `localStorage.clear() || true`)
	p.visit("element")
	p.is(`document.getElementById("instead").checkVisibility() && ` + shadow + `.querySelector(".dj-note").textContent.includes("暂时连不上服务")`)
	p.visit("frame")
	p.is(`document.querySelector(".duijie-widget a").checkVisibility()`)
	p.heard() // that the server can't be reached
}

// hears waits until the console says something with these words, and forgets the rest.
func (r *reader) hears(words string) bool {
	for range 3000 {
		if slices.ContainsFunc(r.heard(), func(m string) bool { return strings.Contains(m, words) }) {
			return true
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}
