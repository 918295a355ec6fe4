package api

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestWhatIsTypedIsReadAsAnImportReadsIt(t *testing.T) {
	for _, test := range []struct{ field, value, want string }{
		{"price", "50-100万元", `price={"min":50000000,"max":100000000,"text":"50-100万元"}`},
		{"price", "  ", "price=null"},
		{"valid_until", "2027年6月", `valid_until="2027-06"`},
		{"cooperation", "transfer；技术许可", `cooperation=["transfer","license"]`},
		{"stage", "pilot", `stage="pilot"`},
		{"field", "1391 淀粉及淀粉制品制造", `field=["1391"]`},
		{"field", "没有这个行业", "field!"},
		{"valid_until", "改天", "valid_until!"},
		{"colour", "red", "colour!"},
	} {
		patch, wrong, err := PatchOf(corpus.Achievement, map[string]string{test.field: test.value})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, name := range slices.Sorted(maps.Keys(patch)) {
			got = append(got, fmt.Sprintf("%s=%s", name, patch[name]))
		}
		for name, e := range wrong {
			if got = append(got, name+"!"); e.Message == "" {
				t.Errorf("%s says nothing", name)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s %q: %v, want %s", test.field, test.value, got, test.want)
		}
	}
}
