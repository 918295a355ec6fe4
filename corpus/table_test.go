package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestHeadersMapByName(t *testing.T) {
	for header, want := range map[string]string{
		"成果名称": "title", " * 成 果 名 称 （必填）": "title", "NAME": "title", "ｔｉｔｌｅ": "title", "题名": "title",
		"成果简介": "text", "Description": "text", "技术描述": "text", "classification": "field", "国民经济行业": "field",
		"技术领域": "area", "所处阶段": "stage", "成熟度": "stage", "zlxx": "ip", "专利号": "right_numbers", "jstgfs": "cooperation",
		"cooperationMethod": "cooperation", "转让价格(万元)": "price", "拟投入资金（万元）": "budget", "报价/万元": "price", "postTime": "published",
		"time": "term", "valid_until": "valid_until", "validUntil": "valid_until", "批准登记号": "registration", "序号": "ignored", "备注": "",
		"extra.价格": "extra.价格",
	} {
		c, _ := (&tableReader{}).column(header)
		got := ""
		if c != nil {
			got = c.name
		}
		if got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
}

func TestAHeaderNamesOneField(t *testing.T) {
	owner := map[string]string{}
	for _, c := range columns {
		for alias := range strings.FieldsSeq(c.header + " " + c.aliases) {
			if other, ok := owner[normal(alias)]; ok && other != c.name {
				t.Errorf("%s means %s and %s", alias, other, c.name)
			}
			owner[normal(alias)] = c.name
		}
		if c.get != nil && owner[normal(c.name)] != c.name {
			t.Errorf("%s is not found by its JSON name", c.name)
		}
	}
}

func TestMapGoesBeforeTheTableOfHeaders(t *testing.T) {
	rows, err := read("序号,题目,名称\n1,甲,乙\n", ReadOptions{Map: map[string]string{"题目": "title", "名称": "org", "序号": "source_id"}})
	if err != nil || len(rows) != 1 || rows[0].Doc.Title != "甲" || rows[0].Doc.Org != "乙" || rows[0].Doc.ID != "1" {
		t.Errorf("%+v, %v", rows, err)
	}
	for _, m := range []map[string]string{{"没有": "title"}, {"名称": "nothing"}} {
		if _, err := read("名称\n甲\n", ReadOptions{Map: m}); CodeOf(err) != Invalid {
			t.Errorf("%v: %v", m, err)
		}
	}
}

func TestCells(t *testing.T) {
	for _, c := range []struct {
		header, cell string
		want         func(*Doc) any
		value        string // as fmt prints it
		extra        string // kept under the header
		warning      string
	}{
		{"行业", "制造业——电气机械和器材制造业", func(d *Doc) any { return d.Field }, "[38]", "", ""},
		{"行业", "制造业——魔法制造", func(d *Doc) any { return d.Field }, "[C]", "制造业——魔法制造", "魔法制造"},
		{"地区", "内蒙古自治区通辽市科尔沁区", func(d *Doc) any { return d.Region }, "150502", "", ""},
		{"地区", "朝阳区", func(d *Doc) any { return d.Region }, "", "朝阳区", "有 2 个同名地区"},
		{"所处阶段", "已有样品", func(d *Doc) any { return string(d.Stage) + " " + d.StageProof }, "pilot 已有样品", "", ""},
		{"所处阶段", "中期", func(d *Doc) any { return string(d.Stage) + d.StageProof }, "pilot", "", ""},
		{"所处阶段", "可以量产", func(d *Doc) any { return d.Stage }, "applied", "", ""},
		{"所处阶段", "尚未量产", func(d *Doc) any { return d.Stage }, "", "尚未量产", "不是所处阶段"},
		{"trl", "TRL5", func(d *Doc) any { return d.Stage }, "pilot", "", ""},
		{"合作方式", "技术转让,技术许可,委托开发", func(d *Doc) any { return d.Cooperation }, "[transfer license development]", "", ""},
		{"合作方式", "完全转让许可转让技术入股合作生产", func(d *Doc) any { return d.Cooperation }, "[transfer license equity]", "完全转让许可转让技术入股合作生产", ""},
		{"合作方式", "其他", func(d *Doc) any { return d.Cooperation }, "[]", "其他", ""},
		{"合作方式", "技术转让或以物易物", func(d *Doc) any { return d.Cooperation }, "[transfer]", "技术转让或以物易物", "以物易物"},
		{"价格（万元）", "50-100", func(d *Doc) any { return *d.Price }, "{50000000 100000000 50-100万元}", "", ""},
		{"价格", "面议", func(d *Doc) any { return d.Price.Known() }, "false", "", ""},
		{"价格", "3年", func(d *Doc) any { return d.Price == nil }, "true", "3年", "不是一个金额"},
		{"发布时间", "2023年5月", func(d *Doc) any { return d.PublishedOn }, "2023-05", "", ""},
		{"发布时间", "去年", func(d *Doc) any { return d.PublishedOn }, "", "去年", "不是日期"},
		{"time", "2020-01-1310:49:39.0至2021-01-1310:49:41.0", func(d *Doc) any { return d.ValidUntil + d.From }, "2021-01-13",
			"2020-01-1310:49:39.0至2021-01-1310:49:41.0", ""},
		{"起止时间", "2020.1至2021.6", func(d *Doc) any { return d.From + " " + d.Until }, "2020-01 2021-06", "", ""},
		{"有效期", "长期", func(d *Doc) any { return d.ValidUntil }, "", "长期", ""},
		{"有效期", "一年内", func(d *Doc) any { return d.ValidUntil }, "", "一年内", "没有起算的日期"},
		{"价格", "0", func(d *Doc) any { return d.Price == nil }, "true", "0", ""},
		{"地址", "通辽市科尔沁区建国路1号", func(d *Doc) any { return d.Region }, "150502", "通辽市科尔沁区建国路1号", ""},
		{"地区", "杭州市江干区", func(d *Doc) any { return d.Region }, "330102", "杭州市江干区", ""},
		{"关键词", "玉米、淀粉，糠醛;酶|发酵\n玉米", func(d *Doc) any { return d.Keywords }, "[玉米 淀粉 糠醛 酶 发酵]", "", ""},
		{"关键词", `["农、林","牧"]`, func(d *Doc) any { return len(d.Keywords) }, "2", "", ""},
		{"技术指标", "强度≥1,000 MPa；伸长率 5、6 %", func(d *Doc) any { return len(d.Indicators) }, "2", "", ""},
		{"技术领域", "装备制造-数字化制造", func(d *Doc) any { return d.Keywords }, "[装备制造 数字化制造]", "", ""},
		{"知识产权", "发明专利:ZL2020：有效、软件著作权", func(d *Doc) any { return d.Rights }, "[{发明专利 ZL2020 有效} {软件著作权  }]", "", ""},
		{"关联", "需求:N01；expert:E1", func(d *Doc) any { return d.Links }, "[{need N01} {expert E1}]", "", ""},
		{"关联", "N01", func(d *Doc) any { return d.Links }, "[]", "N01", "不是关联"},
		{"网址", "javascript:alert(1)", func(d *Doc) any { return d.URL }, "", "javascript:alert(1)", "不是网址"},
		{"批准登记号", "1502023Y0001", func(d *Doc) any { return d.Registration }, "1502023Y0001", "", ""},
		{"批准登记号", "内科登2023-1", func(d *Doc) any { return d.Registration }, "内科登2023-1", "", "不像批准登记号"},
		{"应用领域", "汽车", func(d *Doc) any { return d.Text }, "应用范围：汽车", "", ""},
		{"联系电话", "1.38E+10", func(d *Doc) any { return d.Contact }, "", "1.38E+10", "末尾数字已丢失"},
		{"信息状态", "草稿", func(d *Doc) any { return d.Status }, "draft", "", ""},
		{"信息状态", "审核中", func(d *Doc) any { return d.Status }, "published", "审核中", "不是信息状态"},
		{"备注", "<p>好&nbsp;的</p>", func(d *Doc) any { return d.Text }, "", "好 的", ""},
	} {
		var b bytes.Buffer
		if err := newCSV(&b).WriteAll([][]string{{"编号", "名称", c.header}, {"1", "甲", c.cell}}); err != nil {
			t.Fatal(err)
		}
		rows, err := read(b.String(), ReadOptions{})
		if err != nil || len(rows) != 1 || rows[0].Bad() {
			t.Errorf("%s %s: %v, %v", c.header, c.cell, rows, err)
			continue
		}
		r := rows[0]
		if got := fmt.Sprint(c.want(&r.Doc)); got != c.value {
			t.Errorf("%s %s is %q, want %q", c.header, c.cell, got, c.value)
		}
		if got := r.Doc.Extra[c.header]; got != c.extra {
			t.Errorf("%s %s keeps %q, want %q", c.header, c.cell, got, c.extra)
		}
		if c.warning == "" && len(r.Warnings) > 0 || c.warning != "" && (len(r.Warnings) != 1 || r.Warnings[0].Field != c.header || r.Warnings[0].Fix == "" || !strings.Contains(r.Warnings[0].Message, c.warning)) {
			t.Errorf("%s %s warns %v, want %q", c.header, c.cell, r.Warnings, c.warning)
		}
	}
}

func TestColumnsThatShareAField(t *testing.T) {
	rows, err := read("编号,名称,应用领域,内容,省,市,区县,联系人,联系电话,知识产权类型,专利号,备注,备注\n1,甲,汽车,正文,北京市,,朝阳区,张三,0475-1,发明专利,ZL1,a,b\n", ReadOptions{})
	if err != nil || len(rows) != 1 || len(rows[0].Warnings) > 0 {
		t.Fatalf("%+v, %v", rows, err)
	}
	d := rows[0].Doc
	got := fmt.Sprint(d.Text, "/", d.Region, "/", d.Contact, "/", d.Rights, "/", d.Extra)
	if want := "正文\n应用范围：汽车/110105/张三 0475-1/[{发明专利 ZL1 }]/map[备注:a 备注_2:b]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestOnlyCellsOfSpreadsheetsAreSuspectedOfLostDigits(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		bad  bool
	}{
		"a bare cell":            {"编号,名称\n9.11505E+17,甲\n", true},
		"a guarded cell":         {"编号,名称\n'1e5,甲\n", false},
		"a JSON string":          {`{"id":"2E10","title":"甲"}`, false},
		"a bare cell of another": {"编号,名称\n1e5,甲\n", true},
	} {
		rows, err := read(c.file, ReadOptions{})
		if err != nil || len(rows) != 1 || rows[0].Bad() != c.bad {
			t.Errorf("%s: %+v, %v", name, rows, err)
			continue
		}
		if !c.bad {
			continue
		}
		var b bytes.Buffer
		w, err := NewErrorWriter(&b)
		if err := errors.Join(err, w.Write(rows[0]), w.Close()); err != nil {
			t.Fatal(err)
		}
		if again, err := read(b.String(), ReadOptions{}); err != nil || len(again) != 1 || !again[0].Bad() {
			t.Errorf("%s is taken from the table of bad rows: %+v, %v", name, again, err)
		}
	}
	for _, id := range []string{"1e5", "2E10", "9.11505E+17"} {
		d := Doc{Kind: Need, SourceID: id, Title: id, Org: id}
		if errs := d.Check(); len(errs) > 0 {
			t.Fatal(errs)
		}
		for _, f := range []Format{CSV, JSONL} {
			var b bytes.Buffer
			if _, err := Export(&b, seq([]Doc{d}), ExportOptions{Format: f}); err != nil {
				t.Fatal(err)
			}
			rows, err := read(b.String(), ReadOptions{})
			if err != nil || len(rows) != 1 || rows[0].Bad() || rows[0].Doc.SourceID != id || rows[0].Doc.Org != id {
				t.Errorf("%s comes back from %s as %+v, %v", id, f, rows, err)
			}
		}
	}
}

