package matcher

import (
	"cmp"
	"context"
	"duijie/corpus"
	"duijie/indexer"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestKeptListsFollowChanges(t *testing.T) {
	h := newHouse(t)
	docs := sampleDocs(t)
	var needs, achievements []corpus.Doc
	for _, d := range docs {
		switch d.Kind {
		case corpus.Need:
			needs = append(needs, d)
		case corpus.Achievement:
			achievements = append(achievements, d)
		}
	}
	h.write(t, needs...)
	compare := func(when string) {
		for _, d := range needs[:6] {
			kept, err := h.matcher.ForNeed(t.Context(), d.ID, Options{Limit: Kept})
			if err != nil {
				t.Fatal(err)
			}
			stored, err := h.matcher.published(corpus.Need, d.ID)
			if err != nil {
				t.Fatal(err)
			}
			live, err := h.matcher.live(t.Context(), stored, Options{Limit: Kept})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := brief(kept), brief(live); got != want {
				t.Fatalf("%s, need %s:\nkept %s\nlive %s", when, d.ID, got, want)
			}
		}
	}
	compare("before any achievement")
	for part := range slices.Chunk(achievements, 20) {
		h.write(t, part...)
		compare("after " + part[len(part)-1].ID)
	}
	changed := achievements[3]
	changed.Title += "（改进型）"
	h.write(t, changed)
	compare("after a change")
	gone := []indexer.Ref{}
	for _, d := range achievements[10:14] {
		stored, err := h.store.Get(corpus.Achievement, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.store.Write(t.Context(), corpus.Batch{Deletes: []corpus.Delete{{Kind: corpus.Achievement, ID: d.ID}}}); err != nil {
			t.Fatal(err)
		}
		gone = append(gone, indexer.Ref{Kind: corpus.Achievement, Number: stored.Number})
	}
	if err := h.engine.Delete(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	h.matcher.Applied(indexer.Applied{Deletes: gone})
	compare("after deletes")
}

func brief(a Answer) string {
	var b strings.Builder
	fmt.Fprint(&b, a.Total)
	for _, m := range a.Matches {
		fmt.Fprintf(&b, " %s:%.9f", m.ID, m.Points)
	}
	return b.String()
}

func TestPagesOfAListDeliverEachEntryOnce(t *testing.T) {
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	whole, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: Kept})
	if err != nil {
		t.Fatal(err)
	}
	var got []Match
	for after := ""; ; {
		a, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: 7, After: after})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a.Matches...)
		if after = a.Next; after == "" {
			break
		}
	}
	same := slices.EqualFunc(got, whole.Matches, func(a, b Match) bool { return a.ID == b.ID && a.Points == b.Points })
	if !same || len(got) != whole.Total {
		t.Errorf("pages hold %d entries, the list %d of %d", len(got), len(whole.Matches), whole.Total)
	}
	if !slices.IsSortedFunc(got, func(a, b Match) int { return cmp.Compare(b.Points, a.Points) }) {
		t.Error("not sorted by points")
	}
	if _, err := h.matcher.ForNeed(t.Context(), "N001", Options{After: "?"}); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("a foreign cursor gave %v", err)
	}
}

// The server answers while the index is still being filled; what it found then must not stay.
func TestAListFromBeforeTheStartIsDropped(t *testing.T) {
	h := newHouse(t)
	if _, err := h.store.Write(t.Context(), corpus.Batch{Puts: []corpus.Put{
		{Doc: corpus.Doc{Kind: corpus.Need, SourceID: "n", Title: "淀粉废水处理"}},
		{Doc: corpus.Doc{Kind: corpus.Achievement, SourceID: "a", Title: "淀粉废水处理工艺"}},
	}}); err != nil {
		t.Fatal(err)
	}
	sync := indexer.NewSync(h.store, h.analyzer, h.engine.(*indexer.Local), slog.New(slog.DiscardHandler))
	sync.OnApply = h.matcher.Applied
	total := func() int {
		a, err := h.matcher.ForNeed(t.Context(), "n", Options{})
		if err != nil {
			t.Fatal(err)
		}
		return a.Total
	}
	if n := total(); n != 0 {
		t.Errorf("%d matches in an empty index", n)
	}
	if err := sync.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := total(); n != 1 {
		t.Errorf("%d matches after the start, want 1", n)
	}
}

