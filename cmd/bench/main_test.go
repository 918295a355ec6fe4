package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRun measures the sample, with a peer that finds its files and one that is missing.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "duijie")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", program, "../duijie").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	peer := filepath.Join(dir, "peer")
	script := `#!/bin/sh
[ "$1" = lucene ] || { echo "no $1 here" >&2; exit 3; }
cp -r "$2" "` + filepath.Join(dir, "tokens") + `"
echo '{"words":{"p50":1,"p95":1},"both":{"p50":1,"p95":1}}'
`
	if err := os.WriteFile(peer, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	last := filepath.Join(dir, "last.json")
	o := options{recall: true, corpus: "../duijie/sample", program: program, peers: []string{"lucene", "tantivy"}, peerCommand: peer,
		out: last, seconds: 200 * time.Millisecond, measured: 30}
	if err := run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(last)
	if err != nil {
		t.Fatal(err)
	}
	var figures map[string]any
	if err := json.Unmarshal(b, &figures); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"size", "load_docs_per_s", "ready_s", "live_match_p50_ms", "live_match_p95_ms",
		"kept_list_p99_ms", "kept_list_per_s", "search_p95_ms", "recall50", "lucene_ratio"} {
		if n, ok := figures[key].(float64); !ok || n <= 0 {
			t.Errorf("%s is %v", key, figures[key])
		}
	}
	if figures["size"] != 197.0 || figures["needs"] != 71.0 {
		t.Errorf("%v achievements, %v needs", figures["size"], figures["needs"])
	}
	if n := figures["recall50"].(float64); n < .9 || n > 1 {
		t.Errorf("recall50 is %v", n)
	}
	if _, there := figures["tantivy_ratio"]; there {
		t.Error("a peer that was left out has a ratio")
	}
	checkTokens(t, filepath.Join(dir, "tokens"))
}

// checkTokens reads what a peer was given.
func checkTokens(t *testing.T, dir string) {
	t.Helper()
	lines := func(name string) []string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	}
	docs, needs, exact := lines("docs.tsv"), lines("needs.tsv"), lines("exact.tsv")
	if len(docs) != 197 || len(needs) != 30 || len(exact) != 30 {
		t.Fatalf("%d achievements, %d needs, %d lists", len(docs), len(needs), len(exact))
	}
	const title = "玉米湿磨酶法辅助短时浸泡工艺" // of A001
	if part := strings.Split(docs[0], "\t"); len(part) != 3 || part[0] != "1" || !strings.Contains(" "+part[1]+" ", " 玉米 ") {
		t.Errorf("the first achievement, %s, is %q", title, docs[0])
	}
	if shape := lines("shape.txt")[0]; shape != "256 50 4 6" {
		t.Errorf("shape %q", shape)
	}
	for name, rows := range map[string]int64{"docs.f32": 197, "needs.f32": 30} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() != rows*256*4 {
			t.Errorf("%s: %v, %v", name, info.Size(), err)
		}
	}
	if n := len(strings.Fields(exact[0])); n != depth {
		t.Errorf("%d nearest achievements", n)
	}
}
