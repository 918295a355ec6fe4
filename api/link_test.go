package api

import (
	"encoding/json"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Whose an achievement is says no reason of a proposal to a broker from whom that is closed.
func TestAProposalTellsNothingThatIsClosed(t *testing.T) {
	docs := append(testDocs(), corpus.Doc{Kind: corpus.Achievement, SourceID: "a8", Title: "马铃薯加工废水蛋白回收工艺", Text: "回收蛋白。", Org: "某农业大学",
		Disclosure: map[string]corpus.Level{"org": corpus.Promised}})
	w := newWorld(t, nil, docs...)
	broker := w.key(market.Broker)
	w.as(broker, "POST", "/v1/leads", `{"need":"n1","achievement":"a8"}`).want(201)
	made := w.as(broker, "POST", "/v1/contracts", `{"title":"马铃薯加工废水蛋白回收工艺开发","kind":"development","seller":"某农业大学","buyer":"某薯业","value":"80万元","signed":"2026-11-23"}`).want(201)
	at := made.Header.Get("Location") + "/proposals"
	for key, tells := range map[string]bool{broker: false, w.adminKey: true} {
		got := w.as(key, "GET", at, "").want(200).body
		var list struct{ Proposals []LeadProposal }
		w.must(json.Unmarshal([]byte(got), &list))
		if len(list.Proposals) != 1 || strings.Contains(got, "卖方就是成果的持有单位") != tells {
			t.Errorf("told whose it is: %v: %s", tells, got)
		}
	}
}
