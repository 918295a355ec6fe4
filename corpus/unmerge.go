package corpus

import (
	"cmp"
	"errors"
	"slices"
)

// An Unmerge takes a merge back: the document is what it was, and so is the one that took over, but for what was edited
// since.
type Unmerge struct {
	Kind Kind
	ID   string
}

func (w *writer) unmerge(u Unmerge) (Result, error) {
	r := Result{Outcome: Created, Kind: u.Kind, ID: u.ID}
	m, err := w.s.mergedRow(w.tx, u.Kind, u.ID)
	if err != nil {
		return r, err
	}
	r.Into = m.Into
	if to := into(w.tx, m.Kind, m.Into); to != "" {
		e := Errorf(Conflict, "%s %q, into which %q was merged, was merged into %q since", m.Kind, m.Into, m.ID, to)
		e.Fix = "take that merge back first"
		return r, e
	}
	row := w.idRow(m.Kind, m.ID)
	d := m.Was
	d.Number, d.Version, d.Updated = row.number, row.version+1, w.now
	r.Version = d.Version
	if err := errors.Join(w.place(&d, &m.Was, TextHash(&d), row.origin, Past{Move: MoveUnmerge, Other: m.Into}), w.tx.Bucket(bMerged).Delete(idKey(m.Kind, m.ID)),
		w.tx.Bucket(bAliases).Delete(aliasKey(m.Kind, m.Into, m.ID))); err != nil {
		return r, err
	}
	if m.Before != nil {
		r.Kept, err = w.mend(m)
	}
	return r, err
}

// mend makes the document that took over what it would be without m: merges that came later are done again on what it was
// before, and what was edited between and since stays. It returns the fields in which an edit stands where something was
// to be restored.
func (w *writer) mend(m *mergedRow) (kept []string, err error) {
	all, err := w.mergesInto(m.Kind, m.Into)
	if err != nil {
		return nil, err
	}
	base, onto := *m.After, *m.Before
	for _, other := range all {
		if other.Seq < m.Seq {
			continue
		}
		before, _ := rebase(base, *other.Before, onto)
		after := before.Unite(other.Was)
		base, onto = *other.After, after
		other.Before, other.After = &before, &after
		if err := w.putMerged(other); err != nil {
			return nil, err
		}
	}
	current, err := w.s.get(w.tx, m.Kind, m.Into)
	if err != nil {
		return nil, err
	}
	mended, kept := rebase(base, current, onto)
	_, _, err = w.replace(&current, &mended, Past{Move: MoveUnmerge, Other: m.ID})
	return kept, err
}

// mergeAgain gives d, a row that an import writes anew, what the documents had that were merged into it, and returns those
// merges as they are then.
func (w *writer) mergeAgain(d *Doc) ([]*mergedRow, error) {
	all, err := w.mergesInto(d.Kind, d.ID)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, m := range all {
		before, after := *d, d.Unite(m.Was)
		if len(after.Check()) > 0 {
			continue
		}
		m.Before, m.After = &before, &after
		*d = after
		out = append(out, m)
	}
	return out, nil
}

// mergesInto returns the merges into a document itself that can be taken out of it, in their order.
func (w *writer) mergesInto(k Kind, id string) (all []*mergedRow, err error) {
	for _, alias := range aliases(w.tx, k, id) {
		m, err := w.s.mergedRow(w.tx, k, alias)
		if err != nil {
			return nil, err
		}
		if m.Before != nil {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b *mergedRow) int { return cmp.Compare(a.Seq, b.Seq) })
	return all, nil
}

// own returns what d would be without all that was merged into it.
func (w *writer) own(d Doc) (Doc, error) {
	all, err := w.mergesInto(d.Kind, d.ID)
	if err != nil || len(all) == 0 {
		return d, err
	}
	onto := *all[0].Before
	for i, m := range all[1:] {
		onto, _ = rebase(*all[i].After, *m.Before, onto)
	}
	d, _ = rebase(*all[len(all)-1].After, d, onto)
	return d, nil
}

// detach notes that a document is deleted: when a merge into it is taken back, nothing of it is left to restore.
func (w *writer) detach(k Kind, id string) error {
	for _, alias := range aliases(w.tx, k, id) {
		m, err := w.s.mergedRow(w.tx, k, alias)
		if err != nil {
			return err
		}
		m.Before, m.After = nil, nil
		if err := w.putMerged(m); err != nil {
			return err
		}
	}
	return nil
}
