package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"duijie/corpus"
)

func TestARequestWithAKeyIsCarriedOutOnce(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, test := range []struct{ path, body, again string }{
		{"/v1/needs", `{"title":"新","source_id":"s1"}`, `{"title":"新","source_id":"s2"}`},
		{"/v1/leads", `{"need":"n1","achievement":"a1"}`, `{"need":"n1","achievement":"a3"}`},
		{"/v1/feedback", `{"feedback":[{"need":"n1","act":"opened","achievement":"a1"}]}`, `{"feedback":[{"need":"n1","act":"opened","achievement":"a3"}]}`},
		{"/v1/paste", `{"text":"需求：缩短玉米浸泡时间"}`, `{"text":"需求：延长秸秆存放时间"}`},
		{"/v1/achievements/a3/merge", `{"into":"a2"}`, `{"into":"a1"}`},
	} {
		first := w.as(w.adminKey, "POST", test.path, test.body, "Idempotency-Key", test.path)
		changed, err := w.svc.Store.LastChange()
		w.must(err)
		second := w.as(w.adminKey, "POST", test.path, test.body, "Idempotency-Key", test.path).want(first.StatusCode)
		if first.StatusCode > 299 || first.body != second.body || first.Header.Get("Idempotency-Replayed") != "" || second.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: %d %s, then %s", test.path, first.StatusCode, first.body, second.body)
		}
		for _, name := range keptHeaders {
			if a, b := first.Header.Get(name), second.Header.Get(name); a != b {
				t.Errorf("%s: %s %q, then %q", test.path, name, a, b)
			}
		}
		if p := w.as(w.adminKey, "POST", test.path, test.again, "Idempotency-Key", test.path).problem(422); p.Type != "/problems/idempotency_key_reused" || p.Errors[0].Field != "Idempotency-Key" {
			t.Errorf("another body with the key: %+v", p)
		}
		if now, _ := w.svc.Store.LastChange(); now != changed {
			t.Errorf("%s: %d changes, then %d", test.path, changed, now)
		}
	}
	one := w.as(w.adminKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`, "Idempotency-Key", "k").want(201)
	other := w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`, "Idempotency-Key", "k").want(201)
	if one.body == other.body {
		t.Error("the key of another caller gives his answer")
	}
	w.as(w.adminKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`, "Idempotency-Key", strings.Repeat("k", 256)).problem(422)
	w.as(w.adminKey, "POST", "/v1/needs", `{}`, "Idempotency-Key", "mended").problem(422)
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"改好了"}`, "Idempotency-Key", "mended").want(201)
}

func TestASecretIsNotGivenAgain(t *testing.T) {
	w := newWorld(t, nil)
	made := decodeAs[NewKey](w.as(w.adminKey, "POST", "/v1/keys", `{"name":"x","role":"read"}`, "Idempotency-Key", "k").want(201))
	r := w.as(w.adminKey, "POST", "/v1/keys", `{"name":"x","role":"read"}`, "Idempotency-Key", "k")
	if p := r.problem(409); p.Type != "/problems/answer_not_kept" || strings.Contains(r.body, made.Key) {
		t.Errorf("again: %s", r.body)
	}
	if list := decodeAs[struct{ Keys []KeyInfo }](w.as(w.adminKey, "GET", "/v1/keys", "").want(200)); len(list.Keys) != 3 {
		t.Errorf("%d keys, want the two of the test and one", len(list.Keys))
	}
	for _, r := range routes() { // whose answer has a member that is a secret
		if r.method == "POST" && strings.Contains(r.summary, "shown this once") != r.secret {
			t.Errorf("%s %s: secret is %v", r.method, r.path, r.secret)
		}
	}
}

func TestOfManyWithOneKeyOneIsCarriedOut(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	var wait sync.WaitGroup
	answers := make([]int, 8)
	for i := range answers {
		wait.Go(func() {
			r := httptest.NewRequest("POST", "/v1/leads", strings.NewReader(`{"need":"n1","achievement":"a1"}`))
			r.Header.Set("Idempotency-Key", "k")
			r.Header.Set("Content-Type", "application/json")
			rec := httptest.NewRecorder()
			w.admin.ServeHTTP(rec, r)
			answers[i] = rec.Code
		})
	}
	wait.Wait()
	if page := decodeAs[leadPage](w.as(w.adminKey, "GET", "/v1/leads", "").want(200)); len(page.Leads) != 1 {
		t.Errorf("%d leads; answers %v", len(page.Leads), answers)
	}
	for _, status := range answers {
		if status != 201 && status != 409 {
			t.Errorf("answers %v", answers)
		}
	}
}

