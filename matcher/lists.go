package matcher

import (
	"context"
	"slices"
	"sync"

	"duijie/corpus"
	"duijie/indexer"
)

// How many entries a kept list holds: more than are shown, so that a few can fall out before the need is matched afresh.
const keptEntries = 130

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
}

func (m *Matcher) kept(ctx context.Context, need corpus.Doc, o Options) (Answer, error) {
	m.lists.mu.Lock()
	l, generation := m.lists.byNeed[need.Number], m.lists.generation
	m.lists.mu.Unlock()
	if l == nil {
		entry, err := m.entry(ctx, need)
		if err != nil {
			return Answer{}, err
		}
		rows, err := m.rank(ctx, entry, corpus.Achievement, indexer.Filter{})
		if err != nil {
			return Answer{}, err
		}
		l = &list{need: entry, rows: rows[:min(keptEntries, len(rows))], full: len(rows) > keptEntries}
		if entry.Vector != nil {
			m.lists.mu.Lock()
			if m.lists.generation == generation {
				m.lists.byNeed[need.Number] = l
			}
			m.lists.mu.Unlock()
		}
	}
	return m.answer(need, l.need, l.rows, o)
}

// Applied tells the matcher what has just changed in the index. A changed need's list is dropped. A new achievement
// enters the lists whose floor it passes; lists that held a changed or removed one are dropped, to be matched afresh
// when next asked for. A large change drops all lists, which is cheaper than carrying it into each.
func (m *Matcher) Applied(puts []indexer.Entry, deletes []indexer.Ref) {
	m.lists.mu.Lock()
	defer m.lists.mu.Unlock()
	m.lists.generation++
	if len(puts)+len(deletes) > 64 {
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
		for need, l := range m.lists.byNeed {
			r := ranked{puts[i].Number, m.scorer.Pair(l.need, &puts[i]), &puts[i]}
			m.lists.byNeed[need] = l.with(r)
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
	return &list{need: l.need, rows: rows[:min(keptEntries, len(rows))], full: l.full || len(rows) > keptEntries}
}
