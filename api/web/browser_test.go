package web

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"duijie/corpus/market"
)

// A reader is a person at a browser who looks at one site.
type reader struct {
	t     *testing.T
	ctx   context.Context
	home  string
	world *world
	mu    sync.Mutex
	said  []string // on the console
}

// newReader starts a browser with an empty profile. Messages on its console, refusals of the policy among them, fail the
// test.
func newReader(t *testing.T, docs bool) *reader {
	t.Helper()
	r := newBrowser(t)
	rows := fixtures()
	if !docs {
		rows = nil
	}
	r.world = newWorld(t, Options{}, rows)
	server := httptest.NewServer(r.world.handler)
	t.Cleanup(server.Close)
	r.home = server.URL
	return r
}

// newBrowser is newReader without a site.
func newBrowser(t *testing.T) *reader {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Fatal("this test needs Chromium: run make browser, or apt-get install chromium fonts-noto-cjk")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(2*time.Minute), chromedp.UserDataDir(t.TempDir()))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s does not start: %v", path, err)
	}
	limited, cancel := context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	r := &reader{t: t, ctx: limited}
	err := chromedp.Listen(ctx, func(event any) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch e := event.(type) {
		case *cdplog.EventEntryAdded:
			r.said = append(r.said, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			r.said = append(r.said, e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, m := range r.heard() {
			t.Errorf("the console says: %s", m)
		}
	})
	return r
}

// heard returns what the console said since it was last asked.
func (r *reader) heard() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	said := r.said
	r.said = nil
	return said
}

func (r *reader) do(steps ...chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	if err := chromedp.Do(r.ctx, steps...); err != nil {
		r.t.Fatal(err)
	}
}

// follow does steps that lead to another page, and waits for it.
func (r *reader) follow(steps ...chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	if _, err := chromedp.RunResponse(r.ctx, steps...); err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) open(path string) {
	r.t.Helper()
	r.do(chromedp.Navigate(r.home + path))
}

func (r *reader) wide(pixels int64) {
	r.t.Helper()
	r.screen(pixels, 800)
}

// is evaluates a condition in the page until it holds.
func (r *reader) is(condition string) {
	r.t.Helper()
	if _, err := chromedp.Run(r.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(time.Minute))); err != nil {
		r.t.Fatalf("%s: %v", condition, err)
	}
}

