package market

import (
	"strings"
	"time"

	"duijie/corpus"
)

// Submissions is the record table of postings that firms and holders send in to be published.
const Submissions = "submissions"

// States of a submission beside Drafted and Returned. What is in one of the three reviews nobody changes: who edits it takes it
// back. A posting on show stays as it is while its submission is edited and reviewed again.
const (
	FirstReview  State = "first"
	SecondReview State = "second"
	ThirdReview  State = "third"
	Online       State = "published" // its text is on show
	TakenDown    State = "withdrawn" // its posting, where there is one, is on show no more
)

// SubmissionSource is the source of postings that were sent in; their source id is that of the submission.
const SubmissionSource = "submission"

// A Submission is a posting as its owner writes it.
type Submission struct {
	ID           string      `json:"id"`
	Kind         corpus.Kind `json:"kind" enum:"need,achievement,expert,project" doc:"of the posting"`
	Title        string      `json:"title"`
	Text         string      `json:"text" doc:"of a need the problem to solve; 5,000 characters at most"`
	Org          string      `json:"org" doc:"whose it is"`
	Contact      string      `json:"contact" doc:"confidential"`
	Field        string      `json:"field,omitempty" doc:"codes of GB/T 4754-2017 with 、 between"`
	Region       string      `json:"region,omitempty" doc:"GB/T 2260"`
	Keywords     string      `json:"keywords,omitempty" doc:"with 、 between"`
	People       string      `json:"people,omitempty" doc:"with 、 between"`
	Indicators   string      `json:"indicators,omitempty" doc:"one figure a line: 浸泡时间 ≤ 24 h"`
	Stage        string      `json:"stage,omitempty" enum:"lab,pilot,applied" doc:"of a need the earliest that will do"`
	Cooperation  string      `json:"cooperation,omitempty" doc:"forms of cooperation with 、 between"`
	Price        string      `json:"price,omitempty" doc:"as written: 80万元; of a need the budget"`
	IP           string      `json:"ip,omitempty" doc:"one right a line: 发明专利:ZL202010123456.7:有效"`
	ValidUntil   string      `json:"valid_until,omitempty"`
	Cleared      string      `json:"cleared,omitempty" enum:"yes" doc:"its owner declared, when it was sent in last, that it holds no state secret and nothing else that must not be public"`
	ReturnedFor  string      `json:"returned_for,omitempty" doc:"why it was returned last"`
	WithdrawnFor string      `json:"withdrawn_for,omitempty" doc:"why it was taken down last"`
	Document     string      `json:"document" doc:"id of the posting, there when it was first published"`
	Published    corpus.Date `json:"published,omitempty" doc:"when the text that is on show was published"`
	Findings     string      `json:"findings,omitempty" doc:"what a scan finds that should not be public, masked; numbers and addresses of people keep it from being sent in"`
	Sent         time.Time   `json:"sent,omitzero" doc:"when it was sent in last"`
	Passed       []string    `json:"passed,omitempty" doc:"who passed it in this round, as key:ID or account:ID, in order"`
	State        State       `json:"state" enum:"draft,first,second,third,published,returned,withdrawn"`
	By           string      `json:"by" doc:"its owner, as key:ID or account:ID"`
	Organisation string      `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time   `json:"created"`
	Updated      time.Time   `json:"updated"`
}

var submissionFields = []Field{
	{Name: "title", Required: true, Limit: 200, Words: Words{"名称", "Title"}, Hint: Words{"一句话写清是什么成果，或者要解决什么，200 字以内。", "say in 1 to 200 characters what it is, or what is to be solved"}},
	{Name: "kind", Required: true, Fixed: true, Words: Words{"类别", "Kind"}, Hint: Words{"存下以后不能改。", "use need, achievement, expert or project; it can't change"},
		Choices: []Named{{string(corpus.Need), Words{"技术需求", "Need"}}, {string(corpus.Achievement), Words{"科技成果", "Achievement"}}, {string(corpus.Expert), Words{"专家", "Expert"}}, {string(corpus.Project), Words{"科技项目", "Project"}}}},
	{Name: "text", Required: true, Limit: 5_000, Lines: 8, Words: Words{"内容", "Text"}, Hint: Words{"需求写现状、难题和要求，成果写原理、效果和用处，5,000 字以内。不要写姓名电话。", "describe it in 1 to 5,000 characters, without telephone numbers"}},
	{Name: "org", Required: true, Limit: 200, Words: Words{"单位", "Organisation"}, Hint: Words{"单位全称。", "name the organisation, in 1 to 200 characters"}},
	{Name: "contact", Required: true, Limit: 200, Words: Words{"联系方式", "Contact"}, Hint: Words{"姓名和电话，不公开。", "give a name and a telephone number; it is confidential"}},
	{Name: "field", Limit: 200, Words: Words{"行业", "Field"}, Hint: Words{"GB/T 4754-2017 的代码或名称。", "use codes or names of GB/T 4754-2017"}},
	{Name: "region", Codes: corpus.Region, Words: Words{"地区", "Region"}, Hint: Words{"行政区划的代码或名称。", "give a code or a name of GB/T 2260"}},
	{Name: "keywords", Limit: 200, Words: Words{"关键词", "Key words"}, Hint: Words{"用顿号隔开。", "write 200 characters at most, with 、 between"}},
	{Name: "people", Limit: 200, Words: Words{"人员", "People"}, Hint: Words{"完成人或专家的姓名，公开；用顿号隔开。", "name people with 、 between; they are public"}},
	{Name: "indicators", Limit: 1_000, Lines: 3, Words: Words{"指标", "Figures"}, Hint: Words{"一行写一个：浸泡时间 ≤ 24 h。", "write one figure a line"}},
	{Name: "stage", Words: Words{"所处阶段", "Stage"}, Hint: Words{"需求选能接受的最早阶段。", "use lab, pilot or applied"},
		Choices: []Named{{string(corpus.Lab), Words{"初期", "Laboratory"}}, {string(corpus.Pilot), Words{"中期", "Pilot"}}, {string(corpus.Applied), Words{"成熟应用", "Applied"}}}},
	{Name: "cooperation", Limit: 100, Words: Words{"合作方式", "Cooperation"}, Hint: Words{"技术开发、技术转让、技术许可、技术咨询、技术服务、作价入股，用顿号隔开。", "use development, transfer, license, consulting, service or equity, with 、 between"}},
	{Name: "price", Words: Words{"价格或预算", "Price or budget"}, Hint: Words{"带单位：80万元；或者面议。", "write an amount with its unit: 80万元"}},
	{Name: "ip", Limit: 1_000, Lines: 3, Words: Words{"知识产权", "Intellectual property"}, Hint: Words{"一行写一项：发明专利:ZL202010123456.7:有效。", "write one right a line: kind, number and state with colons between"}},
	{Name: "valid_until", Day: true, Words: Words{"有效期至", "Valid until"}, Hint: Words{"写到日：2027-06-30。", "give a day: 2027-06-30"}},
	{Name: "cleared", With: FirstReview, Required: true, Words: Words{"保密声明", "Declaration"}, Hint: Words{"每次送审都要声明；含国家秘密和不得公开内容的，不能送审。", "declare yes each time it is sent in"},
		Choices: []Named{{"yes", Words{"不含国家秘密和不得公开的内容", "It holds no state secret and nothing that must not be public"}}}},
	{Name: "returned_for", With: Returned, Required: true, Limit: 500, Lines: 2, Words: Words{"退回原因", "Returned because"}, Hint: Words{"送审人看得到，500 字以内。", "say in 1 to 500 characters why"}},
	{Name: "withdrawn_for", With: TakenDown, Required: true, Limit: 500, Lines: 2, Words: Words{"下架原因", "Taken down because"}, Hint: Words{"双方都看得到，500 字以内。", "say in 1 to 500 characters why"}},
}

// SubmissionType declares submissions, which only who made them, their organisations, reviewers and admins see.
var SubmissionType = Type[Submission]{
	Declared: Declared{
		Name: Submissions, One: Words{"送审稿", "submission"}, Many: Words{"送审稿", "Submissions"},
		States: []Named{{string(Drafted), Words{"草稿", "Draft"}}, {string(FirstReview), Words{"待初审", "First review"}}, {string(SecondReview), Words{"待复审", "Second review"}},
			{string(ThirdReview), Words{"待终审", "Third review"}}, {string(Online), Words{"已发布", "Published"}}, {string(Returned), Words{"已退回", "Returned"}}, {string(TakenDown), Words{"已下架", "Withdrawn"}}},
		Moves: map[State][]State{Drafted: {FirstReview, TakenDown}, FirstReview: {SecondReview, Online, Returned, Drafted, TakenDown}, SecondReview: {ThirdReview, Online, Returned, Drafted, TakenDown},
			ThirdReview: {Online, Returned, Drafted, TakenDown}, Online: {Drafted, TakenDown}, Returned: {FirstReview, Drafted, TakenDown}, TakenDown: {Drafted}},
		Fields:  submissionFields,
		Most:    500,
		Derived: []Field{{Name: "published", Words: Words{"上线日期", "On show since"}}, {Name: "findings", Words: Words{"扫描提醒", "Scan"}}},
	},
	Check: checkSubmission,
	Head:  func(s *Submission) Head { return Head{&s.ID, &s.State, &s.By, &s.Organisation, &s.Created, &s.Updated} },
	Example: Submission{ID: "019ac2f1b3e0q7Rk2ZpX", Kind: corpus.Need, Title: "缩短玉米浸泡周期", Text: "浸泡48小时，罐容已是瓶颈。", Org: "某淀粉厂", Contact: "王厂长 13800000000", Price: "80万元", Region: "150502", Field: "1391",
		Document: "submission~019ac2f1b3e0q7Rk2ZpX", State: Drafted, By: "account:3f9a0c11d2e4", Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

func checkSubmission(s *Submission, was Submission) (faults corpus.Faults) {
	if s.State != was.State && (s.State == TakenDown || s.State == Returned) && !s.differs(was) { // whatever rules it was written by
		if s.State == TakenDown {
			s.Published = ""
		}
		return nil
	}
	d, faults := s.read()
	if len(faults) > 0 {
		return faults
	}
	s.Document, s.Region, s.Field = corpus.MakeID(SubmissionSource, s.ID), d.Region, strings.Join(d.Field, codeSeparator)
	found := s.scan()
	said := make([]string, len(found))
	for i, f := range found {
		said[i] = f.String()
	}
	s.Findings = strings.Join(said, "；")
	if was.ID != "" && s.State == was.State && s.State != Drafted && s.State != Returned && s.differs(was) {
		s.State = Drafted // who edits it takes it back
	}
	if s.State == was.State {
		return nil
	}
	switch s.State {
	case FirstReview:
		for _, f := range found {
			if f.Sort.Personal() {
				faults = append(faults, f.fault())
			}
		}
		s.Sent, s.Passed = s.Updated, nil
	case Online:
		s.Published, s.ReturnedFor, s.WithdrawnFor = corpus.DayOf(s.Updated), "", ""
	}
	return faults
}
