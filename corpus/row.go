package corpus

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"duijie/corpus/sheet"
)

// A Row is one posting as a file gave it.
type Row struct {
	File  string // of an archive: the entry
	Sheet string // of a workbook
	Line  int    // line of a text file, row of a sheet, from 1; of a document, paragraphs and rows of tables count
	Doc   Doc    // checked and complete unless the row is bad
	Note  bool   // there is no posting: Warnings say something of the file

	Problems []*Error // why the row can't be taken, Field is the header; none: the row is good
	Warnings []*Error // what could not be understood; the original is in Doc.Extra

	// Whether the row says nothing of status and of disclosure.
	noStatus, noDisclosure bool

	Header, Cells []string // as they stood in the file

	Index int // place among the rows of the file, from 0, where who reads the rows counts them

	// Derived names the fields, as in JSON, that were made from running text and not from a label.
	Derived []string

	newest bool     // the source shows the newest rows only
	mapped []string // columns of fields whose cells were kept beside them, too
	lossy  []bool   // of Cells: see cell; nil: none
	values Values   // of Cells
}

// Bad reports whether the row can't be taken.
func (r *Row) Bad() bool { return len(r.Problems) > 0 }

// place says where the row stands.
func (r *Row) place() string {
	if r.Sheet == "" {
		return r.File
	}
	return r.File + "·" + r.Sheet
}

// A Format is a form of file that documents travel in.
type Format string

const (
	CSV     Format = "csv"     // comma, tab or semicolon
	XLSX    Format = "xlsx"    // all sheets that have a header we know, or are a form
	JSONL   Format = "jsonl"   // an object a line
	XLS     Format = "xls"     // workbooks of Excel 5 to 2003; read only, as are the following
	HTML    Format = "html"    // tables of a page, as systems export them under the name of a workbook
	XML2003 Format = "xml2003" // workbooks in the XML of Excel 2003
	ATOM    Format = "atom"    // entries of a feed, the newest ones
	JSON    Format = "json"    // an array of objects, or an answer that holds one
	DOCX    Format = "docx"    // forms, or a table that is a list
	ZIP     Format = "zip"     // of files of the other formats
	PDF     Format = "pdf"     // a document with text is a draft, or several
)

// ReadOptions say what a file does not say itself; the zero value guesses.
type ReadOptions struct {
	Kind     Kind              // of rows that name none
	Source   string            // of rows that name none; "" is DefaultSource
	Map      map[string]string // header to the JSON name of a field, "-" to leave it out: goes before our own table of headers
	Saved    map[string]string // as Map, which goes before it, for tables of one source: not all columns need be there
	Encoding string            // utf-8 or gb18030; "": UTF-8 where the beginning of the file is valid UTF-8
	Format   Format            // CSV or JSONL; of others the content is surer, whatever the name ends in

	// Split cuts running text that lists several problems; nil: none is cut.
	Split func(title, text string) []Piece

	// Mapped is told the columns of each table before its rows are; of objects those of the first ones.
	Mapped func(file string, columns []Mapping)
}

const (
	// sniffed is how much of a file decides on encoding, format and separator.
	sniffed     = 64 << 10
	sniffedText = 4 << 10 // of which so many are read as text
	// maxRow bounds the bytes of one row, so that an open quote or a binary file fills no memory. The limits of a
	// document leave room in it.
	maxRow = 1 << 20
	// maxSpool bounds the bytes of a file that is not read from front to back.
	maxSpool = 1 << 30
	// headerRows is how far down a header may stand, below titles and instructions.
	headerRows = 20
)

