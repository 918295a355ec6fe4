package corpus

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A Put writes one document.
type Put struct {
	Doc       Doc
	IfVersion uint64 // conflict unless this is the stored version; 0: any
	IfAbsent  bool   // conflict when the id is taken

	// KeepStatus and KeepDisclosure leave these of a stored document as they are, whatever Doc says.
	KeepStatus, KeepDisclosure bool
	// KeepAnswers leaves what a holder has answered since: see keepAnswers.
	KeepAnswers bool
	marks       bool // Doc is the stored one with a mark, and has what was merged into it

	// Returns publishes a stored document again that was taken down when its source lost it.
	Returns bool
}

// A Delete removes one document; the id keeps its number.
type Delete struct {
	Kind      Kind
	ID        string
	IfVersion uint64
}

// A Batch is what one call of Write does, all of it or nothing.
type Batch struct {
	Actor   string // for the audit: "cli", "key:3f9a", "import"
	Action  string // for the audit: "import achievements.csv"
	Puts    []Put
	Deletes []Delete
	Merges  []Merge // after Puts and Deletes
	// Unmerges come last.
	Unmerges []Unmerge
	Records  []Record // put; Deleted ones are removed
	Events   []Event  // those whose ids are new
	// DryRun says what would happen, and writes nothing.
	DryRun bool

	importing string                        // id of the import that writes Puts: what they were before is kept under it
	step      func(*writer, []Result) error // does in the transaction what depends on its results
}

// An Outcome says what became of a Put.
type Outcome string

const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged"
)

// A Result is the answer to one Put, in order; behind those to the Merges, of the document that took over, and the
// Unmerges.
type Result struct {
	Outcome  Outcome  `json:"outcome"`
	Kind     Kind     `json:"kind"`
	ID       string   `json:"id"`
	Version  uint64   `json:"version"`
	SameText []string `json:"same_text,omitempty"` // ids of others that say the same, ten at most
	Alike    []Alike  `json:"alike,omitempty"`     // others that share a TwinKey, ten at most
	// Into is the document into which the one of a Put was merged, which is why nothing was written; of an Unmerge the one
	// that had taken over, and Kept its fields that stay because they were edited since.
	Into string   `json:"into,omitempty"`
	Kept []string `json:"kept,omitempty"`
	// Held is the day on which the holder of the document took it down, which stays so although the Put would publish it.
	Held Date `json:"held,omitempty"`
}

