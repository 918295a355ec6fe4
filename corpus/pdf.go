package corpus

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"duijie/corpus/pdf"
)

// maxPDF bounds the bytes of a PDF, which is held in memory.
const maxPDF = 64 << 20

// readPDF reads a PDF as ReadText does its text. It is a need where the import names no kind, unless a label says 成果.
func (t *tableReader) readPDF(r io.Reader) error {
	document, err := io.ReadAll(io.LimitReader(r, maxPDF+1))
	if err != nil {
		return readError(err)
	}
	if len(document) > maxPDF {
		return &Error{Code: TooLarge, Message: "PDF 超过 64 MB", Fix: "压缩图片，或只留文字页"}
	}
	pages, err := pdf.Text(document, MaxText)
	switch {
	case errors.Is(err, pdf.ErrNoText):
		return &Error{Code: Invalid, Message: "这是扫描件，PDF 里只有图片，没有文字", Fix: "先做文字识别（OCR）另存为可复制文字的 PDF，或把内容填入表格后再导入"}
	case errors.Is(err, pdf.ErrEncrypted):
		return &Error{Code: Invalid, Message: "PDF 已加密，需要密码才能打开", Fix: "解除密码后另存，再导入"}
	case errors.Is(err, pdf.ErrPages):
		return &Error{Code: TooLarge, Message: fmt.Sprintf("PDF 超过 %d 页", pdf.MaxPages), Fix: "只留需求所在的页，或分成几个文件"}
	case errors.Is(err, pdf.ErrTooMuch):
		return &Error{Code: TooLarge, Message: "PDF 太复杂，限定时间内读不完", Fix: "另存为只含文字的 PDF，或复制文字后粘贴"}
	case errors.Is(err, pdf.ErrBroken):
		return &Error{Code: Invalid, Message: "PDF 已损坏，读不出来", Fix: "重新导出或重新下载", Err: err}
	case err != nil:
		return err
	}
	text := t.unwrap(strings.Join(pages, "\n"))
	o := t.o
	if o.Kind == "" && achievementLabel.MatchString(text) {
		o.Kind = Achievement
	}
	rows, err := ReadText(text, t.file, o)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if t.o.Kind == "" {
			row.Derived = append(row.Derived, "kind")
		}
		if len(row.Derived) > 0 && !row.Bad() {
			names := make([]string, len(row.Derived))
			for i, field := range row.Derived {
				names[i] = Header(field)
			}
			row.Warnings = append(row.Warnings, &Error{Code: Invalid, Message: "由正文推定：" + strings.Join(names, "、"), Fix: "发布前请核对"})
		}
		if !t.yield(row, nil) {
			return errStopped
		}
	}
	return nil
}

var (
	achievementLabel = regexp.MustCompile(`(?m)^\s*(?:科技)?成果(?:名称|简介|介绍|编号)`)
	lineEnds         = regexp.MustCompile(`[。！？!?；;：:」】]$`)
	lineBegins       = regexp.MustCompile(`^(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[①-⑳•·●■◆▪○□【\[]|[^，,。；;]{2,12}[：:])`)
)

// unwrap puts lines together that only the width of a page or of a cell has cut: long ones that end in no sign, before
// one that begins no item and no label; and the two halves of a label.
func (t *tableReader) unwrap(text string) string {
	lines := strings.Split(Clean(text), "\n")
	widest := 0
	for _, l := range lines {
		widest = max(widest, utf8.RuneCountInString(l))
	}
	var out strings.Builder
	for i, l := range lines {
		out.WriteString(l)
		if i+1 == len(lines) {
			break
		}
		n := utf8.RuneCountInString(l)
		if n < 8 && utf8.RuneCountInString(lines[i+1]) < 8 && (t.textLabel(l) == nil || t.textLabel(lines[i+1]) == nil) && t.textLabel(l+lines[i+1]) != nil {
			continue
		}
		if n >= 20 && n >= widest*7/10 && !lineEnds.MatchString(l) && lines[i+1] != "" && !lineBegins.MatchString(lines[i+1]) {
			if l[len(l)-1] < utf8.RuneSelf && lines[i+1][0] < utf8.RuneSelf {
				out.WriteByte(' ')
			}
			continue
		}
		out.WriteByte('\n')
	}
	return out.String()
}
