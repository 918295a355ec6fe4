package corpus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// One transaction of an import holds up to batchRows rows or batchBytes of their cells: large enough that syncing to
	// disk costs little, small enough that progress shows and memory stays bounded.
	batchRows  = 500
	batchBytes = 4 << 20
)

// ImportOptions of Import; the zero value writes and says nothing.
type ImportOptions struct {
	Actor  string // for the audit
	File   string // for the audit and the record, with Source and Kind of rows that name none
	Source string // "": DefaultSource
	Kind   Kind   // may be empty
	ID     string // of the record; "": a new one; one that was cut off goes on, with the same rows
	DryRun bool   // check and count, write nothing, not even a record
	// KeepStatus leaves the status of stored documents as it is, whatever rows say.
	KeepStatus bool
	// Whole says that the rows are all that Source has: what it has no longer gets Gone and, with Withdraw, is taken down;
	// then it is published again when it comes back.
	Whole, Withdraw bool
	Committed       func(Summary) // after each commit: what is safe on disk so far
	Wrote           func(Result)  // what became of each row that was taken, in their order, once it is safe
	Report          func(Row)     // every bad row, every row with warnings and every note, in the order of the file
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
	Gone      int `json:"gone,omitempty" doc:"documents that were found to be no longer at the source"`
	// Values counts the cells of typed fields by what they came to.
	Values Values `json:"values,omitempty"`
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
// ctx is done, when rows can't be read further, or when the store fails; the Summary then counts what is committed. Its
// record is written with each batch.
func Import(ctx context.Context, s *Store, rows iter.Seq2[Row, error], o ImportOptions) (Summary, error) {
	now := s.now()
	begun := now.UTC().Truncate(time.Second)
	im := importer{s: s, o: o, seen: map[uint64]place{}, kept: map[uint64]bool{}, seed: maphash.MakeSeed(), record: ImportRecord{
		ID: cmp.Or(o.ID, NewImportID(now)), File: o.File, Source: cmp.Or(o.Source, DefaultSource), Kind: o.Kind, By: o.Actor,
		State: ImportRunning, Begun: begun, UndoUntil: begun.Add(undoFor)}}
	end, ok := s.begin(im.record.ID)
	if !ok {
		return Summary{}, Errorf(Conflict, "import %s is at work already", im.record.ID)
	}
	defer end()
	if err := im.goOn(); err != nil {
		return Summary{}, err
	}
	err := im.rows(ctx, rows)
	if err != nil && !o.DryRun {
		im.pending = nil
		im.record.State, im.record.Error = ImportFailed, err.Error()
		err = errors.Join(err, im.flush(context.WithoutCancel(ctx)))
	}
	if err == nil && !o.DryRun {
		err = s.sweep(ctx)
	}
	return im.record.Summary, err
}

// An importer is one import at work.
type importer struct {
	s       *Store
	o       ImportOptions
	record  ImportRecord // as it is committed, but for State and Error
	pending []Row
	bytes   int
	skip    int              // rows that are in the store
	seen    map[uint64]place // by hash of kind and id: what grows with the rows
	files   []string         // and sheets that rows came from
	seed    maphash.Seed
	kept    map[uint64]bool // by the same hash: what rows that are bad are about
	partial bool            // what the source has can't be told from the rows
}

// A place is where a row stands: index of the file and line.
type place struct{ file, line int32 }

// goOn takes up the record of an import that was cut off: its rows up to there are in the store.
func (im *importer) goOn() error {
	if im.o.ID == "" || im.o.DryRun {
		return nil
	}
	before, err := im.s.ImportRecord(im.o.ID)
	if CodeOf(err) == NotFound {
		return nil
	}
	if err == nil && before.State != ImportRunning && before.State != ImportFailed {
		err = Errorf(Conflict, "import %s is %s", before.ID, before.State)
	}
	if err != nil {
		return err
	}
	before.State, before.Error, before.Ended = ImportRunning, "", time.Time{}
	im.record, im.skip = before, before.Read
	return nil
}

func (im *importer) rows(ctx context.Context, rows iter.Seq2[Row, error]) error {
	for row, err := range rows {
		if err != nil {
			return errors.Join(err, im.flush(ctx))
		}
		im.partial = im.partial || row.newest
		if row.Bad() {
			im.refused(&row)
		}
		if im.skip > 0 {
			if !row.Note {
				im.skip--
			}
			if !row.Note && !row.Bad() {
				im.stands(&row)
			}
			continue
		}
		im.pending = append(im.pending, row)
		for _, c := range row.Cells {
			im.bytes += len(c)
		}
		if len(im.pending) >= batchRows || im.bytes >= batchBytes {
			if err := im.flush(ctx); err != nil {
				return err
			}
		}
	}
	if im.o.Whole && !im.o.DryRun {
		if err := im.markGone(ctx); err != nil {
			return err
		}
	}
	im.record.State = ImportDone
	return im.flush(ctx)
}

// flush writes the rows that wait, and the record.
func (im *importer) flush(ctx context.Context) error {
	if im.o.DryRun && len(im.pending) == 0 {
		return nil
	}
	b := Batch{Actor: im.o.Actor, Action: "import " + im.o.File, importing: im.record.ID, DryRun: im.o.DryRun}
	for _, r := range im.pending {
		if !r.Bad() && !r.Note {
			b.Puts = append(b.Puts, Put{Doc: r.Doc, KeepStatus: r.noStatus || im.o.KeepStatus, Returns: im.o.Withdraw, KeepDisclosure: r.noDisclosure, KeepAnswers: true})
		}
	}
	record := im.record
	record.Extra, record.Values = slices.Clone(record.Extra), maps.Clone(record.Values)
	b.step = func(w *writer, results []Result) error {
		for i := range im.pending {
			r := &im.pending[i]
			if r.Note {
				continue
			}
			record.Read++
			record.Values.Add(r.values)
			if r.Bad() {
				record.Bad++
				continue
			}
			im.count(&record.Summary, r, results[0])
			results = results[1:]
		}
		record.Earlier.Documents += w.earlier.Documents
		record.Earlier.Bytes += w.earlier.Bytes
		if record.State != ImportRunning {
			record.Ended = w.now
		}
		return w.putImport(record)
	}
	results, err := im.s.Write(ctx, b)
	if err != nil {
		return err
	}
	im.record = record
	if im.o.Wrote != nil {
		for _, r := range results {
			im.o.Wrote(r)
		}
	}
	for _, r := range im.pending {
		if im.o.Report != nil && len(r.Problems)+len(r.Warnings) > 0 {
			im.o.Report(r)
		}
	}
	wrote := len(im.pending) > 0
	im.pending, im.bytes = im.pending[:0], 0
	if im.o.Committed != nil && wrote && !im.o.DryRun {
		im.o.Committed(record.Summary)
	}
	return nil
}

// count adds one written row to the sum, and what the store said of it to the row.
func (im *importer) count(sum *Summary, r *Row, result Result) {
	if len(r.Warnings) > 0 {
		sum.Warnings++
	}
	for c := range r.Doc.Extra {
		if !slices.Contains(r.mapped, c) {
			sum.AddExtra(c)
		}
	}
	warn := func(message, fix string) {
		r.Warnings = append(r.Warnings, &Error{Code: Invalid, Message: message, Fix: fix})
	}
	if before, repeated := im.stands(r); repeated {
		sum.Repeated++
		warn(fmt.Sprintf("与 %s 第 %d 行是同一条（编号 %s），以本行为准", im.files[before.file], before.line, r.Doc.SourceID), "删去其中一行，或改正编号")
		if im.o.DryRun && result.Outcome == Created {
			result.Outcome = Updated
		}
	}
	switch result.Outcome {
	case Created:
		sum.Created++
	case Updated:
		sum.Updated++
	case Unchanged:
		sum.Unchanged++
	}
	if len(result.SameText) > 0 {
		sum.SameText++
		warn("与已有的 "+strings.Join(result.SameText, "、")+" 内容相同", "确认是否重复发布")
	}
	for _, a := range result.Alike {
		warn("与已有的 "+a.ID+" "+a.Reason, "确认是否重复发布")
	}
	if result.Held != "" {
		warn("持有人已于 "+string(result.Held)+" 撤下，本行不重新发布", "确要发布时，请管理员修改状态，或在行中写更晚的确认日期")
	}
	if result.Into != "" {
		warn("已合并到 "+result.Into+"，本行未写入", "改 "+result.Into+"，或先撤销合并")
	}
}

func (im *importer) key(d *Doc) uint64 {
	return maphash.String(im.seed, string(d.Kind)+"\x00"+d.ID)
}

// stands notes where a posting stands, and tells where it stood before.
func (im *importer) stands(r *Row) (before place, repeated bool) {
	key := im.key(&r.Doc)
	before, repeated = im.seen[key]
	if n := len(im.files); n == 0 || im.files[n-1] != r.place() {
		im.files = append(im.files, r.place())
	}
	im.seen[key] = place{int32(len(im.files) - 1), int32(r.Line)}
	return before, repeated
}
