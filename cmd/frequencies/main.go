// Frequencies makes indexer/frequencies.txt: in how many texts of a folder of postings and abstracts each word stands,
// as the segmenter cuts it. None of the text is kept.
//
//	go run ./cmd/frequencies TEXTS indexer/frequencies.txt
//
// TEXTS holds .jsonl or .jsonl.gz files; a row's title, name, abstract, context, description and text are one text.
// The file's first line is the number of texts; a line for each word that stands in two or more follows.
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"duijie/indexer"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: frequencies TEXTS OUT")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(texts, out string) error {
	temp, err := os.MkdirTemp("", "frequencies-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	seg, err := indexer.OpenSegmenter(temp)
	if err != nil {
		return err
	}
	rows, counts := 0, map[string]int{}
	count := func(text string) {
		rows++
		seen := map[string]bool{}
		for _, t := range seg.Cut(text) {
			if !seen[t.Term] {
				seen[t.Term] = true
				counts[t.Term]++
			}
		}
	}
	err = filepath.WalkDir(texts, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(strings.TrimSuffix(path, ".gz"), ".jsonl") {
			return err
		}
		return eachText(path, count)
	})
	if err != nil {
		return err
	}
	maps.DeleteFunc(counts, func(_ string, n int) bool { return n < 2 })
	var b strings.Builder
	fmt.Fprintln(&b, rows)
	for _, word := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%s\t%d\n", word, counts[word])
	}
	return os.WriteFile(out, []byte(b.String()), 0o644)
}

func eachText(path string, yield func(string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = bufio.NewReader(f)
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	for dec := json.NewDecoder(r); ; {
		var row struct{ Title, Name, Abstract, Context, Description, Text string }
		if err := dec.Decode(&row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		yield(strings.Join([]string{row.Title, row.Name, row.Abstract, row.Context, row.Description, row.Text}, "\n"))
	}
}
