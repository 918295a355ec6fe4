package api

import (
	"context"
	"iter"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A RecordQuery asks for a page of records.
type RecordQuery struct {
	State market.State // "": any
	By    string       // who made them, as key:ID or account:ID; "": anybody
	Limit int
	After string // Next of the page before
	// Overdue keeps those that should have been answered by now.
	Overdue bool
}

// A RecordPage is a page of records, the newest first.
type RecordPage struct {
	Records []Record
	Next    string // "" at the end
}

// Records returns a page of those records that c may list: their own where others are hidden.
func (s *Service) Records(ctx context.Context, c Caller, t market.Table, q RecordQuery) (RecordPage, error) {
	p := RecordPage{Records: []Record{}}
	for stored, err := range s.rows(ctx, c, t, q) {
		if err != nil {
			return p, err
		}
		if len(p.Records) == q.Limit {
			p.Next = *p.Records[q.Limit-1].Head().ID
			break
		}
		r, err := s.recordOf(t.About(), stored.Row, stored.version)
		ok := false
		if err == nil {
			r, ok, err = s.shownTo(c, t.About(), r)
		}
		if err != nil {
			return p, err
		}
		if ok {
			p.Records = append(p.Records, r)
		}
	}
	return p, nil
}

// CountOverdue returns how many of the records that c may list should have been answered by now; it stops at most.
func (s *Service) CountOverdue(ctx context.Context, c Caller, t market.Table, most int) (n int, err error) {
	for _, err := range s.rows(ctx, c, t, RecordQuery{Overdue: true}) {
		if err != nil {
			return n, err
		}
		if n++; n == most {
			break
		}
	}
	return n, nil
}

// A storedRow is a row at a version, as it is stored.
type storedRow struct {
	market.Row
	version uint64
}

// rows yields the rows that Records makes records of, without end. What they name is not looked at, so that to pass over one
// costs little.
func (s *Service) rows(ctx context.Context, c Caller, t market.Table, q RecordQuery) iter.Seq2[storedRow, error] {
	return func(yield func(storedRow, error) bool) {
		d := t.About()
		if err := recordMove(c, d, "list", nil); err != nil {
			yield(storedRow{}, err)
			return
		}
		if first := market.State(d.States[0].Value); q.Overdue && q.State == "" {
			q.State = first // no others are overdue
		}
		now := s.now()
		for stored, err := range s.Store.RecordsBefore(c.listings(d.Name, q.By, string(q.State)), q.After) {
			var r market.Row
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				r, err = t.Read(stored.Body)
			}
			if err == nil && q.Overdue && !d.Overdue(r, now) {
				continue
			}
			if err == nil {
				if r, err = s.sees(c, d, "list", r); r == nil && err == nil {
					continue
				}
			}
			if !yield(storedRow{r, stored.Version}, err) || err != nil {
				return
			}
		}
	}
}

// CountRecords returns how many records c may list, by state.
func (s *Service) CountRecords(ctx context.Context, c Caller, t market.Table) (map[market.State]int, error) {
	d := t.About()
	if err := recordMove(c, d, "list", nil); err != nil {
		return nil, err
	}
	if c.Allowed(d.Name, "list") == market.Local {
		return s.countLocal(ctx, c, t)
	}
	counts := map[market.State]int{}
	for _, state := range d.States {
		var err error
		if counts[market.State(state.Value)], err = s.Store.CountRecords(c.listings(d.Name, "", state.Value)); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// maxSteps bounds the history that is shown of a record.
const maxSteps = 1000

// RecordSteps returns what was done with a record that c may read, the newest first, maxSteps at most.
func (s *Service) RecordSteps(ctx context.Context, c Caller, t market.Table, id string) ([]corpus.Step, error) {
	if _, err := s.Record(ctx, c, t, id); err != nil {
		return nil, err
	}
	return s.Store.Steps(t.About().Name, id, maxSteps)
}
