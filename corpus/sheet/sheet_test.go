package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// show writes tables as text: name, then rows with their numbers; "<" and "^" mark cells of a range that began to the left
// or above.
func show(t *testing.T, tables func(func(Table, error) bool)) string {
	t.Helper()
	var b strings.Builder
	for table, err := range tables {
		if err != nil {
			return b.String() + "error " + err.Error()
		}
		fmt.Fprintf(&b, "%s:", table.Name)
		for row, err := range table.Rows {
			if err != nil {
				return b.String() + "error " + err.Error()
			}
			fmt.Fprintf(&b, " %d", row.N)
			for i, c := range row.Cells {
				mark := "|"
				if row.Left != nil && row.Left[i] < i {
					mark += "<"
				}
				if row.Top != nil && row.Top[i] < row.N {
					mark += "^"
				}
				b.WriteString(mark + c)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestPages(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"spans", "<table><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td>d</table>", ": 1|a|b|<b 2|^a|c|d\n"},
		{"to the end", "<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>", ": 1|a|b 2|^a|c 3|^a|d\n"},
		{"no rows", "<table><td>a<td>b</table>", ": 1|a|b\n"},
		{"in a cell", "<table><tr><td>a<table><tr><td>b</table>c</table>", ": 1|ac\n: 1|b\n"},
		{"text", "x<table><tr><td> a<br>b<script>c</script>&lt;d&gt;<!-- e --></td></tr></table>", ": 1|a\nb<d>\n"},
		{"declared", "<meta charset=gbk><table><tr><td>\xb3\xc9\xb9\xfb</table>", ": 1|成果\n"},
		{"declared big5", "<meta charset=big5><table><tr><td>\xa6\xa8\xaaG</table>", ": 1|成果\n"},
		{"wrongly declared", "<meta charset=gbk><table><tr><td>成果</table>", ": 1|成果\n"},
		{"endless", "<table><tr><td colspan=99999999 rowspan=99999999>a<td>b", ": 1|a" + strings.Repeat("|<a", maxGridColumns-1) + "\n"},
	} {
		if got := show(t, HTML(strings.NewReader(c.page))); got != c.want {
			t.Errorf("%s: %.200q, want %.200q", c.name, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		code  string
		value float64
		want  string
	}{
		{"General", 80.456, "80.456"}, {"General", 0.1 + 0.2, "0.3"}, {"General", 13800000000, "13800000000"}, {"0.00", 1.0 / 3, "0.333333333333333"},
		{"yyyy-mm-dd", 45047, "2023-05-01"}, {`yyyy"年"m"月"d"日"`, 45047.75, "2023-05-01"}, {"[$-804]yyyy/m/d;@", 45047, "2023-05-01"},
		{"yyyy-mm-dd", 3, "3"}, {"0.0%", 0.455, "45.5%"}, {`0.00"元/d"`, 50000, "50000"}, {"#,##0", 1234567, "1234567"}, {"General", 123456789012345678, "123456789012346000"},
	} {
		if got := formatOf(c.code).text(c.value, false); got != c.want {
			t.Errorf("%g as %s is %s, want %s", c.value, c.code, got, c.want)
		}
	}
	if got := day.text(43585, true); got != "2023-05-01" {
		t.Errorf("days from 1904: %s", got)
	}
}

func TestEncodings(t *testing.T) {
	for _, c := range []struct {
		head          string
		whole, markup bool
		want          string
	}{
		{"成果", true, false, "UTF-8"}, {"\xb3\xc9\xb9\xfb", true, false, "GB18030"}, {"成果\xe6\x88", false, false, "UTF-8"}, {"成果\xe6\x88", true, false, "GB18030"},
		{"\xff\xfea\x00", true, false, "UTF-16"}, {`<meta charset="gb2312">`, false, true, "GB18030"}, {`<meta charset="gb2312">`, false, false, "UTF-8"},
		{`<meta charset="gb2312">成`, false, true, "UTF-8"}, {"", true, false, "UTF-8"},
	} {
		if _, got := Encoding([]byte(c.head), c.whole, c.markup); got != c.want {
			t.Errorf("%q is %s, want %s", c.head, got, c.want)
		}
	}
}

func zipFile(t testing.TB, data []byte) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "a.zip"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	return f
}

// archive holds n files of that many zeros.
func archive(t *testing.T, n, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range n {
		method := zip.Deflate
		if size == 0 {
			method = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i), Method: method})
		if err == nil {
			_, err = w.Write(make([]byte, size))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBombsAreRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		n, size int
		want    string
	}{
		{"few files", 3, 10, ""},
		{"many files", maxEntries + 1, 0, "压缩包里的文件超过"},
		{"a long list", 170_000, 0, "压缩包里的文件超过"},
		{"of one byte many", 1, 40 << 20, "解压后的内容大得不正常"},
	} {
		got := ""
		for e, err := range Entries(zipFile(t, archive(t, c.n, c.size))) {
			if err == nil {
				var r io.ReadCloser
				if r, err = e.Open(); err == nil {
					_, err = io.Copy(io.Discard, r)
					r.Close()
				}
			}
			if err != nil {
				got = err.Error()
			}
		}
		if !strings.HasPrefix(got, c.want) || got != "" && c.want == "" {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Rows and cells are what a spec of fill says, whatever order the ranges stand in.
func TestRangesFillTheirCells(t *testing.T) {
	rows := []Row{{N: 2, Cells: []string{"a", "b", "c"}}, {N: 3, Cells: []string{"x"}}, {N: 9, Cells: []string{"y", "z"}}}
	merged := []span{{9, 9, 0, 1}, {2, 4, 1, 1}, {1, 3, 2, 2}}
	got := show(t, func(yield func(Table, error) bool) { yield(Table{Rows: fill(each(rows), slices.Clone(merged))}, nil) })
	if want := ": 2|a|b|^ 3|x|^b|^ 9|y|<y\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// seeds are the files of the intake of package corpus with one of these endings.
func seeds(f *testing.F, endings ...string) {
	paths, err := filepath.Glob("../testdata/intake/*")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, p := range paths {
		if info, err := os.Stat(p); err != nil || info.Size() > 1<<20 || !slices.Contains(endings, filepath.Ext(p)) {
			continue
		}
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

// rectangular checks what readers of rows rely on.
func rectangular(t *testing.T, tables func(func(Table, error) bool)) {
	t.Helper()
	for table, err := range tables {
		if err != nil {
			return
		}
		last := 0
		for row, err := range table.Rows {
			if err != nil {
				return
			}
			if row.N <= last {
				t.Fatalf("row %d comes after row %d", row.N, last)
			}
			last = row.N
			if row.Left != nil && (len(row.Left) != len(row.Cells) || len(row.Top) != len(row.Cells)) {
				t.Fatalf("%d cells, %d and %d places", len(row.Cells), len(row.Left), len(row.Top))
			}
			for i, left := range row.Left {
				if left > i || row.Top[i] > row.N {
					t.Fatalf("cell %d of row %d belongs to %d, %d", i, row.N, left, row.Top[i])
				}
			}
			for _, inner := range row.Inner {
				rectangular(t, func(yield func(Table, error) bool) {
					for _, table := range inner {
						if !yield(table, nil) {
							return
						}
					}
				})
			}
		}
	}
}

func FuzzXLS(f *testing.F) {
	seeds(f, ".xls", ".doc")
	f.Fuzz(func(t *testing.T, b []byte) {
		rectangular(t, XLS(bytes.NewReader(b), int64(len(b))))
		if stream, err := bookStream(bytes.NewReader(b), int64(len(b))); err == nil {
			rectangular(t, XLS(bytes.NewReader(stream), int64(len(stream))))
		}
	})
}

func FuzzHTML(f *testing.F) {
	seeds(f, ".xls", ".html")
	f.Fuzz(func(t *testing.T, b []byte) {
		rectangular(t, HTML(bytes.NewReader(b)))
		rectangular(t, XML2003(bytes.NewReader(b)))
	})
}

func FuzzDOCX(f *testing.F) {
	f.Add([]byte(`<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr>` +
		`<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/><w:tbl><w:tr><w:tc/></w:tr></w:tbl></w:tc></w:tr></w:tbl><w:p><w:r><w:t>b</w:t></w:r></w:p>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for block, err := range documentBlocks(bytes.NewReader(b)) {
			if err == nil && block.Table != nil {
				rectangular(t, func(yield func(Table, error) bool) { yield(*block.Table, nil) })
			}
		}
	})
}

func FuzzZip(f *testing.F) {
	seeds(f, ".zip", ".docx", ".xlsx")
	f.Fuzz(func(t *testing.T, b []byte) {
		file := zipFile(t, b)
		container, err := ContainerOf(file)
		switch {
		case err != nil:
		case container == Workbook:
			rectangular(t, XLSX(file))
		case container == Document:
			for range DOCX(file) {
			}
		default:
			for e, err := range Entries(file) {
				if err != nil || e.Open == nil {
					continue
				}
				if r, err := e.Open(); err == nil {
					io.Copy(io.Discard, r)
					r.Close()
				}
			}
		}
	})
}
