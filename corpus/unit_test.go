package corpus

import (
	"fmt"
	"strings"
	"testing"
)

// parseUnit reads the whole of a text as a unit; none is that of bare numbers.
func parseUnit(s string) (Unit, error) {
	folded := strings.TrimSpace(foldText(s).s)
	if folded == "" {
		return Unit{Scale: 1}, nil
	}
	u, n := scanUnit(folded)
	if n == 0 || n < len(folded) {
		return Unit{}, fmt.Errorf("%q is no unit", s)
	}
	return u, nil
}

func TestUnitsAreRead(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "1 "},
		{"%", "1 %"},
		{"％", "1 %"},
		{"ppm", "0.0001 %"},
		{"mg/kg", "0.0001 %"},
		{"kg/t", "0.1 %"},
		{"g/kg", "0.1 %"},
		{"百分点", "1 百分点"},
		{"mm", "0.001 m"},
		{"CM", "0.01 m"},
		{"毫米", "0.001 m"},
		{"um", "1e-06 m"},
		{"µm", "1e-06 m"},
		{"㎡", "1 m²"},
		{"m2", "1 m²"},
		{"平方厘米", "0.0001 m²"},
		{"公顷", "10000 m²"},
		{"亩", "666.667 m²"},
		{"斤/亩", "7.5 kg/hm²"},
		{"kg/hm2", "1 kg/hm²"},
		{"kg·hm⁻²", "1 kg/hm²"},
		{"千克每公顷", "1 kg/hm²"},
		{"㎏", "1 kg"},
		{"吨", "1000 kg"},
		{"g/L", "1 kg/m³"},
		{"mg/m³", "1e-06 kg/m³"},
		{"MPa", "1e+06 Pa"},
		{"Mpa", "1e+06 Pa"},
		{"N/mm²", "1e+06 Pa"},
		{"兆帕", "1e+06 Pa"},
		{"mPa·s", "0.001 kg/m·s"},
		{"cP", "0.001 kg/m·s"},
		{"kWh", "3.6e+06 J"},
		{"kW·h", "3.6e+06 J"},
		{"千瓦时", "3.6e+06 J"},
		{"kW", "1000 W"},
		{"马力", "735.499 W"},
		{"W/(m·K)", "1 kg·m/K·s³"},
		{"W/m·K", "1 kg·m/K·s³"},
		{"g/(m²·24h)", "1.15741e-08 kg/m²·s"},
		{"mg/100g", "0.001 %"},
		{"转/分", "1 rpm"},
		{"r/min", "1 rpm"},
		{"次/分", "0.0166667 次/s"},
		{"m³/h", "0.000277778 m³/s"},
		{"km/h", "0.277778 m/s"},
		{"mAh", "3.6 C"},
		{"Mbps", "1e+06 bps"},
		{"GB", "8e+09 bit"},
		{"MPa·m1/2", "1 MPa·m½"},
		{"株/亩", "0.0015 株/m²"},
		{"cm³/(N·m)", "1e-06 m·s²/kg"},
		{"K", "1 ℃ -273.15"},
		{"℉", "0.555556 ℃ -17.7778"},
		{"℃/min", "0.0166667 K/s"},
		{"%/℃", "1 %/K"},
		{"牛", "1 N"},
		{"kΩ", "1000 Ω"},
		{"5", "error"},
		{"公司", "error"},
		{"kgx", "error"},
		{"mg/", "error"},
	} {
		u, err := parseUnit(c.in)
		got := fmt.Sprintf("%.6g %s", u.Scale, u.Base)
		if u.Offset != 0 {
			got += fmt.Sprintf(" %.6g", u.Offset)
		}
		if err != nil {
			got = "error"
		}
		if got != c.want {
			t.Errorf("parseUnit(%q) = %s, want %s", c.in, got, c.want)
		}
	}
}

// TestEveryUnitIsRead reads each spelling of the table, with each of its prefixes, and the base of each again.
func TestEveryUnitIsRead(t *testing.T) {
	all := units()
	for s, p := range all.exact {
		u, n := scanUnit(s)
		if n != len(s) || u.Scale <= 0 {
			t.Errorf("%q is read as %+v, %d bytes", s, u, n)
		}
		base, err := parseUnit(u.Base)
		if err != nil || base.Base != u.Base || base.Scale < .999999 || base.Scale > 1.000001 {
			t.Errorf("%q (%s) has the base %q, which is read as %+v, %v", s, p.key(), u.Base, base, err)
		}
	}
	for line := range strings.Lines(unitsFile) {
		if strings.Contains(line, " = ") && strings.Contains(line, "  ") {
			t.Errorf("two blanks in %q", line)
		}
	}
}
