package indexer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestShinglesAreOfFoldedLettersAndDigits(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"风机叶片除冰，用电热膜。", "风机 叶片除冰——用电热膜", true},
		{"軟體對風機葉片的監測", "软件对风机叶片的监测", true},
		{"ＡＢＣ１２３号材料", "abc123号材料", true},
		{"风机叶片除冰用电热膜", "风机叶片除冰用涂层", false},
	} {
		a, b := shingles(&corpus.Doc{Title: test.a}), shingles(&corpus.Doc{Title: test.b})
		if slices.Equal(a, b) != test.same || len(a) == 0 {
			t.Errorf("%s and %s: %d and %d shingles, the same: %v", test.a, test.b, len(a), len(b), !test.same)
		}
	}
	for text, want := range map[string]int{"": 0, "三个字": 0, "四个字的": 1, "四个，字的": 1, "五个字的话": 2} {
		if got := len(shingles(&corpus.Doc{Text: text})); got != want {
			t.Errorf("%s has %d shingles, want %d", text, got, want)
		}
	}
}

// Signatures agree in about the part of places that the sets share: the error of 100 places is .05 at the most, one
// standard deviation.
func TestSignaturesEstimateTheLikeness(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, part := range []float64{.1, .3, .6, .8, .95} {
		var error2, sum float64
		const rounds = 200
		for range rounds {
			var x, y []uint64
			for len(x) < 300 {
				h := rng.Uint64()
				if rng.Float64() < 2*part/(1+part) {
					x, y = append(x, h), append(y, h)
				} else {
					x, y = append(x, h), append(y, rng.Uint64())
				}
			}
			a, _ := sign(x)
			b, _ := sign(y)
			e := float64(a.agreeing(&b))/(bands*rows) - jaccard(distinct(x), distinct(y))
			error2, sum = error2+e*e, sum+e
		}
		if s := math.Sqrt(error2 / rounds); s > .06 || math.Abs(sum/rounds) > .02 {
			t.Errorf("at %.2f the error is %.3f, %.3f of it always", part, s, sum/rounds)
		}
	}
}

func TestLikenessSaysWhy(t *testing.T) {
	long := "采用高效厌氧反应器处理玉米淀粉加工废水，去除率达到九成，沼气用于锅炉燃烧，出水达标排放。"
	doc := func(title, text, org, right string) *corpus.Doc {
		d := corpus.Doc{Kind: corpus.Achievement, Title: title, Text: text, Org: org}
		if right != "" {
			d.Rights = []corpus.Right{{Number: right}}
		}
		if errs := d.Check(); len(errs) > 0 {
			t.Fatal(errs)
		}
		return &d
	}
	for _, test := range []struct {
		a, b *corpus.Doc
		want string
	}{
		{doc("厌氧", long, "", ""), doc("厌 氧", long, "", ""), "1.00 正文相同"},
		{doc("厌氧", long, "", ""), doc("厌氧", long+"可以推广。", "", ""), "0.91 正文相似 0.91"},
		{doc("厌氧", long, "", ""), doc("沼气", "别的文字，讲的是另外一件事情", "", ""), "0.00 正文相似 0.00"},
		{doc("厌氧", "短", "", ""), doc("厌氧", "文", "", ""), "0.00 "},
		{doc("厌氧", "短", "", ""), doc("厌氧", "短", "", ""), "1.00 正文相同"},
		{doc("厌氧", "短", "甲有限公司", ""), doc("厌氧", "文", "甲有限责任公司", ""), "0.80 标题与单位相同"},
		{doc("厌氧", long, "甲有限公司", ""), doc("厌氧", long+"可以推广。", "甲有限责任公司", ""), "0.98 标题与单位相同；正文相似 0.91"},
		{doc("厌氧", "短", "甲", "ZL201010123456.9"), doc("沼气", "文", "乙", "201010123456"), "0.85 专利号相同 ZL201010123456.9"},
	} {
		for _, pair := range [][2]*corpus.Doc{{test.a, test.b}, {test.b, test.a}} {
			likeness, reasons := Likeness(pair[0], pair[1])
			if got := fmt.Sprintf("%.2f %s", likeness, strings.Join(reasons, "；")); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		}
	}
}
