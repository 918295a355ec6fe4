// Package matcher answers: what fits, and why? It ranks achievements for a need and needs for an achievement, adds the
// reasons whose points sum to the rank, keeps the lists, and measures how good they are.
package matcher

import (
	"duijie/corpus"
	"duijie/indexer"
)

// An Answer is a match list: the body that the API answers and the command line prints with --json.
type Answer struct {
	Matches []Match `json:"matches"`
	Total   int     `json:"total" doc:"how many entries the list has in all"`
	Next    string  `json:"next,omitempty" doc:"cursor of the next page"`
	// Degraded says what was left out, "" when nothing was: "meaning" where the embedder did not answer.
	Degraded string `json:"degraded,omitempty" enum:"meaning"`
}

// A Match is one entry of a list.
type Match struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Score   float64  `json:"score" doc:"0 to 1, rises with points"`
	Points  float64  `json:"points" doc:"the sum of the reasons' points"`
	Label   Label    `json:"label" enum:"strong,possible,weak"`
	Reasons []Reason `json:"reasons"`

	Ref indexer.Ref `json:"-"`
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
	Kind   string  `json:"kind" enum:"words,meaning,coverage"`
	Points float64 `json:"points"`
	Text   string  `json:"text"`
	Spans  []Span  `json:"spans,omitempty"`
}

// A Span points at a word that a reason speaks of, in the public form of one side.
type Span struct {
	Side  corpus.Kind `json:"side" enum:"need,achievement"`
	Field string      `json:"field" enum:"title,text,goal"`
	Start int         `json:"start" doc:"bytes of UTF-8 from the start of the field"`
	End   int         `json:"end"`
	Word  string      `json:"word"`
	Other string      `json:"other,omitempty" doc:"the word of the other side that covers it"`
}

// Options of one match; the zero value is the first page of everything.
type Options struct {
	Filter indexer.Filter
	Limit  int    // 0: 20; Kept (100) at most
	After  string // Answer.Next of the page before
}

// Kept is how many entries of a match list are shown at most.
const Kept = 100