func TestWhatTheCallerHasIsNotSentAgain(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, path := range []string{"/v1/needs/n1", "/v1/needs/n1/matches", "/v1/codes/field", "/v1/search?q=" + "%E6%B7%80%E7%B2%89", "/v1/needs", "/v1/codes"} {
		first := w.as("", "GET", path, "").want(200)
		tag := first.Header.Get("ETag")
		for _, given := range []string{tag, `"x", W/` + tag, "*"} {
			if again := w.as("", "GET", path, "", "If-None-Match", given).want(304); again.body != "" || again.Header.Get("ETag") != tag {
				t.Errorf("%s: %q with the tag %s, want %s", path, again.body, again.Header.Get("ETag"), tag)
			}
		}
		if r := w.as("", "GET", path, "", "If-None-Match", `"x"`).want(200); r.body != first.body {
			t.Errorf("%s with another tag: %s", path, r.body)
		}
	}
	tag := w.as("", "GET", "/v1/needs/n1", "").want(200).Header.Get("ETag")
	if other := w.as(w.adminKey, "GET", "/v1/needs/n1", "").want(200).Header.Get("ETag"); other == tag {
		t.Error("what an admin reads has the tag of what anybody reads")
	}
	w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"title":"改"}`, "If-Match", tag).want(200)
	w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"title":"又改"}`, "If-Match", tag).problem(412)
	w.as("", "GET", "/v1/needs/n1", "", "If-None-Match", tag).want(200)
}

func TestChangesLeadAMirrorToWhatIsThere(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	mirror := map[string]string{}
	next := ""
	follow := func() {
		t.Helper()
		for {
			a := decodeAs[Changes](w.as("", "GET", "/v1/changes?limit=2&after="+next, "").want(200))
			for _, c := range a.Changes {
				name := string(c.Kind) + "/" + c.ID
				if delete(mirror, name); !c.Deleted {
					mirror[name] = c.Document.Title
				}
			}
			if next = a.Next; !a.More {
				return
			}
		}
	}
	check := func() {
		t.Helper()
		follow()
		there := map[string]string{}
		for d, err := range w.svc.each(t.Context(), Caller{}, corpus.Kinds) {
			w.must(err)
			there[string(d.Kind)+"/"+d.ID] = d.Title
		}
		if fmt.Sprint(mirror) != fmt.Sprint(there) {
			t.Errorf("the mirror has %v, the store %v", mirror, there)
		}
	}
	check()
	w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"title":"改"}`).want(200)
	w.as(w.adminKey, "PATCH", "/v1/needs/n2", `{"status":"withdrawn"}`).want(200)
	w.as(w.adminKey, "DELETE", "/v1/achievements/a2", "").want(204)
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"新","source_id":"n9"}`).want(201)
	check()
	w.as(w.adminKey, "PATCH", "/v1/needs/n2", `{"status":"published"}`).want(200)
	check()
	all := w.as("", "GET", "/v1/changes?limit=500", "").want(200).body
	for _, hidden := range []string{marker, "draft"} {
		if strings.Contains(all, hidden) {
			t.Errorf("the log tells anybody of %s: %s", hidden, all)
		}
	}
	if r := w.as(w.adminKey, "GET", "/v1/changes?limit=500&kinds=achievement", "").want(200); !strings.Contains(r.body, `"draft"`) || strings.Contains(r.body, `"kind":"need","id":"n1","doc`) {
		t.Errorf("an admin's achievements: %s", r.body)
	}
	w.as("", "GET", "/v1/changes?after=999999", "").problem(410)
	w.as("", "GET", "/v1/changes?after=3.00000000", "").problem(410)
	w.as("", "GET", "/v1/changes?after=x", "").problem(422)
	w.as("", "GET", "/v1/changes?after=3", "").want(200)
	other := newWorld(t, nil, testDocs()...)
	other.as("", "GET", "/v1/changes?after="+decodeAs[Changes](w.as("", "GET", "/v1/changes?limit=1", "")).Next, "").problem(410)
}

