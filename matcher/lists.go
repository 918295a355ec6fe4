package matcher

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"duijie/corpus"
	"duijie/indexer"
)

// The match lists of needs are kept in a file of derived data. A list has every pair that a match of its need examines,
// shown or not, so that an achievement that is carried into it stands where a match made afresh would put it. A change of
// a need, or of an achievement in the list, drops the list, and Fill makes it anew.
type lists struct {
	file *listFile // nil: nothing is kept
	log  *slog.Logger

	applying sync.Mutex // one change of the index at a time

	mu         sync.Mutex          // guards what follows
	begun      bool                // the index is level with the store: what is made may be kept
	generation uint64              // rises with each change, so that what was made before it is not kept after it
	heads      map[uint32]listHead // of the kept lists, by the need's number
	waiting    map[uint32]bool     // needs whose list is to be made
	restless   time.Time           // until then many changes come at once, and Fill waits
	wake       chan struct{}       // one slot: waiting has more
}

// A listHead is what of a list stays in memory: which changes concern it.
type listHead struct {
	version uint64   // of the need
	floor   float64  // points by words and meaning that an achievement needs to be examined; -Inf where there is room
	numbers []uint32 // of the achievements in the list
}

// A list is one need's examined pairs.
type list struct {
	version uint64 // of the need
	far     bool   // whether meaning is by an outside model
	lost    string
	rows    []ranked // best first; from the file without entries
	lines   []line   // what is shown of the rows; nil where an achievement was carried in since that was worked out
}

// A line is one entry of a list: indices of rows.
type line struct {
	row    int
	folded []int
}

const (
	// carryBudget is how many pairs one change of the index may weigh to carry achievements into the lists, some 30 ns
	// each; a larger one drops all lists.
	carryBudget = 50_000_000
	// calm is how long Fill waits after a change that dropped all lists: another batch of an import may follow.
	calm = 2 * time.Second
	// filledAtOnce is how many lists a worker makes for one transaction. A change of the index meanwhile makes them vain.
	filledAtOnce = 4
)

// rough is what words and meaning bring: they choose who is examined.
func (r ranked) rough() float64 { return r.parts[WordsPart] + r.parts[MeaningPart] }

func (l *list) head() listHead {
	h := listHead{version: l.version, floor: math.Inf(-1), numbers: make([]uint32, 0, len(l.rows))}
	for _, r := range l.rows {
		h.numbers = append(h.numbers, r.number)
	}
	if len(l.rows) >= examined {
		h.floor = slices.MinFunc(l.rows, func(a, b ranked) int { return cmp.Compare(a.rough(), b.rough()) }).rough()
	}
	return h
}

// insert puts r in its place, or in that of the row with its number, and cuts the list to those that are examined.
func (l *list) insert(r ranked) {
	rows := slices.DeleteFunc(l.rows, func(have ranked) bool { return have.number == r.number })
	rows = append(rows, r)
	if len(rows) > examined {
		last := slices.MaxFunc(rows, func(a, b ranked) int {
			return cmp.Or(cmp.Compare(b.rough(), a.rough()), cmp.Compare(a.number, b.number))
		})
		rows = slices.DeleteFunc(rows, func(have ranked) bool { return have.number == last.number })
	}
	slices.SortFunc(rows, better)
	l.rows, l.lines = rows, nil
}

// arranged returns what is shown, with the rows that lines stand for.
func (l *list) arranged() []arranged {
	out := make([]arranged, 0, len(l.lines))
	for _, n := range l.lines {
		a := arranged{ranked: l.rows[n.row]}
		for _, f := range n.folded {
			a.folded = append(a.folded, l.rows[f])
		}
		out = append(out, a)
	}
	return out
}

// arrange works the lines out. The rows that may be shown need their entries.
func (l *list) arrange(words func(*indexer.Entry) []indexer.Count) {
	at := make(map[uint32]int, len(l.rows))
	var fit []ranked
	for i, r := range l.rows {
		at[r.number] = i
		if r.parts.Points() > 0 && r.entry != nil {
			fit = append(fit, r)
		}
	}
	l.lines = []line{}
	for _, a := range arrange(fit, words) {
		n := line{row: at[a.number]}
		for _, f := range a.folded {
			n.folded = append(n.folded, at[f.number])
		}
		l.lines = append(l.lines, n)
	}
}

// Keep opens the file in which the lists of a store's needs are kept, or makes it anew where it is damaged or was made
// for another store, dictionary, model or ranking. It is called before the first use, and Close after the last.
func (m *Matcher) Keep(path, identity string, log *slog.Logger) error {
	want := listMark{Form: listForm, Identity: identity, Analyzer: m.analyzer.Name(), Far: m.analyzer.FarModel(), Ranking: m.scorer.ranking.Version}
	if m.Reranker != nil {
		want.Reranker = m.Reranker.Model()
	}
	file, heads, err := openListFile(path, want, log)
	if err != nil {
		return err
	}
	m.lists.file, m.lists.log, m.lists.heads = file, log, heads
	return nil
}

