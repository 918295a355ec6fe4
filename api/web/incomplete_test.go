package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/corpus"
)

// gapsOf are an exchange with much that is missing.
func gapsOf() []corpus.Doc {
	full := "将玉米在50 ℃水中预浸4 h后酶解，浸泡与酶解合计12 h以内，亚硫酸用量降至0.6 kg/t以下，淀粉收率不低于68%，已完成中试。" + strings.Repeat("本工艺用于湿磨车间。", 5)
	return []corpus.Doc{
		{Kind: corpus.Achievement, SourceID: "G1", Title: "一种新方法", Text: "效果好。"},
		{Kind: corpus.Achievement, SourceID: "G2", Title: "玉米淀粉湿磨酶法浸泡", Text: full, Contact: "13800000000"},
		{Kind: corpus.Achievement, SourceID: "G3", Title: "玉米浸泡罐清洗", Text: full, Contact: "13800000000", Stage: corpus.Lab, Price: &corpus.Money{Text: "面议"}},
		{Kind: corpus.Need, SourceID: "M1", Title: "蒸发器结垢", Text: "求解决办法。", Budget: money(20)},
		{Kind: corpus.Achievement, SourceID: "G4", Title: "草稿", Status: corpus.Draft},
	}
}

func TestWhatIsIncompleteIsListedWorstFirst(t *testing.T) {
	w := newWorld(t, Options{}, gapsOf())
	cookie := w.signIn()
	for _, test := range []struct{ query, want string }{
		{"", "G1 G2 G3"}, {"?gap=stage", "G1 G2"}, {"?gap=contact", "G1"}, {"?kind=need", "M1"}, {"?kind=need&gap=budget", ""}, {"?skip=2", "G3"},
	} {
		doc, _ := w.get("/incomplete"+test.query, cookie)
		var ids []string
		for _, e := range all(doc, func(e *html.Node) bool { return attr(e, "name") == "pick" }) {
			ids = append(ids, attr(e, "value"))
		}
		if got := strings.Join(ids, " "); got != test.want {
			t.Errorf("%s: %s", test.query, got)
		}
	}
	doc, _ := w.get("/incomplete?gap=stage", cookie)
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "已发布 3 条，其中 2 条缺少：所处阶段") || !strings.Contains(main, "联系方式 1") || !strings.Contains(main, "行业领域 3") {
		t.Errorf("the page says %q", main)
	}
	for _, wrong := range []string{"?kind=expert", "?gap=colour", "?skip=x"} {
		w.page(http.StatusUnprocessableEntity, http.MethodGet, "/incomplete"+wrong, nil, cookie)
	}
}

// walk follows a link or a redirect of the walk and returns where it ends.
func (w *world) walk(cookie, at string) string {
	w.t.Helper()
	for strings.HasPrefix(at, "/incomplete/next") {
		res := w.ask(http.MethodGet, at, nil, cookie)
		if at = res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther {
			w.t.Fatalf("the walk answers %d", res.StatusCode)
		}
	}
	return at
}

func TestTheWalkAsksForWhatIsMissing(t *testing.T) {
	w := newWorld(t, Options{}, gapsOf())
	cookie := w.signIn()
	at := w.walk(cookie, "/incomplete/next?kind=achievement&gap=price")
	if at != "/incomplete/achievements/G1?gap=price&kind=achievement" {
		t.Fatalf("the walk begins at %q", at)
	}
	doc, _ := w.get(at, cookie)
	skip := all(doc, func(e *html.Node) bool { return strings.Contains(attr(e, "href"), "/incomplete/next") })
	if at = w.walk(cookie, attr(skip[0], "href")); at != "/incomplete/achievements/G2?gap=price&kind=achievement" {
		t.Fatalf("a skip leads to %q", at)
	}
	doc, _ = w.get(at, cookie)
	ticks := all(doc, func(e *html.Node) bool { return attr(e, "name") == "accept" })
	stage := slices.IndexFunc(ticks, func(e *html.Node) bool { return strings.Contains(attr(e, "value"), `"stage"`) })
	if stage < 0 || slices.ContainsFunc(ticks, func(e *html.Node) bool { return has(e, "checked") }) || !strings.Contains(text(ticks[stage].Parent.Parent), "采用： 中期：已完成中试 推定 70% 据正文") {
		t.Fatalf("%d proposals, the stage's at %d", len(ticks), stage)
	}
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "做到了哪一步") || strings.Contains(main, "找谁联系") {
		t.Errorf("the page asks %q", main)
	}
	// Nothing is taken over that is not ticked.
	form := url.Values{"version": {"1"}, "after": {"45-achievement-2"}, "price": {"50-100万元"}, "cooperation": {"transfer", "license"}, "stage": {""}, "text": {attr(byID(doc, "text"), "x")}}
	form.Del("text")
	if res := w.ask(http.MethodPost, at, form, cookie); res.Header.Get("Location") != "/incomplete/next?after=45-achievement-2&gap=price&kind=achievement&saved=achievements%2FG2" {
		t.Fatalf("saving answers %d %q", res.StatusCode, res.Header.Get("Location"))
	}
	d, err := w.svc.Store.Get(corpus.Achievement, "G2")
	if err != nil || d.Price == nil || d.Price.Max != 100_000_000 || fmt.Sprint(d.Cooperation) != "[transfer license]" || d.Stage != "" || len(d.Keywords) > 0 || len(d.Indicators) > 0 {
		t.Fatalf("saved: %+v %v", d, err)
	}
	form = url.Values{"version": {"2"}, "after": {"x"}, "accept": {attr(ticks[stage], "value"), `{"field":"keywords","value":["湿磨","酶解"]}`}, "keywords": {"浸泡；湿磨"}}
	if res := w.ask(http.MethodPost, at, form, cookie); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("saving answers %d", res.StatusCode)
	}
	if d, err = w.svc.Store.Get(corpus.Achievement, "G2"); err != nil || d.Stage != corpus.Pilot || fmt.Sprint(d.Keywords) != "[浸泡 湿磨 酶解]" {
		t.Errorf("accepted: %+v %v", d, err)
	}
}

