package corpus

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"

	"duijie/corpus/sheet"
)

// twoTables are sheets of a workbook, given as rows with "|" between cells; the rows of the last one end with err.
func twoTables(err error, texts ...string) iter.Seq2[sheet.Table, error] {
	return func(yield func(sheet.Table, error) bool) {
		for i, text := range texts {
			rows := func(yield func(sheet.Row, error) bool) {
				for _, l := range grid(text) {
					if !yield(l.Row, nil) {
						return
					}
				}
				if err != nil && i == len(texts)-1 {
					yield(sheet.Row{}, err)
				}
			}
			if !yield(sheet.Table{Name: string(rune('A' + i)), Rows: rows}, nil) {
				return
			}
		}
	}
}

func TestSheetsAreReadEachByItself(t *testing.T) {
	lost := errors.New("connection lost")
	for _, c := range []struct {
		name   string
		tables []string
		err    error
		fields map[string]string
		want   string
	}{
		{"own headers", []string{"名称|备注\n甲|a", "编号|名称\n1|乙"}, nil, nil, "A:2 甲, B:2 乙"},
		{"one without", []string{"名称\n甲", "统计|3", ""}, nil, nil, "A:2 甲, note 没有读：B"},
		{"none", []string{"统计|3"}, nil, nil, "error 前 20 行"},
		{"a column of one", []string{"名称\n甲", "题目|名称\n乙|厂"}, nil, map[string]string{"题目": "title", "名称": "org"}, "B:2 乙, note 没有读：A"},
		{"a column of none", []string{"名称\n甲"}, nil, map[string]string{"题目": "title"}, "error 文件里没有名为 题目 的列"},
		{"broken off in a list", []string{"名称\n甲\n乙"}, lost, nil, "A:2 甲, A:3 乙, error 文件读不出来"},
		{"broken off in a form", []string{"名称|甲\n内容|乙"}, lost, nil, "A:1 甲, error 文件读不出来"},
		{"sums and notes", []string{"名称|金额|备注\n甲|1|x\n合计|1|\n注：单位万元||\n小 计|1|\n二、农业|<|<\n|2|合计"}, nil, nil, "A:2 甲"},
		{"header again", []string{"名称|联系人|<\n^|姓名|电话\n甲|乙|138\n名称|联系人|<\n^|姓名|电话\n丙|丁|139"}, nil, nil, "A:3 甲, A:6 丙"},
	} {
		var got []string
		r := tableReader{file: "a.xlsx", o: ReadOptions{Kind: Need, Map: c.fields}, yield: func(row Row, err error) bool {
			switch {
			case row.Note:
				got = append(got, "note "+strings.Split(row.Warnings[0].Message, "，")[0])
			case row.Bad():
				got = append(got, "bad "+row.Problems[0].Error())
			default:
				got = append(got, strings.TrimPrefix(row.place(), "a.xlsx·")+":"+string(rune('0'+row.Line))+" "+row.Doc.Title)
			}
			return true
		}}
		if err := r.tables(twoTables(c.err, c.tables...), noHeader("a.xlsx")); err != nil {
			e, _ := errors.AsType[*Error](err)
			got = append(got, "error "+e.Message)
		}
		if all := strings.Join(got, ", "); !strings.HasPrefix(all, c.want) || strings.Count(all, ", ") != strings.Count(c.want, ", ") {
			t.Errorf("%s: %s, want %s", c.name, all, c.want)
		}
	}
}

// A note is told and counts for nothing; a file in an archive that can't be read is a bad row, and the others go in.
func TestAnArchiveIsImportedWithoutItsBadFiles(t *testing.T) {
	s := open(t)
	file := archive(t, entry{"a.csv", []byte("名称\n甲\n")}, entry{"b.zip", nil}, entry{"c.jpg", []byte("\xff\xd8\xff")}, entry{"d.csv", []byte("名称\n乙\n")})
	var said []string
	sum, err := Import(t.Context(), s, Read(bytes.NewReader(file), "x.zip", ReadOptions{Kind: Need}), ImportOptions{Report: func(r Row) { said = append(said, r.place()) }})
	if want := "read 3 created 2 updated 0 unchanged 0 bad 1 repeated 0 same 0 warnings 0"; err != nil || counts(sum) != want {
		t.Errorf("%s, %v; want %s", counts(sum), err, want)
	}
	if got := strings.Join(said, " "); got != "b.zip c.jpg" {
		t.Errorf("told of %s", got)
	}
}
