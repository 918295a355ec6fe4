package corpus

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"strings"
)

const (
	// One transaction of an import holds up to batchRows rows or batchBytes of their cells: large enough that syncing to
	// disk costs little, small enough that progress shows and memory stays bounded.
	batchRows  = 500
	batchBytes = 4 << 20
)

// ImportOptions of Import; the zero value writes and says nothing.
type ImportOptions struct {
	Actor     string        // for the audit
	Action    string        // for the audit: "import achievements.csv"
	DryRun    bool          // check and count, write nothing
	Committed func(Summary) // after each commit: what is safe on disk so far
	Report    func(Row)     // every bad row, and every row with warnings, in the order of the file
}

// A Summary counts the rows of an import. Read is the sum of Created, Updated, Unchanged and Bad.
type Summary struct {
	Read      int `json:"read"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Bad       int `json:"bad"`
	Repeated  int `json:"repeated"`  // rows whose id stood in the import before: the later row counts
	SameText  int `json:"same_text"` // rows that say what another posting says
	Warnings  int `json:"warnings"`  // rows of which something could not be understood
	// Extra names the columns whose cells were kept beside the fields, some of them at least, 50 at most.
	Extra []string `json:"extra,omitempty"`
}

// AddExtra notes columns kept beside the fields.
func (s *Summary) AddExtra(columns ...string) {
	for _, c := range columns {
		if at, ok := slices.BinarySearch(s.Extra, c); !ok && len(s.Extra) < 50 {
			s.Extra = slices.Insert(s.Extra, at, c)
		}
	}
}

// Import writes the good rows in batches and reports the others. A row that names no status or no disclosure leaves
// that of the stored document as it is: its source does not know what an operator closed or took down. It ends early when
// ctx is done, when rows can't be read further, or when the store fails; the Summary then counts what is committed.
func Import(ctx context.Context, s *Store, rows iter.Seq2[Row, error], o ImportOptions) (Summary, error) {
	im := importer{s: s, o: o, seen: map[uint64]place{}, seed: maphash.MakeSeed()}
	for row, err := range rows {
		if err != nil {
			err = errors.Join(err, im.flush(ctx))
			return im.sum, err
		}
		im.pending = append(im.pending, row)
		for _, c := range row.Cells {
			im.bytes += len(c)
		}
		if len(im.pending) >= batchRows || im.bytes >= batchBytes {
			if err := im.flush(ctx); err != nil {
				return im.sum, err
			}
		}
	}
	err := im.flush(ctx)
	return im.sum, err
}

// An importer is one import at work.
type importer struct {
	s       *Store
	o       ImportOptions
	sum     Summary
	pending []Row
	bytes   int
	seen    map[uint64]place // by hash of kind and id: what grows with the rows
	files   []string         // that rows came from
	seed    maphash.Seed
}

// A place is where a row stands: index of the file and line.
type place struct{ file, line int32 }

// flush writes the rows that wait.
func (im *importer) flush(ctx context.Context) error {
	if len(im.pending) == 0 {
		return nil
	}
	b := Batch{Actor: im.o.Actor, Action: im.o.Action, DryRun: im.o.DryRun}
	for _, r := range im.pending {
		if !r.Bad() {
			b.Puts = append(b.Puts, Put{Doc: r.Doc, KeepStatus: r.noStatus, KeepDisclosure: r.noDisclosure, KeepAnswers: true})
		}
	}
	results, err := im.s.Write(ctx, b)
	if err != nil {
		return err
	}
	for _, r := range im.pending {
		im.sum.Read++
		if r.Bad() {
			im.sum.Bad++
		} else {
			im.count(&r, results[0])
			results = results[1:]
		}
		if im.o.Report != nil && len(r.Problems)+len(r.Warnings) > 0 {
			im.o.Report(r)
		}
	}
	im.pending, im.bytes = im.pending[:0], 0
	if im.o.Committed != nil && !im.o.DryRun {
		im.o.Committed(im.sum)
	}
	return nil
}

// count adds one written row to the sum, and what the store said of it to the row.
func (im *importer) count(r *Row, result Result) {
	if len(r.Warnings) > 0 {
		im.sum.Warnings++
	}
	for c := range r.Doc.Extra {
		im.sum.AddExtra(c)
	}
	warn := func(message, fix string) {
		r.Warnings = append(r.Warnings, &Error{Code: Invalid, Message: message, Fix: fix})
	}
	key := maphash.String(im.seed, string(r.Doc.Kind)+"\x00"+r.Doc.ID)
	before, repeated := im.seen[key]
	if n := len(im.files); n == 0 || im.files[n-1] != r.File {
		im.files = append(im.files, r.File)
	}
	im.seen[key] = place{int32(len(im.files) - 1), int32(r.Line)}
	if repeated {
		im.sum.Repeated++
		warn(fmt.Sprintf("与 %s 第 %d 行是同一条（编号 %s），以本行为准", im.files[before.file], before.line, r.Doc.SourceID), "删去其中一行，或改正编号")
		if im.o.DryRun && result.Outcome == Created {
			result.Outcome = Updated
		}
	}
	switch result.Outcome {
	case Created:
		im.sum.Created++
	case Updated:
		im.sum.Updated++
	case Unchanged:
		im.sum.Unchanged++
	}
	if len(result.SameText) > 0 {
		im.sum.SameText++
		warn("与已有的 "+strings.Join(result.SameText, "、")+" 内容相同", "确认是否重复发布")
	}
}
