// Command codetable makes the code tables that package corpus carries inside:
//
//	go run ./cmd/codetable DIR OUT
//
// DIR holds gbt4754-2017.tsv (code, level, parent, name), gbt2260-202312.json (code to name) and
// sei-2018-two-level.tsv (code, level, parent, name). OUT gets codes and names only, one a line, each table after a
// line with its edition, date and origin. The same input gives the same bytes.
package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: codetable DIR OUT")
		os.Exit(2)
	}
	data, err := build(os.Args[1])
	if err == nil {
		err = os.WriteFile(os.Args[2], data, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "codetable:", err)
		os.Exit(1)
	}
}

// build reads the three tables in dir and returns the data file.
func build(dir string) ([]byte, error) {
	var out bytes.Buffer
	for _, t := range []struct{ file, head string }{
		{"gbt4754-2017.tsv", "field\tGB/T 4754-2017 国民经济行业分类\t2017-06-30\t国家标准"},
		{"gbt2260-202312.json", "region\tGB/T 2260 中华人民共和国行政区划代码\t2023-12\topen-data-plan/gbt2260 (MIT)"},
		{"sei-2018-two-level.tsv", "strategic\t战略性新兴产业分类(2018)，两级\t2018-11-07\t国家统计局令第23号"},
	} {
		raw, err := os.ReadFile(filepath.Join(dir, t.file))
		if err != nil {
			return nil, err
		}
		read := tsvRows
		if filepath.Ext(t.file) == ".json" {
			read = jsonRows
		}
		rows, err := read(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.file, err)
		}
		fmt.Fprintf(&out, "#%s\n", t.head)
		for _, r := range rows {
			fmt.Fprintf(&out, "%s\t%s\n", r[0], r[1])
		}
	}
	return out.Bytes(), nil
}

// tsvRows returns code and name in the file's order, in which a parent stands before its children.
func tsvRows(raw []byte) ([][2]string, error) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	code, name := slices.Index(rows[0], "code"), slices.Index(rows[0], "name")
	if code < 0 || name < 0 {
		return nil, fmt.Errorf("no columns code and name in %q", rows[0])
	}
	var out [][2]string
	for _, row := range rows[1:] {
		out = append(out, [2]string{row[code], row[name]})
	}
	return out, nil
}

// jsonRows returns code and name in the order of the codes. The star behind the names of cities that a province
// governs directly (济源市*) is the source's footnote.
func jsonRows(raw []byte) ([][2]string, error) {
	var names map[string]string
	if err := json.Unmarshal(raw, &names); err != nil {
		return nil, err
	}
	var out [][2]string
	for _, code := range slices.Sorted(maps.Keys(names)) {
		out = append(out, [2]string{code, strings.TrimSuffix(names[code], "*")})
	}
	return out, nil
}
