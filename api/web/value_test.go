package web

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"duijie/indexer"
)

func TestCodesReadAsNames(t *testing.T) {
	for code, want := range map[[2]string]string{
		{"field", "1391"}: "淀粉及淀粉制品制造", {"region", "150502"}: "通辽市科尔沁区", {"region", "150500"}: "通辽市", {"region", "110105"}: "北京市朝阳区",
		{"region", "150000"}: "内蒙古自治区", {"field", "9999"}: "9999",
	} {
		if got := codeName(code[0], code[1]); got != want {
			t.Errorf("%v reads %q, want %q", code, got, want)
		}
	}
}

func show(list []segment) string {
	var b strings.Builder
	for _, s := range list {
		if s.Hit {
			fmt.Fprintf(&b, "[%s]", s.Text)
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestSegmentsKeepTheTextWhateverTheHits(t *testing.T) {
	text := "玉米浸泡时间"
	for _, c := range []struct {
		start, end int
		hits       [][2]int
		want       string
	}{
		{0, 18, nil, "玉米浸泡时间"},
		{0, 18, [][2]int{{6, 12}, {0, 6}}, "[玉米浸泡]时间"},
		{0, 18, [][2]int{{0, 12}, {6, 9}, {6, 15}}, "[玉米浸泡时]间"},
		{6, 12, [][2]int{{0, 9}, {9, 18}}, "[浸泡]"},
		{6, 12, [][2]int{{12, 18}}, "浸泡"},
	} {
		var hits []indexer.Span
		for _, h := range c.hits {
			hits = append(hits, indexer.Span{Start: h[0], End: h[1]})
		}
		if got := show(segments(text, c.start, c.end, hits)); got != c.want {
			t.Errorf("%v: %s, want %s", c.hits, got, c.want)
		}
	}
}

func TestColoursContrast(t *testing.T) {
	css, err := os.ReadFile("assets/style.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(css), 2)
	for i, scheme := range []string{"light", "dark"} {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6})`).FindAllStringSubmatch(blocks[i][1], -1) {
			colour[m[1]] = m[2]
		}
		for _, c := range []struct {
			ink, ground string
			least       float64
		}{
			{"ink", "ground", 7}, {"ink", "panel", 7}, {"ink", "mark", 7}, {"accent", "ground", 7}, {"accent", "panel", 7}, {"accent", "accent-soft", 4.5},
			{"on-accent", "accent", 7}, {"on-accent", "accent-hover", 7}, {"warm", "ground", 7}, {"warm", "warm-soft", 4.5},
			{"quiet", "ground", 7}, {"quiet", "panel", 4.5}, {"line-strong", "ground", 3}, {"bar", "line", 3},
		} {
			if got := contrast(t, colour[c.ink], colour[c.ground]); got < c.least {
				t.Errorf("%s: %s on %s has contrast %.1f, want %.1f", scheme, c.ink, c.ground, got, c.least)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

func luminance(t *testing.T, hex string) float64 {
	var sum float64
	for i, weight := range []float64{.2126, .7152, .0722} {
		if len(hex) != 6 {
			t.Fatalf("%q is not a colour", hex)
		}
		v, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= .03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// Chromium 86 is what some offices have: it drops what it does not know, and with it the rule around it.
func TestStylesKeepToChromium86(t *testing.T) {
	sheets, err := filepath.Glob("assets/*.css")
	if err != nil || len(sheets) != 3 {
		t.Fatalf("%v %v", sheets, err)
	}
	for _, sheet := range sheets {
		checkSheet(t, sheet)
	}
}

func checkSheet(t *testing.T, sheet string) {
	css, err := os.ReadFile(sheet)
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`:has\(|:is\(|:where\(|@container|@layer|\binset:|aspect-ratio|color-mix|(?m)^\s*&|url\(|@import`).Find(css); m != nil {
		t.Errorf("%s uses %q", sheet, m)
	}
	if n := strings.Count(string(css), "\n"); n >= 400 {
		t.Errorf("%s has %d lines", sheet, n)
	}
}
