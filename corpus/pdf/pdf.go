// Package pdf answers: what does a PDF say? It reads the text of documents with PDFium, which runs as WebAssembly: a bad
// file can neither reach the disk nor crash the program.
package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	wasm "github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// What keeps a document from being read.
var (
	ErrBroken    = errors.New("not a whole PDF")
	ErrEncrypted = errors.New("the PDF is encrypted")
	ErrNoText    = errors.New("the PDF has no text, pictures only")
	ErrPages     = fmt.Errorf("the PDF has more than %d pages", MaxPages)
	ErrTooMuch   = errors.New("the PDF takes too much time or memory")
)

const (
	// MaxPages bounds the pages of a document, MaxTime how long one may take, memoryPages what it may fill, in pages of
	// 64 KiB: 512 MiB.
	MaxPages    = 100
	MaxTime     = 30 * time.Second
	memoryPages = 8192
)

// CacheVariable names the folder in which PDFium's machine code is kept from one process to the next; without one each
// makes it anew. Whoever may write there may run code here.
const CacheVariable = "DUIJIE_PDF_CACHE"

// pool makes PDFium's code at the first document; it stays until the program ends.
var pool = sync.OnceValues(func() (pdfium.Pool, error) {
	defer debug.FreeOSMemory() // making the code takes 200 MB for a moment
	cache := wazero.NewCompilationCache()
	if dir := os.Getenv(CacheVariable); dir != "" {
		var err error
		if cache, err = wazero.NewCompilationCacheWithDir(dir); err != nil {
			return nil, err
		}
	}
	return webassembly.Init(webassembly.Config{MaxTotal: 1, Stdout: io.Discard, Stderr: io.Discard, FSConfig: wazero.NewFSConfig(),
		RuntimeConfig: wazero.NewRuntimeConfig().WithCoreFeatures(wasm.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithCompilationCache(cache).WithMemoryLimitPages(memoryPages).WithCloseOnContextDone(true)})
})

// Text returns the text of each page; it reads no further once there are more than limit bytes. One document is read at
// a time, others wait.
func Text(document []byte, limit int) (pages []string, err error) {
	return text(document, limit, MaxTime)
}

func text(document []byte, limit int, within time.Duration) (pages []string, err error) {
	p, err := pool()
	if err != nil {
		return nil, err
	}
	instance, err := p.GetInstanceWithContext(context.Background())
	if err != nil {
		return nil, err
	}
	late := time.AfterFunc(within, func() { instance.Kill() })
	defer func() {
		if cause := recover(); cause != nil {
			pages, err = nil, fmt.Errorf("%w: %v", ErrBroken, cause)
		}
		if !late.Stop() {
			pages, err = nil, ErrTooMuch
			return
		}
		instance.Close()
	}()
	doc, err := instance.OpenDocument(&requests.OpenDocument{File: &document})
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return nil, ErrEncrypted
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrBroken, err)
	}
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrBroken, err)
	}
	if count.PageCount > MaxPages {
		return nil, ErrPages
	}
	size := 0
	for i := 0; i < count.PageCount && size <= limit; i++ {
		page, err := instance.GetPageText(&requests.GetPageText{Page: requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: i}}})
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrBroken, err)
		}
		pages = append(pages, page.Text)
		size += len(strings.TrimSpace(page.Text))
	}
	if size == 0 {
		return nil, ErrNoText
	}
	return pages, nil
}
