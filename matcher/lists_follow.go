package matcher

import (
	"context"
	"maps"
	"slices"
	"time"

	"duijie/corpus"
	"duijie/indexer"
)

// Applied tells the matcher what has just changed in the index, so that the lists follow. Nothing is kept before the first
// one that has Begun: then what the lists have missed since they were last told is carried into them.
func (m *Matcher) Applied(c indexer.Applied) {
	l := &m.lists
	l.applying.Lock()
	defer l.applying.Unlock()
	defer l.reach(c.UpTo)
	l.raise()
	if l.file == nil {
		return
	}
	if c.All && c.UpTo == 0 {
		l.mu.Lock()
		l.begun = false
		l.mu.Unlock()
	}
	err := m.follow(c)
	if err != nil {
		l.log.Error("the match lists could not follow the index and are made anew", "error", err)
		err = l.dropAll(c.UpTo)
	}
	if kept, _ := m.Lists(); err == nil && (c.Begun || kept == 0) {
		err = m.survey()
	}
	if err != nil {
		l.log.Error("the match lists could not be dropped", "error", err)
	}
	if c.Begun {
		l.mu.Lock()
		l.begun = true
		l.mu.Unlock()
	}
	signal(l.wake)
}

// reach notes that the lists hold all changes up to one.
func (l *lists) reach(upTo uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.level = upTo
}

