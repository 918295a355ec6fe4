package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"duijie/corpus"
)

// merge makes one achievement of two.
func (w *world) merge(id, into string) {
	w.t.Helper()
	if _, err := w.svc.Merge(w.t.Context(), operator, corpus.Achievement, id, into); err != nil {
		w.t.Fatal(err)
	}
}

func twins() []corpus.Doc {
	text := "将玉米在50 ℃水中预浸4 h后酶解，浸泡与酶解合计%s以内，亚硫酸用量降至0.6 kg/t以下，淀粉收率不低于68%%，设备投资不高，操作简单。"
	doc := func(id, hours string) corpus.Doc {
		return corpus.Doc{Kind: corpus.Achievement, SourceID: id, Title: "玉米淀粉湿磨酶法浸泡", Text: strings.ReplaceAll(strings.Replace(text, "%s", hours, 1), "%%", "%")}
	}
	a, b := doc("T1", "12 h"), doc("T2", "十个小时")
	a.Org, a.ValidUntil, a.Extra = "蒙东淀粉工程中心", "2027-06-30", map[string]string{"备注": "甲表第 3 行"}
	b.Stage, b.Keywords, b.Contact, b.ValidUntil, b.Extra = corpus.Pilot, []string{"湿磨"}, "13800000000", "2028-06-30", map[string]string{"备注": "乙表第 9 行"}
	other := corpus.Doc{Kind: corpus.Achievement, SourceID: "T3", Title: "风电叶片除冰", Text: "前缘敷设电热膜。"}
	return []corpus.Doc{a, b, other}
}

func TestTwinsStandSideBySide(t *testing.T) {
	w := newWorld(t, Options{}, twins())
	cookie := w.signIn()
	doc, _ := w.get("/duplicates", cookie)
	pairs := classes(doc, "pair")
	if len(pairs) != 1 {
		t.Fatalf("%d pairs", len(pairs))
	}
	var rows []string
	for _, tr := range tags(tags(pairs[0], "tbody")[0], "tr") {
		rows = append(rows, text(tr))
	}
	got := strings.Join(rows, "\n")
	for _, want := range []string{"单位 左： 蒙东淀粉工程中心 右： 未提供", "所处阶段 左： 未提供 右： 中期", "备注 左： 甲 表第 3 行 右： 乙 表第 9 行"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	var marks []string
	for _, m := range tags(pairs[0], "mark") {
		marks = append(marks, text(m))
	}
	if all := strings.Join(marks, "|"); !strings.Contains(all, "12 h") || !strings.Contains(all, "十个小时") || strings.Contains(all, "亚硫酸") {
		t.Errorf("marked: %s", all)
	}
	if head := text(tags(pairs[0], "h2")[0]); !strings.Contains(head, "相似") || !strings.Contains(head, "正文相似") {
		t.Errorf("the pair is headed %q", head)
	}
	if empty, _ := w.get("/duplicates?kind=need", cookie); len(classes(empty, "empty")) != 1 {
		t.Error("another kind shows it too")
	}
	if res := w.ask(http.MethodGet, "/duplicates?after=1-1&kind=need", nil, cookie); res.Header.Get("Location") != "/duplicates?kind=need" {
		t.Errorf("an old cursor leads to %d %q", res.StatusCode, res.Header.Get("Location"))
	}
}

func TestPagesOfTwins(t *testing.T) {
	var docs []corpus.Doc
	for _, name := range []string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子"} {
		for _, id := range []string{"1", "2"} {
			docs = append(docs, corpus.Doc{Kind: corpus.Need, SourceID: "P" + name + id, Title: name + "厂" + strings.Repeat(name, 9), Text: strings.Repeat(name, 30)})
		}
	}
	w := newWorld(t, Options{}, docs)
	cookie := w.signIn()
	doc, _ := w.get("/duplicates", cookie)
	next := all(doc, func(e *html.Node) bool { return attr(e, "rel") == "next" })
	if len(classes(doc, "twins")) != groupsShown || len(next) != 1 {
		t.Fatalf("%d groups on the first page, %d links on", len(classes(doc, "twins")), len(next))
	}
	if doc, _ = w.get(attr(next[0], "href"), cookie); len(classes(doc, "twins")) != 1 || len(all(doc, func(e *html.Node) bool { return attr(e, "rel") == "next" })) != 0 {
		t.Errorf("%d groups on the second page", len(classes(doc, "twins")))
	}
}

