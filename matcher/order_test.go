package matcher

import (
	"context"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

// The naive order: those that state what counts by it, then the others, each group of labels for itself, and else as they were.
func TestAListInAnotherOrder(t *testing.T) {
	h := sampled(t)
	day := func(d corpus.Doc) string { return string(d.PublishedOn) }
	fen := func(d corpus.Doc) int64 {
		m := d.Price
		if d.Kind == corpus.Need {
			m = d.Budget
		}
		switch {
		case m == nil || m.Min == 0 && m.Max == 0:
			return 0
		case m.Min > 0:
			return m.Min
		}
		return m.Max
	}
	for _, list := range []struct {
		name string
		kind corpus.Kind
		ask  func(context.Context, string, Options) (Answer, error)
		id   string
	}{{"need", corpus.Achievement, h.matcher.ForNeed, "N001"}, {"achievement", corpus.Need, h.matcher.ForAchievement, "A001"}} {
		whole, err := list.ask(t.Context(), list.id, Options{Limit: Kept})
		if err != nil {
			t.Fatal(err)
		}
		docs, stated := map[string]corpus.Doc{}, 0
		for _, m := range whole.Matches {
			d, err := h.store.Get(list.kind, m.ID)
			if err != nil {
				t.Fatal(err)
			}
			if docs[m.ID] = d; fen(d) > 0 {
				stated++
			}
		}
		if len(whole.Matches) < 2 || list.kind == corpus.Achievement && (stated == 0 || stated == len(whole.Matches)) {
			t.Fatalf("%s: %d of %d state an amount, which shows no order", list.name, stated, len(whole.Matches))
		}
		for by, earlier := range map[indexer.Sort]func(a, b corpus.Doc) bool{
			indexer.ByDate:    func(a, b corpus.Doc) bool { return day(a) > day(b) },
			indexer.ByLowest:  func(a, b corpus.Doc) bool { return fen(a) > 0 && (fen(b) == 0 || fen(a) < fen(b)) },
			indexer.ByHighest: func(a, b corpus.Doc) bool { return fen(a) > fen(b) },
		} {
			want := slices.Clone(whole.Matches)
			slices.SortStableFunc(want, func(a, b Match) int {
				x, y := docs[a.ID], docs[b.ID]
				switch aWeak, bWeak := a.Label == Weak, b.Label == Weak; {
				case aWeak != bWeak && bWeak, aWeak == bWeak && earlier(x, y):
					return -1
				case aWeak != bWeak, earlier(y, x):
					return 1
				}
				return 0
			})
			var got []Match
			o := Options{Limit: 7, Sort: by}
			for more := true; more; more = o.After != "" {
				a, err := list.ask(t.Context(), list.id, o)
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, a.Matches...); a.Total != whole.Total || a.Fitting != whole.Fitting {
					t.Errorf("%s by %s: %d entries, %d fitting", list.name, by, a.Total, a.Fitting)
				}
				o.After = a.Next
			}
			if g, w := listedIDs(got), listedIDs(want); g != w {
				t.Errorf("%s by %s: %s, want %s", list.name, by, g, w)
			}
		}
		a, err := list.ask(t.Context(), list.id, Options{Limit: 1, Sort: indexer.ByLowest})
		if err != nil || a.Next == "" {
			t.Fatalf("%s: %+v, %v", list.name, a, err)
		}
		if _, err := list.ask(t.Context(), list.id, Options{After: a.Next}); corpus.CodeOf(err) != corpus.Invalid {
			t.Errorf("%s: a cursor of another order gave %v", list.name, err)
		}
	}
}

func listedIDs(list []Match) string {
	var ids []string
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	return strings.Join(ids, " ")
}

// Where the entry of a cursor is gone, the page begins with what stands behind it.
func TestACursorStandsBeforeWhatIsBehindIt(t *testing.T) {
	at := cursor{Points: 5, Rank: -300, Sort: indexer.ByLowest}
	for _, test := range []struct {
		entry cursor
		want  bool
	}{
		{cursor{Points: 9, Rank: -400}, true},
		{cursor{Points: 1, Rank: -200}, false},
		{cursor{Points: 4, Rank: -300}, true},
		{cursor{Points: 6, Rank: -300}, false},
		{cursor{Points: 9, Rank: -100, Weak: true}, true},
	} {
		if got := at.before(test.entry); got != test.want {
			t.Errorf("before %+v: %v", test.entry, got)
		}
		if at.before(test.entry) && test.entry.before(at) {
			t.Errorf("%+v stands before and behind", test.entry)
		}
	}
}
