package market

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"duijie/corpus"
)

// Sheets is the record table of recommendation sheets (推荐单).
const Sheets = "sheets"

// States of a sheet.
const (
	Drafted State = "draft"    // it is put together
	Sent    State = "sent"     // the firm has it
	Opened  State = "opened"   // somebody followed its link and opened it
	Replied State = "answered" // the firm said what interests it; final
)

// A sheet has as many achievements as can be talked about in one visit.
const (
	LeastEntries = 3
	MostEntries  = 5
)

// A Sheet recommends achievements for a need, in order, with what the broker says of each. Its link holds a secret, of which
// only the hash is kept.
type Sheet struct {
	ID           string    `json:"id"`
	Need         string    `json:"need" doc:"id of the need"`
	Contact      string    `json:"contact,omitempty" doc:"of the broker, as it stands on the sheet: name and telephone; 100 characters at most"`
	Achievement1 string    `json:"achievement_1" doc:"id of the achievement that comes first"`
	Comment1     string    `json:"comment_1,omitempty" doc:"what the broker says of it; 500 characters at most"`
	Achievement2 string    `json:"achievement_2" doc:"the second"`
	Comment2     string    `json:"comment_2,omitempty"`
	Achievement3 string    `json:"achievement_3" doc:"the third"`
	Comment3     string    `json:"comment_3,omitempty"`
	Achievement4 string    `json:"achievement_4,omitempty" doc:"the fourth"`
	Comment4     string    `json:"comment_4,omitempty"`
	Achievement5 string    `json:"achievement_5,omitempty" doc:"the fifth"`
	Comment5     string    `json:"comment_5,omitempty"`
	Answer       string    `json:"answer,omitempty" enum:"interested,none" doc:"of answered sheets: whether something interests the firm"`
	Interest     string    `json:"interest,omitempty" doc:"which: 1、3; 100 characters at most"`
	Reason       string    `json:"reason,omitempty" doc:"why, or why nothing does; 500 characters at most"`
	Link         string    `json:"link,omitempty" doc:"SHA-256 of the link's secret, hex"`
	LinkUntil    time.Time `json:"link_until,omitzero" doc:"when the link ceases to work"`
	State        State     `json:"state" enum:"draft,sent,opened,answered,ended"`
	By           string    `json:"by" doc:"who put it together, as key:ID or account:ID"`
	Organisation string    `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time `json:"created"`
	Updated      time.Time `json:"updated"`
}

// SheetType declares recommendation sheets.
var SheetType = Type[Sheet]{
	Declared: Declared{
		Name: Sheets, One: Words{"推荐单", "sheet"}, Many: Words{"推荐单", "Sheets"},
		States: []Named{{string(Drafted), Words{"草稿", "Draft"}}, {string(Sent), Words{"已发送", "Sent"}}, {string(Opened), Words{"已打开", "Opened"}},
			{string(Replied), Words{"已答复", "Answered"}}, {string(Ended), Words{"已作废", "Ended"}}},
		Moves:  map[State][]State{Drafted: {Sent, Ended}, Sent: {Opened, Replied, Ended}, Opened: {Replied, Ended}},
		Fields: sheetFields(),
	},
	Check: checkSheet,
	Hide: func(s *Sheet, _ Scope) []string {
		s.Link = ""
		return nil
	},
	Head: func(s *Sheet) Head { return Head{&s.ID, &s.State, &s.By, &s.Organisation, &s.Created, &s.Updated} },
	Example: Sheet{ID: "019ac2f1b3e0q7Rk2ZpX", Need: "wxk4dzcq", Contact: "李经纪 0475-0000000", Achievement1: "m3a7hq2f", Comment1: "中试数据齐全，可先看现场。", Achievement2: "k2b8xw4d", Achievement3: "p9c1zr7e",
		State: Drafted, By: "account:3f9a0c11d2e4", Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// Entry returns the achievement in a place, 1 to MostEntries, and the comment on it.
func (s *Sheet) Entry(place int) (achievement, comment string) {
	return member(s, fmt.Sprint("achievement_", place)).String(), member(s, fmt.Sprint("comment_", place)).String()
}

func sheetFields() []Field {
	fields := []Field{
		{Name: "need", Kind: corpus.Need, Required: true, Fixed: true, Sole: func(text func(string) string) string { return text("link") }, Words: Words{"技术需求", "Need"}, Hint: Words{"填已发布的技术需求的编号。", "give the id of a published need"}},
		{Name: "contact", Limit: 100, Words: Words{"经纪人联系方式", "Broker's contact"}, Hint: Words{"写在推荐单上：姓名和电话，100 字以内。", "write name and telephone, 100 characters at most"}},
	}
	for n, words := range []Words{{"第一项", "First"}, {"第二项", "Second"}, {"第三项", "Third"}, {"第四项", "Fourth"}, {"第五项", "Fifth"}} {
		fields = append(fields,
			Field{Name: fmt.Sprint("achievement_", n+1), Kind: corpus.Achievement, Required: n < LeastEntries, Words: words, Hint: Words{"填已发布的科技成果的编号，各项不重复；3 到 5 项。", "give the ids of 3 to 5 published achievements, no two the same, without a gap"}},
			Field{Name: fmt.Sprint("comment_", n+1), Limit: 500, Lines: 2, Words: Words{words[0] + "说明", words[1] + ": comment"}, Hint: Words{"为什么推荐，500 字以内。", "write 500 characters at most"}})
	}
	return append(fields,
		Field{Name: "answer", With: Replied, Required: true, Words: Words{"答复", "Answer"}, Hint: Words{"企业怎么说。", "use interested or none"},
			Choices: []Named{{"interested", Words{"有感兴趣的", "Something interests us"}}, {"none", Words{"都不合适", "Nothing fits"}}}},
		Field{Name: "interest", With: Replied, Limit: 100, Words: Words{"对哪几项感兴趣", "Which"}, Hint: Words{"写序号：1、3。", "write the places: 1、3"}},
		Field{Name: "reason", With: Replied, Limit: 500, Lines: 2, Words: Words{"原因", "Reason"}, Hint: Words{"500 字以内。", "write 500 characters at most"}})
}

func checkSheet(s *Sheet, _ Sheet) (faults corpus.Faults) {
	if s.State == Sent && s.Link == "" {
		faults = append(faults, invalid("state", "make its link first, on its page or with POST /v1/sheets/{id}/send, which notes that it is sent", "a sheet is sent by its link, and it has none"))
	}
	seen := map[string]int{}
	gap := false
	for n := 1; n <= MostEntries; n++ {
		switch id, _ := s.Entry(n); {
		case id == "":
			gap = true
		case gap:
			faults = append(faults, invalid(fmt.Sprint("achievement_", n), "", "the place before it is empty"))
		case seen[id] > 0:
			faults = append(faults, invalid(fmt.Sprint("achievement_", n), "", "it stands in place %d already", seen[id]))
		default:
			seen[id] = n
		}
	}
	return faults
}

// Send returns the sheet as it is sent, and the secret of its link, 22 letters, digits, - and _, which is shown this once. The
// link of before ends. A sheet that is final, or was answered, has code Conflict.
func (s Sheet) Send(now time.Time) (sent Sheet, token string, err error) {
	if len(SheetType.Moves[s.State]) == 0 {
		e := corpus.Errorf(corpus.Conflict, "this sheet is %s, which is final", s.State)
		e.Fix = "make a new one"
		return s, "", e
	}
	secret := make([]byte, tokenBytes)
	rand.Read(secret) // never fails
	token = base64.RawURLEncoding.EncodeToString(secret)
	s.Link, s.LinkUntil, s.Updated = tokenHash(token), dayOf(now).AddDate(0, 0, linkDays).UTC(), now.UTC().Truncate(time.Second)
	if s.State == Drafted {
		s, err = SheetType.Move(s, Sent, now)
	}
	return s, token, err
}

// HasLink reports whether a token is the secret of the sheet's link.
func (s Sheet) HasLink(token string) bool { return s.Link != "" && s.Link == tokenHash(token) }

// SheetOf returns the sheet whose link holds a secret, with the version of its record; an error of code NotFound where there
// is none, or none any more.
func SheetOf(store *corpus.Store, token string, now time.Time) (s Sheet, version uint64, err error) {
	r, err := store.RecordByKey(Sheets, tokenHash(token))
	if err == nil {
		err = json.Unmarshal(r.Body, &s)
	}
	if err == nil && (!now.Before(s.LinkUntil) || s.State == Ended) {
		err = corpus.Errorf(corpus.NotFound, "this link works no more")
	}
	return s, r.Version, err
}
