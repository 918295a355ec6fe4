package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers are the packages in the order of their imports, which only go left.
var layers = []string{"corpus/sheet", "corpus/pdf", "corpus", "corpus/market", "indexer", "matcher", "api", "api/web", "cmd/duijie"}

// onlyIn names the one file that may import a module.
var onlyIn = map[string]string{
	"github.com/blevesearch/": "indexer/fulltext.go",
	"github.com/yanyiwu/":     "indexer/jieba.go",
	"github.com/gin-gonic/":   "api",
	"github.com/klippa-app/":  "corpus/pdf",
	"github.com/tetratelabs/": "corpus/pdf",
}

func TestImportsGoLeft(t *testing.T) {
	const root = "../.."
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && file != root && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		dir := path.Dir(rel)
		layer := slices.Index(layers, dir)
		if layer < 0 && !strings.HasPrefix(dir, "cmd/") {
			t.Errorf("%s: the package %s has no place in the house", rel, dir)
		}
		seen[dir] = true
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if ours, ok := strings.CutPrefix(name, "duijie/"); ok && layer >= 0 && slices.Index(layers, ours) >= layer {
				t.Errorf("%s imports %s, which is not to its left", rel, ours)
			}
			for module, home := range onlyIn {
				if strings.HasPrefix(name, module) && rel != home && dir != home {
					t.Errorf("%s imports %s, which only %s may", rel, name, home)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range layers {
		if !seen[dir] {
			t.Errorf("found no code in %s", dir)
		}
	}
}
