package market

import (
	"strings"
	"time"

	"duijie/corpus"
)

// Leads is the record table of leads.
const Leads = "leads"

// States of a lead.
const (
	New        State = "new"        // somebody is interested
	Talking    State = "talking"    // both sides know of each other
	Agreed     State = "agreed"     // they want a contract
	Contracted State = "contracted" // it is signed; final
	Declined   State = "declined"   // with a reason; final
)

// A DeclineReason is why a lead came to nothing: one of the eight that people in this trade name.
type DeclineReason string

const (
	TooEarly        DeclineReason = "too_early"
	BenefitUnclear  DeclineReason = "benefit_unclear"
	RouteUnclear    DeclineReason = "route_unclear"
	TextUnclear     DeclineReason = "text_unclear"
	ScientificDoubt DeclineReason = "scientific_doubt"
	NotOurStrategy  DeclineReason = "not_our_strategy"
	AlreadySolved   DeclineReason = "already_solved"
	PriceOrTerms    DeclineReason = "price_or_terms"
)

// DeclineReasons lists all reasons in the order in which they are offered.
var DeclineReasons = []DeclineReason{TooEarly, BenefitUnclear, RouteUnclear, TextUnclear, ScientificDoubt, NotOurStrategy, AlreadySolved, PriceOrTerms}

// An Ask is what is to be done with a lead beside bringing its two sides together.
type Ask string

// BrokerAsk hands a need to a broker, who looks for an answer (交给经纪人).
const BrokerAsk Ask = "broker"

// answerDays is within how many working days an answer to who asks for a broker is promised.
const answerDays = 3

