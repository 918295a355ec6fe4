package matcher

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/indexer"
)

// An ExpertAnswer is who may be asked about a need: the body that the API answers.
type ExpertAnswer struct {
	Experts  []Expert `json:"experts" doc:"best first"`
	Degraded string   `json:"degraded,omitempty" enum:"meaning" doc:"the outside model did not answer; the built-in vectors stand in"`
	Versions Versions `json:"versions" doc:"what made the scores: those of different versions don't compare"`
}

// An Expert is who may be asked about a need: an expert, or a team that only its achievements and projects name.
type Expert struct {
	ID       string         `json:"id,omitempty" doc:"of the expert; a team has none"`
	Name     string         `json:"name" doc:"title of the expert; of a team its people, or its organisation where none are named"`
	Position string         `json:"position,omitempty"`
	Org      string         `json:"org,omitempty"`
	Score    float64        `json:"score" doc:"0 to 1, rises with points"`
	Points   float64        `json:"points" doc:"the sum of the reasons' points"`
	Label    Label          `json:"label" enum:"strong,possible,weak" doc:"the best of the reasons'"`
	Reasons  []ExpertReason `json:"reasons" doc:"what proves it, best first"`
}

// An ExpertReason is one document that proves what somebody knows: their own posting, or an achievement or a project of
// theirs.
type ExpertReason struct {
	Kind    corpus.Kind `json:"kind" enum:"expert,achievement,project"`
	ID      string      `json:"id"`
	Title   string      `json:"title"`
	Points  float64     `json:"points" doc:"that it brings: share times the sum of the points of its own reasons"`
	Share   float64     `json:"share" doc:"1 of the best, half as much of each further one"`
	Label   Label       `json:"label" enum:"strong,possible,weak" doc:"of the document itself as an answer to the need"`
	Why     string      `json:"why,omitempty" doc:"the sentence of the need that says most of what fits"`
	Reasons []Reason    `json:"reasons" doc:"of the document as an answer to the need"`
}

// ExpertOptions say who asks for experts.
type ExpertOptions struct {
	Limit int       // 0: 5; MaxExperts at most
	Now   time.Time // of the reader; zero: time.Now()
	// Documents returns the documents behind refs that the reader may see, as they see them, and Linked those of some kinds that
	// are linked with one of these, in either direction.
	Documents func(ctx context.Context, refs []indexer.Ref) ([]corpus.Doc, error)
	Linked    func(ctx context.Context, d corpus.Doc, kinds ...corpus.Kind) ([]corpus.Doc, error)
}

// MaxExperts bounds the experts of one answer.
const MaxExperts = 20

const (
	// provingDocs is of how many documents of each kind, the best, it is asked who stands behind them; finishedExperts how
	// many of those who do, the best so far, are weighed with all that is linked with them.
	provingDocs, finishedExperts = 40, 40
	// Each further document counts this part of the one before, and so many count at all: somebody with one achievement that
	// fits well goes before somebody with many that fit half as well.
	furtherShare, countedProofs = .5, 5
)

// shares are what n documents count for, best first.
func shares(n int) []float64 {
	out := make([]float64, 0, countedProofs)
	for share := 1.; len(out) < min(n, countedProofs); share *= furtherShare {
		out = append(out, share)
	}
	return out
}

// expertPoints are the points of somebody for whom documents speak that have these, best first.
func expertPoints(points []float64) (sum float64) {
	for i, share := range shares(len(points)) {
		sum += share * points[i]
	}
	return sum
}

