package matcher

import (
	"cmp"
	"slices"
)

// A Prospect is a need whose best match is more than weak.
type Prospect struct {
	Number uint32  // of the need
	Fit    float64 // see Matcher.Fit
}

// Prospects returns, of the needs whose lists are kept, those whose best match is more than weak, the best fit first, at most
// so many. It reads what of the lists stays in memory.
func (m *Matcher) Prospects(most int) []Prospect {
	type good struct {
		number uint32
		points float64
	}
	var found []good
	m.lists.mu.Lock()
	for number, h := range m.lists.heads {
		if h.evidence >= fittingEvidence {
			found = append(found, good{number, h.points})
		}
	}
	m.lists.mu.Unlock()
	slices.SortFunc(found, func(a, b good) int { return cmp.Or(cmp.Compare(b.points, a.points), cmp.Compare(a.number, b.number)) })
	out := make([]Prospect, min(most, len(found)))
	for i := range out {
		out[i] = Prospect{found[i].number, m.scorer.ranking.Score(found[i].points)}
	}
	return out
}

// Fit says how well the best match of a need fits, (0, 1]: the pair's score, times what of fittingEvidence there is where it is
// weak. 0: no list of it is kept, or an empty one.
func (m *Matcher) Fit(need uint32) float64 {
	m.lists.mu.Lock()
	h := m.lists.heads[need]
	m.lists.mu.Unlock()
	if len(h.numbers) == 0 {
		return 0
	}
	return m.scorer.ranking.Score(h.points) * min(1, h.evidence/fittingEvidence)
}
