package matcher

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

// TestGoldenExplanations compares the cards quoted in docs/explanations.md with those of today: go test -update rewrites
// them, and whoever does that reads again what is said of them there.
func TestGoldenExplanations(t *testing.T) {
	const path = "../docs/explanations.md"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h := sampled(t)
	cases := sampleCases(t)
	quoted := 0
	got := regexp.MustCompile("(?s)```text\n(.*?)```").ReplaceAllStringFunc(string(b), func(block string) string {
		m := regexp.MustCompile("^```text\n(.+) → (A[0-9]+)").FindStringSubmatch(block)
		if m == nil {
			t.Fatalf("%s quotes what is no card: %s", path, block)
		}
		i := slices.IndexFunc(cases, func(c Case) bool { return c.Title == m[1] })
		if i < 0 {
			t.Fatalf("%s quotes the case %q, which is not judged", path, m[1])
		}
		quoted++
		return "```text\n" + h.card(t, cases[i], m[2]) + "```"
	})
	if quoted != 10 {
		t.Errorf("%s quotes %d cards, not ten", path, quoted)
	}
	golden(t, path, got)
}

func sampleCases(t testing.TB) []Case {
	t.Helper()
	f, err := os.Open(filepath.Join(sampleDir, "judged.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := ReadCases(f)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// ask returns the whole list of a case on one day.
func (h *house) ask(t *testing.T, c Case) Answer {
	t.Helper()
	o := Options{Limit: Kept, Now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
	var a Answer
	var err error
	if c.Text != "" {
		a, err = h.matcher.ForText(t.Context(), c.Text, o)
	} else {
		a, err = h.matcher.ForNeed(t.Context(), c.Need, o)
	}
	if err != nil {
		t.Fatalf("%s: %v", c.Title, err)
	}
	return a
}

// card writes one entry of a case's list in the order in which pages show it.
func (h *house) card(t *testing.T, c Case, id string) string {
	t.Helper()
	a := h.ask(t, c)
	i := slices.IndexFunc(a.Matches, func(m Match) bool { return m.ID == id })
	if i < 0 {
		t.Fatalf("%s is not in the list of %s", id, c.Title)
	}
	m := a.Matches[i]
	d, err := h.store.Get(corpus.Achievement, id)
	if err != nil {
		t.Fatal(err)
	}
	labels := map[Label]string{Strong: "高度契合", Possible: "可能相关", Weak: "仅供参考"}
	var b strings.Builder
	fmt.Fprintf(&b, "%s → %s %s\n第 %d 名，%s，%.2f 分；人工评级 %d\n", c.Title, id, m.Title, i+1, labels[m.Label], m.Points, c.Grades[id])
	fmt.Fprintf(&b, "对应需求：%s\n", cmp.Or(m.Why, "（无）"))
	for _, text := range m.Against {
		fmt.Fprintf(&b, "需要留意：%s\n", text)
	}
	fmt.Fprintf(&b, "持有方：%s\n阶段：%s（%s）\n最近确认：%s\n", d.Org, corpus.Label(d.Stage, ""), d.StageProof, cmp.Or(string(d.ConfirmedOn), "（无）"))
	var missing []string
	for _, field := range m.Missing {
		missing = append(missing, corpus.Header(field))
	}
	if len(missing) > 0 {
		fmt.Fprintf(&b, "未提供：%s；请向成果方询问\n", strings.Join(missing, "、"))
	}
	var sum float64
	for _, r := range m.Reasons {
		fmt.Fprintf(&b, "%+.2f %s\n", r.Points, r.Text)
		sum += r.Points
	}
	if math.Abs(sum-m.Points) > 1e-9 {
		t.Errorf("%s, %s: reasons sum to %v, points are %v", c.Title, id, sum, m.Points)
	}
	return b.String()
}
