package market

import (
	"time"

	"duijie/corpus"
)

// Promises is the record table of confidentiality promises.
const Promises = "promises"

// Made is the state of a promise that stands: it opens what its posting shows after a promise. Of Ended ones the fact stays, and
// they open nothing.
const Made State = "made"

// A Promise says that an account keeps to itself what one posting shows after a promise, and in which words it said so.
type Promise struct {
	ID           string    `json:"id"`
	Achievement  string    `json:"achievement,omitempty" doc:"id of the posting: one of the four is set"`
	Need         string    `json:"need,omitempty" doc:"id"`
	Expert       string    `json:"expert,omitempty" doc:"id"`
	Project      string    `json:"project,omitempty" doc:"id"`
	Edition      string    `json:"edition" doc:"of the text, as GET /v1/promises/text says it"`
	Text         string    `json:"text" doc:"what was promised, word by word"`
	State        State     `json:"state" enum:"made,ended"`
	By           string    `json:"by" doc:"who promised, as account:ID; it opens nothing to colleagues"`
	Organisation string    `json:"organisation,omitempty" doc:"none: a promise is its maker's alone"`
	Created      time.Time `json:"created" doc:"when it was made"`
	Updated      time.Time `json:"updated"`
}

// PromiseType declares promises, of which an account has one that stands for a posting. Nobody changes what was promised, and
// the operator alone ends it.
var PromiseType = Type[Promise]{
	Declared: Declared{
		Name: Promises, One: Words{"保密承诺", "promise"}, Many: Words{"保密承诺", "Promises"},
		States: []Named{{string(Made), Words{"有效", "Made"}}, {string(Ended), Words{"已终止", "Ended"}}},
		Moves:  map[State][]State{Made: {Ended}},
		Fields: []Field{
			{Name: "achievement", Kind: corpus.Achievement, Fixed: true, Sole: promised, Words: Words{"科技成果", "Achievement"}, Hint: Words{"填科技成果的编号，或者下面三项之一。", "give the id of a published achievement, or one of another kind"}},
			{Name: "need", Kind: corpus.Need, Fixed: true, Words: Words{"技术需求", "Need"}, Hint: Words{"填技术需求的编号。", "give the id of a published need"}},
			{Name: "expert", Kind: corpus.Expert, Fixed: true, Words: Words{"专家", "Expert"}, Hint: Words{"填专家的编号。", "give the id of a published expert"}},
			{Name: "project", Kind: corpus.Project, Fixed: true, Words: Words{"科技项目", "Project"}, Hint: Words{"填科技项目的编号。", "give the id of a published project"}},
			{Name: "edition", Fixed: true, Required: true, Words: Words{"承诺书版本", "Edition"}, Hint: Words{"填读过的承诺书的版本。", "read GET /v1/promises/text, and give the edition that it says"}},
		},
		Derived: []Field{{Name: "text", Lines: 6, Words: Words{"承诺内容", "Text"}}},
	},
	Check: checkPromise,
	Head: func(p *Promise) Head {
		return Head{&p.ID, &p.State, &p.By, &p.Organisation, &p.Created, &p.Updated}
	},
	Example: Promise{ID: "019ac2f1b3e0q7Rk2ZpX", Achievement: "m3a7hq2f", Edition: "3f9a0c11d2e4", Text: "我承诺对看到的内容保密。", State: Made, By: "account:3f9a0c11d2e4",
		Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// Posting returns what a promise is about.
func (p Promise) Posting() corpus.Link {
	for kind, id := range map[corpus.Kind]string{corpus.Achievement: p.Achievement, corpus.Need: p.Need, corpus.Expert: p.Expert, corpus.Project: p.Project} {
		if id != "" {
			return corpus.Link{Kind: kind, ID: id}
		}
	}
	return corpus.Link{}
}

// promised lets nobody promise the same twice while the first promise stands.
func promised(text func(field string) string) string {
	if State(text("state")) != Made {
		return ""
	}
	for _, kind := range corpus.Kinds {
		if id := text(string(kind)); id != "" {
			return PromiseKey(text("by"), corpus.Link{Kind: kind, ID: id})
		}
	}
	return ""
}

// PromiseKey is the key of the promise that stands of an account for a posting.
func PromiseKey(by string, l corpus.Link) string { return by + " / " + string(l.Kind) + " / " + l.ID }

func checkPromise(p *Promise, _ Promise) corpus.Faults {
	named := 0
	for _, id := range []string{p.Achievement, p.Need, p.Expert, p.Project} {
		if id != "" {
			named++
		}
	}
	if named != 1 {
		return wrong("achievement", "%d postings are named: a promise is for one", named)
	}
	return nil
}
