package market

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

// Each cell stands in the golden file as Allowed answers it, so that a change of who may do what is read as one.
func TestRightsGolden(t *testing.T) {
	var out strings.Builder
	last := ""
	for _, c := range Rights {
		if row := c.Record + " " + c.Move; row != last {
			fmt.Fprintf(&out, "\n%-24s", row)
			last = row
		}
		fmt.Fprintf(&out, " %s:%-4s", cmp.Or(c.Role, "nobody"), Allowed(c.Role, c.Record, c.Move))
	}
	const golden = "testdata/rights.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || out.String() != string(want) {
		t.Errorf("rights differ from %s (%v): read the difference, then go test ./corpus/market -run Rights -update", golden, err)
	}
}

func TestWhatNoRowNamesIsAllowedToNobody(t *testing.T) {
	for _, r := range append([]Role{Nobody, Widget, "owner"}, Roles...) {
		for _, ask := range [][2]string{{"leads", "delete"}, {"secrets", "read"}, {"", ""}, {"documents", ""}} {
			if got := Allowed(r, ask[0], ask[1]); got != None {
				t.Errorf("%q may %s %s: %s", r, ask[1], ask[0], got)
			}
		}
	}
	if got := Allowed("owner", "documents", "read"); got != None {
		t.Errorf("an unknown role reads %s documents", got)
	}
}

func TestEachCellStandsOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Rights {
		key := fmt.Sprint(c.Record, c.Move, c.Role)
		if seen[key] {
			t.Errorf("%s %s stands twice for %q", c.Record, c.Move, c.Role)
		}
		seen[key] = true
		if c.Role == Admin && c.Scope == None {
			t.Errorf("an admin may not %s %s", c.Move, c.Record)
		}
	}
}
