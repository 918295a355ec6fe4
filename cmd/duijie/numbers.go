package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"duijie/corpus"
)

func (a *app) numbersCommand() *cobra.Command {
	var kind, encoding string
	var columns []string
	cmd := &cobra.Command{
		Use:   "numbers FILE...",
		Short: "List the numbers in the texts of files that were not understood, and count all by class",
		Long: "List the numbers in the texts of files that were not understood, and count all by class. The files are read as import\n" +
			"reads them; nothing is stored.",
		Args: cobra.MinimumNArgs(1),
		RunE: a.does(func(_ context.Context, args []string) error { return a.numbers(kind, encoding, columns, args) }),
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", "", "achievement, need, expert or project, of rows that don't say (default: by the file's name)")
	f.StringVar(&encoding, "encoding", "", "of text files: utf-8 or gb18030 (default: by content)")
	f.StringArrayVar(&columns, "map", nil, "read column HEADER into FIELD: HEADER=FIELD, may be repeated")
	return cmd
}

// numbers prints a line for each number that was not understood, then a table.
func (a *app) numbers(kind, encoding string, columns, paths []string) error {
	o := corpus.ReadOptions{Encoding: encoding, Map: map[string]string{}}
	if kind != "" {
		var ok bool
		if o.Kind, ok = corpus.ParseKind(kind); !ok {
			return fmt.Errorf("there is no kind %q (achievement, need, expert or project)", kind)
		}
	}
	for _, c := range columns {
		header, field, ok := strings.Cut(c, "=")
		if !ok {
			return fmt.Errorf("--map %s is not HEADER=FIELD", c)
		}
		o.Map[header] = field
	}
	counts := map[corpus.NumberClass]int{}
	for _, path := range paths {
		if err := a.numbersOf(path, o, counts); err != nil {
			return err
		}
	}
	all := 0
	for _, n := range counts {
		all += n
	}
	t := newTable("class", "numbers", "share")
	for _, class := range corpus.NumberClasses {
		t.add(string(class), strconv.Itoa(counts[class]), fmt.Sprintf("%.1f %%", 100*float64(counts[class])/float64(max(1, all))))
	}
	return t.print(a.stdout)
}

func (a *app) numbersOf(path string, o corpus.ReadOptions, counts map[corpus.NumberClass]int) error {
	in, name := a.stdin, "stdin"
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		in, name = f, filepath.Base(path)
	}
	if o.Kind == "" {
		o.Kind = kindOf(name)
	}
	for row, err := range corpus.Read(in, name, o) {
		if err != nil {
			return err
		}
		d := &row.Doc
		for _, field := range []struct{ name, text string }{{"title", d.Title}, {"text", d.Text}, {"goal", d.Goal}, {"tried", d.Tried},
			{"indicators", strings.Join(d.Indicators, "\n")}} {
			for n := range corpus.Numbers(field.text) {
				counts[n.Class]++
				if n.Class == corpus.OtherNumber {
					fmt.Fprintf(a.stdout, "%s:%d %s: %s\n", row.File, row.Line, field.name, around(field.text, n.Start, n.End))
				}
			}
		}
	}
	return nil
}

// shownAround is how many bytes of the text are shown on each side of a number.
const shownAround = 48

// around quotes a piece of a text in its surroundings, on one line.
func around(text string, start, end int) string {
	from, to := max(0, start-shownAround), min(len(text), end+shownAround)
	for !utf8.RuneStart(text[from]) {
		from++
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	return strings.ReplaceAll(text[from:start]+"【"+text[start:end]+"】"+text[end:to], "\n", " ")
}
