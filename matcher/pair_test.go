package matcher

import (
	"duijie/corpus"
	"duijie/indexer"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestPairHasOneScoreWhoeverAsks(t *testing.T) {
	h := newHouse(t)
	docs := sampleDocs(t)
	h.write(t, docs...)
	pairs := map[string]float64{}
	collect := func() {
		for _, d := range docs {
			if d.Kind != corpus.Need {
				continue
			}
			a, err := h.matcher.ForNeed(t.Context(), d.ID, Options{Limit: Kept})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range a.Matches {
				key := d.ID + " " + m.ID
				if was, ok := pairs[key]; ok && was != m.Points {
					t.Errorf("%s: points went from %v to %v", key, was, m.Points)
				}
				pairs[key] = m.Points
			}
		}
	}
	collect()
	fromThere := 0
	for _, d := range docs {
		if d.Kind != corpus.Achievement {
			continue
		}
		a, err := h.matcher.ForAchievement(t.Context(), d.ID, Options{Limit: Kept})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range a.Matches {
			if p, ok := pairs[m.ID+" "+d.ID]; ok {
				fromThere++
				if p != m.Points {
					t.Errorf("%s %s: %v from the need, %v from the achievement", m.ID, d.ID, p, m.Points)
				}
			}
		}
	}
	if fromThere < len(pairs)/2 {
		t.Errorf("only %d of %d pairs were seen from both sides", fromThere, len(pairs))
	}

	t.Run("with unrelated documents", func(t *testing.T) {
		var more []corpus.Doc
		for i := range 100 {
			more = append(more, corpus.Doc{Kind: corpus.Achievement, SourceID: fmt.Sprint("x", i), Title: fmt.Sprintf("古琴斫制与减字谱整理第%d卷", i), Text: "古琴谱的整理与演奏。"})
		}
		h.write(t, more...)
		collect()
	})
	t.Run("with a filter", func(t *testing.T) {
		a, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: Kept, Filter: indexer.Filter{Stage: []corpus.Stage{corpus.Applied}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Matches) == 0 {
			t.Fatal("the filter left nothing")
		}
		for _, m := range a.Matches {
			d, err := h.store.Get(corpus.Achievement, m.ID)
			if err != nil || d.Stage != corpus.Applied {
				t.Errorf("%s has stage %q, error %v", m.ID, d.Stage, err)
			}
			if p, ok := pairs["N001 "+m.ID]; ok && p != m.Points {
				t.Errorf("%s: %v, with the filter %v", m.ID, p, m.Points)
			}
		}
	})
}

func TestConfidentialWordsTakeNoPart(t *testing.T) {
	h := newHouse(t)
	d := corpus.Doc{Kind: corpus.Achievement, SourceID: "secret", Title: "一种通用装置", Text: "紫电青霜工艺", Contact: "张三",
		Disclosure: map[string]corpus.Level{"text": corpus.Confidential}}
	h.write(t, d)
	for _, text := range []string{"紫电青霜工艺", "张三"} {
		a, err := h.matcher.ForText(t.Context(), text, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range a.Matches {
			b, _ := json.Marshal(m)
			if strings.Contains(string(b), "紫电") || m.Label == Strong {
				t.Errorf("%s was found: %s", text, b)
			}
		}
	}
}

// Texts that people or machines send to see what happens: sane ranks, no panic, and stuffing does not win.
func TestOddTexts(t *testing.T) {
	h := newHouse(t)
	docs := sampleDocs(t)
	h.write(t, docs...)
	stuffed := corpus.Doc{Kind: corpus.Achievement, SourceID: "stuffed", Title: "万能技术", Text: strings.Repeat("玉米浸泡 亚硫酸 ", 1000)}
	h.write(t, stuffed)
	a, err := h.matcher.ForNeed(t.Context(), "N001", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a.Matches[0].ID != "A001" {
		t.Errorf("the first is %s %s, want A001", a.Matches[0].ID, a.Matches[0].Title)
	}
	for name, text := range map[string]string{
		"one character": "锂", "emoji": "🔋🔋🔋", "english": "How to extend the life of lithium batteries?",
		"one word 1,000 times": strings.Repeat("电池", 1000), "100 kB": strings.Repeat("玉米淀粉废水处理与沼气回收。", 2500),
		"punctuation": "，。！？", "broken": "电池\xff\xfe寿命", "control": "电\x00池\x01",
	} {
		a, err := h.matcher.ForText(t.Context(), text, Options{Limit: Kept})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, m := range a.Matches {
			if math.IsNaN(m.Points) || m.Points <= 0 || m.Score <= 0 || m.Score >= 1 {
				t.Errorf("%s: %s has points %v, score %v", name, m.ID, m.Points, m.Score)
			}
		}
	}
	if _, err := h.matcher.ForText(t.Context(), " \n", Options{}); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("an empty text gave %v", err)
	}
	simple, err := h.matcher.ForText(t.Context(), "风电机组叶片结冰", Options{})
	if err != nil {
		t.Fatal(err)
	}
	traditional, err := h.matcher.ForText(t.Context(), "風電機組葉片結冰", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if brief(simple) != brief(traditional) {
		t.Errorf("traditional characters rank differently:\n%s\n%s", brief(simple), brief(traditional))
	}
}
