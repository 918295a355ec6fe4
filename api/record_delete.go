package api

import (
	"cmp"
	"context"
	"fmt"

	"duijie/corpus"
	"duijie/corpus/market"
)

// DeleteRecord removes a record; who did so stands in the audit.
func (s *Service) DeleteRecord(ctx context.Context, c Caller, t market.Table, id string, ifVersion uint64) error {
	d := t.About()
	old, err := s.recordAt(ctx, c, t, id, ifVersion)
	if err != nil {
		return err
	}
	if err := cmp.Or(recordMove(c, d, "delete", old), s.unnamed(ctx, d, id)); err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: fmt.Sprintf("delete %s %s", d.One[1], id),
		Records: []corpus.Record{{Table: d.Name, ID: id, IfVersion: old.Version, Deleted: true, Move: "delete"}}})
	return versionConflict(err)
}

// unnamed returns nil where no record of another sort names one, and else an error of code Conflict. It reads all of these:
// few records are deleted.
func (s *Service) unnamed(ctx context.Context, d *market.Declared, id string) error {
	for _, t := range market.Tables {
		other := t.About()
		for _, f := range other.Fields {
			if f.Record != d.Name {
				continue
			}
			for stored, err := range s.Store.Records(other.Name) {
				if err = cmp.Or(err, ctx.Err()); err != nil {
					return err
				}
				r, err := t.Read(stored.Body)
				if err != nil {
					return err
				}
				if r.Text(f.Name) == id {
					e := corpus.Errorf(corpus.Conflict, "the %s %s names this %s", other.One[1], stored.ID, d.One[1])
					e.Fix = "it stays; move it to another state"
					return e
				}
			}
		}
	}
	return nil
}
