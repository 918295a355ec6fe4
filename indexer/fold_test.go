package indexer

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"
)

func TestFoldFindsTheOriginal(t *testing.T) {
	for _, c := range []struct{ name, text, folded, word, original string }{
		{"case", "PLC控制", "plc控制", "plc", "PLC"},
		{"full width", "ＰＬＣ控制系统", "plc控制系统", "控制", "控制"},
		{"full-width digits", "温度３．５℃以上", "温度3.5°c以上", "3.5", "３．５"},
		{"full-width space", "玉米　淀粉", "玉米 淀粉", "淀粉", "淀粉"},
		{"Chinese marks stay", "成本，收率（高）；好！", "成本，收率（高）；好！", "（高）", "（高）"},
		{"emoji", "😀锂👍🏽电池", "😀锂👍🏽电池", "电池", "电池"},
		{"emoji with a joiner", "👨‍🔬ＡＢ", "👨🔬ab", "ab", "ＡＢ"},
		{"invisible inside a word", "纳\u200b米材料", "纳米材料", "纳米", "纳\u200b米"},
		{"characters", "鋰電池隔膜", "锂电池隔膜", "电池", "電池"},
		{"phrase of one length", "軟體工程", "软件工程", "件", "體"},
		{"Taiwan", "奈米材料與雷射", "纳米材料与激光", "激光", "雷射"},
		{"Taiwan, simplified", "人工智慧和胺基酸", "人工智能和氨基酸", "氨基酸", "胺基酸"},
		{"a phrase that grows", "固態硬碟與資料庫", "固态硬盘与数据库", "数据库", "資料庫"},
		{"a phrase that shrinks", "使用乙太網路介面", "使用以太网介面", "以太网", "乙太網路"},
		{"inside a phrase that shrinks: all of it", "乙太網路", "以太网", "太", "乙太網路"},
		{"after a phrase that shrinks", "乙太網路控制", "以太网控制", "控制", "控制"},
		{"乾 is dry", "乾燥設備", "干燥设备", "干燥", "乾燥"},
		{"幹 is trunk", "骨幹網", "骨干网", "干", "幹"},
		{"乾 is heaven", "乾隆與乾坤", "乾隆与乾坤", "乾坤", "乾坤"},
		{"發 and 髮", "發酵與毛髮", "发酵与毛发", "毛发", "毛髮"},
		{"not computing", "傳送帶裝置指標", "传送带装置指标", "装置", "裝置"},
		{"CRLF", "玉米\r\n澱粉", "玉米\r\n淀粉", "\r\n淀粉", "\r\n澱粉"},
		{"ligature", "eﬃciency", "efficiency", "efficiency", "eﬃciency"},
		{"part of a ligature", "eﬃciency", "efficiency", "f", "ﬃ"},
		{"unit", "占地１０㎡整", "占地10m2整", "m2", "㎡"},
		{"subscript", "CO₂捕集", "co2捕集", "co2", "CO₂"},
		{"accent", "Schrödinger方程", "schrodinger方程", "schrodinger", "Schrödinger"},
		{"accent apart", "o\u0308l", "ol", "ol", "o\u0308l"},
		{"compatibility Han", "\uf9b5子", "例子", "例", "\uf9b5"},
		{"four bytes become three", "𨦫a", "䦀a", "䦀", "𨦫"},
		{"not UTF-8", "锂\xff电\xe9", "锂\ufffd电\ufffd", "\ufffd电\ufffd", "\xff电\xe9"},
		{"zero byte", "a\x00b", "a\x00b", "b", "b"},
		{"empty", "", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Fold(c.text)
			if f.Text != c.folded {
				t.Fatalf("folded %q, want %q", f.Text, c.folded)
			}
			at := strings.Index(f.Text, c.word)
			start, end := f.Original(at, at+len(c.word))
			if got := c.text[start:end]; got != c.original {
				t.Errorf("%q stands for %q, want %q", c.word, got, c.original)
			}
			if start, end := f.Original(0, len(f.Text)); start != 0 || end != len(c.text) {
				t.Errorf("all of it stands for [%d, %d), want [0, %d)", start, end, len(c.text))
			}
		})
	}
}

func TestFoldReturnsPlainTextItself(t *testing.T) {
	text := "一种基于 fe3o4 的纳米材料，用于废水处理；成本低（下降 30%）。"
	f := Fold(text)
	if unsafe.StringData(f.Text) != unsafe.StringData(text) || f.steps != nil {
		t.Error("a copy was made")
	}
}

func TestFoldTableHoldsOnlyWhatChangesSomething(t *testing.T) {
	n := 0
	lists := slices.Concat(phrases().common, slices.Collect(maps.Values(phrases().rare)))
	for _, list := range lists {
		for _, p := range list {
			n++
			if got := Fold(p.value).Text; got != p.value {
				t.Errorf("%s gives %s, which gives %s", p.key, p.value, got)
			}
		}
	}
	if n < 3000 || n > 6000 {
		t.Errorf("%d entries", n)
	}
}

func TestFoldLeavesMarksAsTheyAre(t *testing.T) {
	for r := rune(0x80); r < 0x10000; r++ {
		fullWidth := strings.ContainsRune("，：；！？（）", r)
		if isMark(r) && !fullWidth && foldRune(r) != string(r) {
			t.Errorf("%c would be %s", r, foldRune(r))
		}
	}
}

// BenchmarkFold folds a posting that has signs, units and capitals, as most do.
func BenchmarkFold(b *testing.B) {
	s := strings.Repeat("该项目研制了基于Fe3O4的纳米材料，用于工业废水处理；反应温度≤60℃，COD去除率达到95％以上（原为70％），成本下降约30%。"+
		"“十三五”期间已在3家企业应用，运行平稳，通过了有关部门组织的技术评价，综合指标居国内同类产品的先进水平。", 5)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Fold(s)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "軟體ＡＢ㎡", "乙太網路乾斷乾\u200b隆", "\xff\xfe錯", "👨‍🔬é\u0301ﬃ", "康乾坤乾圖", "ΑΣς İ ẞ ǅ", "각\u1100", "１𝟘㍿"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := Fold(s)
		if again := Fold(folded.Text); again.Text != folded.Text {
			t.Fatalf("%q folds to %q and then to %q", s, folded.Text, again.Text)
		}
		if !utf8.ValidString(folded.Text) {
			t.Fatalf("%q folds to %q", s, folded.Text)
		}
		boundary := map[int]bool{len(s): true}
		for i := range s {
			boundary[i] = true
		}
		before, beforeEnd := 0, 0
		for i, r := range folded.Text {
			start, end := folded.Original(i, i+utf8.RuneLen(r))
			if !boundary[start] || !boundary[end] || start > end || start < before || end < beforeEnd {
				t.Fatalf("%q: rune %d of %q stands for [%d, %d) after [%d, %d)", s, i, folded.Text, start, end, before, beforeEnd)
			}
			before, beforeEnd = start, end
		}
	})
}
