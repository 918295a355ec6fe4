package matcher

import (
	"math"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

// money reads an amount as imports do.
func money(t *testing.T, text string) corpus.Money {
	t.Helper()
	m, err := corpus.ParseMoney(text, "")
	if err != nil {
		t.Fatal(err)
	}
	if m == nil {
		return corpus.Money{}
	}
	return *m
}

func TestFacts(t *testing.T) {
	type columns = indexer.Columns
	modes := func(ms ...corpus.Mode) columns { return columns{Cooperation: ms} }
	amount := func(text string) columns { return columns{Money: money(t, text)} }
	for _, c := range []struct {
		part              Part
		need, achievement columns
		want              float64
		says              string // "" where nothing is said
	}{
		{FieldPart, columns{Field: []string{"1391"}}, columns{Field: []string{"3532", "1391"}}, 1, "双方同属小类“淀粉及淀粉制品制造”（1391）"},
		{FieldPart, columns{Field: []string{"1391"}}, columns{Field: []string{"1392"}}, .7, "双方同属中类“其他农副食品加工”（139）"},
		{FieldPart, columns{Field: []string{"13"}}, columns{Field: []string{"1331"}}, .4, "双方同属大类“农副食品加工业”（13）"},
		{FieldPart, columns{Field: []string{"A"}}, columns{Field: []string{"0111"}}, .1, "双方同属门类“农、林、牧、渔业”（A）"},
		{FieldPart, columns{Field: []string{"C"}}, columns{Field: []string{"1391"}}, 0, ""},
		{FieldPart, columns{Field: []string{"1391"}}, columns{Field: []string{"0111"}}, 0, ""},
		{FieldPart, columns{}, columns{Field: []string{"0111"}}, 0, ""},
		{RegionPart, columns{Region: "150502"}, columns{Region: "150502"}, 1, "双方同在内蒙古自治区通辽市科尔沁区"},
		{RegionPart, columns{Region: "150502"}, columns{Region: "150523"}, .6, "双方同在内蒙古自治区通辽市"},
		{RegionPart, columns{Region: "110101"}, columns{Region: "110105"}, .6, "双方同在北京市"},
		{RegionPart, columns{Region: "150502"}, columns{Region: "150100"}, .2, "双方同在内蒙古自治区"},
		{RegionPart, columns{Region: "150502"}, columns{Region: "330102"}, 0, ""},
		{RegionPart, columns{Region: "150502"}, columns{}, 0, ""},
		{StagePart, columns{Stage: corpus.Applied}, columns{Stage: corpus.Lab}, -1, "成果处于初期阶段，需求要求不早于成熟应用阶段"},
		{StagePart, columns{Stage: corpus.Applied}, columns{Stage: corpus.Pilot}, -.5, "成果处于中期阶段，需求要求不早于成熟应用阶段"},
		{StagePart, columns{Stage: corpus.Applied}, columns{Stage: corpus.Applied}, 1, "成果处于成熟应用阶段，需求要求不早于成熟应用阶段"},
		{StagePart, columns{Stage: corpus.Lab}, columns{Stage: corpus.Applied}, 1. / 3, "成果处于成熟应用阶段，需求要求不早于初期阶段"},
		{StagePart, columns{Stage: corpus.Pilot}, columns{}, 0, ""},
		{StagePart, columns{}, columns{Stage: corpus.Lab}, 0, ""},
		{CooperationPart, modes(corpus.Transfer, corpus.License), modes(corpus.License, corpus.Transfer, corpus.Equity), .5, "双方都接受技术转让、技术许可"},
		{CooperationPart, modes(corpus.Development), modes(corpus.License), -1, "成果提供技术许可，需求希望技术开发"},
		{CooperationPart, modes(), modes(corpus.License), 0, ""},
		{PricePart, amount("500-600万元"), amount("180万元"), .5, "报价180万元，在预算500–600万元之内"},
		{PricePart, amount("100万元"), amount("80-120万元"), .25, "报价80–120万元，只有一部分在预算100万元之内"},
		{PricePart, amount("100万元"), amount("80万元以上"), .25, "报价80万元以上，只有一部分在预算100万元之内"},
		{PricePart, amount("100万元"), amount("110万元"), -.1, "报价110万元，高于预算100万元"},
		{PricePart, amount("100万元"), amount("900万元"), -1, "报价900万元，高于预算100万元"},
		{PricePart, amount("100万元以上"), amount("90万元"), .5, "报价90万元，在预算100万元以上之内"},
		{PricePart, amount("100万元以上"), amount("110万元"), 0, ""},
		{PricePart, amount("5万元/台"), amount("28万元/台"), -1, "报价28万元/台，高于预算5万元/台"},
		{PricePart, amount("500万元"), amount("26万元/台"), 0, ""},
		{PricePart, amount("面议"), amount("26万元"), 0, ""},
		{PricePart, amount("100万元"), amount("面议"), 0, ""},
		{FreshnessPart, columns{Published: "2026-06-10"}, columns{Published: "2024-01", Confirmed: "2026-09-12"}, .5, "持有方最近确认于2026-09-12，需求发布时信息是新的"},
		{FreshnessPart, columns{Published: "2026-06-10"}, columns{Published: "2026-09-12"}, .25, "成果发布于2026-09-12，需求发布时信息是新的"},
		{FreshnessPart, columns{Published: "2026-06-10"}, columns{Confirmed: "2025-12-10"}, .25, "持有方最近确认于2025-12-10，比需求发布早6个月"},
		{FreshnessPart, columns{Published: "2026-06"}, columns{Published: "2023-06"}, -.5, "成果发布于2023-06，比需求发布早36个月，情况可能已有变化"},
		{FreshnessPart, columns{Published: "2026"}, columns{Published: "2016"}, -1, "成果发布于2016，比需求发布早120个月，情况可能已有变化"},
		{FreshnessPart, columns{Published: "2026-06"}, columns{Published: "2024-12"}, 0, ""},
		{FreshnessPart, columns{}, columns{Published: "2024-06"}, 0, ""},
		{FreshnessPart, columns{Published: "2024-06"}, columns{}, 0, ""},
		{EvaluationPart, columns{}, columns{Evaluated: true}, 1, "成果经过第三方评价：现场测试，A。"},
		{EvaluationPart, columns{}, columns{}, 0, ""},
	} {
		need, achievement := &indexer.Entry{Columns: c.need}, &indexer.Entry{Columns: c.achievement}
		got := facts[c.part].value(nil, need, achievement)
		if math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s of %v and %v is %v, want %v", c.part, c.need, c.achievement, got, c.want)
		}
		if c.says == "" {
			continue
		}
		says, _ := facts[c.part].say(nil, side{entry: need}, newSide(&corpus.Doc{Evaluation: "现场测试，A。第二句。"}, achievement))
		if says != c.says {
			t.Errorf("%s of %v and %v says %q, want %q", c.part, c.need, c.achievement, says, c.says)
		}
	}
}

