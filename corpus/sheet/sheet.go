// Package sheet takes files apart into rows of cells: workbooks, pages and documents with tables, archives of them. It
// knows nothing of postings. Readers hold in memory at most what their limits say, and nothing that a file contains makes
// them panic.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// A Table is a sheet of a workbook, or a table of a page or document.
type Table struct {
	Name string                // of a sheet; "" where tables have no names
	Rows iter.Seq2[Row, error] // from top to bottom, once; an error ends them
}

// A Row is one row of a table.
type Row struct {
	N     int      // from 1
	Cells []string // a merged range has its text in each of its cells
	// Left and Top say, for each cell, in which column (from 0) and row the merged range that it belongs to begins; for
	// other cells their own. Nil: nothing is merged here.
	Left, Top []int
	Inner     map[int][]Table // tables within cells, by column
}

// An Error says why a file can't be read, and how to mend that.
type Error struct {
	Message, Fix string // Chinese
	Large        bool   // over a limit
	Err          error  // for the log; may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s (%s): %v", e.Message, e.Fix, e.Err)
	}
	return fmt.Sprintf("%s (%s)", e.Message, e.Fix)
}

func (e *Error) Unwrap() error { return e.Err }

const (
	maxWorkbook = 256 << 20 // bytes of a workbook or document as it lies on disk
	maxPage     = 32 << 20  // bytes of a page or of the text of a document, all of whose tables are held in memory
	maxRanges   = 1 << 20   // merged ranges of a sheet
)

func tooLarge(what string, limit int64, fix string) *Error {
	return &Error{Message: fmt.Sprintf("%s超过 %d MB", what, limit>>20), Fix: fix, Large: true}
}

func broken(what string, err error) *Error {
	return &Error{Message: what + "打不开", Fix: "用 Excel 或 WPS 打开后另存一份，再导入", Err: err}
}

// guard turns a panic of a library that f calls into an error.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// Spool copies r to a file of its own that remove closes and deletes, for formats that are not read from front to back.
// What is longer than limit bytes is an error.
func Spool(r io.Reader, limit int64, fix string) (f *os.File, remove func() error, err error) {
	f, err = os.CreateTemp("", "duijie-import-*")
	if err != nil {
		return nil, nil, err
	}
	remove = func() error { return errors.Join(f.Close(), os.Remove(f.Name())) }
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = tooLarge("文件", limit, fix)
	}
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return f, remove, nil
}

// readAll reads all of r, up to limit bytes.
func readAll(r io.Reader, what string, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = tooLarge(what, limit, "分成几个文件，或另存为 CSV")
	}
	return b, err
}

// A span is a merged range: rows from 1, columns from 0, both ends included.
type span struct{ top, bottom, left, right int32 }

func (s span) width() int { return int(s.right-s.left) + 1 }

// maxWidth is how many columns a sheet can have; merged ranges that together cover more in one row overlap.
const maxWidth = 16_384

// fill writes the text of merged ranges into all of their cells. Rows must rise; a range whose first row is not there
// has no text.
func fill(rows iter.Seq2[Row, error], merged []span) iter.Seq2[Row, error] {
	if len(merged) == 0 {
		return rows
	}
	slices.SortStableFunc(merged, func(a, b span) int { return int(a.top) - int(b.top) })
	return func(yield func(Row, error) bool) {
		type open struct {
			span
			text string
		}
		var over []open
		rest, width, covered := merged, 0, 0
		for row, err := range rows {
			if err != nil {
				yield(row, err)
				return
			}
			n := int32(row.N)
			over = slices.DeleteFunc(over, func(o open) bool {
				if o.bottom < n {
					covered -= o.width()
				}
				return o.bottom < n
			})
			for len(rest) > 0 && rest[0].top <= n {
				if s := rest[0]; s.bottom >= n && covered+s.width() <= maxWidth {
					covered += s.width()
					o := open{span: s}
					if s.top == n && int(s.left) < len(row.Cells) {
						o.text = row.Cells[s.left]
					}
					over = append(over, o)
				}
				rest = rest[1:]
			}
			width = max(width, len(row.Cells))
			for _, o := range over {
				row.cover(o.span, o.text, max(width, 256))
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// cover writes the text of a merged range into its cells of this row, before column limit.
func (r *Row) cover(s span, text string, limit int) {
	left, right := int(s.left), min(int(s.right), limit-1)
	if left > right {
		return
	}
	for len(r.Cells) <= right {
		r.Cells = append(r.Cells, "")
	}
	for i := len(r.Left); i < len(r.Cells); i++ {
		r.Left, r.Top = append(r.Left, i), append(r.Top, r.N)
	}
	for i := left; i <= right; i++ {
		r.Cells[i], r.Left[i], r.Top[i] = text, left, int(s.top)
	}
}

// A grid is a table that is held in memory, as pages and documents spell it: row by row, with cells that extend over
// columns and rows.
type grid struct {
	name   string
	rows   []Row
	merged []span
	below  map[int]int // column to the last row that a cell of an earlier row covers
	cells  int
	full   bool // nothing more is taken of the last row
}

// What a small file can make of a grid is bounded; what is beyond is left out.
const (
	maxGridRows    = 1 << 20
	maxGridCells   = 4 << 20
	maxGridColumns = 1024
)

// row begins a row.
func (g *grid) row(n int) {
	if g.full = len(g.rows) == maxGridRows || g.cells > maxGridCells; !g.full {
		g.rows = append(g.rows, Row{N: n})
	}
}

// add puts a cell of that extent into the last row, into the next free column from column at (from 0) on. Inner are the
// tables in it.
func (g *grid) add(at int, text string, columns, rows int, inner []Table) {
	if g.full || len(g.rows) == 0 {
		return
	}
	r := &g.rows[len(g.rows)-1]
	at = max(at, len(r.Cells))
	for g.below[at] >= r.N {
		at++
	}
	columns, rows = max(1, min(columns, maxGridColumns)), max(1, min(rows, maxGridRows))
	g.cells += at + columns - len(r.Cells)
	if g.full = at+columns > maxGridColumns || g.cells > maxGridCells; g.full {
		return
	}
	for len(r.Cells) < at+columns {
		r.Cells = append(r.Cells, "")
	}
	r.Cells[at] = text
	if inner != nil {
		if r.Inner == nil {
			r.Inner = map[int][]Table{}
		}
		r.Inner[at] = inner
	}
	if columns > 1 || rows > 1 {
		g.merged = append(g.merged, span{int32(r.N), int32(r.N + rows - 1), int32(at), int32(at + columns - 1)})
	}
	if rows > 1 {
		if g.below == nil {
			g.below = map[int]int{}
		}
		for i := range columns {
			g.below[at+i] = r.N + rows - 1
		}
	}
}

func (g *grid) table() Table { return Table{Name: g.name, Rows: fill(each(g.rows), g.merged)} }

// each yields rows that are in memory. It gives copies of the cells: fill writes into them.
func each(rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			r.Cells = slices.Clone(r.Cells)
			if !yield(r, nil) {
				return
			}
		}
	}
}

func tablesOf(grids []*grid) iter.Seq2[Table, error] {
	return func(yield func(Table, error) bool) {
		for _, g := range grids {
			if !yield(g.table(), nil) {
				return
			}
		}
	}
}

// failed is a sequence of nothing but an error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}