func TestAReaderCanWaitForAChange(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	next := decodeAs[Changes](w.as("", "GET", "/v1/changes?limit=500", "").want(200)).Next
	got := make(chan reply)
	go func() { got <- w.as("", "GET", "/v1/changes?wait=30&after="+next, "") }()
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"草","status":"draft","source_id":"d"}`).want(201)
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"新","source_id":"n9"}`).want(201)
	if a := decodeAs[Changes](<-got); len(a.Changes) != 1 || a.Changes[0].ID != "n9" {
		t.Errorf("woken with %+v", a)
	}
}

func TestEachRowOfABatchHasItsAnswer(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	rows := []string{
		`{"kind":"need","source":"crm","source_id":"1","document":{"title":"一"}}`,
		`{"kind":"need","source":"crm","source_id":"1","document":{"title":"一改"}}`,
		`{"kind":"need","source":"crm","source_id":"1","document":{"title":"一改"}}`,
		`{"op":"create","kind":"need","source_id":"n1","document":{"title":"已有"}}`,
		`{"kind":"need","document":{"title":""}}`,
		`not json`,
		``,
		`{"op":"patch","kind":"need","id":"n2","document":{"title":"二"}}`,
		`{"op":"patch","kind":"need","id":"none","document":{"title":"二"}}`,
		`{"op":"delete","kind":"expert","id":"e1"}`,
		`{"op":"sell","kind":"expert","id":"p1"}`,
		`{"kind":"need","id":"n1","if_version":7,"document":{"title":"旧"}}`,
		`{"kind":"achievement","source":"crm","source_id":"2","document":{"title":"成果","price":"80万元","colour":"red"}}`,
		`{"kind":"achievement","source":"crm","source_id":"3","document":{"title":"成果","price":"80万元"}}`,
		`{"op":"patch","kind":"need","document":{"title":"二"}}`,
		`{"kind":"need","id":"n1","document":{"title":"` + strings.Repeat("长", maxBody/3) + `"}}`,
	}
	r := send(t, w.http, "POST", "/v1/batch", strings.Join(rows, "\n"), "Authorization", "Bearer "+w.adminKey, "Content-Type", "application/x-ndjson").want(200)
	got := ""
	for line := range strings.Lines(r.body) {
		var a BatchResult
		w.must(json.Unmarshal([]byte(line), &a))
		got += fmt.Sprintf("%d:%d", a.Row, a.Status)
		if a.Problem != nil && (a.Problem.Fix == "" || a.Problem.Status != a.Status) {
			t.Errorf("an incomplete problem: %s", line)
		}
		got += string(a.Outcome) + " "
	}
	want := "1:201created 2:200updated 3:200unchanged 4:409 5:422 6:422 8:200updated 9:404 10:204 11:422 12:412 13:422 14:201created 15:422 16:413 "
	if got != want {
		t.Errorf("rows and statuses\n%s, want\n%s", got, want)
	}
	w.as(w.readKey, "POST", "/v1/batch", rows[0]).problem(403)
}

func TestALargeBatchIsWrittenInSteps(t *testing.T) {
	w := newWorld(t, nil)
	var body strings.Builder
	for i := range 2*batchStep + 7 {
		fmt.Fprintf(&body, `{"kind":"expert","source":"hr","source_id":"%d","document":{"title":"专家%d"}}`+"\n", i, i%400)
	}
	r := w.as(w.adminKey, "POST", "/v1/batch", body.String()).want(200)
	if n := strings.Count(r.body, `"outcome":"created"`); n != 2*batchStep+7 {
		t.Errorf("%d rows are created", n)
	}
	audits, err := w.svc.Store.Audits(10)
	if w.must(err); len(audits) < 3 || len(audits) > 8 {
		t.Errorf("%d writes", len(audits))
	}
}

func TestASourcePutsByItsOwnIDs(t *testing.T) {
	w := newWorld(t, nil)
	put := func(id, body string, headers ...string) reply {
		return w.as(w.adminKey, "PUT", "/v1/needs/by-source/crm/"+id, body, headers...)
	}
	first := put("a%2F1", `{"title":"一"}`, "If-None-Match", "*").want(201)
	d := decodeAs[Posting](first)
	if d.Source != "crm" || d.SourceID != "a/1" || first.Header.Get("Location") != "/v1/needs/"+d.ID {
		t.Errorf("made %s at %s", first.body, first.Header.Get("Location"))
	}
	put("a%2F1", `{"title":"一"}`, "If-None-Match", "*").problem(412)
	put("a%2F1", `{"title":"二"}`).want(200)
	put("a%2F1", `{"title":"三"}`, "If-Match", `"1"`).problem(412)
	put("a%2F1", `{"title":"三"}`, "If-Match", `"2"`).want(200)
	put("7", `{"title":"七","source":"other"}`).problem(422)
	if got := put("7", `{"title":"七","source":"crm","source_id":"7"}`).want(201).Header.Get("Location"); got != "/v1/needs/crm~7" {
		t.Errorf("at %s", got)
	}
}