// A Lead says "I am interested": somebody sees in an achievement what a need asks for, or hands a need to a broker.
type Lead struct {
	ID          string      `json:"id"`
	Need        string      `json:"need" doc:"id of the need; of a visitor's lead one of both will do"`
	Achievement string      `json:"achievement" doc:"id of the achievement; none where a broker is asked for"`
	Message     string      `json:"message,omitempty" doc:"2,000 characters at most"`
	Name        string      `json:"name,omitempty" doc:"of who is interested"`
	Contact     string      `json:"contact,omitempty" doc:"how to reach them; read by who opened the lead, by members of their organisation and by who sees all leads, not by a county"`
	Ask         Ask         `json:"ask,omitempty" enum:"broker" doc:"broker: a broker is to look for an answer to the need"`
	Due         corpus.Date `json:"due,omitempty" doc:"of one given to a broker: until when an answer is promised, 3 working days. A lead that is new after that day is overdue"`
	Handed      corpus.Date `json:"handed,omitempty" doc:"when it went to a broker because nobody had answered for 5 working days; then due says until when the broker is to"`
	Answered    time.Time   `json:"answered,omitzero" doc:"when another than its maker first answered: wrote in the thread, or moved it on"`
	// Who has the postings, as Owner writes it; kept level with them while the lead is open.
	AchievementOwner string        `json:"achievement_owner,omitempty" doc:"who has the achievement and takes part in the lead, as key:ID or account:ID and organisation:ID"`
	NeedOwner        string        `json:"need_owner,omitempty" doc:"the same of the need"`
	Open             string        `json:"open,omitempty" doc:"sides that open their contacts to the others: asker, achievement, need, with blanks between"`
	State            State         `json:"state" enum:"new,talking,agreed,contracted,declined"`
	Reason           DeclineReason `json:"reason,omitempty" enum:"too_early,benefit_unclear,route_unclear,text_unclear,scientific_doubt,not_our_strategy,already_solved,price_or_terms" doc:"of declined leads"`
	By               string        `json:"by" doc:"who opened it, as key:ID, or site:ID for a visitor of that site"`
	Organisation     string        `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Asker            Asker         `json:"asker,omitzero" doc:"who opened it, by name"`
	Created          time.Time     `json:"created"`
	Updated          time.Time     `json:"updated"`
}

// LeadType declares leads. The operator and brokers move them; who opened one may decline it.
var LeadType = Type[Lead]{
	Declared: Declared{
		Name: Leads, One: Words{"对接意向", "lead"}, Many: Words{"对接意向", "Leads"},
		States: []Named{{string(New), Words{"新意向", "New"}}, {string(Talking), Words{"洽谈中", "Talking"}}, {string(Agreed), Words{"达成意向", "Agreed"}},
			{string(Contracted), Words{"已签合同", "Contracted"}}, {string(Declined), Words{"已谢绝", "Declined"}}},
		Moves: map[State][]State{New: {Talking, Declined}, Talking: {Agreed, Declined}, Agreed: {Contracted, Declined}},
		Fields: []Field{
			{Name: "need", Kind: corpus.Need, Fixed: true, Words: Words{"技术需求", "Need"}, Hint: Words{"填已发布的技术需求的编号。", "give the id of a published need"}},
			{Name: "achievement", Kind: corpus.Achievement, Fixed: true, Words: Words{"科技成果", "Achievement"}, Hint: Words{"填已发布的科技成果的编号。", "give the id of a published achievement"}},
			{Name: "message", Limit: 2_000, Lines: 4, Fixed: true, Words: Words{"留言", "Message"}, Hint: Words{"想了解什么、怎样联系，2,000 字以内。", "write 2,000 characters at most"}},
			{Name: "name", Limit: 100, Fixed: true, Words: Words{"姓名或单位", "Name"}, Hint: Words{"谁感兴趣，100 字以内。", "say who is interested, in 1 to 100 characters"}},
			{Name: "contact", Limit: 200, Fixed: true, Closed: true, Words: Words{"联系方式", "Contact"}, Hint: Words{"电话、邮箱或微信号，200 字以内，不公开。", "give a telephone number or an address, in 1 to 200 characters"}},
			{Name: "ask", Fixed: true, Sole: brokered, Words: Words{"办理方式", "Handling"}, Hint: Words{"交给经纪人时可以不写科技成果，3 个工作日内答复。", "a broker needs no achievement, and an answer is promised within 3 working days"},
				Choices: []Named{{string(BrokerAsk), Words{"交给经纪人", "Give it to a broker"}}}},
			{Name: "reason", With: Declined, Required: true, Words: Words{"谢绝的原因", "Reason"}, Hint: Words{"从八个原因里选一个，对方看得到。", "give one of " + list(DeclineReasons)},
				Choices: []Named{{string(TooEarly), Words{"技术过早", "The technology is too early"}}, {string(BenefitUnclear), Words{"相对现有方案的好处不明", "The benefit over what exists is unclear"}},
					{string(RouteUnclear), Words{"商业路径不明", "The way to market is unclear"}}, {string(TextUnclear), Words{"描述不清", "The description is unclear"}},
					{string(ScientificDoubt), Words{"科学上存疑", "The science is in doubt"}}, {string(NotOurStrategy), Words{"不符合战略", "It does not fit the strategy"}},
					{string(AlreadySolved), Words{"已经解决", "It is solved already"}}, {string(PriceOrTerms), Words{"价格或条件不合", "Price or terms do not suit"}}}},
		},
		Derived: []Field{{Name: "due", Words: Words{"承诺答复日期", "Answer promised by"}}, {Name: "asker", Words: Words{"提出者", "Asked by"}}},
		Due:     "due",
	},
	Check: checkLead,
	Head:  func(l *Lead) Head { return Head{&l.ID, &l.State, &l.By, &l.Organisation, &l.Created, &l.Updated} },
	Example: Lead{ID: "019ac2f1b3e0q7Rk2ZpX", Need: "wxk4dzcq", Achievement: "m3a7hq2f", Message: "想了解中试数据。", State: New, By: "key:3f9a0c11d2e4b586",
		Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// brokered lets nobody give a need to a broker twice while the first lead is open, nor two of one organisation. Visitors of a portal's page are many under
// one name.
func brokered(text func(field string) string) string {
	state, by := State(text("state")), text("by")
	if Ask(text("ask")) != BrokerAsk || state == Contracted || state == Declined || strings.HasPrefix(by, "site:") {
		return ""
	}
	if of := text("organisation"); of != "" {
		by = of
	}
	return BrokerKey(text("need"), by)
}

// BrokerKey is the key of the open lead by which somebody, or an organisation with this id, gave a need to a broker.
func BrokerKey(need, by string) string { return string(BrokerAsk) + " / " + by + " / " + need }

// checkLead demands both sides of a lead, or the need alone of who asks for a broker. A visitor of a portal's page, whom
// nobody knows, may have looked at one of them only, and says how to be reached.
func checkLead(l *Lead, _ Lead) (wrong corpus.Faults) {
	need := func(name, value string) {
		if value == "" {
			wrong = append(wrong, invalid(name, "", "it is missing"))
		}
	}
	if l.Ask == BrokerAsk && l.Due == "" {
		l.Due = workday(l.Created, answerDays)
	}
	if strings.HasPrefix(l.By, "site:") {
		need("achievement", l.Need+l.Achievement)
		need("name", l.Name)
		need("contact", l.Contact)
		return wrong
	}
	need("need", l.Need)
	if l.Ask != BrokerAsk {
		need("achievement", l.Achievement)
	}
	return wrong
}
