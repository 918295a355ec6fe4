package corpus

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func readPDF(t *testing.T, b []byte, o ReadOptions) (rows []Row, err error) {
	t.Helper()
	for r, e := range Read(bytes.NewReader(b), "需求.pdf", o) {
		if e != nil {
			return rows, e
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// gbk.pdf was written by hand: a font that is not in it, with GBK codes and no table of their characters. chromium.pdf is
// a form that a browser printed, with parts of a font in it.
func TestAPDFIsADraft(t *testing.T) {
	for name, want := range map[string]Doc{
		"gbk.pdf": {Title: "缩短玉米浸泡时间", Org: "科尔沁示例淀粉有限公司", Contact: "于工 13800000000", Goal: "浸泡时间不超过24小时",
			Text: "公司年加工玉米60万吨，玉米浸泡要48小时，罐容不够，希望找到缩短浸泡时间的工艺，淀粉收率不能下降。", Tried: "试过加温到52℃，收率下降。",
			Budget: &Money{Min: 80_0000_00, Max: 80_0000_00, Text: "80万元"}},
		"chromium.pdf": {Title: "辣椒红素低温萃取工艺", Org: "开鲁县示例辣椒制品有限公司", Contact: "白经理 13800000001", Goal: "溶剂残留 ≤ 10 mg/kg；色价 ≥ E200",
			Text:   "我公司以干辣椒为原料提取辣椒红素，现用溶剂法，溶剂残留偏高，能耗大，产品色价不稳定，希望引进或合作开发低温萃取工艺，使产品达到出口标准，并能在现有车间内改造完成。",
			Budget: &Money{Min: 150_0000_00, Max: 150_0000_00, Text: "150万元"}},
	} {
		b, err := os.ReadFile(filepath.Join("pdf/testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := readPDF(t, b, ReadOptions{})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%s: %d rows, %v", name, len(rows), err)
		}
		d := rows[0].Doc
		if d.Kind != Need || d.Status != Draft || d.Title != want.Title || d.Org != want.Org || d.Contact != want.Contact || d.Text != want.Text ||
			d.Goal != want.Goal || d.Tried != want.Tried || d.Budget == nil || *d.Budget != *want.Budget {
			t.Errorf("%s: %+v, budget %+v", name, d, d.Budget)
		}
		if rows, err = readPDF(t, b, ReadOptions{Kind: Achievement}); err != nil || rows[0].Doc.Kind != Achievement {
			t.Errorf("%s as an achievement: %v", name, err)
		}
	}
}

func TestAPDFThatCantBeReadSaysWhatToDo(t *testing.T) {
	for name, word := range map[string]string{"scan.pdf": "OCR", "locked.pdf": "密码"} {
		b, err := os.ReadFile(filepath.Join("pdf/testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readPDF(t, b, ReadOptions{}); CodeOf(err) != Invalid || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := readPDF(t, []byte("%PDF-1.4\nnothing"), ReadOptions{}); CodeOf(err) != Invalid || !strings.Contains(err.Error(), "损坏") {
		t.Errorf("a broken one: %v", err)
	}
}

func TestLinesThatAPageCutAreJoined(t *testing.T) {
	long := strings.Repeat("长", 30)
	for text, want := range map[string]string{
		long + "\n" + long + "\n短\n好":        long + long + "短\n好",
		long + "。\n" + long + "\n1、项":        long + "。\n" + long + "\n1、项",
		"企业名\n称\n拟投入\n资金\n八十万":               "企业名称\n拟投入资金\n八十万",
		long + "\n预期目标：三":                    long + "\n预期目标：三",
		strings.Repeat("word ", 8) + "\nend": strings.Repeat("word ", 8) + "end",
	} {
		if got := (&tableReader{}).unwrap(text); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}
