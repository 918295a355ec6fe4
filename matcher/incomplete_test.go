package matcher

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

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

func TestGapsAreCountedAndWalkedThrough(t *testing.T) {
	h := newHouse(t)
	text := strings.Repeat("本工艺用于玉米淀粉湿磨车间，操作简单。", 8)
	h.write(t, corpus.Doc{Kind: corpus.Achievement, SourceID: "a", Title: "甲", Text: text}, corpus.Doc{Kind: corpus.Achievement, SourceID: "b", Title: "乙", Text: text, Contact: "x"},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "c", Title: "丙", Text: text}, corpus.Doc{Kind: corpus.Need, SourceID: "n", Title: "求解", Text: "不行。"})
	for _, test := range []struct {
		o    IncompleteOptions
		want string
	}{
		{IncompleteOptions{}, "n a c b"},
		{IncompleteOptions{Gap: "contact"}, "a c"},
		{IncompleteOptions{Gap: "tried"}, "n"},
		{IncompleteOptions{Kind: corpus.Need, Gap: "contact"}, ""},
		{IncompleteOptions{After: "0-need-1"}, "a c b"},
		{IncompleteOptions{After: "20-achievement-1"}, "c b"},
		{IncompleteOptions{After: "20-achievement-99", Limit: 1}, "b"},
		{IncompleteOptions{After: "100-project-1"}, ""},
	} {
		test.o.Plain = true
		list, err := h.matcher.Incomplete(t.Context(), test.o)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range list.Postings {
			got = append(got, p.ID)
			if _, err := p.behind(p.Cursor()); err != nil || len(p.Proposals) > 0 {
				t.Errorf("%s: %v, %d proposals", p.Cursor(), err, len(p.Proposals))
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v: %v, want %s", test.o, got, test.want)
		}
	}
	for _, wrong := range []string{"x", "1-2", "a-need-1", "1-firm-1", "1-need-x", "1-need-1-1"} {
		if _, err := h.matcher.Incomplete(t.Context(), IncompleteOptions{After: wrong}); corpus.CodeOf(err) != corpus.Invalid {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	list, err := h.matcher.Incomplete(t.Context(), IncompleteOptions{Gap: "contact", Plain: true})
	if got := fmt.Sprint(list.Gaps[:3]); err != nil || list.Total != 2 || list.All != 4 || got != "[{achievement indicators 3} {achievement contact 2} {achievement stage 3}]" {
		t.Errorf("%d of %d, %s, %v", list.Total, list.All, got, err)
	}
}

func TestALookThatTookLongServesForAWhile(t *testing.T) {
	h := newHouse(t)
	a := corpus.Doc{Kind: corpus.Need, SourceID: "a", Title: "求解甲", Text: "不行。"}
	b := corpus.Doc{Kind: corpus.Need, SourceID: "b", Title: "求解乙", Text: "不行。"}
	h.write(t, a, b)
	list := func() string {
		l, err := h.matcher.Incomplete(t.Context(), IncompleteOptions{Kind: corpus.Need, Gap: "budget", Plain: true})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, p := range l.Postings {
			ids = append(ids, p.ID)
		}
		return fmt.Sprint(ids, l.Total)
	}
	if got := list(); got != "[a b] 2" {
		t.Error(got)
	}
	h.matcher.gaps.of[corpus.Need].took = time.Hour
	a.Budget = &corpus.Money{Min: 1, Max: 1, Text: "1"}
	h.write(t, a, corpus.Doc{Kind: corpus.Need, SourceID: "c", Title: "求解丙", Text: "不行。"})
	if got := list(); got != "[b] 2" {
		t.Errorf("while it serves: %s", got)
	}
	h.matcher.gaps.of[corpus.Need].begun = time.Time{}
	if got := list(); got != "[b c] 2" {
		t.Errorf("after that: %s", got)
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