func TestQuestionsOfABatchFailAlone(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	body := `{"questions":[{"need":"n1"},{"need":"none"},{"text":"淀粉废水处理","limit":1},{},{"achievement":"a1"}]}`
	a := decodeAs[struct{ Answers []MatchBatchAnswer }](w.as(w.readKey, "POST", "/v1/match/batch", body).want(200)).Answers
	got := ""
	for _, one := range a {
		got += fmt.Sprintf("%d %v %v ", one.Status, one.Answer != nil, one.Problem != nil)
	}
	if want := "200 true false 404 false true 200 true false 422 false true 200 true false "; got != want {
		t.Errorf("answers %s, want %s", got, want)
	}
	alone := w.as(w.readKey, "POST", "/v1/match", `{"text":"淀粉废水处理","limit":1}`).want(200)
	if b, _ := json.Marshal(a[2].Answer); strings.TrimSpace(alone.body) != string(b) {
		t.Errorf("in a batch %s, alone %s", b, alone.body)
	}
	w.as("", "POST", "/v1/match/batch", body).problem(401)
	w.as(w.readKey, "POST", "/v1/match/batch", `{"questions":[]}`).problem(422)
}

func TestCodesHaveNames(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	list := decodeAs[struct{ Tables []CodeTableInfo }](w.as("", "GET", "/v1/codes", "").want(200)).Tables
	for _, info := range list {
		table := decodeAs[CodeTable](w.as("", "GET", "/v1/codes/"+info.Table, "").want(200))
		known := map[string]bool{}
		for _, c := range table.Codes {
			if c.Name == "" || c.Parent != "" && !known[c.Parent] || known[c.Code] {
				t.Errorf("%s: %+v stands without a name, before its parent or twice", info.Table, c)
			}
			known[c.Code] = true
		}
		if len(table.Codes) != info.Count || info.Count == 0 || info.Edition == "" {
			t.Errorf("%+v has %d codes", info, len(table.Codes))
		}
	}
	w.as("", "GET", "/v1/codes/colours", "").problem(404)
	p := decodeAs[Posting](w.as("", "GET", "/v1/achievements/a1", "").want(200))
	if c := p.Codes; c == nil || c.Field[0].Name != "淀粉及淀粉制品制造" || c.Region.Name != "科尔沁区" || c.Stage.NameEN != "Pilot" || c.Cooperation[0].Name != "技术许可" {
		t.Errorf("the codes of a document: %+v", c)
	}
}

func TestAnImportCanGoOnInTheBackground(t *testing.T) {
	w := newWorld(t, nil)
	file := "编号,名称\nb1,一\nb2,二\n"
	headers := []string{"Content-Type", "text/csv", "Prefer", "respond-async"}
	w.as(w.adminKey, "POST", "/v1/import?kind=need", file, headers...).want(200) // it has no place for files: the preference is not met
	w.svc.Uploads = t.TempDir()
	go w.svc.RunUploads(t.Context())
	w.as(w.adminKey, "POST", "/v1/import?kind=need&dry_run=true", file, headers...).problem(422)
	r := w.as(w.adminKey, "POST", "/v1/import?kind=achievement&map="+"%E5%90%8D%E7%A7%B0%3Dtitle", file, headers...).want(202)
	at := r.Header.Get("Location")
	if r.Header.Get("Preference-Applied") != "respond-async" || at != "/v1/imports/"+decodeAs[ImportStatus](r).ID {
		t.Errorf("at %q: %s", at, r.body)
	}
	events := w.as(w.adminKey, "GET", at+"/events", "").want(200) // ends with the import
	if st := decodeAs[ImportStatus](w.as(w.adminKey, "GET", at, "").want(200)); st.State != corpus.ImportDone || st.Created != 2 {
		t.Errorf("it ended as %+v after %s", st, events.body)
	}
}

