package matcher

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGoldenRankings writes the first ten of each judged case with points and reasons, and the four figures, and
// compares them with the files in testdata. A change of ranking is reviewed as their diff: go test -update.
func TestGoldenRankings(t *testing.T) {
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	f, err := os.Open(filepath.Join(sampleDir, "judged.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := ReadCases(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 40 {
		t.Errorf("%d judged cases, want 40 or more", len(cases))
	}
	var out strings.Builder
	var all []judgedRanking
	for _, c := range cases {
		fmt.Fprintf(&out, "%s\n", c.Title)
		ask := func(o Options) (Answer, error) { return h.matcher.ForNeed(t.Context(), c.Need, o) }
		if c.Text != "" {
			ask = func(o Options) (Answer, error) { return h.matcher.ForText(t.Context(), c.Text, o) }
		}
		a, err := ask(Options{Limit: Kept})
		if err != nil {
			t.Fatalf("%s: %v", c.Title, err)
		}
		r := judgedRanking{grades: c.Grades}
		for i, m := range a.Matches {
			r.full = append(r.full, m.ID)
			if _, judged := c.Grades[m.ID]; judged {
				r.judged = append(r.judged, m.ID)
			}
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
				for _, reason := range m.Reasons {
					if i < 2 {
						fmt.Fprintf(&out, "      %s %.2f %s\n", reason.Kind, reason.Points, reason.Text)
					}
				}
			}
		}
		var rest []string
		for id := range c.Grades {
			if !slices.Contains(r.judged, id) {
				rest = append(rest, id)
			}
		}
		slices.Sort(rest)
		r.judged = append(r.judged, rest...)
		all = append(all, r)
		fmt.Fprintln(&out)
	}
	golden(t, "testdata/rankings.golden", out.String())
	golden(t, "testdata/quality.golden", measure(all).String()+"\n")
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
