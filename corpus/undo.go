package corpus

import (
	"bytes"
	"context"
	"slices"
	"time"
)

// Undone tells what the undo of an import did. A document that the import made and somebody deleted since is in none of
// the counts.
type Undone struct {
	By       string    `json:"by"`
	Begun    time.Time `json:"begun"`
	Ended    time.Time `json:"ended,omitzero"`
	Restored int       `json:"restored" doc:"documents that are again what they were before the import"`
	Deleted  int       `json:"deleted" doc:"documents that the import had made"`
	Kept     int       `json:"kept" doc:"documents that stayed as they are"`
}

// A KeptReason is why an undo leaves a document as it is.
type KeptReason string

const (
	KeptEdited   KeptReason = "edited"   // somebody changed it after the import
	KeptDeleted  KeptReason = "deleted"  // somebody deleted it after the import
	KeptImported KeptReason = "imported" // a later import changed it
	KeptLead     KeptReason = "lead"     // the import made it, and it has a lead
	KeptMerged   KeptReason = "merged"   // others were merged into it, and would go with it
	KeptInto     KeptReason = "into"     // it was merged into another, which has what it said
)

// A Kept document is one that an undo leaves as it is, with who changed it last and when.
type Kept struct {
	Kind   Kind       `json:"kind" enum:"achievement,need,expert,project"`
	ID     string     `json:"id"`
	Reason KeptReason `json:"reason" enum:"edited,deleted,imported,lead,merged,into"`
	By     string     `json:"by,omitempty" doc:"who changed it, as key:ID"`
	At     time.Time  `json:"at,omitzero"`
	Import string     `json:"import,omitempty" doc:"id of the later import"`
	Lead   string     `json:"lead,omitempty" doc:"id of the lead"`
	Into   string     `json:"into,omitempty" doc:"id of the document that it was merged into"`
}

// UndoOptions of Undo; the zero value undoes and says nothing.
type UndoOptions struct {
	Actor  string // for the audit
	DryRun bool   // say what would happen, write nothing
	// Leads returns the id of a lead of each document that has one: these are not deleted. It is asked inside of each
	// transaction, where no new lead can come between. nil: no document has one.
	Leads     func() (map[Link]string, error)
	Kept      func(Kept)   // every document that stays as it is
	Committed func(Undone) // after each commit: what is safe on disk so far
}

// Undoable returns the record of an import that can be undone now; else an error of code NotFound, or of code Conflict
// for one that is being written or undone, or too old.
func (s *Store) Undoable(id string) (ImportRecord, error) {
	r, err := s.ImportRecord(id)
	switch {
	case err != nil:
	case s.works(id):
		err = &Error{Code: Conflict, Message: "导入 " + id + " 正在进行或正在撤销", Fix: "等它结束后再撤销"}
	case !s.now().Before(r.UndoUntil):
		err = &Error{Code: Conflict, Message: "导入 " + id + " 已过撤销期限 " + r.UndoUntil.In(shanghai).Format("2006-01-02 15:04"),
			Fix: "导入后 30 天内可以撤销；改用导出、修改、再导入的办法"}
	}
	return r, err
}

// Undo puts back what documents were before an import and deletes those that it made. What was changed after the import
// stays as it is and is told of, and so is a document with a lead that would be deleted. It writes in batches; one that
// was cut off goes on when it is called again, and tells again of what it keeps. Once later changes are undone in turn, or a
// merge is taken back, a second Undo puts back what the first one kept.
func (s *Store) Undo(ctx context.Context, id string, o UndoOptions) (ImportRecord, error) {
	r, err := s.Undoable(id)
	if err != nil {
		return r, err
	}
	end, ok := s.begin(id)
	if !ok {
		return r, &Error{Code: Conflict, Message: "导入 " + id + " 正在撤销", Fix: "等它结束"}
	}
	defer end()
	u := undoer{s: s, o: o, r: r}
	u.done = Undone{By: o.Actor, Begun: s.now().UTC().Truncate(time.Second)}
	if r.Undo != nil {
		u.done = *r.Undo
		u.done.Kept, u.done.Ended = 0, time.Time{} // what was kept is told of again
	}
	for more := true; more; {
		if more, err = u.batch(ctx); err != nil {
			return u.r, err
		}
	}
	return u.r, nil
}

// An undoer is one undo at work.
type undoer struct {
	s     *Store
	o     UndoOptions
	r     ImportRecord // as it is committed
	done  Undone       // the same
	after []byte       // key of the entry that was looked at last
}