// Experts returns who may be asked about a stored need, best first. An expert is weighed by their own posting and by the
// achievements and projects that are linked with it, in either direction, or name the expert with the same organisation;
// what nobody's posting is linked with speaks for the team that it names. Each document counts by the points of its pair
// with the need, where these come with the evidence that lists ask for. Errors are as of ForNeed.
func (m *Matcher) Experts(ctx context.Context, id string, o ExpertOptions) (ExpertAnswer, error) {
	need, err := m.published(corpus.Need, id)
	if err != nil {
		return ExpertAnswer{}, err
	}
	asking, err := m.indexed(ctx, need)
	if err != nil {
		return ExpertAnswer{}, err
	}
	s := expertSearch{Matcher: m, o: o, asking: asking, pairs: map[indexer.Ref]ranked{}, docs: map[indexer.Ref]corpus.Doc{}, known: map[string]*knowing{}}
	found, err := s.find(ctx)
	if err != nil {
		return ExpertAnswer{}, err
	}
	a := ExpertAnswer{Versions: m.versions(asking)}
	if m.analyzer.Lacks(asking) {
		a.Degraded = "meaning"
	}
	a.Experts, err = s.tell(ctx, need, found[:min(cmp.Or(o.Limit, 5), MaxExperts, len(found))])
	return a, err
}

// tell says in words what speaks for those that were found.
func (s *expertSearch) tell(ctx context.Context, need corpus.Doc, found []*knowing) ([]Expert, error) {
	numbers := map[corpus.Kind][]uint32{}
	for _, k := range found {
		for _, ref := range k.proofs {
			numbers[ref.Kind] = append(numbers[ref.Kind], ref.Number)
		}
	}
	entries := map[corpus.Kind]map[uint32]*indexer.Entry{}
	for kind, list := range numbers {
		var err error
		if entries[kind], err = s.entries(ctx, indexer.Lookup{Kind: kind, Numbers: list, Words: true}); err != nil {
			return nil, err
		}
	}
	now := s.o.Now
	if now.IsZero() {
		now = time.Now()
	}
	teller := s.scorer.teller(newSide(&need, s.asking))
	out := make([]Expert, 0, len(found))
	for _, k := range found {
		e := Expert{ID: k.expert.ID, Name: k.expert.Title, Position: k.expert.Position, Org: k.expert.Org, Label: Weak}
		for i, share := range shares(len(k.proofs)) {
			ref := k.proofs[i]
			d, r := s.docs[ref], s.pairs[ref]
			r.entry = cmp.Or(entries[ref.Kind][ref.Number], &indexer.Entry{})
			match := s.match(teller, &d, r, now)
			e.Points += share * match.Points
			if slices.Index(labels, match.Label) < slices.Index(labels, e.Label) {
				e.Label = match.Label
			}
			e.Reasons = append(e.Reasons, ExpertReason{Kind: d.Kind, ID: d.ID, Title: d.Title, Points: share * match.Points, Share: share, Label: match.Label,
				Why: match.Why, Reasons: inWordsOf(d.Kind, match.Reasons)})
			if i == 0 && k.expert.ID == "" { // a team goes by the best of its documents
				e.Name, e.Org = teamName(&d), d.Org
			}
		}
		e.Score = s.scorer.ranking.Score(e.Points)
		out = append(out, e)
	}
	return out, nil
}

// labels from the best on.
var labels = []Label{Strong, Possible, Weak}

// teamName is what people call the team behind a document.
func teamName(d *corpus.Doc) string {
	const most = 3
	switch n := len(d.People); {
	case n == 0:
		return d.Org
	case n > most:
		return strings.Join(d.People[:most], "、") + "等"
	}
	return strings.Join(d.People, "、")
}

// nouns are what the sentences of reasons, which speak of achievements, say of others.
var nouns = map[corpus.Kind]string{corpus.Expert: "专家介绍", corpus.Project: "项目"}

// inWordsOf says reasons of a document of another kind than achievements: what comes first in a sentence is ours, what
// documents say comes behind it. Sentences of words and elements hold no word of ours.
func inWordsOf(k corpus.Kind, reasons []Reason) []Reason {
	noun := nouns[k]
	if noun == "" {
		return reasons
	}
	for i, r := range reasons {
		if r.Kind != WordsPart.String() && r.Kind != ElementsPart.String() {
			reasons[i].Text = strings.Replace(r.Text, "成果", noun, 1)
		}
	}
	return reasons
}
