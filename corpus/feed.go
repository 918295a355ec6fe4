package corpus

import (
	"context"
	"iter"
)

// Adopt makes rows, read without ReadOptions.Source, those of one source, whatever they say themselves: they can touch no
// document of another. The source id of a row that names a source is its id there, and links lead to rows of the same file. What is
// withdrawn there is left out, as what is not there.
func Adopt(rows iter.Seq2[Row, error], source string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for row, err := range rows {
			d := &row.Doc
			if err == nil && d.ID != "" {
				if d.Status == Withdrawn {
					continue
				}
				if d.Source != DefaultSource {
					d.SourceID = d.ID
				}
				d.Source, d.ID, d.Gone = source, MakeID(source, d.SourceID), ""
				for i, l := range d.Links {
					d.Links[i].ID = MakeID(source, l.ID)
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// refused notes a row that is not taken: what it was about is still at the source. Where that can't be told, nobody knows
// what the source has.
func (im *importer) refused(r *Row) {
	if r.Doc.ID == "" || r.Doc.SourceID == identityHash(&r.Doc) {
		im.partial = true
		return
	}
	im.kept[im.key(&r.Doc)] = true
}

// markGone marks the published documents of the source that stood in no row. A file of which no row was good marks none:
// it may be an error in words.
func (im *importer) markGone(ctx context.Context) error {
	if err := im.flush(ctx); err != nil {
		return err
	}
	if im.partial || im.record.Read > 0 && im.record.Read == im.record.Bad {
		return nil
	}
	for _, k := range Kinds {
		var ids []string
		for d, err := range im.s.Each(k, 0) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			key := im.key(&d)
			if _, stands := im.seen[key]; stands || im.kept[key] || !im.losable(&d) {
				continue
			}
			if ids = append(ids, d.ID); len(ids) == batchRows {
				if err := im.lose(ctx, k, ids); err != nil {
					return err
				}
				ids = nil
			}
		}
		if err := im.lose(ctx, k, ids); err != nil {
			return err
		}
	}
	return nil
}

// losable reports whether d is marked where its source no longer has it.
func (im *importer) losable(d *Doc) bool {
	return d.Source == im.record.Source && d.Status == Published && d.Gone == ""
}

// lose marks documents as a part of the import, so that its undo takes that back too.
func (im *importer) lose(ctx context.Context, k Kind, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	record := im.record
	_, err := im.s.Write(ctx, Batch{Actor: im.o.Actor, Action: "mark what " + record.Source + " no longer has", importing: record.ID, step: func(w *writer, _ []Result) error {
		for _, id := range ids {
			d, err := im.s.get(w.tx, k, id)
			if CodeOf(err) == NotFound || err == nil && !im.losable(&d) { // changed since it was read
				continue
			}
			if err != nil {
				return err
			}
			d.Gone = DayOf(w.now)
			if im.o.Withdraw {
				d.Status = Withdrawn
			}
			if _, err := w.put(Put{Doc: d, marks: true}); err != nil {
				return err
			}
			record.Gone++
		}
		record.Earlier.Documents += w.earlier.Documents
		record.Earlier.Bytes += w.earlier.Bytes
		return w.putImport(record)
	}})
	if err == nil {
		im.record = record
	}
	return err
}
