package api

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// deskOf writes the desk of c in short.
func (w *world) deskOf(c Caller) (d Desk, waiting string) {
	w.Helper()
	d, err := w.svc.Desk(w.Context(), c, 20)
	w.must(err)
	var rows []string
	for _, r := range slices.Concat(d.Promised, d.Waiting) {
		kind := "need"
		if r.Lead != "" {
			kind = "lead"
		}
		rows = append(rows, kind+" "+r.Need)
	}
	return d, strings.Join(rows, ", ")
}

func TestADeskShowsWhatWaitsMostValuableFirst(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	c, colleague := w.broker("王"), w.broker("李")
	w.as("", "GET", "/v1/needs/n1/matches", "").want(200) // keeps its list
	if _, got := w.deskOf(c); got != "need n1" {
		t.Errorf("with a good match alone: %s", got)
	}
	r, err := w.svc.CreateRecord(t.Context(), c, &market.LeadType, map[string]string{"need": "n1", "ask": "broker"})
	w.must(err)
	d, got := w.deskOf(c)
	if got != "lead n1" || d.Total != 1 || d.Overdue != 0 {
		t.Fatalf("a need that was asked about stands twice, or not: %s, %+v", got, d)
	}
	row := d.Promised[0]
	product := 1.
	for _, f := range row.Factors {
		product *= f.Value
	}
	if product != row.Value || len(row.Factors) != 4 || row.Title == "" {
		t.Errorf("the value is not explained: %+v", row)
	}
	w.svc.Now = func() time.Time { return day.AddDate(0, 0, 10) }
	if d, _ := w.deskOf(c); d.Overdue != 1 || !d.Promised[0].Overdue || d.Promised[0].Value <= row.Value {
		t.Errorf("after the promised day: %+v", d.Promised)
	}
	desk, err := w.svc.CreateRecord(t.Context(), c, &market.DeskType, map[string]string{"regions": "110000"})
	w.must(err)
	if _, got := w.deskOf(c); got != "" {
		t.Errorf("in another region: %s", got)
	}
	_, err = w.svc.ChangeRecord(t.Context(), c, &market.DeskType, *desk.Head().ID, map[string]string{"regions": "150000"}, 0)
	w.must(err)
	if d, got := w.deskOf(c); got != "lead n1" || len(d.Colleagues) != 1 || d.Colleagues[0] != (Colleague{colleague.Name, "李"}) {
		t.Errorf("in the region: %s, %+v", got, d.Colleagues)
	}
	w.claims(colleague, map[string]string{"lead": *r.Head().ID})
	if d, got := w.deskOf(c); got != "" || d.Overdue != 0 || len(d.Claims) != 0 {
		t.Errorf("what a colleague holds: %s, %+v", got, d)
	}
	if d, _ := w.deskOf(colleague); len(d.Claims) != 1 || d.Claims[0].Need != "n1" || d.Claims[0].Lead == "" || !d.Claims[0].Overdue || d.Overdue != 1 {
		t.Errorf("who holds it: %+v", d)
	}
}

func TestWhatIsPromisedStandsFirstByItsDay(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	c := w.broker("王")
	ask := func(days int, values map[string]string) string {
		t.Helper()
		w.svc.Now = func() time.Time { return day.AddDate(0, 0, days) }
		r, err := w.svc.CreateRecord(t.Context(), w.broker(fmt.Sprint(days)), &market.LeadType, values)
		w.must(err)
		return *r.Head().ID
	}
	later := ask(1, map[string]string{"need": "n1", "ask": "broker"})
	sooner := ask(0, map[string]string{"need": "n1", "ask": "broker"})
	plain := ask(0, map[string]string{"need": "n1", "achievement": "a1"})
	d, _ := w.deskOf(c)
	if len(d.Promised) != 2 || d.Promised[0].Lead != sooner || d.Promised[1].Lead != later || d.Promised[0].Due >= d.Promised[1].Due {
		t.Errorf("promised are %+v, want %s and %s", d.Promised, sooner, later)
	}
	if d.Total < 3 || slices.ContainsFunc(d.Waiting, func(r DeskRow) bool { return r.Lead == later || r.Lead == sooner }) || !slices.ContainsFunc(d.Waiting, func(r DeskRow) bool { return r.Lead == plain }) {
		t.Errorf("%d wait: %+v", d.Total, d.Waiting)
	}
}

