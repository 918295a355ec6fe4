package matcher

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"duijie/corpus"
	"duijie/indexer"
)

// How many candidates get their coverage computed: those that words and meaning rank highest. Coverage weighs a fifth;
// examining twice as many moved no figure on the dev set.
const examined = 150

// A Matcher answers match requests. Its methods may be called concurrently.
type Matcher struct {
	// Reranker, if set before the first use, judges the best pairs of each list. RerankTyped says whether it may see the
	// problems that people type.
	Reranker    *indexer.Reranker
	RerankTyped bool

	store    *corpus.Store
	analyzer *indexer.Analyzer
	engine   indexer.Engine
	scorer   *Scorer
	lists    lists
	given    *lru.Cache[givenKey, given]
	gaps     gapScans
}

// New returns a matcher. Call Applied after each change of the index, so that the kept lists follow.
func New(store *corpus.Store, analyzer *indexer.Analyzer, engine indexer.Engine, scorer *Scorer) *Matcher {
	answers, _ := lru.New[givenKey, given](givenAnswers) // fails for no size only
	return &Matcher{given: answers, store: store, analyzer: analyzer, engine: engine, scorer: scorer, lists: lists{
		heads: map[uint32]listHead{}, waiting: map[uint32]bool{}, wake: make(chan struct{}, 1)}}
}

// A ranked entry is a pair's points with where it stands.
type ranked struct {
	number uint32
	parts  Parts
	entry  *indexer.Entry // of the found side, without Words; nil in a list from the file
	// evidence is that of the pair: see evidence.go.
	evidence float64
}

// better orders best first, ties by number.
func better(a, b ranked) int {
	return cmp.Or(cmp.Compare(b.parts.Points(), a.parts.Points()), cmp.Compare(a.number, b.number))
}

