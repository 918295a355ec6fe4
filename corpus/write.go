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
	Records []Record // put; Deleted ones are removed
	Events  []Event
	// IdempotencyKey makes a second Write with the same key do nothing and return the first one's results.
	IdempotencyKey string
	// DryRun says what would happen, and writes nothing.
	DryRun bool
}

// An Outcome says what became of a Put.
type Outcome string

const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged"
)

// A Result is the answer to one Put, in order.
type Result struct {
	Outcome  Outcome  `json:"outcome"`
	Kind     Kind     `json:"kind"`
	ID       string   `json:"id"`
	Version  uint64   `json:"version"`
	SameText []string `json:"same_text,omitempty"` // ids of others that say the same, ten at most
}

// Write does the whole batch in one synced transaction. Its error has code Conflict for a version or an id that is
// taken, NotFound for a delete of what is not there, Invalid for a document that Check refuses; then nothing is written.
func (s *Store) Write(ctx context.Context, b Batch) ([]Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var results []Result
	err := s.db.Update(func(tx *bolt.Tx) error {
		results = make([]Result, 0, len(b.Puts))
		if b.IdempotencyKey != "" {
			if v := tx.Bucket(bAnswers).Get([]byte(b.IdempotencyKey)); v != nil {
				return s.unpack(v, &results)
			}
		}
		w := writer{s: s, tx: tx, now: s.now().UTC().Truncate(time.Second)}
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
		for _, r := range b.Records {
			if err := w.record(r); err != nil {
				return err
			}
		}
		if len(w.changes) > 0 {
			if err := w.audit(b.Actor, b.Action); err != nil {
				return err
			}
		}
		if err := w.events(b.Events); err != nil {
			return err
		}
		if b.DryRun {
			return errDryRun
		}
		if b.IdempotencyKey == "" {
			return nil
		}
		v, err := s.pack(results)
		if err != nil {
			return err
		}
		return tx.Bucket(bAnswers).Put([]byte(b.IdempotencyKey), v)
	})
	if errors.Is(err, errDryRun) {
		return results, nil
	}
	if err != nil {
		return nil, err
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
	s       *Store
	tx      *bolt.Tx
	now     time.Time
	changes []Change
}

func (w *writer) put(p Put) (Result, error) {
	d := p.Doc
	d.Number = 0
	if errs := d.Check(); len(errs) > 0 {
		return Result{}, errs[0]
	}
	ids, docs := w.tx.Bucket(bIDs), w.tx.Bucket(bDocs)
	hash := TextHash(&d)
	r := Result{Outcome: Created, Kind: d.Kind, ID: d.ID}
	known := ids.Get(idKey(d.Kind, d.ID))
	var version uint64
	if known != nil {
		d.Number, version = binary.BigEndian.Uint32(known), binary.BigEndian.Uint64(known[4:])
	}
	key := docKey(d.Kind, d.Number)
	d.Created = w.now
	if v := docs.Get(key); known != nil && v != nil {
		old, err := w.s.decodeDoc(key, v)
		if err != nil {
			return r, err
		}
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
		if p.KeepStatus {
			d.Status = old.Status
		}
		if p.KeepAnswers {
			keepAnswers(&d, &old)
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
		key = docKey(d.Kind, d.Number)
	}
	d.Version, d.Updated = version+1, w.now
	r.Version = d.Version
	var err error
	if r.SameText, err = w.s.sameText(w.tx, &d, hash); err != nil {
		return r, err
	}
	value, err := w.s.pack(&d)
	if err != nil {
		return r, err
	}
	if err := docs.Put(key, value); err != nil {
		return r, err
	}
	row := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, d.Number), d.Version)
	if err := ids.Put(idKey(d.Kind, d.ID), row); err != nil {
		return r, err
	}
	if err := w.tx.Bucket(bTexts).Put(append([]byte(hash), key...), nil); err != nil {
		return r, err
	}
	return r, w.change(Change{Kind: d.Kind, Number: d.Number, ID: d.ID, Version: d.Version})
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

func (w *writer) dropText(d *Doc) error {
	return w.tx.Bucket(bTexts).Delete(append([]byte(TextHash(d)), docKey(d.Kind, d.Number)...))
}

func (w *writer) delete(del Delete) error {
	ids, docs := w.tx.Bucket(bIDs), w.tx.Bucket(bDocs)
	known := ids.Get(idKey(del.Kind, del.ID))
	if known == nil {
		return notFound(del.Kind, del.ID)
	}
	number, version := binary.BigEndian.Uint32(known), binary.BigEndian.Uint64(known[4:])
	key := docKey(del.Kind, number)
	v := docs.Get(key)
	if v == nil {
		return notFound(del.Kind, del.ID)
	}
	old, err := w.s.decodeDoc(key, v)
	if err != nil {
		return err
	}
	if del.IfVersion != 0 && del.IfVersion != old.Version {
		return stale(del.Kind, del.ID, old.Version, del.IfVersion)
	}
	if err := errors.Join(w.dropText(&old), docs.Delete(key),
		ids.Put(idKey(del.Kind, del.ID), binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, number), version+1))); err != nil {
		return err
	}
	return w.change(Change{Kind: del.Kind, Number: number, ID: del.ID, Version: version + 1, Deleted: true})
}
