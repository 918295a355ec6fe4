package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"duijie/api"
	"duijie/corpus"
)

func TestFromAFileToSearchAndBack(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	at := w.upload(cookie, `C:\表\成果.csv`, badTable, "achievement", "测试来源")
	doc, _ := w.get(at, cookie)
	bad := byID(doc, "c-1-1")
	if attr(bad, "aria-invalid") != "true" || attr(bad, "aria-describedby") != "c-1-1-why" || text(byID(doc, "c-1-1-why")) == "" || text(bad) != "" {
		t.Errorf("the bad cell is not marked: %v", bad.Attr)
	}
	if attr(byID(doc, "c-2-3"), "aria-invalid") != "" || text(byID(doc, "c-2-3-why")) == "" {
		t.Error("a remark is missing, or said to be an error")
	}
	if n := len(all(doc, func(e *html.Node) bool { return attr(e, "aria-invalid") == "true" })); n != 1 {
		t.Errorf("%d cells are marked", n)
	}
	if links := tags(classes(doc, "error")[0], "a"); len(links) != 1 || attr(links[0], "href") != "#c-1-1" {
		t.Error("the summary does not lead to the cell")
	}
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "看了 3 行：新增 2，更新 0，无变化 0，有问题 1，有提醒 1") || !strings.Contains(main, "成果.csv") || strings.Contains(main, `C:\`) {
		t.Errorf("the page says %q", main)
	}
	doc, _ = w.get(at, cookie, "lang=en")
	if why := text(byID(doc, "c-1-1-why")); why != "the title is empty. give it a title" {
		t.Errorf("in English: %q", why)
	}
	if back := w.press(cookie, at, "check", map[string]string{"c-1-1": "改好的名称"}); back != at {
		t.Errorf("a check leads to %q", back)
	}
	doc, _ = w.get(at, cookie)
	if got := text(byID(doc, "c-1-1")); got != "改好的名称" || attr(byID(doc, "c-1-1"), "aria-invalid") != "" {
		t.Errorf("what was typed became %q", got)
	}
	if n, err := w.svc.Store.Count(corpus.Achievement); err != nil || len(n) != 0 {
		t.Errorf("before the import there are %v, %v", n, err)
	}
	to := w.press(cookie, at, "import", nil)
	if to != strings.TrimSuffix(at, "/check") {
		t.Errorf("the import leads to %q", to)
	}
	if again := w.ask(http.MethodGet, at, nil, cookie).Header.Get("Location"); again != to {
		t.Errorf("the preview leads to %q once the import has begun", again)
	}
	if again := w.ask(http.MethodPost, at, url.Values{"do": {"import"}}, cookie).Header.Get("Location"); again != to {
		t.Errorf("a second import leads to %q", again)
	}
	doc = w.ended(cookie, to)
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "已完成") || !strings.Contains(main, "共 3 行：新增 3") || !strings.Contains(main, "县科技局") {
		t.Errorf("the import says %q", main)
	}
	found := func() bool {
		doc, _ := w.get("/search?q=" + url.QueryEscape("改好的名称"))
		return len(classes(doc, "results")) > 0
	}
	if !found() {
		t.Error("the mended row is not found")
	}
	doc, _ = w.get("/imports", cookie)
	if list := text(classes(doc, "results")[0]); !strings.Contains(list, "成果.csv") || !strings.Contains(list, "来源 测试来源") || !strings.Contains(list, "撤销") {
		t.Errorf("the list says %q", list)
	}
	doc, _ = w.get(to+"/undo", cookie)
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "新增的 3 条会删除，更新过的 0 条会恢复原样") {
		t.Errorf("before the undo: %q", main)
	}
	if !found() {
		t.Error("asking undoes it")
	}
	if at := w.press(cookie, to+"/undo", "", nil); at != to {
		t.Errorf("the undo leads to %q", at)
	}
	if main := text(tags(w.ended(cookie, to), "main")[0]); !strings.Contains(main, "已撤销") || found() {
		t.Errorf("after the undo: %q", main)
	}
}

func TestAnUndoSaysWhatItKeeps(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	id := w.importNow(cookie, "a.csv", "编号,名称\nA1,甲技术\nA2,乙技术\nA3,丙技术\n", "achievement", "s")
	var ids []string
	for d, err := range w.svc.Store.Each(corpus.Achievement, 0) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, d.ID)
	}
	edited, err := w.svc.Store.Get(corpus.Achievement, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	edited.Title = "改过的甲技术"
	_, err = w.svc.Store.Write(t.Context(), corpus.Batch{Actor: "socket", Action: "x", Puts: []corpus.Put{{Doc: edited}}, Deletes: []corpus.Delete{{Kind: corpus.Achievement, ID: ids[1]}}})
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := w.get("/imports/"+id+"/undo", cookie)
	main := text(tags(doc, "main")[0])
	if !strings.Contains(main, "新增的 1 条会删除") || !strings.Contains(main, "1 条保持不变") || !strings.Contains(main, "改过的甲技术") || !strings.Contains(main, "命令行 于 2026-11-23 16:00 修改过") {
		t.Errorf("the page says %q", main)
	}
}

func TestRowsThatAreLeftAreMendedLater(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	id := w.importNow(cookie, "a.csv", badTable, "achievement", "s")
	doc, _ := w.get("/imports/"+id, cookie)
	if attr(byID(doc, "c-0-1"), "aria-invalid") != "true" || len(tags(doc, "textarea")) != 4 {
		t.Error("the row that was not taken is not shown")
	}
	res := w.ask(http.MethodGet, "/imports/"+id+"/rows.csv", nil, cookie)
	b, err := io.ReadAll(res.Body)
	if err != nil || !bytes.HasPrefix(b, []byte("\ufeff错误说明,错误文件,错误行,编号,名称,内容,价格\n")) || !strings.Contains(string(b), ",3,2,,缺少名称的一行。,20万元") {
		t.Errorf("the file is %q, %v", b, err)
	}
	check := w.press(cookie, "/imports/"+id, "check", map[string]string{"c-0-1": "补上的名称"})
	doc, _ = w.get(check, cookie)
	if got := text(byID(doc, "c-0-1")); got != "补上的名称" || !strings.Contains(text(tags(doc, "main")[0]), "看了 1 行：新增 1") {
		t.Errorf("the row became %q", got)
	}
	next := w.press(cookie, check, "import", nil)
	if main := text(tags(w.ended(cookie, next), "main")[0]); !strings.Contains(main, "共 1 行：新增 1") {
		t.Errorf("the second import says %q", main)
	}
	doc, _ = w.get("/imports/"+id, cookie)
	if len(tags(doc, "textarea")) != 0 || !strings.Contains(text(tags(doc, "main")[0]), "另一次导入里继续处理") {
		t.Error("the rows are offered twice")
	}
	for d, err := range w.svc.Store.Each(corpus.Achievement, 0) {
		if err != nil || d.Source != "s" {
			t.Errorf("%+v %v", d, err)
		}
	}
}

func TestColumnsAreChosenAndKept(t *testing.T) {
	const table = "编号,名称,备注,负责部门,说明文字\n1,甲,内部,科技局,大段文字\n"
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	at := w.upload(cookie, "a.csv", table, "achievement", "某局")
	doc, _ := w.get(at, cookie)
	field := func(header string) (id string) {
		for _, l := range tags(doc, "label") {
			if text(l) == header {
				return attr(l, "for")
			}
		}
		t.Fatalf("there is no column %s", header)
		return ""
	}
	res := w.ask(http.MethodPost, at, url.Values{"do": {"check"}, "save": {"a/b"}, "header": {"备注"}, "field": {"-"}, "shown": {"+"}}, cookie)
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(b), "不含斜线") || !strings.Contains(string(b), `value="a/b"`) {
		t.Errorf("a wrong name answers %d", res.StatusCode)
	}
	to := w.press(cookie, at, "import", map[string]string{field("负责部门"): "org", field("备注"): "-", field("说明文字"): "text", "save": "某局"})
	w.ended(cookie, to)
	for d, err := range w.svc.Store.Each(corpus.Achievement, 0) {
		if err != nil || d.Org != "科技局" || d.Text != "大段文字" || len(d.Extra) != 0 {
			t.Errorf("stored: %+v %v", d, err)
		}
	}
	doc, _ = w.get(w.upload(cookie, "b.csv", table, "achievement", "某局"), cookie)
	for header, want := range map[string]string{"负责部门": "org", "备注": "-", "说明文字": "text", "名称": "title"} {
		for _, o := range tags(byID(doc, field(header)), "option") {
			if has(o, "selected") && attr(o, "value") != want {
				t.Errorf("%s is read as %q, want %q", header, attr(o, "value"), want)
			}
		}
	}
	at = w.upload(cookie, "c.csv", "甲列,乙列\n蘑菇栽培,用菌草\n", "achievement", "")
	doc, _ = w.get(at, cookie)
	if len(classes(doc, "error")) != 1 || byID(doc, "title").Data != "input" {
		t.Fatal("a table without a title does not ask for it")
	}
	w.press(cookie, at, "check", map[string]string{"title": "甲列"})
	if doc, _ = w.get(at, cookie); !strings.Contains(text(tags(doc, "main")[0]), "看了 1 行：新增 1") {
		t.Error("the column that was named is not read")
	}
}

func TestFilesThatAreNotTaken(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	for name, res := range map[string]*http.Response{
		"none": w.send(cookie, "", "", "need", "s"), "empty": w.send(cookie, "a.csv", "", "need", "s"),
		"source":  w.send(cookie, "a.csv", "名称\n甲\n", "need", strings.Repeat("长", 65)),
		"no form": w.ask(http.MethodPost, "/imports/new", url.Values{"kind": {"need"}}, cookie)} {
		doc, err := html.Parse(res.Body)
		if err != nil || res.StatusCode != http.StatusUnprocessableEntity || len(classes(doc, "error")) != 1 {
			t.Errorf("%s: status %d, %v", name, res.StatusCode, err)
			continue
		}
		field := map[bool]string{true: "source", false: "file"}[name == "source"]
		if attr(byID(doc, field), "aria-invalid") != "true" || text(byID(doc, field+"-error")) == "" {
			t.Errorf("%s: nothing at the field", name)
		}
		if name != "no form" && attr(byID(doc, "source"), "value") == "" {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
	if list, err := w.svc.WaitingUploads(operator); err != nil || len(list) != 0 {
		t.Errorf("%d files are kept, %v", len(list), err)
	}
}

func TestProgressIsTold(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	cookie := w.signIn()
	var table strings.Builder
	table.WriteString("编号,名称\n")
	for i := range 3000 {
		fmt.Fprintf(&table, "%d,成果%d\n", i, i)
	}
	to := w.press(cookie, w.upload(cookie, "a.csv", table.String(), "achievement", ""), "import", nil)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	r := httptest.NewRequest(http.MethodGet, to+"/events", nil).WithContext(ctx)
	r.Header.Set("Cookie", cookie)
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r) // ends with the import
	body := rec.Body.String()
	if rec.Header().Get("Content-Type") != "text/event-stream" || strings.Count(body, "event: end\n") != 1 || !strings.HasSuffix(body, "\n\n") || !strings.Contains(body, "共 3,000 行：新增 3,000") {
		t.Errorf("the events are %s", body)
	}
}

func TestAPageThatTakesNoFilesSaysSo(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	svc := &api.Service{Store: w.svc.Store, Log: w.svc.Log, Now: w.now}
	pages, err := Handler(svc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.handler = api.Handler(svc, pages)
	cookie := w.signIn()
	doc, _ := w.get("/imports", cookie)
	if len(classes(doc, "note")) != 1 || len(classes(doc, "upload")) != 0 {
		t.Error("the form is there all the same")
	}
	if res := w.send(cookie, "a.csv", "名称\n甲\n", "need", ""); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a file answers %d", res.StatusCode)
	}
}

func TestAnImportAtWorkIsShownWithoutJavaScriptToo(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	svc := &api.Service{Store: w.svc.Store, Log: w.svc.Log, Now: w.now, Uploads: t.TempDir()} // where nobody imports
	pages, err := Handler(svc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.handler = api.Handler(svc, pages)
	cookie := w.signIn()
	at := w.press(cookie, w.upload(cookie, "成果.csv", badTable, "achievement", ""), "import", nil)
	doc, source := w.get(at, cookie)
	work := all(doc, func(e *html.Node) bool { return attr(e, "data-events") == at+"/events" })
	if len(work) != 1 || len(tags(work[0], "progress")) != 1 || text(tags(work[0], "h2")[0]) != "等待中" {
		t.Error("the page does not show that the import waits")
	}
	if !strings.Contains(source, `<noscript><meta http-equiv="refresh" content="5"></noscript>`) {
		t.Error("without JavaScript the page stays as it is")
	}
	doc, _ = w.get("/imports", cookie)
	if list := text(classes(doc, "results")[0]); !strings.Contains(list, "成果.csv 等待中") {
		t.Errorf("the list says %q", list)
	}
	if res := w.ask(http.MethodGet, at+"/undo", nil, cookie); res.StatusCode != http.StatusNotFound {
		t.Errorf("it can be undone: %d", res.StatusCode)
	}
}
