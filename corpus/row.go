package corpus

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// A Row is one posting as a file gave it.
type Row struct {
	File string
	Line int // line of a text file, row of a sheet, from 1
	Doc  Doc // checked and complete unless the row is bad

	Problems []*Error // why the row can't be taken, Field is the header; none: the row is good
	Warnings []*Error // what could not be understood; the original is in Doc.Extra

	// Whether the row says nothing of status and of disclosure.
	noStatus, noDisclosure bool

	Header, Cells []string // as they stood in the file

	Index int // place among the rows of the file, from 0, where who reads the rows counts them

	lossy []bool // of Cells: see cell; nil: none
}

// Bad reports whether the row can't be taken.
func (r *Row) Bad() bool { return len(r.Problems) > 0 }

// A Format is a form of file that documents travel in.
type Format string

const (
	CSV   Format = "csv"  // comma, tab or semicolon
	XLSX  Format = "xlsx" // the first sheet that has a header we know
	JSONL Format = "jsonl"
)

// ReadOptions say what a file does not say itself; the zero value guesses.
type ReadOptions struct {
	Kind     Kind              // of rows that name none
	Source   string            // of rows that name none; "" is DefaultSource
	Map      map[string]string // header to the JSON name of a field, "-" to leave it out: goes before our own table of headers
	Saved    map[string]string // as Map, which goes before it, for tables of one source: not all columns need be there
	Encoding string            // utf-8 or gb18030; "": UTF-8 where the beginning of the file is valid UTF-8
	Format   Format            // "": by content, whatever the name ends in

	// Mapped is told the columns of each table before its rows are; of objects those of the first ones.
	Mapped func(file string, columns []Mapping)
}

const (
	// sniffed is how much of a file decides on encoding, format and separator.
	sniffed = 64 << 10
	// maxRow bounds the bytes of one row, so that an open quote or a binary file fills no memory. The limits of a
	// document leave room in it.
	maxRow = 1 << 20
	// headerRows is how far down a header may stand, below titles and instructions.
	headerRows = 20
)

// Read yields the rows of a CSV, XLSX or JSONL file, gzipped or not, while it reads. An error ends the sequence: the
// file can't be read any further. Bad rows are no errors. name is for messages.
func Read(r io.Reader, name string, o ReadOptions) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		t := &tableReader{file: name, o: o, yield: yield}
		if err := t.read(r); err != nil && !errors.Is(err, errStopped) {
			if e, ok := errors.AsType[*Error](err); ok && e.Field == "" {
				e.Field = name
			}
			yield(Row{File: name}, err)
		}
	}
}

// errStopped says that the reader of the sequence wants no more.
var errStopped = errors.New("stopped")

func (t *tableReader) read(r io.Reader) error {
	b := bufio.NewReaderSize(r, sniffed)
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return &Error{Code: Invalid, Message: "gzip 文件已损坏", Fix: "重新下载或重新压缩", Err: err}
		}
		b = bufio.NewReaderSize(z, sniffed)
	}
	head, err := b.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return &Error{Code: Invalid, Message: "文件读不出来", Fix: "检查文件是否完整", Err: err}
	}
	format := t.o.Format
	if format == "" {
		format = sniff(head)
	}
	switch {
	case format == XLSX:
		return t.readXLSX(b)
	case format == JSONL && bytes.HasPrefix(bytes.TrimSpace(head), []byte("[")):
		return &Error{Code: Invalid, Message: "这是一个 JSON 数组", Fix: "改成每行一个对象，如用 jq -c '.[]'"}
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return &Error{Code: Invalid, Message: "这是旧式 .xls 或加密的工作簿", Fix: "用 Excel 或 WPS 另存为不加密的 .xlsx 后再导入"}
	case bytes.HasPrefix(bytes.ToLower(bytes.TrimSpace(head)), []byte("<")):
		return &Error{Code: Invalid, Message: "这是网页或 XML，不是表格", Fix: "用 Excel 或 WPS 打开，另存为 .xlsx 后再导入"}
	}
	decoded, err := t.decode(b, head)
	if err != nil {
		return err
	}
	if format == JSONL {
		return t.readJSONL(decoded)
	}
	return t.readCSV(decoded)
}

// sniff tells the format of a file by its first bytes.
func sniff(head []byte) Format {
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return XLSX
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("[{")):
		return JSONL
	}
	return CSV
}

// decode returns the text of b as UTF-8 without BOM. Characters that can't be decoded become U+FFFD.
func (t *tableReader) decode(b io.Reader, head []byte) (*bufio.Reader, error) {
	gb := false
	switch strings.ToLower(strings.ReplaceAll(t.o.Encoding, "-", "")) {
	case "":
		whole := head
		for range utf8.UTFMax - 1 { // the last character may be cut
			if len(head) == sniffed && !utf8.Valid(whole) {
				whole = whole[:len(whole)-1]
			}
		}
		gb = !utf8.Valid(whole)
	case "utf8":
	case gb18030, "gbk", "gb2312":
		gb = true
	default:
		return nil, &Error{Code: Invalid, Message: "不认识的编码 " + t.o.Encoding, Fix: "用 utf-8 或 gb18030"}
	}
	if gb {
		t.encoding = "GB18030"
		return bufio.NewReaderSize(transform.NewReader(b, simplifiedchinese.GB18030.NewDecoder()), sniffed), nil
	}
	t.encoding = "UTF-8"
	return bufio.NewReaderSize(transform.NewReader(b, unicode.UTF8BOM.NewDecoder()), sniffed), nil
}

// lines are the physical lines of a text, with their numbers; lines can be put back.
type lines struct {
	r    *bufio.Reader
	n    int
	back []string
}

// next returns a line with its end. What is longer than maxRow is cut, and the rest of the line is skipped.
func (l *lines) next() (line string, cut bool, err error) {
	if len(l.back) > 0 {
		line, l.back = l.back[0], l.back[1:]
		l.n++
		return line, false, nil
	}
	var long []byte
	for {
		part, err := l.r.ReadSlice('\n')
		if len(long) < maxRow {
			long = append(long, part...)
		} else {
			cut = true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(long) == 0) {
			return "", false, err
		}
		l.n++
		return string(long), cut, nil
	}
}

// unread puts lines back, the first to be read first.
func (l *lines) unread(back []string) {
	l.back = append(back, l.back...)
	l.n -= len(back)
}
