package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"duijie/api"
	"duijie/corpus"
)

// asked sends a reminder about each posting of a kind and returns the paths of their links, by id.
func (w *world) asked(kind corpus.Kind) map[string]string {
	w.t.Helper()
	w.svc.BaseURL = "https://www.example.cn"
	list, err := w.svc.SendReminders(w.t.Context(), api.Caller{Name: "test", Admin: true}, api.ReminderQuery{Kind: string(kind), Limit: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	links := map[string]string{}
	for _, r := range list.Reminders {
		links[r.ID] = strings.TrimPrefix(r.Link, "https://www.example.cn")
	}
	return links
}

// due are postings with a contact, old enough to be asked about on day.
func due() []corpus.Doc {
	return []corpus.Doc{
		{Kind: corpus.Achievement, SourceID: "D1", Title: "玉米湿磨酶法浸泡工艺", Text: "浸泡与酶解合计12 h。", Contact: secret, PublishedOn: "2026-01-15"},
		{Kind: corpus.Need, SourceID: "D2", Title: "缩短玉米浸泡周期", Text: "浸泡要48 h，太长。", Contact: secret, PublishedOn: "2026-01-15"},
		{Kind: corpus.Need, SourceID: "D3", Title: "蒸发器结垢", Text: "寻求防垢办法。", Contact: secret, PublishedOn: "2026-01-15"},
	}
}

func buttons(doc *html.Node) string {
	var out []string
	for _, b := range tags(tags(doc, "main")[0], "button") {
		out = append(out, attr(b, "value")+":"+text(b))
	}
	return strings.Join(out, " ")
}

func TestALinkAsksAndOnlyAButtonAnswers(t *testing.T) {
	w := newWorld(t, Options{}, due())
	link := w.asked(corpus.Achievement)["D1"]
	const all = "stands:仍然有效 taken:已许可或转让 withdraw:撤下 later:稍后再问"
	for range 2 { // as a mail scanner does
		doc, source := w.get(link)
		if got := buttons(doc); got != all {
			t.Errorf("buttons %q", got)
		}
		if strings.Contains(source, secret) || !strings.Contains(source, "玉米湿磨酶法浸泡工艺") || len(tags(tags(doc, "main")[0], "script")) > 0 {
			t.Error("the page shows too much, or not the posting")
		}
	}
	res := w.ask(http.MethodGet, link, nil)
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	w.page(http.StatusUnprocessableEntity, http.MethodPost, link, url.Values{"answer": {"perhaps"}})
	doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, link, url.Values{})
	if got := buttons(doc); got != all {
		t.Errorf("after no button: %q", got)
	}
	d, err := w.svc.Store.Get(corpus.Achievement, "D1")
	if err != nil || d.Version != 1 {
		t.Errorf("before an answer: version %d, %v", d.Version, err)
	}
	doc, _ = w.page(http.StatusOK, http.MethodPost, link, url.Values{"answer": {"later"}})
	if got := buttons(doc); got != "stands:仍然有效 taken:已许可或转让 withdraw:撤下" || !strings.Contains(text(doc), "30 天后再问") {
		t.Errorf("after later: %q", got)
	}
	doc, _ = w.page(http.StatusOK, http.MethodPost, link, url.Values{"answer": {"stands"}})
	if buttons(doc) != "" || !strings.Contains(text(doc), "已记录：仍然有效") {
		t.Errorf("after stands: %s", text(doc))
	}
	for method, form := range map[string]url.Values{http.MethodGet: nil, http.MethodPost: {"answer": {"withdraw"}}} {
		doc, _ = w.page(http.StatusOK, method, link, form)
		if !strings.Contains(text(doc), "2026-11-23 已答复：仍然有效") {
			t.Errorf("%s after an answer: %s", method, text(doc))
		}
	}
	if d, err = w.svc.Store.Get(corpus.Achievement, "D1"); err != nil || d.ConfirmedOn != "2026-11-23" || d.Status != corpus.Published {
		t.Errorf("after it: %+v, %v", d, err)
	}
}

func TestWhatAnAnswerLeads(t *testing.T) {
	for _, test := range []struct {
		id, answer, lang, said string
		status                 int    // of the posting's page afterwards
		page                   string // what it says
	}{
		{"D1", "taken", "zh", "已记录：已许可或转让", 200, "这项成果已于 2026-11-23 许可或转让"},
		{"D1", "taken", "en", "Recorded: Licensed or transferred", 200, "licensed or transferred on 2026-11-23"},
		{"D1", "withdraw", "zh", "已记录并撤下", 404, ""},
		{"D2", "taken", "zh", "已记录：已经解决", 404, ""},
		{"D2", "stands", "en", "Recorded: it stands", 200, "2026-11-23"},
	} {
		w := newWorld(t, Options{}, due())
		kind := corpus.Need
		if test.id == "D1" {
			kind = corpus.Achievement
		}
		link, cookie := w.asked(kind)[test.id], "lang="+test.lang
		doc, _ := w.page(http.StatusOK, http.MethodPost, link, url.Values{"answer": {test.answer}}, cookie)
		if !strings.Contains(text(doc), test.said) {
			t.Errorf("%s of %s says %s", test.answer, test.id, text(tags(doc, "main")[0]))
		}
		doc, _ = w.page(test.status, http.MethodGet, "/"+kind.Plural()+"/"+test.id, nil, cookie)
		if !strings.Contains(text(doc), test.page) {
			t.Errorf("%s of %s: its page says %s", test.answer, test.id, text(tags(doc, "main")[0]))
		}
	}
}

func TestALinkThatNoLongerWorksSaysWhy(t *testing.T) {
	w := newWorld(t, Options{}, due())
	links := w.asked(corpus.Need)
	if err := w.svc.Delete(t.Context(), api.Caller{Name: "test", Admin: true}, corpus.Need, "D3", 0); err != nil {
		t.Fatal(err)
	}
	say := func(status int, link, lang, want string) {
		t.Helper()
		for method, form := range map[string]url.Values{http.MethodGet: nil, http.MethodPost: {"answer": {"stands"}}} {
			doc, _ := w.page(status, method, link, form, "lang="+lang)
			if !strings.Contains(text(doc), want) || buttons(doc) != "" {
				t.Errorf("%s %s: %s", method, link, text(tags(doc, "main")[0]))
			}
		}
	}
	say(http.StatusNotFound, "/confirm/AAAAAAAAAAAAAAAAAAAAAA", "zh", "没有这个链接")
	say(http.StatusNotFound, "/confirm/x", "en", "There is no such link")
	say(http.StatusGone, links["D3"], "zh", "已不在网站上")
	w.svc.Now = func() time.Time { return day.AddDate(0, 0, 60) }
	say(http.StatusGone, links["D2"], "zh", "这个链接已于 2027-01-22 到期")
	say(http.StatusGone, links["D2"], "en", "This link ended on 2027-01-22")
}

func TestPagesSayHowAPostingStands(t *testing.T) {
	w := newWorld(t, Options{}, due())
	w.svc.BaseURL = "https://www.example.cn"
	for _, asOf := range []string{"2026-07-20", "2026-09-01"} {
		if _, err := w.svc.SendReminders(t.Context(), api.Caller{Name: "test", Admin: true}, api.ReminderQuery{Kind: "need", Limit: 1, AsOf: asOf}); err != nil {
			t.Fatal(err)
		}
	}
	doc, _ := w.get("/needs/D2")
	if notes := classes(doc, "note"); len(notes) != 1 || !strings.HasPrefix(text(notes[0]), "未确认：") {
		t.Errorf("its page says %s", text(tags(doc, "main")[0]))
	}
	doc, _ = w.get("/search?kind=need")
	if got := text(classes(doc, "results")[0]); strings.Count(got, "状态 未确认") != 1 {
		t.Errorf("the search says %s", got)
	}
	doc, _ = w.get("/achievements/D1")
	if got := text(doc); !strings.Contains(got, "发布方未答复是否仍然有效，信息未确认") {
		t.Errorf("the match list says %s", got)
	}
}

func TestALinkOfAMergedPostingAsksOfTheOneThatTookOver(t *testing.T) {
	w := newWorld(t, Options{}, due())
	link := w.asked(corpus.Need)["D2"]
	if _, err := w.svc.Store.Write(t.Context(), corpus.Batch{Merges: []corpus.Merge{{Kind: corpus.Need, ID: "D2", Into: "D3"}}}); err != nil {
		t.Fatal(err)
	}
	if doc, source := w.get(link); !strings.Contains(source, "蒸发器结垢") || !strings.Contains(buttons(doc), "stands:") {
		t.Errorf("buttons %q", buttons(doc))
	}
	w.page(http.StatusOK, http.MethodPost, link, url.Values{"answer": {"withdraw"}})
	if d, err := w.svc.Store.Get(corpus.Need, "D3"); err != nil || d.Status != corpus.Withdrawn || d.WithdrawnOn == "" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestALinkOfAMergedPostingAnswersForItsHolderOnly(t *testing.T) {
	for _, test := range []struct {
		contact, org string // of the posting that takes over
		open         bool
	}{
		{secret, "乙公司", true},
		{"另一个电话", "甲（集团）有限责任公司", true},
		{"另一个电话", "乙公司", false},
		{"另一个电话", "", false},
	} {
		docs := due()[1:]
		docs[0].Org, docs[1].Org, docs[1].Contact = "甲(集团)有限公司", test.org, test.contact
		w := newWorld(t, Options{}, docs)
		link := w.asked(corpus.Need)["D2"]
		if _, err := w.svc.Merge(t.Context(), operator, corpus.Need, "D2", "D3"); err != nil {
			t.Fatal(err)
		}
		doc, source := w.get(link)
		if open := buttons(doc) != ""; open != test.open || !strings.Contains(source, "/needs/D3") || strings.Contains(text(doc), "已合并") == test.open {
			t.Errorf("%+v: %s", test, text(tags(doc, "main")[0]))
		}
		doc, _ = w.page(http.StatusOK, http.MethodPost, link, url.Values{"answer": {"withdraw"}})
		d, err := w.svc.Store.Get(corpus.Need, "D3")
		if err != nil || (d.Status == corpus.Withdrawn) != test.open || buttons(doc) != "" {
			t.Errorf("%+v: it is %s after the answer (%v): %s", test, d.Status, err, text(tags(doc, "main")[0]))
		}
	}
}
