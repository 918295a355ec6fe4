package matcher

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestTopicsAddUpToOne(t *testing.T) {
	for name, list := range map[string][]topic{"needs": topics, "achievements": achievementTopics} {
		var sum float64
		for i, topic := range list {
			sum += topic.weight
			if i > 0 && topic.weight > list[i-1].weight {
				t.Errorf("%s: %s weighs more than the topic before it", name, topic.field)
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%s: the weights are %v", name, sum)
		}
	}
}

func TestTheStageThatATextStates(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"该工艺已完成中试，运行92天。", "pilot 0.7 该工艺已完成中试"},
		{"小试收率95%；中试线运行稳定；已在三家企业投产。", "applied 0.5 已在三家企业投产"},
		{"尚未进行中试。", ""},
		{"拟开展中试，实验室样品性能良好。", "lab 0.7 实验室样品性能良好"},
		{"具有良好的产业化前景。", ""},
		{"可批量生产。", ""}, // it can be: not that it is
		{"可靠的样机已模拟运行，不锈钢外壳将热量导出。", "pilot 0.7 可靠的样机已模拟运行"},
		{"应用于神华电厂等单位。", "applied 0.7 应用于神华电厂等单位"},
		{"研究了玉米浸泡的机理，试验表明有效。", ""},
		{"", ""},
	} {
		got := ""
		if stage, clause, confidence := stageIn(test.text); stage != "" {
			got = fmt.Sprint(stage, " ", confidence, " ", clause)
		}
		if got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestTheWorstComeFirstWithProposals(t *testing.T) {
	h := newHouse(t)
	docs := sampleDocs(t)
	text := "将玉米在50 ℃水中预浸4 h后酶解，浸泡与酶解合计12 h以内，亚硫酸用量降至0.6 kg/t以下，淀粉收率不低于68%，已完成中试。"
	bare := corpus.Doc{Kind: corpus.Achievement, SourceID: "bare", Title: "一种新方法", Text: "效果好。"}
	wordy := corpus.Doc{Kind: corpus.Achievement, SourceID: "wordy", Title: "玉米淀粉湿磨酶法浸泡", Text: text, Contact: "x", Price: &corpus.Money{Text: "面议"}}
	hidden := corpus.Doc{Kind: corpus.Achievement, SourceID: "hidden", Title: "草稿", Status: corpus.Draft}
	h.write(t, append(docs, bare, wordy, hidden)...)
	all, err := h.matcher.Incomplete(t.Context(), IncompleteOptions{Kind: corpus.Achievement, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if all.Total != len(all.Postings) || all.All < all.Total || all.Postings[0].ID != "bare" || all.Postings[0].Completeness != 0 {
		t.Errorf("%d of %d, the first %+v", all.Total, all.All, all.Postings[0])
	}
	if !slices.IsSortedFunc(all.Postings, func(a, b Incomplete) int {
		if a.Completeness < b.Completeness {
			return -1
		} else if a.Completeness > b.Completeness {
			return 1
		}
		return 0
	}) {
		t.Error("not the worst first")
	}
	if slices.ContainsFunc(all.Postings, func(p Incomplete) bool { return p.ID == "hidden" || len(p.Missing) == 0 }) {
		t.Error("a draft, or what lacks nothing, is listed")
	}
	at := slices.IndexFunc(all.Postings, func(p Incomplete) bool { return p.ID == "wordy" })
	if at < 0 {
		t.Fatal("wordy is not listed")
	}
	p := all.Postings[at]
	var missing []string
	for _, g := range p.Missing {
		missing = append(missing, g.Field)
	}
	if got := strings.Join(missing, " "); got != "text stage field ip cooperation" {
		t.Errorf("missing: %s", got)
	}
	said := map[string]string{}
	for _, s := range p.Proposals {
		said[s.Field] += fmt.Sprint(s.Value, " ")
		if s.Confidence <= 0 || s.Confidence > 1 || s.Text == "" {
			t.Errorf("%+v", s)
		}
	}
	if said["stage"] != "pilot " || !strings.Contains(said["indicators"], "0.6 kg/t") || !strings.HasPrefix(said["field"], "[13") || said["keywords"] == "" {
		t.Errorf("proposed: %v", said)
	}
	// Nothing is set.
	if d, err := h.store.Get(corpus.Achievement, "wordy"); err != nil || d.Version != 1 || d.Stage != "" {
		t.Errorf("after it: %+v, %v", d, err)
	}
	rest, err := h.matcher.Incomplete(t.Context(), IncompleteOptions{Kind: corpus.Achievement, Limit: 2, Skip: 1})
	if err != nil || len(rest.Postings) != 2 || rest.Postings[0].ID != all.Postings[1].ID {
		t.Errorf("skipping one: %+v, %v", rest, err)
	}
	both, err := h.matcher.Incomplete(t.Context(), IncompleteOptions{Lang: "en"})
	if err != nil || both.All <= all.All || len(both.Postings) != 20 || !strings.ContainsAny(both.Postings[0].Missing[0].Question, "abc") {
		t.Errorf("both kinds, in English: %d postings, %v", both.All, err)
	}
}
