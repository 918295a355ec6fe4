package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

// submits makes a submission by somebody with a key and sends it in, and returns its path and id.
func (w *world) submits(key, title string) (at, id string) {
	w.Helper()
	at = w.as(key, "POST", "/v1/submissions", fmt.Sprintf(`{"kind":"need","title":%q,"text":"浸泡车间的难题","org":"某淀粉厂","contact":"王厂长 13800138000","price":"30-50万元","region":"通辽市","indicators":"浸泡时间 ≤ 24 h\n干度 ≥ 40 %%"}`, title)).want(201).Header.Get("Location")
	w.as(key, "PATCH", at, `{"state":"first"}`).problem(422) // without the declaration
	w.as(key, "PATCH", at, `{"state":"first","cleared":"yes"}`).want(200)
	return at, strings.TrimPrefix(at, "/v1/submissions/")
}

func (w *world) submission(at string) market.Submission {
	w.Helper()
	return decodeAs[market.Submission](w.as(w.adminKey, "GET", at, "").want(200))
}

// moved is what a PATCH to a state sends with it.
func moved(to string) string {
	return fmt.Sprintf(`{"state":%q%s}`, to, map[string]string{"first": `,"cleared":"yes"`, "returned": `,"returned_for":"缺指标"`, "withdrawn": `,"withdrawn_for":"已经解决"`}[to])
}

// Every move of every state by every role, with its own submissions, those of its organisation and those of others. Nobody
// reviews what is their own, and what is passed goes to its next level.
func TestWhoMovesWhichSubmission(t *testing.T) {
	w := newWorld(t, nil)
	w.svc.ReviewLevels = 2
	w.putIn(&market.OrganisationType, "ours", "test", "ours", "verified")
	d := market.SubmissionType.About()
	for _, role := range market.Roles {
		key, name := w.keyIn(role, "ours")
		for i, maker := range []struct {
			by, in string
			own    bool
		}{{name, "", true}, {"key:other", "", false}, {"key:colleague", "ours", true}, {"key:other", "theirs", false}} {
			b := corpus.Batch{Actor: "test"}
			idOf := func(from, to market.Named) string { return fmt.Sprintf("%s-%d-%s-%s", role, i, from.Value, to.Value) }
			for _, from := range d.States {
				for _, to := range d.States {
					b.Records = append(b.Records, w.sampleIn(&market.SubmissionType, idOf(from, to), maker.by, maker.in, from.Value))
				}
			}
			_, err := w.svc.Store.Write(t.Context(), b)
			w.must(err)
			for _, from := range d.States {
				for _, to := range d.States {
					may := func(move string) bool {
						scope := market.Allowed(role, d.Name, move)
						return scope == market.All || scope == market.Own && maker.own
					}
					review := slices.Contains(market.Reviews, market.State(from.Value)) && slices.Contains([]string{"second", "third", "published", "returned"}, to.Value)
					want := 200
					switch {
					case market.Allowed(role, d.Name, "update") == market.None:
						want = 403
					case !may("read"):
						want = 404
					case !slices.Contains(d.Moves[market.State(from.Value)], market.State(to.Value)):
						want = 409
					case !may(to.Value), review && maker.own:
						want = 403
					case from.Value+to.Value == "firstpublished", from.Value+to.Value == "secondthird": // there are two levels
						want = 409
					}
					if r := w.as(key, "PATCH", "/v1/submissions/"+idOf(from, to), moved(to.Value)); r.StatusCode != want {
						t.Errorf("%s moves what %s in %q made from %s to %s: %d, want %d: %s", role, maker.by, maker.in, from.Value, to.Value, r.StatusCode, want, r.body)
					}
				}
			}
		}
	}
}

