package matcher

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/indexer"
)

// reasonOf is one reason whose spans point at these words of the need, in this order.
func reasonOf(need corpus.Doc, words ...string) []Reason {
	r := Reason{Kind: WordsPart.String(), Points: 1}
	for _, w := range words {
		r.Spans = textOf(&need).spans(r.Spans, []string{w}, "")
	}
	return []Reason{r}
}

func TestWhyIsTheSentenceThatSaysMost(t *testing.T) {
	need := corpus.Doc{Kind: corpus.Need, Title: "锅炉节能", Text: "我公司有两台锅炉。锅炉排烟温度高，想回收余热；maintain AI 系统。", Goal: "余热回收率 ≥ 60 %"}
	long := corpus.Doc{Kind: corpus.Need, Title: "长", Text: strings.Repeat("这里什么也没有写，", 60) + "排烟余热可以回收"}
	for name, c := range map[string]struct {
		need  corpus.Doc
		words []string
		want  string
	}{
		"two words beat one":              {need, []string{"锅炉", "余热"}, "锅炉排烟温度高，想回收余热；"},
		"the better word beats the other": {need, []string{"回收率", "排烟"}, "余热回收率 ≥ 60 %"},
		"the title only where need be":    {need, []string{"节能"}, "锅炉节能"},
		"letters inside others are none":  {need, []string{"ai"}, "maintain AI 系统。"},
		"nothing where nothing fits":      {need, []string{"光伏"}, ""},
		"a part of a long one":            {long, []string{"余热"}, "这里什么也没有写，这里什么也没有写，这里什么也没有写，这里什么也没有写，这里什么也没有写，排烟余热可以回收"},
	} {
		got := why(textOf(&c.need), reasonOf(c.need, c.words...))
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if n := utf8.RuneCountInString(got); n > quotedRunes {
			t.Errorf("%s: %d characters", name, n)
		}
	}
}

func TestAgainst(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	need := corpus.Doc{Kind: corpus.Need, ValidUntil: "2026-10"}
	reason := func(p Part, points float64, text string) Reason {
		return Reason{Kind: p.String(), Points: points, Text: text}
	}
	for name, c := range map[string]struct {
		achievement corpus.Doc
		found       corpus.Kind
		reasons     []Reason
		figures     []Figure
		want        string
	}{
		"a part that costs points": {corpus.Doc{}, corpus.Achievement, []Reason{reason(WordsPart, 3, "相同"), reason(PricePart, -.2, "太贵")}, nil, "太贵"},
		"a laboratory result":      {corpus.Doc{Stage: corpus.Lab}, corpus.Achievement, nil, nil, "成果尚处初期，没有写明中试或应用"},
		"its stage is said once":   {corpus.Doc{Stage: corpus.Lab}, corpus.Achievement, []Reason{reason(StagePart, -.4, "太早")}, nil, "太早"},
		"an old word":              {corpus.Doc{ConfirmedOn: "2025-11-22"}, corpus.Achievement, nil, nil, "持有方上次确认在2025-11-22，已超过一年"},
		"a word of a year ago":     {corpus.Doc{ConfirmedOn: "2025-11-23"}, corpus.Achievement, nil, nil, ""},
		"its age is said once":     {corpus.Doc{ConfirmedOn: "2020"}, corpus.Achievement, []Reason{reason(FreshnessPart, -.1, "太旧")}, nil, "太旧"},
		"an expired need":          {corpus.Doc{}, corpus.Need, nil, nil, "需求已于2026-10到期"},
		"one's own expired need":   {corpus.Doc{}, corpus.Achievement, nil, nil, ""},
		"a missed figure": {corpus.Doc{}, corpus.Achievement, []Reason{reason(IndicatorsPart, .3, "多数达到")},
			[]Figure{{"≥ 67 %", "70 %", Met}, {"≤ 1 kg/t", "2 kg/t", Missed}, {"≤ 24 h", "", Unknown}}, "指标未达到：需求“≤ 1 kg/t”，成果“2 kg/t”"},
		"figures that cost points": {corpus.Doc{}, corpus.Achievement, []Reason{reason(IndicatorsPart, -.3, "时间：满足；硫：未达到")},
			[]Figure{{"时间 ≤ 24 h", "12 h", Met}, {"硫 ≤ 1 kg/t", "2 kg/t", Missed}, {"硫不超过1 kg/t", "2 kg/t", Missed}}, "指标未达到：需求“硫 ≤ 1 kg/t”，成果“2 kg/t”"},
	} {
		m := Match{Reasons: c.reasons, Figures: c.figures, Ref: indexer.Ref{Kind: c.found}}
		m.addCard(newSide(&need, nil), newSide(&c.achievement, nil), now)
		if got := strings.Join(m.Against, " | "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestMissingNamesWhatTheFoundSideLeavesOut(t *testing.T) {
	full := corpus.Doc{Kind: corpus.Achievement, Org: "某所", Region: "150502", Stage: corpus.Pilot, Price: &corpus.Money{Text: "面议"}, ConfirmedOn: "2026-01"}
	proof := full
	proof.Stage, proof.StageProof = "", "用户证明"
	for name, c := range map[string]struct {
		found   corpus.Doc
		figures []Figure
		want    string
	}{
		"all is stated":           {full, []Figure{{"≥ 67 %", "70 %", Met}}, ""},
		"a proof shows the stage": {proof, nil, ""},
		"a figure is not":         {full, []Figure{{"≥ 67 %", "", Unknown}}, "indicators"},
		"an empty achievement":    {corpus.Doc{Kind: corpus.Achievement}, nil, "org region stage price confirmed"},
		"an empty need":           {corpus.Doc{Kind: corpus.Need}, []Figure{{"≥ 67 %", "", Unknown}}, "org region budget valid_until"},
	} {
		m := Match{Figures: c.figures, Ref: indexer.Ref{Kind: c.found.Kind}}
		m.addCard(newSide(&c.found, nil), newSide(&c.found, nil), time.Now())
		if got := strings.Join(m.Missing, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What the clock says is on the card and in no score.
func TestTheClockScoresNothing(t *testing.T) {
	h := sampled(t)
	at := func(year int) Answer {
		a, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: Kept, Now: time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	now, later := at(2026), at(2036)
	more := 0
	for i, m := range now.Matches {
		if l := later.Matches[i]; l.ID != m.ID || l.Points != m.Points {
			t.Fatalf("entry %d was %s with %v, ten years later %s with %v", i, m.ID, m.Points, l.ID, l.Points)
		} else if len(l.Against) > len(m.Against) && slices.Equal(l.Against[:len(m.Against)], m.Against) {
			more++
		}
	}
	if more == 0 {
		t.Error("ten years later nobody's word is old")
	}
}
