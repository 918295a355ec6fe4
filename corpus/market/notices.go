package market

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"duijie/corpus"
)

// Notices knows which reminders each posting has had. It reads them at its first use and then follows the store's changes;
// its methods may be called concurrently. A nil one knows of none.
type Notices struct {
	store *corpus.Store
	rules Rules

	mu  sync.Mutex
	seq uint64                 // of the last change seen
	of  map[posting][]Reminder // oldest first; nil before the first use
}

type posting struct {
	kind   corpus.Kind
	number uint32
}

// keptNotices is how many of a posting's notices are kept in memory, those of four years.
const keptNotices = 8

// NewNotices returns the notices of a store's postings.
func NewNotices(store *corpus.Store, r Rules) *Notices { return &Notices{store: store, rules: r} }

// Life says how a posting stands: LifeOf with its notices.
func (n *Notices) Life(d *corpus.Doc, now time.Time) (*Life, error) {
	if n == nil {
		return LifeOf(d, nil, Rules{}, now), nil
	}
	notices, err := n.about(d.Kind, d.Number)
	return LifeOf(d, notices, n.rules, now), err
}

// Asks says how a posting stands, and where its holder is to be asked now, which notice in a row that is: 1, 2 and so on,
// else 0.
func (n *Notices) Asks(d *corpus.Doc, now time.Time) (l *Life, notice int, err error) {
	notices, err := n.about(d.Kind, d.Number)
	s := stands(d, notices, n.rules, now)
	if s.ask.IsZero() || now.Before(s.ask) {
		return s.life, 0, err
	}
	return s.life, s.open + 1, err
}

// Silent returns those of some postings that have had so many notices that they may be unconfirmed.
func (n *Notices) Silent(k corpus.Kind, numbers []uint32) ([]uint32, error) {
	if n == nil {
		return nil, nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.catchUp(); err != nil {
		return nil, err
	}
	var out []uint32
	for _, number := range numbers {
		if len(n.of[posting{k, number}]) >= silences {
			out = append(out, number)
		}
	}
	return out, nil
}

// about returns the last notices of a posting; the slice is not to be changed.
func (n *Notices) about(k corpus.Kind, number uint32) ([]Reminder, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.catchUp(); err != nil {
		return nil, err
	}
	return n.of[posting{k, number}], nil
}

func (n *Notices) catchUp() error {
	if n.of == nil {
		last, err := n.store.LastChange()
		if err != nil {
			return err
		}
		n.of = map[posting][]Reminder{}
		for r, err := range n.store.Records(Reminders) {
			if err == nil {
				err = n.put(r)
			}
			if err != nil {
				n.of = nil
				return err
			}
		}
		n.seq = last
	}
	const batch = 1000
	for {
		changes, err := n.store.Changes(n.seq, batch)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if c.Table != Reminders || c.Deleted {
				continue
			}
			r, err := n.store.Record(Reminders, c.ID)
			if err == nil {
				err = n.put(r)
			}
			if err != nil && corpus.CodeOf(err) != corpus.NotFound {
				return err
			}
		}
		if len(changes) > 0 {
			n.seq = changes[len(changes)-1].Seq
		}
		if len(changes) < batch {
			return nil
		}
	}
}

// put takes a reminder in, in place of an older state of it.
func (n *Notices) put(record corpus.Record) error {
	var r Reminder
	if err := json.Unmarshal(record.Body, &r); err != nil {
		return fmt.Errorf("reminder %s: %w", record.ID, err)
	}
	p := posting{r.Kind, r.Number}
	list := slices.Clone(n.of[p]) // a reader may have the old one
	list = append(slices.DeleteFunc(list, func(have Reminder) bool { return have.ID == r.ID }), r)
	slices.SortFunc(list, func(a, b Reminder) int { return cmp.Or(a.Sent.Compare(b.Sent), cmp.Compare(a.ID, b.ID)) })
	n.of[p] = slices.Clip(list[max(0, len(list)-keptNotices):])
	return nil
}
