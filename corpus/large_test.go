package corpus

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// go test ./corpus -run Large -v -args -rows 1000000 is the full size.
var largeRows = flag.Int("rows", 8_000, "rows of large files")

// Memory does not grow with the file: what lives after a collection at the end of the file is little more than at its
// beginning.
func TestLargeFilesAreReadInBoundedMemory(t *testing.T) {
	const text = "锅炉燃烧颗粒燃料时灰熔点低，炉排结渣，希望灰熔点提高到 1200 ℃ 以上，同时不增加成本。"
	files := map[string]func(w io.Writer) error{
		"csv": func(w io.Writer) error {
			b := bufio.NewWriter(w)
			fmt.Fprintln(b, "编号,需求名称,需求描述,需求单位")
			for i := range *largeRows {
				fmt.Fprintf(b, "N%d,需求%d,%s,某单位%d\n", i, i, text, i)
			}
			return b.Flush()
		},
		"xlsx": func(w io.Writer) error {
			f := excelize.NewFile()
			s, err := f.NewStreamWriter("Sheet1")
			if err != nil {
				return err
			}
			s.SetRow("A1", []any{"编号", "需求名称", "需求描述", "需求单位", "拟投入资金（万元）"})
			for i := range *largeRows {
				s.SetRow(fmt.Sprintf("A%d", i+2), []any{fmt.Sprintf("N%d", i), fmt.Sprintf("需求%d", i), text, fmt.Sprintf("某单位%d", i/2), i})
				if i%2 == 1 {
					s.MergeCell(fmt.Sprintf("D%d", i+1), fmt.Sprintf("D%d", i+2))
				}
			}
			if err := s.Flush(); err != nil {
				return err
			}
			_, err = f.WriteTo(w)
			return err
		},
	}
	for name, write := range files {
		path := filepath.Join(t.TempDir(), "large."+name)
		f, err := os.Create(path)
		check(t, err, write(f), f.Close())
		live := func() uint64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		f, err = os.Open(path)
		check(t, err)
		n, first, most := 0, uint64(0), uint64(0)
		for row, err := range Read(f, name, ReadOptions{Kind: Need}) {
			if err != nil || row.Bad() || row.Doc.Title != fmt.Sprintf("需求%d", n) || row.Doc.Org != fmt.Sprintf("某单位%d", n/2) && name == "xlsx" {
				t.Fatalf("%s: row %d is %+v, %v", name, n, row, err)
			}
			if n == 100 {
				first = live()
			}
			if n++; n%(*largeRows/8) == 0 {
				most = max(most, live())
			}
		}
		info, _ := f.Stat()
		f.Close()
		t.Logf("%s: %d rows, %d MB on disk, %d KB live at the beginning, %d KB at most%s", name, n, info.Size()>>20, first>>10, most>>10, peak())
		if n != *largeRows || most > first+4<<20 {
			t.Errorf("%s: %d rows, %d KB live at the beginning, %d KB at most", name, n, first>>10, most>>10)
		}
	}
}

// peak is the line in which Linux tells the most memory that this process has had.
func peak() string {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	return ", peak " + strings.TrimSpace(line)
}
