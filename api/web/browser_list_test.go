package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// What assistive technology is told of the box: whether its list is open, and which option is the active one.
const boxState = `(function () {
	var box = document.getElementById("q"), active = document.getElementById(box.getAttribute("aria-activedescendant"));
	return box.getAttribute("aria-expanded") + " " + (active ? active.firstChild.textContent + " " + active.getAttribute("aria-selected") : "");
})()`

func TestSuggestionsByKeyboardAndPointer(t *testing.T) {
	r := newReader(t, true)
	r.wide(360)
	r.open("/search")
	r.do(chromedp.SendKeys(chromedp.CSS("#q"), "玉米"))
	r.is(`document.querySelectorAll("#q-list [role=option]").length > 3 && ` + boxState + ` === "true "`)
	if wide := eval[int64](r, "document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("the suggestions are %d pixels wide on a screen of 360", wide)
	}
	if said := eval[string](r, `document.querySelector("[role=status]").textContent`); said == "" {
		t.Error("nobody is told that there are suggestions")
	}
	r.do(chromedp.KeyEvent(kb.ArrowDown))
	r.is(boxState + ` === "true 玉米淀粉 true"`)
	r.do(chromedp.KeyEvent(kb.ArrowUp))
	r.is(boxState + ` === "true "`)
	r.do(chromedp.KeyEvent(kb.Escape))
	r.is(boxState + ` === "false " && document.getElementById("q").value === "玉米" && document.getElementById("q-list").hidden`)
	r.do(chromedp.KeyEvent(kb.ArrowDown))
	r.is(boxState + ` === "true "`)
	r.do(chromedp.KeyEvent(kb.ArrowDown))
	r.is(boxState + ` === "true 玉米淀粉 true"`)
	r.follow(chromedp.KeyEvent(kb.Enter))
	r.is(`new URLSearchParams(location.search).get("q") === "玉米淀粉" && document.querySelector(".results > li") !== null`)

	r.open("/")
	r.do(chromedp.SendKeys(chromedp.CSS("#q"), "ymsmmf"))
	r.is(`document.querySelectorAll("#q-list [role=option]").length === 1`)
	r.follow(click("#q-list [role=option]"))
	r.is(`location.pathname === "/achievements/A1"`)

	r.open("/")
	r.do(chromedp.SendKeys(chromedp.CSS("#q"), "蒙东"))
	r.is(`document.querySelectorAll("#q-list [role=option]").length === 1`)
	r.follow(chromedp.KeyEvent(kb.Enter)) // nothing is chosen: what is typed is searched for
	r.is(`new URLSearchParams(location.search).get("q") === "蒙东"`)
}

func TestAListIsSharedSavedAndCompared(t *testing.T) {
	r := newReader(t, true)
	r.wide(1280)
	r.open("/search?stage=applied")
	eval[bool](r, `(window.copied = "", Object.defineProperty(navigator, "clipboard", {value: {writeText: function (t) { window.copied = t; return Promise.resolve(); }}}), true)`)
	r.do(click("[data-copy]"))
	r.is(`window.copied === location.href && document.querySelector("[data-copy]").textContent === "已复制"`)
	if !eval[bool](r, `document.querySelector("[data-saved]").hidden`) {
		t.Error("saved searches are shown before there is one")
	}
	r.do(click("[data-save]"))
	r.is(`document.querySelector("[data-saved] a").textContent === "检索、成熟应用" && document.querySelector("[data-saved] a").getAttribute("href") === "/search?stage=applied"`)
	r.do(click(`[data-swap="kind:need"]`))
	r.is(`location.search.includes("kind=need") && document.querySelector("[data-saved] a") !== null`)
	r.follow(click("[data-saved] a"))
	r.is(`location.search === "?stage=applied"`)
	r.do(click("[data-drop]"))
	r.is(`document.querySelector("[data-saved]").hidden && localStorage.getItem("searches") === "[]"`)

	r.open("/needs/N1")
	eval[bool](r, `(document.querySelectorAll("details").forEach(function (d) { d.open = true; }), true)`)
	r.do(click(`.tick [value="A1"]`), click(`.tick [value="A2"]`))
	r.follow(click(".comparing .button"))
	r.is(`location.pathname === "/compare" && document.querySelectorAll(".compare thead a").length === 2`)
	for _, screen := range []int64{360, 640, 1280} {
		r.wide(screen)
		if wide := eval[int64](r, "document.documentElement.scrollWidth"); wide > screen {
			t.Errorf("the comparison is %d pixels wide on a screen of %d", wide, screen)
		}
		even := `(function (cells) { return cells.length > 0 && cells.every(function (cell) {
			return Math.abs(cell.getBoundingClientRect().width - cells[0].getBoundingClientRect().width) < 2 && cell.getBoundingClientRect().right <= innerWidth; }); })(Array.from(document.querySelectorAll(".compare .asked ~ td, .compare thead th:nth-child(n+3)")))`
		if !eval[bool](r, even) {
			t.Errorf("on a screen of %d the achievements are not all in sight, or differ in width", screen)
		}
	}
}
