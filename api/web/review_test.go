package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/corpus/market"
)

func TestAFirmPublishesByReview(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	signIn := func(role market.Role) string {
		secret, _ := w.key(role)
		return w.signInWith(secret)
	}
	firm, reviewer := signIn(market.Firm), signIn(market.Reviewer)
	see := func(doc *html.Node, want ...string) {
		t.Helper()
		said := text(doc)
		for _, s := range want {
			if !strings.Contains(said, s) {
				t.Errorf("it lacks %q: %s", s, said)
			}
		}
	}
	typed := url.Values{"kind": {"need"}, "title": {"缩短浸泡周期"}, "text": {"浸泡48小时，请致电13800138000。"}, "org": {"某淀粉厂"}, "contact": {"王厂长"}, "price": {"三年"}}
	doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/submissions/new", typed, firm)
	if kept := formTo(doc, "/submissions/new"); kept.Get("text") != typed.Get("text") || kept.Get("price") != "三年" || kept.Get("kind") != "need" {
		t.Errorf("what was typed is lost: %v", kept)
	}
	typed.Set("price", "80万元")
	at := w.ask(http.MethodPost, "/submissions/new", typed, firm).Header.Get("Location")
	doc, _ = w.get(at, firm)
	see(doc, "草稿", "“内容”里有电话或微信号 138******00", "不含国家秘密和不得公开的内容")
	send := formTo(doc, at)
	send.Set("do", "first")
	send.Set("cleared", "yes")
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodPost, at, send, firm)
	see(doc, "请移到“联系方式”里，那里不公开。")
	edit := url.Values{"text": {"浸泡48小时，罐容已是瓶颈。"}}
	if res := w.ask(http.MethodPost, at+"/edit", edit, firm); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("edited: %d", res.StatusCode)
	}
	send.Del("version")
	if res := w.ask(http.MethodPost, at, send, firm); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sent in: %d", res.StatusCode)
	}
	w.page(http.StatusForbidden, http.MethodGet, "/review", nil, firm)
	doc, _ = w.get("/review", reviewer)
	see(doc, "有 1 份送审稿等待审核", "缩短浸泡周期", "待初审", "已等 0 小时", "扫描没有发现", "浸泡48小时")

	batch := formTo(doc, "/review")
	pick := batch.Get("pick")
	batch.Set("do", "returned")
	batch.Set("reason", "")
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodPost, "/review", batch, reviewer)
	see(doc, "退回和下架要写原因")
	if box := all(doc, func(e *html.Node) bool { return attr(e, "name") == "pick" }); len(box) != 1 || !has(box[0], "checked") {
		t.Errorf("the tick is lost: %v", box)
	}
	batch.Set("reason", "缺指标")
	batch.Del("pick")
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodPost, "/review", batch, reviewer)
	if see(doc, "请先勾选"); formTo(doc, "/review").Get("reason") != "缺指标" {
		t.Errorf("the reason is lost: %s", text(doc))
	}
	batch.Set("pick", pick)
	batch.Add("pick", "none")
	doc, _ = w.page(http.StatusConflict, http.MethodPost, "/review", batch, reviewer)
	see(doc, "缩短浸泡周期 ：已退回", "none ： 没有办成", "没有等待审核的送审稿")
	doc, _ = w.get("/submissions", firm)
	see(doc, "已退回", "退回原因 缺指标")

	if res := w.ask(http.MethodPost, at, send, firm); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sent in again: %d", res.StatusCode)
	}
	batch.Set("version."+pick, "")
	batch["pick"] = []string{pick}
	batch.Set("do", "passed")
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/review", batch, reviewer)
	see(doc, "缩短浸泡周期 ：已发布")
	need := "/needs/submission~" + pick
	doc, _ = w.get(need)
	see(doc, "浸泡48小时，罐容已是瓶颈。")
	doc, _ = w.get(at, firm)
	see(doc, "查看已发布的信息", "上线日期 2026-11-23")

	// The queue shows what would change of what is on show.
	w.ask(http.MethodPost, at+"/edit", url.Values{"text": {"浸泡48小时，罐容仍是瓶颈。"}}, firm)
	w.ask(http.MethodPost, at, send, firm)
	doc, _ = w.get("/review", reviewer)
	see(doc, "修改已发布的信息", "浸泡48小时，罐容 已 是瓶颈。", "浸泡48小时，罐容 仍 是瓶颈。")
	for who, links := range map[string]string{firm: "我发布的信息", reviewer: "发布审核"} {
		doc, _ = w.get("/account", who)
		see(doc, links)
	}
}
