package matcher

import (
	"context"
	"slices"

	"duijie/corpus"
)

// reranked is how many of a list's best pairs the reranker sees, and rerankText how many characters of each side: models
// of this kind read some 512 tokens.
const reranked, rerankText = 50, 400

// rerank gives the best pairs of asking among rows, which are in order, the points of RerankPart, and returns all rows in
// their new order. It reports false, and returns rows as they are, where the reranker does not answer. Points are never
// negative, so that no pair that it saw falls below one that it did not see.
func (m *Matcher) rerank(ctx context.Context, asking corpus.Doc, rows []ranked) ([]ranked, bool, error) {
	typed := asking.Number == 0
	if m.Reranker == nil || typed && !m.RerankTyped {
		return rows, true, nil
	}
	out := slices.Clone(rows)
	var seen []*ranked
	var texts []string
	for i := range out {
		if out[i].evidence < listedEvidence || out[i].parts.Points() <= 0 { // not shown anyway
			continue
		}
		docs, err := m.store.ByNumber(out[i].entry.Kind, out[i].number)
		if err != nil {
			return nil, false, err
		}
		if len(docs) == 0 || docs[0].Status != corpus.Published { // withdrawn since it was ranked
			continue
		}
		public := docs[0].Public()
		if seen, texts = append(seen, &out[i]), append(texts, rerankTextOf(&public)); len(seen) == reranked {
			break
		}
	}
	scores, err := m.Reranker.Rerank(ctx, rerankTextOf(&asking), texts)
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	if err != nil {
		return rows, false, nil
	}
	for i, relevance := range scores {
		seen[i].parts[RerankPart] = m.scorer.ranking.Weights[RerankPart] * relevance
	}
	slices.SortFunc(out, better)
	return out, true, nil
}

// rerankTextOf is the beginning of what a public document says.
func rerankTextOf(d *corpus.Doc) string {
	text, n := d.Title+"\n"+d.Body(), 0
	for i := range text {
		if n++; n > rerankText {
			return text[:i]
		}
	}
	return text
}
