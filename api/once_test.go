package api

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
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
		if (r.method == "POST" || r.method == "PATCH") && strings.Contains(r.summary, "shown this once") != r.secret {
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

func TestFilesThatBeginAlikeAreTwoRequests(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	send := func(last string) reply {
		file := "技术需求,科技成果,备注\n" + strings.Repeat(strings.Repeat(" ", 1000)+"\n", int(BodyJSON.Default)/1000) + "n1,a1," + last + "\n"
		return w.as(w.readKey, "POST", "/v1/leads/import", file, "Content-Type", "text/csv", "Idempotency-Key", "k")
	}
	if sum := decodeAs[RecordImport](send("一").want(200)); sum.Created != 1 {
		t.Errorf("the first: %+v", sum)
	}
	if p := send("二").problem(422); p.Type != "/problems/idempotency_key_reused" {
		t.Errorf("the second: %+v", p)
	}
}
