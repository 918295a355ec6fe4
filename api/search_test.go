package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

func TestSearchFilters(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, test := range []struct{ query, want string }{
		{"q=淀粉废水&kind=achievement", "a1"},
		{"q=澱粉廢水&kind=achievement", "a1"}, // 繁体
		{"q=ＣＯＤ&kind=need", "n1"},         // full width
		{"kind=needs", "n2 n1"},
		{"kind=need&kind=expert", "n2 n1 e1"},
		{"kind=need,expert", "n2 n1 e1"},
		{"kind=专家", "e1"},
		{"field=C", "n1 a1"},
		{"field=13&kind=achievement", "a1"},
		{"region=1505", "a3 n2 n1 a2 a1 e1 p1"},
		{"region=150521", "n2 a2"},
		{"region=31", ""},
		{"stage=pilot,lab", "a3 a1"},
		{"cooperation=license", "a1"},
		{"strategic=7", "a1"},
		{"from=2026-06&to=2026-07", "n2 n1"},
		{"to=2025", "e1 p1"},
		{"valid_on=2026-11-23&kind=need", "n1"},
		{"q=厌氧&sort=newest&kind=expert,need", "n1 e1"},
		{"q=不存在的词语甲", ""},
	} {
		q, err := url.ParseQuery(test.query)
		w.must(err)
		a := decodeAs[SearchAnswer](w.as("", "GET", "/v1/search?"+q.Encode(), "").want(200))
		var ids []string
		for _, r := range a.Results {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != test.want || a.Total != len(ids) {
			t.Errorf("%s finds %q (total %d), want %q", test.query, got, a.Total, test.want)
		}
	}
}

func TestASearchResultShowsWhereTheWordsStand(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	a := decodeAs[SearchAnswer](w.as("", "GET", "/v1/search?facets=true&q="+url.QueryEscape("淀粉 沼氣"), "").want(200))
	if len(a.Results) == 0 || len(a.Facets) == 0 {
		t.Fatalf("nothing in %+v", a)
	}
	for _, r := range a.Results {
		var words []string
		for _, h := range r.TitleHits {
			words = append(words, r.Title[h.Start:h.End])
		}
		for _, h := range r.Hits {
			words = append(words, r.Snippet[h.Start:h.End])
		}
		if len(words) == 0 {
			t.Errorf("no highlight in %+v", r)
		}
		for _, word := range words {
			if !strings.Contains("淀粉沼气", word) {
				t.Errorf("%q is highlighted in %+v", word, r)
			}
		}
	}
}

// A filter by a code that was given up finds what is under the one that took over.
func TestAFormerRegionMeansTheOneThatTookOver(t *testing.T) {
	f, err := Filter{Region: []string{"330104", "1523,1505", "152300"}}.Parse()
	if got := strings.Join(f.Region, " "); err != nil || got != "330102 150500 1505 150500" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestAWrongFilterIsNamedWithItsFix(t *testing.T) {
	w := newWorld(t, nil)
	for _, test := range []struct{ path, field string }{
		{"/v1/search?kind=firm", "kind"},
		{"/v1/search?field=99", "field"},
		{"/v1/search?region=999999", "region"},
		{"/v1/search?region=150", "region"},
		{"/v1/search?region=通辽", "region"},
		{"/v1/search?strategic=77", "strategic"},
		{"/v1/search?stage=ripe", "stage"},
		{"/v1/search?cooperation=barter", "cooperation"},
		{"/v1/search?from=yesterday", "from"},
		{"/v1/search?to=2026-02-30", "to"},
		{"/v1/search?valid_on=1", "valid_on"},
		{"/v1/search?limit=0", "limit"},
		{"/v1/search?limit=101", "limit"},
		{"/v1/search?limit=ten", "limit"},
		{"/v1/search?sort=price", "sort"},
		{"/v1/search?facets=some", "facets"},
		{"/v1/search?query=x", "query"},
		{"/v1/needs?q=x", "q"},
		{"/v1/needs?kind=need", "kind"},
	} {
		path, query, _ := strings.Cut(test.path, "?")
		q, err := url.ParseQuery(query)
		w.must(err)
		p := w.as("", "GET", path+"?"+q.Encode(), "").problem(422)
		if len(p.Errors) != 1 || p.Errors[0].Field != test.field {
			t.Errorf("%s: errors %+v, want one of %s", test.path, p.Errors, test.field)
		}
	}
	p := w.as("", "POST", "/v1/match", `{"text":"x","filter":{"stage":["ripe"],"region":["99"]}}`).problem(422)
	if len(p.Errors) != 2 {
		t.Errorf("two wrong filters give %+v", p.Errors)
	}
	w.as("", "GET", "/v1/search?after=nonsense", "").problem(422)
}

func TestAWalkDeliversEachDocumentOnceWhileOthersAreAdded(t *testing.T) {
	var docs []corpus.Doc
	for i := range 250 {
		docs = append(docs, corpus.Doc{Kind: corpus.Need, SourceID: fmt.Sprintf("n%03d", i), Title: fmt.Sprintf("风机叶片检测%d", i),
			PublishedOn: corpus.Date(fmt.Sprintf("2026-%02d", i%9+1))})
	}
	for _, test := range []struct{ path, list, id string }{
		{"/v1/needs?limit=17", "documents", ""},
		{"/v1/search?limit=17&sort=newest&q=" + url.QueryEscape("叶片"), "results", ""},
		{"/v1/search?limit=17&q=" + url.QueryEscape("叶片"), "results", ""},
	} {
		w := newWorld(t, nil, docs...)
		seen := map[string]int{}
		next := ""
		for page := 0; ; page++ {
			r := w.as("", "GET", test.path+"&after="+url.QueryEscape(next), "").want(200)
			answer := decodeAs[map[string]any](r)
			for _, row := range answer[test.list].([]any) {
				seen[row.(map[string]any)["id"].(string)]++
			}
			next, _ = answer["next"].(string)
			if next == "" {
				break
			}
			if page < 5 {
				w.as(w.adminKey, "POST", "/v1/needs", fmt.Sprintf(`{"title":"叶片新增%d","source_id":"new%d","published":"2026-%02d"}`, page, page, page*2+1)).want(201)
			}
		}
		for _, d := range docs {
			if seen[d.SourceID] != 1 {
				t.Errorf("%s delivers %s %d times", test.path, d.SourceID, seen[d.SourceID])
			}
		}
	}
}

func TestMatch(t *testing.T) {
	w := newWorld(t, nil, append(testDocs(), corpus.Doc{Kind: corpus.Achievement, SourceID: "a9", Title: "废水厌氧反应器的沼气收集罩",
		Text: "为厌氧反应器加罩，收集废水处理产生的沼气。"})...)
	byNeed := w.as("", "POST", "/v1/match", `{"need":"n1"}`).want(200)
	if same := w.as("", "GET", "/v1/needs/n1/matches", "").want(200); same.body != byNeed.body {
		t.Errorf("GET gives\n%s\nPOST\n%s", same.body, byNeed.body)
	}
	byAchievement := w.as("", "POST", "/v1/match", `{"achievement":"a1"}`).want(200)
	if same := w.as("", "GET", "/v1/achievements/a1/matches", "").want(200); same.body != byAchievement.body {
		t.Errorf("GET gives\n%s\nPOST\n%s", same.body, byAchievement.body)
	}
	byText := w.as("", "POST", "/v1/match", `{"text":"淀粉生产废水的厌氧处理"}`).want(200)
	for _, test := range []struct {
		r    reply
		best string
	}{{byNeed, "a1"}, {byAchievement, "n1"}, {byText, "a1"}} {
		a := decodeAs[matcher.Answer](test.r)
		if len(a.Matches) == 0 || a.Matches[0].ID != test.best || len(a.Matches[0].Reasons) == 0 {
			t.Errorf("best is not %s: %s", test.best, test.r.body)
		}
	}
	one := decodeAs[matcher.Answer](w.as("", "GET", "/v1/needs/n1/matches?limit=1", "").want(200))
	if len(one.Matches) != 1 || one.Next == "" {
		t.Fatalf("limit=1 gives %+v", one)
	}
	two := decodeAs[matcher.Answer](w.as("", "GET", "/v1/needs/n1/matches?limit=1&after="+url.QueryEscape(one.Next), "").want(200))
	if len(two.Matches) != 1 || two.Matches[0].ID == one.Matches[0].ID {
		t.Errorf("the second page is %+v after %+v", two, one)
	}
	filtered := decodeAs[matcher.Answer](w.as("", "POST", "/v1/match", `{"need":"n1","filter":{"stage":["lab"]}}`).want(200))
	if slices.ContainsFunc(filtered.Matches, func(m matcher.Match) bool { return m.ID != "a3" }) {
		t.Errorf("stage lab keeps %+v", filtered.Matches)
	}
}

func TestAWrongMatchRequestSaysHowToMendIt(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, test := range []struct {
		body   string
		status int
	}{
		{`{}`, 422},
		{`{"text":"x","need":"n1"}`, 422},
		{`{"text":"  "}`, 422},
		{`{"texts":"x"}`, 422},
		{`{"need":"none"}`, 404},
		{`{"achievement":"draft"}`, 404},
		{`{"need":"n1","after":"nonsense"}`, 422},
		{`{"need":"n1","limit":101}`, 422},
		{`{"text":`, 400},
		{``, 400},
		{`{"text":"` + strings.Repeat("a", int(BodyJSON.Default)) + `"}`, 413},
	} {
		w.as("", "POST", "/v1/match", test.body).problem(test.status)
	}
	w.as("", "POST", "/v1/match", "text=x", "Content-Type", "application/x-www-form-urlencoded").problem(415)
	if hidden, missing := w.as("", "POST", "/v1/match", `{"achievement":"draft"}`).problem(404), w.as("", "POST", "/v1/match", `{"achievement":"drafu"}`).problem(404); strings.Replace(missing.Detail, "drafu", "draft", 1) != hidden.Detail {
		t.Errorf("a draft (%q) can be told from nothing (%q)", hidden.Detail, missing.Detail)
	}
}

// The index may be a moment behind: a draft that it still has is no result, not even for an admin.
func TestAHitThatIsNoLongerPublishedIsDropped(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	var page indexer.Page
	for _, id := range []string{"a1", "draft"} {
		d, err := w.svc.Store.Get(corpus.Achievement, id)
		w.must(err)
		page.Hits = append(page.Hits, indexer.Hit{Ref: indexer.Ref{Kind: d.Kind, Number: d.Number}})
	}
	docs, err := w.svc.hits(t.Context(), Caller{Admin: true}, page)
	if err != nil || len(docs) != 1 || docs[0].ID != "a1" {
		t.Errorf("of a published and a hidden hit come %d documents, %v", len(docs), err)
	}
}
