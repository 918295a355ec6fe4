package main

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// mark is what is printed between the blocks of a document.
const mark = "\x1e"

// A recipe is a block of commands in a document, with what stands there as its output.
type recipe struct {
	line           int
	commands, want string
}

// recipesOf reads the ```sh blocks of a document. A block of ```json or ```text right behind is what is printed; without one
// nothing is.
func recipesOf(document string) (out []recipe) {
	lines := strings.Split(document, "\n")
	block := func(i int) (string, int) { // that begins behind line i
		end := i + 1
		for end < len(lines) && lines[end] != "```" {
			end++
		}
		return strings.Join(lines[i+1:end], "\n"), end
	}
	for i := 0; i < len(lines); i++ {
		if lines[i] != "```sh" {
			continue
		}
		r := recipe{line: i + 1}
		r.commands, i = block(i)
		if i+1 < len(lines) && (lines[i+1] == "```json" || lines[i+1] == "```text") {
			r.want, i = block(i + 1)
		}
		out = append(out, r)
	}
	return out
}

// pattern is what a shown output matches: "..." is anything, and blanks and line breaks don't count.
func pattern(shown string) *regexp.Regexp {
	return regexp.MustCompile("(?s)^" + strings.ReplaceAll(regexp.QuoteMeta(squeeze(shown)), `\.\.\.`, ".*") + "$")
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// hookReceiver keeps the first alert that it gets as docs/recipes.md says. It returns its address.
func hookReceiver(t *testing.T, p *program) string {
	s := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var headers strings.Builder
		for name := range r.Header {
			fmt.Fprintf(&headers, "%s: %s\n", name, r.Header.Get(name))
		}
		err = errors.Join(err, os.WriteFile(filepath.Join(p.dir, "alert.json"), body, 0o600),
			os.WriteFile(filepath.Join(p.dir, "alert.part"), []byte(headers.String()), 0o600),
			os.Rename(filepath.Join(p.dir, "alert.part"), filepath.Join(p.dir, "alert.txt"))) // the shell waits for it
		if err != nil {
			t.Errorf("an alert is not kept: %v", err)
		}
	}))
	t.Cleanup(s.Close)
	ca := filepath.Join(p.dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	p.env = []string{"SSL_CERT_FILE=" + ca, "DUIJIE_ALLOW_PRIVATE_WEBHOOKS=127.0.0.1"}
	return s.URL
}

// inFolder makes a program find something of the checkout in its folder, as in the checkout.
func inFolder(t *testing.T, p *program, from, to string) {
	t.Helper()
	from, err := filepath.Abs(from)
	if err != nil {
		t.Fatal(err)
	}
	to = filepath.Join(p.dir, to)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(from, to); err != nil {
		t.Fatal(err)
	}
}

// TestRecipes runs what docs/start.md and docs/recipes.md show, in one shell and as it stands there, but for the address of
// the server.
func TestRecipes(t *testing.T) {
	for _, name := range []string{"bash", "curl", "python3"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("the recipes need %s: apt-get install bash curl python3", name)
		}
	}
	p := newProgram(t)
	hook := hookReceiver(t, p)
	inFolder(t, p, p.path, "bin/duijie")
	inFolder(t, p, "../../docs", "docs")
	files, err := filepath.Glob("sample/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample: %v", err)
	}
	for i, f := range files {
		inFolder(t, p, f, f)
		files[i] = f
	}
	p.run(append([]string{"import"}, files...)...)
	s := p.serve()
	s.ready()
	for _, name := range []string{"recipes", "start"} { // start adds to the sample
		t.Run(name, func(t *testing.T) {
			document, err := os.ReadFile("../../docs/" + name + ".md")
			if err != nil {
				t.Fatal(err)
			}
			recipes := recipesOf(string(document))
			if len(recipes) < 3 {
				t.Fatalf("only %d blocks are found", len(recipes))
			}
			script := "set -eo pipefail\n"
			for _, r := range recipes {
				script += r.commands + "\nprintf '" + mark + "'\n"
			}
			cmd := exec.CommandContext(t.Context(), "bash", "-c", strings.ReplaceAll(script, "http://127.0.0.1:8080", s.url))
			cmd.Dir = p.dir
			cmd.Env = []string{"HOME=" + p.dir, "PATH=" + os.Getenv("PATH"), "HOOK=" + hook, "LC_ALL=C.UTF-8"}
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			printed := strings.Split(string(out), mark)
			for i, r := range recipes {
				if i >= len(printed)-1 {
					t.Fatalf("docs/%s.md:%d ends the shell: %v\n%s\n%s", name, r.line, err, printed[len(printed)-1], &stderr)
				}
				if !pattern(r.want).MatchString(squeeze(printed[i])) {
					t.Errorf("docs/%s.md:%d prints\n%s\nand not\n%s", name, r.line, strings.TrimSpace(printed[i]), r.want)
				}
			}
		})
	}
}