// Write does the whole batch in one synced transaction. Its error has code Conflict for a version or an id that is
// taken, NotFound for a delete of what is not there, Invalid for a document that Check refuses; then nothing is written.
func (s *Store) Write(ctx context.Context, b Batch) ([]Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var results []Result
	once, noted := ctx.Value(onceKey{}).(*Once)
	noted = noted && !once.written && !b.DryRun
	err := s.db.Update(func(tx *bolt.Tx) error {
		results = make([]Result, 0, len(b.Puts))
		w := writer{s: s, tx: tx, now: s.now().UTC().Truncate(time.Second), importing: b.importing, actor: b.Actor}
		for i := range b.Puts {
			r, err := w.put(b.Puts[i])
			if err != nil {
				return err
			}
			results = append(results, r)
		}
		for _, d := range b.Deletes {
			if err := w.delete(d); err != nil {
				return err
			}
		}
		for _, m := range b.Merges {
			r, err := w.merge(m, b.Actor)
			if err != nil {
				return err
			}
			results = append(results, r)
		}
		for _, u := range b.Unmerges {
			r, err := w.unmerge(u)
			if err != nil {
				return err
			}
			results = append(results, r)
		}
		for _, r := range b.Records {
			if err := w.record(r); err != nil {
				return err
			}
		}
		if b.step != nil {
			if err := b.step(&w, results); err != nil {
				return err
			}
		}
		if len(w.changes) > 0 {
			if err := w.audit(b.Actor, b.Action); err != nil {
				return err
			}
		}
		if _, err := s.raise(tx, b.Events); err != nil {
			return err
		}
		if b.DryRun {
			return errDryRun
		}
		if noted {
			return w.note(once)
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		return results, nil
	}
	if err != nil {
		return nil, err
	}
	if noted {
		once.written = true
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return results, nil
}

// errDryRun takes a transaction back.
var errDryRun = errors.New("dry run")

// A writer is one transaction at work.
type writer struct {
	s         *Store
	tx        *bolt.Tx
	now       time.Time
	changes   []Change
	importing string // of the batch, as actor
	actor     string
	earlier   Earlier           // added under it
	merged    map[string]string // ids of documents that were merged into others, by key; nil until they are wanted
}

func (w *writer) put(p Put) (Result, error) {
	d := p.Doc
	d.Number = 0
	if errs := d.Check(); len(errs) > 0 {
		return Result{}, errs[0]
	}
	if d.Status != Withdrawn {
		d.WithdrawnOn = ""
	}
	ids, docs := w.tx.Bucket(bIDs), w.tx.Bucket(bDocs)
	r := Result{Outcome: Created, Kind: d.Kind, ID: d.ID}
	known := ids.Get(idKey(d.Kind, d.ID))
	var row idRow
	if known != nil {
		row = parseIDRow(known)
		d.Number = row.number
		if to := resolve(w.tx, d.Kind, d.ID); to != d.ID {
			r.Version = row.version
			return refuse(p, r, to)
		}
	}
	var merged []*mergedRow
	if w.importing != "" && known != nil && !p.marks {
		var err error
		if merged, err = w.mergeAgain(&d); err != nil {
			return r, err
		}
	}
	hash := TextHash(&d)
	key := docKey(d.Kind, d.Number)
	d.Created = w.now
	var before []byte
	var stored *Doc
	if v := docs.Get(key); known != nil && v != nil {
		before = v
		old, err := w.s.decodeDoc(key, v)
		if err != nil {
			return r, err
		}
		stored = &old
		if p.IfAbsent {
			e := Errorf(Conflict, "%s %q exists already", d.Kind, d.ID)
			e.Fix = "replace it, or use another id"
			return r, e
		}
		if old.Source != d.Source || old.SourceID != d.SourceID {
			return r, Errorf(Conflict, "%s %q belongs to source %s, id %s", d.Kind, d.ID, old.Source, old.SourceID)
		}
		if p.IfVersion != 0 && p.IfVersion != old.Version {
			return r, stale(d.Kind, d.ID, old.Version, p.IfVersion)
		}
		if p.KeepStatus && !(p.Returns && old.Gone != "" && old.Status == Withdrawn) {
			d.Status, d.WithdrawnOn = old.Status, old.WithdrawnOn
		}
		if p.KeepAnswers {
			r.Held = keepAnswers(&d, &old)
		}
		if p.KeepDisclosure {
			d.Disclosure = old.Disclosure
		}
		r.Outcome, d.Created = Updated, old.Created
		d.Version, d.Updated = old.Version, old.Updated
		same, err := equalJSON(old, d)
		if err != nil {
			return r, err
		}
		if same {
			r.Outcome, r.Version = Unchanged, old.Version
			return r, nil
		}
		if w.importing != "" && len(aliases(w.tx, d.Kind, d.ID)) > 0 {
			own, err := w.own(old)
			if err != nil {
				return r, err
			}
			if before, err = w.s.pack(&own); err != nil {
				return r, err
			}
		}
		if err := w.dropText(&old); err != nil {
			return r, err
		}
	} else if p.IfVersion != 0 {
		return r, stale(d.Kind, d.ID, 0, p.IfVersion)
	}
	if known == nil {
		numbers := w.tx.Bucket(bNumbers)
		if v := numbers.Get([]byte{kindByte(d.Kind)}); v != nil {
			d.Number = binary.BigEndian.Uint32(v)
		}
		d.Number++
		if err := numbers.Put([]byte{kindByte(d.Kind)}, binary.BigEndian.AppendUint32(nil, d.Number)); err != nil {
			return r, err
		}
	}
	d.Version, d.Updated = row.version+1, w.now
	r.Version = d.Version
	for _, m := range merged {
		if err := w.putMerged(m); err != nil {
			return r, err
		}
	}
	var err error
	if r.SameText, err = w.s.sameText(w.tx, &d, hash); err != nil {
		return r, err
	}
	if r.Alike, err = w.alike(&d, r.SameText); err != nil {
		return r, err
	}
	if w.importing != "" {
		if err := w.keepEarlier(docKey(d.Kind, d.Number), d.Version, row.origin, before); err != nil {
			return r, err
		}
	}
	how := Past{Move: MoveEdit}
	if w.importing != "" {
		how = Past{Move: MoveImport, Import: w.importing}
	}
	return r, w.place(&d, stored, hash, origin{}, how)
}

// place stores d, which is complete, in the place of old; nil: there is none. from is not zero where an undo puts back what an
// older version held. how says what the past of the document tells of this: Move, Import and Other.
func (w *writer) place(d, old *Doc, hash string, from origin, how Past) error {
	value, err := w.s.pack(d)
	if err != nil {
		return err
	}
	key := docKey(d.Kind, d.Number)
	hidden := d.Status != Published && (old == nil || old.Status != Published)
	if err := w.change(Change{Kind: d.Kind, Number: d.Number, ID: d.ID, Version: d.Version, Hidden: hidden}); err != nil {
		return err
	}
	if old != nil {
		if err := w.remember(old, d, how); err != nil {
			return err
		}
	}
	return errors.Join(w.tx.Bucket(bDocs).Put(key, value), w.tx.Bucket(bTexts).Put(append([]byte(hash), key...), nil),
		w.putTwins(d), w.putLinked(d), w.putIDRow(d.Kind, d.ID, idRow{number: d.Number, version: d.Version, origin: from}))
}

func stale(k Kind, id string, have, want uint64) error {
	e := Errorf(Conflict, "%s %q is at version %d, not %d", k, id, have, want)
	e.Fix = "read it again and repeat the change"
	return e
}

func equalJSON(a, b Doc) (bool, error) {
	x, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	y, err := json.Marshal(b)
	return bytes.Equal(x, y), err
}

// dropText takes d out of what finds its like, and what it names.
func (w *writer) dropText(d *Doc) error {
	return errors.Join(w.dropTwins(d), w.dropLinked(d),
		w.tx.Bucket(bTexts).Delete(append([]byte(TextHash(d)), docKey(d.Kind, d.Number)...)))
}
