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
	level      uint64              // the last change that Applied has told of
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
	// points and evidence are those of the pair that speaks best for the need: the first that is more than weak, else the first.
	points, evidence float64
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
	for i, r := range l.rows {
		if fits := r.evidence >= fittingEvidence; i == 0 || fits {
			h.points, h.evidence = r.parts.Points(), r.evidence
			if fits {
				break
			}
		}
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
	f, err := m.keptList(ctx, need, generation)
	if err != nil {
		return Answer{}, err
	}
	return m.answer(ctx, f.doc, f.entry, f.shown, f.lost, o)
}

// keptList is the list that kept answers from.
func (m *Matcher) keptList(ctx context.Context, need corpus.Doc, generation uint64) (*Fits, error) {
	entry, err := m.indexed(ctx, need)
	if err != nil {
		return nil, err
	}
	l, err := m.lists.read(need)
	if err != nil {
		return nil, err
	}
	switch {
	case l == nil:
		if l, err = m.makeList(ctx, need, entry); err != nil {
			return nil, err
		}
		err = m.lists.keep(generation, map[uint32]*list{need.Number: l})
	case l.lines == nil:
		if err := m.arrangeList(ctx, l); err != nil {
			return nil, err
		}
		err = m.lists.keep(generation, map[uint32]*list{need.Number: l})
	}
	if err != nil {
		m.lists.log.Error("a match list could not be kept", "error", err)
	}
	if !l.far {
		entry.Far = nil
	}
	return &Fits{m, need, entry, l.arranged(), l.lost}, nil
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
	entries, err := m.entries(ctx, look)
	if err != nil {
		return err
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
