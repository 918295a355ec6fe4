package matcher

import (
	"duijie/corpus"
	"duijie/indexer"
	"math"
	"strings"
	"testing"
)

// element is a phrase of words parted by blanks.
func element(kind indexer.ElementKind, words string) indexer.Element {
	return indexer.Element{Kind: kind, Text: strings.ReplaceAll(words, " ", ""), Words: strings.Fields(words)}
}

func TestElementsValue(t *testing.T) {
	h := newHouse(t)
	aluminium, steel := element(indexer.Material, "铝合金"), element(indexer.Material, "不锈钢 薄板")
	die, wear := element(indexer.Product, "压铸 模具"), element(indexer.Effect, "提高 耐磨性")
	for _, c := range []struct {
		name              string
		need, achievement []indexer.Element
		want              float64
	}{
		{"one side states nothing", []indexer.Element{aluminium}, nil, 0},
		{"no kind on both sides", []indexer.Element{aluminium}, []indexer.Element{die}, 0},
		{"the same word as another kind says nothing", []indexer.Element{aluminium}, []indexer.Element{element(indexer.Product, "铝合金")}, 0},
		{"one kind, the same: 1/(1+1)", []indexer.Element{aluminium}, []indexer.Element{aluminium}, .5},
		{"the best phrase counts", []indexer.Element{steel, aluminium, wear}, []indexer.Element{aluminium, die}, .5},
		{"three kinds, the same: 3/(3+1)", []indexer.Element{aluminium, wear, die}, []indexer.Element{aluminium, wear, die}, .75},
		{"two kinds, one the same: 1/(2+1)", []indexer.Element{aluminium, die}, []indexer.Element{aluminium, element(indexer.Product, "奶酪")}, 1. / 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			need, achievement := &indexer.Entry{Elements: c.need}, &indexer.Entry{Elements: c.achievement}
			if got := elementsPart.value(h.scorer, need, achievement); math.Abs(got-c.want) > 1e-9 {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if got := elementsPart.value(h.scorer, achievement, need); math.Abs(got-c.want) > 1e-9 {
				t.Errorf("the other way round %v", got)
			}
		})
	}
}

func TestPhraseLikeness(t *testing.T) {
	h := newHouse(t)
	like := func(a, b string) float64 {
		return h.scorer.phraseLikeness(h.scorer.phraseWords(nil, strings.Fields(a)), h.scorer.phraseWords(nil, strings.Fields(b)))
	}
	for _, c := range []struct{ a, more, less string }{
		{"铝合金 模具", "铝合金 模具", "铝合金 压铸 模具"},   // all words, all but one
		{"铝合金 模具", "铝合金 压铸 模具", "模具"},       // both, one
		{"提高 耐磨性", "耐磨", "耐腐蚀"},             // near words
		{"玉米 秸秆", "玉米 秸秆 打捆 机", "奶酪 发酵 工艺"}, // nothing shared
	} {
		more, less := like(c.a, c.more), like(c.a, c.less)
		if more <= less || more > 1 || less < 0 {
			t.Errorf("%s: %s %.3f, %s %.3f", c.a, c.more, more, c.less, less)
		}
		if back := like(c.more, c.a); math.Abs(back-more) > 1e-12 {
			t.Errorf("%s and %s: %v one way, %v the other", c.a, c.more, more, back)
		}
	}
}

func TestElementsReason(t *testing.T) {
	h := newHouse(t)
	made := func(k corpus.Kind, title, text string) side {
		d := corpus.Doc{Kind: k, Number: 1, Title: title, Text: text}
		entries, err := h.analyzer.Entries(t.Context(), []corpus.Doc{d})
		if err != nil {
			t.Fatal(err)
		}
		return newSide(&d, &entries[0])
	}
	need := made(corpus.Need, "奶牛场清粪机器人", "希望提高清粪效率，降低能耗")
	achievement := made(corpus.Achievement, "奶牛场智能清粪机器人", "采用激光雷达定位，能耗降低三成")
	text, spans := elementsPart.say(h.scorer, need, achievement)
	if want := "功效：降低能耗 ↔ 能耗降低；产品：清粪机器人 ↔ 智能清粪机器人；应用：奶牛场 ↔ 奶牛场"; text != want {
		t.Errorf("got %s\nwant %s", text, want)
	}
	for _, s := range spans {
		d := need.doc
		if s.Side == corpus.Achievement {
			d = achievement.doc
		}
		if field := map[string]string{"title": d.Title, "text": d.Text}[s.Field]; field[s.Start:s.End] != s.Word {
			t.Errorf("%+v points at %q", s, field[s.Start:s.End])
		}
	}
	if len(spans) != 6 {
		t.Errorf("%d spans, want one a side for each of three kinds", len(spans))
	}
}
