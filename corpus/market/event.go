package market

// Sorts of events that people are told of.
const (
	MatchCreated   = "match.created"
	LeadCreated    = "lead.created"
	LeadMoved      = "lead.moved"
	LeadOverdue    = "lead.overdue"
	PostingConfirm = "posting.confirm"
	RecordReturned = "record.returned"

	SubmissionWaiting = "submission.waiting"
	SubmissionMoved   = "submission.moved"
	PostingAsked      = "posting.asked"
)

// EventSorts is every sort of event that people are told of, in the order in which they choose. A new one needs a text in
// each language beside this row: api/events.txt.
var EventSorts = []Named{
	{MatchCreated, Words{"订阅有新的匹配", "Something new fits a subscription"}},
	{LeadCreated, Words{"有新的对接意向", "A lead was opened"}},
	{LeadMoved, Words{"对接意向有进展", "A lead moved on"}},
	{LeadOverdue, Words{"交给经纪人的意向超期未答", "A lead given to a broker is overdue"}},
	{PostingConfirm, Words{"请确认发布的信息是否仍有效", "A posting is to be confirmed"}},
	{RecordReturned, Words{"填报的内容被退回修改", "What was reported came back to be corrected"}},
	{SubmissionWaiting, Words{"有送审稿等待审核", "A submission waits for review"}},
	{SubmissionMoved, Words{"送审稿已发布或下架", "A submission was published or taken down"}},
	{PostingAsked, Words{"有人对您发布的信息有意向", "Somebody is interested in a posting of yours"}},
}

// EventID is the id of what happened, for one of those who are told of it: 32 hex digits of a hash.
func EventID(sort, what, who string) string { return hashID("event", sort, what, who) }
