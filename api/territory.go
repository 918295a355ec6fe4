package api

import (
	"context"

	"duijie/corpus"
	"duijie/corpus/market"
)

// governs reports whether a region lies in c's territory.
func (c Caller) governs(region string) bool { return market.Governs(c.Territory, region) }

// local reports whether a record concerns c's territory: it states a region there, or names a posting of there, an
// organisation of there, or another record that does; or, of leads, it is a verified organisation of there that asks. What
// c may not read of a posting counts for nothing.
func (s *Service) local(c Caller, d *market.Declared, r market.Row) (bool, error) {
	if len(c.Territory) == 0 {
		return false, nil
	}
	for _, f := range d.Fields {
		text := r.Text(f.Name)
		var in bool
		var err error
		switch {
		case text == "":
		case f.Codes == corpus.Region:
			in = c.governs(text)
		case f.Kind != "":
			in, err = s.localPosting(c, f.Kind, text)
		case f.Record != "":
			in, err = s.localNamed(c, market.TableOf(f.Record), text)
		}
		if in || err != nil {
			return in, err
		}
	}
	asker := *r.Head().Organisation
	if d.Name != market.Leads || asker == "" {
		return false, nil
	}
	o, err := market.OrganisationOf(s.Store, asker)
	if corpus.CodeOf(err) == corpus.NotFound {
		return false, nil
	}
	return err == nil && o.State == market.Verified && c.governs(o.Region), err
}

func (s *Service) localPosting(c Caller, k corpus.Kind, id string) (bool, error) {
	err := s.endOf(k, &id)
	var doc corpus.Doc
	if err == nil {
		doc, err = s.Store.Get(k, id)
	}
	if corpus.CodeOf(err) == corpus.NotFound {
		return false, nil
	}
	return err == nil && c.governs(doc.ForLevel(c.Level()).Region), err
}

// localNamed is local for a record by its id.
func (s *Service) localNamed(c Caller, t market.Table, id string) (bool, error) {
	stored, err := s.Store.Record(t.About().Name, id)
	if corpus.CodeOf(err) == corpus.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r, err := t.Read(stored.Body)
	if err != nil {
		return false, err
	}
	return s.local(c, t.About(), r)
}

// sees returns a record as c reads it by the territory: as it is where it is c's own too, else without what is Closed; nil
// where c does not read it at all. move is list or read.
func (s *Service) sees(c Caller, d *market.Declared, move string, r market.Row) (market.Row, error) {
	if c.reaches(d.Name, move, r) {
		return r, nil
	}
	if c.Allowed(d.Name, move) != market.Local {
		return nil, nil
	}
	in, err := s.local(c, d, r)
	if !in || err != nil {
		return nil, err
	}
	for _, f := range d.Fields {
		if f.Closed {
			r = r.With(f.Name, "")
		}
	}
	return r, nil
}

// countLocal is CountRecords for who lists by a territory: it reads all records of the sort.
func (s *Service) countLocal(ctx context.Context, c Caller, t market.Table) (map[market.State]int, error) {
	counts := map[market.State]int{}
	for r, err := range s.rows(ctx, c, t, RecordQuery{}) {
		if err != nil {
			return nil, err
		}
		counts[*r.Head().State]++
	}
	return counts, nil
}

// counts reports whether a report for c counts a record: each, or those of c's territory where c reads no others.
func counts[T any](s *Service, c Caller, t *market.Type[T], v T) (bool, error) {
	if c.Allowed("reports", "read") != market.Local {
		return true, nil
	}
	return s.local(c, &t.Declared, t.Row(v))
}

// countsPosting is counts for a posting.
func (c Caller) countsPosting(d *corpus.Doc) bool {
	return c.Allowed("reports", "read") != market.Local || c.governs(d.ForLevel(c.Level()).Region)
}
