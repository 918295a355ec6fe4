package api

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

const (
	maxAttachments = 5 // of one remark
	// MaxAttachment is how many bytes a file beside a remark has.
	MaxAttachment     = 10 << 20
	maxAttachmentName = 120 // characters
	// maxThreadFiles is how many bytes all files of a thread have together: they lie beside the truth, on its disk.
	maxThreadFiles = 200 << 20
)

// A NewFile is a file to be kept beside a remark.
type NewFile struct {
	Name    string
	Content []byte
}

// attachmentTypes are the types of files that are taken, by the end of the name, and what their content is recognized by.
var attachmentTypes = map[string]struct {
	media string
	is    func(content []byte) bool
}{
	".pdf":  {"application/pdf", func(b []byte) bool { return bytes.HasPrefix(b, []byte("%PDF-")) }},
	".png":  {"image/png", func(b []byte) bool { return http.DetectContentType(b) == "image/png" }},
	".jpg":  {"image/jpeg", isJPEG},
	".jpeg": {"image/jpeg", isJPEG},
	".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", func(b []byte) bool { return isOffice(b, "word/document.xml") }},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(b []byte) bool { return isOffice(b, "xl/workbook.xml") }},
}

func isJPEG(b []byte) bool { return http.DetectContentType(b) == "image/jpeg" }

// isOffice reports whether a file is a document of Office Open XML with a main part, and without a program.
func isOffice(content []byte, part string) bool {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return false
	}
	has := func(name string) bool {
		return slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, name) })
	}
	return has("[Content_Types].xml") && has(part) && !slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(path.Base(f.Name), "vbaProject.bin") })
}

// sizeOf is how many bytes files have together.
func sizeOf(files ...NewFile) (n int64) {
	for _, f := range files {
		n += int64(len(f.Content))
	}
	return n
}

func threadFull() error {
	e := corpus.Errorf(corpus.TooLarge, "the files of a thread have %d MB at most together", maxThreadFiles>>20)
	e.Field, e.Fix = "files", "send it another way, and write here where it is"
	return e
}

func tooManyFiles() error {
	e := corpus.Errorf(corpus.Invalid, "a remark has %d files at most", maxAttachments)
	e.Field, e.Fix = "files", "write another remark for the others"
	return e
}

// checkFile says what a file is, under an id of its own. Its error names the field files.
func (s *Service) checkFile(f NewFile) (a market.Attachment, err error) {
	refuse := func(code corpus.Code, what, fix string) error {
		return &corpus.Error{Code: code, Field: "files", Message: what, Fix: fix}
	}
	name := corpus.CleanLine(f.Name[strings.LastIndexAny(f.Name, `/\`)+1:])
	if r := []rune(name); len(r) > maxAttachmentName {
		name = string(r[:maxAttachmentName/2]) + "…" + string(r[len(r)-maxAttachmentName/2+1:])
	}
	kind, known := attachmentTypes[strings.ToLower(path.Ext(name))]
	switch {
	case s.Attachments == "":
		return a, corpus.Errorf(corpus.Unavailable, "this service takes no files")
	case len(f.Content) > MaxAttachment:
		return a, refuse(corpus.TooLarge, "the file has more than 10 MB", "make it smaller")
	case !known || strings.Trim(strings.TrimSuffix(name, path.Ext(name)), ". ") == "":
		return a, refuse(corpus.Invalid, fmt.Sprintf("%q is no name of a file that is taken", name), "send PDF, DOCX, XLSX, PNG or JPG")
	case !kind.is(f.Content):
		return a, refuse(corpus.Invalid, fmt.Sprintf("%s is not what its name says", name), "send PDF, DOCX, XLSX, PNG or JPG without macros")
	}
	id := make([]byte, 12)
	rand.Read(id) // never fails
	return market.Attachment{ID: hex.EncodeToString(id), Name: name, Type: kind.media, Bytes: int64(len(f.Content)), SHA256: hashOf(f.Content)}, nil
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// attachmentPath is where an attachment is kept: under its id, whatever its name is.
func (s *Service) attachmentPath(id string) string { return filepath.Join(s.Attachments, id) }

// keepFiles writes files so that a crash of the machine leaves them whole. Where one fails, none is left.
func (s *Service) keepFiles(files []NewFile, as []market.Attachment) error {
	if len(files) == 0 {
		return nil
	}
	err := os.MkdirAll(s.Attachments, 0o700)
	for i := 0; i < len(files) && err == nil; i++ {
		_, err = writeSynced(s.attachmentPath(as[i].ID), bytes.NewReader(files[i].Content))
	}
	if err != nil {
		return errors.Join(err, s.dropFiles(as))
	}
	return nil
}

func (s *Service) dropFiles(as []market.Attachment) (err error) {
	for _, a := range as {
		if gone := os.Remove(s.attachmentPath(a.ID)); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// GiveAttachment sets the headers under which an attachment goes out: browsers keep it and neither show it nor run anything in it.
func GiveAttachment(h http.Header, a market.Attachment) {
	h.Set("Content-Type", a.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
}
