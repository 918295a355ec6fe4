package api

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

// suggests asks the route and writes what it answers as "what:text", titles with their document.
func (w *world) suggests(typed string, more ...string) string {
	w.Helper()
	q := strings.Join(append([]string{"q=" + url.QueryEscape(typed)}, more...), "&")
	var out []string
	for _, s := range decodeAs[Suggestions](w.as("", "GET", "/v1/suggest?"+q, "").want(200)).Suggestions {
		out = append(out, strings.TrimSuffix(s.What+":"+s.Text+" "+s.ID, " "))
	}
	return strings.Join(out, "; ")
}

func (w *world) follow() {
	w.Helper()
	w.must(w.svc.FollowSuggestions(context.Background()))
}

func TestSuggestions(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	if got := w.suggests("淀粉"); got != "" {
		t.Errorf("before there is a table: %q", got)
	}
	w.follow()
	for _, test := range []struct{ typed, more, want string }{
		{"淀粉", "", "keyword:淀粉废水; title:淀粉废水资源化项目 p1"},
		{"淀粉", "kind=achievement", "keyword:淀粉废水"},
		{"玉米淀粉", "", "title:玉米淀粉废水厌氧处理与沼气回收技术 a1; title:玉米淀粉生产废水达标排放 n1"},
		{"玉米淀粉", "limit=1", "title:玉米淀粉废水厌氧处理与沼气回收技术 a1"},
		{"dffs", "", "keyword:淀粉废水; title:淀粉废水资源化项目 p1"},
		{"通辽", "", "org:通辽市生态工程研究所"},
		{"tlsst", "", "org:通辽市生态工程研究所"},
		{marker, "", ""},
		{"未公开", "", ""},
		{openToKeys, "", ""},
		{"没有的", "", ""},
	} {
		if got := w.suggests(test.typed, test.more); got != test.want {
			t.Errorf("%q %s: %q, want %q", test.typed, test.more, got, test.want)
		}
	}
	w.as("", "GET", "/v1/suggest?q=x&limit=21", "").problem(422)
	w.as("", "GET", "/v1/suggest?q=x&kind=firm", "").problem(422)
}

// What is closed or gone is not suggested from that moment on, whether the table knows of it or not.
func TestSuggestionsFollowTheStore(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.follow()
	admin := Caller{Name: "test", Admin: true}
	steps := []struct {
		name       string
		do         func() error
		typed      string
		soon, then string // before and after the table follows
	}{
		{"closed", func() error {
			_, err := w.svc.Replace(context.Background(), admin, "a1", corpus.Doc{Kind: corpus.Achievement, Title: "甲", Keywords: []string{"淀粉废水"},
				Disclosure: map[string]corpus.Level{"keywords": corpus.SignedIn}}, 0)
			return err
		}, "淀粉", "title:淀粉废水资源化项目 p1", "title:淀粉废水资源化项目 p1"},
		{"added", func() error {
			_, err := w.svc.Create(context.Background(), admin, corpus.Doc{Kind: corpus.Need, SourceID: "n9", Title: "淀粉糖结晶", Keywords: []string{"淀粉糖"}})
			return err
		}, "淀粉", "title:淀粉废水资源化项目 p1", "keyword:淀粉糖; title:淀粉糖结晶 n9; title:淀粉废水资源化项目 p1"},
		{"deleted", func() error { return w.svc.Delete(context.Background(), admin, corpus.Need, "n9", 0) },
			"淀粉", "title:淀粉废水资源化项目 p1", "title:淀粉废水资源化项目 p1"},
		{"renamed", func() error {
			_, err := w.svc.Replace(context.Background(), admin, "p1", corpus.Doc{Kind: corpus.Project, Title: "中水回用"}, 0)
			return err
		}, "中水", "", "title:中水回用 p1"},
	}
	for _, s := range steps {
		w.must(s.do())
		if got := w.suggests(s.typed); got != s.soon {
			t.Errorf("%s, at once: %q, want %q", s.name, got, s.soon)
		}
		w.follow()
		if got := w.suggests(s.typed); got != s.then {
			t.Errorf("%s: %q, want %q", s.name, got, s.then)
		}
	}
}

func TestManyKeyWordsLeaveRoomForHoldersAndTitles(t *testing.T) {
	var docs []corpus.Doc
	for i := range 12 {
		docs = append(docs, corpus.Doc{Kind: corpus.Achievement, SourceID: fmt.Sprint("a", i), Title: fmt.Sprint("风电装置", i), Org: fmt.Sprint("风电公司", i), Keywords: []string{fmt.Sprint("风电", i)}})
	}
	w := newWorld(t, nil, docs...)
	w.follow()
	got := w.suggests("风电", "limit=8")
	if strings.Count(got, "keyword:") != 4 || strings.Count(got, "org:") != 2 || strings.Count(got, "title:") != 2 {
		t.Errorf("%s", got)
	}
}

func TestSuggestionsStayWithinASiteKey(t *testing.T) {
	docs := append(testDocs(), corpus.Doc{Kind: corpus.Achievement, SourceID: "far", Title: "淀粉糖", Region: "330106", Field: []string{"1391"}, Keywords: []string{"淀粉糖"}})
	w := newWorld(t, nil, docs...)
	w.follow()
	k := w.siteKey(market.SiteKey{Kinds: []corpus.Kind{corpus.Achievement}, Regions: []string{"1505"}})
	var got []string
	for _, s := range decodeAs[Suggestions](w.ask(k.Key, page, "GET", "/v1/suggest?q="+url.QueryEscape("淀粉"), "").want(200)).Suggestions {
		got = append(got, s.Text)
	}
	if strings.Join(got, " ") != "淀粉废水" {
		t.Errorf("it suggests %q", got)
	}
	w.ask(k.Key, page, "GET", "/v1/suggest?kind=need&q=x", "").problem(403)
}
