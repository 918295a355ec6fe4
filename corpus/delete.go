package corpus

import "errors"

func (w *writer) delete(del Delete) error {
	old, err := w.s.get(w.tx, del.Kind, del.ID)
	if err != nil {
		return err
	}
	if del.IfVersion != 0 && del.IfVersion != old.Version {
		return stale(del.Kind, del.ID, old.Version, del.IfVersion)
	}
	return errors.Join(w.remove(&old, origin{}), w.detach(del.Kind, del.ID), w.forgetPast(&old))
}

// remove takes old away. from is not zero where a merge does, which can bring it back.
func (w *writer) remove(old *Doc, from origin) error {
	version := old.Version + 1
	if err := w.change(Change{Kind: old.Kind, Number: old.Number, ID: old.ID, Version: version, Deleted: true, Hidden: old.Status != Published}); err != nil {
		return err
	}
	return errors.Join(w.dropText(old), w.tx.Bucket(bDocs).Delete(docKey(old.Kind, old.Number)),
		w.putIDRow(old.Kind, old.ID, idRow{number: old.Number, version: version, origin: from}))
}
