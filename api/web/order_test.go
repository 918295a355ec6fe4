package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/corpus"
)

// titlesIn are the titles of a list, in its order.
func titlesIn(n *html.Node) string {
	var out []string
	for _, h := range tags(n, "h3") {
		if links := tags(h, "a"); len(links) > 0 {
			out = append(out, attr(links[0], "href")[strings.LastIndex(attr(links[0], "href"), "/")+1:])
		}
	}
	return strings.Join(out, " ")
}

// chosenIn is the order that the page says it is in, "-" where it offers none.
func chosenIn(doc *html.Node) string {
	for _, o := range tags(doc, "option") {
		if has(o, "selected") && attr(o.Parent, "id") == "sort" {
			return text(o)
		}
	}
	return "-"
}

func TestListsInOrderOfPriceAndDay(t *testing.T) {
	docs := []corpus.Doc{{Kind: corpus.Need, SourceID: "N1", Title: "缩短玉米浸泡时间", Text: "玉米浸泡时间太长，亚硫酸用量大，希望缩短浸泡时间，减少亚硫酸。", Budget: money(30), PublishedOn: "2026-01-01"}}
	for _, a := range []struct {
		id, title, text string
		price           *corpus.Money
		day             corpus.Date
	}{
		{"A1", "酶法浸泡工艺", "酸性蛋白酶辅助浸泡玉米，浸泡时间十二小时，亚硫酸用量少。", money(300), "2026-03-01"},
		{"A2", "高压浸泡罐", "玉米在压力下浸泡，缩短浸泡时间，罐顶回收亚硫酸。", &corpus.Money{Text: "面议"}, "2026-05-01"},
		{"A3", "乳酸菌发酵", "发酵产酸代替亚硫酸浸泡玉米，三十小时完成。", &corpus.Money{Min: 5_000_000, Max: 500_000_000, Text: "5-500万元"}, ""},
		{"A4", "超声波设备", "超声处理后玉米浸泡时间缩短，亚硫酸降低一半。", money(80), "2026-04"},
	} {
		docs = append(docs, corpus.Doc{Kind: corpus.Achievement, SourceID: a.id, Title: a.title, Text: a.text, Price: a.price, PublishedOn: a.day})
	}
	w := newWorld(t, Options{}, docs)
	for address, want := range map[string]string{
		"/search?kind=achievement&sort=lowest":  "A3 A4 A1 A2/按价格从低到高",
		"/search?kind=achievement&sort=highest": "A1 A4 A3 A2/按价格从高到低",
		"/search?kind=achievement&sort=newest":  "A2 A4 A1 A3/按发布时间",
		"/search?kind=need&sort=lowest":         "N1/按预算从低到高",
		"/search?sort=lowest":                   "A2 A4 A1 N1 A3/按相关程度", // not of all kinds
		"/search?kind=expert&sort=lowest":       "/-",
	} {
		doc, source := w.get(address)
		if got := titlesIn(tags(doc, "main")[0]) + "/" + chosenIn(doc); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
		if says := strings.Contains(source, "区间"); says != strings.Contains(want, "从") {
			t.Errorf("%s says what becomes of ranges: %v", address, says)
		}
	}
	form := url.Values{"text": {docs[0].Text}}
	for _, ask := range []func(order string) *html.Node{
		func(order string) *html.Node { doc, _ := w.get("/needs/N1?sort=" + order); return doc },
		func(order string) *html.Node {
			doc, _ := w.page(http.StatusOK, http.MethodPost, "/match", with(form, "sort", order))
			return doc
		},
	} {
		best := ask("")
		fit := func(doc *html.Node) (strong, weak string) {
			for _, list := range classes(doc, "matches") {
				if strings.Contains(attr(list.Parent, "class"), "weak") {
					weak = titlesIn(list)
				} else {
					strong = titlesIn(list)
				}
			}
			return strong, weak
		}
		if strong, weak := fit(best); len(strings.Fields(strong+" "+weak)) < 3 {
			t.Fatalf("the list has %q and %q, which shows no order", strong, weak)
		}
		if chosenIn(best) != "按契合程度" {
			t.Errorf("a list says %q", chosenIn(best))
		}
		for order, all := range map[string]string{"lowest": "A3 A4 A1 A2", "highest": "A1 A4 A3 A2", "newest": "A2 A4 A1 A3", "nonsense": ""} {
			doc := ask(order)
			strong, weak := fit(doc)
			wantStrong, wantWeak := fit(best)
			for _, group := range []struct{ got, of string }{{strong, wantStrong}, {weak, wantWeak}} {
				var want []string
				for _, id := range strings.Fields(all) {
					if strings.Contains(group.of, id) {
						want = append(want, id)
					}
				}
				if all == "" {
					want = strings.Fields(group.of)
				}
				if got := group.got; got != strings.Join(want, " ") {
					t.Errorf("%s: %q, want %q of %q", order, got, want, group.of)
				}
			}
			if says := len(all) > 0; says != strings.Contains(text(doc), "弱相关的仍在后面") {
				t.Errorf("%s: what becomes of weak ones is said: %v", order, !says)
			}
		}
	}
}
