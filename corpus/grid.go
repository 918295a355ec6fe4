package corpus

import (
	"encoding/csv"
	"io"
)

// WriteGrid writes rows of cells, the header first, as CSV (UTF-8 with a BOM, which spreadsheets open as it is) or XLSX.
// It is for lists that people look at, not for rows that are imported again: Export writes those. A text that the format
// can't hold is an error of code Invalid, another format too.
func WriteGrid(w io.Writer, f Format, rows [][]string) error {
	var out tableWriter
	switch f {
	case CSV:
		bom, err := encoded(w, "")
		if err != nil {
			return err
		}
		out = csvWriter{Writer: csv.NewWriter(bom)}
	case XLSX:
		x, err := newXLSXWriter(w)
		if err != nil {
			return err
		}
		defer x.f.Close()
		out = x
	default:
		return &Error{Code: Invalid, Field: "format", Message: "不认识的格式 " + string(f), Fix: "用 csv 或 xlsx"}
	}
	for _, cells := range rows {
		for _, c := range cells {
			if e := out.takes(c); e != nil {
				return e
			}
		}
		if err := out.row(cells); err != nil {
			return err
		}
	}
	return out.close()
}