// A field is closed in the store a moment before the index hears of it: its words are in no reason any more.
func TestReasonsNameNoWordOfAFieldJustClosed(t *testing.T) {
	for _, k := range []corpus.Kind{corpus.Need, corpus.Achievement} {
		h := newHouse(t)
		h.write(t, corpus.Doc{Kind: corpus.Need, SourceID: "x", Title: "淀粉废水", Text: "厌氧颗粒污泥、耐腐蚀、稳定性"},
			corpus.Doc{Kind: corpus.Achievement, SourceID: "x", Title: "废水工艺", Text: "厌氧颗粒污泥、防腐、耐久"})
		match := func() string {
			a, err := h.matcher.ForNeed(t.Context(), "x", Options{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := h.matcher.ForAchievement(t.Context(), "x", Options{})
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(a, b)
		}
		if said := match(); strings.Count(said, "厌氧") < 2 {
			t.Fatalf("the test can't see: %s", said)
		}
		d, err := h.store.Get(k, "x")
		if err != nil {
			t.Fatal(err)
		}
		closed := []string{"厌氧", "污泥", "耐腐蚀", "稳定性"}
		if k == corpus.Achievement {
			closed = []string{"厌氧", "污泥", "防腐", "耐久"}
		}
		d.Disclosure = map[string]corpus.Level{"text": corpus.Confidential}
		if _, err := h.store.Write(t.Context(), corpus.Batch{Puts: []corpus.Put{{Doc: d}}}); err != nil {
			t.Fatal(err)
		}
		said := match()
		for _, word := range closed {
			if strings.Contains(said, word) {
				t.Errorf("%s of the %s closed: %s is in %s", "text", k, word, said)
			}
		}
	}
}

// An askedEngine counts what it is asked.
type askedEngine struct {
	indexer.Engine
	asked, read atomic.Int64 // times for candidates, for entries
	carrying    func()       // called when an achievement is weighed against the needs
}

func (e *askedEngine) Entries(ctx context.Context, l indexer.Lookup) ([]indexer.Found, error) {
	e.read.Add(1)
	return e.Engine.Entries(ctx, l)
}

func (e *askedEngine) Candidates(ctx context.Context, p indexer.Probe) ([]indexer.Candidate, error) {
	if p.Want == nil {
		e.asked.Add(1)
	} else if e.carrying != nil && p.Entry.Number != 0 {
		e.carrying()
	}
	return e.Engine.Candidates(ctx, p)
}

// restart closes the lists and opens them again, as a process does that ended at that moment.
func (h *house) restart(t *testing.T) *askedEngine {
	t.Helper()
	last, err := h.store.LastChange()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.matcher.Close(); err != nil {
		t.Fatal(err)
	}
	engine := &askedEngine{Engine: h.engine}
	h.matcher = New(h.store, h.analyzer, engine, h.scorer)
	h.keep(t)
	h.matcher.Applied(indexer.Applied{Begun: true, UpTo: last})
	return engine
}

// compareLists checks that all needs have the lists that a match made afresh gives.
func (h *house) compareLists(t *testing.T, when string) {
	t.Helper()
	for d, err := range h.store.Each(corpus.Need, 0) {
		if err != nil {
			t.Fatal(err)
		}
		kept, err := h.matcher.ForNeed(t.Context(), d.ID, Options{Limit: Kept})
		if err != nil {
			t.Fatal(err)
		}
		live, err := h.matcher.live(t.Context(), d.Public(), Options{Limit: Kept})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(kept, live) {
			t.Fatalf("%s, need %s:\nkept %s\nlive %s", when, d.ID, brief(kept), brief(live))
		}
	}
}

// TestKeptListsAreThoseOfAFreshMatch changes a collection at random, now and then without telling the lists, as where
// the process ends, and compares all lists with fresh ones, reasons and all.
func TestKeptListsAreThoseOfAFreshMatch(t *testing.T) {
	h := newHouse(t)
	r := rand.New(rand.NewPCG(5, 6))
	var needs, achievements []corpus.Doc
	for _, d := range sampleDocs(t) {
		switch d.Kind {
		case corpus.Need:
			needs = append(needs, d)
		case corpus.Achievement:
			achievements = append(achievements, d)
		}
	}
	needs = needs[:8]
	h.write(t, needs...)
	h.write(t, achievements[:170]...)
	for round := range 30 {
		h.compareLists(t, fmt.Sprint("round ", round))
		told := h.matcher
		crashed := r.IntN(5) == 0
		if crashed {
			h.matcher = New(h.store, h.analyzer, h.engine, h.scorer) // is told instead, and keeps nothing
		}
		var docs []corpus.Doc
		for i := range 1 + r.IntN(4)*r.IntN(2) {
			d := achievements[r.IntN(len(achievements))]
			if r.IntN(3) > 0 { // a new one
				d.SourceID, d.ID = fmt.Sprintf("X%d-%d", round, i), ""
			}
			if r.IntN(3) == 0 { // so that it fits one of the needs
				d.Text += needs[r.IntN(len(needs))].Title
			}
			if r.IntN(6) == 0 {
				d.Status = corpus.Withdrawn
			}
			if !slices.ContainsFunc(docs, func(other corpus.Doc) bool { return other.SourceID == d.SourceID && other.ID == d.ID }) {
				docs = append(docs, d)
			}
		}
		if r.IntN(6) == 0 {
			d := needs[r.IntN(len(needs))]
			d.Text += fmt.Sprintf("（第%d次修改）", round)
			docs = append(docs, d)
		}
		h.write(t, docs...)
		if crashed {
			h.matcher = told
			h.restart(t)
		}
	}
}

func TestListsAreKeptOverARestart(t *testing.T) {
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	ask := func() Answer {
		a, err := h.matcher.ForNeed(t.Context(), "N001", Options{})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	before := ask()
	need, err := h.store.Get(corpus.Need, "N001")
	if err != nil {
		t.Fatal(err)
	}
	fit, prospects := h.matcher.Fit(need.Number), h.matcher.Prospects(10)
	if fit <= 0 || fit > before.Matches[0].Score || (len(prospects) == 1) != (before.Fitting > 0) || len(prospects) == 1 && prospects[0] != (Prospect{need.Number, fit}) {
		t.Errorf("of a list that begins with %g, %d fitting, the fit is %g, and prospects are %+v", before.Matches[0].Score, before.Fitting, fit, prospects)
	}
	engine := h.restart(t)
	if after := h.matcher.Fit(need.Number); after != fit {
		t.Errorf("the fit was %g and is %g", fit, after)
	}
	if after := ask(); !reflect.DeepEqual(before, after) {
		t.Errorf("the list was %s and is %s", brief(before), brief(after))
	}
	if int(engine.asked.Load()) > 0 {
		t.Error("the list was made anew")
	}
	path := h.matcher.lists.file.db.Path()
	if err := h.matcher.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.matcher = New(h.store, h.analyzer, engine, h.scorer)
	h.keep(t)
	h.matcher.Applied(indexer.Applied{Begun: true})
	if after := ask(); !reflect.DeepEqual(before, after) || int(engine.asked.Load()) != 1 {
		t.Errorf("of a damaged file: the list was %s and is %s, asked for %d times", brief(before), brief(after), int(engine.asked.Load()))
	}
}

func TestFillGoesOnWhereItWasEnded(t *testing.T) {
	h := newHouse(t)
	docs := sampleDocs(t)
	for i := range docs {
		if docs[i].Kind == corpus.Need {
			docs[i].ValidUntil = "2020-01-01" // an expired need keeps its list
		}
	}
	h.write(t, docs...)
	engine := h.restart(t)
	ctx, cancel := context.WithCancel(t.Context())
	if err := h.matcher.Fill(ctx, 2, func(kept, waiting int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	kept, waiting := h.matcher.Lists()
	if kept == 0 || waiting == 0 || int(engine.asked.Load()) != kept {
		t.Fatalf("when it was ended %d lists were kept, %d needs waited; %d were made", kept, waiting, int(engine.asked.Load()))
	}
	all := kept + waiting
	engine = h.restart(t)
	if err := h.matcher.Fill(t.Context(), 2, nil); err != nil {
		t.Fatal(err)
	}
	if int(engine.asked.Load()) != waiting {
		t.Errorf("begun again it made %d lists, want %d", int(engine.asked.Load()), waiting)
	}
	if kept, waiting := h.matcher.Lists(); kept != all || waiting != 0 {
		t.Errorf("at the end %d lists are kept, %d needs wait, want %d and 0", kept, waiting, all)
	}
	h.compareLists(t, "filled")
	if _, err := h.store.Write(t.Context(), corpus.Batch{Deletes: []corpus.Delete{{Kind: corpus.Need, ID: "N001"}}}); err != nil {
		t.Fatal(err)
	}
	h.matcher.Applied(indexer.Applied{Deletes: []indexer.Ref{{Kind: corpus.Need, Number: 1}}})
	if kept, _ := h.matcher.Lists(); kept != all-1 {
		t.Errorf("after a need is deleted %d lists are kept, want %d", kept, all-1)
	}
}

func TestAnAnswerIsGivenAgainUntilSomethingChanges(t *testing.T) {
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	engine := h.restart(t)
	day := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	ask := func(o Options) Answer {
		a, err := h.matcher.ForNeed(t.Context(), "N001", o)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := ask(Options{Now: day})
	read := int(engine.read.Load())
	if again := ask(Options{Now: day.Add(time.Hour)}); !reflect.DeepEqual(first, again) || int(engine.read.Load()) != read {
		t.Errorf("asked again on the same day the engine was read %d times", int(engine.read.Load())-read)
	}
	for what, o := range map[string]Options{"another day": {Now: day.AddDate(0, 0, 1)}, "another page": {Now: day, After: first.Next, Limit: 3}} {
		if read := int(engine.read.Load()); read == 0 || ask(o).Matches == nil || int(engine.read.Load()) == read {
			t.Errorf("%s got an answer that was given before", what)
		}
	}
	d, err := h.store.Get(corpus.Achievement, first.Matches[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	d.Title = "改过的名称"
	if _, err := h.store.Write(t.Context(), corpus.Batch{Puts: []corpus.Put{{Doc: d}}}); err != nil {
		t.Fatal(err)
	}
	if changed := ask(Options{Now: day}); changed.Matches[0].Title != d.Title {
		t.Errorf("after a change of the first match the answer shows %q", changed.Matches[0].Title)
	}
}

// TestAListReadWhileAnotherIsCarriedInIsNotKept: who reads a list before a change is in it must not put it back after.
func TestAListReadWhileAnotherIsCarriedInIsNotKept(t *testing.T) {
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	engine := h.restart(t)
	if _, err := h.matcher.ForNeed(t.Context(), "N001", Options{}); err != nil {
		t.Fatal(err)
	}
	need, err := h.matcher.published(corpus.Need, "N001")
	if err != nil {
		t.Fatal(err)
	}
	var before *list
	var generation uint64
	engine.carrying = func() {
		generation = h.matcher.lists.now()
		if before, err = h.matcher.lists.read(need); err != nil || before == nil {
			t.Fatalf("no list was kept: the test can't see; error %v", err)
		}
	}
	h.write(t, corpus.Doc{Kind: corpus.Achievement, SourceID: "X", Title: need.Title, Text: need.Text})
	if before == nil {
		t.Fatal("nothing was carried: the test can't see")
	}
	if err := h.matcher.lists.keep(generation, map[uint32]*list{need.Number: before}); err != nil {
		t.Fatal(err)
	}
	h.compareLists(t, "after an old list was put back")
}
