package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestTheGallery drives on the sample exchange what README shows, in one browser. With -shots it keeps the pictures.
func TestTheGallery(t *testing.T) {
	p := newPortal(t, sample(t), "N001", "A")
	p.drive(t, []part{{"search and facets", findsByFacets}, {"a match with reasons", saysWhy}, {"keyboard alone", worksByKeyboard}, {"a phone", fitsAPhone},
		{"the dark", isDark}, {"a portal's page", standsInAPortal}, {"without scripts and where it may not", standsWithoutScripts}, {"nobody is kept out", pagesKeepNobodyOut}})
}

func findsByFacets(t *testing.T, p *portal) {
	p.open("/search?q=" + url.QueryEscape("玉米"))
	const facet = `.desk [data-swap="stage:applied"]`
	count := eval[string](p.reader, `document.querySelector('`+facet+` .count').textContent`)
	p.do(click(facet))
	p.is(fmt.Sprintf(`document.getElementById("count").textContent === "共 %s 条结果" && new URLSearchParams(location.search).get("stage") === "applied"`, count))
	p.is(`document.querySelectorAll(".results > li").length > 1 && document.querySelector(".results mark").textContent === "玉米"`)
	p.shot("search", "body")
}

func saysWhy(t *testing.T, p *portal) {
	p.screen(1280, 1400)
	p.open("/needs/N001")
	p.is(`document.querySelector(".matches h3 a").textContent === "玉米湿磨酶法辅助短时浸泡工艺"`)
	p.shot("need", "body")
	p.screen(1280, 1150)
	p.open("/match")
	p.do(chromedp.SetValue(chromedp.CSS("#text"), "玉米浸泡要48小时，罐不够用，亚硫酸用得多，想在磨机不动的情况下缩短到24小时以内。"))
	p.follow(click("#problem .button"))
	p.is(`document.querySelector(".matches h3 a").textContent === "玉米湿磨酶法辅助短时浸泡工艺"`)
	p.do(click(".matches .reasons > summary"))
	p.is(`document.querySelector(".full").checkVisibility() && document.querySelectorAll(".parts .points").length > 2 && document.querySelector(".sides mark") !== null`)
	p.shot("match", "#matches")
}

// From the box to a posting, and from a need to why something fits it.
func worksByKeyboard(t *testing.T, p *portal) {
	p.open("/search")
	p.tabTo(`document.activeElement.id === "q"`)
	p.do(chromedp.KeyEvent("玉米"))
	p.is(`document.querySelectorAll("#q-list [role=option]").length > 3`)
	p.do(chromedp.KeyEvent(kb.ArrowDown))
	p.is(`document.querySelector("#q-list [aria-selected=true]") !== null`)
	p.shot("keyboard", "")
	p.do(chromedp.KeyEvent(kb.Escape))
	p.follow(chromedp.KeyEvent(kb.Enter))
	p.is(`new URLSearchParams(location.search).get("q") === "玉米"`)
	p.tabTo(`(document.activeElement.dataset.swap || "").startsWith("stage:")`)
	facet := eval[string](p.reader, `document.activeElement.dataset.swap`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.is(fmt.Sprintf(`location.search.includes("stage=") && document.activeElement.dataset.swap === %q`, facet))
	p.tabTo(`document.activeElement.closest(".results h3") !== null`)
	title := eval[string](p.reader, `document.activeElement.textContent`)
	p.follow(chromedp.KeyEvent(kb.Enter))
	p.is(fmt.Sprintf(`document.querySelector("h1").textContent === %q`, title))
	p.open("/needs/N001")
	p.tabTo(`document.activeElement.matches(".matches .reasons > summary")`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.is(`document.querySelector(".full").checkVisibility() && getComputedStyle(document.activeElement).outlineStyle === "solid"`)
}

func fitsAPhone(t *testing.T, p *portal) {
	p.wide(360)
	fits := func() {
		t.Helper()
		if wide := eval[int64](p.reader, "document.documentElement.scrollWidth"); wide > 360 {
			t.Errorf("%s is %d pixels wide on a screen of 360", eval[string](p.reader, "location.pathname"), wide)
		}
	}
	p.open("/search?q=" + url.QueryEscape("玉米"))
	p.do(click(".sheet > summary"))
	p.is(`document.querySelector(".sheet .facet").checkVisibility()`)
	fits()
	p.shot("phone-search", "body")
	p.open("/needs/N001")
	p.do(click(".matches .reasons > summary"))
	p.is(`document.querySelector(".full").checkVisibility()`)
	fits()
	p.shot("phone-match", "#results")
}

func isDark(t *testing.T, p *portal) {
	p.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	p.open("/needs/N001")
	p.do(click(".matches .reasons > summary"))
	p.is(`document.querySelector(".full").checkVisibility() && getComputedStyle(document.body).backgroundColor === "rgb(19, 24, 30)"`)
	p.shot("dark", "#results")
}

func standsInAPortal(t *testing.T, p *portal) {
	p.visit("demo/index.html")
	p.inFrame(`document` + rows + `.length > 0 && document` + reasons)
	p.is(shadow + rows + `.length === 5`)
	p.shot("widget", "body")
}

func standsWithoutScripts(t *testing.T, p *portal) {
	p.scripts(false)
	p.visit("demo/index.html")
	frames, err := chromedp.Run(p.ctx, chromedp.Nodes(chromedp.CSS("iframe")))
	if err != nil {
		t.Fatal(err)
	}
	seen, err := chromedp.Run(p.ctx, chromedp.Text(chromedp.CSS("main"), chromedp.FromNode(frames[0])))
	if err != nil || !strings.Contains(seen, "玉米湿磨酶法辅助短时浸泡工艺") || !strings.Contains(seen, "对应需求") {
		t.Errorf("without scripts the frame shows %q, %v", seen, err)
	}
	p.shot("no-script", "")
	p.scripts(true)

	p.screen(1280, 400)
	p.do(chromedp.Navigate(strings.Replace(p.origin, "127.0.0.1", "localhost", 1) + "/demo/index.html"))
	p.becomes(`document.querySelector(".duijie-widget a").checkVisibility() && getComputedStyle(document.querySelector("iframe")).visibility === "hidden"`)
	p.is(shadow + `.querySelector(".dj-note").textContent.includes("暂时连不上服务") && document.querySelector("duijie-matches a").checkVisibility()`)
	if !p.hears("frame-ancestors") {
		t.Error("a page of another origin is not refused")
	}
	p.heard() // that the component is refused as well
	p.shot("refused", "body")
}

func pagesKeepNobodyOut(t *testing.T, p *portal) {
	axe := axe(t)
	found := "/search?q=" + url.QueryEscape("玉米")
	for scheme, addresses := range map[string][]string{"light": {"/", found, "/achievements/A001", "/compare?need=N001&a=A001&a=A002", "/needs/new"}, "dark": {"/needs/N001"}} {
		p.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme})
		for _, address := range addresses {
			p.open(address)
			eval[bool](p.reader, `Array.from(document.querySelectorAll("main details")).slice(0, 6).forEach(d => { d.open = true }) || true`)
			for _, fault := range p.faultsOf(axe) {
				t.Errorf("%s, %s: %s", address, scheme, fault)
			}
		}
	}
}
