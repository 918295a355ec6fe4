//go:build contract

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"duijie/api"
)

// What the clients of testdata/clients print where all they ask is answered.
const clientSays = "true 3 true new"

// tool runs a program in a folder and returns what it prints.
func tool(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// placeFile writes a file, unless what should stand in it could not be had.
func placeFile(t *testing.T, dir, name string, content []byte, err error) {
	t.Helper()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), content, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// copyTo copies files of testdata/clients, each to its name in dir.
func copyTo(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for from, to := range files {
		b, err := os.ReadFile(filepath.Join("testdata", "clients", from))
		placeFile(t, dir, to, b, err)
	}
}

// TestContractGo makes a Go client of the description and runs it.
func TestContractGo(t *testing.T) {
	s, key := sampleServer(t)
	dir := t.TempDir()
	document, err := json.Marshal(api.OpenAPI())
	placeFile(t, dir, "openapi.json", document, err)
	copyTo(t, dir, map[string]string{"main.go.txt": "main.go"})
	placeFile(t, dir, "go.mod", []byte("module client\n\ngo 1.26\n"), nil)
	tool(t, dir, "go", "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2", "-generate", "types,client", "-package", "main", "-o", "client.go", "openapi.json")
	tool(t, dir, "go", "get", "github.com/oapi-codegen/runtime@v1.9.0")
	if got := strings.TrimSpace(tool(t, dir, "go", "run", ".", s.url, key)); got != clientSays {
		t.Errorf("it says %q, want %q", got, clientSays)
	}
}

// TestContractTypeScript does the same in TypeScript, with its types checked; $NODE_MODULES has what package.json names.
func TestContractTypeScript(t *testing.T) {
	modules := os.Getenv("NODE_MODULES")
	if modules == "" {
		t.Fatal("NODE_MODULES must name the folder into which package.json is installed (make test-long sees to it)")
	}
	s, key := sampleServer(t)
	dir := t.TempDir()
	document, err := json.Marshal(api.OpenAPI())
	placeFile(t, dir, "openapi.json", document, err)
	copyTo(t, dir, map[string]string{"main.ts": "main.ts", "tsconfig.json": "tsconfig.json", "package.json": "package.json"})
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	tool(t, dir, "node_modules/.bin/openapi-typescript", "openapi.json", "-o", "schema.d.ts")
	tool(t, dir, "node_modules/.bin/tsc", "-p", ".")
	if got := strings.TrimSpace(tool(t, dir, "node", "out/main.js", s.url, key)); got != clientSays {
		t.Errorf("it says %q, want %q", got, clientSays)
	}
}

// TestContractSchemathesis asks a server what its description allows and what it does not: $SCHEMATHESIS is the program. No
// answer may be a server error, or have a status, a media type or a body that the description does not know.
func TestContractSchemathesis(t *testing.T) {
	program := os.Getenv("SCHEMATHESIS")
	if program == "" {
		t.Fatal("SCHEMATHESIS must name the program of PyPI's schemathesis (make test-long sees to it)")
	}
	s, key := sampleServer(t)
	dir := t.TempDir()
	document, err := json.Marshal(api.OpenAPI())
	placeFile(t, dir, "openapi.json", document, err)
	t.Log(tool(t, dir, program, "run", "openapi.json", "--url", s.url, "-H", "Authorization: Bearer "+key,
		"--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance",
		"--phases", "examples,coverage,fuzzing", "--mode", "all", "--max-examples", "4", "--seed", "1", "--request-timeout", "60",
		"--suppress-health-check", "all", "--generation-database", "none",
		// It knows no NDJSON to send, and a feed would be fetched from wherever it says.
		"--exclude-operation-id", "batch", "--exclude-operation-id", "put-feed"))
}