func TestASubmissionIsPublishedEditedAndTakenDown(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	firm, name := w.keyOf(market.Firm)
	reviewer, _ := w.keyOf(market.Reviewer)
	at, id := w.submits(firm, "缩短浸泡")
	need := "/v1/needs/submission~" + id
	w.as(w.readKey, "GET", at, "").problem(403)
	w.as("", "GET", need, "").problem(404)
	before, err := w.svc.Store.LastChange()
	w.must(err)
	audits := func() int {
		all, err := w.svc.Store.Audits(1000)
		w.must(err)
		return len(all)
	}
	written := audits()
	w.as(reviewer, "PATCH", at, `{"state":"published"}`).want(200)
	changes, err := w.svc.Store.Changes(before, 10)
	if w.must(err); len(changes) != 2 || audits() != written+1 { // a transaction has one entry
		t.Errorf("published by %d writes: %+v", audits()-written, changes)
	}
	d := decodeAs[corpus.Doc](w.as("", "GET", need, "").want(200))
	if d.Title != "缩短浸泡" || d.Region != "150500" || d.Budget.Min != 30_000_000 || len(d.Indicators) != 2 || d.Contact != "" || d.PublishedOn != "2026-11-23" || d.Source != market.SubmissionSource || d.SourceID != id {
		t.Errorf("on show: %+v", d)
	}
	if r := w.as("", "GET", "/v1/search?q=%E7%BC%A9%E7%9F%AD%E6%B5%B8%E6%B3%A1", "").want(200); !strings.Contains(r.body, "submission~"+id) {
		t.Errorf("it is not found: %s", r.body)
	}

	// An edit begins another round, while the text before stays on show.
	if x := decodeAs[market.Submission](w.as(firm, "PATCH", at, `{"title":"缩短浸泡周期","text":"新的难题"}`).want(200)); x.State != market.Drafted || x.Published == "" {
		t.Errorf("edited: %+v", x)
	}
	shown := func(title string) {
		t.Helper()
		if d := decodeAs[corpus.Doc](w.as("", "GET", need, "").want(200)); d.Title != title {
			t.Errorf("on show is %q, want %q", d.Title, title)
		}
	}
	shown("缩短浸泡")
	w.as(firm, "PATCH", at, moved("first")).want(200)
	w.as(reviewer, "PATCH", at, `{"state":"returned"}`).problem(422) // without a reason
	w.as(reviewer, "PATCH", at, `{"title":"别人的"}`).problem(403)
	w.as(reviewer, "PATCH", at, moved("returned")).want(200)
	shown("缩短浸泡")
	if x := decodeAs[market.Submission](w.as(firm, "PATCH", at, `{"text":"更新的难题"}`).want(200)); x.State != market.Returned || x.ReturnedFor != "缺指标" {
		t.Errorf("mended: %+v", x)
	}
	w.as(firm, "PATCH", at, moved("first")).want(200)
	w.as(reviewer, "PATCH", at, `{"state":"published"}`).want(200)
	shown("缩短浸泡周期")
	if x := w.submission(at); x.ReturnedFor != "" || x.By != name {
		t.Errorf("published again: %+v", x)
	}

	w.as(firm, "PATCH", at, `{"state":"withdrawn"}`).problem(422)
	w.as(firm, "PATCH", at, moved("withdrawn")).want(200)
	w.as("", "GET", need, "").problem(404)
	if r := w.as("", "GET", "/v1/search?q=%E7%BC%A9%E7%9F%AD%E6%B5%B8%E6%B3%A1", "").want(200); strings.Contains(r.body, "submission~"+id) {
		t.Errorf("what was taken down is found: %s", r.body)
	}
	w.as(firm, "PATCH", at, `{"state":"draft"}`).want(200)
	w.as("", "GET", need, "").problem(404)
	w.as(firm, "PATCH", at, moved("first")).want(200)
	w.as(reviewer, "PATCH", at, `{"state":"published"}`).want(200)
	shown("缩短浸泡周期")
	w.as(w.adminKey, "POST", need+"/merge", `{"into":"n1"}`).want(200)
	w.as(firm, "PATCH", at, moved("withdrawn")).problem(409) // what took over is another's
}

