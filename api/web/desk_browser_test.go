package web

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"duijie/corpus/market"
)

// A broker comes from a visit to a sheet that is sent in 12 clicks at most, on a phone; the firm opens and answers it.
func TestFromAVisitToASentSheet(t *testing.T) {
	r := newBrowser(t)
	r.world = newWorld(t, Options{}, cornDocs())
	server := httptest.NewServer(r.world.handler)
	t.Cleanup(server.Close)
	r.home, r.world.svc.BaseURL = server.URL, server.URL
	r.world.get("/needs/N1") // makes its list
	r.wide(360)
	secret, _ := r.world.key(market.Broker)
	r.open("/desk")
	r.do(chromedp.SendKeys(chromedp.CSS("#key"), secret))
	r.follow(click("main .button.plain"))
	r.is(`location.pathname === "/desk"`)
	r.shot("desk-360", "")
	clicks := 0
	press := func(selector string) {
		t.Helper()
		clicks++
		r.follow(click(selector))
	}
	press(`#waiting ~ ol a[href*="/visits/new"]`)
	clicks++ // the choice of how
	eval[bool](r, `(document.querySelector("#how").value = "visit", true)`)
	r.do(chromedp.SendKeys(chromedp.CSS("#note"), "浸泡罐已满负荷"), chromedp.SendKeys(chromedp.CSS("#next"), "寄推荐单"))
	r.shot("visit-360", "")
	press("#record button.button")
	press(`a[href$="/needs/N1/sheet"]`)
	r.do(chromedp.SendKeys(chromedp.CSS("textarea"), "可先看现场"))
	r.shot("sheet-form-360", "")
	press(`#sheet button[value="send"]`)
	r.is(`document.querySelector(".once code").textContent.includes("/sheet/")`)
	if clicks > 12 {
		t.Errorf("%d clicks", clicks)
	}
	t.Logf("%d clicks", clicks)
	r.is(`document.documentElement.scrollWidth <= innerWidth`)
	r.shot("sheet-360", "")
	link := eval[string](r, `document.querySelector(".once code").textContent`)
	r.do(chromedp.Navigate(link))
	r.shot("sheet-cover-360", "")
	r.follow(click(`button[value="open"]`))
	r.do(click(`input[name="interest"]`))
	r.shot("sheet-open-360", "")
	r.follow(click(`button[value="answer"]`))
	r.is(`document.querySelector("[role=status]").textContent.includes("已收到您的答复")`)
	r.screen(1280, 1400)
	r.open("/desk")
	r.is(`document.documentElement.scrollWidth <= innerWidth && document.querySelector("#answers ~ ul .label.strong") !== null`)
	r.shot("desk-1280", "")
	r.open("/needs/N1/sheet")
	r.shot("sheet-form-1280", "")
	r.open("/visits")
	r.shot("visits-1280", "")
}
