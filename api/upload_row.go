package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"sync/atomic"

	"duijie/corpus"
)

// What a preview looks at and shows. Rows of more than shownBytes of cells together are not shown: a page holds them all.
const (
	lookedAt    = 20_000 // rows
	shownBad    = 50
	shownWarned = 20
	shownGood   = 5
	shownBytes  = 1 << 20
)

// A Preview says what the import of an upload would do.
type Preview struct {
	Upload
	Saved   string           // name of the saved map that is used
	Mapped  []corpus.Mapping // what each column is taken for
	Summary corpus.Summary
	Whole   bool          // no row was left unlooked at
	Bad     []corpus.Row  // the first of them, as are the following
	Warned  []corpus.Row  // taken, though something was not understood
	Mended  []corpus.Row  // edited, and good now
	Good    []corpus.Row  // neither
	Fault   *corpus.Error // why rows can't be read, or not all of them
}

// Preview looks at the first rows of a file of c's, as edited.
func (s *Service) Preview(ctx context.Context, c Caller, id string) (Preview, error) {
	u, err := s.Upload(c, id)
	if err == nil && !u.Begun.IsZero() {
		err = corpus.Errorf(corpus.Conflict, "the import of %s has begun", id)
	}
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Upload: u, Whole: true}
	o, saved, err := s.uploadOptions(u)
	if err != nil {
		return p, err
	}
	p.Saved = saved
	seen := map[string]bool{}
	o.Mapped = func(_ string, columns []corpus.Mapping) {
		for _, m := range columns {
			if !seen[m.Header] && len(p.Mapped) < maxColumns {
				seen[m.Header] = true
				p.Mapped = append(p.Mapped, m)
			}
		}
	}
	shown := 0
	show := func(list *[]corpus.Row, limit int, r corpus.Row) {
		size := 0
		for _, cell := range r.Cells {
			size += len(cell)
		}
		if len(*list) < limit && shown+size <= shownBytes {
			shown += size
			*list = append(*list, r)
		}
	}
	warned := map[int]bool{} // also by what is stored
	rows := func(yield func(corpus.Row, error) bool) {
		for row, err := range s.uploadRows(p.Upload, o, nil) {
			if err == nil && row.Index >= lookedAt {
				p.Whole = false
				return
			}
			if _, edited := p.Edits[row.Index]; edited && err == nil && !row.Bad() {
				show(&p.Mended, shownBad, row)
			} else if err == nil && len(row.Problems)+len(row.Warnings) == 0 {
				show(&p.Good, shownGood, row)
			}
			if !yield(row, err) {
				return
			}
		}
	}
	p.Summary, err = corpus.Import(ctx, s.Store, rows, corpus.ImportOptions{Actor: c.Name, File: u.Name, Source: u.Source, Kind: u.Kind, DryRun: true,
		Report: func(r corpus.Row) {
			_, edited := p.Edits[r.Index]
			switch {
			case r.Bad():
				show(&p.Bad, shownBad, r)
			case !edited:
				warned[r.Index] = true
				show(&p.Warned, shownWarned, r)
			}
		}})
	p.Good = withoutRows(p.Good, warned)
	if e, ok := errors.AsType[*corpus.Error](err); ok && e.Code != corpus.Internal {
		p.Fault, p.Whole, err = e, false, nil
	}
	if p.Whole && p.Rows != p.Summary.Read && err == nil {
		p.Rows = p.Summary.Read
		_, err = s.ChangeUpload(c, id, func(u *Upload) error { u.Rows = p.Rows; return nil })
	}
	return p, err
}

// maxColumns bounds the columns whose field can be chosen, as of a saved map.
const maxColumns = 200

func withoutRows(rows []corpus.Row, out map[int]bool) (left []corpus.Row) {
	for _, r := range rows {
		if !out[r.Index] {
			left = append(left, r)
		}
	}
	return left
}

