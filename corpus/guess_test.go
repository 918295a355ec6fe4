package corpus

import (
	"fmt"
	"strings"
	"testing"
)

// guessed is what Guess says of one column.
func guessed(m Mapping) string { return fmt.Sprintf("%s %.1f", m.Field, m.Confidence) }

func TestColumnsAreGuessedByTheirNames(t *testing.T) {
	for header, want := range map[string]string{
		"成果名称": "title 1.0", "转让价格（万元）": "price 1.0", "备注": " 0.0", "序号": "- 1.0",
		// with something around the name
		"1、成果名称": "title 0.8", "（三）所处阶段": "stage 1.0", "*成果简介必填": "text 0.8", "请填写联系电话": "contact 0.8", "单位全称": "org 0.8",
		"项目成果（成果名称）": " 0.0", "信息（发布日期）": "published 0.8", "金额（单位：万元）": " 0.0", "成果名称/项目名称": "title 0.8", "名称 Title": "title 0.8", "行业 Business sector": "field 0.8",
		"联系人和电话": "contact 0.8", "成果的名称": "title 0.8", "申报的单位": "org 0.8",
		// slips in Latin words
		"Descripton": "text 0.8", "titel": "title 0.8", "budgets": "budget 0.8", "organisaton": "org 0.8", "classifications": "field 0.8",
		// names that mean something else
		"state": " 0.0", "score": " 0.0", "prize": " 0.0", "user name": " 0.0", "company type": " 0.0", "负责人/联系电话": " 0.0", "金额/单位": " 0.0",
		"完成人数": "people 0.5", "合作单位": "org 0.5", "第二完成单位": "org 0.5", "生效时间": "term 0.5", "公示时间": "published 0.5",
	} {
		if got := guessed(Guess([]string{header}, nil, ReadOptions{})[0]); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
}

func TestColumnsAreGuessedByTheirCells(t *testing.T) {
	long := strings.Repeat("采用双螺杆膨化工艺处理玉米秸秆，", 4)
	for _, c := range []struct {
		header, cells, want string // cells are separated by |
	}{
		{"甲", "2023-05-01|2023年6月|20230701", "published 0.5"},
		{"截至", "2023-05-01|2023年6月|2024/7/1", "valid_until 0.7"},
		{"起", "2023-05-01|2023年6月|2024/7/1", "from 0.6"},
		{"甲", "2023|2024|2022", " 0.0"},
		{"甲", "2023-01-01至2024-01-01|2023.1至2024.2|2022-03至2023-04", "term 0.6"},
		{"甲", "80万元|面议|120万元", "budget 0.6"},
		{"金额（万元）", "80|12.5|1,200", "budget 0.7"},
		{"甲", "80|12.5|1,200", " 0.0"},
		{"甲", "通辽市科尔沁区|内蒙古赤峰市|北京市", "region 0.7"},
		{"甲", "通辽市科尔沁区", "region 0.5"},
		{"甲", "通辽市某某公司|北京市某大学|上海市某集团", "org 0.6"},
		{"甲", "13800138000|0475-8312345|li@example.com", "contact 0.7"},
		{"甲", "https://a.cn/1|http://b.cn|https://c.cn", "url 0.7"},
		{"甲", "91150500MA0N0X0X0A|91150502MA0N0X0X1B|91150502MA0N0X0X2C", "org_code 0.7"},
		{"甲", "中试|小试|批量生产", "stage 0.6"},
		{"甲", "技术转让|技术许可、技术入股|合作开发", "cooperation 0.7"},
		{"甲", "制造业|农业|淀粉及淀粉制品制造", "field 0.6"},
		{"甲", long + "|" + long, "text 0.5"},
		{"甲", "是|否|是", " 0.0"},
		{"甲", "|", " 0.0"},
	} {
		var rows [][]string
		for cell := range strings.SplitSeq(c.cells, "|") {
			rows = append(rows, []string{"名", cell})
		}
		if got := guessed(Guess([]string{"名称", c.header}, rows, ReadOptions{Kind: Need})[1]); got != c.want {
			t.Errorf("%s: %.60s is %q, want %q", c.header, c.cells, got, c.want)
		}
	}
}

func TestNoFieldIsGuessedThatAColumnHas(t *testing.T) {
	names := []string{"1、成果名称", "成果名称", "2、成果名称", "发布时间", "公示时间", "甲"}
	rows := [][]string{{"一", "二", "三", "2023-01-01", "2023-01-02", "2023-01-03"}}
	var got []string
	for _, m := range Guess(names, rows, ReadOptions{}) {
		got = append(got, m.Field)
	}
	if strings.Join(got, ",") != ",title,,published,," {
		t.Errorf("%q", got)
	}
}

func TestARowOfInstructionsIsNoHeader(t *testing.T) {
	for file, want := range map[string]string{
		"1、成果名称必填\n编号,名称\n7,甲\n":               "7 甲",
		"1、成果编号,2、成果名称\n7,甲\n":                 "7 甲",
		"科技成果信息表\n（1）编号,（2）成果名称必填,备注\n7,甲,无\n": "7 甲",
	} {
		rows, err := read(file, ReadOptions{})
		if err != nil || len(rows) != 1 || rows[0].Doc.ID+" "+rows[0].Doc.Title != want {
			t.Errorf("%q: %+v, %v", file, rows, err)
		}
	}
}

func TestAColumnIsLeftOutWhereTheMapSaysSo(t *testing.T) {
	for _, o := range []ReadOptions{{Map: map[string]string{"备注": "-"}}, {Map: map[string]string{"备注": ""}}, {Saved: map[string]string{"备注": "-", "别的": "text"}}} {
		rows, err := read("名称,备注,内容\n甲,乙,丙\n", o)
		if err != nil || len(rows) != 1 || len(rows[0].Doc.Extra) > 0 || rows[0].Doc.Text != "丙" {
			t.Errorf("%+v, %v", rows, err)
		}
	}
	rows, err := read("名称,备注\n甲,乙\n", ReadOptions{Map: map[string]string{"备注": "text"}, Saved: map[string]string{"备注": "org", "名称": "title"}})
	if err != nil || len(rows) != 1 || rows[0].Doc.Text != "乙" || rows[0].Doc.Org != "" {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestTheColumnsOfEachTableAreTold(t *testing.T) {
	for file, want := range map[string]string{
		"名称,甲\n一,通辽市\n二,\n": "名称 title 1.0 一; 甲 region 0.5 通辽市",
		"说明\n名称,\"甲\n":      "",
		"名称,甲\n":            "名称 title 1.0 ; 甲  0.0 ",
		`{"title":"一","甲":"https://a.cn"}` + "\n" + `{"乙":1,"title":2}`: "title title 1.0 一; 甲 url 0.5 https://a.cn; 乙  0.0 1",
	} {
		var told []string
		o := ReadOptions{Mapped: func(_ string, columns []Mapping) {
			for _, m := range columns {
				told = append(told, m.Header+" "+guessed(m)+" "+m.Sample)
			}
		}}
		with, err := read(file, o)
		if got := strings.Join(told, "; "); got != want {
			t.Errorf("%q: %s, want %s", file, got, want)
		}
		o.Mapped = nil
		without, err2 := read(file, o)
		if fmt.Sprintf("%+v", with) != fmt.Sprintf("%+v", without) || (err == nil) != (err2 == nil) {
			t.Errorf("%q reads as %+v, %v where it is told of, else as %+v, %v", file, with, err, without, err2)
		}
	}
	many := tableOf("多", 50)
	with, err := read(many, ReadOptions{Kind: Need, Mapped: func(string, []Mapping) {}})
	if err != nil || len(with) != 50 || with[49].Line != 51 {
		t.Errorf("%d rows, %v", len(with), err)
	}
}

func FuzzGuess(f *testing.F) {
	for _, c := range [][2]string{{"1、成果名称", "甲"}, {"金额（万元）", "80万元"}, {"a/b（c）", "2023-05至2024-01"}, {"descripton", "通辽市科尔沁区"}, {"（", "\xff"}} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, header, cell string) {
		got := Guess([]string{"名称", header}, [][]string{{"甲"}, {"乙", cell}}, ReadOptions{Kind: Need})
		m := got[len(got)-1]
		if len(got) != 2 || m.Confidence < 0 || m.Confidence > 1 || m.Used() && m.Why == "" || m.Field == "" && m.Confidence > 0 {
			t.Errorf("%+v", got)
		}
		if field := strings.ReplaceAll(m.Field, "-", "ignored"); field != "" && mapped(field) == nil && !strings.HasPrefix(field, "extra.") {
			t.Errorf("there is no field %q", m.Field)
		}
	})
}
