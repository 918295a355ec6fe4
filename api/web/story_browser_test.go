package web

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"duijie/corpus/market"
)

// leave signs out.
func (r *reader) leave() {
	r.t.Helper()
	if _, err := chromedp.CallBrowser(r.ctx, storage.ClearCookies, storage.ClearCookiesParams{}); err != nil {
		r.t.Fatal(err)
	}
}

// as leaves what the browser was signed in with, signs in with a key of a role, and opens a page.
func (r *reader) as(secret, path string) {
	r.t.Helper()
	r.leave()
	r.open("/signin?to=" + path)
	r.do(chromedp.SendKeys(chromedp.CSS("#key"), secret))
	r.follow(click("main .button.plain"))
	r.is(`location.pathname === "` + path + `"`)
}

// fill types into the fields of a form, by their ids.
func (r *reader) fill(fields map[string]string) {
	r.t.Helper()
	for id, text := range fields {
		r.do(chromedp.SetValue(chromedp.CSS("#"+id), text))
	}
}

// TestTheStoryOfADealInABrowser is TestTheStoryOfADeal of cmd/duijie as people do it: each step on the page that offers it.
func TestTheStoryOfADealInABrowser(t *testing.T) {
	r := newBrowser(t)
	r.world = newWorld(t, Options{}, cornDocs())
	server := httptest.NewServer(r.world.handler)
	t.Cleanup(server.Close)
	r.home, r.world.svc.BaseURL = server.URL, server.URL
	r.screen(1280, 1400)
	keys := map[market.Role]string{}
	for _, role := range []market.Role{market.Admin, market.Reviewer, market.Broker, market.Firm, market.Holder} {
		keys[role], _ = r.world.key(role)
	}

	// An operator imports a table of achievements.
	file := filepath.Join(t.TempDir(), "成果.csv")
	if err := os.WriteFile(file, []byte("成果名称,成果简介,所处阶段\n玉米浸泡罐清洗机器人,浸泡罐内壁自动清洗。,中试\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.as(keys[market.Admin], "/imports")
	r.do(chromedp.SetValue(chromedp.CSS("#kind"), "achievement"), chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	r.follow(click(".upload .button"))
	r.follow(click(`[value="import"]`))
	r.becomes(`document.querySelector("h2").textContent === "已完成" && document.querySelector("[data-events]") === null`)

	// A holder sends in an achievement, and a reviewer publishes it.
	r.as(keys[market.Holder], "/submissions/new")
	const title = "玉米浸泡水循环回用装置"
	r.fill(map[string]string{"kind": "achievement", "title": title, "text": "玉米湿磨浸泡水经膜分离后回用，浸泡时间缩短到16 h，亚硫酸用量降到0.5 kg/t。", "org": "某大学", "contact": "王老师 0475-7654321",
		"stage": "pilot", "field": "1391", "keywords": "玉米淀粉、浸泡、亚硫酸", "indicators": "浸泡时间 ≤ 16 h"})
	r.follow(click("#record button.button"))
	r.do(click(`.step:has([value="first"]) summary`), chromedp.SetValue(chromedp.CSS("#cleared"), "yes"))
	r.follow(click(`button[value="first"]`))
	r.as(keys[market.Reviewer], "/review")
	r.do(click(`[name="pick"]`))
	r.shot("story-review", "")
	r.follow(click(`button[value="passed"]`))
	r.is(`document.querySelector("[role=status]").textContent.includes("已发布")`)

	// The firm finds it among the answers to its need, and asks for it; both talk in the lead's thread.
	r.as(keys[market.Firm], "/needs/N1")
	r.becomes(`document.querySelector(".matches").textContent.includes("` + title + `") || (location.reload(), false)`)
	r.follow(click(`.matches a[href*="/leads/new"][href*="submission"]`))
	r.fill(map[string]string{"message": "想看中试数据。", "contact": "0475-1234567"})
	r.follow(click("#record button.button"))
	r.is(`document.querySelector("main").textContent.includes("想看中试数据")`)
	lead := eval[string](r, `location.pathname`)
	r.as(keys[market.Holder], lead)
	r.fill(map[string]string{"remark": "中试报告可以现场看。"})
	r.follow(click("#thread button"))
	r.is(`document.querySelector("#thread").textContent.includes("现场看") && !document.querySelector("main").textContent.includes("0475-1234567")`)
	r.do(click(`#contacts [name="open"]`))
	r.follow(click("#contacts button"))
	r.as(keys[market.Firm], lead)
	r.do(click(`#contacts [name="open"]`))
	r.follow(click("#contacts button"))
	r.is(`document.querySelector("#contacts").textContent.includes("0475-7654321")`)
	r.shot("story-thread", "#thread")

	// A broker claims the need, notes a visit, makes a sheet and sends it; the firm answers by its link.
	r.as(keys[market.Broker], "/desk")
	r.follow(click(`#waiting ~ ol button[value="claim"]`))
	r.is(`document.querySelector('#claims ~ ul') !== null`)
	r.follow(click(`#claims ~ ul a[href*="/visits/new"]`))
	r.fill(map[string]string{"how": "visit", "note": "愿意来看中试线。", "next": "寄推荐单"})
	r.follow(click("#record button.button"))
	r.follow(click(`a[href$="/needs/N1/sheet"]`))
	r.follow(click(`#sheet button[value="send"]`))
	link := eval[string](r, `document.querySelector(".once code").textContent`)
	r.leave()
	r.do(chromedp.Navigate(link))
	r.follow(click(`button[value="open"]`))
	r.do(click(`input[name="interest"]`))
	r.follow(click(`button[value="answer"]`))
	r.as(keys[market.Broker], lead)
	r.follow(click(`button[value="talking"]`))
	r.follow(click(`button[value="agreed"]`))

	// The contract is registered for the lead, and its first year brings a benefit.
	r.as(keys[market.Admin], "/contracts/new")
	r.fill(map[string]string{"title": title, "kind": "development", "seller": "某大学", "buyer": "某淀粉厂", "value": "80万元", "technical": "60万元", "signed": "2026-11-20", "number": "2026150500000123", "lead": filepath.Base(lead)})
	r.follow(click("#record button.button"))
	contract := eval[string](r, `location.pathname`)
	r.follow(click(`button[value="registered"]`))
	r.open("/benefits/new")
	r.fill(map[string]string{"contract": filepath.Base(contract), "year": "2026", "amount": "1200万元", "proof": "销售合同，档案 2026-17。"})
	r.follow(click("#record button.button"))
	r.follow(click(`button[value="confirmed"]`))
	r.becomes(`document.querySelector(".label").textContent === "已核实"`)

	// The year's report has both, and leads to them.
	r.open("/reports/year?year=2026")
	r.becomes(`document.querySelector("main").textContent.includes("1,200万元")`)
	r.shot("story-year", "")
	r.as(keys[market.Firm], lead)
	r.is(`document.querySelector(".label").textContent === "已签合同"`)
}