func TestAMergeIsLookedAtMadeAndTakenBack(t *testing.T) {
	w := newWorld(t, Options{}, twins())
	cookie := w.signIn()
	at := "/duplicates/merge?kind=achievement&id=T2&into=T1&back=least%3D0.7"
	doc, _ := w.get(at, cookie)
	var rows []string
	for _, tr := range tags(tags(doc, "tbody")[0], "tr") {
		rows = append(rows, text(tr))
	}
	got := strings.Join(rows, "\n")
	for _, want := range []string{"关键词 湿磨 补入", "联系方式 13800000000 补入", "内容 将玉米在50 ℃水中预浸4 h后酶解，浸泡与酶解合计12 h以内，亚硫酸用量降至0.6 kg/t以下，淀粉收率不低于68%，设备投资不高，操作简单。 两边不同，用保留的一条。不保留： 将玉米在50 ℃水中预浸4 h后酶解，浸泡与酶解合计十个", "备注_2 乙表第 9 行 补入", "有效期至 2027-06-30 两边不同，用保留的一条。不保留： 2028-06-30"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	before, err := w.svc.Store.Get(corpus.Achievement, "T1")
	if err != nil {
		t.Fatal(err)
	}
	to := w.press(cookie, at, "", nil)
	if to != "/duplicates?least=0.7&merged=achievement%2FT2" {
		t.Fatalf("the merge leads to %q", to)
	}
	doc, _ = w.get(to, cookie)
	if note := text(classes(doc, "note")[0]); !strings.Contains(note, "T2 今后指向“玉米淀粉湿磨酶法浸泡”") || len(classes(doc, "pair")) != 0 {
		t.Errorf("after the merge: %q", note)
	}
	if d, err := w.svc.Store.Get(corpus.Achievement, "T1"); err != nil || d.Stage != corpus.Pilot || d.Contact != "13800000000" {
		t.Errorf("merged: %+v %v", d, err)
	}
	doc, _ = w.get("/duplicates/history", cookie)
	if list := text(classes(doc, "results")[0]); !strings.Contains(list, "T2 → T1") || !strings.Contains(list, "县科技局") {
		t.Errorf("the history says %q", list)
	}
	if back := w.press(cookie, "/duplicates/history", "", nil); back != "/duplicates/history?undone=T2" {
		t.Errorf("the undo leads to %q", back)
	}
	after, err := w.svc.Store.Get(corpus.Achievement, "T1")
	if err != nil || after.Stage != before.Stage || after.Contact != "" || len(after.Extra) != 1 {
		t.Errorf("taken back: %+v %v", after, err)
	}
	if doc, _ = w.get("/duplicates/history?undone=T2", cookie); len(classes(doc, "results")) != 0 {
		t.Error("the history still has it")
	}
}

func TestAMergeOfWhatWasChangedIsLookedAtAgain(t *testing.T) {
	w := newWorld(t, Options{}, twins())
	cookie := w.signIn()
	form := url.Values{"kind": {"achievement"}, "id": {"T2"}, "into": {"T1"}, "versions": {"1-1"}}
	d := twins()[0]
	d.Title = "改过的名称"
	if _, err := w.svc.Store.Write(t.Context(), corpus.Batch{Actor: "socket", Puts: []corpus.Put{{Doc: d}}}); err != nil {
		t.Fatal(err)
	}
	doc, _ := w.page(http.StatusConflict, http.MethodPost, "/duplicates/merge", form, cookie)
	if main := text(tags(doc, "main")[0]); !strings.Contains(main, "刚刚改过") || !strings.Contains(main, "改过的名称") {
		t.Errorf("the page says %q", main)
	}
	for _, q := range []string{"kind=achievement&id=T1&into=T1", "kind=achievement&id=T1&into=none", "kind=x&id=T1&into=T2"} {
		w.page(http.StatusNotFound, http.MethodGet, "/duplicates/merge?"+q, nil, cookie)
	}
	w.merge("T2", "T1") // a page about what was merged since does not lead to another posting
	w.page(http.StatusNotFound, http.MethodGet, "/duplicates/merge?kind=achievement&id=T2&into=T3", nil, cookie)
}

func TestADraftThatStaysIsWarnedOf(t *testing.T) {
	docs := twins()
	docs[0].Status = corpus.Draft
	w := newWorld(t, Options{}, docs)
	cookie := w.signIn()
	for q, want := range map[string]bool{"id=T2&into=T1": true, "id=T1&into=T2": false} {
		doc, _ := w.get("/duplicates/merge?kind=achievement&"+q, cookie)
		if got := strings.Contains(text(tags(doc, "main")[0]), "没有发布"); got != want {
			t.Errorf("%s: warned %v", q, got)
		}
	}
}

func TestWhatDiffersIsMarked(t *testing.T) {
	for _, test := range []struct{ a, b, want string }{
		{"浸泡 12 h 以内", "浸泡 10 h 以内", "浸泡 1[2] h 以内|浸泡 1[0] h 以内"},
		{"同", "同", "同|同"},
		{"甲乙", "", "[甲乙]|"},
		{strings.Repeat("长", 200) + "甲", strings.Repeat("长", 200) + "乙", strings.Repeat("长", 40) + "……" + strings.Repeat("长", 40) + "[甲]|" + strings.Repeat("长", 40) + "……" + strings.Repeat("长", 40) + "[乙]"},
	} {
		a, b := differing(test.a, test.b)
		if got := bracketed(a) + "|" + bracketed(b); got != test.want {
			t.Errorf("%s", got)
		}
	}
	// Signs of several bytes that share some of them stay whole.
	a, b := differing("🌽玉米淀粉㐀㐁浸泡", "🌾玉朱淀粉㐁㐂浸液")
	if x := bracketed(a) + bracketed(b); !utf8.ValidString(x) || strings.NewReplacer("[", "", "]", "").Replace(bracketed(a)) != "🌽玉米淀粉㐀㐁浸泡" {
		t.Errorf("%q", x)
	}
}

func bracketed(all []segment) string {
	var b strings.Builder
	for _, s := range all {
		if s.Hit {
			s.Text = "[" + s.Text + "]"
		}
		b.WriteString(s.Text)
	}
	return b.String()
}
