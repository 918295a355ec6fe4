package corpus

import (
	"encoding/csv"
	"errors"
	"io"
)

// WriteRows writes a table for spreadsheets and mail merges that is no import: CSV in UTF-8 with a BOM, with an apostrophe
// before cells that a spreadsheet would run or shorten.
func WriteRows(w io.Writer, rows [][]string) error {
	out, err := encoded(w, "")
	if err != nil {
		return err
	}
	t := csvWriter{Writer: csv.NewWriter(out)}
	for _, row := range rows {
		if err := t.row(row); err != nil {
			return errors.Join(err, t.close())
		}
	}
	return t.close()
}
