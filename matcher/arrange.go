package matcher

import (
	"slices"

	"duijie/indexer"
)

// How the best pairs become a list: those without evidence are cut, near-identical ones fold into the best of them, and
// one team does not fill the page. The points stay as they are; measures are taken before all this.
const (
	// foldCosine and foldShare are how near two entries are that say the same: the cosine of their vectors, and the share
	// of the words of both that stand in both. Read off reposted pairs of real markets, which differ by a model name or a
	// sentence; two products of one series have .9 and .6.
	foldCosine, foldShare = .95, .75
	// foldPoints is the share by which the points of two such entries differ at most: who says the same fits the same.
	foldPoints = .1
	// Of teamRun entries in a row, teamMost are of one team at most, as long as others follow.
	teamRun, teamMost = 10, 3
)

// An arranged entry is a line of a list with those that it stands for.
type arranged struct {
	ranked
	folded []ranked
}

// arrange makes a list of ranked rows, which are best first.
func arrange(rows []ranked, words func(*indexer.Entry) []indexer.Count) []arranged {
	listed := make([]ranked, 0, len(rows))
	for _, r := range rows {
		if r.evidence >= listedEvidence {
			listed = append(listed, r)
		}
	}
	return spread(fold(listed, words))
}

// fold puts near-identical rows behind the best of them.
func fold(rows []ranked, words func(*indexer.Entry) []indexer.Count) []arranged {
	out := make([]arranged, 0, len(rows))
	points, lengths := make([]float64, 0, len(rows)), make([]float64, 0, len(rows)) // of out
	for _, r := range rows {
		own, length := r.parts.Points(), indexer.Dot(r.entry.Vector, r.entry.Vector)
		least := own / (1 - foldPoints)
		at := -1
		for i := len(out) - 1; i >= 0 && points[i] <= least; i-- {
			if near(out[i].entry, r.entry, lengths[i]*length) && same(words(out[i].entry), words(r.entry)) {
				at = i
			}
		}
		if at >= 0 {
			out[at].folded = append(out[at].folded, r)
		} else {
			out, points, lengths = append(out, arranged{ranked: r}), append(points, own), append(lengths, length)
		}
	}
	return out
}

// near reports whether two entries mean nearly the same, as far as their vectors tell. squares is the product of the
// squares of their lengths.
func near(a, b *indexer.Entry, squares float64) bool {
	if len(a.Vector) == 0 || len(b.Vector) == 0 {
		return true
	}
	ab := indexer.Dot(a.Vector, b.Vector)
	return ab > 0 && ab*ab >= foldCosine*foldCosine*squares
}

// same reports whether two texts have nearly the same words.
func same(a, b []indexer.Count) bool {
	short, long := min(len(a), len(b)), max(len(a), len(b))
	if short == 0 || float64(short) < foldShare*float64(long) {
		return false
	}
	theirs := make(map[string]bool, len(b))
	for _, c := range b {
		theirs[c.Term] = true
	}
	shared := 0
	for _, c := range a {
		if theirs[c.Term] {
			shared++
		}
	}
	return float64(shared) >= foldShare*float64(len(a)+len(b)-shared)
}

// spread moves an entry down whose team has had its share of the run of entries before it, behind the next that may stand
// there; where nothing else is left, the order stays.
func spread(rows []arranged) []arranged {
	out := make([]arranged, 0, len(rows))
	waiting := make([]*arranged, len(rows))
	for i := range rows {
		waiting[i] = &rows[i]
	}
	for len(waiting) > 0 {
		next := max(0, slices.IndexFunc(waiting, func(r *arranged) bool {
			if r.entry.Team == "" {
				return true
			}
			had := 0
			for i := max(0, len(out)-teamRun+1); i < len(out); i++ {
				if out[i].entry.Team == r.entry.Team {
					had++
				}
			}
			return had < teamMost
		}))
		out = append(out, *waiting[next])
		copy(waiting[1:], waiting[:next]) // those before it wait on
		waiting = waiting[1:]
	}
	return out
}
