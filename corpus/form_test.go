package corpus

import (
	"fmt"
	"strings"
	"testing"

	"duijie/corpus/sheet"
)

func TestOnlyTickedOptionsCount(t *testing.T) {
	for text, want := range map[string]string{
		"☐大型 ☑中型 ☐小微": "中型", "□转让 ■许可 ■其他：____": "许可；其他", "（√）同意 （ ）不同意": "同意", "[ ]是 [√]否": "否",
		"同意☑ 不同意☐": "同意", "√技术开发 技术转让 技术许可": "技术开发", "○是 ●否": "否", "可多选：☒转让、☐许可": "转让", "☐转让\n☑许可\n另有说明": "许可\n另有说明",
		"□甲 □乙": "", "技术转让": "技术转让", "函数f()的误差≤√2": "函数f()的误差≤√2", "面积约为三千二百五十亩左右的连片盐碱地块和□亩": "面积约为三千二百五十亩左右的连片盐碱地块和□亩",
		"■ 提高产量\n■ 降低成本": "提高产量\n降低成本", "√": "",
	} {
		if got := ticked(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// pairsOf writes pairs in one line.
func pairsOf(pairs []formPair) string {
	var out []string
	for _, p := range pairs {
		s := p.label + "=" + p.value
		if p.group != "" {
			s = p.group + ">" + s
		}
		out = append(out, s)
	}
	return strings.ReplaceAll(strings.Join(out, " / "), "\n", "⏎")
}

func TestLabelsInLines(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"需求名称：甲\n联系人：张某  电话：138", "需求名称=甲 / 联系人=张某 / 电话=138"},
		{"需求单位：某厂，联系人：张某；邮箱:a@b.cn", "需求单位=某厂 / 联系人=张某 / 邮箱=a@b.cn"},
		{"1. 需求描述：甲\n难点：乙\n丙", "需求描述=甲⏎难点：乙⏎丙"},
		{"联系电话：\n138\n谢谢", "联系电话=138"},
		{"需 求 名 称： 甲", "需 求 名 称=甲"},
		{"来源：县里\n注：一式两份\n网址：http://a.cn/b", "来源=县里 / 网址=http://a.cn/b"},
		{"填报日期：5月20日    填报单位：某局", "填报日期=5月20日 / 填报单位=某局"},
		{"没有标签的一段话，时间 10:30", ""},
	} {
		if got := pairsOf((&tableReader{}).linePairs(c.text, 1, true)); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

// grid makes rows of text: cells are separated by "|"; "<" goes on the cell to the left, "^" the one above.
func grid(text string) []tableLine {
	var lines []tableLine
	for n, line := range strings.Split(text, "\n") {
		var r sheet.Row
		r.N = n + 1
		for i, c := range strings.Split(line, "|") {
			left, top := i, r.N
			switch {
			case c == "<":
				left, top, c = r.Left[i-1], r.Top[i-1], r.Cells[i-1]
			case c == "^":
				above := lines[n-1]
				left, top, c = above.Left[i], above.Top[i], above.Cells[i]
			}
			r.Cells, r.Left, r.Top = append(r.Cells, c), append(r.Left, left), append(r.Top, top)
		}
		lines = append(lines, tableLine{Row: r})
	}
	return lines
}

func TestLabelsInTables(t *testing.T) {
	for _, c := range []struct{ grid, want string }{
		{"需求名称|甲\n需求单位|乙", "需求名称=甲 / 需求单位=乙"},
		{"需求名称|甲|所属行业|农业\n备注|丙|职工人数|60", "需求名称=甲 / 所属行业=农业 / 备注=丙 / 职工人数=60"},
		{"企业信息|企业名称|甲\n^|联系人|乙\n需求名称|丙|<", "企业名称=甲 / 联系人=乙 / 需求名称=丙"},
		{"联系人|姓名|甲\n^|电话|138", "联系人>姓名=甲 / 联系人>电话=138"},
		{"需求名称|需求单位|联系电话\n甲|乙|138", "需求名称=甲 / 需求单位=乙 / 联系电话=138"},
		{"需求名称|甲\n需求描述|<\n很长的一段描述。|<", "需求名称=甲 / 需求描述=很长的一段描述。"},
		{"一、基本情况|<\n需求名称：甲|<\n联系人：乙|电话：138", "需求名称=甲 / 联系人=乙 / 电话=138"},
		{"需求描述|第一段|<\n^|^|^\n联系人：|乙|丙", "需求描述=第一段 / 联系人=乙"},
		{"联系方式|电话：138\n^|邮箱：a@b.cn", "联系方式=电话：138 / 邮箱=a@b.cn"},
		{"姓名|职称|分工\n甲|教授|算法\n乙|讲师|试验", "姓名=甲⏎乙 / 职称=教授⏎讲师 / 分工=算法⏎试验"},
		{"需求名称||需求单位|", "需求名称= / 需求单位="},
	} {
		if got := pairsOf((&tableReader{}).gridPairs(grid(c.grid))); got != c.want {
			t.Errorf("%q: %s, want %s", c.grid, got, c.want)
		}
	}
}

func TestAFormIsToldFromAList(t *testing.T) {
	for text, form := range map[string]bool{
		"需求名称|甲\n需求单位|乙\n联系人|丙":               true,
		"需求名称|甲|需求单位|乙":                       true,
		"需求名称|甲\n需求描述|乙":                      true,
		"需求名称|需求单位\n甲|乙\n所属行业|预算\n农业|3":       true,
		"填报单位|某局\n需求名称|甲\n需求描述|乙":             true,
		"需求名称|备注\n甲|乙\n丙|丁":                   false,
		"需求名称|需求单位|联系人\n甲|乙|丙":                false,
		"序号|需求名称|联系人|<\n^|^|姓名|电话\n1|甲|乙|138": false,
		"名称|内容\n名称|内容\n甲|乙":                   false,
		"甲|乙\n丙|丁":                            false,
		"错误说明|错误文件|错误行|名称\n名称为空|a.csv|2|名称":   false,
	} {
		if got := (&tableReader{}).isForm(grid(text)); got != form {
			t.Errorf("%q is a form: %v", text, got)
		}
	}
}

func TestHeadersOfTwoRows(t *testing.T) {
	for _, c := range []struct{ grid, want string }{
		{"序号|需求名称|联系人|<\n^|^|姓名|电话\n1|甲|乙|138", "甲 contact=乙 138"},
		{"基本信息|<|联系人|<\n需求名称|需求单位|姓名|电话\n甲|厂|乙|138", "甲 contact=乙 138"},
		{"需求名称|指标|<\n|目标|现状\n甲|≥ 3|1\n乙|详见附件|<", "甲 goal=≥ 3 指标现状=1, 乙 goal=详见附件 指标现状=详见附件"},
		{"需求汇总表|<|<\n需求名称|需求单位|备注\n甲|厂|无", "甲 备注=无"},
		{"填报：某局|<|<\n需求名称|联系方式|<\n甲|乙|138\n丙|丁|<", "甲 contact=乙 138, 丙 contact=丁"},
	} {
		var got []string
		lines := grid(c.grid)
		r := tableReader{o: ReadOptions{Kind: Need}, yield: func(row Row, err error) bool {
			s := row.Doc.Title
			if row.Bad() || err != nil {
				s = fmt.Sprint(row.Problems, err)
			}
			if row.Doc.Contact != "" {
				s += " contact=" + row.Doc.Contact
			}
			if row.Doc.Goal != "" {
				s += " goal=" + row.Doc.Goal
			}
			for k, v := range row.Doc.Extra {
				s += " " + k + "=" + v
			}
			got = append(got, s)
			return true
		}}
		if _, err := r.rows(&lineReader{back: lines, read: atEnd}); err != nil || strings.Join(got, ", ") != c.want {
			t.Errorf("%q: %q, %v, want %q", c.grid, strings.Join(got, ", "), err, c.want)
		}
	}
}
