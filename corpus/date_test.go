package corpus

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"长期":                    "",
		"永久":                    "",
		"2023":                  "2023",
		"2023年":                 "2023",
		"2023.5":                "2023-05",
		"2023.10":               "2023-10",
		"2023-05":               "2023-05",
		"202305":                "2023-05",
		"2023年5月":               "2023-05",
		"2023年5月1日":             "2023-05-01",
		"２０２３年５月１日":             "2023-05-01",
		"20230501":              "2023-05-01",
		"2023/5/1":              "2023-05-01",
		" 2023-05-31 ":          "2023-05-31",
		"2020-01-1310:49:39.0":  "2020-01-13",
		"2020-01-13 10:49":      "2020-01-13",
		"二〇三〇年":                 "2030",
		"二〇二三年十一月二十日":           "2023-11-20",
		"2024年底前":               "2024",
		"2024年6月30日前":           "2024-06-30",
		"2024年前":                "error", // 2023 is meant, or earlier
		"2020-01-13T20:49:39Z":  "2020-01-14",
		"2020-01-13T00:10+0800": "error",
		"45047":                 "2023-05-01",
		"45047.75":              "2023-05-01",
		"2023-02-30":            "error",
		"2023-13":               "error",
		"0202-01-01":            "error",
		"999999":                "error",
		"5/1/2023":              "error",
		"一年内":                   "error",
		"2023-01-01至2024-01-01": "error",
	} {
		got, err := ParseDate(in)
		if err != nil {
			got = "error"
		}
		if string(got) != want {
			t.Errorf("ParseDate(%q) = %q (%v), want %q", in, got, err, want)
		}
		if !got.Valid() && want != "error" {
			t.Errorf("ParseDate(%q) = %q is not valid", in, got)
		}
	}
}

func TestParseWindow(t *testing.T) {
	for in, want := range map[string][2]Date{
		"2020-01-1310:49:39.0至2021-01-1310:49:41.0": {"2020-01-13", "2021-01-13"},
		"2020.5-2021.6":                    {"2020-05", "2021-06"},
		"2021-01-01至2021":                  {"2021-01-01", "2021"},
		"2023年1月至12月":                      {"2023-01", "2023-12"},
		"2023.1.1-12.31":                   {"2023-01-01", "2023-12-31"},
		"2023-1-12-31":                     {"error"}, // January to the 31st, or December 31st
		"2023年5月至今":                        {"2023-05", ""},
		"2023年1月1日起":                       {"2023-01-01", ""},
		"13800000000":                      {"error"},
		"2020.5 - 2021.6":                  {"2020-05", "2021-06"},
		"2020-01-01～长期":                    {"2020-01-01", ""},
		"2021-06-30":                       {"", "2021-06-30"},
		"至":                                {"", ""},
		"":                                 {"", ""},
		"2021-01-01至2020-01-01":            {"error"},
		"2021-01-01至2020-01-01至2022-01-01": {"error"},
	} {
		from, until, err := ParseWindow(in)
		if err != nil {
			from, until = "error", ""
		}
		if want != [2]Date{from, until} {
			t.Errorf("ParseWindow(%q) = %q, %q (%v), want %q", in, from, until, err, want)
		}
	}
}

func TestATermBeginsWithThePosting(t *testing.T) {
	for _, c := range []struct {
		in   string
		base Date
		want string
	}{
		{"一年内", "2023-05-10", "2024-05-10"},
		{"一年内", "2023-05", "2024-05"},
		{"一年内", "2023", "2024"},
		{"6个月", "2023-08-31", "2024-02-29"},
		{"半年", "2023-05", "2023-11"},
		{"一年半", "2023-05-10", "2024-11-10"},
		{"30天", "2023-05-10", "2023-06-09"},
		{"三十日内", "2023-05-10", "2023-06-09"},
		{"两周", "2023-05-10", "2023-05-24"},
		{"30天", "2023-05", ""},
		{"6个月", "2023", ""},
		{"一年内", "", ""},
		{"5月", "2023-05-10", "no term"},
		{"2023年", "2023-05-10", "no term"},
		{"近期", "2023-05-10", "no term"},
	} {
		got, ok := parseTerm(c.in, c.base)
		if !ok {
			got = "no term"
		}
		if string(got) != c.want {
			t.Errorf("%s from %s is %q, want %q", c.in, c.base, got, c.want)
		}
	}
}

func FuzzParseWindow(f *testing.F) {
	for _, s := range []string{"2023.1.1-2024.12.31", "2023年1月1日2024年12月31日", "自2023年1月起", "二〇二三年五月-12月", "截至2024年底前", "202301202412", "45047-45400"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		from, until, err := ParseWindow(s)
		if err == nil && (!from.Valid() || !until.Valid()) {
			t.Errorf("%q is %q to %q", s, from, until)
		}
		if last, _ := parseTerm(s, "2023-05-31"); !last.Valid() {
			t.Errorf("%q lasts until %q", s, last)
		}
	})
}

func TestDatesLastUntilTheirEnd(t *testing.T) {
	at := time.Date(2026, 11, 23, 16, 30, 0, 0, time.UTC) // the 24th in Shanghai
	for d, want := range map[Date]bool{"": false, "2026": false, "2025": true, "2026-11": false, "2026-10": true, "2026-11-24": false, "2026-11-23": true} {
		if got := d.Over(at); got != want {
			t.Errorf("%s is over at %v: %v, want %v", d, at, got, want)
		}
	}
}
