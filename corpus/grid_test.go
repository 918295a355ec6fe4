package corpus

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestAGridIsSafeInASpreadsheet(t *testing.T) {
	rows := [][]string{{"名称", "备注"}, {"=1+1", `含"引号"，和,逗号`}, {"", "0123"}}
	var b bytes.Buffer
	if err := WriteGrid(&b, CSV, rows); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeff名称,备注\n'=1+1,\"含\"\"引号\"\"，和,逗号\"\n,'0123\n"; b.String() != want {
		t.Errorf("CSV is %q, want %q", b.String(), want)
	}
	b.Reset()
	if err := WriteGrid(&b, XLSX, rows); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range rows {
		if strings.Join(got[i], "|") != strings.Join(want, "|") {
			t.Errorf("row %d is %q, want %q", i, got[i], want)
		}
	}
	if formula, err := f.GetCellFormula(f.GetSheetName(0), "A2"); err != nil || formula != "" {
		t.Errorf("a text became the formula %q (%v)", formula, err)
	}
	b.Reset()
	if err := WriteGrid(&b, XLSX, [][]string{{strings.Repeat("长", maxCell+1)}}); CodeOf(err) != Invalid {
		t.Errorf("a cell that is too long: %v", err)
	}
	if err := WriteGrid(&b, JSONL, rows); CodeOf(err) != Invalid {
		t.Errorf("JSONL: %v", err)
	}
}
