package api

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A talkWorld has a lead of a firm, which belongs to an organisation, about its need n1's like "filing~f1", which the holder has,
// and achievement a1, which nobody is known to have.
type talkWorld struct {
	*world
	firm, holder, stranger, broker, reviewer somebody
	need, lead                               string
	now                                      time.Time
}

func newTalkWorld(t *testing.T) *talkWorld {
	w := &talkWorld{world: newWorld(t, nil, testDocs()...), now: day}
	w.svc.Now = func() time.Time { return w.now }
	w.svc.Attachments = t.TempDir() + "/attachments"
	for role, p := range map[market.Role]*somebody{market.Firm: &w.firm, market.Holder: &w.holder, market.Reader: &w.stranger, market.Broker: &w.broker, market.Reviewer: &w.reviewer} {
		*p = w.person(role, "", false)
	}
	w.need = w.owned("f1", "account:"+w.holder.id)
	w.lead = w.ask(w.firm)
	return w
}

// at moves the clock, at which all have signed in again.
func (w *talkWorld) at(now time.Time) {
	w.Helper()
	w.now = now
	for _, p := range []*somebody{&w.firm, &w.holder, &w.stranger, &w.broker, &w.reviewer} {
		a, _, err := market.AccountOf(w.svc.Store, p.id)
		w.must(err)
		p.cookie, _, err = w.svc.beginSession(w.Context(), "sign in", a, nil, "")
		w.must(err)
	}
}

// owned makes a published need that somebody has.
func (w *talkWorld) owned(filing, by string) string {
	w.Helper()
	f := market.Filing{ID: filing, By: by, State: market.Filed}
	w.must(w.svc.putRecord(w.Context(), operator, "file", market.Filings, filing, f, 0))
	d := starch(corpus.Need, "")
	d.ID, d.Source, d.SourceID, d.Contact, d.Status = "", market.FilingSource, filing, "王厂长 13912345678", corpus.Published
	r, err := w.svc.Create(w.Context(), operator, d)
	w.must(err)
	return r.ID
}

func (w *talkWorld) ask(p somebody) string {
	w.Helper()
	body := fmt.Sprintf(`{"need":%q,"achievement":"a1","name":"某淀粉厂","contact":"13800000000"}`, w.need)
	return decodeAs[market.Lead](p.asks("POST", "/v1/leads", body).want(201)).ID
}

func (w *talkWorld) stored() market.Lead {
	w.Helper()
	r, err := w.svc.Store.Record(market.Leads, w.lead)
	w.must(err)
	var l market.Lead
	w.must(json.Unmarshal(r.Body, &l))
	return l
}

func (w *talkWorld) inbox(p somebody) string {
	w.Helper()
	sorts := p.unread()
	p.asks("POST", "/v1/messages/read", "").want(204)
	return sorts
}

// unread are the sorts of the messages that were not read, by name: all came at one moment of the store.
func (p somebody) unread() string {
	p.Helper()
	var sorts []string
	for _, m := range decodeAs[MessagePage](p.asks("GET", "/v1/messages?unread=true", "").want(200)).Messages {
		sorts = append(sorts, m.Sort)
	}
	slices.Sort(sorts)
	return strings.Join(sorts, " ")
}

