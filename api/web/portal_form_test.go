package web

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// press presses keys one after the other; words are typed.
func (r *reader) press(keys ...string) {
	r.t.Helper()
	for _, k := range keys {
		r.do(chromedp.KeyEvent(k))
	}
}

// Who is interested or describes a problem does so in the portal's page, by the keyboard alone.
func takesForms(t *testing.T, p *portal) {
	p.world.later(time.Minute) // leads cost much of the key's rate
	const at = shadow + `.activeElement`
	const wrong = `(root => root.getElementById(root.activeElement.getAttribute("aria-describedby").split(" ")[0]).textContent)(` + shadow + `)`
	p.visit("element")
	p.is(shadow + rows + `.length > 0`)
	if got := eval[string](p.reader, `Array.from(`+shadow+`.querySelectorAll(".dj-list > li:first-child .dj-facts > div")).map(fact => fact.textContent).join("|")`); got != "持有方蒙东淀粉工程中心|阶段中期|报价1,180万元|最近确认2025-03-12" {
		t.Errorf("the first row says %s", got)
	}

	eval[bool](p.reader, `(`+shadow+`.querySelector(".dj-act").focus(), true)`)
	p.press(kb.Enter)
	p.is(shadow + `.querySelector(".dj-list .dj-form") !== null`)
	p.press(kb.Escape)
	p.is(`!` + at + `.parentElement.open && ` + at + `.className === "dj-act"`)
	p.press(kb.Enter, kb.Tab)
	p.is(at + `.labels[0].textContent === "姓名或单位"`)
	p.press(kb.Enter) // nothing is written yet
	p.is(at + `.getAttribute("aria-invalid") === "true" && ` + wrong + ` === "请填写姓名或单位，100 字以内。"`)
	p.press("王工", kb.Tab)
	eval[bool](p.reader, `(`+at+`.value = "1".repeat(201), true)`)
	p.press(kb.Enter) // the server finds what the page does not look for
	p.is(at + `.labels[0].textContent === "联系方式" && ` + at + `.getAttribute("aria-invalid") === "true" && ` + wrong + ` === "请填写联系方式，200 字以内。" && ` +
		shadow + `.querySelector("[autocomplete=name]").getAttribute("aria-invalid") === "false"`)
	if !p.hears("422") {
		t.Error("the server refused nothing")
	}
	eval[bool](p.reader, `(`+at+`.value = "13800000000", true)`)
	p.press(kb.Enter)
	p.is(at + `.textContent.startsWith("已收到你的意向") && ` + shadow + `.querySelector(".dj-list .dj-form") === null`)
	leads := p.world.leads()
	if len(leads) == 0 {
		t.Fatal("there is no lead")
	}
	if l := leads[len(leads)-1]; l.Name != "王工" || l.Contact != "13800000000" || l.Need != "N1" || l.Achievement != "A1" || l.By != "site:"+p.key.ID {
		t.Errorf("the lead is %+v", l)
	}

	// Without a shadow, in English. Where the answer gets lost, what was typed stays, and is one lead when it is sent again.
	p.visit("light")
	p.is(`document` + rows + `.length === 3`)
	eval[bool](p.reader, `(document.querySelector(".dj-act").click(), true)`)
	p.is(`document.querySelector(".dj-list .dj-form") !== null`)
	p.lost.Store(true)
	send := `document.querySelector(".dj-list .dj-form").requestSubmit()`
	eval[bool](p.reader, `(document.querySelector("[autocomplete=name]").value = "Wang", document.querySelector("[autocomplete=tel]").value = "wang@example.com", `+send+`, true)`)
	p.is(`document.querySelector(".dj-list [role=alert]").textContent.startsWith("It could not be sent.") && document.querySelector("[autocomplete=name]").value === "Wang"`)
	p.lost.Store(false)
	if !p.hears("ERR_") {
		t.Error("no answer got lost")
	}
	eval[bool](p.reader, `(`+send+`, true)`)
	p.is(`document.activeElement.textContent.startsWith("We have received it")`)
	p.heard()
	if n := len(p.world.leads()); n != len(leads)+1 {
		t.Errorf("%d leads after one more", n)
	}

	// A problem in the reader's own words, which stay nowhere.
	p.visit("element")
	p.is(shadow + rows + `.length > 0`)
	const described = shadow + `.querySelector("[part=problem]").parentElement`
	eval[bool](p.reader, `(`+described+`.firstElementChild.focus(), true)`)
	p.press(kb.Enter)
	p.is(described + `.textContent.includes("不保存，也不写入日志") && !` + described + `.textContent.includes("外部模型")`)
	p.press(kb.Tab, kb.Tab, kb.Enter)
	p.is(at + `.type === "textarea" && ` + wrong + `.startsWith("请先写下")`)
	p.press("玉米浸泡时间太长，亚硫酸用量大。", kb.Tab, kb.Enter)
	p.is(shadow + `.querySelectorAll(".dj-questions > li").length === 2 && ` + shadow + reasons + ` && ` + at + `.textContent.startsWith("共 ")`)
	p.is(described + `.querySelector("textarea").value === "玉米浸泡时间太长，亚硫酸用量大。"`)
	if kept := eval[string](p.reader, `JSON.stringify(localStorage) + document.cookie + location`); strings.Contains(kept, "亚硫酸用量大") {
		t.Errorf("the problem stays in %s", kept)
	}
	eval[bool](p.reader, `(`+shadow+`.querySelector("[part=back]").click(), true)`)
	p.is(at + `.type === "search" && ` + shadow + `.querySelector(".dj-questions") === null && ` + shadow + rows + `.length > 0`)

	// Where others see what is typed, the form says so before it takes a word.
	p.visit("element")
	p.is(shadow + rows + `.length > 0`)
	eval[bool](p.reader, `(window.fetch = (ask => (at, how) => at.includes("/v1/status") ? Promise.resolve(new Response('{"typed_to":["api.example.com"]}')) : ask(at, how))(window.fetch), `+
		described+`.open = true)`)
	p.is(described + `.querySelector("textarea") !== null && ` + described + `.textContent.includes("会发送到 api.example.com 计算")`)
}
