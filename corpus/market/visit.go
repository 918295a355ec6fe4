package market

import (
	"time"

	"duijie/corpus"
)

// Visits is the record table of visits.
const Visits = "visits"

// States of a visit.
const (
	ToDo State = "todo" // its next step is to be done
	Done State = "done" // nothing is, or no more
)

// A Visit is what a broker notes of a visit, a call or a meeting, with what is to be done next.
type Visit struct {
	ID           string      `json:"id"`
	Firm         string      `json:"firm" doc:"who was spoken with"`
	How          string      `json:"how" enum:"call,visit,online"`
	Date         corpus.Date `json:"date,omitempty" doc:"default: the day on which it is noted"`
	Note         string      `json:"note,omitempty" doc:"2,000 characters at most"`
	Next         string      `json:"next,omitempty" doc:"what is to be done next: a task of who noted it"`
	Due          corpus.Date `json:"due,omitempty" doc:"the day of the next step; default: the next working day"`
	Need         string      `json:"need,omitempty" doc:"id of the need that it was about"`
	Lead         string      `json:"lead,omitempty" doc:"id of the lead that it was about"`
	State        State       `json:"state" enum:"todo,done" doc:"of the next step; done where there is none"`
	By           string      `json:"by" doc:"who noted it, as key:ID or account:ID"`
	Organisation string      `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time   `json:"created"`
	Updated      time.Time   `json:"updated"`
}

// VisitType declares visits. Their next steps are the tasks of who noted them.
var VisitType = Type[Visit]{
	Declared: Declared{
		Name: Visits, One: Words{"走访记录", "visit"}, Many: Words{"走访记录", "Visits"},
		States: []Named{{string(ToDo), Words{"待办", "To do"}}, {string(Done), Words{"已办", "Done"}}},
		Moves:  map[State][]State{ToDo: {Done}, Done: {ToDo}},
		Fields: []Field{
			{Name: "firm", Required: true, Limit: 200, Words: Words{"单位", "Firm"}, Hint: Words{"走访了谁，200 字以内。", "say who was spoken with, in 1 to 200 characters"}},
			{Name: "how", Required: true, Words: Words{"方式", "How"}, Hint: Words{"从三种里选一种。", "use call, visit or online"},
				Choices: []Named{{"call", Words{"电话", "Call"}}, {"visit", Words{"上门", "Visit"}}, {"online", Words{"线上", "Online"}}}},
			{Name: "note", Limit: 2_000, Lines: 4, Words: Words{"谈了什么", "Note"}, Hint: Words{"2,000 字以内。", "write 2,000 characters at most"}},
			{Name: "next", Limit: 200, Words: Words{"下一步", "Next step"}, Hint: Words{"要做的事，会进入待办；没有就空着。", "say what is to be done, in 200 characters at most"}},
			{Name: "due", Day: true, Words: Words{"下一步的日期", "Day of the next step"}, Hint: Words{"不填是下一个工作日。", "give a day: 2026-11-24"}},
			{Name: "date", Day: true, Words: Words{"走访日期", "Date"}, Hint: Words{"不填是今天。", "give a day: 2026-11-23"}},
			{Name: "need", Kind: corpus.Need, Words: Words{"技术需求", "Need"}, Hint: Words{"有关的技术需求的编号，没有就空着。", "give the id of a published need"}},
			{Name: "lead", Record: Leads, Words: Words{"对接意向", "Lead"}, Hint: Words{"有关的对接意向的编号，没有就空着。", "give the id of a lead that you may see"}},
		},
		Due: "due",
	},
	Check: checkVisit,
	Head:  func(v *Visit) Head { return Head{&v.ID, &v.State, &v.By, &v.Organisation, &v.Created, &v.Updated} },
	Example: Visit{ID: "019ac2f1b3e0q7Rk2ZpX", Firm: "某淀粉厂", How: "visit", Date: "2026-11-23", Note: "浸泡罐已满负荷，想看中试数据。", Next: "寄推荐单", Due: "2026-11-24", Need: "wxk4dzcq",
		State: ToDo, By: "account:3f9a0c11d2e4", Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// checkVisit reads the days and says whether something is to be done.
func checkVisit(v *Visit, was Visit) (wrong corpus.Faults) {
	if v.Date == "" {
		v.Date = corpus.DayOf(v.Created)
	}
	if v.Due == "" && v.Next != "" {
		v.Due = workday(v.Updated, 1)
	}
	for _, f := range []struct {
		name string
		day  *corpus.Date
	}{{"date", &v.Date}, {"due", &v.Due}} {
		day, err := corpus.ParseDate(string(*f.day))
		if err != nil || day != "" && len(day) != len(time.DateOnly) {
			wrong = append(wrong, invalid(f.name, "", "%q is no day", *f.day))
		}
		*f.day = day
	}
	switch {
	case v.Next == "":
		v.Due, v.State = "", Done
	case was.Next == "":
		v.State = ToDo // of one that was noted before there was a step
	}
	return wrong
}