func TestRequestsAreLimited(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.svc.Limits = Limits{PerAddress: 2, PerKey: 3}
	w.http = Handler(w.svc, nil)
	ask := func(key, path string, headers ...string) reply { return w.as(key, "GET", path, "", headers...) }
	// httptest's requests come from 192.0.2.1.
	if r := ask("", "/v1/status").want(200); r.Header.Get("RateLimit-Policy") != `"address";q=2;w=60` || !strings.HasPrefix(r.Header.Get("RateLimit"), `"address";r=1;t=`) {
		t.Errorf("headers %v", r.Header)
	}
	ask("wrong", "/v1/status").problem(401)
	if r := ask("", "/v1/status"); r.problem(429).Type != "/problems/too_many_requests" || r.Header.Get("Retry-After") == "" {
		t.Errorf("the third: %v %s", r.Header, r.body)
	}
	ask("wrong", "/v1/status").problem(429)
	ask("", "/livez").want(200)
	ask("", "/v1/status", "X-Forwarded-For", "203.0.113.9").problem(429) // it is no proxy of ours
	for range 3 {
		ask(w.readKey, "/v1/status").want(200)
	}
	ask(w.readKey, "/v1/status").problem(429)
	for range 5 {
		ask(w.adminKey, "/v1/status").want(200)
		send(t, w.admin, "GET", "/v1/status", "").want(200)
	}
}

func TestAnswersAreCompressedWhereNothingIsSecret(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(strings.Repeat("<p>页</p>", 1000)))
	})
	w := newWorld(t, pages, testDocs()...)
	long := strings.Repeat("长", 100)
	for _, test := range []struct {
		method, path, body, cookie string
		want                       string
	}{
		{"GET", "/v1/codes/field", "", "", "gzip"},
		{"GET", "/v1/export?format=jsonl", "", "", "gzip"},
		{"GET", "/v1/codes/status", "", "", ""}, // short
		{"GET", "/needs", "", "", "gzip"},
		{"GET", "/needs", "", "lang=en", "gzip"},
		{"GET", "/needs", "", "session=x", ""},
		{"GET", ConfirmPath + "x", "", "", ""},
		{"POST", "/v1/match", `{"need":"n1"}`, "", "gzip"},
		{"POST", "/v1/keys", `{"name":"` + long + `","role":"read"}`, "", ""},
	} {
		r := w.as(w.adminKey, test.method, test.path, test.body, "Accept-Encoding", "gzip", "Cookie", test.cookie)
		if got := r.Header.Get("Content-Encoding"); got != test.want || r.StatusCode > 299 {
			t.Errorf("%s %s (cookie %q): %d %q, want %q", test.method, test.path, test.cookie, r.StatusCode, got, test.want)
		}
		if r.Header.Get("No-Gzip-Compression") != "" {
			t.Errorf("%s %s: a header that is ours", test.method, test.path)
		}
	}
}

// TestAWalkDeliversEachOnceWhileDataChanges goes through lists by their cursors while postings come and go.
func TestAWalkDeliversEachOnceWhileDataChanges(t *testing.T) {
	var docs []corpus.Doc
	for i := range 20 {
		docs = append(docs, corpus.Doc{Kind: corpus.Need, SourceID: fmt.Sprint("w", i), Title: fmt.Sprint("淀粉废水处理之", i), PublishedOn: corpus.Date(fmt.Sprintf("2026-03-%02d", i+1))})
	}
	for _, path := range []string{"/v1/needs?limit=3", "/v1/search?kind=need&limit=3", "/v1/search?q=%E6%B7%80%E7%B2%89&limit=3"} {
		w := newWorld(t, nil, docs...)
		seen := map[string]int{}
		for next, step := "", 0; ; step++ {
			r := w.as("", "GET", path+"&after="+next, "").want(200)
			page := decodeAs[struct {
				Documents, Results []struct{ ID string }
				Next               string
			}](r)
			for _, d := range append(page.Documents, page.Results...) {
				seen[d.ID]++
			}
			if next = page.Next; next == "" {
				break
			}
			w.as(w.adminKey, "POST", "/v1/needs", fmt.Sprintf(`{"title":"淀粉新%d","source_id":"x%d","published":"2026-12-01"}`, step, step)).want(201)
			w.as(w.adminKey, "DELETE", fmt.Sprintf("/v1/needs/w%d", 19-step), "").want(204)
		}
		for i := range 10 { // those that were there all the time
			if n := seen[fmt.Sprint("w", i)]; n != 1 {
				t.Errorf("%s: w%d is delivered %d times", path, i, n)
			}
		}
	}
}
