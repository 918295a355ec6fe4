package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMilestones(t *testing.T) {
	for _, c := range []struct {
		status  string
		reached []string
		all     int
	}{
		{`{"stored":9,"indexed":9,"ready":true,"version":"1"}`, []string{"indexed", "ready"}, 2},
		{`{"stored":9,"indexed":8,"ready":true}`, []string{"ready"}, 2},
		{`{"stored":0,"indexed":0,"ready":true}`, []string{"ready"}, 2},
		{`{"stored":9,"indexed":9,"text_indexed":4,"ready":true,"text_ready":false}`, []string{"indexed", "ready"}, 4},
	} {
		var s status
		if err := json.Unmarshal([]byte(c.status), &s); err != nil {
			t.Fatal(err)
		}
		reached := s.reached()
		slices.Sort(reached)
		if !slices.Equal(reached, c.reached) || s.milestones() != c.all {
			t.Errorf("%s: reached %v of %d", c.status, reached, s.milestones())
		}
	}
}

func TestCompareSizes(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, size int, load, live float64) string {
		r := report{Size: size, LoadSeconds: load, LiveP50: live, Engines: []engineFigures{{Name: "duijie"}}}
		path := filepath.Join(dir, name)
		if err := r.write(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	small, large := write("small", 10_000, 8, 2), write("large", 40_000, 32, 4)
	var out bytes.Buffer
	if err := compareSizes(&out, []string{small, large}); err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(out.String()) {
		name, figures, _ := strings.Cut(line, "  ")
		rows[name] = strings.Fields(figures)
	}
	for name, want := range map[string][]string{
		"achievements":       {"10000", "growth", "40000"},
		"load, s":            {"8.00", "^1.00", "32.00"},
		"live match p50, ms": {"2.00", "^0.50", "4.00"},
	} {
		if !slices.Equal(rows[name], want) {
			t.Errorf("%s: %v, want %v", name, rows[name], want)
		}
	}
	if err := compareSizes(&out, []string{large, small}); err == nil {
		t.Error("sizes in the wrong order are no error")
	}
	ended := filepath.Join(dir, "ended")
	if err := (&report{Size: 90_000}).write(ended); err != nil {
		t.Fatal(err)
	}
	if err := compareSizes(&out, []string{small, ended}); err == nil || !strings.Contains(err.Error(), ended) {
		t.Errorf("a run that was ended early: %v", err)
	}
}

func TestARunThatMeasuredNothingKeepsTheFileOfBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "figures.json")
	for _, size := range []int{90_000, 0} {
		if err := (options{out: path}).keep(&report{Size: size}); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile(path); err != nil || !strings.Contains(string(b), "90000") {
		t.Errorf("%s, %v", b, err)
	}
}

func TestRecordAddsALine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history", "ratios.jsonl")
	for i, name := range []string{"first", "second"} {
		r := report{Size: 100, Recall: .98, ratios: ratios{Lucene: float64(10 + i)}}
		if err := r.record(path, name); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) != 2 {
		t.Fatalf("history:\n%s", b)
	}
	var second map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &second); err != nil {
		t.Fatal(err)
	}
	if second["name"] != "second" || second["lucene_ratio"] != 11.0 || second["size"] != 100.0 {
		t.Errorf("second line: %v", second)
	}
}

func TestPeers(t *testing.T) {
	command := filepath.Join(t.TempDir(), "peer")
	script := `#!/bin/sh
case $1 in
lucene) echo "a line of noise"; echo "{\"version\":\"9\",\"both\":{\"p50\":30,\"p95\":40},\"words\":{\"p50\":$3,\"p95\":2}}" ;;
bm25s) echo '{"words":{"p50":0}}' ;;
*) echo one >&2; echo "$1 is missing" >&2; exit 3 ;;
esac
`
	if err := os.WriteFile(command, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	r := report{Engines: []engineFigures{{Name: "duijie", Words: times{.5, 1}, Both: times{2, 3}}}}
	for _, name := range []string{"lucene", "tantivy", "bm25s"} {
		r.Engines = append(r.Engines, askPeer(t.Context(), command, name, t.TempDir(), .5))
	}
	r.compare()
	if got := r.Engines[1]; got.Name != "lucene" || got.Version != "9" || got.LeftOut != "" || got.Words.P50 != .5 {
		t.Errorf("lucene: %+v", got)
	}
	if got := r.Engines[2].LeftOut; got != "tantivy is missing" {
		t.Errorf("tantivy is left out: %q", got)
	}
	if r.Engines[3].LeftOut == "" {
		t.Error("an engine without times is not left out")
	}
	if r.Lucene != 15 || r.Tantivy != 0 || r.BM25S != 0 {
		t.Errorf("ratios %+v", r.ratios)
	}
	var out bytes.Buffer
	r.print(&out)
	for _, want := range []string{"tantivy  left out: tantivy is missing", "lucene over ours, both"} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("the table lacks %q:\n%s", want, &out)
		}
	}
}
