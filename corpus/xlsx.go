package corpus

import (
	"errors"
	"io"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

const (
	// maxSheetRows and maxCell are what a sheet can hold, in rows and in UTF-16 units of a cell.
	maxSheetRows = 1_048_576
	maxCell      = 32_767
)

// xlsxWriter writes rows of text cells to one sheet.
type xlsxWriter struct {
	f   *excelize.File
	s   *excelize.StreamWriter
	out io.Writer
	n   int
}

func newXLSXWriter(out io.Writer) (*xlsxWriter, error) {
	f := excelize.NewFile()
	s, err := f.NewStreamWriter(f.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &xlsxWriter{f: f, s: s, out: out}, nil
}

func (w *xlsxWriter) takes(cell string) *Error {
	if len(cell) > maxCell && len(utf16.Encode([]rune(cell))) > maxCell {
		return &Error{Code: Invalid, Message: "内容超过单元格的 32,767 个字符", Fix: "导出为 csv 或 jsonl"}
	}
	return nil
}

func (w *xlsxWriter) row(cells []string) error {
	if w.n == maxSheetRows {
		return &Error{Code: Invalid, Message: "一张工作表最多 1,048,576 行", Fix: "导出为 csv 或 jsonl"}
	}
	w.n++
	values := make([]any, len(cells))
	for i, c := range cells {
		if c != "" {
			values[i] = c
		}
	}
	at, err := excelize.CoordinatesToCellName(1, w.n)
	if err != nil {
		return err
	}
	return w.s.SetRow(at, values)
}

func (w *xlsxWriter) close() error {
	if err := w.s.Flush(); err != nil {
		return err
	}
	_, err := w.f.WriteTo(w.out)
	return err
}
