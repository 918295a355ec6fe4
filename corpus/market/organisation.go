package market

import (
	"time"

	"duijie/corpus"
)

// Organisations is the record table of organisations.
const Organisations = "organisations"

// States of an organisation.
const (
	Applied   State = "applied"   // somebody says that there is one and that they may speak for it
	Verified  State = "verified"  // the operator has seen code and letter: its members share their records
	Refused   State = "refused"   // with a reason; its code is free again. Of rewards too
	Suspended State = "suspended" // its members have what they made themselves, until it is verified again
)

// MaxApplications is how many organisations one applicant may have: codes are public, and an application keeps its code from
// others until the operator has looked at it.
const MaxApplications = 10

// An Organisation is a firm, a university or institute, or an agency, whose members work in its name.
type Organisation struct {
	ID      string `json:"id"`
	Name    string `json:"name" doc:"in full"`
	Code    string `json:"code" doc:"unified social credit code (GB 32100-2015); no two organisations have the same"`
	Kind    string `json:"kind" enum:"firm,holder,agency" doc:"holder: a university or institute"`
	Region  string `json:"region,omitempty" doc:"GB/T 2260"`
	Contact string `json:"contact,omitempty" doc:"how to reach it; read by its members and by admins"`
	Letter  string `json:"letter,omitempty" doc:"letter of authority: its number, and where the paper is; nothing is verified without"`
	Reason  string `json:"reason,omitempty" doc:"why it was refused"`
	State   State  `json:"state" enum:"applied,verified,refused,suspended"`
	By      string `json:"by" doc:"who applied, as key:ID or account:ID"`
	// Organisation is its own id, so that its members own it.
	Organisation string    `json:"organisation,omitempty" doc:"its own id"`
	Created      time.Time `json:"created"`
	Updated      time.Time `json:"updated"`
}

// OrganisationType declares organisations: anybody applies for one, the operator verifies it, its code stands for one only.
var OrganisationType = Type[Organisation]{
	Declared: Declared{
		Name: Organisations, One: Words{"单位", "organisation"}, Many: Words{"单位", "Organisations"},
		States: []Named{{string(Applied), Words{"待核实", "Applied"}}, {string(Verified), Words{"已核实", "Verified"}},
			{string(Refused), Words{"未通过", "Refused"}}, {string(Suspended), Words{"已停用", "Suspended"}}},
		Moves: map[State][]State{Applied: {Verified, Refused}, Refused: {Applied}, Verified: {Suspended}, Suspended: {Verified}},
		Most:  MaxApplications,
		Fields: []Field{
			{Name: "name", Also: []string{"名称"}, Required: true, Limit: 200, Words: Words{"单位名称", "Name"}, Hint: Words{"与营业执照或法人证书上的一致，200 字以内。", "copy it from the licence, 200 characters at most"}},
			{Name: "code", Also: []string{"信用代码"}, Required: true, Sole: soleCode, Words: Words{"统一社会信用代码", "Credit code"},
				Hint:  Words{"18 位，末位是校验码；一个代码只对应一个单位。已有单位用了这个代码时，请该单位的负责人邀请您，或者联系平台。", "give the 18 characters of the unified social credit code; one code is one organisation"},
				Taken: "ask who leads it for an invitation, or ask the operator"},
			{Name: "kind", Required: true, Words: Words{"单位类别", "Kind"}, Hint: Words{"从三类里选一类。", "use firm, holder or agency"},
				Choices: []Named{{"firm", Words{"企业", "Firm"}}, {"holder", Words{"高校或科研院所", "University or institute"}}, {"agency", Words{"服务机构", "Agency"}}}},
			{Name: "region", Codes: corpus.Region, Words: Words{"所在地区", "Region"}, Hint: Words{"行政区划的代码或名称，比如 150502 或科尔沁区。", "give a code or a name of GB/T 2260"}},
			{Name: "contact", Limit: 200, Closed: true, Words: Words{"联系方式", "Contact"}, Hint: Words{"电话或邮箱，200 字以内，只有本单位的人和平台看得到。", "give a telephone number or an address, in 1 to 200 characters"}},
			{Name: "letter", Limit: 500, Lines: 2, Closed: true, Words: Words{"授权书", "Letter of authority"}, Hint: Words{"授权书的编号、原件存在哪里，500 字以内；没有授权书不能核实。", "give its number and where the paper is, in 1 to 500 characters; nothing is verified without"}},
			{Name: "reason", With: Refused, Required: true, Limit: 500, Lines: 2, Words: Words{"未通过的原因", "Reason"}, Hint: Words{"申请人看得到，500 字以内。", "say in 1 to 500 characters what is wrong"}},
		},
	},
	Check: checkOrganisation,
	Head: func(o *Organisation) Head {
		return Head{&o.ID, &o.State, &o.By, &o.Organisation, &o.Created, &o.Updated}
	},
	Example: Organisation{ID: "019ac2f1b3e0q7Rk2ZpX", Name: "通辽市某淀粉有限公司", Code: "91350100M000100Y43", Kind: "firm", Region: "150502", Contact: "0475-1234567", Letter: "授权书 2026-17，存科技局。", State: Applied,
		Organisation: "019ac2f1b3e0q7Rk2ZpX", By: "account:3f9a0c11d2e4", Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// soleCode keeps the code of all but those refused: who was refused must not keep others from applying.
func soleCode(text func(field string) string) string {
	if State(text("state")) == Refused {
		return ""
	}
	return text("code")
}

func checkOrganisation(o *Organisation, _ Organisation) (wrong corpus.Faults) {
	o.Organisation = o.ID
	code, err := corpus.ParseOrgCode(o.Code)
	if o.Code = code; err != nil {
		wrong = append(wrong, invalid("code", "", "%q is no credit code", code))
	}
	region, err := corpus.ParseRegion(o.Region)
	if err != nil {
		wrong = append(wrong, invalid("region", "", "%q is not known", o.Region))
	}
	if o.Region = region; o.State == Verified && o.Letter == "" {
		wrong = append(wrong, invalid("letter", "", "a verified organisation has one"))
	}
	if o.State == Applied {
		o.Reason = ""
	}
	return wrong
}

// OrganisationOf returns an organisation; an error of code NotFound where there is none.
func OrganisationOf(store *corpus.Store, id string) (o Organisation, err error) {
	err = readRecord(store, Organisations, id, &o)
	return o, err
}
