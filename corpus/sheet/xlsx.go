package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	maxUnzipped = 4 << 30   // bytes of all parts of a workbook
	maxParts    = 128 << 20 // bytes of the parts that are held in memory
	// inMemory is up to where a sheet or the shared strings are held in memory; larger ones are unzipped to files.
	inMemory = 4 << 20
)

// XLSX yields the visible sheets of a workbook. f is a zip file with a name.
func XLSX(f *os.File) iter.Seq2[Table, error] {
	parts, err := zipped(f)
	if err == nil {
		err = checkParts(parts)
	}
	if err != nil {
		return failed[Table](err)
	}
	return func(yield func(Table, error) bool) {
		var book *excelize.File
		err := guard(func() (err error) {
			book, err = excelize.OpenFile(f.Name(), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: inMemory})
			return err
		})
		if err != nil {
			yield(Table{}, broken("工作簿", err))
			return
		}
		defer book.Close() // what it says concerns its own copies
		epoch := false
		if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
			epoch = *props.Date1904
		}
		paths := sheetPaths(parts)
		for _, name := range book.GetSheetList() {
			if visible, err := book.GetSheetVisible(name); err == nil && !visible {
				continue
			}
			merged, err := mergedOf(parts, paths[name])
			if err != nil {
				yield(Table{}, err)
				return
			}
			if !yield(Table{Name: name, Rows: fill(xlsxRows(book, name, epoch), merged)}, nil) {
				return
			}
		}
	}
}

// checkParts bounds what opening the workbook will cost. archive/zip holds parts to the sizes that they declare.
func checkParts(parts *zip.Reader) error {
	held, all := uint64(0), uint64(0)
	for _, p := range parts.File {
		all += p.UncompressedSize64
		name := strings.ToLower(p.Name)
		onDisk := strings.HasPrefix(name, "xl/worksheets/sheet") || name == "xl/sharedstrings.xml"
		if !onDisk || p.UncompressedSize64 <= inMemory {
			held += p.UncompressedSize64
		}
		if p.UncompressedSize64 > maxUnzipped || all > maxUnzipped {
			return tooLarge("工作簿解压后", maxUnzipped, "分成几个文件，或另存为 CSV")
		}
		if held > maxParts {
			return tooLarge("工作簿里的图片和附件", maxParts, "删去图片，或另存为 CSV")
		}
	}
	return nil
}

// xlsxRows yields the rows of one sheet.
func xlsxRows(book *excelize.File, name string, date1904 bool) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		var raw, shown *excelize.Rows
		err := guard(func() (err error) {
			if raw, err = book.Rows(name); err == nil {
				shown, err = book.Rows(name)
			}
			return err
		})
		defer func() {
			for _, r := range []*excelize.Rows{raw, shown} {
				if r != nil {
					r.Close() // it was only read
				}
			}
		}()
		for n := 1; err == nil; n++ {
			row, more := Row{N: n}, false
			err = guard(func() error {
				if more = raw.Next() && shown.Next(); !more {
					return errors.Join(raw.Error(), shown.Error())
				}
				cells, err := raw.Columns(excelize.Options{RawCellValue: true})
				if err != nil {
					return err
				}
				formatted, err := shown.Columns()
				for i := range min(len(cells), len(formatted)) {
					cells[i] = cellText(cells[i], formatted[i], date1904)
				}
				row.Cells = cells
				return err
			})
			if err == nil && (!more || !yield(row, nil)) {
				return
			}
		}
		yield(Row{}, broken("工作表“"+name+"”", err))
	}
}

// shownDate matches what a cell with a date format shows: month first or year first, with two or four digits, or in
// Chinese.
var (
	shownDate  = regexp.MustCompile(`\d[-/年月.:]\d|年|月`)
	rawDecimal = regexp.MustCompile(`^\d+(?:\.\d+)?$`)
)

// cellText chooses between a cell's value and what is shown of it: numbers are taken as they are stored, since what is
// shown is rounded; days are stored as serials, which become dates; percentages keep their sign.
func cellText(raw, shown string, date1904 bool) string {
	if raw == shown || !rawDecimal.MatchString(raw) {
		return raw
	}
	if n := len(shown); n > 0 && shown[n-1] == '%' {
		return shown
	}
	if n, err := strconv.ParseFloat(raw, 64); err == nil && shownDate.MatchString(shown) && !rawDecimal.MatchString(shown) {
		return day.text(n, date1904)
	}
	return raw
}

// sheetPaths finds the part of each sheet.
func sheetPaths(parts *zip.Reader) map[string]string {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		Relations []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if decodePart(parts, "xl/workbook.xml", &book) != nil || decodePart(parts, "xl/_rels/workbook.xml.rels", &relations) != nil {
		return nil // then merged cells keep their text in the first one
	}
	targets := map[string]string{}
	for _, r := range relations.Relations {
		if strings.HasPrefix(r.Target, "/") {
			targets[r.ID] = r.Target[1:]
		} else {
			targets[r.ID] = path.Join("xl", r.Target)
		}
	}
	paths := map[string]string{}
	for _, s := range book.Sheets {
		paths[s.Name] = targets[s.ID]
	}
	return paths
}

func decodePart(parts *zip.Reader, name string, v any) error {
	r, err := parts.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	return xml.NewDecoder(io.LimitReader(r, inMemory)).Decode(v)
}

// mergedOf returns the merged ranges of a sheet, which stand behind its rows. The rows are passed over without being
// parsed: in XML "<" stands in no text.
func mergedOf(parts *zip.Reader, name string) ([]span, error) {
	part, err := parts.Open(name)
	if err != nil { // a sheet that is not where it ought to be is read without them
		return nil, nil
	}
	defer part.Close()
	r := bufio.NewReaderSize(part, 64<<10)
	for tag, err := []byte(nil), error(nil); !bytes.HasSuffix(tag, []byte("sheetData>")) || !bytes.Contains(tag, []byte("</")); tag, err = r.ReadSlice('>') {
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, nil // <sheetData/>, or broken: the rows will tell
		}
	}
	var merged []span
	for d := xml.NewDecoder(r); ; {
		token, err := d.RawToken()
		if err != nil {
			return merged, nil
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "mergeCell" {
			continue
		}
		if s, ok := reference(attribute(e, "ref")); ok {
			merged = append(merged, s)
		}
		if len(merged) > maxRanges {
			return nil, &Error{Message: "工作表里合并的单元格太多", Fix: "取消合并，或另存为 CSV", Large: true}
		}
	}
}

// reference reads A1:C2.
func reference(s string) (span, bool) {
	from, to, ok := strings.Cut(s, ":")
	if !ok {
		return span{}, false
	}
	left, top, err1 := excelize.CellNameToCoordinates(from)
	right, bottom, err2 := excelize.CellNameToCoordinates(to)
	return span{int32(top), int32(bottom), int32(left - 1), int32(right - 1)}, err1 == nil && err2 == nil && left <= right && top <= bottom
}

// attribute returns the value of an attribute, whatever its name space.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
