package matcher

import (
	"cmp"
	"slices"

	"duijie/indexer"
)

// A covering is soft coverage both ways: for each key word of one side the best squared cosine among the key words of
// the other, weighted. Both values are in [0, 1]; 1 means that every word stands on the other side.
type covering struct {
	ofNeed, ofAchievement float64
}

// A cover is one word of the need and the word of the achievement that covers it best.
type cover struct {
	need, achievement string
	cosine            float64 // [0, 1]
	weight            float32
}

func (s *Scorer) lookup(words []indexer.Keyword) []int32 {
	rows := make([]int32, len(words))
	for i, w := range words {
		rows[i] = s.table.Row(w.Term)
	}
	return rows
}

func (s *Scorer) cosine(a indexer.Keyword, i int32, b indexer.Keyword, j int32) float64 {
	if a.Term == b.Term {
		return 1
	}
	return max(0, s.table.RowCosine(i, j))
}

func (s *Scorer) cover(need []indexer.Keyword, needRows []int32, achievement []indexer.Keyword, achievementRows []int32) covering {
	if len(need) == 0 || len(achievement) == 0 {
		return covering{}
	}
	best := make([]float64, len(achievement))
	var c covering
	var all float64
	for i, n := range need {
		var top float64
		for j, a := range achievement {
			cos := s.cosine(n, needRows[i], a, achievementRows[j])
			top, best[j] = max(top, cos), max(best[j], cos)
		}
		c.ofNeed += float64(n.Weight) * top * top
		all += float64(n.Weight)
	}
	c.ofNeed /= all
	all = 0
	for j, a := range achievement {
		c.ofAchievement += float64(a.Weight) * best[j] * best[j]
		all += float64(a.Weight)
	}
	c.ofAchievement /= all
	return c
}

// covers lists the need's words that another word of the achievement covers, best first.
func (s *Scorer) covers(need, achievement []indexer.Keyword) []cover {
	needRows, rows := s.lookup(need), s.lookup(achievement)
	var out []cover
	for i, n := range need {
		top := cover{need: n.Term, weight: n.Weight}
		for j, a := range achievement {
			if cos := s.cosine(n, needRows[i], a, rows[j]); cos > top.cosine {
				top.achievement, top.cosine = a.Term, cos
			}
		}
		if top.cosine >= clearCover && top.achievement != top.need {
			out = append(out, top)
		}
	}
	slices.SortStableFunc(out, func(a, b cover) int {
		return cmp.Compare(float64(b.weight)*b.cosine*b.cosine, float64(a.weight)*a.cosine*a.cosine)
	})
	return out
}

// clearCover is the least cosine at which a reader agrees that one word stands for the other; read off some hundred
// pairs of the sample.
const clearCover = .55
