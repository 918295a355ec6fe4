package corpus

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func linesOf(t *testing.T, file string) string {
	t.Helper()
	var out []string
	for l, err := range ReadLines(strings.NewReader(file)) {
		if err != nil {
			return strings.Join(append(out, string(CodeOf(err))), "; ")
		}
		said := fmt.Sprint(l.N)
		for _, k := range slices.Sorted(maps.Keys(l.Texts)) {
			said += fmt.Sprintf(" %s=%s", k, l.Texts[k])
		}
		if l.Problem != nil {
			said = fmt.Sprint(l.N, " bad")
		}
		out = append(out, said)
	}
	return strings.Join(out, "; ")
}

func TestLinesOfATable(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"a,b\n1,2\n\n3\n", "2 a=1 b=2; 4 a=3"},
		{"\ufeff\na;b\n1;\"x\ny\"\n'=1;2;3\n", "3 a=1 b=x\ny; 5 a==1 b=2"},
		{"a\tb\n1\t 2 \n", "2 a=1 b=2"},
		{"{\"a\":\"1\",\"b\":null}\n\n{\"a\":2}\n{\"a\"\n", "1 a=1 b=; 3 a=2; 4 bad"},
		{"a,b\n\"1,2\n3,4\n", "2 bad; 3 a=3 b=4"},
		{"技术合同登记表\n\n2026年度,,\na,b\n1,2\n3\n", "5 a=1 b=2; 6 a=3"},
		{"技术合同登记表\na\tb\n1\t2\n", "3 a=1 b=2"},
		{"a\n1\n2\n3\n4\n5\n6\n", "2 a=1; 3 a=2; 4 a=3; 5 a=4; 6 a=5; 7 a=6"},
		{"a\n1\n", "2 a=1"},
		{"", ""},
		{"a,b\n", ""},
		{"%PDF-1.4", "invalid"},
		{"PK\x03\x04nothing", "invalid"},
	} {
		if got := linesOf(t, c.file); got != c.want {
			t.Errorf("%q: %q, want %q", c.file, got, c.want)
		}
	}
}

func TestLinesComeBackFromTheFilesThatAreWritten(t *testing.T) {
	rows := [][]string{{"编号", "留言"}, {"007", "=1+1"}, {"123456789012345", "两\n行，“引号\""}}
	for _, f := range []Format{CSV, XLSX} {
		var b bytes.Buffer
		err := WriteLines(&b, f, func(yield func([]string, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := linesOf(t, b.String()), "2 留言==1+1 编号=007; 3 留言=两\n行，“引号\" 编号=123456789012345"; got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
}
