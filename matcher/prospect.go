package matcher

import (
	"cmp"
	"slices"
)

// A Prospect is a need with how well its best achievement fits.
type Prospect struct {
	Number uint32  // of the need
	Fit    float64 // [0, 1]: the pair's score, less where its evidence leaves it weak
	Good   bool    // the pair is more than weak
}

// Prospects returns the needs whose lists are kept, the best fit first. It reads what of the lists stays in memory: some
// milliseconds for 50,000.
func (m *Matcher) Prospects() []Prospect {
	l := &m.lists
	l.mu.Lock()
	out := make([]Prospect, 0, len(l.heads))
	for number, h := range l.heads {
		if len(h.numbers) > 0 {
			fit := m.scorer.ranking.Score(h.points) * min(1, h.evidence/fittingEvidence)
			out = append(out, Prospect{number, fit, h.evidence >= fittingEvidence})
		}
	}
	l.mu.Unlock()
	slices.SortFunc(out, func(a, b Prospect) int { return cmp.Or(cmp.Compare(b.Fit, a.Fit), cmp.Compare(a.Number, b.Number)) })
	return out
}
