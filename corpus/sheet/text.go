package sheet

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// declared is where a page or XML says its encoding.
var declared = regexp.MustCompile(`(?i)\b(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:-]+)`)

// Encoding tells the encoding of a text by how it begins. whole says that head is all of it.
//   - A byte order mark of UTF-8 or UTF-16 says it.
//   - Text that is no valid UTF-8 is GB18030; that of markup is what the markup declares.
//   - Markup in ASCII is what it declares: the rest may have other letters.
func Encoding(head []byte, whole, markup bool) (e encoding.Encoding, name string) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), "UTF-16"
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM), "UTF-16"
	}
	if !whole { // the last character may be cut
		for range utf8.UTFMax - 1 {
			if r, n := utf8.DecodeLastRune(head); r == utf8.RuneError && n == 1 {
				head = head[:len(head)-1]
			}
		}
	}
	valid := utf8.Valid(head)
	ascii := valid && !bytes.ContainsFunc(head, func(r rune) bool { return r >= utf8.RuneSelf })
	if markup && (ascii || !valid) {
		if m := declared.FindSubmatch(head[:min(len(head), 4096)]); m != nil {
			if e, err := htmlindex.Get(string(m[1])); err == nil {
				switch name, err := htmlindex.Name(e); {
				case err != nil, strings.HasPrefix(name, "utf-"):
				case name == "gbk": // that is what gb2312 means, too; GB18030 has more
					return simplifiedchinese.GB18030, "GB18030"
				default:
					return e, name
				}
			}
		}
	}
	if valid {
		return unicode.UTF8BOM, "UTF-8"
	}
	return simplifiedchinese.GB18030, "GB18030"
}

// markupText returns a page or XML as UTF-8. Characters that can't be decoded become U+FFFD.
func markupText(r io.Reader) ([]byte, error) {
	b, err := readAll(r, "文件", maxPage)
	if err != nil {
		return nil, err
	}
	e, _ := Encoding(b, true, true)
	b, _, err = transform.Bytes(e.NewDecoder(), b)
	return b, err
}
