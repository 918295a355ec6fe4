package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTypedTextLeavesTheMachineOnlyIfAllowed(t *testing.T) {
	for _, row := range []struct {
		embedder, reranker string // URLs; "": none
		allowed            bool
		embed, rerank      bool   // whether they see typed text
		told               string // what the pages name
	}{
		{"http://127.0.0.1:9000", "", false, true, false, ""},
		{"http://localhost:9000/v1", "http://[::1]:9000", false, true, true, ""},
		{"https://api.example.com/v1", "", false, false, false, ""},
		{"https://api.example.com/v1", "", true, true, true, "api.example.com"},
		{"http://127.0.0.1:9000", "https://rank.example.com", true, true, true, "rank.example.com"},
		{"http://10.0.0.7:9000", "https://rank.example.com", true, true, true, "10.0.0.7 rank.example.com"},
		{"http://127.0.0.1.example.com", "http://localhost.example.com", false, false, false, ""},
		{"", "", true, true, true, ""},
	} {
		c := &config{settings: settings{EmbedderURL: row.embedder, RerankerURL: row.reranker, TypedOutside: row.allowed}}
		if row.embedder != "" {
			c.Embedder = "http"
		}
		if e, r := c.takesTyped(c.embedder()), c.takesTyped(c.reranker()); e != row.embed || r != row.rerank {
			t.Errorf("%+v: the embedder sees typed text: %v, the reranker %v", row, e, r)
		}
		if got := strings.Join(c.typedTo(), " "); got != row.told {
			t.Errorf("%+v: the pages name %q", row, got)
		}
	}
}

func TestEndpointReadsItsKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ key, file, want string }{
		{"", "", ""},
		{"", file, "from-file"},
		{"given", file, "given"},
	} {
		o, err := endpoint{what: "reranker", key: row.key, keyFile: row.file}.options()
		if err != nil || o.Key() != row.want {
			t.Errorf("%+v: %v", row, err)
		}
	}
	if _, err := (endpoint{what: "reranker", keyFile: file + "x"}).options(); err == nil || !strings.Contains(err.Error(), "reranker_key_file") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestEverySecretHasItsFileSetting(t *testing.T) {
	c, err := loadConfig((&app{}).root().PersistentFlags())
	if err != nil {
		t.Fatal(err)
	}
	keys := c.layers[0].k.Keys()
	for _, s := range secrets {
		if !slices.Contains(keys, s) || !slices.Contains(keys, s+"_file") {
			t.Errorf("%s is no setting, or %s_file is none", s, s)
		}
	}
}