// Close closes the file of the lists, if there is one.
func (m *Matcher) Close() error {
	if m.lists.file == nil {
		return nil
	}
	return m.lists.file.close()
}

// now returns the generation. Who means to keep a list asks for it before reading anything that goes into the list.
func (l *lists) now() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.generation
}

// Lists returns how many lists are kept, and how many needs wait for theirs.
func (m *Matcher) Lists() (kept, waiting int) {
	m.lists.mu.Lock()
	defer m.lists.mu.Unlock()
	return len(m.lists.heads), len(m.lists.waiting)
}

// kept answers from the kept list of a need that was read after the given generation, and makes the list where there is
// none.
func (m *Matcher) kept(ctx context.Context, need corpus.Doc, generation uint64, o Options) (Answer, error) {
	entry, err := m.indexed(ctx, need)
	if err != nil {
		return Answer{}, err
	}
	l, err := m.lists.read(need)
	if err != nil {
		return Answer{}, err
	}
	switch {
	case l == nil:
		if l, err = m.makeList(ctx, need, entry); err != nil {
			return Answer{}, err
		}
		err = m.lists.keep(generation, map[uint32]*list{need.Number: l})
	case l.lines == nil:
		if err := m.arrangeList(ctx, l); err != nil {
			return Answer{}, err
		}
		err = m.lists.keep(generation, map[uint32]*list{need.Number: l})
	}
	if err != nil {
		m.lists.log.Error("a match list could not be kept", "error", err)
	}
	if !l.far {
		entry.Far = nil
	}
	return m.answer(ctx, need, entry, l.arranged(), l.lost, o)
}

// read returns the kept list of a need, nil where there is none of this version.
func (l *lists) read(need corpus.Doc) (*list, error) {
	l.mu.Lock()
	h, ok := l.heads[need.Number]
	l.mu.Unlock()
	if !ok || h.version != need.Version {
		return nil, nil
	}
	found, err := l.file.read(need.Number)
	if err != nil || found == nil || found.version != need.Version {
		return nil, err
	}
	return found, nil
}

// keep writes lists that were made after a generation, unless the index has changed since or they lack what may come.
func (l *lists) keep(generation uint64, made map[uint32]*list) error {
	maps.DeleteFunc(made, func(_ uint32, made *list) bool { return strings.Contains(made.lost, RerankPart.String()) })
	if l.file == nil {
		return nil
	}
	heads := make(map[uint32]listHead, len(made))
	return l.file.update(func(tx *listTx) error {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.generation != generation || !l.begun {
			return nil
		}
		for number, made := range made {
			heads[number] = made.head()
			if err := tx.put(number, made, heads[number]); err != nil {
				return err
			}
		}
		return nil
	}, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for number, h := range heads {
			if l.generation == generation {
				l.heads[number] = h
				delete(l.waiting, number)
			}
		}
	})
}

// makeList matches a need whose entry is asking.
func (m *Matcher) makeList(ctx context.Context, need corpus.Doc, asking *indexer.Entry) (*list, error) {
	rows, lost, err := m.best(ctx, need, asking, indexer.Filter{})
	if err != nil {
		return nil, err
	}
	l := &list{version: need.Version, far: asking.Far != nil, lost: lost, rows: rows}
	l.arrange(m.wordReader(ctx))
	return l, nil
}

// arrangeList works out the lines of a list from the file.
func (m *Matcher) arrangeList(ctx context.Context, l *list) error {
	look := indexer.Lookup{Kind: corpus.Achievement}
	for _, r := range l.rows {
		look.Numbers = append(look.Numbers, r.number)
	}
	found, err := m.engine.Entries(ctx, look)
	if err != nil {
		return err
	}
	entries := make(map[uint32]*indexer.Entry, len(found))
	for _, f := range found {
		entries[f.Number] = f.Entry
	}
	for i := range l.rows {
		l.rows[i].entry = entries[l.rows[i].number]
	}
	l.arrange(m.wordReader(ctx))
	return nil
}

// indexed returns the entry of a public document: that of the index, or a fresh one where the document has changed since.
func (m *Matcher) indexed(ctx context.Context, d corpus.Doc) (*indexer.Entry, error) {
	found, err := m.engine.Entries(ctx, indexer.Lookup{Kind: d.Kind, Numbers: []uint32{d.Number}, Words: true})
	if err != nil {
		return nil, err
	}
	if len(found) == 1 && found[0].Version == d.Version && !m.analyzer.Lacks(found[0].Entry) {
		return found[0].Entry, nil
	}
	return m.entry(ctx, d)
}

// Applied tells the matcher what has just changed in the index, so that the lists follow. Nothing is kept before the first
// one that has Begun: then what the lists have missed since they were last told is carried into them.
func (m *Matcher) Applied(c indexer.Applied) {
	l := &m.lists
	l.applying.Lock()
	defer l.applying.Unlock()
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
