package matcher

import (
	"fmt"
	"testing"

	"duijie/corpus"
)

// TestFiguresMeetRequirements states a need and an achievement in one sentence each: the figures of the need with what is
// said to them, and the value of the part.
func TestFiguresMeetRequirements(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct{ need, achievement, want string }{
		{"抗冲击韧性≥67%", "抗冲击韧性达到70%", "[{抗冲击韧性≥67% 抗冲击韧性达到70% met}] 0.50"},
		{"抗冲击韧性≥67%", "抗冲击韧性为65%", "[{抗冲击韧性≥67% 抗冲击韧性为65% missed}] -0.50"},
		{"抗冲击韧性≥67%", "抗冲击韧性大于60%", "[{抗冲击韧性≥67% 抗冲击韧性大于60% missed}] -0.50"},
		{"抗冲击韧性≥67%", "抗冲击韧性提高70%", "[{抗冲击韧性≥67% 抗冲击韧性提高70% unknown}] 0.00"},
		{"抗冲击韧性提高20%以上", "抗冲击韧性提高25%", "[{抗冲击韧性提高20%以上 抗冲击韧性提高25% met}] 0.50"},
		{"能耗降低20%以上", "能耗降低15%", "[{能耗降低20%以上 能耗降低15% missed}] -0.50"},
		{"能耗降低20%以上", "能耗提高30%", "[{能耗降低20%以上 能耗提高30% missed}] -0.50"},
		{"检测周期不超过24h", "检测周期由48h缩短到12小时", "[{检测周期不超过24h 检测周期由48h缩短到12小时 met}] 0.50"},
		{"药剂消耗不高于1.5kg/t", "药剂消耗1500g/t", "[{药剂消耗不高于1.5kg/t 药剂消耗1500g/t met}] 0.50"},
		{"亩产不低于800斤", "亩产6000kg/hm2以上", "[{亩产不低于800斤 亩产6000kg/hm2以上 met}] 0.50"},
		{"工作温度-20～50℃", "工作温度-40～70℃", "[{工作温度-20～50℃ 工作温度-40～70℃ met}] 0.50"},
		{"工作温度-20～50℃", "工作温度0～70℃", "[{工作温度-20～50℃ 工作温度0～70℃ unknown}] 0.00"},
		{"测量误差±2%", "测量误差±1%", "[{测量误差±2% 测量误差±1% met}] 0.50"},
		{"测量误差±2%", "测量误差±5%", "[{测量误差±2% 测量误差±5% missed}] -0.50"},
		{"保质期24个月", "保质期30个月", "[{保质期24个月 保质期30个月 unknown}] 0.00"},
		{"保质期24个月", "保质期2年", "[{保质期24个月 保质期2年 met}] 0.50"},
		{"抗拉强度≥500MPa", "抗拉强度600N", "[{抗拉强度≥500MPa  unknown}] 0.00"},
		{"水滴直径不超过2mm", "直径1mm", "[{水滴直径不超过2mm  unknown}] 0.00"},
		{"使用寿命不少于3年", "寿命达到5年", "[{使用寿命不少于3年 寿命达到5年 met}] 0.50"},
		{"抗拉强度≥500MPa", "工作压力600MPa", "[{抗拉强度≥500MPa  unknown}] 0.00"},
		{"淀粉干基蛋白含量≤0.35%", "水分含量0.3%，蛋白含量0.4%", "[{淀粉干基蛋白含量≤0.35% 蛋白含量0.4% missed}] -0.50"},
		{"抗拉强度≥500MPa，硬度≥60HRC，寿命不少于3年", "抗拉强度520MPa，硬度55HRC", "[{抗拉强度≥500MPa 抗拉强度520MPa met} {硬度≥60HRC 硬度55HRC missed} {寿命不少于3年  unknown}] 0.00"},
		{"出水COD低于100mg/L", "进水氨氮12mg/L，出水2.5mg/L", "[{出水COD低于100mg/L  unknown}] 0.00"},
		{"出水氨氮低于15mg/L", "进水氨氮12mg/L", "[{出水氨氮低于15mg/L  unknown}] 0.00"},
		{"出水COD低于100mg/L", "出水COD浓度50mg/L", "[{出水COD低于100mg/L 出水COD浓度50mg/L met}] 0.50"},
		{"希望转让", "抗拉强度520MPa", "[] 0.00"},
	} {
		need, achievement := h.side(t, corpus.Doc{Kind: corpus.Need, Title: "需求", Text: c.need}), h.side(t, corpus.Doc{Kind: corpus.Achievement, Title: "成果", Text: c.achievement})
		got := fmt.Sprintf("%v %.2f", h.scorer.figures(need, achievement), indicatorsPart.value(h.scorer, need.entry, achievement.entry))
		if got != c.want {
			t.Errorf("%s | %s\n got %s\nwant %s", c.need, c.achievement, got, c.want)
		}
	}
}

func TestIndicatorsAreSaidWithTheirPlaces(t *testing.T) {
	h := newHouse(t)
	need := h.side(t, corpus.Doc{Kind: corpus.Need, Title: "需求", Text: "需要新材料。", Goal: "抗冲击韧性≥67%；成本低"})
	achievement := h.side(t, corpus.Doc{Kind: corpus.Achievement, Title: "抗冲击韧性达到70%的材料"})
	text, spans := indicatorsPart.say(h.scorer, need, achievement)
	if want := "抗冲击韧性：要求 ≥67%，成果 达到70%，满足"; text != want {
		t.Errorf("says %q, want %q", text, want)
	}
	if want := "[{need goal 0 21 抗冲击韧性≥67% 抗冲击韧性达到70%} {achievement title 0 24 抗冲击韧性达到70% 抗冲击韧性≥67%}]"; fmt.Sprint(spans) != want {
		t.Errorf("points at %v, want %s", spans, want)
	}
}

// side makes the public form and the entry of a document.
func (h *house) side(t *testing.T, d corpus.Doc) side {
	t.Helper()
	entries, err := h.analyzer.Entries(t.Context(), []corpus.Doc{d})
	if err != nil {
		t.Fatal(err)
	}
	return newSide(&d, &entries[0])
}