// What a holder says anew never lowers a pair, nor does it count less than silence.
func TestConfirmingNeverLowers(t *testing.T) {
	dates := []corpus.Date{"2020", "2023-05", "2024-06-30", "2025-01", "2025-12-31", "2026-06-09", "2026-06-11", "2027"}
	need := &indexer.Entry{Columns: indexer.Columns{Published: "2026-06-10"}}
	value := func(published, confirmed corpus.Date) float64 {
		return facts[FreshnessPart].value(nil, need, &indexer.Entry{Columns: indexer.Columns{Published: published, Confirmed: confirmed}})
	}
	for i, published := range dates {
		last := value(published, "")
		for _, confirmed := range dates[i:] {
			now := value(published, confirmed)
			if now < last {
				t.Errorf("published %s: confirming on %s lowers %v to %v", published, confirmed, last, now)
			}
			last = now
		}
	}
}

// What the index has not heard of is not told.
func TestChangedDocumentsAreNotQuoted(t *testing.T) {
	s := &Scorer{}
	need := newSide(&corpus.Doc{Kind: corpus.Need, Version: 1}, &indexer.Entry{Version: 1})
	achievement := newSide(&corpus.Doc{Kind: corpus.Achievement, Version: 2, Evaluation: "A"}, &indexer.Entry{})
	reasons := s.teller(need).reasons(Parts{RegionPart: .2, PricePart: -.4, EvaluationPart: .1}, achievement)
	if len(reasons) != 3 {
		t.Fatalf("%d reasons", len(reasons))
	}
	for _, r := range reasons {
		if !strings.Contains(r.Text, "内容刚有改动") {
			t.Errorf("%s says %q", r.Kind, r.Text)
		}
	}
}