// becomes waits until a condition holds, over pages that load themselves anew.
func (r *reader) becomes(condition string) {
	r.t.Helper()
	for r.ctx.Err() == nil {
		if v, err := chromedp.Run(r.ctx, chromedp.Evaluate[bool](condition)); err == nil && v {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.t.Fatalf("%s: never", condition)
}

func eval[T any](r *reader, expression string) T {
	r.t.Helper()
	v, err := chromedp.Run(r.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		r.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)
}

func TestFromAnExampleToTheAchievement(t *testing.T) {
	r := newReader(t, true)
	r.open("/")
	r.do(click("[data-example]"))
	r.is(`document.getElementById("text").value.includes("亚硫酸") && location.pathname + location.search === "/"`)
	r.follow(click("#problem .button"))
	r.is(`document.querySelectorAll(".matches > li").length > 0`)
	if at := eval[string](r, "location.pathname + location.search"); at != "/match" {
		t.Errorf("the list is at %q", at)
	}
	if kept := eval[string](r, `document.getElementById("text").value`); !strings.Contains(kept, "亚硫酸") {
		t.Error("what was typed is lost")
	}
	if open := eval[bool](r, `document.querySelector(".full").checkVisibility()`); open {
		t.Error("the reasons are open before they are asked for")
	}
	r.do(click(".reasons > summary"))
	r.is(`document.querySelector(".full").checkVisibility() && document.querySelector(".sides mark").offsetWidth > 0`)
	if wide := eval[float64](r, `document.querySelector(".reasons meter").getBoundingClientRect().width`); wide < 40 {
		t.Errorf("the first bar is %v pixels wide", wide)
	}
	r.follow(click(".matches h3 a"))
	r.is(`location.pathname === "/achievements/A1" && document.querySelector("h1").textContent === "玉米湿磨酶法辅助短时浸泡工艺"`)
}

func TestFacetsOrderAndKindsDoNotReload(t *testing.T) {
	r := newReader(t, true)
	r.wide(1280)
	r.open("/search")
	eval[bool](r, "window.mine = true")
	r.do(click(`.desk [data-swap="stage:applied"]`))
	r.is(`location.search === "?stage=applied" && document.getElementById("count").textContent === "共 24 条结果"`)
	r.is(`document.activeElement.dataset.swap === "stage:applied" && document.getElementById("live").textContent === "共 24 条结果"`)
	r.do(click(`[data-swap="kind:need"]`))
	r.is(`location.search.includes("kind=need") && document.querySelector(".empty") !== null`)
	eval[bool](r, `history.back() || true`)
	r.is(`location.search === "?stage=applied" && document.getElementById("count").textContent === "共 24 条结果"`)
	r.do(chromedp.SetValue(chromedp.CSS("#sort"), "newest"))
	eval[bool](r, `document.getElementById("sort").dispatchEvent(new Event("change", {bubbles: true}))`)
	r.is(`new URLSearchParams(location.search).get("sort") === "newest" && document.getElementById("sort").value === "newest"`)
	if !eval[bool](r, "window.mine === true") {
		t.Error("the page was loaded anew")
	}
}

func TestAPhonesFiltersAreASheet(t *testing.T) {
	r := newReader(t, true)
	r.wide(360)
	r.open("/search")
	if !eval[bool](r, `!document.querySelector(".desk").checkVisibility() && !document.querySelector(".sheet > div").checkVisibility()`) {
		t.Error("the filters are shown before they are asked for")
	}
	r.do(click(".sheet > summary"), click(`.sheet [data-swap="stage:lab"]`))
	r.is(`document.getElementById("count").textContent === "共 1 条结果" && document.querySelector(".sheet").open`)
}

func TestKeyboardAlone(t *testing.T) {
	r := newReader(t, true)
	r.wide(1280)
	r.open("/needs/N1")
	r.do(chromedp.KeyEvent(kb.Tab))
	r.is(`document.activeElement.className === "skip" && document.activeElement.getBoundingClientRect().left === 0`)
	r.do(chromedp.KeyEvent(kb.Enter))
	r.is(`document.activeElement.id === "main"`)
	for range 40 {
		r.do(chromedp.KeyEvent(kb.Tab))
		if eval[string](r, "document.activeElement.tagName") == "SUMMARY" {
			break
		}
	}
	outline := eval[string](r, `getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth`)
	if outline != "solid3px" {
		t.Errorf("the focus is shown as %q", outline)
	}
	r.do(chromedp.KeyEvent(kb.Enter))
	r.is(`document.activeElement.parentElement.open && document.querySelector(".full").checkVisibility()`)
}

// A screen of 1,280 pixels at 200 % zoom is one of 640.
func TestNothingScrollsSideways(t *testing.T) {
	r := newReader(t, true)
	r.wide(360)
	r.open("/signin")
	if wide := eval[int64](r, "document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("/signin is %d pixels wide on a screen of 360", wide)
	}
	all := append(slices.Clone(addresses), append(r.world.importAddresses(r.signIn()), r.world.peopleAddresses()...)...)
	for _, width := range []int64{360, 640, 1280} {
		r.wide(width)
		for _, address := range all {
			r.open(address)
			eval[bool](r, `document.querySelectorAll("details").forEach(d => { d.open = true }) || true`)
			if wide := eval[int64](r, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("%s is %d pixels wide on a screen of %d", address, wide, width)
			}
		}
	}
}

func TestAPastedMessageFitsAPhone(t *testing.T) {
	r := newReader(t, true)
	r.wide(360)
	r.open("/needs/paste")
	r.do(chromedp.SetValue(chromedp.CSS("#text"), message.Get("text")))
	r.follow(click("#paste .button"))
	r.is(`document.querySelectorAll(".pasted > ol > li").length === 2`)
	if wide := eval[int64](r, "document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("the drafts are %d pixels wide on a screen of 360", wide)
	}
	r.follow(click(".pasted li .button"))
	r.is(`location.pathname === "/needs/new" && document.querySelector("#org").value === "科尔沁淀粉公司"`)
}

func TestDarkIsDark(t *testing.T) {
	r := newReader(t, true)
	ground := `getComputedStyle(document.body).backgroundColor`
	r.open("/")
	light := eval[string](r, ground)
	_, err := chromedp.Call(r.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	if err != nil {
		t.Fatal(err)
	}
	r.open("/")
	if dark := eval[string](r, ground); light != "rgb(255, 255, 255)" || dark != "rgb(19, 24, 30)" {
		t.Errorf("the ground is %s, in the dark %s", light, dark)
	}
}

func TestAnEmptyServiceSaysWhatToDo(t *testing.T) {
	r := newReader(t, false)
	r.open("/")
	r.is(`document.querySelector(".empty code").textContent.includes("duijie import")`)
}

// signIn signs in as an admin would, and returns the cookie of another session with the same key.
func (r *reader) signIn() (cookie string) {
	r.t.Helper()
	secret, _ := r.world.key(market.Admin)
	r.open("/imports")
	r.do(chromedp.SendKeys(chromedp.CSS("#key"), secret))
	r.follow(click("main .button.plain"))
	r.is(`location.pathname === "/imports" && document.querySelector('nav [href="/imports"]') !== null`)
	return r.world.signInWith(secret)
}

func TestATableIsMendedImportedAndUndone(t *testing.T) {
	r := newReader(t, true)
	r.wide(1280)
	r.signIn()
	file := filepath.Join(t.TempDir(), "成果.csv")
	if err := os.WriteFile(file, []byte(badTable), 0o600); err != nil {
		t.Fatal(err)
	}
	r.do(chromedp.SetValue(chromedp.CSS("#kind"), "achievement"), chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	r.follow(click(".upload .button"))
	r.is(`document.getElementById("c-1-1").getAttribute("aria-invalid") === "true"`)
	r.do(click(".error a"))
	r.is(`document.activeElement.id === "c-1-1" || location.hash === "#c-1-1"`)
	r.do(chromedp.SendKeys(chromedp.CSS("#c-1-1"), "沙地樟子松育苗"))
	r.follow(click(`[value="check"]`))
	r.is(`document.getElementById("c-1-1").value === "沙地樟子松育苗" && document.querySelector(".error") === null`)
	r.follow(click(`[value="import"]`))
	// The page loads itself when the import has ended, and watches no more.
	r.becomes(`document.querySelector("h2").textContent === "已完成" && document.querySelector("[data-events]") === null`)
	at := eval[string](r, "location.pathname")
	search := "/search?q=" + url.QueryEscape("沙地樟子松育苗")
	r.open(search)
	r.becomes(`document.querySelector(".results h3 a").textContent === "沙地樟子松育苗"`)
	r.open(at)
	r.follow(click(".button"))
	r.is(`document.querySelector("main").textContent.includes("新增的 3 条会删除")`)
	r.follow(click("form.row .button"))
	r.becomes(`document.querySelector("h2").textContent === "已撤销" && document.querySelector("[data-events]") === null`)
	r.open(search)
	r.becomes(`location.pathname === "/search" && document.querySelector(".results") === null`)
	r.follow(click(".foot button"))
	r.becomes(`location.pathname === "/"`)
	r.open("/imports")
	r.becomes(`location.pathname === "/signin" && document.querySelector('nav [href="/imports"]') === null`)
}
