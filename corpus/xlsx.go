package corpus

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

const (
	maxWorkbook = 256 << 20 // bytes of a workbook as it lies on disk: it is held in memory
	maxUnzipped = 4 << 30   // sheets over 16 MB are unzipped to files
	// maxSheetRows and maxCell are what a sheet can hold, in rows and in UTF-16 units of a cell.
	maxSheetRows = 1_048_576
	maxCell      = 32_767
)

// readXLSX reads the first sheet that has a header we know.
func (t *tableReader) readXLSX(r io.Reader) (err error) {
	limited := &io.LimitedReader{R: r, N: maxWorkbook}
	f, err := excelize.OpenReader(limited, excelize.Options{UnzipSizeLimit: maxUnzipped})
	if limited.N == 0 {
		return &Error{Code: TooLarge, Message: "工作簿超过 256 MB", Fix: "分成几个文件，或另存为 CSV"}
	}
	if err != nil {
		return &Error{Code: Invalid, Message: "工作簿打不开", Fix: "用 Excel 或 WPS 另存为不加密的 .xlsx", Err: err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, sheet := range f.GetSheetList() {
		found, err := t.readSheet(f, sheet)
		if err != nil || found {
			return err
		}
	}
	return noHeader(t.file)
}

func (t *tableReader) readSheet(f *excelize.File, sheet string) (found bool, err error) {
	raw, err := f.Rows(sheet)
	if err != nil {
		return false, unreadable(err)
	}
	shown, err := f.Rows(sheet)
	if err != nil {
		return false, unreadable(errors.Join(err, raw.Close()))
	}
	defer func() { err = errors.Join(err, raw.Close(), shown.Close()) }()
	epoch := 0
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		epoch = 1462 // days from 1900 to 1904, as spreadsheets count
	}
	n := 0
	return t.rows(func() (tableLine, error) {
		if !raw.Next() || !shown.Next() {
			if err := errors.Join(raw.Error(), shown.Error()); err != nil {
				return tableLine{}, err
			}
			return tableLine{}, io.EOF
		}
		n++
		cells, err := raw.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return tableLine{}, err
		}
		formatted, err := shown.Columns()
		if err != nil {
			return tableLine{}, err
		}
		for i := range min(len(cells), len(formatted)) {
			cells[i] = cellText(cells[i], formatted[i], epoch)
		}
		return tableLine{cells: cells, n: n, lossy: slices.Repeat([]bool{true}, len(cells))}, nil
	})
}

// shownDate matches what a cell with a date format shows: month first or year first, with two or four digits, or in
// Chinese.
var (
	shownDate  = regexp.MustCompile(`\d[-/年月.:]\d|年|月`)
	rawDecimal = regexp.MustCompile(`^\d+(?:\.\d+)?$`)
)

// cellText chooses between a cell's value and what is shown of it: numbers are taken as they are stored, since what is
// shown is rounded; days are stored as serials, which become dates; percentages keep their sign.
func cellText(raw, shown string, epoch int) string {
	if raw == shown || !rawDecimal.MatchString(raw) {
		return raw
	}
	if n := len(shown); n > 0 && shown[n-1] == '%' {
		return shown
	}
	if n, err := strconv.ParseFloat(raw, 64); err == nil && n >= 10_000 && shownDate.MatchString(shown) && !rawDecimal.MatchString(shown) {
		if d, err := ParseDate(strconv.Itoa(int(n) + epoch)); err == nil {
			return string(d)
		}
	}
	return raw
}

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