// Read yields the rows of a file of any Format, gzipped or not, while it reads. An error ends the sequence: the file can't
// be read any further. Bad rows are no errors; a file in an archive that can't be read is a bad row. name is for messages.
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
	if head, _ := b.Peek(6); t.archived && sheet.Archived(head) {
		return nested()
	} else if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return &Error{Code: Invalid, Message: "gzip 文件已损坏", Fix: "重新下载或重新压缩", Err: err}
		}
		b = bufio.NewReaderSize(z, sniffed)
	}
	head, err := b.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return readError(err)
	}
	if t.archived && isPicture(head) {
		return errPicture
	}
	format := t.o.Format
	if format != CSV && format != JSONL {
		format = sniff(head)
	}
	switch format {
	case XLSX, DOCX, ZIP, XLS:
		return t.spooled(b, format)
	case PDF:
		return t.readPDF(b)
	case HTML:
		return t.tables(sheet.HTML(b), &Error{Code: Invalid, Message: "网页里没有带“名称”列的表格",
			Fix: "检查是不是要导入的文件；给名称所在的列取名“名称”，或用 --map 列名=title 指明"})
	case XML2003:
		return t.tables(sheet.XML2003(b), noHeader(t.file))
	}
	decoded, err := t.decode(b, head)
	if err != nil {
		return err
	}
	switch format {
	case JSONL:
		text, err := decoded.Peek(sniffedText)
		if err != nil && !errors.Is(err, io.EOF) {
			return readError(err)
		}
		if at := jsonList.FindIndex(text); at != nil {
			begins := bytes.LastIndexByte(text[:at[1]-1], '[')
			return t.readJSON(decoded, begins, len(bytes.TrimSpace(text[:begins])) == 0)
		}
		return t.readJSONL(decoded)
	case ATOM:
		return t.readAtom(decoded)
	}
	return t.readCSV(decoded)
}

// spooled reads a format that is not read from front to back.
func (t *tableReader) spooled(r io.Reader, format Format) (err error) {
	f, remove, err := sheet.Spool(r, maxSpool, "分成几个文件，或另存为 CSV")
	if err != nil {
		return readError(err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	if format == XLS {
		info, err := f.Stat()
		if err != nil {
			return err
		}
		return t.tables(sheet.XLS(f, info.Size()), noHeader(t.file))
	}
	container, err := sheet.ContainerOf(f)
	switch {
	case err != nil:
		return readError(err)
	case container == sheet.Workbook:
		return t.tables(sheet.XLSX(f), noHeader(t.file))
	case container == sheet.Document:
		return t.document(sheet.DOCX(f))
	case container == sheet.OtherOffice:
		return &Error{Code: Invalid, Message: "不读这种办公文件", Fix: "表格另存为 .xlsx，文档另存为 .docx"}
	case t.archived:
		return nested()
	}
	return t.archive(f)
}

// sniff tells the format of a file by its first bytes.
func sniff(head []byte) Format {
	e, _ := sheet.Encoding(head, len(head) < sniffed, false)
	text := head[:min(len(head), sniffedText)]
	if utf8, err := e.NewDecoder().Bytes(text); err == nil {
		text = utf8
	}
	text = bytes.ToLower(bytes.TrimSpace(text))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return ZIP // or a workbook, or a document
	case bytes.HasPrefix(head, []byte(sheet.OLE)), sheet.BareBIFF(head):
		return XLS
	case bytes.HasPrefix(text, []byte("%pdf-")):
		return PDF
	case bytes.HasPrefix(text, []byte("{")), jsonArray.Match(text):
		return JSONL
	case bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text, []byte("urn:schemas-microsoft-com:office:spreadsheet")) && !bytes.Contains(text, []byte("<html")):
		return XML2003
	case bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text, []byte("http://www.w3.org/2005/atom")) && !bytes.Contains(text, []byte("<html")):
		return ATOM
	case bytes.HasPrefix(text, []byte("<")):
		return HTML
	}
	return CSV
}

// isPicture reports whether a file begins as pictures do.
func isPicture(head []byte) bool {
	return slices.ContainsFunc([]string{"\x89PNG", "\xff\xd8\xff", "GIF8", "BM", "RIFF", "II*\x00", "MM\x00*"},
		func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) })
}

// decode returns the text of b as UTF-8 without BOM. Characters that can't be decoded become U+FFFD.
func (t *tableReader) decode(b io.Reader, head []byte) (*bufio.Reader, error) {
	var e encoding.Encoding
	switch strings.ToLower(strings.ReplaceAll(t.o.Encoding, "-", "")) {
	case "":
		e, t.encoding = sheet.Encoding(head, len(head) < sniffed, false)
	case "utf8":
		e, t.encoding = unicode.UTF8BOM, "UTF-8"
	case gb18030, "gbk", "gb2312":
		e, t.encoding = simplifiedchinese.GB18030, "GB18030"
	default:
		return nil, &Error{Code: Invalid, Message: "不认识的编码 " + t.o.Encoding, Fix: "用 utf-8 或 gb18030"}
	}
	return bufio.NewReaderSize(transform.NewReader(b, e.NewDecoder()), sniffed), nil
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
