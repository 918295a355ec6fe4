package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTextIsReadAndErrorsAreNamed(t *testing.T) {
	pages, err := Text(fixture(t, "gbk.pdf"), 1<<20)
	if err != nil || len(pages) != 2 || !strings.Contains(pages[0], "缩短玉米浸泡时间") || !strings.Contains(pages[1], "现有基础") {
		t.Errorf("%q, %v", pages, err)
	}
	if pages, err := Text(fixture(t, "gbk.pdf"), 10); err != nil || len(pages) != 1 {
		t.Errorf("with a limit: %d pages, %v", len(pages), err)
	}
	for name, want := range map[string]error{"scan.pdf": ErrNoText, "locked.pdf": ErrEncrypted} {
		if _, err := Text(fixture(t, name), 1<<20); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	for _, b := range [][]byte{nil, []byte("%PDF-1.7"), fixture(t, "gbk.pdf")[:300], bytes.Repeat([]byte("%PDF-1.4 1 0 obj <<"), 5000)} {
		if _, err := Text(b, 1<<20); !errors.Is(err, ErrBroken) {
			t.Errorf("%.30q: %v, want %v", b, err, ErrBroken)
		}
	}
	if _, err := Text(manyPages(MaxPages+1), 1<<20); !errors.Is(err, ErrPages) {
		t.Errorf("too many pages: %v", err)
	}
}

// A document that never ends is given up, and the next is read all the same.
func TestADocumentThatTakesTooLongIsGivenUp(t *testing.T) {
	if _, err := text(slow(), 1<<30, 50*time.Millisecond); !errors.Is(err, ErrTooMuch) {
		t.Errorf("%v, want %v", err, ErrTooMuch)
	}
	if _, err := Text(fixture(t, "gbk.pdf"), 1<<20); err != nil {
		t.Errorf("the next: %v", err)
	}
}

// write makes a PDF of objects, the first of them the catalog.
func write(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\n%%%%EOF\n", len(objects)+1)
	return b.Bytes()
}

func manyPages(n int) []byte {
	kids := strings.Repeat("3 0 R ", n)
	return write("<< /Type /Catalog /Pages 2 0 R >>", fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", n, kids),
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")
}

// slow is a page of so much text that laying it out takes seconds.
func slow() []byte {
	content := "BT /F1 1 Tf " + strings.Repeat("1 0 0 1 5 5 Tm (abcdefghijklmnopqrstuvwxyz) Tj ", 400_000) + "ET"
	return write("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> /Contents 4 0 R >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
}

// Whatever the bytes, there is an answer and no panic.
func FuzzText(f *testing.F) {
	if _, err := pool(); err != nil { // before the clock of the first input runs
		f.Fatal(err)
	}
	for _, name := range []string{"gbk.pdf", "scan.pdf", "locked.pdf"} {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := text(b, 1<<20, 5*time.Second); err != nil && !errors.Is(err, ErrBroken) && !errors.Is(err, ErrEncrypted) &&
			!errors.Is(err, ErrNoText) && !errors.Is(err, ErrPages) && !errors.Is(err, ErrTooMuch) {
			t.Error(err)
		}
	})
}