// Who asked, who has the posting, and brokers read and write; others know of nothing. Who has the posting moves the lead to
// talking or declined and no further; who asked does not.
func TestWhoTakesPartInALead(t *testing.T) {
	w := newTalkWorld(t)
	lead := "/v1/leads/" + w.lead
	calls := []struct{ method, path, body string }{
		{"GET", lead, ""},
		{"GET", lead + "/remarks", ""},
		{"POST", lead + "/remarks", `{"text":"您好"}`},
		{"GET", lead + "/contacts", ""},
		{"PATCH", lead, `{"state":"agreed"}`},
		{"PATCH", lead, `{"state":"talking"}`},
		{"DELETE", lead + "/remarks/x", ""},
	}
	for _, c := range []struct {
		who    string
		p      somebody
		status string
	}{
		{"who asked", w.firm, "200 200 201 200 409 403 403"},
		{"a stranger", w.stranger, "404 404 404 404 404 404 403"},
		{"a reviewer", w.reviewer, "404 404 404 404 404 404 403"},
		{"a broker", w.broker, "200 200 201 200 409 200 403"},
		{"who has the need", w.holder, "200 200 201 200 403 409 403"},
	} {
		var got []string
		for _, call := range calls {
			got = append(got, fmt.Sprint(c.p.asks(call.method, call.path, call.body).StatusCode))
		}
		if s := strings.Join(got, " "); s != c.status {
			t.Errorf("%s: %s, want %s", c.who, s, c.status)
		}
		want := 1
		if strings.HasPrefix(c.status, "404") {
			want = 0
		}
		if page := decodeAs[leadPage](c.p.asks("GET", "/v1/leads", "").want(200)); len(page.Leads) != want {
			t.Errorf("%s lists %d leads, want %d", c.who, len(page.Leads), want)
		}
		c.p.asks("GET", "/v1/leads?by=account:"+w.firm.id, "").want(200)
	}
	own := w.ask(w.firm)
	w.holder.asks("PATCH", "/v1/leads/"+own, `{"state":"talking"}`).want(200)
	third := w.ask(w.firm)
	w.holder.asks("PATCH", "/v1/leads/"+third, `{"state":"declined"}`).problem(422)
	w.holder.asks("PATCH", "/v1/leads/"+third, `{"state":"declined","reason":"price_or_terms"}`).want(200)
	w.holder.asks("POST", "/v1/leads/"+third+"/remarks", `{"text":"谢谢"}`).problem(409)
	for _, path := range []string{"", "/export?format=jsonl", "/export?format=csv"} {
		if r := w.holder.asks("GET", "/v1/leads"+path, "").want(200); strings.Contains(r.body, "13800000000") {
			t.Errorf("%s tells who is asked how to reach who asks: %s", path, r.body)
		}
	}
	if r := w.holder.asks("GET", lead, "").want(200); strings.Contains(r.body, "13800000000") {
		t.Errorf("the lead tells who is asked how to reach who asks: %s", r.body)
	}
	w.as(w.adminKey, "PATCH", lead, `{"state":"agreed"}`).want(200)
	if decodeAs[leadPage](w.stranger.asks("GET", "/v1/leads", "").want(200)).Leads == nil {
		t.Error("no list")
	}
}

// A colleague of who has the posting takes part where their organisation is verified.
func TestAnOrganisationTakesPart(t *testing.T) {
	w := newTalkWorld(t)
	for _, c := range []struct {
		state  market.State
		status int
	}{{market.Verified, 200}, {"applied", 404}} {
		id := "org" + string(c.state)
		w.must(w.svc.putRecord(t.Context(), operator, "test", market.Organisations, id, market.Organisation{ID: id, State: c.state, By: "key:x"}, 0))
		colleague := w.person(market.Holder, id, false)
		f := market.Filing{ID: "f" + id, By: "account:gone", Organisation: id, State: market.Filed}
		w.need = w.owned(f.ID, f.By)
		w.must(w.svc.putRecord(t.Context(), operator, "file", market.Filings, f.ID, f, 0))
		lead := w.ask(w.firm)
		colleague.asks("GET", "/v1/leads/"+lead, "").want(c.status)
		if page := decodeAs[leadPage](colleague.asks("GET", "/v1/leads", "").want(200)); (len(page.Leads) == 1) != (c.status == 200) {
			t.Errorf("%s: %d leads", c.state, len(page.Leads))
		}
	}
}

