package matcher

import (
	"context"
	"slices"
	"strings"
	"sync"

	"duijie/corpus"
	"duijie/indexer"
)

// How many entries a kept list holds: more than are shown, so that a few can fall out before the need is matched afresh.
const keptEntries = 130

// maxCarried is how many pairs one Applied computes at most, some .1 ms each, while the lists wait for it.
const maxCarried = 10_000

// lists keeps the match lists of needs. They are derived: filled when first asked for, carried on by Applied, and gone
// with the process.
type lists struct {
	mu         sync.Mutex
	generation uint64 // rises with each Applied, so that a list computed before it is not kept after it
	byNeed     map[uint32]*list
}

// A list is one need's kept entries, best first.
type list struct {
	need *indexer.Entry
	rows []ranked
	full bool // rows are the best of more; an entry below the last one may be missing
	lost string
}

// now returns the generation. Who means to keep a list asks for it before reading anything that goes into the list.
func (l *lists) now() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.generation
}

// kept answers from the kept list of a need that was read after the given generation, and makes the list where there is
// none.
func (m *Matcher) kept(ctx context.Context, need corpus.Doc, generation uint64, o Options) (Answer, error) {
	m.lists.mu.Lock()
	l := m.lists.byNeed[need.Number]
	m.lists.mu.Unlock()
	if l == nil || l.need.Version != need.Version {
		entry, err := m.entry(ctx, need)
		if err != nil {
			return Answer{}, err
		}
		rows, lost, err := m.best(ctx, need, entry, indexer.Filter{})
		if err != nil {
			return Answer{}, err
		}
		entry.Typed = nil
		l = &list{need: entry, rows: rows[:min(keptEntries, len(rows))], full: len(rows) > keptEntries, lost: lost}
		if !strings.Contains(lost, RerankPart.String()) { // which may answer the next time; Sync tells when vectors come
			m.lists.mu.Lock()
			if m.lists.generation == generation {
				m.lists.byNeed[need.Number] = l
			}
			m.lists.mu.Unlock()
		}
	}
	return m.answer(ctx, need, l.need, l.rows, l.lost, o)
}

// Applied tells the matcher what has just changed in the index. A changed need's list is dropped. A new achievement
// enters the lists whose floor it passes; lists that held a changed or removed one are dropped, to be matched afresh
// when next asked for. A large change drops all lists, which is cheaper than carrying it into each; so does a change of
// nothing, which says that anything may have changed.
func (m *Matcher) Applied(puts []indexer.Entry, deletes []indexer.Ref) {
	m.lists.mu.Lock()
	defer m.lists.mu.Unlock()
	m.lists.generation++
	if n := len(puts) + len(deletes); n == 0 || n > 64 || n*len(m.lists.byNeed) > maxCarried {
		clear(m.lists.byNeed)
		return
	}
	changed := slices.Clone(deletes)
	for i := range puts {
		changed = append(changed, puts[i].Ref)
	}
	for _, ref := range changed {
		switch ref.Kind {
		case corpus.Need:
			delete(m.lists.byNeed, ref.Number)
		case corpus.Achievement:
			for need, l := range m.lists.byNeed {
				if slices.ContainsFunc(l.rows, func(r ranked) bool { return r.number == ref.Number }) {
					delete(m.lists.byNeed, need)
				}
			}
		}
	}
	for i := range puts {
		if puts[i].Kind != corpus.Achievement {
			continue
		}
		full := puts[i] // by itself: a list must not hold on to the others
		entry := full
		entry.Words, entry.Pairs, entry.Typed = nil, nil, nil
		for need, l := range m.lists.byNeed {
			switch with := l.with(ranked{entry.Number, m.scorer.Pair(l.need, &full), &entry, m.scorer.evidence(l.need)(indexer.AsFound(&full, l.need.Keywords))}); {
			case with == l:
			case m.Reranker != nil: // it has not seen the new one
				delete(m.lists.byNeed, need)
			default:
				m.lists.byNeed[need] = with
			}
		}
	}
}

// with returns the list with r in its place, or l itself where r does not reach it. Lists that were handed out stay
// as they are.
func (l *list) with(r ranked) *list {
	if r.parts.Points() <= 0 || l.full && better(l.rows[len(l.rows)-1], r) < 0 {
		return l
	}
	at, _ := slices.BinarySearchFunc(l.rows, r, better)
	rows := slices.Insert(slices.Clone(l.rows), at, r)
	return &list{need: l.need, rows: rows[:min(keptEntries, len(rows))], full: l.full || len(rows) > keptEntries, lost: l.lost}
}
