package api

import (
	"duijie/corpus"
	"duijie/matcher"
)

// An Answer is a match list as it goes out.
type Answer struct {
	Matches []Match `json:"matches"`
	matcher.Answer
}

// A Match is one entry of a list. Whoever asks, it says what is public of the posting.
type Match struct {
	matcher.Match
	Codes *NamedCodes `json:"codes,omitempty" doc:"its codes with their names"`
}

func answerOf(a matcher.Answer) Answer {
	out := Answer{Matches: make([]Match, len(a.Matches)), Answer: a}
	for i, m := range a.Matches {
		out.Matches[i] = Match{m, named(&corpus.Doc{Field: m.Field, Region: m.Region, Strategic: m.Strategic, Stage: m.Stage, Cooperation: m.Cooperation})}
	}
	return out
}
