package market

import (
	"time"

	"duijie/corpus"
)

// Questions is the record table of public questions about postings.
const Questions = "questions"

// States of a question beside Released and Replied, in which everybody may read it.
const (
	Waiting State = "waiting" // nobody has answered or released it
	Hidden  State = "hidden"  // taken off the page
)

// A Question is what somebody asks about a posting so that everybody can read it, with the answer. Nobody else reads it before
// it was answered or released.
type Question struct {
	ID               string    `json:"id"`
	Achievement      string    `json:"achievement,omitempty" doc:"id of the achievement; of achievement and need just one"`
	Need             string    `json:"need,omitempty" doc:"id of the need"`
	Text             string    `json:"text" doc:"1,000 characters at most, without telephone numbers, addresses and identity numbers"`
	Answer           string    `json:"answer,omitempty" doc:"2,000 characters at most, without these either"`
	AchievementOwner string    `json:"achievement_owner,omitempty" doc:"who has the achievement and may answer, as key:ID or account:ID and organisation:ID"`
	NeedOwner        string    `json:"need_owner,omitempty" doc:"the same of the need"`
	State            State     `json:"state" enum:"waiting,released,answered,hidden"`
	By               string    `json:"by" doc:"who asked, as key:ID or account:ID; not public"`
	Organisation     string    `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created          time.Time `json:"created"`
	Updated          time.Time `json:"updated"`
}

// QuestionType declares questions. Who has the posting answers, as may brokers; reviewers and admins release and hide.
var QuestionType = Type[Question]{
	Declared: Declared{
		Name: Questions, One: Words{"公开提问", "question"}, Many: Words{"公开提问", "Questions"},
		States: []Named{{string(Waiting), Words{"待答复", "Waiting"}}, {string(Released), Words{"已放行", "Released"}},
			{string(Replied), Words{"已答复", "Answered"}}, {string(Hidden), Words{"已隐藏", "Hidden"}}},
		Moves: map[State][]State{Waiting: {Replied, Released, Hidden}, Released: {Replied, Hidden}, Replied: {Replied, Hidden}, Hidden: {Released}},
		Fields: []Field{
			{Name: "achievement", Kind: corpus.Achievement, Fixed: true, Words: Words{"科技成果", "Achievement"}, Hint: Words{"问的是成果时，填它的编号。", "give the id of a published achievement"}},
			{Name: "need", Kind: corpus.Need, Fixed: true, Words: Words{"技术需求", "Need"}, Hint: Words{"问的是需求时，填它的编号。", "give the id of a published need"}},
			{Name: "text", Required: true, Fixed: true, Limit: 1_000, Lines: 3, Words: Words{"问题", "Question"}, Hint: Words{"1,000 字以内，大家都能看到；不要写电话、邮箱、微信号和身份证号。", "write 1,000 characters at most, without telephone numbers, addresses and identity numbers: everybody can read it"}},
			{Name: "answer", With: Replied, Required: true, Limit: 2_000, Lines: 4, Words: Words{"答复", "Answer"}, Hint: Words{"2,000 字以内，大家都能看到；不要写电话、邮箱、微信号和身份证号。", "write 2,000 characters at most, without telephone numbers, addresses and identity numbers: everybody can read it"}},
		},
		Most: 200,
	},
	Check: checkQuestion,
	Head:  func(q *Question) Head { return Head{&q.ID, &q.State, &q.By, &q.Organisation, &q.Created, &q.Updated} },
	Example: Question{ID: "019ac2f1b3e0q7Rk2ZpX", Achievement: "m3a7hq2f", Text: "中试用的是几吨的罐？", State: Waiting, By: "account:3f9a0c11d2e4",
		Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// Shown reports whether everybody may read the question, where the posting is public.
func (q Question) Shown() bool { return q.State == Released || q.State == Replied }

func checkQuestion(q *Question, was Question) (faults corpus.Faults) {
	if was.ID != "" && q.State == Hidden { // whatever rules it was written by
		return nil
	}
	if (q.Achievement == "") == (q.Need == "") {
		faults = append(faults, wrong("achievement", "of achievement and need just one is to be named")...)
	}
	if corpus.HoldsContact(q.Text) {
		faults = append(faults, wrong("text", "it holds a telephone number, an address or an identity number")...)
	}
	if corpus.HoldsContact(q.Answer) {
		faults = append(faults, wrong("answer", "it holds a telephone number, an address or an identity number")...)
	}
	return faults
}
