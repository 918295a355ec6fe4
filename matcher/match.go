// Package matcher answers: what fits, and why? It ranks achievements for a need and needs for an achievement, adds the
// reasons whose points sum to the rank, keeps the lists, and measures how good they are.
package matcher

import (
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
)

// An Answer is a match list: the body that the API answers and the command line prints with --json.
type Answer struct {
	Matches []Match `json:"matches"`
	Total   int     `json:"total" doc:"how many entries the list has in all"`
	Next    string  `json:"next,omitempty" doc:"cursor of the next page"`
	// Degraded says what was left out, "" when nothing was: "meaning" where the built-in vectors stand in for those of an
	// outside model, "rerank" where the reranker did not answer.
	Degraded string `json:"degraded,omitempty" enum:"meaning,rerank,meaning rerank" doc:"which outside models did not answer; the built-in ranking stands in"`
	// Fitting counts the entries of the whole list that are labelled strong or possible; 0 is "no good match".
	Fitting  int      `json:"fitting" doc:"how many entries of the list are strong or possible; 0 is no good match"`
	Versions Versions `json:"versions" doc:"what made the scores: those of different versions don't compare"`
}

// Versions name all that a score depends on beside the pair.
type Versions struct {
	Ranking     string `json:"ranking" doc:"weights and rules"`
	Dictionary  string `json:"dictionary" doc:"hash of the words"`
	Model       string `json:"model" doc:"of meaning"`
	Calibration string `json:"calibration" doc:"slope and offset of score as a function of points"`
}

// A Match is one entry of a list.
type Match struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Score   float64  `json:"score" doc:"0 to 1, rises with points"`
	Points  float64  `json:"points" doc:"the sum of the reasons' points"`
	Label   Label    `json:"label" enum:"strong,possible,weak"`
	Reasons []Reason `json:"reasons"`
	Why     string   `json:"why,omitempty" doc:"the sentence of the need that says most of what fits"`
	Against []string `json:"against,omitempty" doc:"what speaks against the pair, a sentence each"`
	Missing []string `json:"missing,omitempty" doc:"what the found side does not state, by JSON name: ask the holder"`
	Figures []Figure `json:"figures,omitempty" doc:"the need's figures beside the achievement's"`
	Folded  []Folded `json:"folded,omitempty" doc:"near-identical entries that stand behind this one"`

	corpus.Brief // of the found posting, of what is public

	Life *market.Life `json:"life,omitempty" doc:"how the found posting stands"`

	Ref indexer.Ref `json:"-"`
}

// A Figure is one figure of a need beside what the achievement states.
type Figure struct {
	Need        string  `json:"need" doc:"as written"`
	Achievement string  `json:"achievement,omitempty" doc:"as written; empty where nothing comparable is stated"`
	Verdict     Verdict `json:"verdict" enum:"met,missed,unknown"`
}

// A Verdict says whether an achievement meets a figure of a need.
type Verdict string

const (
	Met     Verdict = "met"
	Missed  Verdict = "missed"
	Unknown Verdict = "unknown"
)

// A Folded entry says the same as one that is shown.
type Folded struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// A Label says in one word how far a match can be trusted: 高度契合, 可能相关, 仅供参考.
type Label string

const (
	Strong   Label = "strong"
	Possible Label = "possible"
	Weak     Label = "weak"
)

// A Reason is one part of a match's points with the words to say it, in Chinese.
type Reason struct {
	Kind   string  `json:"kind" enum:"words,meaning,coverage,elements,indicators,field,region,stage,cooperation,price,freshness,evaluation,repetition,rerank"`
	Points float64 `json:"points" doc:"below 0 where it speaks against the pair"`
	Text   string  `json:"text"`
	Spans  []Span  `json:"spans,omitempty"`
}

// A Span points at a word that a reason speaks of, in the public form of one side.
type Span struct {
	Side  corpus.Kind `json:"side" enum:"need,achievement,expert,project"`
	Field string      `json:"field" enum:"title,text,goal"`
	Start int         `json:"start" doc:"bytes of UTF-8 from the start of the field"`
	End   int         `json:"end"`
	Word  string      `json:"word"`
	Other string      `json:"other,omitempty" doc:"the word of the other side that covers it"`
}

// Options of one match; the zero value is the first page of everything.
type Options struct {
	Filter indexer.Filter
	Limit  int          // 0: 20; Kept (100) at most
	After  string       // Answer.Next of the page before
	Now    time.Time    // of the reader, for what is old or expired, which never scores; zero: time.Now()
	Sort   indexer.Sort // ByRelevance: what fits best first; see Matcher.order
	// Notices, if set, tell which holders have not answered: see life.go.
	Notices *market.Notices
}

// Kept is how many entries of a match list are shown at most.
const Kept = 100