func TestWhatIsWrittenIsHeardByTheOthers(t *testing.T) {
	w := newTalkWorld(t)
	if got := w.inbox(w.holder); got != "lead.created" {
		t.Errorf("who has the need hears %q of the lead", got)
	}
	write := func(p somebody) {
		t.Helper()
		w.now = w.now.Add(time.Minute)
		p.asks("POST", "/v1/leads/"+w.lead+"/remarks", `{"text":"您好"}`).want(201)
	}
	write(w.firm)
	if l := w.stored(); !l.Answered.IsZero() {
		t.Error("who asks has answered")
	}
	write(w.broker)
	write(w.holder)
	if l := w.stored(); !l.Answered.Equal(day.Add(2 * time.Minute)) {
		t.Errorf("answered at %s, want the broker's remark", l.Answered)
	}
	for _, c := range []struct {
		p    somebody
		want string
	}{{w.firm, "remark.written remark.written"}, {w.holder, "remark.written remark.written"}, {w.broker, "lead.created remark.written"}, {w.stranger, ""}} {
		if got := w.inbox(c.p); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	page := decodeAs[struct {
		Remarks []market.Remark
		Next    string
	}](w.holder.asks("GET", "/v1/leads/"+w.lead+"/remarks?limit=2", "").want(200))
	if len(page.Remarks) != 2 || page.Next != page.Remarks[1].ID || page.Remarks[0].By != "account:"+w.firm.id {
		t.Errorf("the thread: %+v", page)
	}
	if rest := w.holder.asks("GET", "/v1/leads/"+w.lead+"/remarks?after="+page.Next, "").want(200); strings.Count(rest.body, `"text"`) != 1 {
		t.Errorf("the rest: %s", rest.body)
	}
	for _, text := range []string{"", " ", strings.Repeat("长", 5001)} {
		w.firm.asks("POST", "/v1/leads/"+w.lead+"/remarks", fmt.Sprintf(`{"text":%q}`, text)).problem(422)
	}
	w.firm.asks("PATCH", "/v1/leads/"+w.lead, `{"state":"declined","reason":"price_or_terms"}`).want(200)
	messages := decodeAs[MessagePage](w.holder.asks("GET", "/v1/messages?unread=true", "").want(200)).Messages
	if len(messages) != 1 || messages[0].Sort != market.LeadMoved || !strings.Contains(messages[0].Text, "价格或条件不合") {
		t.Errorf("a decline is told as %+v", messages)
	}
	l := w.stored()
	if f := l.Feedback(); f.Act != market.DeclinedAct || f.Reason != market.PriceOrTerms || f.Need != w.need || f.Achievement != "a1" {
		t.Errorf("learning hears %+v", f)
	}
}

// office makes a file of Office Open XML with these parts.
func office(parts ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range append(parts, "[Content_Types].xml") {
		z.Create(part)
	}
	z.Close()
	return b.String()
}

func TestAttachments(t *testing.T) {
	w := newTalkWorld(t)
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100)
	for _, c := range []struct {
		name, content string
		kept          string // under which name; "": refused
		status        int
	}{
		{"report.pdf", "%PDF-1.7 x", "report.pdf", 201},
		{"../../../etc/报告.PDF", "%PDF-1.7 x", "报告.PDF", 201},
		{`C:\temp\a.png`, png, "a.png", 201},
		{"a.jpg", "\xff\xd8\xff\xe0x", "a.jpg", 201},
		{"a.docx", office("word/document.xml"), "a.docx", 201},
		{"a.xlsx", office("xl/workbook.xml"), "a.xlsx", 201},
		{"a.xlsx", office("word/document.xml"), "", 422},
		{"a.docx", office("word/document.xml", "word/vbaProject.bin"), "", 422},
		{"a.docx", "PK\x03\x04", "", 422},
		{"a.pdf", png, "", 422},
		{"a.svg", "<svg/>", "", 422},
		{"a.html", "<html>", "", 422},
		{"..", "%PDF-1.7", "", 422},
		{".pdf", "%PDF-1.7", "", 422},
		{"a.exe", "MZ", "", 422},
		{"big.pdf", "%PDF-1.7" + strings.Repeat("x", MaxAttachment), "", 413},
	} {
		m := decodeAs[market.Remark](w.firm.asks("POST", "/v1/leads/"+w.lead+"/remarks", `{"text":"见附件"}`).want(201))
		files := "/v1/leads/" + w.lead + "/remarks/" + m.ID + "/files?name=" + url.QueryEscape(c.name)
		r := w.firm.asks("POST", files, c.content)
		if r.StatusCode != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, r.StatusCode, r.body, c.status)
		}
		if c.kept == "" || r.StatusCode != 201 {
			continue
		}
		a := decodeAs[market.Remark](r).Files[0]
		if a.Name != c.kept || a.Bytes != int64(len(c.content)) {
			t.Errorf("%s is kept as %+v", c.name, a)
		}
		file := "/v1/leads/" + w.lead + "/files/" + a.ID
		got := w.holder.asks("GET", file, "").want(200)
		if got.body != c.content || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment;") || got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Content-Type") != a.Type {
			t.Errorf("%s comes back with %v", c.name, got.Header)
		}
		w.stranger.asks("GET", file, "").problem(404)
		w.holder.asks("POST", files, c.content).problem(403)
	}
	m := decodeAs[market.Remark](w.firm.asks("POST", "/v1/leads/"+w.lead+"/remarks", `{"text":"见附件"}`).want(201))
	path := "/v1/leads/" + w.lead + "/remarks/" + m.ID
	for range 5 {
		w.firm.asks("POST", path+"/files?name=a.pdf", "%PDF-1.7").want(201)
	}
	w.firm.asks("POST", path+"/files?name=a.pdf", "%PDF-1.7").problem(422)
	list, err := os.ReadDir(w.svc.Attachments)
	w.must(err)
	w.as(w.adminKey, "DELETE", path, "").want(204)
	left, err := os.ReadDir(w.svc.Attachments)
	w.must(err)
	if len(list)-len(left) != 5 {
		t.Errorf("%d files, then %d without those of a deleted remark", len(list), len(left))
	}
	w.must(os.WriteFile(w.svc.attachmentPath(left[0].Name()), []byte("other"), 0o600))
	all, _, err := w.svc.Remarks(t.Context(), operator, w.lead, 100, "")
	w.must(err)
	for _, m := range all {
		for _, a := range m.Files {
			if a.ID == left[0].Name() {
				w.firm.asks("GET", "/v1/leads/"+w.lead+"/files/"+a.ID, "").problem(500)
			}
		}
	}
}