// raise lets nothing be kept that was begun before. It waits for a transaction that keeps something, so that what is in
// the file is also in heads.
func (l *lists) raise() {
	if l.file != nil {
		l.file.writing.Lock()
		defer l.file.writing.Unlock()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.generation++
}

// Rebuild drops all lists, so that they are made anew.
func (m *Matcher) Rebuild() error {
	l := &m.lists
	l.applying.Lock()
	defer l.applying.Unlock()
	l.raise()
	if err := l.dropAll(l.file.mark.Change); err != nil {
		return err
	}
	defer signal(l.wake)
	return m.survey()
}

// survey finds the needs that have no list. The caller holds applying.
func (m *Matcher) survey() error {
	waiting := map[uint32]bool{}
	_, err := m.engine.Candidates(context.Background(), indexer.Probe{Target: corpus.Need, Want: func(c indexer.Candidate) bool {
		waiting[c.Number] = true
		return false
	}})
	m.lists.mu.Lock()
	defer m.lists.mu.Unlock()
	for number := range m.lists.heads {
		delete(waiting, number)
	}
	m.lists.waiting = waiting
	return err
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// follow carries a change into the lists. The caller holds applying.
func (m *Matcher) follow(c indexer.Applied) error {
	ctx := context.Background() // what the index holds the lists must follow
	l := &m.lists
	if c.All {
		return l.dropAll(c.UpTo)
	}
	if c.Begun {
		missed, ok, err := m.missed(l.file.mark.Change, c.UpTo)
		if err != nil {
			return err
		}
		if !ok {
			return l.dropAll(c.UpTo)
		}
		if c.Puts, c.Deletes, err = m.stateOf(ctx, missed); err != nil {
			return err
		}
	}
	changed := map[corpus.Kind]map[uint32]bool{corpus.Need: {}, corpus.Achievement: {}}
	var fresh []*indexer.Entry
	var asking []uint32
	for i := range c.Puts {
		switch e := &c.Puts[i]; e.Kind {
		case corpus.Achievement:
			changed[e.Kind][e.Number] = true
			fresh = append(fresh, e)
		case corpus.Need:
			changed[e.Kind][e.Number] = true
			asking = append(asking, e.Number)
		}
	}
	for _, r := range c.Deletes {
		if changed[r.Kind] != nil {
			changed[r.Kind][r.Number] = true
		}
	}
	heads := l.affected(changed[corpus.Need], changed[corpus.Achievement])
	if len(fresh)*len(heads.kept) > carryBudget {
		return l.dropAll(c.UpTo)
	}
	entered, err := m.carry(ctx, fresh, heads.kept)
	if err != nil {
		return err
	}
	if m.Reranker != nil { // it has not seen them
		heads.dropped = slices.AppendSeq(heads.dropped, maps.Keys(entered))
		clear(entered)
	}
	after := map[uint32]listHead{}
	return l.file.update(func(tx *listTx) error {
		for _, number := range heads.dropped {
			if err := tx.drop(number); err != nil {
				return err
			}
		}
		for number, rows := range entered {
			kept, err := tx.read(number)
			if err != nil {
				return err
			}
			if kept == nil {
				continue
			}
			for _, r := range rows {
				kept.insert(r)
			}
			after[number] = kept.head()
			if err := tx.put(number, kept, after[number]); err != nil {
				return err
			}
		}
		return tx.level(c.UpTo)
	}, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.generation++ // lists of before may have been read meanwhile
		for _, number := range heads.dropped {
			delete(l.heads, number)
			if !changed[corpus.Need][number] {
				l.waiting[number] = true
			}
		}
		for number := range changed[corpus.Need] {
			delete(l.waiting, number)
		}
		for _, number := range asking {
			l.waiting[number] = true
		}
		for number, h := range after {
			l.heads[number] = h
		}
	})
}

// missed returns the documents that changed after one change up to another; not ok where these are more than it is worth
// to carry.
func (m *Matcher) missed(after, upTo uint64) (refs map[indexer.Ref]bool, ok bool, err error) {
	const most = 20_000
	refs = map[indexer.Ref]bool{}
	for after < upTo {
		changes, err := m.store.Changes(after, 1000)
		if err != nil {
			return nil, false, err
		}
		if len(changes) == 0 {
			return refs, true, nil
		}
		for _, c := range changes {
			if c.Kind != "" {
				refs[indexer.Ref{Kind: c.Kind, Number: c.Number}] = true
			}
		}
		if len(refs) > most {
			return nil, false, nil
		}
		after = changes[len(changes)-1].Seq
	}
	return refs, true, nil
}

// stateOf returns the entries of those documents that the index has, and the others.
func (m *Matcher) stateOf(ctx context.Context, refs map[indexer.Ref]bool) (puts []indexer.Entry, gone []indexer.Ref, err error) {
	for _, k := range []corpus.Kind{corpus.Need, corpus.Achievement} {
		look := indexer.Lookup{Kind: k, Words: true}
		for r := range refs {
			if r.Kind == k {
				look.Numbers = append(look.Numbers, r.Number)
			}
		}
		found, err := m.engine.Entries(ctx, look)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range found {
			puts = append(puts, *f.Entry)
			delete(refs, f.Ref)
		}
	}
	return puts, slices.Collect(maps.Keys(refs)), nil
}

// An affection says which lists a change drops and which stay.
type affection struct {
	dropped []uint32
	kept    map[uint32]listHead
}

func (l *lists) affected(needs, achievements map[uint32]bool) affection {
	l.mu.Lock()
	kept := maps.Clone(l.heads)
	l.mu.Unlock()
	out := affection{kept: kept}
	for number, h := range kept {
		if needs[number] || len(achievements) > 0 && slices.ContainsFunc(h.numbers, func(n uint32) bool { return achievements[n] }) {
			out.dropped = append(out.dropped, number)
			delete(kept, number)
		}
	}
	return out
}

// carry returns the pairs of fresh achievements that lists take in, by the need's number.
func (m *Matcher) carry(ctx context.Context, fresh []*indexer.Entry, heads map[uint32]listHead) (map[uint32][]ranked, error) {
	if len(heads) == 0 {
		return nil, nil
	}
	type pair struct {
		achievement *indexer.Entry
		values      Parts
	}
	pairs := map[uint32][]pair{}
	for _, a := range fresh {
		values := func(c indexer.Candidate) Parts { return rough(c.Norm, c.Words, c.Meaning) }
		found, err := m.engine.Candidates(ctx, indexer.Probe{Target: corpus.Need, Entry: *a, Want: func(c indexer.Candidate) bool {
			if c.Words == 0 && c.Meaning <= 0 {
				return false
			}
			h, ok := heads[c.Number]
			return ok && m.scorer.weigh(values(c)).Points() >= h.floor
		}})
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			pairs[c.Number] = append(pairs[c.Number], pair{a, values(c)})
		}
	}
	found, err := m.engine.Entries(ctx, indexer.Lookup{Kind: corpus.Need, Numbers: slices.Sorted(maps.Keys(pairs))})
	if err != nil {
		return nil, err
	}
	out := map[uint32][]ranked{}
	for _, need := range found {
		lexicon, evidence := m.scorer.lexicon(need.Keywords), m.scorer.evidence(need.Entry)
		for _, p := range pairs[need.Number] {
			var cover covering
			cover.ofNeed, cover.ofAchievement = lexicon.coverage(p.achievement.Keywords)
			v := p.values
			m.scorer.complete(&v, need.Entry, p.achievement, cover)
			out[need.Number] = append(out[need.Number],
				ranked{p.achievement.Number, m.scorer.weigh(v), nil, evidence(indexer.AsFound(p.achievement, need.Keywords))})
		}
	}
	return out, nil
}

// dropAll drops all lists; the file is level with upTo.
func (l *lists) dropAll(upTo uint64) error {
	return l.file.update(func(tx *listTx) error {
		if err := tx.clear(); err != nil {
			return err
		}
		return tx.level(upTo)
	}, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if len(l.heads) > 0 {
			l.log.Info("all match lists are made anew", "lists", len(l.heads))
		}
		l.generation++ // lists of before may have been read meanwhile
		clear(l.heads)
		clear(l.waiting)
		l.restless = time.Now().Add(calm)
	})
}
