package api

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

func TestEveryAnswerSaysHowAPostingStands(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, test := range []struct{ path, state, since, next string }{
		{"/v1/achievements/a1", "due", "2026-09-01", "2026-09-01"},
		{"/v1/achievements/a3", "current", "2026-08-08", "2027-02-08"},
		{"/v1/needs/n1", "current", "2026-06-01", "2026-12-01"},
		{"/v1/needs/n2", "expired", "2026-10-01", ""},
		{"/v1/experts/e1", "", "", ""},
	} {
		p := decodeAs[Posting](w.as("", "GET", test.path, "").want(200))
		got := market.Life{}
		if p.Life != nil {
			got = *p.Life
		}
		if want := (market.Life{State: market.LifeState(test.state), Since: corpus.Date(test.since), Next: corpus.Date(test.next)}); got != want {
			t.Errorf("%s: %+v, want %+v", test.path, got, want)
		}
	}
	list := decodeAs[PostingPage](w.as("", "GET", "/v1/needs", "").want(200))
	if list.Total != 2 || list.Documents[0].ID != "n2" || list.Documents[0].Life.State != market.Expired || list.Documents[1].Life.State != market.Current {
		t.Errorf("the list: %+v", list)
	}
	found := decodeAs[SearchAnswer](w.as("", "GET", "/v1/search?kind=need&q="+url.QueryEscape("饲料"), "").want(200))
	if len(found.Results) != 1 || found.Results[0].Life.State != market.Expired {
		t.Errorf("the search: %+v", found.Results)
	}
	matches := w.as("", "GET", "/v1/achievements/a2/matches", "").want(200)
	if !strings.Contains(matches.body, `"life":{"state":"expired","since":"2026-10-01"}`) || !strings.Contains(matches.body, "需求已于2026-10-01到期") {
		t.Errorf("an expired need is gone from the list, or does not say so: %s", matches.body)
	}
}

func TestAnotherDayIsTheAdmins(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, path := range []string{"/v1/search?kind=need&as_of=2026-09-30", "/v1/needs?as_of=2026-09", "/v1/achievements/a2/matches?as_of=2026-09-30"} {
		if body := w.as(w.adminKey, "GET", path, "").want(200).body; strings.Contains(body, `"expired"`) {
			t.Errorf("%s: %s", path, body)
		}
		w.as(w.readKey, "GET", path, "").problem(403)
		w.as("", "GET", path, "").problem(401)
		w.as(w.adminKey, "GET", strings.Split(path, "as_of")[0]+"as_of=someday", "").problem(422)
	}
	body := w.as(w.adminKey, "POST", "/v1/match", `{"achievement":"a2","as_of":"2026-09-30"}`).want(200).body
	if strings.Contains(body, `"expired"`) {
		t.Errorf("as of September: %s", body)
	}
}

func TestWhatIsOverTakesNoLeads(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	p := w.as(w.readKey, "POST", "/v1/leads", `{"need":"n2","achievement":"a2"}`).problem(409)
	if !strings.Contains(p.Detail, "expired") || len(p.Errors) != 1 || p.Errors[0].Field != "need" {
		t.Errorf("refused with %+v", p)
	}
	w.as(w.adminKey, "PATCH", "/v1/needs/n2", `{"valid_until":"2027-01"}`, "Content-Type", "application/merge-patch+json").want(200)
	w.as(w.readKey, "POST", "/v1/leads", `{"need":"n2","achievement":"a2"}`).want(201)
}

