package matcher

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGoldenRankings writes the first ten of each judged case as they are shown, with points and reasons, and the four
// figures, and compares them with the files in testdata. A change of ranking is reviewed as their diff: go test -update.
func TestGoldenRankings(t *testing.T) {
	h := sampled(t)
	cases := sampleCases(t)
	if len(cases) < 40 {
		t.Errorf("%d judged cases, want 40 or more", len(cases))
	}
	var out strings.Builder
	for _, c := range cases {
		fmt.Fprintf(&out, "%s\n", c.Title)
		a := h.ask(t, c)
		for i, m := range a.Matches {
			var sum float64
			for _, reason := range m.Reasons {
				sum += reason.Points
			}
			if math.Abs(sum-m.Points) > 1e-9 {
				t.Errorf("%s, %s: reasons sum to %v, points are %v", c.Title, m.ID, sum, m.Points)
			}
			if i < 10 {
				grade := "-"
				if g, ok := c.Grades[m.ID]; ok {
					grade = fmt.Sprint(g)
				}
				fmt.Fprintf(&out, "  %s %s %.2f %s %s\n", grade, m.ID, m.Points, m.Label, m.Title)
				if i < 2 && m.Why != "" {
					fmt.Fprintf(&out, "      why %s\n", m.Why)
				}
				if i < 2 && len(m.Against) > 0 {
					fmt.Fprintf(&out, "      against %s\n", strings.Join(m.Against, "；"))
				}
				if i < 2 && len(m.Missing) > 0 {
					fmt.Fprintf(&out, "      missing %s\n", strings.Join(m.Missing, " "))
				}
				for _, reason := range m.Reasons {
					if i < 2 {
						fmt.Fprintf(&out, "      %s %.2f %s\n", reason.Kind, reason.Points, reason.Text)
					}
				}
			}
		}
		fmt.Fprintln(&out)
	}
	golden(t, "testdata/rankings.golden", out.String())
	set, err := ReadJudgedSet(sampleDir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Eval(t.Context(), set, h.workbench(t), EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/quality.golden", e.Measures.String()+"\n")
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) == got {
		return
	}
	wantLines, gotLines := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(wantLines), len(gotLines)) {
		line := func(l []string) string {
			if i < len(l) {
				return l[i]
			}
			return "(end)"
		}
		if line(wantLines) != line(gotLines) {
			t.Fatalf("%s, line %d:\n got %s\nwant %s\nreview the change, then go test -update", path, i+1, line(gotLines), line(wantLines))
		}
	}
}
