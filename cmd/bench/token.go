package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"duijie/corpus"
	"duijie/indexer"
)

// What every peer gets in its folder, from our analyzer:
//
//	docs.tsv    an achievement a line: number, words of the title, words of the body; words as often as they stand there,
//	            with spaces between
//	docs.f32    its vector, little-endian floats, one row a line of docs.tsv
//	needs.tsv   a need a line: word, what it asks for that word (1 to 15), word, ...; a title's word counts three times
//	needs.f32   its vector
//	exact.tsv   the numbers of its nearest achievements by exact scalar product, best first
//	shape.txt   dimensions, depth, passes, warm-up questions

// export writes the folder and returns the nearest achievements of each need.
func (f *folder) export(ctx context.Context, dir string, asking []indexer.Entry, vectors [][]float32) (exact [][]uint32, err error) {
	w := tokenWriter{dir: dir}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	docs, rows := w.create("docs.tsv"), w.create("docs.f32")
	best := make([]nearest, len(asking))
	write := func(docsOfBatch []corpus.Doc) error {
		entries, exactVectors, err := f.entries(ctx, docsOfBatch)
		if err != nil {
			return err
		}
		for i, e := range entries {
			fmt.Fprintf(docs, "%d\t%s\t%s\n", e.Number, repeated(e.Words, func(c indexer.Count) uint8 { return c.Title }),
				repeated(e.Words, func(c indexer.Count) uint8 { return c.Body }))
			binary.Write(rows, binary.LittleEndian, exactVectors[i]) // a writer that fails tells so at its end
		}
		inParallel(len(asking), func(i int) {
			for j, v := range exactVectors {
				if !isZero(v) && !isZero(vectors[i]) {
					best[i].see(entries[j].Number, dot(vectors[i], v))
				}
			}
		})
		return nil
	}
	const batch = 500
	var waiting []corpus.Doc
	for d, err := range f.store.Each(corpus.Achievement, 0) {
		if err != nil {
			return nil, err
		}
		if d.Status != corpus.Published {
			continue
		}
		if waiting = append(waiting, d); len(waiting) == batch {
			if err := write(waiting); err != nil {
				return nil, err
			}
			waiting = waiting[:0]
		}
	}
	if err := write(waiting); err != nil {
		return nil, err
	}
	needs, rows, nearestOf := w.create("needs.tsv"), w.create("needs.f32"), w.create("exact.tsv")
	for i, e := range asking {
		for j, c := range e.Words {
			if j > 0 {
				fmt.Fprint(needs, " ")
			}
			fmt.Fprintf(needs, "%s %d", oneWord(c.Term), c.Asked())
		}
		fmt.Fprintln(needs)
		binary.Write(rows, binary.LittleEndian, vectors[i])
		fmt.Fprintln(nearestOf, strings.Trim(fmt.Sprint(best[i].numbers), "[]"))
		exact = append(exact, best[i].numbers)
	}
	fmt.Fprintln(w.create("shape.txt"), len(vectors[0]), depth, passes, len(asking)/warmUp)
	return exact, nil
}

// repeated returns the words of one field.
func repeated(counts []indexer.Count, of func(indexer.Count) uint8) string {
	var b strings.Builder
	for _, c := range counts {
		for range of(c) {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(oneWord(c.Term))
		}
	}
	return b.String()
}

// oneWord keeps a word with a space in it one.
func oneWord(term string) string { return strings.Join(strings.Fields(term), "_") }

// inParallel calls do for 0 to n-1 on all cores.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	wg.Wait()
}

// A tokenWriter makes files whose errors come at its close.
type tokenWriter struct {
	dir     string
	files   []*os.File
	writers []*bufio.Writer
	err     error
}

func (w *tokenWriter) create(name string) *bufio.Writer {
	f, err := os.Create(filepath.Join(w.dir, name))
	if err != nil {
		w.err = errors.Join(w.err, err)
	}
	out := bufio.NewWriterSize(f, 1<<20) // a nil file fails at Flush
	w.files, w.writers = append(w.files, f), append(w.writers, out)
	return out
}

func (w *tokenWriter) close() error {
	err := w.err
	for i, f := range w.files {
		err = errors.Join(err, w.writers[i].Flush(), f.Close())
	}
	return err
}
