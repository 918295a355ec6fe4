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
		"2020.5-2021.6":                    {"error"},
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

func TestDatesLastUntilTheirEnd(t *testing.T) {
	at := time.Date(2026, 11, 23, 16, 30, 0, 0, time.UTC) // the 24th in Shanghai
	for d, want := range map[Date]bool{"": false, "2026": false, "2025": true, "2026-11": false, "2026-10": true, "2026-11-24": false, "2026-11-23": true} {
		if got := d.Over(at); got != want {
			t.Errorf("%s is over at %v: %v, want %v", d, at, got, want)
		}
	}
}