func TestNextStepsAreTasksAndACalendar(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.BaseURL = "https://www.example.cn"
	key, _ := w.keyOf(market.Broker)
	create := func(body string) string {
		return decodeAs[market.Visit](w.as(key, "POST", "/v1/visits", body).want(201)).ID
	}
	late := create(`{"firm":"某淀粉厂","how":"call","next":"` + strings.Repeat("寄推荐单，", 20) + `","due":"2020-01-02"}`)
	plain := create(`{"firm":"某乳品厂","how":"visit","note":"没有下一步"}`)
	create(`{"firm":"某乳品厂","how":"visit","date":"2098-01-02","note":"约好了"}`)
	far := create(`{"firm":"某铝厂","how":"online","next":"再约","due":"2099-01-02","need":"n1"}`)
	w.as(key, "POST", "/v1/visits", `{"firm":"某厂","how":"call","next":"x","due":"明年"}`).problem(422)
	d := decodeAs[Desk](w.as(key, "GET", "/v1/desk", "").want(200))
	if len(d.Tasks) != 1 || d.Tasks[0].Visit != late || !d.Tasks[0].Overdue || d.Weeks[0].Visits["call"] != 1 || d.Weeks[0].Visits["visit"] != 1 {
		t.Errorf("tasks %+v, weeks %+v", d.Tasks, d.Weeks)
	}
	if v := decodeAs[market.Visit](w.as(key, "PATCH", "/v1/visits/"+plain, `{"next":"寄推荐单","due":"2099-01-02"}`).want(200)); v.State != market.ToDo {
		t.Errorf("a next step that came later is %s", v.State)
	}
	w.as(key, "PATCH", "/v1/visits/"+plain, `{"next":""}`).want(200)
	r := w.as(key, "GET", "/v1/desk/tasks.ics", "").want(200)
	for line := range strings.SplitSeq(r.body, "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	uids := func() (all []string) {
		for _, m := range regexp.MustCompile(`UID:(\S+)@duijie`).FindAllStringSubmatch(w.as(key, "GET", "/v1/desk/tasks.ics", "").want(200).body, -1) {
			all = append(all, m[1])
		}
		slices.Sort(all)
		return all
	}
	both := []string{late, far}
	slices.Sort(both)
	if got := uids(); !slices.Equal(got, both) || !strings.Contains(r.body, "DTSTART;VALUE=DATE:20990102") || !regexp.MustCompile(`DTSTAMP:\d{8}T\d{6}Z`).MatchString(r.body) ||
		!strings.Contains(r.body, "SUMMARY:再约 - 某铝厂") || r.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Errorf("the calendar has %q: %s", got, r.body)
	}
	w.as(key, "PATCH", "/v1/visits/"+far, `{"due":"2099-02-02"}`).want(200)
	w.as(key, "PATCH", "/v1/visits/"+late, `{"state":"done"}`).want(200)
	if got := uids(); !slices.Equal(got, []string{far}) {
		t.Errorf("after one is done and one put off: %q", got)
	}
	if other, _ := w.keyOf(market.Broker); strings.Contains(w.as(other, "GET", "/v1/desk/tasks.ics", "").want(200).body, "VEVENT") {
		t.Error("a calendar shows others' tasks")
	}
}

