package indexer

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// bracketed puts brackets around the spans.
func bracketed(text string, spans []Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start] + "[" + text[s.Start:s.End] + "]")
		at = s.End
	}
	return b.String() + text[at:]
}

func TestSpansStandInTheOriginal(t *testing.T) {
	for _, c := range []struct{ name, text, terms, want string }{
		{"one", "玉米淀粉废水", "淀粉", "玉米[淀粉]废水"},
		{"all places", "淀粉与淀粉", "淀粉", "[淀粉]与[淀粉]"},
		{"one after the other", "淀粉淀粉与淀粉", "淀粉", "[淀粉淀粉]与[淀粉]"},
		{"the longest", "淀粉酶", "淀粉 淀粉酶", "[淀粉酶]"},
		{"those that meet are one", "玉米淀粉废水", "玉米 淀粉", "[玉米淀粉]废水"},
		{"繁", "奈米軟體與雷射", "软件 激光", "奈米[軟體]與[雷射]"},
		{"繁 asked", "纳米软件", "軟體", "纳米[软件]"},
		{"full width", "用ＰＬＣ控制", "plc", "用[ＰＬＣ]控制"},
		{"emoji", "😀👨‍🔬锂电池👍🏽", "锂电池", "😀👨‍🔬[锂电池]👍🏽"},
		{"CRLF", "第一行\r\n第二行淀粉", "淀粉", "第一行\r\n第二行[淀粉]"},
		{"ligature", "high eﬃciency", "efficiency", "high [eﬃciency]"},
		{"phrase that shrinks", "乙太網路介面", "以太网", "[乙太網路]介面"},
		{"after a phrase that shrinks", "乙太網路控制器", "控制", "乙太網路[控制]器"},
		{"whole runs only", "maintain AI, ai-x pm2.5", "ai", "maintain [AI], [ai]-x pm2.5"},
		{"a run beside Han", "用AI做", "ai", "用[AI]做"},
		{"unit", "10㎡", "10m2", "[10㎡]"},
		{"single character", "碳酸锂和锂", "锂", "碳酸[锂]和[锂]"},
		{"phrase with a blank", "deep learning", "deep learning", "[deep learning]"},
		{"not UTF-8", "\xff淀粉\xe7", "淀粉", "\xff[淀粉]\xe7"},
		{"absent", "玉米", "淀粉", "玉米"},
		{"no terms", "玉米", "", "玉米"},
		{"no text", "", "淀粉", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := strings.Split(c.terms, " ")
			if strings.HasPrefix(c.name, "phrase with") {
				asked = []string{c.terms}
			}
			spans := Spans(c.text, asked)
			if got := bracketed(c.text, spans); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if len(asked) > 1 {
				return
			}
			first, found := Fold(c.text).First(asked[0])
			if found != (len(spans) > 0) || found && first != spans[0] {
				t.Errorf("the first is %v, %v, want the first of %v", first, found, spans)
			}
		})
	}
}

func TestSnippetShowsWhereTheTermsAre(t *testing.T) {
	long := "前面是很长的介绍没有要找的东西。" + strings.Repeat("无关的话说了很多。", 10) + "玉米在这里出现。" + strings.Repeat("又是无关的话很多。", 10) +
		"这里有玉米\r\n和淀粉以及废水。" + strings.Repeat("最后还有一些话。", 10)
	for _, c := range []struct {
		name, text, terms string
		runes             int
		want              string
	}{
		{"all of a short text", "玉米\n淀粉", "淀粉", 10, "玉米 [淀粉]"},
		{"most terms, from the start of a sentence", long, "玉米 淀粉 废水", 20, "…这里有[玉米]  和[淀粉]以及[废水]。最后还有一…"},
		{"the start where nothing is found", long, "钢铁", 10, "前面是很长的介绍没有…"},
		{"the end", "一二三四五六七八九十淀粉", "淀粉", 6, "…七八九十[淀粉]"},
		{"a term longer than the snippet", "一二三四五六七八九十", "三四五六七八", 3, "…三四五…"},
		{"empty", "", "淀粉", 10, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, spans := Snippet(c.text, strings.Fields(c.terms), c.runes)
			if got := bracketed(got, spans); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("奈米軟體與雷射ＰＬＣ\r\n👨‍🔬ﬃ", "软件 激光 plc", 5)
	f.Add("a\xffb乙太網路", "以太网 b", 2)
	f.Fuzz(func(t *testing.T, text, terms string, runes int) {
		if runes < 1 || runes > 1000 {
			return
		}
		part, spans := Snippet(text, strings.Fields(terms), runes)
		if n := utf8.RuneCountInString(part); n > runes+2 {
			t.Fatalf("%d characters", n)
		}
		boundary := map[int]bool{len(part): true}
		for i := range part {
			boundary[i] = true
		}
		last := -1
		for _, s := range spans {
			if s.Start <= last || s.Start >= s.End || !boundary[s.Start] || !boundary[s.End] {
				t.Fatalf("%v in %q", spans, part)
			}
			last = s.End
		}
	})
}

func TestSentencesEndAtTheirMarks(t *testing.T) {
	for _, c := range []struct {
		text  string
		runes int
		want  string
	}{
		{" 一是难。二是贵！\n　三是慢；四", 100, "一是难。|二是贵！|三是慢；|四"},
		{"一二三，四五六，七八九十，尾", 9, "一二三，四五六，|七八九十，尾"},
		{"一二三四五六七八九十", 4, "一二三四|五六七八|九十"},
		{"一二三四", 4, "一二三四"},
		{"\xff坏。\xff", 4, "\xff坏。|\xff"},
		{" \n ", 4, ""},
	} {
		var got []string
		for _, s := range Sentences(c.text, c.runes) {
			got = append(got, c.text[s.Start:s.End])
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