// Who edits what waits for a review takes it back, so that nobody passes what they have not read.
func TestWhatIsEditedInReviewIsADraft(t *testing.T) {
	w := newWorld(t, nil)
	firm, _ := w.keyOf(market.Firm)
	reviewer, _ := w.keyOf(market.Reviewer)
	at, _ := w.submits(firm, "缩短浸泡")
	if x := decodeAs[market.Submission](w.as(firm, "PATCH", at, `{"title":"别的"}`).want(200)); x.State != market.Drafted {
		t.Errorf("edited in review it is %s", x.State)
	}
	w.as(reviewer, "PATCH", at, `{"state":"published"}`).problem(409)
}

func TestEachLevelIsDecidedBySomebodyElse(t *testing.T) {
	w := newWorld(t, nil)
	w.svc.ReviewLevels = 3
	firm, _ := w.keyOf(market.Firm)
	var keys []string
	for range 3 {
		key, _ := w.keyOf(market.Reviewer)
		keys = append(keys, key)
	}
	at, id := w.submits(firm, "缩短浸泡")
	w.as(keys[0], "PATCH", at, `{"state":"second"}`).want(200)
	w.as(keys[0], "PATCH", at, `{"state":"third"}`).problem(403)
	w.as(keys[0], "PATCH", at, moved("returned")).problem(403)
	w.as(keys[1], "PATCH", at, `{"state":"published"}`).problem(409) // there is a third level
	w.as(keys[1], "PATCH", at, `{"state":"third"}`).want(200)
	for _, key := range keys[:2] {
		w.as(key, "PATCH", at, `{"state":"published"}`).problem(403)
	}
	w.as(keys[2], "PATCH", at, moved("returned")).want(200)
	w.as(firm, "PATCH", at, moved("first")).want(200) // another round begins with nobody having passed it
	w.as(keys[0], "PATCH", at, `{"state":"second"}`).want(200)
	w.svc.ReviewLevels = 1 // what waits for a level that was given up is published by who passes it
	w.as(keys[1], "PATCH", at, `{"state":"published"}`).want(200)
	w.as("", "GET", "/v1/needs/submission~"+id, "").want(200)
	if x := w.submission(at); len(x.Passed) != 2 {
		t.Errorf("passed by %v", x.Passed)
	}
}

func TestWhatShouldNotBePublicIsNotSentIn(t *testing.T) {
	w := newWorld(t, nil)
	firm, _ := w.keyOf(market.Firm)
	for _, c := range []struct{ field, text, finding string }{ // "": it is sent in
		{"text", "请致电13800138000", "“内容”里有电话或微信号 138******00"},
		{"title", "找 wang@example.com", "“名称”里有邮箱 w***@example.com"},
		{"people", "王丽 11010519491231002X", "“人员”里有身份证号 110*************2X"},
		{"contact", "王丽 11010519491231002X", "“联系方式”里有身份证号 110*************2X"},
		{"ip", "账号6222021234567890128", "“知识产权”里有银行卡号 622**************28"},
		{"contact", "王丽 010-62771234", ""},
		{"text", "不涉及武器", ""}, // somebody looks at words
	} {
		body := map[string]string{"kind": "achievement", "title": "甲", "text": "乙", "org": "某大学", "contact": "王丽"}
		body[c.field] = c.text
		b, err := json.Marshal(body)
		w.must(err)
		made := w.as(firm, "POST", "/v1/submissions", string(b)).want(201)
		x := decodeAs[market.Submission](made)
		if c.finding != "" && x.Findings != c.finding {
			t.Errorf("%s %q: a draft is told %q, want %q", c.field, c.text, x.Findings, c.finding)
		}
		r := w.as(firm, "PATCH", made.Header.Get("Location"), moved("first"))
		if c.finding == "" {
			r.want(200)
		} else if p := r.problem(422); len(p.Errors) != 1 || p.Errors[0].Field != c.field || p.Errors[0].Fix == "" || strings.Contains(r.body, c.text) {
			t.Errorf("%s %q: %s", c.field, c.text, r.body)
		}
	}
	w.as(firm, "POST", "/v1/submissions", `{"kind":"achievement","title":"甲","text":"乙","org":"某大学","contact":"王丽","price":"三年","field":"不存在的行业"}`).problem(422)
}

