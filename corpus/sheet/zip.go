package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	maxEntries   = 10_000   // of an archive
	maxDirectory = 8 << 20  // bytes of the list of its entries
	maxExtracted = 4 << 30  // bytes of all its entries together
	maxRatio     = 250      // how many bytes one byte of an entry may become
	ratioFrom    = 32 << 20 // bytes of an entry from which on maxRatio holds
)

// A Container is what a zip file is.
type Container int

const (
	Archive Container = iota // of files
	Workbook
	Document
	OtherOffice // a presentation, or an OpenDocument file
)

// ContainerOf tells what a zip file is: Office writes its files as zip files, too.
func ContainerOf(f *os.File) (Container, error) {
	z, err := zipped(f)
	if err != nil {
		return Archive, err
	}
	has := func(prefix string) bool {
		return slices.ContainsFunc(z.File, func(e *zip.File) bool { return strings.HasPrefix(strings.ToLower(e.Name), prefix) })
	}
	switch {
	case has("[content_types].xml") && has("xl/"):
		return Workbook, nil
	case has("[content_types].xml") && has("word/"):
		return Document, nil
	case has("[content_types].xml"), has("mimetype") && has("content.xml"):
		return OtherOffice, nil
	}
	return Archive, nil
}

// A budget reads at most left bytes.
type budget struct {
	io.ReaderAt
	left int
}

var errBudget = errors.New("too many bytes")

func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errBudget
	}
	return b.ReaderAt.ReadAt(p, at)
}

// zipped opens a zip file; a list of entries that is too long is not read to its end.
func zipped(f *os.File) (*zip.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b := &budget{f, maxDirectory}
	z, err := zip.NewReader(b, info.Size())
	if errors.Is(err, errBudget) {
		return nil, tooManyEntries()
	}
	if err != nil {
		return nil, &Error{Message: "压缩文件打不开", Fix: "检查文件是否完整，重新下载或重新压缩", Err: err}
	}
	b.left = int(^uint(0) >> 1)
	return z, nil
}

func tooManyEntries() *Error {
	return &Error{Message: fmt.Sprintf("压缩包里的文件超过 %d 个", maxEntries), Fix: "分成几个压缩包", Large: true}
}

// An Entry is a file in an archive. Err says why it can't be read; then Open is nil.
type Entry struct {
	Name string // its path, decoded
	Open func() (io.ReadCloser, error)
	Err  *Error
}

// Entries yields the files of an archive; folders, hidden files and those that systems put there are left out. An error
// that ends them says that the whole archive is refused.
func Entries(f *os.File) iter.Seq2[Entry, error] {
	z, err := zipped(f)
	if err == nil && len(z.File) > maxEntries {
		err = tooManyEntries()
	}
	if err != nil {
		return failed[Entry](err)
	}
	return func(yield func(Entry, error) bool) {
		left := int64(maxExtracted)
		for _, e := range z.File {
			name := entryName(e)
			if strings.HasSuffix(name, "/") || hidden(name) {
				continue
			}
			entry := Entry{Name: name}
			switch {
			case archived(name):
				entry.Err = &Error{Message: "压缩包里的压缩包不读", Fix: "解压后再导入"}
			case e.Flags&1 != 0:
				entry.Err = &Error{Message: "文件有密码", Fix: "去掉密码后再压缩"}
			default:
				entry.Open = func() (io.ReadCloser, error) {
					r, err := e.Open()
					if err != nil {
						return nil, &Error{Message: "压缩包里的这个文件打不开", Fix: "重新压缩，用 zip 的常用方式", Err: err}
					}
					return &extracted{r, 0, int64(e.CompressedSize64), &left}, nil
				}
			}
			if !yield(entry, nil) {
				return
			}
			if left < 0 {
				yield(Entry{}, bomb())
				return
			}
		}
	}
}

// An extracted file counts what it becomes.
type extracted struct {
	io.ReadCloser
	n, packed int64
	left      *int64 // of the archive
}

func (e *extracted) Read(p []byte) (int, error) {
	n, err := e.ReadCloser.Read(p)
	e.n += int64(n)
	*e.left -= int64(n)
	if *e.left < 0 || e.n > ratioFrom && e.n/maxRatio > e.packed {
		return n, bomb()
	}
	return n, err
}

func bomb() *Error {
	return &Error{Message: "解压后的内容大得不正常", Fix: "检查压缩包；确是这么大的，解压后逐个导入", Large: true}
}

// entryName decodes the name of an entry: UTF-8 where it says so or is valid, else what Windows writes in China.
func entryName(e *zip.File) string {
	name := e.Name
	if e.NonUTF8 && !utf8.ValidString(name) {
		if n, ok := unicodePath(e.Extra); ok {
			name = n
		} else if n, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			name = n
		}
	}
	name = strings.ReplaceAll(strings.ToValidUTF8(name, "\ufffd"), `\`, "/")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
}

// unicodePath reads the extra field in which some programs write the name once more, in UTF-8.
func unicodePath(extra []byte) (string, bool) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			break
		}
		if id == 0x7075 && n > 5 && extra[0] == 1 && utf8.Valid(extra[5:n]) { // version, checksum, name
			return string(extra[5:n]), true
		}
		extra = extra[n:]
	}
	return "", false
}

func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	base := strings.ToLower(path.Base(name))
	return strings.HasPrefix(base, "~$") || base == "thumbs.db" || base == "desktop.ini"
}

// archived reports whether a name is that of an archive.
func archived(name string) bool {
	return slices.Contains([]string{".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz"}, strings.ToLower(path.Ext(name)))
}

// Archived reports whether a file that begins so is an archive, whatever its name is. Office files are zip files, too.
func Archived(head []byte) bool {
	for _, magic := range []string{"Rar!", "7z\xbc\xaf\x27\x1c", "\x1f\x8b", "BZh", "\xfd7zXZ"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}
