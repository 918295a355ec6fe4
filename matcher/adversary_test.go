package matcher

import (
	"math"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

// TestStuffingDoesNotWin sets achievements that were written to be found beside an honest one.
func TestStuffingDoesNotWin(t *testing.T) {
	h := newHouse(t)
	docs := sampleDocs(t)
	var keywords []string
	for _, d := range docs {
		keywords = append(keywords, d.Keywords...)
	}
	need := docs[slices.IndexFunc(docs, func(d corpus.Doc) bool { return d.Kind == corpus.Need && d.ID == "N001" })] // 玉米浸泡
	stuffed := map[string]corpus.Doc{
		"one word a thousand times": {Title: "玉米浸泡", Text: strings.Repeat("玉米浸泡 ", 1000)},
		"all key words":             {Title: "万能技术", Text: strings.Join(keywords, "，"), Keywords: keywords[:min(len(keywords), corpus.MaxList)]},
		"key words in the title":    {Title: cutRunes(strings.Join(keywords, ""), 300), Text: strings.Join(keywords, " ")},
		"the need's own words":      {Title: strings.Join(need.Keywords, ""), Text: strings.Repeat(strings.Join(need.Keywords, "，")+"。", 200)},
	}
	for name, d := range stuffed {
		d.Kind, d.SourceID, d.Status = corpus.Achievement, strings.ReplaceAll(name, " ", "-"), corpus.Published
		docs = append(docs, d)
	}
	h.write(t, docs...)
	a, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: Kept})
	if err != nil {
		t.Fatal(err)
	}
	if best := a.Matches[0].ID; best != "A001" {
		t.Errorf("the best for N001 is %s with %.2f points, before A001", best, a.Matches[0].Points)
	}
}

func cutRunes(s string, n int) string { return string([]rune(s)[:n]) }

// TestStrangeTextsGiveSaneLists asks with what nobody should type.
func TestStrangeTextsGiveSaneLists(t *testing.T) {
	h := sampled(t)
	for _, c := range []struct{ name, text, best string }{
		{"one word a thousand times", strings.Repeat("秸秆", 1000), ""},
		{"one character", "水", ""},
		{"a mark", "。", ""},
		{"62 kB", strings.Repeat("玉米秸秆打捆后容易霉变，存放时间短。", 1200), ""},
		{"half a character", "½", ""},
		{"characters of several words", "㎧㏠㍘ 3㎧", ""},
		{"thousands of figures", strings.Repeat("回收率5%，", 3000), ""},
		{"emoji", "🌽🌽🌽 🐄", ""},
		{"English only", "corn steeping takes too long and uses too much sulfite", ""},
		{"digits", strings.Repeat("123456789 ", 300), ""},
		{"control characters", "玉米\x00浸泡\u202e时间\ufeff太长", "A001"},
		{"stop words", "的 了 是 在 和", ""},
		{"traditional characters", "玉米浸泡時間長，亞硫酸用量大，澱粉收率低", "A001"},
		{"full width", "玉米浸泡时间长，ＳＯ２用量大，淀粉收率低", "A001"},
	} {
		a, err := h.matcher.ForText(t.Context(), c.text, Options{Limit: Kept})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for i, m := range a.Matches {
			if math.IsNaN(m.Points) || m.Score <= 0 || m.Score >= 1 || len(m.Reasons) == 0 {
				t.Errorf("%s, %s: points %v, score %v, %d reasons", c.name, m.ID, m.Points, m.Score, len(m.Reasons))
			}
			if c.best != "" && i == 0 && m.ID != c.best {
				t.Errorf("%s: the best is %s, not %s", c.name, m.ID, c.best)
			}
		}
		if c.best == "" && a.Fitting > 0 && c.name != "62 kB" && c.name != "one word a thousand times" {
			t.Errorf("%s: %d entries are called fit, the best %+v", c.name, a.Fitting, a.Matches[0])
		}
		if c.best != "" && len(a.Matches) == 0 {
			t.Errorf("%s: nothing is found", c.name)
		}
	}
	simple, err := h.matcher.ForText(t.Context(), "玉米浸泡时间长，亚硫酸用量大，淀粉收率低", Options{})
	if err != nil {
		t.Fatal(err)
	}
	traditional, err := h.matcher.ForText(t.Context(), "玉米浸泡時間長，亞硫酸用量大，澱粉收率低", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(simple.Matches) == 0 || simple.Matches[0].Points != traditional.Matches[0].Points {
		t.Errorf("traditional characters give %v points, simple ones %v", traditional.Matches[0].Points, simple.Matches[0].Points)
	}
}
