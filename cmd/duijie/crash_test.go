package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"duijie/corpus"
)

// TestCrashLosesNoAcknowledgedRow kills the server at a random moment of an import, again and again on one folder,
// in every other round without its index folder: each row of a commit that was told of must be there, and the index must
// catch up by itself.
func TestCrashLosesNoAcknowledgedRow(t *testing.T) {
	rounds, rows := 2, 2_000
	if *long {
		rounds, rows = 30, 4_000
	}
	p := newProgram(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	acknowledged := map[string]bool{}
	s := p.serve()
	for round := range rounds {
		ids := writeRows(t, filepath.Join(p.dir, "rows.jsonl"), round, rows)
		imported := importUntil(t, p, s, random.IntN(rows/2), time.Duration(random.IntN(30))*time.Millisecond)
		if imported == len(ids) {
			t.Logf("round %d: the import was done before the kill", round)
		}
		for _, id := range ids[:imported] {
			acknowledged[id] = true
		}
		if round%2 == 1 {
			if err := os.RemoveAll(filepath.Join(p.dir, "data", indexDir)); err != nil {
				t.Fatal(err)
			}
		}
		s = p.serve()
		s.ready()
		stored := map[string]bool{}
		for line := range bytes.Lines([]byte(p.run("export", "--kind", "achievement", "--format", "jsonl"))) {
			var d corpus.Doc
			if err := json.Unmarshal(line, &d); err != nil {
				t.Fatal(err)
			}
			stored[d.ID] = true
		}
		var imports struct{ Imports []corpus.ImportRecord }
		if err := json.Unmarshal([]byte(p.run("imports", "--json", "--limit", "1")), &imports); err != nil {
			t.Fatal(err)
		}
		if r := imports.Imports[0]; r.State == corpus.ImportRunning || r.Created < imported {
			t.Errorf("round %d: %d rows were acknowledged, the import says %+v", round, imported, r)
		}
		for id := range acknowledged {
			if !stored[id] {
				t.Fatalf("round %d: row %s was acknowledged and is lost", round, id)
			}
		}
		var status struct {
			Documents       map[corpus.Kind]int
			Stored, Indexed uint64
		}
		s.get("/v1/status", &status)
		if status.Stored != status.Indexed || status.Documents[corpus.Achievement] != len(stored) {
			t.Errorf("round %d: %d rows are stored, the index has %d; changes %d, indexed %d",
				round, len(stored), status.Documents[corpus.Achievement], status.Stored, status.Indexed)
		}
		t.Logf("round %d: %d of %d rows acknowledged, %d stored", round, imported, rows, len(stored))
	}
	if len(acknowledged) == 0 {
		t.Error("no row was acknowledged in any round")
	}
}

// writeRows makes a file of rows and returns their ids in its order.
func writeRows(t *testing.T, path string, round, n int) []string {
	t.Helper()
	materials, effects := []string{"玉米秸秆", "铝合金", "石英砂", "牛粪", "镍钴", "淀粉"}, []string{"提取", "热处理", "提纯", "发酵", "回收", "改性"}
	var b bytes.Buffer
	ids := make([]string, n)
	for i := range n {
		ids[i] = fmt.Sprintf("R%d-%d", round, i)
		fmt.Fprintf(&b, `{"kind":"achievement","id":%q,"title":"%s%s第%d号工艺","text":"用于%s的%s，批次 %d。"}`+"\n",
			ids[i], materials[i%6], effects[i/6%6], i, materials[i/36%6], effects[i%5], round)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return ids
}

// importUntil imports rows.jsonl through the server and kills the server a while after so many rows are acknowledged, in
// a commit or between two. It returns how many were acknowledged in the end.
func importUntil(t *testing.T, p *program, s *server, kill int, later time.Duration) int {
	t.Helper()
	cmd := p.command("import", "--json", "rows.jsonl")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	committed, killed := 0, false
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		var line struct{ Committed *int }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("import --json printed %q: %v", lines.Text(), err)
		}
		if line.Committed != nil {
			committed = *line.Committed
		}
		if committed > kill && !killed {
			killed = true
			time.Sleep(later)
			s.kill()
		}
	}
	if !killed {
		t.Fatal("the import ended before anything was killed")
	}
	cmd.Wait() // fails unless it was done before the kill
	return committed
}
