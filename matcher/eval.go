package matcher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"

	"duijie/corpus"
	"duijie/indexer"
)

// Measures say how good rankings are, averaged over needs that have a pair of grade 2 or more. Gain is 2^grade - 1.
type Measures struct {
	Needs        int     `json:"needs"`
	NDCG10Full   float64 `json:"ndcg10_full"`   // over all achievements, unjudged ones count as 0
	NDCG10Judged float64 `json:"ndcg10_judged"` // over the need's judged achievements only
	Recall100    float64 `json:"recall100"`     // share of pairs of grade 2 and 3 among the first 100
	MRR          float64 `json:"mrr"`           // 1 / rank of the first pair of grade 2 or 3, 0 beyond 100
}

func (m Measures) String() string {
	return fmt.Sprintf("needs %d  nDCG@10 full %.3f  judged %.3f  recall@100 %.3f  MRR %.3f",
		m.Needs, m.NDCG10Full, m.NDCG10Judged, m.Recall100, m.MRR)
}

// A judgedRanking is what one need's ranking is measured by.
type judgedRanking struct {
	grades map[string]int
	full   []string // ids, best first, 100 are enough
	judged []string // the judged ids in ranked order
}

// Measure averages over rankings.
func measure(all []judgedRanking) Measures {
	var full, judged, recall, mrr []float64
	for _, r := range all {
		strong := 0
		var ideal []int
		for _, g := range r.grades {
			ideal = append(ideal, g)
			if g >= 2 {
				strong++
			}
		}
		if strong == 0 {
			continue
		}
		slices.SortFunc(ideal, func(a, b int) int { return b - a })
		best := dcg(ideal)
		gradesOf := func(ids []string) []int {
			var out []int
			for _, id := range ids {
				out = append(out, r.grades[id])
			}
			return out
		}
		full = append(full, dcg(gradesOf(r.full))/best)
		judged = append(judged, dcg(gradesOf(r.judged))/best)
		hits, first := 0, 0.
		for i, g := range gradesOf(r.full[:min(100, len(r.full))]) {
			if g >= 2 {
				if hits++; hits == 1 {
					first = 1 / float64(i+1)
				}
			}
		}
		recall = append(recall, float64(hits)/float64(strong))
		mrr = append(mrr, first)
	}
	if len(full) == 0 {
		return Measures{}
	}
	mean := func(x []float64) float64 { return stat.Mean(x, nil) }
	return Measures{Needs: len(full), NDCG10Full: mean(full), NDCG10Judged: mean(judged), Recall100: mean(recall), MRR: mean(mrr)}
}

// dcg is the discounted cumulative gain of the first ten grades.
func dcg(grades []int) float64 {
	var sum float64
	for i, g := range grades[:min(10, len(grades))] {
		sum += (math.Pow(2, float64(g)) - 1) / math.Log2(float64(i+2))
	}
	return sum
}