// A contact opens where both sides have agreed, and closes for what comes.
func TestContactsOpenWhenBothAgree(t *testing.T) {
	w := newTalkWorld(t)
	contacts := "/v1/leads/" + w.lead + "/contacts"
	sees := func(what string, p somebody, want string) {
		t.Helper()
		var got []string
		for _, side := range decodeAs[Contacts](p.asks("GET", contacts, "").want(200)).Sides {
			if side.Contact != "" {
				got = append(got, string(side.Side)+"="+side.Contact)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %q, want %q", what, s, want)
		}
	}
	open := func(p somebody, open bool) {
		t.Helper()
		p.asks("PUT", contacts, fmt.Sprintf(`{"open":%v}`, open)).want(200)
	}
	w.inbox(w.firm)
	w.inbox(w.holder)
	const firms, holders = "asker=13800000000", "need=王厂长 13912345678"
	sees("nobody", w.firm, "")
	open(w.firm, true)
	sees("the firm alone", w.firm, "")
	sees("the firm alone", w.holder, "")
	open(w.holder, true)
	sees("both", w.firm, holders)
	sees("both", w.holder, firms)
	if got := w.inbox(w.firm); got != "contacts.opened" {
		t.Errorf("the firm hears %q", got)
	}
	open(w.broker, true) // for the achievement, which nobody has
	if got := decodeAs[Contacts](w.broker.asks("GET", contacts, "").want(200)); len(got.Mine) != 1 || got.Mine[0] != market.AchievementSide || !got.Open {
		t.Errorf("the broker speaks for %+v", got)
	}
	open(w.holder, false)
	sees("the holder takes it back", w.firm, "achievement="+marker)
	sees("the holder takes it back", w.holder, "")
	w.stranger.asks("GET", contacts, "").problem(404)
	w.stranger.asks("PUT", contacts, `{"open":true}`).problem(404)
	steps := w.firm.asks("GET", "/v1/leads/"+w.lead+"/history", "").want(200)
	if strings.Count(steps.body, "contacts_opened") != 3 || strings.Count(steps.body, "contacts_closed") != 1 {
		t.Errorf("the history: %s", steps.body)
	}
	w.as(w.adminKey, "PATCH", "/v1/needs/"+w.need, `{"status":"withdrawn"}`, "Content-Type", "application/merge-patch+json").want(200)
	open(w.holder, true)
	sees("a need that was taken down", w.firm, "achievement="+marker)
}

// Who agreed to open a contact has agreed for nobody else: it closes when the posting goes to another.
func TestWhatWasAgreedEndsWithTheOwner(t *testing.T) {
	w := newTalkWorld(t)
	at := "/v1/leads/" + w.lead + "/contacts"
	for _, p := range []somebody{w.firm, w.holder} {
		p.asks("PUT", at, `{"open":true}`).want(200)
	}
	told := func(p somebody) bool {
		t.Helper()
		return strings.Contains(p.asks("GET", at, "").want(200).body, `"contact"`)
	}
	if !told(w.firm) || !told(w.holder) {
		t.Fatal("both agreed, and are not told")
	}
	w.must(w.svc.putRecord(t.Context(), operator, "file", market.Filings, "f1", market.Filing{ID: "f1", By: "account:" + w.stranger.id, State: market.Filed}, 0))
	if told(w.firm) {
		t.Error("the contact of who has it now is told at once")
	}
	w.must(w.svc.handLeads(t.Context()))
	if told(w.firm) || told(w.stranger) {
		t.Errorf("who agreed to nothing is told, or told of: open are %q", w.stored().Open)
	}
}

// Who has a posting still finds its lead when the operator has registered the contract, and nothing is sent in a declined one.
func TestALeadStaysWithItsSides(t *testing.T) {
	w := newTalkWorld(t)
	remark := decodeAs[market.Remark](w.firm.asks("POST", "/v1/leads/"+w.lead+"/remarks", `{"text":"您好"}`).want(201))
	made := w.as(w.adminKey, "POST", "/v1/contracts", fmt.Sprintf(`{"title":"浸泡工艺开发","kind":"development","seller":"甲","buyer":"乙","value":"80万元","signed":"2026-11-20","number":"1","lead":%q}`, w.lead)).want(201)
	w.as(w.adminKey, "PATCH", made.Header.Get("Location"), `{"state":"registered"}`).want(200)
	page := decodeAs[leadPage](w.holder.asks("GET", "/v1/leads", "").want(200))
	if len(page.Leads) != 1 || page.Leads[0].State != market.Contracted {
		t.Errorf("the holder lists %+v", page.Leads)
	}
	if w.stored().Answered.IsZero() {
		t.Error("a contract is no answer")
	}
	other := w.ask(w.stranger)
	remark = decodeAs[market.Remark](w.stranger.asks("POST", "/v1/leads/"+other+"/remarks", `{"text":"您好"}`).want(201))
	w.holder.asks("PATCH", "/v1/leads/"+other, `{"state":"declined","reason":"too_early"}`).want(200)
	w.stranger.asks("POST", "/v1/leads/"+other+"/remarks/"+remark.ID+"/files?name=a.pdf", "%PDF-1.7").problem(409)
}

// A question follows its posting to another owner.
func TestAQuestionFollowsItsPosting(t *testing.T) {
	w := newTalkWorld(t)
	id := decodeAs[market.Question](w.firm.asks("POST", "/v1/questions", fmt.Sprintf(`{"need":%q,"text":"几吨？"}`, w.need)).want(201)).ID
	w.must(w.svc.putRecord(t.Context(), operator, "file", market.Filings, "f1", market.Filing{ID: "f1", By: "account:" + w.stranger.id, State: market.Filed}, 0))
	w.must(w.svc.handLeads(t.Context()))
	w.holder.asks("GET", "/v1/questions/"+id, "").problem(404)
	w.stranger.asks("PATCH", "/v1/questions/"+id, `{"state":"answered","answer":"五吨"}`).want(200)
}

// What nobody answers for five working days goes to a broker, once, and is told once.
func TestALeadWithoutAnAnswerIsHandedToABroker(t *testing.T) {
	w := newTalkWorld(t)
	answered := w.ask(w.firm)
	w.holder.asks("POST", "/v1/leads/"+answered+"/remarks", `{"text":"您好"}`).want(201)
	for _, p := range []somebody{w.firm, w.broker, w.holder} {
		w.inbox(p)
	}
	look := func() {
		t.Helper()
		w.must(w.svc.handLeads(t.Context()))
		w.must(w.svc.tellOverdue(t.Context()))
	}
	w.at(time.Date(2026, 11, 30, 15, 59, 0, 0, time.UTC)) // Monday, a minute before the day ends in Shanghai
	look()
	if got := w.broker.unread(); got != "" || w.stored().Handed != "" {
		t.Errorf("on the fifth day the broker hears %q", got)
	}
	w.now = w.now.Add(time.Minute)
	look()
	look()
	if l := w.stored(); l.Handed != "2026-12-01" || l.Due != "2026-12-04" {
		t.Errorf("handed %s, due %s", l.Handed, l.Due)
	}
	if firm, broker, holder := w.firm.unread(), w.broker.unread(), w.holder.unread(); firm != "lead.handed" || broker != "lead.handed" || holder != "" {
		t.Errorf("the firm hears %q, the broker %q, the holder %q", firm, broker, holder)
	}
	w.at(time.Date(2026, 12, 5, 8, 0, 0, 0, time.UTC))
	look()
	if got := w.broker.unread(); got != "lead.handed lead.overdue" {
		t.Errorf("after the promised day the broker hears %q", got)
	}
	steps := w.firm.asks("GET", "/v1/leads/"+w.lead+"/history", "").want(200)
	if strings.Count(steps.body, "handed") != 1 {
		t.Errorf("the history: %s", steps.body)
	}
}

// A lead follows its posting to another owner, and so does the holder's usual time.
func TestALeadFollowsItsPosting(t *testing.T) {
	w := newTalkWorld(t)
	for range 2 {
		w.holder.asks("PATCH", "/v1/leads/"+w.ask(w.firm), `{"state":"talking"}`).want(200)
	}
	need := func() string { return w.as("", "GET", "/v1/needs/"+w.need, "").want(200).body }
	if strings.Contains(need(), `"answers"`) {
		t.Error("two answers are told")
	}
	w.at(w.now.Add(48 * time.Hour))
	w.holder.asks("POST", "/v1/leads/"+w.lead+"/remarks", `{"text":"您好"}`).want(201)
	if got := need(); !strings.Contains(got, `"answers":{"days":0,"known":3}`) {
		t.Errorf("three answers: %s", got)
	}
	w.must(w.svc.putRecord(t.Context(), operator, "file", market.Filings, "f1", market.Filing{ID: "f1", By: "account:" + w.stranger.id, State: market.Filed}, 0))
	w.must(w.svc.handLeads(t.Context()))
	w.stranger.asks("GET", "/v1/leads/"+w.lead, "").want(200)
	w.holder.asks("GET", "/v1/leads/"+w.lead, "").problem(404)
	if page := decodeAs[leadPage](w.stranger.asks("GET", "/v1/leads", "").want(200)); len(page.Leads) != 3 {
		t.Errorf("%d leads", len(page.Leads))
	}
}

// A question is everybody's once it is answered or released, and goes with its posting.
func TestAPublicQuestion(t *testing.T) {
	w := newTalkWorld(t)
	public := "/v1/needs/" + w.need + "/questions"
	shown := func(what, want string) {
		t.Helper()
		var got []string
		for _, q := range decodeAs[struct{ Questions []PublicQuestion }](w.as("", "GET", public, "").want(200)).Questions {
			got = append(got, q.Text+"="+q.Answer)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %q, want %q", what, s, want)
		}
	}
	ask := func(text string) string {
		t.Helper()
		w.now = w.now.Add(time.Minute)
		return decodeAs[market.Question](w.stranger.asks("POST", "/v1/questions", fmt.Sprintf(`{"need":%q,"text":%q}`, w.need, text)).want(201)).ID
	}
	move := func(p somebody, id, body string, status int) {
		t.Helper()
		p.asks("PATCH", "/v1/questions/"+id, body).want(status)
	}
	w.as("", "POST", "/v1/questions", `{}`).problem(401)
	for _, body := range []string{`{"need":"` + w.need + `","text":"请打 13912345678"}`, `{"need":"` + w.need + `","achievement":"a1","text":"几吨？"}`, `{"text":"几吨？"}`,
		`{"need":"` + w.need + `","text":"` + strings.Repeat("长", 1001) + `"}`, `{"need":"` + w.need + `","text":""}`} {
		w.stranger.asks("POST", "/v1/questions", body).problem(422)
	}
	first := ask("几吨？")
	shown("nobody has answered", "")
	w.firm.asks("GET", "/v1/questions/"+first, "").problem(404)
	move(w.stranger, first, `{"state":"released"}`, 403)
	move(w.stranger, first, `{"state":"answered","answer":"五吨"}`, 403)
	move(w.holder, first, `{"state":"released"}`, 403)
	move(w.holder, first, `{"state":"answered","answer":"打 13912345678"}`, 422)
	move(w.holder, first, `{"state":"answered","answer":"五吨"}`, 200)
	shown("answered", "几吨？=五吨")
	second := ask("多少钱？")
	move(w.broker, second, `{"state":"released"}`, 403)
	move(w.reviewer, second, `{"state":"released"}`, 200)
	shown("released", "多少钱？= 几吨？=五吨")
	if got := w.inbox(w.stranger); got != "question.answered" {
		t.Errorf("who asks hears %q", got)
	}
	if got := w.inbox(w.holder); got != "lead.created question.asked question.asked" {
		t.Errorf("who has the need hears %q", got)
	}
	w.as(w.adminKey, "PATCH", "/v1/questions/"+second, `{"state":"hidden"}`).want(200)
	shown("hidden", "几吨？=五吨")
	w.as(w.adminKey, "PATCH", "/v1/needs/"+w.need, `{"status":"withdrawn"}`, "Content-Type", "application/merge-patch+json").want(200)
	w.as("", "GET", public, "").problem(404)
	if r := w.as(w.adminKey, "GET", public, "").want(200); strings.Contains(r.body, "几吨") {
		t.Errorf("of a need that was taken down: %s", r.body)
	}
	for _, p := range []somebody{w.stranger, w.holder} {
		p.asks("GET", "/v1/questions/"+first, "").problem(404)
		for _, list := range []string{"/v1/questions", "/v1/questions/export?format=csv", "/v1/questions/export?format=jsonl"} {
			if r := p.asks("GET", list, "").want(200); strings.Contains(r.body, "几吨") {
				t.Errorf("%s of a need that was taken down: %s", list, r.body)
			}
		}
	}
}