func TestASheetIsOpenedAndAnsweredByItsLink(t *testing.T) {
	docs := testDocs()
	for i := range 3 {
		docs = append(docs, corpus.Doc{Kind: corpus.Achievement, SourceID: fmt.Sprint("s", i), Title: fmt.Sprint("成果", i), Text: "淀粉废水。", Contact: "张三 13812345678", Disclosure: map[string]corpus.Level{"contact": corpus.Level("signed_in")}})
	}
	docs[len(docs)-1].Disclosure, docs[len(docs)-1].Contact = nil, marker
	w := newWorld(t, nil, docs...)
	key, _ := w.keyOf(market.Broker)
	w.as(key, "POST", "/v1/sheets", `{"need":"n1","achievement_1":"s0","achievement_2":"s1"}`).problem(422)
	w.as(key, "POST", "/v1/sheets", `{"need":"n1","achievement_1":"s0","achievement_2":"s1","achievement_3":"s0"}`).problem(422)
	sheet := decodeAs[market.Sheet](w.as(key, "POST", "/v1/sheets", `{"need":"n1","achievement_1":"s1","achievement_2":"s0","achievement_3":"s2","comment_2":"可先看现场"}`).want(201))
	at := "/v1/sheets/" + sheet.ID
	if r := w.as(key, "PATCH", at, `{"state":"sent"}`); r.StatusCode != 422 || !strings.Contains(r.body, "/send") {
		t.Errorf("sent without a link: %d %s", r.StatusCode, r.body)
	}
	w.as(key, "POST", at+"/send", "").problem(422) // nobody knows where the pages are
	w.svc.BaseURL = "https://www.example.cn"
	send := func() string {
		return strings.TrimPrefix(decodeAs[struct{ Link string }](w.as(key, "POST", at+"/send", "").want(200)).Link, "https://www.example.cn/sheet/")
	}
	old, token := send(), send()
	if _, err := w.svc.SheetByLink(t.Context(), old); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("the link of before: %v", err)
	}
	stored, err := w.svc.Store.Record(market.Sheets, sheet.ID)
	if w.must(err); strings.Contains(string(stored.Body)+w.log.String(), token) {
		t.Error("the secret of a link is stored or logged")
	}
	state := func() market.State {
		return decodeAs[market.Sheet](w.as(key, "GET", at, "").want(200)).State
	}
	v, err := w.svc.SheetByLink(t.Context(), token)
	if w.must(err); state() != market.Sent || len(v.Entries) != 3 || v.Entries[1].Comment != "可先看现场" || v.Entries[0].Contact != "张* 138******78" || v.Entries[2].Contact != "" {
		t.Errorf("%s: %+v", state(), v)
	}
	if strings.Contains(fmt.Sprintf("%+v", v), "13812345678") || strings.Contains(fmt.Sprintf("%+v", v), marker) {
		t.Errorf("a sheet shows a contact: %+v", v)
	}
	if _, err = w.svc.OpenSheet(t.Context(), token); err != nil || state() != market.Opened {
		t.Errorf("opened: %s, %v", state(), err)
	}
	for _, place := range []int{0, 4, 9} {
		if _, err = w.svc.AnswerSheet(t.Context(), token, []int{place}, ""); corpus.CodeOf(err) != corpus.Invalid {
			t.Errorf("place %d, that there is not: %v", place, err)
		}
	}
	w.as(w.adminKey, "PATCH", "/v1/achievements/s2", `{"status":"withdrawn"}`).want(200)
	v, err = w.svc.AnswerSheet(t.Context(), token, []int{2, 1, 2}, "先看第一项")
	if w.must(err); state() != market.Replied || v.Sheet.Answer != "interested" || v.Sheet.Interest != "1、2" || v.Entries[2].Doc.ID != "" {
		t.Errorf("answered: %+v", v)
	}
	if _, err = w.svc.AnswerSheet(t.Context(), token, nil, ""); corpus.CodeOf(err) != corpus.Conflict {
		t.Errorf("a second answer: %v", err)
	}
	if d := decodeAs[Desk](w.as(key, "GET", "/v1/desk", "").want(200)); len(d.Answers) != 1 || d.Answers[0].Interest != "1、2" || d.Weeks[0].Answered != 1 {
		t.Errorf("the desk: %+v", d)
	}
	w.svc.Now = func() time.Time { return day.AddDate(0, 0, 61) }
	if _, err = w.svc.SheetByLink(t.Context(), token); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("a link of two months ago: %v", err)
	}
}

func TestMostOfAContactIsMasked(t *testing.T) {
	for contact, want := range map[string]string{
		"张三 13812345678":     "张* 138******78",
		"0475-1234567":       "0***-1******",
		"010 62345678":       "0** 6*******",
		"wang.li@uni.edu.cn": "w***.l*@u**.e**.c*",
		"":                   "",
	} {
		if got := mask(contact); got != want {
			t.Errorf("%q is %q, want %q", contact, got, want)
		}
	}
}