// Eval measures the built-in ranking on a folder of judged pairs: achievements.jsonl and needs.jsonl in any form that
// import takes (id, title, text or description, ...), and either judged.txt as ReadCases takes it or qrels.tsv (a
// header; need_id, achievement_id, grade 0 to 3). It needs no data folder: the index is made in a temporary one by open,
// and is removed.
func Eval(ctx context.Context, dir string, analyzer *indexer.Analyzer, scorer *Scorer, open func(dir string) (indexer.Engine, error)) (Measures, error) {
	var none Measures
	achievements, err := readDocs(filepath.Join(dir, "achievements.jsonl"), corpus.Achievement)
	if err != nil {
		return none, err
	}
	needs, err := readDocs(filepath.Join(dir, "needs.jsonl"), corpus.Need)
	if err != nil {
		return none, err
	}
	cases, err := readJudged(dir)
	if err != nil {
		return none, err
	}
	temp, err := os.MkdirTemp("", "duijie-eval-")
	if err != nil {
		return none, err
	}
	defer os.RemoveAll(temp)
	engine, err := open(temp)
	if err != nil {
		return none, err
	}
	defer engine.Close()
	byID := map[string]*indexer.Entry{}
	byNumber := make([]string, len(achievements)+1)
	for part := range slices.Chunk(achievements, 1000) {
		made, err := analyzer.Entries(ctx, part)
		if err != nil {
			return none, err
		}
		if err := engine.Put(ctx, made); err != nil {
			return none, err
		}
		for i := range made {
			byID[made[i].ID], byNumber[made[i].Number] = &made[i], made[i].ID
		}
	}
	needByID := map[string]corpus.Doc{}
	for _, n := range needs {
		needByID[n.ID] = n
	}
	m := New(nil, analyzer, engine, scorer)
	var all []judgedRanking
	for _, c := range cases {
		var asking indexer.Entry
		if c.Text != "" {
			asking, err = analyzer.TextEntry(ctx, c.Text)
		} else if need, ok := needByID[c.Need]; ok {
			var made []indexer.Entry
			if made, err = analyzer.Entries(ctx, []corpus.Doc{need}); err == nil {
				asking = made[0]
			}
		} else {
			err = corpus.Errorf(corpus.Invalid, "a judged pair names the need %q, which is not in needs.jsonl", c.Need)
		}
		if err != nil {
			return none, err
		}
		rows, err := m.rank(ctx, &asking, corpus.Achievement, indexer.Filter{})
		if err != nil {
			return none, err
		}
		r := judgedRanking{grades: c.Grades}
		for _, row := range rows {
			r.full = append(r.full, byNumber[row.number])
		}
		points := map[string]float64{}
		for id := range r.grades {
			entry := byID[id]
			if entry == nil {
				return none, corpus.Errorf(corpus.Invalid, "a judged pair names the achievement %q, which is not in achievements.jsonl", id)
			}
			points[id] = scorer.Pair(&asking, entry).Points()
			r.judged = append(r.judged, id)
		}
		slices.SortFunc(r.judged, func(a, b string) int { return cmp.Or(cmp.Compare(points[b], points[a]), cmp.Compare(a, b)) })
		all = append(all, r)
	}
	return measure(all), nil
}

func readDocs(path string, kind corpus.Kind) ([]corpus.Doc, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var docs []corpus.Doc
	for row, err := range corpus.Read(f, path, corpus.ReadOptions{Kind: kind}) {
		if err != nil {
			return nil, err
		}
		if row.Bad() {
			return nil, fmt.Errorf("%s, row %d: %w", path, row.Line, row.Problems[0])
		}
		row.Doc.Number, row.Doc.Status = uint32(len(docs)+1), corpus.Published
		docs = append(docs, row.Doc)
	}
	return docs, nil
}

// readJudged reads judged.txt, or qrels.tsv where there is none.
func readJudged(dir string) ([]Case, error) {
	f, err := os.Open(filepath.Join(dir, "judged.txt"))
	if err == nil {
		defer f.Close()
		return ReadCases(f)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	grades, err := readGrades(filepath.Join(dir, "qrels.tsv"))
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, need := range slices.Sorted(maps.Keys(grades)) {
		cases = append(cases, Case{Need: need, Grades: grades[need]})
	}
	return cases, nil
}

// readGrades returns the grades by need and achievement. A pair that is judged twice has the later grade.
func readGrades(path string) (map[string]map[string]int, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]int{}
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) != 3 {
			return nil, corpus.Errorf(corpus.Invalid, "%s, line %d: not three columns", path, i+2)
		}
		grade, err := strconv.Atoi(cells[2])
		if err != nil || grade < 0 || grade > 3 {
			return nil, corpus.Errorf(corpus.Invalid, "%s, line %d: %q is not a grade from 0 to 3", path, i+2, cells[2])
		}
		if out[cells[0]] == nil {
			out[cells[0]] = map[string]int{}
		}
		out[cells[0]][cells[1]] = grade
	}
	return out, nil
}
