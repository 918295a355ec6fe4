package matcher

import (
	"cmp"
	"duijie/corpus"
	"duijie/indexer"
	"fmt"
	"slices"
	"strings"
	"testing"
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
		for _, d := range needs[:10] {
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
	for part := range slices.Chunk(achievements, 7) {
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
	h.matcher.Applied(nil, gone)
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
