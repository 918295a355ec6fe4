package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// backgroundLines are what is logged outside of requests here.
var backgroundLines = []string{"events were raised", "a delivery was given up"}

// A day of a server: people come in, keys, leads and subscriptions are made, texts are pasted and typed, alerts and a feed
// fail, and at last the store. The log is JSON, a line each; a line of a request names it; nothing says who did what.
func TestTheLogSaysNothingOfPeople(t *testing.T) {
	const (
		person, phone, address = "欧阳暗标", "13955550172", "anbiao@firm.example"
		login, wrong           = "anbiao-login", "wrong horse 55"
		query, pasted, message = "暗标检索", "暗标粘贴", "暗标留言"
		hook, feed             = "https://127.0.0.1:1/in/hooktoken55", "https://127.0.0.1:1/feed?key=feedtoken66"
	)
	marks := map[string]string{"name": person, "telephone": phone, "mail": address, "login": login, "password": password, "wrong password": wrong,
		"search": query, "pasted text": pasted, "message": message, "webhook": "hooktoken55", "feed": "feedtoken66"}
	w := newWorld(t, Options{}, fixtures())
	w.svc.BaseURL, w.svc.RetryWaits = "https://portal.example", []time.Duration{} // one try
	w.svc.Mail = &api.MailServer{Host: "127.0.0.1", Port: 1, From: "对接 <alerts@portal.example>", TLS: "none"}
	var err error
	if w.svc.PrivateWebhooks, err = api.ParsePrivateHosts("127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	admin, _ := w.key(market.Admin)
	marks["admin's key"] = admin
	tell := func(status int, key, method, path, body string, out any) *http.Response {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+key)
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		if rec.Code != status {
			t.Fatalf("%s %s: status %d, want %d: %s", method, path, rec.Code, status, rec.Body)
		}
		if out != nil {
			if err := json.Unmarshal(rec.Body.Bytes(), out); err != nil {
				t.Fatal(err)
			}
		}
		return rec.Result()
	}
	await := func(what string, n int) {
		t.Helper()
		for end := time.Now().Add(5 * time.Minute); strings.Count(w.log.String(), what) < n; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the log does not say %d times %q:\n%s", n, what, w.log)
			}
		}
	}

	var invitation api.Invitation
	tell(201, admin, "POST", "/v1/accounts", `{"name":"`+person+`","role":"firm","org":"某厂"}`, &invitation)
	link := strings.TrimPrefix(invitation.Link, w.svc.BaseURL)
	marks["link"] = strings.TrimPrefix(link, api.WelcomePath)
	marks["session"] = strings.TrimPrefix(w.join(link, login), sessionCookie+"=")
	if res := w.signInAs(login, wrong); res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong password: %d", res.StatusCode)
	}
	cookie := w.cookieOf(w.signInAs(login, password))
	marks["second session"] = strings.TrimPrefix(cookie, sessionCookie+"=")
	w.get("/account", cookie)

	w.svc.Channels = api.Outlets{Robots: map[market.Channel]api.Robot{market.LarkChannel: {URL: "https://127.0.0.1:1/robottoken77", Secret: "robotsecret77"},
		market.DingTalkChannel: {URL: "https://127.0.0.1:1/send?access_token=robottoken77", Secret: "robotsecret77"}},
		SMS: &api.SMSGateway{URL: "http://127.0.0.1:1/sms", Key: "smskey88", Body: `{"key":"{{.Key}}","to":"{{.Phone}}","text":"{{.Text}}"}`}}
	marks["address of a robot"], marks["secret of a robot"], marks["key of SMS"] = "robottoken77", "robotsecret77", "smskey88"
	broker := market.Account{ID: "broker", Login: "broker", Name: person, Role: market.Broker, Password: "x"}
	told := market.StoredPreference{PhoneConfirmed: true, Preference: market.Preference{Phone: phone,
		Choices: map[string]market.Choice{market.LeadCreated: {Channels: []market.Channel{market.SMSChannel, market.DingTalkChannel, market.LarkChannel}}}}}
	for table, v := range map[string]any{market.Accounts: broker, market.Preferences: told} {
		body, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.svc.Store.Write(t.Context(), corpus.Batch{Actor: "test", Records: []corpus.Record{{Table: table, ID: broker.ID, Body: body}}}); err != nil {
			t.Fatal(err)
		}
	}

	var key api.NewKey
	tell(201, admin, "POST", "/v1/keys", `{"name":"`+person+`","role":"firm"}`, &key)
	marks["key"] = key.Key
	tell(401, key.Key+"x", "GET", "/v1/leads", "", nil)
	tell(201, key.Key, "POST", "/v1/leads", `{"need":"N1","achievement":"A1","message":"`+message+`","name":"`+person+`","contact":"`+phone+`"}`, nil)
	tell(422, key.Key, "POST", "/v1/leads", `{"need":"`+person+`","contact":"`+phone+`","`+address+`":""}`, nil)
	tell(201, key.Key, "POST", "/v1/subscriptions", `{"query":"`+query+`","mail":"`+address+`"}`, nil)
	var sub market.Subscription
	tell(201, key.Key, "POST", "/v1/subscriptions", `{"query":"淀粉","webhook":"`+hook+`"}`, &sub)
	marks["secret of the webhook"] = sub.Secrets[0].Secret

	for _, path := range []string{"/v1/search?q=", "/v1/suggest?q=", "/search?q=", "/v1/search?stage="} {
		w.ask(http.MethodGet, path+url.QueryEscape(query), nil)
	}
	note := pasted + "：缩短玉米浸泡时间\n联系人：" + person + " " + phone + "\n"
	w.page(http.StatusOK, http.MethodPost, "/needs/paste", url.Values{"text": {note}})
	quoted, err := json.Marshal(note)
	if err != nil {
		t.Fatal(err)
	}
	tell(200, admin, "POST", "/v1/paste", `{"text":`+string(quoted)+`}`, nil)
	tell(200, admin, "POST", "/v1/import?kind=need", "名称,联系人,预算\n浸泡,"+person+phone+",很多\n,"+person+",\n", nil)
	tell(200, admin, "PUT", "/v1/feeds/ab", `{"url":"`+feed+`"}`, nil)
	tell(200, admin, "POST", "/v1/feeds/ab/fetch", "", nil)

	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() { w.svc.RunAlerts(ctx) })
	working.Go(func() { w.svc.RunDeliveries(ctx) })
	await("a delivery was given up", 1) // the question by mail
	tell(201, admin, "POST", "/v1/achievements", `{"source_id":"Z1","title":"玉米淀粉浸泡新工艺","contact":"`+person+phone+`"}`, nil)
	await("a delivery was given up", 5) // the alert, and the lead by SMS and robot
	stop()
	working.Wait()

	if err := w.svc.Store.Close(); err != nil {
		t.Fatal(err)
	}
	failed := []string{tell(500, key.Key, "GET", "/v1/needs/N1", "", nil).Header.Get("X-Request-Id")}
	failed = append(failed, w.ask(http.MethodGet, "/needs/N1", nil).Header.Get("X-Request-Id"))

	requests, faults := 0, map[string]bool{}
	for line := range strings.Lines(w.log.String()) {
		var l struct {
			Msg, Level string
			ID         string `json:"request_id"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil || strings.Count(line, "request_id") > 1 || (l.ID == "") != slices.Contains(backgroundLines, l.Msg) {
			t.Errorf("a line of the log (%v): %s", err, line)
		}
		if l.Msg == "request" {
			requests++
		}
		if l.Level == "ERROR" {
			faults[l.ID] = true
		}
	}
	if requests < 20 || len(failed[0]) == 0 || !faults[failed[0]] || !faults[failed[1]] {
		t.Errorf("%d requests are logged, of what failed %v, want %v", requests, faults, failed)
	}
	log := w.log.String()
	for what, mark := range marks {
		for _, form := range []string{mark, url.QueryEscape(mark), url.PathEscape(mark)} {
			if at := strings.Index(log, form); at >= 0 {
				t.Errorf("the log has the %s: %s", what, log[max(0, at-200):at+len(form)])
			}
		}
	}
}
