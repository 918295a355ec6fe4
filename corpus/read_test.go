package corpus

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// read returns the rows of a file as text, one a line, and the error that ended it.
func read(text string, o ReadOptions) ([]Row, error) {
	if o.Kind == "" {
		o.Kind = Need
	}
	var rows []Row
	for row, err := range Read(strings.NewReader(text), "a.csv", o) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// brief is a row in one line: place, id, title, text, unknown columns; or what is wrong.
func brief(r Row) string {
	if r.Bad() {
		return fmt.Sprintf("%d bad %s", r.Line, r.Problems[0].Error())
	}
	s := fmt.Sprintf("%d %s %s|%s", r.Line, r.Doc.SourceID, r.Doc.Title, r.Doc.Text)
	for _, k := range slices.Sorted(maps.Keys(r.Doc.Extra)) {
		s += fmt.Sprintf(" %s=%s", k, r.Doc.Extra[k])
	}
	return s
}

func gb(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func gz(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormsOfFiles(t *testing.T) {
	const table = "编号,名称,内容\n1,甲,\"第一行\n第二, 行\"\n2,乙,丙\n"
	for _, c := range []struct {
		name, file string
		o          ReadOptions
		want       []string
	}{
		{"utf-8", table, ReadOptions{}, nil},
		{"bom", "\ufeff" + table, ReadOptions{}, nil},
		{"windows lines", strings.ReplaceAll(table, "\n", "\r\n"), ReadOptions{}, []string{"2 1 甲|第一行\n第二, 行", "4 2 乙|丙"}},
		{"gb18030", gb(t, table), ReadOptions{}, nil},
		{"gb18030 with a long first row", gb(t, "编号,名称,内容\n1,甲,"+strings.Repeat("长", 21_000)+"\n"), ReadOptions{}, []string{"2 1 甲|" + strings.Repeat("长", 21_000)}},
		{"a character cut where guessing ends", "编号,名称,内容\n1,甲,a" + strings.Repeat("长", 21_000) + "\n2,乙," + strings.Repeat("长", 21_000) + "\n", ReadOptions{}, []string{"2 1 甲|a" + strings.Repeat("长", 21_000), "3 2 乙|" + strings.Repeat("长", 21_000)}},
		{"gb18030, said", gb(t, table), ReadOptions{Encoding: "GB18030"}, nil},
		{"gzip", gz(t, gb(t, table)), ReadOptions{}, nil},
		{"tabs", strings.NewReplacer(",乙,", "\t乙\t", ",甲,", "\t甲\t", "编号,名称,内容", "编号\t名称\t内容").Replace(table), ReadOptions{}, nil},
		{"semicolons", strings.NewReplacer(",乙,", ";乙;", ",甲,", ";甲;", "编号,名称,内容", "编号;名称;内容").Replace(table), ReadOptions{}, nil},
		{"titles above", "2023年需求汇总,,\n填表说明：请如实填写,,\n\n" + table, ReadOptions{}, []string{"5 1 甲|第一行\n第二, 行", "7 2 乙|丙"}},
		{"header again, blank rows, sums", table + "编号,名称,内容\n,,\n合计,,2\n3,丁,\n", ReadOptions{}, []string{"2 1 甲|第一行\n第二, 行", "4 2 乙|丙", "8 3 丁|"}},
		{"no end of line", "编号,名称,内容\n1,甲,\"第一行\n第二, 行\"\n2,乙,丙", ReadOptions{}, nil},
		{"jsonl", `{"id":"1","title":"甲","text":"第一行\n第二, 行"}` + "\n\n" + `{"id":2,"title":"乙","text":"丙"}`, ReadOptions{}, []string{"1 1 甲|第一行\n第二, 行", "3 2 乙|丙"}},
		{"jsonl with bom, gzip", gz(t, "\ufeff"+`{"id":"1","name":"甲","x":null}`), ReadOptions{}, []string{"1 1 甲|"}},
	} {
		if c.want == nil {
			c.want = []string{"2 1 甲|第一行\n第二, 行", "4 2 乙|丙"}
		}
		rows, err := read(c.file, c.o)
		var got []string
		for _, r := range rows {
			got = append(got, brief(r))
			if len(r.Warnings) > 0 {
				t.Errorf("%s: %v", c.name, r.Warnings)
			}
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestFilesThatCanNotBeRead(t *testing.T) {
	for name, file := range map[string]string{
		"no title column": "a,b\n1,2\n", "empty": "", "old workbook": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "page": "<html><table>", "json without entries": "[]",
		"broken gzip": "\x1f\x8b\x08\x00", "broken workbook": "PK\x03\x04 nothing",
	} {
		_, err := read(file, ReadOptions{})
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Fix == "" || e.Field != "a.csv" || e.Code != Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read("名称\n甲\n", ReadOptions{Encoding: "latin1"}); CodeOf(err) != Invalid {
		t.Errorf("encoding: %v", err)
	}
}

// failing is a reader that breaks off.
type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("connection lost")
	}
	return n, err
}

func TestAFileThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	for name, file := range map[string]string{"csv": "名称\n" + strings.Repeat("甲乙丙丁戊己庚辛壬癸\n", 5_000), "jsonl": strings.Repeat(`{"title":"甲"}`+"\n", 5_000)} {
		var err error
		for _, err = range Read(failing{strings.NewReader(file)}, name, ReadOptions{Kind: Need}) {
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestBadRowsDoNotStopGoodOnes(t *testing.T) {
	long := strings.Repeat("长", MaxText)
	for _, c := range []struct{ name, file, want string }{
		{"open quote", "编号,名称,内容\n1,\"甲,乙\n2,丙,\"丁\"\n3,戊,\n", "2 bad 引号没有成对/3 2 丙|丁/4 3 戊|"},
		{"quotes inside", "编号,名称,内容\n1,5\"管,\"a \"b\" c\"\n2,丙,\"a\"\"b\"\n", "2 1 5\"管|a \"b\" c/3 2 丙|a\"b"},
		{"too many cells", "编号,名称,内容\n1,甲,乙,丙\n2,丁,\n3,戊,己,,\n", "2 bad 有 4 个单元格/3 2 丁|/4 3 戊|己"},
		{"no title", "编号,名称,内容\n1,,乙\n2,丁,\n", "2 bad 名称: 名称为空/3 2 丁|"},
		{"too long a title", "名称\n" + strings.Repeat("长", 400) + "\n丁\n", "2 bad 名称: 有 1200 字节/3 t"},
		{"too long a text", "编号,名称,内容\n1,甲," + long + "\n2,丁,\n", "2 bad 内容: 有 192000 字节/3 2 丁|"},
		{"an endless line", "编号,名称,内容\n1,甲," + strings.Repeat("长", maxRow) + "\n2,丁,\n", "2 bad 这一行超过 1 MB/3 2 丁|"},
		{"lost digits", "编号,名称\n9.11505E+17,甲\n2,丁\n", "2 bad 编号: “9.11505E+17”是表格软件改写的科学记数/3 2 丁|"},
		{"json", `{"id":"1","title":"甲"` + "\n" + `{"id":"2","title":"丁"}` + "\n{}\n[1]\n" + `{"id":"3","title":"戊"} x`, "1 bad 原始内容: 不是完整的 JSON 对象/2 2 丁|/3 bad title: 名称为空/4 bad 原始内容/5 bad 原始内容"},
		{"kind", "编号,名称,信息类别\n1,甲,宠物\n2,丁,成果\n", "2 bad 信息类别: “宠物”不是信息类别/3 2 丁|"},
	} {
		rows, err := read(c.file, ReadOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		want := strings.Split(c.want, "/")
		if len(rows) != len(want) {
			t.Errorf("%s: %d rows, want %d", c.name, len(rows), len(want))
			continue
		}
		for i, r := range rows {
			if got := brief(r); !strings.HasPrefix(got, want[i]) {
				t.Errorf("%s: %.200q, want %q", c.name, got, want[i])
			}
			for _, p := range r.Problems {
				if p.Fix == "" {
					t.Errorf("%s: %v has no fix", c.name, p)
				}
			}
		}
	}
}

func TestARowWithoutKindIsBad(t *testing.T) {
	for row, err := range Read(strings.NewReader("名称\n甲\n"), "a.csv", ReadOptions{}) {
		if err != nil || !row.Bad() || row.Problems[0].Field != "kind" {
			t.Errorf("%v, %v", row.Problems, err)
		}
	}
}

func TestCharactersThatCanNotBeReadAreReported(t *testing.T) {
	for name, c := range map[string]struct {
		file  string
		warns bool
	}{
		"gb18030 without a mapping": {gb(t, "名称,内容\n甲,") + "\xa6\xd9\xfe\x59\n", true},
		"broken utf-8":              {"名称,内容\n" + strings.Repeat("甲,好\n", 20_000) + "乙,\xff\n", true},
		"rare characters":           {gb(t, "名称,内容\n䶮𬭚,\n"), false},
	} {
		rows, err := read(c.file, ReadOptions{})
		if err != nil || len(rows) == 0 {
			t.Fatalf("%s: %v", name, err)
		}
		w := rows[len(rows)-1].Warnings
		if (len(w) > 0) != c.warns || c.warns && (w[0].Field != "内容" || !strings.Contains(w[0].Message, "个字符无法识别")) {
			t.Errorf("%s: %v", name, w)
		}
		if !c.warns && rows[0].Doc.Title != "䶮𬭚" {
			t.Errorf("%s: %q", name, rows[0].Doc.Title)
		}
	}
}

// TestCharactersWithoutAMappingCostNothingBeside reads what the decoder does not know: each is one U+FFFD, counted, and what
// stands beside it stays.
func TestCharactersWithoutAMappingCostNothingBeside(t *testing.T) {
	for _, code := range []string{"\xa6\xd9", "\xfe\x59", "\xa8\xbc", "\xaa\xa1"} {
		rows, err := read(gb(t, "编号,名称,备注\n1,甲")+code+gb(t, "乙,丙")+code+code+gb(t, "丁\n2,戊,己\n"), ReadOptions{})
		if err != nil || len(rows) != 2 {
			t.Fatalf("%x: %d rows, %v", code, len(rows), err)
		}
		if got := brief(rows[0]); got != "2 1 甲\ufffd乙| 备注=丙\ufffd\ufffd丁" {
			t.Errorf("%x: %q", code, got)
		}
		var said []string
		for _, w := range rows[0].Warnings {
			said = append(said, w.Field+" "+w.Message)
		}
		if got := strings.Join(said, "; "); got != "名称 有 1 个字符无法识别; 备注 有 2 个字符无法识别" || len(rows[1].Warnings) > 0 {
			t.Errorf("%x: %s", code, got)
		}
	}
}

// TestGB18030HoldsEveryCharacter writes every assigned character but private ones and reads it again.
func TestGB18030HoldsEveryCharacter(t *testing.T) {
	var all []rune
	for r := rune(' '); r <= 0x323AF; r++ {
		if unicode.IsPrint(r) && !unicode.Is(unicode.Co, r) && r != utf8.RuneError {
			all = append(all, r)
		}
	}
	text := string(append(all, []rune("䶮𬭚")...))
	back, err := simplifiedchinese.GB18030.NewDecoder().String(gb(t, text))
	if err != nil || back != text {
		for i, r := range []rune(back) {
			if i < len(all) && r != all[i] {
				t.Fatalf("%U comes back as %U, %v", all[i], r, err)
			}
		}
		t.Errorf("%d bytes come back as %d, %v", len(text), len(back), err)
	}
}

func TestWorkbooks(t *testing.T) {
	f := excelize.NewFile()
	if _, err := f.NewSheet("数据"); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetCellValue("Sheet1", "A1", "说明：第一张表没有数据"))
	must(f.SetCellValue("数据", "B1", "企业需求表"))
	must(f.SetSheetRow("数据", "A3", &[]any{"序号", "需求名称", "拟投入资金（万元）", "截止日期", "编号", "完成率", "备注日期", "国民经济行业"}))
	must(f.SetSheetRow("数据", "A5", &[]any{1, "<b>甲</b>", 80.456, 45047, 123456789012, 0.5, 45047, "01"}))
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	must(err)
	percent, err := f.NewStyle(&excelize.Style{NumFmt: 9})
	must(err)
	must(f.SetCellStyle("数据", "D5", "D5", day))
	must(f.SetCellStyle("数据", "G5", "G5", day))
	must(f.SetCellStyle("数据", "F5", "F5", percent))
	var b bytes.Buffer
	must(f.Write(&b))
	rows, err := read(b.String(), ReadOptions{})
	if err != nil || len(rows) != 2 || !rows[1].Note {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	d := rows[0].Doc
	if got, want := brief(rows[0]), "5 123456789012 甲| 备注日期=2023-05-01 完成率=50%"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if d.Budget == nil || d.Budget.Min != 80_456_000 || d.Budget.Text != "80.456万元" || d.ValidUntil != "2023-05-01" || !slices.Equal(d.Field, []string{"01"}) {
		t.Errorf("%+v %+v", d, d.Budget)
	}
}

// One open quote and then many short lines, each of which could be its end: only the first row is bad.
func TestAnOpenQuoteTakesOnlyItsRow(t *testing.T) {
	rows, err := read("名称,内容\n\"甲,乙\n"+strings.Repeat("丙\n", 20_000), ReadOptions{})
	if err != nil || len(rows) != 20_001 || !rows[0].Bad() || rows[1].Bad() || rows[20_000].Line != 20_002 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
}
