package indexer

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"duijie/corpus"
)

// TestImpacts spells the formula out: tf / (tf + 1.2 (1/4 + 3/4 length/usual)), 3 x title + body, in steps of 4/255.
func TestImpacts(t *testing.T) {
	for _, row := range []struct {
		what   string
		counts []Count
		want   []uint8
	}{
		{"one word, title of 1", []Count{{"a", 1, 0}}, []uint8{135}},                       // 3/(1+1.2(.25+.75/8)) = 3/1.4125 = 2.1239; /4*255
		{"body of 1", []Count{{"a", 0, 1}}, []uint8{49}},                                   // 1/(1+1.2(.25+.75/200)) = 1/1.3045 = .76658
		{"both", []Count{{"a", 1, 1}}, []uint8{184}},                                       // 2.1239 + .76658 = 2.8905
		{"least", []Count{{"a", 0, 1}, {"b", 0, 255}, {"c", 0, 255}}, []uint8{18, 63, 63}}, // 1/(1+1.2(.25+.75*511/200)) = 1/3.5995
	} {
		if got := wordTerms.impacts(row.counts); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", row.what, got, row.want)
		}
	}
}

func TestAskedIsThreeTimesTitleAndBodyUpTo15(t *testing.T) {
	got := asked([]Count{{"a", 0, 1}, {"b", 1, 0}, {"c", 2, 3}, {"d", 5, 1}, {"e", 255, 255}})
	if want := []uint8{1, 3, 9, 15, 15}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestPairWordsIsBM25OfWordsAndAQuarterOfPairs checks the integers against the plain formula.
func TestPairWordsIsBM25OfWordsAndAQuarterOfPairs(t *testing.T) {
	need := Entry{Words: []Count{{"a", 1, 0}, {"x", 1, 1}}, Pairs: []Count{{"aa", 1, 0}}}
	other := Entry{Words: []Count{{"a", 1, 0}}, Pairs: []Count{{"aa", 1, 0}}}
	idf := func(string) float64 { return 2 }
	// words: 3 x 2 x 3/(1+1.2(.25+.75/8)) = 12.743; a quarter of pairs: 3 x 2 x .75/(1+1.2(.25+.75/18)) = 3.333
	if got, want := PairWords(&need, &other, idf), 12.743+3.333; got < want-.1 || got > want+.1 {
		t.Errorf("%v, want %v", got, want)
	}
	if got := PairWords(&need, &Entry{}, idf); got != 0 {
		t.Errorf("%v for nothing in common", got)
	}
}

// TestCandidatesAreThoseOfANaiveScan compares random collections, changed again and again, written to files and opened
// again, with a scan of PairWords and Dot over all entries.
func TestCandidatesAreThoseOfANaiveScan(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string { return fmt.Sprintf("w%d", int(r.ExpFloat64()*12)) }
	randomEntry := func(ref Ref) Entry {
		e := Entry{Ref: ref, Norm: r.Float64(), Columns: Columns{Region: []string{"150500", "150600"}[r.IntN(2)]}}
		for _, list := range []*[]Count{&e.Words, &e.Pairs} {
			seen := map[string]Count{}
			for range r.IntN(20) {
				seen[word()] = Count{Title: uint8(r.IntN(3)), Body: uint8(1 + r.IntN(4))}
			}
			for _, term := range slices.Sorted(maps.Keys(seen)) {
				c := Count{term, seen[term].Title, seen[term].Body}
				if list == &e.Pairs {
					c.Title, c.Body = c.Title+1, 0
				}
				*list = append(*list, c)
			}
		}
		if r.IntN(5) > 0 {
			e.Vector = make(Vector, 19)
			for i := range e.Vector {
				e.Vector[i] = int8(r.IntN(255) - 127)
			}
		}
		return e
	}
	dir := t.TempDir()
	l := openLocal(t, dir, localOptions())
	defer func() { l.Close() }()
	have := map[Ref]Entry{}
	for round := range 24 {
		var puts []Entry
		var deletes []Ref
		for range 40 {
			ref := Ref{corpus.Kinds[r.IntN(4)], uint32(1 + r.IntN(60))}
			if r.IntN(4) == 0 {
				deletes = append(deletes, ref)
			} else {
				puts = append(puts, randomEntry(ref))
			}
		}
		if err := l.Apply(ctx, puts, deletes, corpus.Change{}); err != nil {
			t.Fatal(err)
		}
		for _, ref := range deletes {
			delete(have, ref)
		}
		for _, e := range puts {
			have[e.Ref] = e
		}
		switch r.IntN(4) {
		case 0:
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			l = openLocal(t, dir, localOptions())
		case 1:
			if err := l.keepRound(r.IntN(2) == 0); err != nil {
				t.Fatal(err)
			}
		}
		for _, from := range corpus.Kinds {
			for _, target := range corpus.Kinds {
				probe := Probe{Target: target, Entry: randomEntry(Ref{Kind: from}), Limit: 1 + r.IntN(8)}
				if r.IntN(2) == 0 {
					probe.Filter.Region = []string{"1505"}
				}
				if r.IntN(4) == 0 {
					probe.Want = func(c Candidate) bool { return c.Words > 100 || c.Meaning > .1 && c.Number%2 == 0 }
				}
				got, err := l.Candidates(ctx, probe)
				if err != nil {
					t.Fatal(err)
				}
				want := naiveCandidates(have, probe)
				if len(got) != len(want) {
					t.Fatalf("round %d, %s to %s: %d candidates, want %d", round, from, target, len(got), len(want))
				}
				for i, c := range got {
					if c != want[i] {
						t.Fatalf("round %d, %s to %s, place %d: %+v, want %+v", round, from, target, i, c, want[i])
					}
				}
			}
		}
	}
}

// naiveCandidates scans all entries.
func naiveCandidates(have map[Ref]Entry, p Probe) []Candidate {
	type scored struct {
		Candidate
		vector bool
	}
	var all []scored
	for _, e := range have {
		if e.Kind != p.Target || len(p.Filter.Region) > 0 && e.Columns.Region != "150500" {
			continue
		}
		need, other := &p.Entry, &e
		if p.Target == corpus.Need {
			need, other = other, need
		}
		c := Candidate{Number: e.Number, Words: PairWords(need, other, testIDF), Meaning: Dot(p.Entry.Vector, e.Vector), Norm: e.Norm}
		all = append(all, scored{c, p.Entry.Vector != nil && e.Vector != nil})
	}
	best := func(may func(scored) bool, score func(Candidate) float64) []Candidate {
		slices.SortFunc(all, func(a, b scored) int {
			return cmp.Or(cmp.Compare(score(b.Candidate), score(a.Candidate)), cmp.Compare(a.Number, b.Number))
		})
		var out []Candidate
		for _, c := range all {
			if may(c) && len(out) < p.Limit {
				out = append(out, c.Candidate)
			}
		}
		return out
	}
	if p.Want != nil {
		p.Limit = len(all)
		return best(func(c scored) bool { return p.Want(c.Candidate) }, func(c Candidate) float64 { return c.Words })
	}
	out := best(func(c scored) bool { return c.vector }, func(c Candidate) float64 { return c.Meaning })
	for _, c := range best(func(c scored) bool { return c.Words > 0 }, func(c Candidate) float64 { return c.Words }) {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Words, a.Words), cmp.Compare(a.Number, b.Number))
	})
	return out
}
