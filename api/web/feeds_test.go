package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"duijie/api"
	"duijie/corpus"
)

// fetches lets the world fetch feeds until the test ends.
func (w *world) fetches() {
	w.t.Helper()
	var err error
	if w.svc.PrivateFeeds, err = api.ParsePrivateHosts("127.0.0.0/8"); err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		w.svc.RunFeeds(ctx) // nil always
	}()
	w.t.Cleanup(func() { stop(); <-stopped })
}

func TestAFeedIsAddedFetchedAndRemoved(t *testing.T) {
	var file atomic.Value
	file.Store("标号,叫法,信息类别\n1,甲需求,需求\n2,,需求\n3,丙需求,需求\n")
	market := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/csv")
		rw.Write([]byte(file.Load().(string)))
	}))
	defer market.Close()
	w := newWorld(t, Options{}, nil)
	w.svc.PrivateFeeds, _ = api.ParsePrivateHosts("127.0.0.0/8")
	cookie := w.signIn()
	doc, _ := w.get("/feeds", cookie)
	if len(classes(doc, "empty")) != 1 {
		t.Error("an empty list says nothing")
	}
	name := "邻市 平台?"
	to := w.press(cookie, "/feeds/form/new", "", map[string]string{"name": name, "url": market.URL, "columns": "标号 = 来源编号\n叫法 ＝ title", "licence": "CC BY 4.0", "link": "https://market.example/", "every": "6", "paused": "1"})
	if to != withQuery("/feeds", url.Values{"saved": {name}}) {
		t.Fatalf("saving leads to %q", to)
	}
	at := "/feeds/" + url.PathEscape(name)
	doc, _ = w.get(at, cookie)
	if got := text(byID(doc, "columns")); got != "叫法 = title 标号 = source_id" || attr(byID(doc, "every"), "value") != "6" {
		t.Errorf("the settings are %q", got)
	}
	if res := w.ask(http.MethodPost, at+"/fetch", url.Values{}, cookie); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("where nothing is fetched: %d", res.StatusCode)
	}
	w.fetches()
	fetch := func() string {
		t.Helper()
		res := w.ask(http.MethodPost, at+"/fetch", url.Values{}, cookie)
		for ; res.StatusCode == http.StatusServiceUnavailable; time.Sleep(time.Millisecond) { // it begins beside us
			res = w.ask(http.MethodPost, at+"/fetch", url.Values{}, cookie)
		}
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("a fetch answers %d", res.StatusCode)
		}
		doc, _ := w.get(res.Header.Get("Location"), cookie)
		return text(tags(doc, "main")[0])
	}
	main := fetch()
	for _, want := range []string{"已读取：邻市 平台?。", "有更新", "新增 2，更新 0，无变化 0，来源已不再列出 0，没有读入 1", "第 3 行： 叫法：名称为空", "许可： CC BY 4.0", "发布者的网址", "每 6 小时", "已暂停", "看这次导入"} {
		if !strings.Contains(main, want) {
			t.Errorf("%q is missing in %q", want, main)
		}
	}
	file.Store("标号,叫法,信息类别\n1,甲需求,需求\n")
	if main = fetch(); !strings.Contains(main, "来源已不再列出 1") || strings.Contains(main, "第 3 行") {
		t.Errorf("the second fetch says %q", main)
	}
	for d, err := range w.svc.Store.Each(corpus.Need, 0) {
		if err != nil {
			t.Fatal(err)
		}
		doc, source := w.get("/needs/"+d.ID, "lang=zh")
		aside := text(tags(doc, "aside")[0])
		if !strings.Contains(aside, "来源： 邻市 平台? CC BY 4.0") || !strings.Contains(source, `href="https://market.example/"`) || strings.Contains(aside, "来源已不再列出") != (d.SourceID == "3") {
			t.Errorf("%s: %q", d.SourceID, aside)
		}
	}
	market.Close()
	if main = fetch(); !strings.Contains(main, "没有读到：邻市 平台?") || !strings.Contains(main, "读取失败") || !strings.Contains(main, "连不上来源") || !strings.Contains(main, "连续失败 1 次") {
		t.Errorf("a fetch of nothing says %q", main)
	}
	if to := w.ask(http.MethodPost, at+"/remove", url.Values{}, cookie).Header.Get("Location"); !strings.HasPrefix(to, "/feeds?removed=") {
		t.Errorf("removing leads to %q", to)
	}
	w.page(http.StatusNotFound, http.MethodGet, at, nil, cookie)
}

func TestWrongSettingsAreKeptAndMarked(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	good := url.Values{"name": {"某局"}, "url": {"https://a.example/x.csv"}, "every": {"24"}, "licence": {"CC0"}}
	if res := w.ask(http.MethodPost, "/feeds/form/new", good, cookie); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("saving answers %d", res.StatusCode)
	}
	good.Set("name", "别局")
	for _, test := range []struct{ field, value string }{{"name", "某局"}, {"name", "import"}, {"name", ""}, {"url", "ftp://a.example/"}, {"url", "https://u:p@a.example/"}, {"every", "x"}, {"every", "0.01"},
		{"link", "javascript:alert(1)"}, {"licence", strings.Repeat("长", 201)}, {"map", "没有"}, {"columns", "只有列名"}, {"columns", "甲 = 没有的栏目"}, {"kind", "firm"}} {
		form := url.Values{}
		for k := range good {
			form.Set(k, good.Get(k))
		}
		form.Set(test.field, test.value)
		doc, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/feeds/form/new", form, cookie)
		links := tags(classes(doc, "error")[0], "a")
		if len(links) != 1 || attr(links[0], "href") != "#"+test.field || len(classes(doc, "field-error")) != 1 || !strings.Contains(source, `value="24"`) && test.field != "every" {
			t.Errorf("%s %q: %d links, %d marks", test.field, test.value, len(links), len(classes(doc, "field-error")))
		}
	}
	list, err := w.svc.Feeds(t.Context(), operator)
	if err != nil || len(list) != 1 {
		t.Errorf("%d feeds, %v", len(list), err)
	}
	if maps, err := w.svc.Maps(t.Context(), operator); err != nil || len(maps) != 0 {
		t.Errorf("maps of refused feeds are kept: %v, %v", maps, err)
	}
}

func TestColumnsAreLines(t *testing.T) {
	for _, test := range []struct{ lines, want string }{
		{"技术名称 = 名称\r\n备注=-\n\n a=b = + ", "a=b = +\n备注 = -\n技术名称 = title\n"},
		{"成果 ＝ 单位", "成果 = org\n"},
		{"", ""},
		{"只有列名", "只有列名!"},
		{"= title", "= title!"},
	} {
		columns, fault := readColumns(test.lines)
		got := columnLines(columns)
		if fault != "" {
			got = fault + "!"
		}
		if got != test.want {
			t.Errorf("%q: %q", test.lines, got)
		}
	}
}
