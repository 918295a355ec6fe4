package corpus

import (
	"slices"
	"strings"
	"testing"
)

func TestParseField(t *testing.T) {
	for _, c := range []struct{ in, codes, unknown string }{
		{"", "", ""},
		{"26", "26", ""},
		{"C26", "26", ""},
		{"c2614", "2614", ""},
		{"C", "C", ""},
		{"26、2614；C", "26 2614 C", ""},
		{"38 电气机械和器材制造业", "38", ""},
		{"制造业", "C", ""},
		{"制造业——电气机械和器材制造业", "38", ""},
		{"制造业-医药制造", "27", ""},
		{"医药", "27", ""},
		{"农、林、牧、渔业——农业", "01", ""},
		{"电力、热力、燃气、及水生产和供应业——燃气生产和供应业", "45", ""},
		{"制造业——计算机、通信和其他电子设备制造", "39", ""},
		{"制造业——铁路、船舶、航空航天和其他运输", "37", ""},
		{"制造业——石油加工炼焦和核燃料加工业", "25", ""},
		{"制造业——皮革毛皮羽毛及其制品和制鞋业", "19", ""},
		{"交通运输、仓储和邮政业——仓储业", "59", ""},
		{"信息传输、软件和信息技术服务业金融业", "I J", ""},
		{"制造业电力、热力、燃气、及水生产和供应业建筑业批发和零售业", "C D E F", ""},
		{"教育", "P", ""},
		{"其他采矿业", "12", ""},
		{"制造业——从来没有的行业", "C", "从来没有的行业"},
		{"10微米以下粉体", "", "10微米以下粉体"},
		{"炼金术", "", "炼金术"},
	} {
		codes, unknown := ParseField(c.in)
		if strings.Join(codes, " ") != c.codes || strings.Join(unknown, " ") != c.unknown {
			t.Errorf("ParseField(%q) = %q, %q; want %q, %q", c.in, codes, unknown, c.codes, c.unknown)
		}
	}
}

func TestEveryFieldAndStrategicCodeIsFoundByItsCodeAndName(t *testing.T) {
	for table, parse := range map[CodeTable]func(string) ([]string, []string){Field: ParseField, Strategic: ParseStrategic} {
		for _, code := range tables()[table].order {
			name := CodeName(table, code)
			if got, _ := parse(code + " " + name); !slices.Equal(got, []string{code}) {
				t.Errorf("%q with its code is read as %q", code+" "+name, got)
			}
			got, _ := parse(name)
			if len(got) != 1 || CodeName(table, got[0]) != name || len(got[0]) > len(code) {
				t.Errorf("%s %s is read as %q", code, name, got)
			}
		}
	}
}

func TestFieldParents(t *testing.T) {
	for code, want := range map[string]string{"2614": "261 26 C", "26": "C", "C": "", "9999": "", "0111": "011 01 A"} {
		if got := strings.Join(FieldParents(code), " "); got != want {
			t.Errorf("FieldParents(%s) = %q, want %q", code, got, want)
		}
	}
	for _, code := range tables()[Field].order {
		for _, up := range FieldParents(code) {
			if CodeName(Field, up) == "" {
				t.Errorf("%s stands under %q, which has no name", code, up)
			}
		}
	}
}

func TestCommonField(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"2614", "2614", "2614"}, {"2614", "2611", "261"}, {"2614", "2651", "26"}, {"2614", "26", "26"}, {"2614", "1391", "C"},
		{"C", "1391", "C"}, {"C", "C", "C"}, {"2614", "0111", ""}, {"A", "C", ""}, {"", "26", ""}, {"", "", ""},
	} {
		if got, back := CommonField(c.a, c.b), CommonField(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%q and %q share %q, the other way round %q, want %q", c.a, c.b, got, back, c.want)
		}
	}
}

func TestCommonRegion(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"150502", "150502", "150502"}, {"150502", "150521", "150500"}, {"150502", "150500", "150500"}, {"150502", "152221", "150000"},
		{"150502", "220100", ""}, {"110101", "110105", "110000"}, {"419001", "410100", "410000"}, {"150502", "", ""}, {"", "", ""},
	} {
		if got, back := CommonRegion(c.a, c.b), CommonRegion(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%q and %q share %q, the other way round %q, want %q", c.a, c.b, got, back, c.want)
		}
	}
}

