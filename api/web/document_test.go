package web

import (
	"io"
	"strings"
	"testing"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

func TestADocumentOfAFeedNamesItsSource(t *testing.T) {
	w := newWorld(t, Options{}, []corpus.Doc{{Kind: corpus.Need, Source: "chifeng", SourceID: "1", Title: "风机防冰", Gone: "2026-11-20"},
		{Kind: corpus.Need, SourceID: "2", Title: "自己的"}})
	_, err := w.svc.PutFeed(t.Context(), api.Caller{Admin: true}, "chifeng",
		market.FeedSettings{URL: "https://feed.example/needs.jsonl", Licence: "CC BY 4.0", Link: "https://www.example.gov.cn/"})
	if err != nil {
		t.Fatal(err)
	}
	for id, says := range map[string]bool{"chifeng~1": true, "2": false} {
		b, err := io.ReadAll(w.ask("GET", "/needs/"+id, nil).Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{`href="https://www.example.gov.cn/"`, "CC BY 4.0", "来源已不再列出", "2026-11-20"} {
			if strings.Contains(string(b), part) != says {
				t.Errorf("%s: %q is there: %v", id, part, !says)
			}
		}
		if strings.Contains(string(b), "feed.example") {
			t.Errorf("%s: the page has the address of the feed", id)
		}
	}
}
