package corpus

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestMessagesAreSaidInEnglish(t *testing.T) {
	for chinese, english := range map[string]string{
		"名称为空":       "the title is empty",
		"“10万”看不出金额": "“10万” is no amount that can be read",
		"与 一.csv 第 3 行是同一条（编号 a），以本行为准":        "is the same posting as line 3 of 一.csv (id a); this row counts",
		"“朝阳区”有 2 个同名地区：北京市 110105、长春市 220104": "there are 2 regions called “朝阳区”: 北京市 110105、长春市 220104",
		"“{2}\n”不是日期": "“{2}\n” is no date",
		"a plain one": "a plain one",
		"谁也没说过":       "谁也没说过",
	} {
		if got := English(chinese); got != english {
			t.Errorf("%s: %q, want %q", chinese, got, english)
		}
	}
}

var verb = regexp.MustCompile(`%[a-z]`)

// pattern is what a message comes to, with x for what is put in.
func pattern(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return s
	case *ast.BinaryExpr:
		return pattern(e.X) + pattern(e.Y)
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return verb.ReplaceAllString(pattern(e.Args[0]), "x")
		}
	}
	return "x"
}

// TestEveryMessageHasAnEnglishOne reads the source: what stands as Message or Fix of an Error, or is given to bad or warn.
func TestEveryMessageHasAnEnglishOne(t *testing.T) {
	var files []string
	for _, dir := range []string{".", "sheet"} {
		some, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, some...)
	}
	all := 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			var said []ast.Expr
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if name, ok := n.Key.(*ast.Ident); ok && (name.Name == "Message" || name.Name == "Fix") {
					said = append(said, n.Value)
				}
			case *ast.CallExpr:
				switch f := n.Fun.(type) {
				case *ast.SelectorExpr:
					if f.Sel.Name == "bad" && len(n.Args) > 2 {
						said = append(said, n.Args[1:3]...)
					}
				case *ast.Ident:
					if f.Name == "warn" {
						said = append(said, n.Args...)
					}
				}
			}
			for _, e := range said {
				chinese := verb.ReplaceAllString(pattern(e), "x")
				if !strings.ContainsFunc(chinese, isHan) {
					continue
				}
				all++
				if English(chinese) == chinese {
					t.Errorf("%s: english.tsv lacks %s", path, chinese)
				}
			}
			return true
		})
	}
	if all < 150 {
		t.Errorf("only %d messages are found", all)
	}
}
