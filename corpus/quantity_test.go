package corpus

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// parseQuantity reads a phrase that is a quantity and nothing else.
func parseQuantity(s string) (Quantity, error) {
	text := foldText(strings.TrimSpace(s)).s
	for i := range text {
		if r, ok := scanReading(text, i); ok {
			if r.start == 0 && r.end == len(text) {
				return r.Quantity, nil
			}
			break
		}
	}
	return Quantity{}, fmt.Errorf("%q is no quantity", s)
}

// TestQuantitiesAreRead reads the phrases of testdata/quantities.txt, a line each: phrase, tab, what it comes to. What is read is
// written so that it is read again.
func TestQuantitiesAreRead(t *testing.T) {
	file, err := os.ReadFile("testdata/quantities.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(file)) {
		phrase, want, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		n++
		q, err := parseQuantity(phrase)
		if err != nil {
			if want != "error" {
				t.Errorf("%s: %v, want %s", phrase, err, want)
			}
			continue
		}
		if q.String() != want {
			t.Errorf("%s is %s, want %s", phrase, q, want)
		}
		if again, err := parseQuantity(q.String()); err != nil || again != q {
			t.Errorf("%s is written %s, which is read as %s, %v", phrase, q, again, err)
		}
	}
	if n < 150 {
		t.Errorf("only %d phrases", n)
	}
}

func TestQuantitiesOfOneDimensionCompare(t *testing.T) {
	for _, same := range [][]string{
		{"1.5 kg/t", "1500 g/t", "1.5‰", "0.15 %"},
		{"500 斤/亩", "250 公斤/亩", "3750 kg/hm²", "3.75 t/ha"},
		{"15 亩", "1 公顷", "10000 平方米"},
		{"10 μm", "10 um", "10微米", "0.01 mm"},
		{"5 mg/kg", "5 ppm", "0.0005 %"},
		{"1 MPa", "1 N/mm²", "10 bar", "1000千帕"},
		{"3.6 MJ", "1 kWh", "1 千瓦时", "1度电"},
		{"10 m³/h", "10 立方米/小时", "240 m³/d"},
		{"24 个月", "2 年"},
		{"3 万 kW", "30 MW"},
		{"60 ℃", "333.15 K", "140 ℉"},
	} {
		first, err := parseQuantity(same[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range same[1:] {
			if q, err := parseQuantity(other); err != nil || q != first {
				t.Errorf("%s is %s (%v), and %s is %s", same[0], first, err, other, q)
			}
		}
	}
}
