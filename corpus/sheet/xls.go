package sheet

import (
	"bytes"
	"errors"
	"io"
	"iter"

	"github.com/richardlehane/mscfb"
)

// OLE is how the container of .xls, .doc and encrypted workbooks begins.
const OLE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// BareBIFF reports whether a file that begins so is the stream of an old workbook without its container.
func BareBIFF(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x09\x08\x10\x00")) || bytes.HasPrefix(head, []byte("\x09\x08\x08\x00"))
}

var errEncrypted = &Error{Message: "工作簿有密码", Fix: "去掉密码（用 Excel 或 WPS 另存，不设密码）后再导入"}

// XLS yields the visible sheets of a workbook of Excel 5 to 2003, in its container or bare.
func XLS(r io.ReaderAt, size int64) iter.Seq2[Table, error] {
	stream, err := bookStream(r, size)
	if err != nil {
		return failed[Table](err)
	}
	b, err := openBIFF(stream)
	if err != nil {
		return failed[Table](err)
	}
	return func(yield func(Table, error) bool) {
		for _, s := range b.sheets {
			if s.hidden {
				continue
			}
			cells, merged := b.cells(s.at)
			if !yield(Table{Name: s.name, Rows: fill(cellRows(cells), merged)}, nil) {
				return
			}
		}
	}
}

// bookStream takes the stream of the workbook out of its container.
func bookStream(r io.ReaderAt, size int64) ([]byte, error) {
	if size > maxWorkbook {
		return nil, tooLarge("工作簿", maxWorkbook, "分成几个文件，或另存为 CSV")
	}
	head := make([]byte, len(OLE))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return nil, broken("工作簿", err)
	}
	if string(head) != OLE {
		return io.ReadAll(io.NewSectionReader(r, 0, size))
	}
	var stream []byte
	names := map[string]bool{}
	err := guard(func() error {
		doc, err := mscfb.New(r)
		if err != nil {
			return err
		}
		var book *mscfb.File
		for {
			f, err := doc.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
			names[f.Name] = true
			if len(f.Path) == 0 && (f.Name == "Workbook" || f.Name == "Book" && book == nil) { // some hold both
				book = f
			}
		}
		if book == nil {
			return nil
		}
		stream, err = io.ReadAll(io.LimitReader(book, size))
		if len(stream) > 0 { // containers that were cut off hold many whole sheets
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		if e, ok := errors.AsType[*Error](err); ok {
			return nil, e
		}
		return nil, broken("工作簿", err)
	case stream != nil:
		return stream, nil
	case names["EncryptedPackage"]:
		return nil, errEncrypted
	case names["WordDocument"]:
		return nil, &Error{Message: "这是旧式 .doc 文档", Fix: "用 Word 或 WPS 另存为 .docx 后再导入"}
	}
	return nil, &Error{Message: "这不是工作簿", Fix: "用 Excel 或 WPS 另存为 .xlsx 后再导入"}
}
