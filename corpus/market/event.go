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
	RemarkWritten     = "remark.written"
	ContactsOpened    = "contacts.opened"
	LeadHanded        = "lead.handed"
	QuestionAsked     = "question.asked"
	QuestionAnswered  = "question.answered"
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
	{RemarkWritten, Words{"洽谈有新的留言", "A message was written to a lead"}},
	{ContactsOpened, Words{"对方公开了联系方式", "Contacts were opened to each other"}},
	{LeadHanded, Words{"久未答复的意向转给经纪人", "A lead without an answer went to a broker"}},
	{QuestionAsked, Words{"有新的公开提问", "A public question was asked"}},
	{QuestionAnswered, Words{"公开提问有了答复", "A public question was answered"}},
}

// EventID is the id of what happened, for one of those who are told of it: 32 hex digits of a hash.
func EventID(sort, what, who string) string { return hashID("event", sort, what, who) }