func TestMapOfObjectsNamesFieldsThatExist(t *testing.T) {
	if _, err := read(`{"id":"1","a":"甲"}`, ReadOptions{Map: map[string]string{"a": "titel"}}); CodeOf(err) != Invalid {
		t.Errorf("%v", err)
	}
}

func TestWhoRefusesPublicationIsNotPublished(t *testing.T) {
	for cells, want := range map[string]Status{
		"是否同意公开,不同意公开": Draft, "是否同意公开,否": Draft, "同意对外公开,不同意": Draft, "可否公示,no": Draft,
		"是否同意公开,同意": Published, "是否同意公开,": Published, "是否不公开,否": Published, "是否公开招标,公开": Published,
	} {
		header, cell, _ := strings.Cut(cells, ",")
		rows, err := read("需求名称,"+header+"\n废水处理,"+cell+"\n", ReadOptions{})
		if err != nil || len(rows) != 1 || rows[0].Bad() || rows[0].Doc.Status != want || (len(rows[0].Warnings) == 1) != (want == Draft) {
			t.Errorf("%s: %+v, %v", cells, rows, err)
		}
	}
}

func TestTheTitleSaysTheKind(t *testing.T) {
	kindOf := func(header string, o ReadOptions) (k Kind, bad bool) {
		for row, err := range Read(strings.NewReader(header+"\n甲\n"), "a.csv", o) {
			if err != nil {
				t.Fatal(err)
			}
			k, bad = row.Doc.Kind, row.Bad()
		}
		return k, bad
	}
	for header, want := range map[string]Kind{"需求名称": Need, "难题名称": Need, "成果名称": Achievement, "名称": ""} {
		if got, bad := kindOf(header, ReadOptions{}); got != want || bad != (want == "") {
			t.Errorf("%s: %q, bad %v", header, got, bad)
		}
	}
	if got, _ := kindOf("需求名称", ReadOptions{Kind: Project}); got != Project {
		t.Errorf("what the import names does not go before: %q", got)
	}
}

func TestSmallAmountsNeedAUnit(t *testing.T) {
	for text, want := range map[string]string{
		"80": "“80”没有单位", "50-100": "“50-100”没有单位", "abc": "“abc”看不出金额", "80万": "", "5000": "", "800元": "", "面议": "", "视情况": "",
	} {
		rows, err := read("需求名称,预算\n甲,"+text+"\n", ReadOptions{})
		if err != nil || len(rows) != 1 {
			t.Fatal(err)
		}
		got := ""
		for _, w := range rows[0].Warnings {
			got += w.Message
		}
		if got != want || want != "" && rows[0].Doc.Budget.Known() {
			t.Errorf("%s: %q, %+v", text, got, rows[0].Doc.Budget)
		}
	}
	if rows, _ := read("需求名称,预算（万元）\n甲,80\n", ReadOptions{}); rows[0].Doc.Budget.Min != 80_000_000 {
		t.Errorf("%+v", rows[0].Doc.Budget)
	}
}
