package market

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

func TestValueOfAProspect(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	wan := func(n int64) *corpus.Money { return &corpus.Money{Min: n * 1_000_000, Max: 2 * n * 1_000_000} }
	for _, c := range []struct {
		p    Prospect
		want string
	}{
		{Prospect{Fit: .5, Budget: wan(100)}, "100 × 0.5 × 0.05 × 1 = 2.5"},
		{Prospect{Stage: New, Fit: .5, Budget: wan(100)}, "100 × 0.5 × 0.1 × 1 = 5"},
		{Prospect{Stage: Agreed, Fit: .5, Budget: wan(100)}, "100 × 0.5 × 0.7 × 1 = 35"},
		{Prospect{Stage: New, Due: "2026-11-20"}, "20 × 0.2 × 0.1 × 3 = 1.2"},
		{Prospect{Stage: New, Due: "2026-11-23"}, "20 × 0.2 × 0.1 × 2 = 0.8"},
		{Prospect{Stage: New, Due: "2026-11-24"}, "20 × 0.2 × 0.1 × 1 = 0.4"},
		{Prospect{Stage: Talking, Due: "2026-11-20"}, "20 × 0.2 × 0.3 × 1 = 1.2"},
		{Prospect{Fit: 1, Budget: wan(1), Until: "2026-12"}, "5 × 1 × 0.05 × 1 = 0.25"},
		{Prospect{Fit: 1, Budget: wan(90_000), Until: "2026-12-10"}, "500 × 1 × 0.05 × 1.5 = 37.5"},
		{Prospect{Fit: 1, Budget: &corpus.Money{Text: "面议"}, Until: "2026-11-01"}, "20 × 1 × 0.05 × 1 = 1"},
	} {
		value, factors := c.p.Value(now)
		var said []string
		for _, f := range factors {
			said = append(said, fmt.Sprint(f.Value))
		}
		if got := fmt.Sprintf("%s = %.4g", strings.Join(said, " × "), value); got != c.want {
			t.Errorf("%+v: %s, want %s", c.p, got, c.want)
		}
	}
}

func TestADeskCoversItsFieldsAndRegions(t *testing.T) {
	for _, c := range []struct {
		fields, regions, field, region string
		want                           bool
	}{
		{"", "", "1391", "150502", true},
		{"C", "150500", "1391", "150502", true},
		{"C", "150500", "0111", "150502", false},
		{"0111、13", "", "1391", "", true},
		{"C", "150400、150500", "1391", "150502", true},
		{"C", "150400", "1391", "150502", false},
		{"C", "150400", "", "", true},
		{"1391", "150502", "13", "150500", false},
	} {
		desk, err := DeskType.New(map[string]string{"fields": c.fields, "regions": c.regions}, "account:a", now)
		if err != nil {
			t.Fatal(err)
		}
		if got := desk.Covers([]string{c.field}, c.region); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
	if _, err := DeskType.New(map[string]string{"fields": "C、星际航行", "regions": "150500、亚特兰蒂斯"}, "account:a", now); err == nil || strings.Count(err.Error(), "is not known") != 2 {
		t.Errorf("unknown codes: %v", err)
	}
}
