package indexer

import (
	"cmp"
	"math"
	"slices"
)

// BodyKeywords is how many key words of a body an Entry keeps beside those of its title. More did not rank better.
const BodyKeywords = 20

// Keywords returns what a text is about: the words of its title, weighted twice their IDF, then the n words of its
// body with the greatest (1 + ln count) x IDF, weighted their IDF. A word said a hundred times counts for little more
// than one said ten times.
func (s *Segmenter) Keywords(title, body string, n int) []Keyword {
	return s.keywords(s.Words(title), s.Words(body), n)
}

func (s *Segmenter) keywords(title, body []string, n int) []Keyword {
	var out []Keyword
	seen := map[string]bool{}
	for _, w := range title {
		if !seen[w] && !s.Empty(w) {
			seen[w] = true
			out = append(out, Keyword{w, float32(2 * s.IDF(w))})
		}
	}
	slices.SortStableFunc(out, func(a, b Keyword) int { return cmp.Compare(b.Weight, a.Weight) })

	type scored struct {
		Keyword
		score float64
	}
	counts := map[string]int{}
	var best []scored
	for _, w := range body {
		if counts[w]++; counts[w] == 1 && !seen[w] && !s.Empty(w) {
			best = append(best, scored{Keyword: Keyword{Term: w}})
		}
	}
	for i := range best {
		idf := s.IDF(best[i].Term)
		best[i].Weight, best[i].score = float32(idf), (1+math.Log(float64(counts[best[i].Term])))*idf
	}
	slices.SortStableFunc(best, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	for _, k := range best[:min(n, len(best))] {
		out = append(out, k.Keyword)
	}
	return out
}
