package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// told writes rows as the golden files have them: place and posting, or what is wrong with the row, then what was not
// understood.
func told(rows []Row, err error) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s:%d", r.place(), r.Line)
		switch {
		case r.Bad():
			for _, p := range r.Problems {
				fmt.Fprintf(&b, "\n  bad %s", p.Error())
			}
		case !r.Note:
			doc, _ := json.MarshalIndent(r.Doc, "  ", "  ")
			fmt.Fprintf(&b, " %s", doc)
		}
		b.WriteByte('\n')
		for _, w := range r.Warnings {
			fmt.Fprintf(&b, "  ! %s\n", w.Error())
		}
	}
	if e, ok := errors.AsType[*Error](err); ok {
		fmt.Fprintf(&b, "error %s %s: %s (%s)\n", e.Code, e.Field, e.Message, e.Fix)
	} else if err != nil {
		fmt.Fprintf(&b, "error %v\n", err)
	}
	return b.String()
}

// Files as they arrive, each with what is read from it.
func TestIntake(t *testing.T) {
	for _, c := range intake {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join("testdata", "intake", c.name)
			file, err := os.ReadFile(path)
			if errors.Is(err, os.ErrNotExist) && *update {
				file = c.make(t)
				err = os.WriteFile(path, file, 0o644)
			}
			check(t, err)
			var rows []Row
			var ended error
			for row, err := range Read(bytes.NewReader(file), c.name, ReadOptions{Kind: Need}) {
				if ended = err; err == nil {
					rows = append(rows, row)
				}
			}
			got := told(rows, ended)
			if *update {
				check(t, os.WriteFile(path+".want", []byte(got), 0o644))
			}
			want, err := os.ReadFile(path + ".want")
			check(t, err)
			if got != string(want) {
				t.Errorf("%s is read as\n%s\nwant\n%s", c.name, got, want)
			}
		})
	}
}

// Whatever comes, reading ends, and each row is a posting, bad, or a note.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/intake/*")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range paths {
		if b, err := os.ReadFile(path); err == nil && len(b) < 20_000 && filepath.Ext(path) != ".want" {
			f.Add(b)
		}
	}
	f.Add([]byte(`{"data":{"list":[{"id":1,"名称":{"a":"甲"}}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for row, err := range Read(bytes.NewReader(b), "a", ReadOptions{Kind: Need}) {
			if err == nil && row.Doc.Title == "" && !row.Bad() && !row.Note {
				t.Errorf("a row says nothing: %+v", row)
			}
		}
	})
}
