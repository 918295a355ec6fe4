package matcher

import (
	"cmp"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// A Suggestion is a code that documents like the draft carry.
type Suggestion struct {
	Code       string  `json:"code"`
	Name       string  `json:"name"`
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1" doc:"share of the votes of documents like the draft"`
}

// elect returns the industries that the matches which fit, and the needs that are near, stand for.
func elect(matches []Match, rows []ranked, near []neighbour) (fields, strategic []Suggestion) {
	field, branch := votes{table: corpus.Field, widest: 2}, votes{table: corpus.Strategic, widest: 1}
	vote := func(of *indexer.Entry, weight float64) {
		field.add(of.Columns.Field, weight)
		branch.add(of.Columns.Strategic, weight)
	}
	for _, m := range matches {
		at := slices.IndexFunc(rows, func(r ranked) bool { return r.number == m.Ref.Number })
		if at >= 0 && m.Label != Weak {
			vote(rows[at].entry, m.Score)
		}
	}
	for _, n := range near[:min(voters, len(near))] {
		if n.near >= votingNear {
			vote(n.entry, n.near)
		}
	}
	return field.won(), branch.won()
}

// votes collect which codes of one table the documents like a draft carry.
type votes struct {
	table   corpus.CodeTable
	widest  int // characters of the widest code that is worth suggesting: a 大类, not a 门类; a first level
	ballots []ballot
	voters  int
	all     float64
}

// A ballot is one code of one document with its share of the document's weight.
type ballot struct {
	code   string
	voter  int
	weight float64
}

// add gives the weight of a document to its codes, in equal shares.
func (v *votes) add(codes []string, weight float64) {
	if len(codes) == 0 {
		return
	}
	v.voters++
	v.all += weight
	for _, c := range codes {
		v.ballots = append(v.ballots, ballot{c, v.voters, weight / float64(len(codes))})
	}
}

// behind returns the share of the votes for a code and those below it, and how many documents gave them.
func (v *votes) behind(code string) (share float64, voters int) {
	last := 0
	for _, b := range v.ballots {
		if strings.HasPrefix(b.code, code) {
			share += b.weight / v.all
			if b.voter != last {
				last = b.voter
				voters++
			}
		}
	}
	return share, voters
}

// won returns up to three codes, best first: those of the widest level with two documents and a fifth of the votes
// behind them, each made narrower as long as two documents and three fifths of its votes agree on how.
func (v *votes) won() []Suggestion {
	out, seen := []Suggestion{}, map[string]bool{}
	for _, b := range v.ballots {
		if len(b.code) < v.widest || seen[b.code[:v.widest]] {
			continue
		}
		code := b.code[:v.widest]
		seen[code] = true
		share, voters := v.behind(code)
		if voters < 2 || share < .2 {
			continue
		}
		for next := v.below(code, .6*share); next != ""; next = v.below(code, .6*share) {
			code = next
			share, _ = v.behind(code)
		}
		out = append(out, Suggestion{code, corpus.CodeName(v.table, code), share})
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return out[:min(3, len(out))]
}

// below returns the next code under one that has this share of the votes and two documents, "" where there is none.
func (v *votes) below(code string, share float64) string {
	for _, b := range v.ballots {
		if !strings.HasPrefix(b.code, code) {
			continue
		}
		for n := len(code) + 1; n <= len(b.code); n++ {
			under := b.code[:n]
			if corpus.CodeName(v.table, under) == "" {
				continue
			}
			if got, voters := v.behind(under); got >= share && voters > 1 {
				return under
			}
			break
		}
	}
	return ""
}
