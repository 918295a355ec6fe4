package matcher

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

// What is told of is what a reader of the list sees, from both sides, and the first look leaves none of it out.
func TestFitsAreThoseThatAReaderIsShown(t *testing.T) {
	h := newHouse(t)
	docs := sampleDocs(t)
	h.write(t, docs...)
	numbers := map[corpus.Kind]map[uint32]bool{corpus.Need: {}, corpus.Achievement: {}}
	byID := map[corpus.Link]uint32{}
	for k := range numbers {
		for d, err := range h.store.Each(k, 0) {
			if err != nil {
				t.Fatal(err)
			}
			numbers[k][d.Number] = true
			byID[corpus.Link{Kind: k, ID: d.ID}] = d.Number
		}
	}
	fitting := 0
	for _, k := range []corpus.Kind{corpus.Need, corpus.Achievement} {
		for d, err := range h.store.Each(k, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if d.Number > 8 {
				break
			}
			list, target := h.matcher.ForNeed, corpus.Achievement
			if k == corpus.Achievement {
				list, target = h.matcher.ForAchievement, corpus.Need
			}
			a, err := list(t.Context(), d.ID, Options{Limit: Kept})
			if err != nil {
				t.Fatal(err)
			}
			f, err := h.matcher.FitsOf(t.Context(), k, d.ID)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			var wanted []uint32
			for _, m := range a.Matches {
				if m.Label == Weak {
					continue
				}
				want = append(want, fmt.Sprintf("%s:%.9f", m.ID, m.Points))
				wanted = append(wanted, m.Ref.Number)
				for _, folded := range m.Folded {
					wanted = append(wanted, byID[corpus.Link{Kind: target, ID: folded.ID}])
				}
			}
			matches, err := f.Among(t.Context(), numbers[target], Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range matches {
				got = append(got, fmt.Sprintf("%s:%.9f", m.ID, m.Points))
				if len(m.Reasons) == 0 {
					t.Errorf("%s %s: %s has no reasons", k, d.ID, m.ID)
				}
			}
			if strings.Join(got, " ") != strings.Join(want, " ") || !slices.Equal(f.Numbers(), wanted) || len(want) != a.Fitting || f.Version() != d.Version {
				t.Errorf("%s %s: fits %v, %v; a reader is shown %v, %v", k, d.ID, got, f.Numbers(), want, wanted)
			}
			found, err := h.matcher.Near(t.Context(), indexer.Ref{Kind: k, Number: d.Number}, numbers[target])
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range matches {
				fitting++
				if !slices.Contains(found, m.Ref.Number) {
					t.Errorf("%s %s: %s fits and is not near", k, d.ID, m.ID)
				}
			}
			if one, err := h.matcher.Near(t.Context(), indexer.Ref{Kind: k, Number: d.Number}, map[uint32]bool{}); err != nil || len(one) > 0 {
				t.Errorf("near among none: %v, %v", one, err)
			}
		}
	}
	if fitting < 10 {
		t.Errorf("only %d pairs fit", fitting)
	}
	if _, err := h.matcher.FitsOf(t.Context(), corpus.Need, "nothing"); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("of no document: %v", err)
	}
}
