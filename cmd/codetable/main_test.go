package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuildKeepsCodesAndNamesOnly(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"gbt4754-2017.tsv":       "code\tlevel\tparent\tname\tdesc\nA\t1\t\t农业类\t一句说明\n01\t2\tA\t农业\t\n",
		"gbt2260-202312.json":    `{"419001":"济源市*","110000":"北京市"}`,
		"sei-2018-two-level.tsv": "code\tlevel\tparent\tname\n1\t1\t\t信息\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := build(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"#field\tGB/T 4754-2017", "\nA\t农业类\n01\t农业\n", "\n110000\t北京市\n419001\t济源市\n", "\n1\t信息\n"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if bytes.Contains(got, []byte("说明")) {
		t.Error("descriptions are copied")
	}
}

func TestBuildRefusesAFileWithoutItsColumns(t *testing.T) {
	if _, err := tsvRows([]byte("a\tb\n1\t2\n")); err == nil {
		t.Error("no error")
	}
}

func TestCommittedTablesAreWhatTheToolMakes(t *testing.T) {
	got, err := build("../../../shared/data/codes")
	if err != nil {
		t.Skip("../shared is absent: ", err)
	}
	want, err := os.ReadFile("../../corpus/codes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("corpus/codes.tsv differs: go run ./cmd/codetable ../shared/data/codes corpus/codes.tsv")
	}
}
