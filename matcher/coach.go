package matcher

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// Advice says how a draft need can become one that is found: the body that the API answers and the command line prints
// with --json.
type Advice struct {
	Completeness float64      `json:"completeness" minimum:"0" maximum:"1" doc:"1 minus the weights of what is missing; 1 is a need that says all that is asked for"`
	Missing      []Gap        `json:"missing" doc:"worst first"`
	Parts        []Draft      `json:"parts" doc:"where the text lists several problems: a need for each; else empty"`
	Route        Route        `json:"route"`
	Similar      []Near       `json:"similar" doc:"published needs that say nearly the same, nearest first"`
	Keywords     []string     `json:"keywords" doc:"words of the draft that tell most"`
	Fields       []Suggestion `json:"fields" doc:"GB/T 4754-2017 codes of what fits best; empty without evidence"`
	Strategic    []Suggestion `json:"strategic" doc:"strategic emerging industries of what fits best; empty without evidence"`
}

// A Near is a published need that may be the same as a draft.
type Near struct {
	ID    string  `json:"id"`
	Title string  `json:"title"`
	Near  float64 `json:"near" minimum:"0" maximum:"1" doc:"1 is the same text"`
}

// Coach reads a draft need and says what is missing, whether it is several, who should take it on, and which published
// needs are like it. Sentences are English for lang "en", else Chinese. Title or Text must be given; a draft without a
// title has the text's first sentence for one. Nothing of it is stored or logged.
func (m *Matcher) Coach(ctx context.Context, need corpus.Doc, lang string) (Advice, error) {
	need.Kind = corpus.Need
	if strings.TrimSpace(need.Title+need.Text) == "" {
		e := corpus.Errorf(corpus.Invalid, "the draft is empty")
		e.Field, e.Fix = "text", "describe the problem in a sentence or more"
		return Advice{}, e
	}
	if strings.TrimSpace(need.Title) == "" {
		need.Title = indexer.Headline(need.Text)
	}
	entry, err := m.entry(ctx, need)
	if err != nil {
		return Advice{}, err
	}
	rows, err := m.rank(ctx, entry, corpus.Achievement, indexer.Filter{})
	if err != nil {
		return Advice{}, err
	}
	best, err := m.answer(ctx, need, entry, m.shown(ctx, rows), "", Options{Limit: voters})
	if err != nil {
		return Advice{}, err
	}
	near, err := m.neighbours(ctx, entry, corpus.Need)
	if err != nil {
		return Advice{}, err
	}
	var like []*indexer.Entry
	for _, r := range rows[:min(voters, len(rows))] {
		like = append(like, r.entry)
	}
	for _, n := range near[:min(voters, len(near))] {
		like = append(like, n.entry)
	}
	a := Advice{Parts: m.scorer.split(need), Keywords: m.scorer.suggest(need, entry, like)}
	if a.Parts == nil {
		a.Parts = []Draft{}
	}
	a.Missing, a.Completeness = gaps(&need, entry, lang)
	if a.Similar, err = m.similar(near); err != nil {
		return Advice{}, err
	}
	a.Route = m.scorer.route(&need, entry, &a, best.Matches, lang)
	a.Fields, a.Strategic = elect(best.Matches, rows, near)
	return a, nil
}

// A neighbour is a published document with how near it is to another of its kind.
type neighbour struct {
	number uint32
	entry  *indexer.Entry
	near   float64
}

// neighbours returns the published documents of a kind that are like an entry, nearest first.
func (m *Matcher) neighbours(ctx context.Context, entry *indexer.Entry, k corpus.Kind) ([]neighbour, error) {
	like, err := m.engine.Candidates(ctx, indexer.Probe{Target: k, Entry: *entry})
	if err != nil {
		return nil, err
	}
	look := indexer.Lookup{Kind: k, Words: true}
	for _, c := range like {
		look.Numbers = append(look.Numbers, c.Number)
	}
	found, err := m.engine.Entries(ctx, look)
	return m.scorer.near(entry, found), err
}

// Needs as near as sameNear are shown as perhaps the same; as votingNear, their codes count. In a regional market's needs
// pairs from .85 on are one text with few words changed, and half of those from .65 to .7 are of one problem.
const sameNear, votingNear, shownNear, voters = .65, .3, 5, 20

// near returns needs by how near they are, nearest first: the mean of two cosines, of the weighted words and of the
// meaning; of the words alone where a vector is missing.
func (s *Scorer) near(draft *indexer.Entry, found []indexer.Found) []neighbour {
	asked := make(map[string]float64, len(draft.Words))
	for _, c := range draft.Words {
		asked[c.Term] = float64(c.Asked()) * s.seg.IDF(c.Term)
	}
	out := make([]neighbour, 0, len(found))
	for _, c := range found {
		var product float64
		for _, w := range c.Words {
			if a, ok := asked[w.Term]; ok {
				product += a * float64(w.Asked()) * s.seg.IDF(w.Term)
			}
		}
		n := neighbour{number: c.Number, entry: c.Entry}
		if all := draft.Norm * c.Norm; all > 0 {
			n.near = product / all
		}
		if own, theirs := indexer.Dot(draft.Vector, draft.Vector), indexer.Dot(c.Vector, c.Vector); own > 0 && theirs > 0 {
			n.near = (n.near + max(0, indexer.Meaning(draft, c.Entry))/math.Sqrt(own*theirs)) / 2
		}
		n.near = min(1, n.near)
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b neighbour) int {
		return cmp.Or(cmp.Compare(b.near, a.near), cmp.Compare(a.number, b.number))
	})
	return out
}

// similar returns the published needs that may be the same as the draft.
func (m *Matcher) similar(near []neighbour) ([]Near, error) {
	out := []Near{}
	for _, n := range near {
		if n.near < sameNear || len(out) == shownNear {
			break
		}
		docs, err := m.store.ByNumber(corpus.Need, n.number)
		if err != nil {
			return nil, err
		}
		if len(docs) == 1 && docs[0].Status == corpus.Published {
			d := docs[0].Public()
			out = append(out, Near{d.ID, d.Title, n.near})
		}
	}
	return out, nil
}
