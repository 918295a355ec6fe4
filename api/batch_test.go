package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

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
		`{"kind":"need","id":"n1","document":{"title":"` + strings.Repeat("长", int(BodyJSON.Default)/3) + `"}}`,
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