func TestTheWalkEndsAndDoesNotTurnBack(t *testing.T) {
	w := newWorld(t, Options{}, gapsOf())
	cookie := w.signIn()
	var seen []string
	for at := "/incomplete/next?kind=achievement"; len(seen) < 9; {
		if at = w.walk(cookie, at); strings.HasPrefix(at, "/incomplete?") {
			if doc, _ := w.get(at, cookie); !strings.Contains(text(tags(doc, "main")[0]), "这一遍已经看完") {
				t.Errorf("the walk ends at %q", at)
			}
			break
		}
		seen = append(seen, strings.Split(strings.Split(at, "/")[3], "?")[0])
		doc, _ := w.get(at, cookie)
		form := url.Values{"price": {"面议"}}
		for _, name := range []string{"version", "after"} {
			form.Set(name, attr(all(doc, func(e *html.Node) bool { return attr(e, "name") == name })[0], "value"))
		}
		at = w.ask(http.MethodPost, at, form, cookie).Header.Get("Location")
	}
	// G1 is better now, still behind the place where it was mended, and met once more.
	if got := strings.Join(seen, " "); got != "G1 G1 G2 G3" && got != "G1 G1 G2 G2 G3" {
		t.Errorf("seen: %s", got)
	}
}

func TestWrongMendsAreKeptAndMarked(t *testing.T) {
	w := newWorld(t, Options{}, gapsOf())
	cookie := w.signIn()
	at := "/incomplete/achievements/G1?kind=achievement"
	form := url.Values{"version": {"1"}, "after": {"x"}, "price": {"三年"}, "contact": {"王某 13900000000"}}
	doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, at, form, cookie)
	if attr(byID(doc, "price"), "aria-invalid") != "true" || text(byID(doc, "price")) != "三年" || text(byID(doc, "contact")) != "王某 13900000000" || text(byID(doc, "price-error")) == "" {
		t.Error("what was typed is lost or not marked")
	}
	form.Set("version", "7")
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodPost, at, form, cookie)
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "刚刚被别人改过") || text(byID(doc, "contact")) != "王某 13900000000" {
		t.Errorf("another version: %q", main)
	}
	// What somebody else filled in meanwhile is not emptied by who left it empty.
	form.Set("was.contact", "王某 13900000000")
	form.Set("was.price", "")
	form.Set("price", "三年")
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodPost, at, form, cookie)
	if text(byID(doc, "price")) != "三年" || text(byID(doc, "contact")) != "" {
		t.Errorf("of what was changed and what was not: %q, %q", text(byID(doc, "price")), text(byID(doc, "contact")))
	}
	form = url.Values{"version": {"1"}, "after": {"x"}, "accept": {`{"field":"field","value":["nonsense"]}`}}
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodPost, at, form, cookie)
	if attr(byID(doc, "field"), "aria-invalid") != "true" {
		t.Error("a code that is none is taken")
	}
	form = url.Values{"version": {"1"}, "after": {"x"}, "accept": {`{"field":"title","value":"x"}`, `{"field":"status","value":["x"]}`}}
	if res := w.ask(http.MethodPost, at, form, cookie); res.StatusCode != http.StatusSeeOther || strings.Contains(res.Header.Get("Location"), "saved") {
		t.Errorf("ticks of other fields answer %d", res.StatusCode)
	}
	w.page(http.StatusUnprocessableEntity, http.MethodPost, at, url.Values{"version": {"1"}, "accept": {"{"}}, cookie)
	if d, err := w.svc.Store.Get(corpus.Achievement, "G1"); err != nil || d.Version != 1 {
		t.Errorf("stored: %+v %v", d, err)
	}
}