// batch undoes some entries and reports whether there are more.
func (u *undoer) batch(ctx context.Context) (more bool, err error) {
	r, done, after := u.r, u.done, u.after
	var kept []Kept
	_, err = u.s.Write(ctx, Batch{Actor: u.o.Actor, Action: "undo import " + r.ID, DryRun: u.o.DryRun, step: func(w *writer, _ []Result) error {
		var leads map[Link]string
		if u.o.Leads != nil {
			if leads, err = u.o.Leads(); err != nil {
				return err
			}
		}
		entries := earlierOf(w.tx, r.ID, after)
		more = len(entries) > 0
		for _, e := range entries {
			k, err := w.undo(e, &done, leads)
			switch {
			case err != nil:
				return err
			case k != nil:
				kept = append(kept, *k)
			default:
				if err := w.tx.Bucket(bEarlier).Delete(e.key); err != nil {
					return err
				}
				r.Earlier.add(-1, e.key, e.value)
			}
			after = e.key
		}
		done.Kept += len(kept)
		r.State = ImportUndoing
		if !more {
			r.State, done.Ended = ImportUndone, w.now
		}
		r.Undo = &done
		return w.putImport(r)
	}})
	if err != nil {
		return false, err
	}
	if u.o.DryRun {
		r = u.r
		r.Undo = &done
	}
	u.r, u.done, u.after = r, done, after
	if u.o.Kept != nil {
		for _, k := range kept {
			u.o.Kept(k)
		}
	}
	if u.o.Committed != nil && more && !u.o.DryRun {
		u.o.Committed(done)
	}
	return more, nil
}

// undo undoes what an import did to one document, and returns it where it is kept.
func (w *writer) undo(e earlier, done *Undone, leads map[Link]string) (*Kept, error) {
	docs := w.tx.Bucket(bDocs)
	value := docs.Get(e.doc())
	if value == nil {
		k, err := w.keptInto(e)
		if k != nil || err != nil || e.created() {
			return k, err
		}
	}
	var now, before Doc
	var from origin
	var err error
	if !e.created() {
		if before, from, err = e.before(w.s); err != nil {
			return nil, err
		}
		now = before
	}
	if value != nil {
		if now, err = w.s.decodeDoc(e.doc(), value); err != nil {
			return nil, err
		}
	}
	row := w.idRow(now.Kind, now.ID)
	switch {
	case value != nil && len(aliases(w.tx, now.Kind, now.ID)) > 0:
		return &Kept{Kind: now.Kind, ID: now.ID, Reason: KeptMerged}, nil
	case value == nil || row.origin.version != e.written():
		return w.keptBy(now, row.origin.change, value == nil)
	case e.created():
		if lead := leads[Link{Kind: now.Kind, ID: now.ID}]; lead != "" {
			return &Kept{Kind: now.Kind, ID: now.ID, Reason: KeptLead, Lead: lead}, nil
		}
		done.Deleted++
		return nil, w.delete(Delete{Kind: now.Kind, ID: now.ID})
	}
	done.Restored++
	if err := w.dropText(&now); err != nil {
		return nil, err
	}
	before.Version, before.Updated = row.version+1, w.now
	id, _, _ := bytes.Cut(e.key, []byte{0})
	return nil, w.place(&before, &now, TextHash(&before), from, Past{Move: MoveUndo, Import: string(id)})
}

// keptInto returns the document of an entry that was merged into another, nil where it was not.
func (w *writer) keptInto(e earlier) (*Kept, error) {
	if w.merged == nil {
		w.merged = map[string]string{}
		ids := w.tx.Bucket(bIDs)
		if err := w.tx.Bucket(bMerged).ForEach(func(key, _ []byte) error {
			w.merged[string(docKey(kindOf(key[0]), parseIDRow(ids.Get(key)).number))] = string(key[1:])
			return nil
		}); err != nil {
			return nil, err
		}
	}
	id, ok := w.merged[string(e.doc())]
	if !ok {
		return nil, nil
	}
	k := kindOf(e.doc()[0])
	m, err := w.s.mergedRow(w.tx, k, id)
	if err != nil {
		return nil, err
	}
	return &Kept{Kind: k, ID: id, Reason: KeptInto, By: m.By, At: m.At, Into: resolve(w.tx, k, id)}, nil
}

// keptBy says who made the change that keeps a document from an undo.
func (w *writer) keptBy(d Doc, change uint64, deleted bool) (*Kept, error) {
	a, err := w.auditOf(change)
	k := Kept{Kind: d.Kind, ID: d.ID, Reason: KeptEdited, By: a.Actor, At: a.Time, Import: a.Import}
	switch {
	case deleted:
		k.Reason = KeptDeleted
	case a.Import != "":
		k.Reason = KeptImported
	}
	return &k, err
}

func kindOf(b byte) Kind {
	return Kinds[slices.IndexFunc(Kinds, func(k Kind) bool { return k[0] == b })]
}