// ForNeed matches a stored need with all published achievements. Errors have code NotFound or Invalid (a bad cursor).
// Without a filter the answer comes from the kept list; it is not to be changed.
func (m *Matcher) ForNeed(ctx context.Context, id string, o Options) (Answer, error) {
	if !isZero(o.Filter) {
		need, err := m.published(corpus.Need, id)
		if err != nil {
			return Answer{}, err
		}
		return m.live(ctx, need, o)
	}
	generation := m.lists.now()
	last, err := m.store.LastChange()
	if err != nil {
		return Answer{}, err
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	key := givenKey{id, o.Limit, o.After, o.Sort, o.Now.Format(time.DateOnly)}
	if t, ok := m.given.Get(key); ok && t.generation == generation && t.change == last {
		return t.answer, nil
	}
	need, err := m.published(corpus.Need, id)
	if err != nil {
		return Answer{}, err
	}
	a, err := m.kept(ctx, need, generation, o)
	if err == nil && a.Degraded == "" {
		m.given.Add(key, given{a, generation, last})
	}
	return a, err
}

// A given answer is given again as long as neither the store nor the index has changed. Most requests are for few needs,
// and reasons take longer to tell than all the rest.
type given struct {
	answer     Answer
	generation uint64 // of the lists
	change     uint64 // last one of the store
}

type givenKey struct {
	need  string
	limit int
	after string
	sort  indexer.Sort
	day   string // of the reader
}

// givenAnswers is how many answers are remembered, some 50 kB each.
const givenAnswers = 1000

// ForAchievement matches a stored achievement with all published needs; each pair has the points it has from the
// need's side.
func (m *Matcher) ForAchievement(ctx context.Context, id string, o Options) (Answer, error) {
	achievement, err := m.published(corpus.Achievement, id)
	if err != nil {
		return Answer{}, err
	}
	return m.live(ctx, achievement, o)
}

// ForText matches a typed problem, which is neither stored nor logged.
func (m *Matcher) ForText(ctx context.Context, text string, o Options) (Answer, error) {
	if strings.TrimSpace(text) == "" {
		e := corpus.Errorf(corpus.Invalid, "the text is empty")
		e.Field, e.Fix = "text", "describe the problem in a sentence or more"
		return Answer{}, e
	}
	entry, err := m.analyzer.TextEntry(ctx, text)
	if err != nil {
		return Answer{}, err
	}
	need := corpus.Doc{Kind: corpus.Need, Text: text}
	rows, lost, err := m.best(ctx, need, &entry, o.Filter)
	if err != nil {
		return Answer{}, err
	}
	return m.answer(ctx, need, &entry, m.shown(ctx, rows), lost, o)
}

// published returns the public form of a published document.
func (m *Matcher) published(k corpus.Kind, id string) (corpus.Doc, error) {
	d, err := m.store.Get(k, id)
	if err != nil {
		return d, err
	}
	if d.Status != corpus.Published {
		e := corpus.Errorf(corpus.NotFound, "there is no published %s %q", k, id)
		e.Fix = fmt.Sprintf("publish it first: duijie edit --kind %s --where ids=%s --set status=published", k, id)
		return d, e
	}
	return d.Public(), nil
}

// entry makes the index entry of one public document.
func (m *Matcher) entry(ctx context.Context, d corpus.Doc) (*indexer.Entry, error) {
	entries, err := m.analyzer.Entries(ctx, []corpus.Doc{d})
	if err != nil {
		return nil, err
	}
	return &entries[0], nil
}

func (m *Matcher) live(ctx context.Context, d corpus.Doc, o Options) (Answer, error) {
	entry, err := m.entry(ctx, d)
	if err != nil {
		return Answer{}, err
	}
	rows, lost, err := m.best(ctx, d, entry, o.Filter)
	if err != nil {
		return Answer{}, err
	}
	return m.answer(ctx, d, entry, m.shown(ctx, rows), lost, o)
}

// sought is the kind that documents of a kind are matched with.
func sought(k corpus.Kind) corpus.Kind {
	if k == corpus.Achievement {
		return corpus.Need
	}
	return corpus.Achievement
}

// entries returns what the engine has of documents, by number.
func (m *Matcher) entries(ctx context.Context, look indexer.Lookup) (map[uint32]*indexer.Entry, error) {
	found, err := m.engine.Entries(ctx, look)
	out := make(map[uint32]*indexer.Entry, len(found))
	for _, f := range found {
		out[f.Number] = f.Entry
	}
	return out, err
}

// best returns the best pairs of d, whose entry is asking, best first, and what was left out: see Answer.Degraded.
func (m *Matcher) best(ctx context.Context, d corpus.Doc, asking *indexer.Entry, f indexer.Filter) (rows []ranked, lost string, err error) {
	if rows, err = m.examine(ctx, asking, sought(d.Kind), f); err != nil {
		return nil, "", err
	}
	var without []string
	if m.analyzer.Lacks(asking) {
		without = append(without, "meaning")
	}
	rows, judged, err := m.rerank(ctx, d, rows)
	if !judged {
		without = append(without, RerankPart.String())
	}
	return rows, strings.Join(without, " "), err
}

// rank returns the pairs with points that examine returns.
func (m *Matcher) rank(ctx context.Context, asking *indexer.Entry, target corpus.Kind, f indexer.Filter) ([]ranked, error) {
	rows, err := m.examine(ctx, asking, target, f)
	return withPoints(rows), err
}

func withPoints(rows []ranked) []ranked {
	return slices.DeleteFunc(slices.Clone(rows), func(r ranked) bool { return r.parts.Points() <= 0 })
}

// examine returns the pairs of an entry with those documents of the target kind that are worth it, best first. It takes Far
// from the asking entry where that does not serve.
func (m *Matcher) examine(ctx context.Context, asking *indexer.Entry, target corpus.Kind, f indexer.Filter) ([]ranked, error) {
	found, err := m.engine.Candidates(ctx, indexer.Probe{Target: target, Entry: *asking, Filter: f})
	if err != nil {
		return nil, err
	}
	return m.weighed(ctx, asking, target, found, examined)
}

// weighed completes the pairs of an entry with those of found that are worth it, most at most; see examine.
func (m *Matcher) weighed(ctx context.Context, asking *indexer.Entry, target corpus.Kind, found []indexer.Candidate, most int) ([]ranked, error) {
	if len(found) > 0 && !found[0].Far {
		asking.Far = nil // so that later pairs of this list are measured as these are
	}
	askingIsNeed := target != corpus.Need
	type candidate struct {
		indexer.Candidate
		values Parts
		rough  float64
	}
	all := make([]candidate, len(found))
	for i, c := range found {
		norm := c.Norm
		if askingIsNeed {
			norm = asking.Norm
		}
		v := rough(norm, c.Words, c.Meaning)
		all[i] = candidate{c, v, m.scorer.weigh(v).Points()}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.rough, a.rough), cmp.Compare(a.Number, b.Number))
	})
	all = all[:min(most, len(all))]
	look := indexer.Lookup{Kind: target}
	values := make(map[uint32]Parts, len(all))
	for _, c := range all {
		look.Numbers = append(look.Numbers, c.Number)
		values[c.Number] = c.values
	}
	if askingIsNeed {
		look.Keywords = asking.Keywords
	}
	entries, err := m.engine.Entries(ctx, look)
	if err != nil {
		return nil, err
	}
	lexicon := m.scorer.lexicon(asking.Keywords)
	evidence := m.scorer.evidence(asking)
	out := make([]ranked, 0, len(all))
	for _, found := range entries { // those that have not been removed since
		need, achievement := asking, found.Entry
		var cover covering
		cover.ofNeed, cover.ofAchievement = lexicon.coverage(found.Keywords)
		if !askingIsNeed {
			need, achievement = achievement, need
			cover.ofNeed, cover.ofAchievement = cover.ofAchievement, cover.ofNeed
		}
		v := values[found.Number]
		m.scorer.complete(&v, need, achievement, cover)
		out = append(out, ranked{found.Number, m.scorer.weigh(v), found.Entry, evidence(found)})
	}
	slices.SortFunc(out, better)
	return out, nil
}

func isZero(f indexer.Filter) bool {
	return len(f.Field)+len(f.Region)+len(f.Strategic)+len(f.Stage)+len(f.Cooperation) == 0 &&
		f.From == "" && f.To == "" && f.ValidOn == ""
}