func TestABatchOfReviewsSaysWhatBecameOfEach(t *testing.T) {
	w := newWorld(t, nil)
	firm, _ := w.keyOf(market.Firm)
	reviewer, _ := w.keyOf(market.Reviewer)
	_, one := w.submits(firm, "甲")
	_, two := w.submits(firm, "乙")
	body := fmt.Sprintf(`{"ids":[%q,"none",%q,%q],"state":"passed","versions":{%q:1}}`, one, two, one, two)
	w.as(firm, "POST", "/v1/submissions/review", body).problem(403)
	a := decodeAs[ReviewAnswer](w.as(reviewer, "POST", "/v1/submissions/review", body).want(200))
	if got := fmt.Sprint(a.Done, a.Failed); got != "1 3" || a.Results[0].State != market.Online || a.Results[0].Title != "甲" {
		t.Errorf("the batch: %s %+v", got, a.Results)
	}
	for i, r := range a.Results[1:] { // there is none, another version, decided already
		if r.State != "" || len(r.Errors) == 0 {
			t.Errorf("result %d: %+v", i+1, r)
		}
	}
	if a := decodeAs[ReviewAnswer](w.as(reviewer, "POST", "/v1/submissions/review", fmt.Sprintf(`{"ids":[%q],"state":"returned"}`, two)).want(200)); a.Failed != 1 {
		t.Errorf("returned without a reason: %+v", a)
	}
	if a := decodeAs[ReviewAnswer](w.as(reviewer, "POST", "/v1/submissions/review", fmt.Sprintf(`{"ids":[%q],"state":"withdrawn","reason":"重复"}`, one)).want(200)); a.Results[0].State != market.TakenDown {
		t.Errorf("taken down: %+v", a)
	}
	w.as("", "GET", "/v1/needs/submission~"+one, "").problem(404)
	if x := w.submission("/v1/submissions/" + two); x.State != market.FirstReview {
		t.Errorf("the other is %s", x.State)
	}
}

func TestNewsOfASubmission(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	firm, reviewer, other := w.person(market.Firm, "", false), w.person(market.Reviewer, "", false), w.person(market.Reader, "", false)
	w.svc.ReviewLevels = 2
	r, err := w.svc.CreateRecord(t.Context(), w.caller(firm), &market.SubmissionType, map[string]string{"kind": "need", "title": "缩短浸泡", "text": "难题", "org": "某厂", "contact": "王丽"})
	w.must(err)
	at := "/v1/submissions/" + *r.Head().ID
	firm.asks("PATCH", at, moved("first")).want(200)
	reviewer.asks("PATCH", at, moved("returned")).want(200)
	firm.asks("PATCH", at, moved("first")).want(200)
	reviewer.asks("PATCH", at, moved("second")).want(200)
	w.as(w.adminKey, "PATCH", at, moved("published")).want(200)
	other.asks("POST", "/v1/leads", fmt.Sprintf(`{"need":%q,"achievement":"a1","contact":"13900139000"}`, r.Text("document"))).want(201)
	w.as(w.adminKey, "PATCH", at, moved("withdrawn")).want(200)
	for _, c := range []struct {
		who  somebody
		want string
	}{
		{firm, "lead.created record.returned submission.moved submission.moved"},
		{reviewer, "submission.waiting submission.waiting"},
		{other, ""},
	} {
		var got []string
		for _, m := range decodeAs[struct{ Messages []struct{ Sort, Text string } }](c.who.asks("GET", "/v1/messages", "").want(200)).Messages {
			got = append(got, m.Sort)
			if strings.Contains(m.Text, "13900139000") {
				t.Errorf("told of a contact: %s", m.Text)
			}
		}
		if slices.Sort(got); strings.Join(got, " ") != c.want {
			t.Errorf("told of %v, want %s", got, c.want)
		}
	}
}