func TestParseRegion(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"150502", "150502"},
		{"1505", "150500"},
		{"15", "150000"},
		{"150502001000", "150502"},
		{"150502 内蒙古自治区通辽市科尔沁区", "150502"},
		{"内蒙古自治区通辽市科尔沁区", "150502"},
		{"内蒙古 通辽", "150500"},
		{"通辽市", "150500"},
		{"内蒙古-通辽-科尔沁", "150502"},
		{"通辽市科尔沁区建国路1号", "150502"},
		{"科左中旗", "150521"},
		{"通辽经济技术开发区", "150571"},
		{"通辽市通辽经济技术开发区", "150571"},
		{"霍林郭勒", "150581"},
		{"北京", "110000"},
		{"北京市朝阳区", "110105"},
		{"北京市市辖区朝阳区", "110105"},
		{"北京朝阳", "110105"},
		{"上海浦东", "310115"},
		{"吉林", "220000"},
		{"吉林市", "220200"},
		{"海南", "460000"},
		{"西安", "610100"},
		{"延边", "222400"},
		{"黔东南", "522600"},
		{"济源市", "419001"},
		{"神农架林区", "429021"},
		{"杭州市江干区", "330102"},
		{"西藏米林县", "540481"},
		{"330104", "330102"},
		{"3301 江干区", "error"},
		{"吉林省四平市公主岭市", "220184"},
		{"苏州市平江区", "320508"},
		{"平江", "430626"}, // the county in Hunan, not what was a district
		{"哲里木盟科尔沁左翼中旗", "150521"},
		{"延边州延吉市", "222401"},
		{"阿左旗", "152921"},
		{"朝阳区", "error"},
		{"城区", "error"},
		{"鼓楼区", "error"},
		{"浙江大学", "error"},
		{"150599", "error"},
		{"150502 北京市", "error"},
		{"火星", "error"},
	} {
		got, err := ParseRegion(c.in)
		if err != nil {
			got = "error"
			if CodeOf(err) != Invalid {
				t.Errorf("%q: %v has code %s", c.in, err, CodeOf(err))
			}
		}
		if got != c.want {
			t.Errorf("ParseRegion(%q) = %q (%v), want %q", c.in, got, err, c.want)
		}
	}
}

func TestEveryRegionIsFoundByItsPath(t *testing.T) {
	for _, code := range tables()[Region].order {
		if got, err := ParseRegion(RegionPath(code)); got != code {
			t.Errorf("%s %s is read as %q: %v", code, RegionPath(code), got, err)
		}
	}
	for name, code := range overlay().short {
		if got, err := ParseRegion(name); got != code || CodeName(Region, code) == "" {
			t.Errorf("%s stands for %s and is read as %q: %v", name, code, got, err)
		}
	}
	for name, code := range formerFields {
		if CodeName(Field, code) == "" || normal(name) != name {
			t.Errorf("%s stands for %s %s", name, code, CodeName(Field, code))
		}
	}
}

func TestFormerRegionsGiveTheCodeThatTookOver(t *testing.T) {
	if n := len(overlay().former); n < 200 {
		t.Errorf("only %d", n)
	}
	for code, f := range overlay().former {
		if name := CodeName(Region, code); name != "" && code != f.now || CodeName(Region, f.now) == "" || f.year < "1980" || f.year > "2023" {
			t.Errorf("%+v: the code means %q today, and %s %q", f, name, f.now, CodeName(Region, f.now))
		}
		for _, s := range []string{code, code + " " + f.name, RegionPath(code[:2]+"0000") + f.name, RegionPath(code[:4]+"00") + f.name} {
			if got, err := ParseRegion(s); got != f.now {
				t.Errorf("%s is read as %q, want %s: %v", s, got, f.now, err)
			}
		}
		if got := CurrentRegion(code); got != f.now {
			t.Errorf("%s is %s today, want %s", code, got, f.now)
		}
	}
	d := Doc{Kind: Need, Title: "求", Region: "330104"}
	if errs := d.Check(); len(errs) > 0 || d.Region != "330102" {
		t.Errorf("a document of 江干区 is of %s: %v", d.Region, errs)
	}
}

// TestAnAmbiguousRegionNamesItsCandidates takes every name that several places of the table have.
func TestAnAmbiguousRegionNamesItsCandidates(t *testing.T) {
	places := map[string][]string{}
	for _, code := range tables()[Region].order {
		places[CodeName(Region, code)] = append(places[CodeName(Region, code)], code)
	}
	ambiguous := 0
	for name, codes := range places {
		if len(codes) == 1 {
			continue
		}
		ambiguous++
		code, err := ParseRegion(name)
		if err == nil {
			t.Errorf("%s is %s, and may be any of %q", name, code, codes)
			continue
		}
		for _, code := range codes {
			if want := RegionPath(code) + " " + code; !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not name %s", err, want)
			}
		}
	}
	if ambiguous != 28 {
		t.Errorf("%d names are ambiguous, want 28", ambiguous)
	}
}

func TestEveryTableNamesItsEditionAndDate(t *testing.T) {
	for table, want := range map[CodeTable]string{Field: "GB/T 4754-2017 国民经济行业分类 (2017-06-30", Region: "GB/T 2260 中华人民共和国行政区划代码 (2023-12", Strategic: "战略性新兴产业分类(2018)，两级 (2018-11-07"} {
		if got := CodeEdition(table); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", table, got)
		}
	}
}

func TestLabelsReadBack(t *testing.T) {
	seen := map[string]string{}
	for v, l := range labels {
		for _, word := range l {
			if other := seen[word]; other != "" {
				t.Errorf("%s and %s are both %s", v, other, word)
			}
			seen[word] = v
		}
	}
	for _, s := range []string{"pilot", "中期", "Pilot"} {
		if got, ok := parseLabel(s, Lab, Pilot, Applied); got != Pilot || !ok {
			t.Errorf("%s is read as %q", s, got)
		}
	}
	if got := Label(Need, "zh") + Label(Need, "en") + Label(Stage("x"), "zh"); got != "技术需求Needx" {
		t.Errorf("labels %s", got)
	}
}
