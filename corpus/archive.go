package corpus

import (
	"errors"
	"os"

	"duijie/corpus/sheet"
)

// errPicture is the error of a picture in an archive of forms.
var errPicture = errors.New("a picture")

func nested() *Error {
	return &Error{Code: Invalid, Message: "压缩包里的压缩包不读", Fix: "解压后再导入"}
}

// archive reads the files in an archive, each as if it came alone. One that can't be read is a bad row.
func (t *tableReader) archive(f *os.File) error {
	files := 0
	for entry, err := range sheet.Entries(f) {
		if err != nil {
			return readError(err)
		}
		files++
		err := error(nil)
		if entry.Err != nil {
			err = entry.Err
		} else {
			err = t.entry(entry)
		}
		if err == nil {
			continue
		}
		if errors.Is(err, errStopped) {
			return err
		}
		row := Row{File: entry.Name}
		if errors.Is(err, errPicture) {
			row.Note = true
			row.Warnings = []*Error{{Code: Invalid, Message: "没有读图片", Fix: "图片里的内容需要录入"}}
		} else {
			e, _ := errors.AsType[*Error](readError(err))
			e.Field = ""
			row.Problems = []*Error{e}
		}
		if !t.yield(row, nil) {
			return errStopped
		}
	}
	if files == 0 {
		return &Error{Code: Invalid, Message: "压缩包里没有文件", Fix: "检查压缩包"}
	}
	return nil
}

// entry reads one file of an archive.
func (t *tableReader) entry(entry sheet.Entry) (err error) {
	r, err := entry.Open()
	if err != nil {
		return err
	}
	defer r.Close() // it was only read
	o := t.o
	o.Format = ""
	one := &tableReader{file: entry.Name, o: o, yield: t.yield, archived: true}
	return one.read(r)
}