// uploadRows reads an upload's file with its edits in place of what they mend; those that change nothing are taken out of
// u.Edits. read counts the file's bytes; nil: nobody wants to know.
func (s *Service) uploadRows(u Upload, o corpus.ReadOptions, read *atomic.Int64) iter.Seq2[corpus.Row, error] {
	return func(yield func(corpus.Row, error) bool) {
		f, err := os.Open(s.uploadPath(u.ID, uploadFile))
		if err != nil {
			yield(corpus.Row{File: u.Name}, err)
			return
		}
		defer f.Close()
		var r io.Reader = f
		if read != nil {
			r = countedReader{f, read}
		}
		rows := corpus.Read(r, u.Name, o)
		if u.Of != "" {
			rows = keptRows(r, o)
		}
		index := 0
		for row, err := range rows {
			row.Index = index
			index++
			if e, ok := u.Edits[row.Index]; ok && err == nil {
				if text, changed := row.Text().With(e.Cells); changed && e.Line == row.Line {
					row = text.Read(o)
					row.Index = index - 1
				} else {
					delete(u.Edits, row.Index)
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// keptRows reads lines of RowText, whose columns are told of once.
func keptRows(r io.Reader, o corpus.ReadOptions) iter.Seq2[corpus.Row, error] {
	return func(yield func(corpus.Row, error) bool) {
		tell := o.Mapped
		o.Mapped = nil
		for d := json.NewDecoder(bufio.NewReader(r)); ; {
			var text corpus.RowText
			err := d.Decode(&text)
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil && tell != nil {
				tell(text.File, corpus.Guess(text.Header, [][]string{text.Cells}, o))
			}
			if !yield(text.Read(o), err) || err != nil {
				return
			}
		}
	}
}

// Rest yields the rows that an import did not take, with what is wrong; their Index is their place in Rest.
func (s *Service) Rest(c Caller, id string) iter.Seq2[corpus.Row, error] {
	return func(yield func(corpus.Row, error) bool) {
		u, err := s.readUpload(id)
		if err == nil {
			err = s.takesFiles(c)
		}
		if err != nil {
			yield(corpus.Row{}, err)
			return
		}
		o, _, err := s.uploadOptions(u)
		f, openErr := os.Open(s.uploadPath(id, restFile))
		if err = errors.Join(err, openErr); err != nil {
			yield(corpus.Row{}, err)
			return
		}
		defer f.Close()
		index := 0
		for row, err := range keptRows(f, o) {
			row.Index = index
			index++
			if !yield(row, err) {
				return
			}
		}
	}
}

// FirstRest returns the rows of Rest that a page shows.
func (s *Service) FirstRest(c Caller, id string) (out []corpus.Row, err error) {
	size := 0
	for row, err := range s.Rest(c, id) {
		if err != nil {
			return nil, err
		}
		for _, cell := range row.Cells {
			size += len(cell)
		}
		if len(out) == shownBad || size > shownBytes {
			break
		}
		out = append(out, row)
	}
	return out, nil
}

// MendRest makes an upload of c's of the rows that an import did not take, with edits of them.
func (s *Service) MendRest(c Caller, id string, edits map[int]Edit) (Upload, error) {
	if err := s.takesFiles(c); err != nil {
		return Upload{}, err
	}
	s.uploads.Lock()
	defer s.uploads.Unlock()
	u, err := s.readUpload(id)
	if err == nil && (u.Rest == 0 || s.next(u) != "") {
		err = corpus.Errorf(corpus.Conflict, "import %s has no rows to mend", id)
	}
	if err != nil {
		return u, err
	}
	f, err := os.Open(s.uploadPath(id, restFile))
	if err != nil {
		return u, err
	}
	defer f.Close()
	next, err := s.AddUpload(c, Upload{Name: u.Name, Kind: u.Kind, Source: u.Source, Columns: u.Columns, Edits: edits, Rows: u.Rest, Of: id}, f)
	if err != nil {
		return next, err
	}
	u.Next = next.ID
	return next, s.saveUpload(u)
}

// next is the upload that went on with the rows that u's import left, "" where there is none any more.
func (s *Service) next(u Upload) string {
	if u.Next != "" {
		if _, err := s.readUpload(u.Next); err == nil {
			return u.Next
		}
	}
	return ""
}

type countedReader struct {
	r io.Reader
	n *atomic.Int64
}

func (c countedReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	return n, err
}