// A document that was read can be put back: how it stands is not stored.
func TestLifeIsNoMemberOfADocument(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	body := w.as(w.adminKey, "GET", "/v1/needs/n1", "").want(200).body
	w.as(w.adminKey, "PUT", "/v1/needs/n1", body).want(200)
	after := decodeAs[Posting](w.as(w.adminKey, "GET", "/v1/needs/n1", "").want(200))
	if after.Version != 1 || len(after.Extra) != 0 {
		t.Errorf("putting back made version %d with %v", after.Version, after.Extra)
	}
	w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"life":{"state":"current"}}`, "Content-Type", "application/merge-patch+json").problem(422)
}

func TestRemindersAreCountedAndSentOnce(t *testing.T) {
	docs := append(testDocs(), corpus.Doc{Kind: corpus.Need, SourceID: "n3", Title: "无联系方式的需求", PublishedOn: "2025-01-01"},
		corpus.Doc{Kind: corpus.Need, SourceID: "n4", Title: "另一需求", PublishedOn: "2025-01-01", Contact: "a@example.cn"})
	w := newWorld(t, nil, docs...)
	w.as(w.readKey, "GET", "/v1/reminders", "").problem(403)
	w.as("", "POST", "/v1/reminders", `{}`).problem(401)
	if p := w.as(w.adminKey, "POST", "/v1/reminders", `{}`).problem(422); !strings.Contains(p.Fix, "base_url") {
		t.Errorf("without an address: %+v", p)
	}
	w.svc.BaseURL = "https://www.example.cn/duijie"
	brief := func(l ReminderList) string {
		ids := []string{}
		for _, r := range l.Reminders {
			ids = append(ids, r.ID)
		}
		return strings.Join(ids, " ")
	}
	// a1 and a2 are due, a2 and n3 without a contact.
	list := decodeAs[ReminderList](w.as(w.adminKey, "GET", "/v1/reminders", "").want(200))
	if brief(list) != "a1 n4" && brief(list) != "n4 a1" || list.Due != 4 || list.NoContact != 2 || list.AsOf != "2026-11-23" {
		t.Errorf("due: %+v", list)
	}
	if got := list.Counts[corpus.Need]; got[market.Current] != 1 || got[market.Expired] != 1 || got[market.Due] != 2 {
		t.Errorf("needs: %v", got)
	}
	if got := decodeAs[ReminderList](w.as(w.adminKey, "GET", "/v1/reminders?kind=need&limit=1", "").want(200)); brief(got) != "n4" || got.Counts[corpus.Achievement] != nil {
		t.Errorf("needs only: %+v", got)
	}
	sent := decodeAs[ReminderList](w.as(w.adminKey, "POST", "/v1/reminders", `{"kind":"need"}`).want(200))
	if brief(sent) != "n4" || !strings.HasPrefix(sent.Reminders[0].Link, "https://www.example.cn/duijie/confirm/") || sent.Reminders[0].Notice != 1 || sent.Reminders[0].Ends != "2027-01-22" {
		t.Errorf("sent: %+v", sent)
	}
	token := sent.Reminders[0].Link[strings.LastIndex(sent.Reminders[0].Link, "/")+1:]
	for r, err := range w.svc.Store.Records(market.Reminders) {
		if w.must(err); strings.Contains(string(r.Body), token) || !strings.Contains(string(r.Body), `"n4"`) {
			t.Errorf("reminder: %s", r.Body)
		}
	}
	if again := decodeAs[ReminderList](w.as(w.adminKey, "POST", "/v1/reminders", `{"kind":"need"}`).want(200)); len(again.Reminders) != 0 {
		t.Errorf("sent again: %+v", again)
	}
	later := decodeAs[ReminderList](w.as(w.adminKey, "POST", "/v1/reminders", `{"kind":"need","as_of":"2026-12-23"}`).want(200))
	if brief(later) != "n4 n1" && brief(later) != "n1 n4" {
		t.Errorf("a month later: %+v", later)
	}
	for _, r := range later.Reminders {
		if want := map[string]int{"n1": 1, "n4": 2}[r.ID]; r.Notice != want {
			t.Errorf("%s is asked for the time %d, want %d", r.ID, r.Notice, want)
		}
	}
	silent := decodeAs[ReminderList](w.as(w.adminKey, "GET", "/v1/reminders?as_of=2027-01-22", "").want(200))
	if silent.Counts[corpus.Need][market.Unconfirmed] != 1 {
		t.Errorf("after two silent notices: %+v", silent.Counts)
	}
}

// What happens in the moment between reading and writing, and afterwards, is in package market; here is who may do it.
func TestALinkIsAllTheRightThatAnAnswerTakes(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.BaseURL = "https://www.example.cn"
	link := func() string {
		list := decodeAs[ReminderList](w.as(w.adminKey, "POST", "/v1/reminders", `{"kind":"achievement"}`).want(200))
		return strings.TrimPrefix(list.Reminders[0].Link, "https://www.example.cn/confirm/")
	}
	token := link()
	if _, err := w.svc.Confirm(t.Context(), token[1:], market.Stands); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("another secret: %v", err)
	}
	c, err := w.svc.Confirm(t.Context(), token, market.Stands)
	if err != nil || c.State != market.Answered || c.Doc.ConfirmedOn != "2026-11-23" || c.Doc.Contact != "" {
		t.Errorf("confirmed: %+v, %v", c, err)
	}
	p := decodeAs[Posting](w.as("", "GET", "/v1/achievements/a1", "").want(200))
	if p.Life.State != market.Current || p.Life.Since != "2026-11-23" {
		t.Errorf("stands as %+v", p.Life)
	}
	audits, err := w.svc.Store.Audits(1)
	w.must(err)
	if !strings.HasPrefix(audits[0].Actor, "link:") || audits[0].Action != "answer stands for achievement a1" {
		t.Errorf("audit %+v", audits)
	}
	if _, err := w.svc.Confirm(t.Context(), token, market.Stands); err != nil {
		t.Errorf("pressed twice: %v", err)
	}
	if _, err := w.svc.Confirm(t.Context(), token, market.Remove); corpus.CodeOf(err) != corpus.Conflict {
		t.Errorf("another answer: %v", err)
	}
	w.svc.Now = func() time.Time { return day.AddDate(1, 0, 0) }
	if _, err := w.svc.Confirm(t.Context(), link(), market.Remove); err != nil {
		t.Errorf("withdrawing: %v", err)
	}
	w.as("", "GET", "/v1/achievements/a1", "").problem(404)
	if found := decodeAs[SearchAnswer](w.as("", "GET", "/v1/search?kind=achievement&q="+url.QueryEscape("沼气"), "").want(200)); found.Total != 0 {
		t.Errorf("a withdrawn posting is found: %+v", found)
	}
}

func TestTheLogHoldsNoLink(t *testing.T) {
	w := newWorld(t, nil)
	w.as("", "GET", ConfirmPath+"AAAAAAAAAAAAAAAAAAAAAA", "").problem(404)
	if log := w.log.String(); !strings.Contains(log, `"path":"/confirm/"`) || strings.Contains(log, "AAAA") {
		t.Errorf("the log: %s", log)
	}
}
