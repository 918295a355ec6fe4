package corpus

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestParseMoney(t *testing.T) {
	const wan = 10_000 * 100
	for _, c := range []struct {
		in, unit string
		want     string // min-max in fen, text
	}{
		{"", "", "nil"},
		{"0", "万元", "nil"},
		{"80万元", "", fmt.Sprint(80*wan, 80*wan, " 80万元")},
		{"80", "万元", fmt.Sprint(80*wan, 80*wan, " 80万元")},
		{"80", "", fmt.Sprint(8000, 8000, " 80")},
		{"80万", "万元", fmt.Sprint(80*wan, 80*wan, " 80万")},
		{"５０－１００万", "", fmt.Sprint(50*wan, 100*wan, " ５０－１００万")},
		{"50-100", "万元", fmt.Sprint(50*wan, 100*wan, " 50-100万元")},
		{"100.0万元-200.0万元", "", fmt.Sprint(100*wan, 200*wan, " 100.0万元-200.0万元")},
		{"50万至1亿元", "", fmt.Sprint(50*wan, 10_000*wan, " 50万至1亿元")},
		{"5000-1万", "", fmt.Sprint(5000*100, 1*wan, " 5000-1万")},
		{"1.2亿元", "", fmt.Sprint(12_000*wan, 12_000*wan, " 1.2亿元")},
		{"1,234.56元", "", fmt.Sprint(123_456, 123_456, " 1,234.56元")},
		{"50w", "", fmt.Sprint(50*wan, 50*wan, " 50w")},
		{"约50万元（含税）", "", fmt.Sprint(50*wan, 50*wan, " 约50万元（含税）")},
		{"50万以上", "", fmt.Sprint(50*wan, 0, " 50万以上")},
		{"不低于50万", "", fmt.Sprint(50*wan, 0, " 不低于50万")},
		{"100万以内", "", fmt.Sprint(0, 100*wan, " 100万以内")},
		{"不超过100万元", "", fmt.Sprint(0, 100*wan, " 不超过100万元")},
		{"面议", "", "0 0 面议"},
		{"50万美元", "", "0 0 50万美元"},
		{"50", "万美元", "0 0 50万美元"},
		{"2023年投入50万元", "", "error"},
		{"销售额的3%", "", "error"},
		{"3年", "", "error"},
		{"5项", "", "error"},
		{"50万项目费", "", fmt.Sprint(50*wan, 50*wan, " 50万项目费")},
		{"入门费50万元，提成3%", "", "error"},
		{"-50万", "", "error"},
		{"1-2-3万", "", "error"},
		{"999999亿元", "", "error"},
	} {
		m, err := ParseMoney(c.in, c.unit)
		got := "nil"
		switch {
		case err != nil:
			got = "error"
		case m != nil:
			got = fmt.Sprint(m.Min, m.Max, " "+m.Text)
			if m.Min == 0 && m.Max == 0 {
				got = "0 0 " + m.Text
			}
		}
		if got != c.want {
			t.Errorf("ParseMoney(%q, %q) = %s, want %s", c.in, c.unit, got, c.want)
		}
	}
}

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"100.0万元-200.0万元", "伍拾万元整", "五到十万", "50万元以上，不超过1亿", "50多w", "1e300元", "-1", "50万美元", "3年"} {
		f.Add(s, "万元")
	}
	f.Fuzz(func(t *testing.T, s, unit string) {
		m, err := ParseMoney(s, unit)
		if err == nil && m != nil && (m.Min < 0 || m.Max != 0 && m.Max < m.Min || m.Text == "") {
			t.Errorf("%q in %q is %+v", s, unit, m)
		}
	})
}

func TestMoneyFromJSON(t *testing.T) {
	for in, want := range map[string]Money{
		`{"min":100,"max":200,"text":"x"}`: {100, 200, "x"},
		`"80万元"`:                           {80_000_000, 80_000_000, "80万元"},
		`""`:                               {},
	} {
		var m Money
		if err := json.Unmarshal([]byte(in), &m); err != nil || m != want {
			t.Errorf("%s is %+v, %v", in, m, err)
		}
	}
	var m Money
	if err := json.Unmarshal([]byte(`"3年"`), &m); CodeOf(err) != Invalid {
		t.Errorf("3年: %v", err)
	}
}

func TestMoneyReadsAsPeopleWriteIt(t *testing.T) {
	for _, c := range []struct{ given, zh, en string }{
		{"80万元", "80万元", "CNY 800,000"},
		{"50-100万", "50–100万元", "CNY 500,000–1,000,000"},
		{"1.2亿元", "12,000万元", "CNY 120,000,000"},
		{"5000元", "5,000元", "CNY 5,000"},
		{"9999元", "9,999元", "CNY 9,999"},
		{"10000元", "1万元", "CNY 10,000"},
		{"50万以上", "50万元以上", "CNY 500,000 or more"},
		{"100万以内", "100万元以内", "CNY 1,000,000 at most"},
		{"面议", "面议", "面议"},
		{"12.345万元", "12.34万元", "CNY 123,450"},
		{"26万元/台", "26万元/台", "CNY 260,000/台"},
		{"0.5元/吨", "0.5元/吨", "CNY 0.5/吨"},
	} {
		m, err := ParseMoney(c.given, "")
		if err != nil {
			t.Fatal(err)
		}
		if zh, en := m.Label("zh"), m.Label("en"); zh != c.zh || en != c.en {
			t.Errorf("%s reads %q and %q, want %q and %q", c.given, zh, en, c.zh, c.en)
		}
	}
	if got := (*Money)(nil).Label("zh"); got != "" {
		t.Errorf("no money reads %q", got)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 449565: "449,565", 1234567: "1,234,567"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d reads %q", n, got)
		}
	}
}
