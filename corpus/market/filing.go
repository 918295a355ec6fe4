package market

import (
	"strings"
	"time"

	"duijie/corpus"
)

// Filings is the record table of needs that brokers file for firms.
const Filings = "filings"

// Filed is the state of a filing whose need is a draft, or was published. Others are Ended: the firm takes it back.
const Filed State = "filed"

// FilingSource is the source of needs that were filed; their source id is that of the filing.
const FilingSource = "filing"

// A Filing is a need that a broker writes down for a firm, with who of the firm agreed to it. The need itself is a draft, which
// the operator publishes; until then it follows the filing.
type Filing struct {
	ID           string      `json:"id"`
	Title        string      `json:"title" doc:"of the need"`
	Text         string      `json:"text" doc:"the problem to solve; 5,000 characters at most"`
	Indicators   string      `json:"indicators,omitempty" doc:"one figure a line: 浸泡时间 ≤ 24 h"`
	Firm         string      `json:"firm" doc:"whose need it is"`
	Contact      string      `json:"contact,omitempty" doc:"of the firm; confidential"`
	Budget       string      `json:"budget,omitempty" doc:"as written: 80万元"`
	Region       string      `json:"region,omitempty" doc:"GB/T 2260"`
	Field        string      `json:"field,omitempty" doc:"codes of GB/T 4754-2017 with 、 between"`
	ValidUntil   corpus.Date `json:"valid_until,omitempty"`
	ConsentBy    string      `json:"consent_by" doc:"who of the firm agreed that it is filed"`
	ConsentHow   string      `json:"consent_how" enum:"paper,message,call,talk" doc:"how they did"`
	ConsentOn    corpus.Date `json:"consent_on,omitempty" doc:"when; default: the day of the filing"`
	Need         string      `json:"need" doc:"id of the need"`
	State        State       `json:"state" enum:"filed,ended"`
	By           string      `json:"by" doc:"the broker, as key:ID or account:ID"`
	Organisation string      `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time   `json:"created"`
	Updated      time.Time   `json:"updated"`
}

// FilingType declares filings, which only who made them and admins see and change.
var FilingType = Type[Filing]{
	Declared: Declared{
		Name: Filings, One: Words{"代报需求", "filing"}, Many: Words{"代报需求", "Filings"},
		States: []Named{{string(Filed), Words{"已代报", "Filed"}}, {string(Ended), Words{"企业已收回", "Taken back"}}},
		Moves:  map[State][]State{Filed: {Ended}},
		Fields: []Field{
			{Name: "title", Required: true, Limit: 200, Words: Words{"需求名称", "Title"}, Hint: Words{"一句话写清要解决什么，200 字以内。", "say in 1 to 200 characters what is to be solved"}},
			{Name: "text", Required: true, Limit: 5_000, Lines: 6, Words: Words{"需求内容", "Problem"}, Hint: Words{"现状、难题和要求，5,000 字以内。", "describe the problem in 1 to 5,000 characters"}},
			{Name: "indicators", Limit: 1_000, Lines: 3, Words: Words{"指标", "Figures"}, Hint: Words{"一行写一个：浸泡时间 ≤ 24 h。", "write one figure a line"}},
			{Name: "firm", Required: true, Limit: 200, Words: Words{"企业", "Firm"}, Hint: Words{"企业全称。", "name the firm, in 1 to 200 characters"}},
			{Name: "contact", Limit: 200, Words: Words{"企业联系方式", "Contact"}, Hint: Words{"姓名和电话，不公开。", "write 200 characters at most; it is confidential"}},
			{Name: "consent_by", Required: true, Limit: 100, Words: Words{"谁同意代报", "Consent of"}, Hint: Words{"企业里同意代报的人。", "name who of the firm agreed"}},
			{Name: "consent_how", Required: true, Words: Words{"怎样同意", "Consent by"}, Hint: Words{"从四种里选一种。", "use paper, message, call or talk"},
				Choices: []Named{{"paper", Words{"书面", "Paper"}}, {"message", Words{"短信或微信", "Message"}}, {"call", Words{"电话", "Call"}}, {"talk", Words{"当面", "In person"}}}},
			{Name: "consent_on", Day: true, Words: Words{"同意日期", "Consent on"}, Hint: Words{"不填是今天。", "give a day: 2026-11-23"}},
			{Name: "budget", Words: Words{"预算", "Budget"}, Hint: Words{"带单位：80万元；或者面议。", "write an amount with its unit: 80万元"}},
			{Name: "region", Codes: corpus.Region, Words: Words{"地区", "Region"}, Hint: Words{"行政区划的代码或名称。", "give a code or a name of GB/T 2260"}},
			{Name: "field", Limit: 200, Words: Words{"行业", "Field"}, Hint: Words{"GB/T 4754-2017 的代码或名称。", "use codes or names of GB/T 4754-2017"}},
			{Name: "valid_until", Day: true, Words: Words{"有效期至", "Valid until"}, Hint: Words{"写到日：2027-06-30。", "give a day: 2027-06-30"}},
		},
		Derived: []Field{{Name: "need", Kind: corpus.Need, Words: Words{"技术需求", "Need"}}},
	},
	Check: checkFiling,
	Head:  func(f *Filing) Head { return Head{&f.ID, &f.State, &f.By, &f.Organisation, &f.Created, &f.Updated} },
	Example: Filing{ID: "019ac2f1b3e0q7Rk2ZpX", Title: "缩短玉米浸泡周期", Text: "浸泡48小时，罐容已是瓶颈。", Firm: "某淀粉厂", ConsentBy: "王厂长", ConsentHow: "talk", ConsentOn: "2026-11-23",
		Budget: "80万元", Region: "150502", Field: "1391", Need: "filing~019ac2f1b3e0q7Rk2ZpX", State: Filed, By: "account:3f9a0c11d2e4",
		Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

func checkFiling(f *Filing, was Filing) (faults corpus.Faults) {
	refuse := func(field string, value any) { faults = append(faults, invalid(field, "", "%q is not known", value)) }
	f.Need = corpus.MakeID(FilingSource, f.ID)
	if f.ConsentOn == "" {
		f.ConsentOn = corpus.DayOf(f.Created)
	}
	for _, d := range []struct {
		field string
		day   *corpus.Date
	}{{"consent_on", &f.ConsentOn}, {"valid_until", &f.ValidUntil}} {
		day, err := corpus.ParseDate(string(*d.day))
		if err != nil {
			refuse(d.field, *d.day)
		}
		*d.day = day
	}
	if f.ConsentOn != was.ConsentOn && f.ConsentOn > corpus.DayOf(f.Updated) {
		faults = append(faults, invalid("consent_on", "", "%s is yet to come", f.ConsentOn))
	}
	if _, err := corpus.ParseMoney(f.Budget, ""); err != nil {
		refuse("budget", f.Budget)
	}
	region, err := corpus.ParseRegion(f.Region)
	if err != nil {
		refuse("region", f.Region)
	}
	f.Region = region
	codes, unknown := corpus.ParseField(f.Field)
	if len(unknown) > 0 {
		refuse("field", unknown[0])
	}
	f.Field = strings.Join(codes, codeSeparator)
	return faults
}

// consentHeader is under which column of a need the consent stands, which is confidential as all unknown columns are.
const consentHeader = "代报同意"

// Put returns the need as the filing says it. Of old, the draft as it is stored, all stays that the filing says nothing of; the
// zero document where there is none yet.
func (f Filing) Put(old corpus.Doc) corpus.Doc {
	d := old
	d.Kind, d.Source, d.SourceID, d.Status = corpus.Need, FilingSource, f.ID, corpus.Draft
	if f.State == Ended {
		d.Status = corpus.Withdrawn
	}
	d.Title, d.Text, d.Org, d.Contact, d.Region, d.ValidUntil = f.Title, f.Text, f.Firm, f.Contact, f.Region, f.ValidUntil
	d.Field, d.Indicators, d.Budget = codesIn(f.Field), nil, nil
	for line := range strings.Lines(f.Indicators) {
		if line = strings.TrimSpace(line); line != "" {
			d.Indicators = append(d.Indicators, line)
		}
	}
	if f.Budget != "" {
		d.Budget, _ = corpus.ParseMoney(f.Budget, "") // checkFiling has read it
	}
	how := ""
	for _, c := range FilingType.FieldOf("consent_how").Choices {
		if c.Value == f.ConsentHow {
			how = c.Words[0]
		}
	}
	d.Extra = map[string]string{}
	for name, text := range old.Extra {
		d.Extra[name] = text
	}
	d.Extra[consentHeader] = strings.Join([]string{f.ConsentBy, string(f.ConsentOn), how}, "，")
	return d
}