func TestTheQueueOfReviews(t *testing.T) {
	w := newWorld(t, nil)
	firm, _ := w.keyOf(market.Firm)
	_, name := w.keyOf(market.Reviewer)
	c := Caller{Name: name, Role: market.Reviewer, Key: true}
	at, id := w.submits(firm, "甲")
	w.submits(firm, "乙")
	w.as(w.adminKey, "PATCH", at, `{"state":"published"}`).want(200)
	w.as(firm, "PATCH", at, `{"text":"新的难题"}`).want(200)
	w.as(firm, "PATCH", at, moved("first")).want(200)
	rows, total, err := w.svc.Waiting(t.Context(), c, "zh", 10)
	if w.must(err); total != 2 || len(rows) != 2 {
		t.Fatalf("%d wait: %+v", total, rows)
	}
	for _, r := range rows {
		if renews := r.ID == id; r.Renews != renews || r.Refused != nil || renews && (len(r.Changes) != 1 || r.Changes[0].Name != "text" || r.Changes[0].After != "新的难题") {
			t.Errorf("it waits: %+v", r)
		}
	}
	if n, err := w.svc.CountWaiting(t.Context(), c); n != 2 || err != nil {
		t.Errorf("%d are counted (%v)", n, err)
	}
	if _, _, err := w.svc.Waiting(t.Context(), Caller{Name: "key:1", Role: market.Firm, Key: true}, "zh", 10); corpus.CodeOf(err) != corpus.Forbidden {
		t.Errorf("a firm reads the queue: %v", err)
	}
}

// What a text looks like when it is shown is scanned: signs that are not seen hide nothing.
func TestHiddenSignsHideNothing(t *testing.T) {
	w := newWorld(t, nil)
	firm, _ := w.keyOf(market.Firm)
	for _, text := range []string{"请致电138\u200b0013\u200b8000", "请致电138\u00ad00138000", "请致电1380<b></b>0138000", "请致电138&#48;0138000"} {
		at := w.as(firm, "POST", "/v1/submissions", fmt.Sprintf(`{"kind":"need","title":"甲","text":%q,"org":"某淀粉厂","contact":"王厂长"}`, text)).want(201).Header.Get("Location")
		w.as(firm, "PATCH", at, moved("first")).problem(422)
	}
}

// Who wrote a submission does not review it after it was handed over, whatever they are by then.
func TestAnAuthorNeverReviewsTheirOwn(t *testing.T) {
	w := newWorld(t, nil)
	author, heir := w.person(market.Firm, "", false), w.person(market.Firm, "", false)
	at := author.asks("POST", "/v1/submissions", `{"kind":"need","title":"甲","text":"难题","org":"某淀粉厂","contact":"王厂长"}`).want(201).Header.Get("Location")
	author.asks("PATCH", at, moved("first")).want(200)
	w.as(w.adminKey, "POST", "/v1/accounts/"+author.id+"/handover", fmt.Sprintf(`{"to":%q}`, heir.id)).want(200)
	w.as(w.adminKey, "PATCH", "/v1/accounts/"+author.id, `{"role":"reviewer"}`).want(200)
	a, _, err := market.AccountOf(w.svc.Store, author.id)
	w.must(err)
	author.cookie, _, err = w.svc.beginSession(t.Context(), "sign in", a, nil, "")
	w.must(err)
	author.asks("PATCH", at, moved("published")).problem(403)
	w.as(w.adminKey, "PATCH", at, moved("published")).want(200)
}

// What today's rules would refuse is taken down all the same.
func TestWhatIsNoLongerRightIsTakenDown(t *testing.T) {
	w := newWorld(t, nil)
	firm, _ := w.keyOf(market.Firm)
	at, id := w.submits(firm, "甲")
	w.as(w.adminKey, "PATCH", at, moved("published")).want(200)
	x := w.submission(at)
	x.Region = "火星"
	w.must(w.svc.putRecord(t.Context(), operator, "write", market.Submissions, id, x, 0))
	w.as(firm, "PATCH", at, moved("withdrawn")).want(200)
	w.as("", "GET", "/v1/needs/submission~"+id, "").problem(404)
}
