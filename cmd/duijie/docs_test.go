package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "rewrite golden files")

// documents returns what people read, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../bench/*.md"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out[path] = string(b)
		}
	}
	return out
}

// commands returns those that do something, in the order of help.
func commands(t *testing.T) (out []*cobra.Command) {
	t.Helper()
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if !c.HasSubCommands() || c.Flags().HasFlags() { // a group has none of its own
			out = append(out, c)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&app{}).root())
	return out
}

const commandsFile = "../../docs/commands.md"

// TestCommandsAreListed holds docs/commands.md against what the program says of itself.
func TestCommandsAreListed(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Commands\n\n`duijie COMMAND --help` has the flags of each; without a command it lists those of the settings, which all take.\n\n")
	for _, c := range commands(t) {
		if c.Short == "" {
			t.Errorf("%s says nothing of itself", c.CommandPath())
		}
		fmt.Fprintf(&b, "- `%s`: %s\n", strings.TrimSuffix(c.UseLine(), " [flags]"), c.Short)
	}
	if *update {
		if err := os.WriteFile(commandsFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(commandsFile); err != nil || string(got) != b.String() {
		t.Errorf("docs/commands.md is not what the program has (%v): go test ./cmd/duijie -run Commands -update", err)
	}
}

// What documents tell to type stands in `quotes`, at the beginning of a line and behind $(. A backslash goes on with the next line.
var (
	quoted = regexp.MustCompile("`(?:bin/)?duijie ([^`]+)`")
	typed  = regexp.MustCompile(`(?m)(?:^(?: {4})?(?:\$ )?|\$\()(?:bin/)?duijie ((?:[^\\\n#|)]|\\\n)+)`)
)

// TestDocumentsNameCommandsThatAreThere holds what documents tell to type against the commands and their flags.
func TestDocumentsNameCommandsThatAreThere(t *testing.T) {
	named := map[string]bool{}
	for path, text := range documents(t) {
		for _, m := range slices.Concat(quoted.FindAllStringSubmatch(text, -1), typed.FindAllStringSubmatch(text, -1)) {
			words := strings.Fields(strings.ReplaceAll(m[1], "\\\n", " "))
			if words[0] == "COMMAND" || strings.ContainsAny(words[0], ".") { // any; a figure of the benchmark
				continue
			}
			root := (&app{}).root()
			c, rest, err := root.Find(words)
			if err != nil || c == root || c.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
				t.Errorf("%s: there is no command as in %q", path, m[0])
				continue
			}
			named[c.CommandPath()] = true
			c.InitDefaultHelpFlag()
			for _, word := range rest {
				name, isFlag := strings.CutPrefix(strings.Trim(word, "()"), "--")
				if name, _, _ = strings.Cut(name, "="); isFlag && c.Flag(name) == nil {
					t.Errorf("%s: %s has no --%s", path, c.CommandPath(), name)
				}
			}
		}
	}
	if len(named) < 30 {
		t.Errorf("only %d commands are found: %s", len(named), slices.Sorted(maps.Keys(named)))
	}
}

// TestPicturesAreShown holds the pictures that documents show against those of docs/shots, which together stay small.
func TestPicturesAreShown(t *testing.T) {
	shown := map[string]bool{}
	for path, text := range documents(t) {
		for _, m := range regexp.MustCompile(`!\[[^\]]+\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
			picture := filepath.Join(filepath.Dir(path), m[1])
			if _, err := os.Stat(picture); err != nil {
				t.Errorf("%s shows %v", path, err)
			}
			shown[picture] = true
		}
	}
	kept, err := filepath.Glob("../../docs/shots/*.png")
	if err != nil || len(kept) < 5 {
		t.Fatalf("%d pictures, %v", len(kept), err)
	}
	var bytes int64
	for _, picture := range kept {
		if !shown[picture] {
			t.Errorf("no document shows %s", picture)
		}
		info, err := os.Stat(picture)
		if err != nil {
			t.Fatal(err)
		}
		bytes += info.Size()
	}
	if bytes > 1_500_000 {
		t.Errorf("the pictures have %d bytes", bytes)
	}
}
