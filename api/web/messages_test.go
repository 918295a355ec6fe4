package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

func TestMessagesStandInTheHeaderUntilTheyAreRead(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.join(w.invite(market.Broker), "wangli")
	if doc, source := w.get("/messages", in); len(classes(doc, "empty")) != 1 || strings.Contains(source, `class="count"`) {
		t.Error("an empty inbox says nothing, or counts")
	}
	other := w.signIn() // by a key, which has no inbox
	if _, source := w.get("/account", other); strings.Contains(source, `href="/messages"`) || strings.Contains(source, `id="told"`) {
		t.Error("a key is offered an inbox")
	}
	w.page(http.StatusForbidden, http.MethodGet, "/messages", nil, other)
	first := w.add(other, "leads", lead)
	w.add(other, "leads", lead)
	doc, source := w.get("/messages", in)
	rows := tags(classes(doc, "results")[0], "li")
	if len(rows) != 2 || !strings.Contains(text(rows[0]), "新的对接意向：") || !strings.Contains(text(rows[0]), "未读") || strings.Contains(text(rows[0]), "/leads/") {
		t.Fatalf("the inbox: %s", text(doc))
	}
	if !strings.Contains(source, `<span class="count">2<span class="hide"> 条未读</span></span>`) {
		t.Error("the header counts nothing")
	}
	open := attr(tags(rows[1], "form")[0], "action")
	if to := w.ask(http.MethodPost, open, url.Values{}, in).Header.Get("Location"); to != first && !strings.HasPrefix(to, "/leads/") {
		t.Errorf("a message leads to %q", to)
	}
	if _, source := w.get("/", in); !strings.Contains(source, `<span class="count">1<`) {
		t.Error("what was opened counts as unread")
	}
	w.ask(http.MethodPost, "/messages", url.Values{}, in)
	if _, source := w.get("/messages", in, "lang=en"); strings.Contains(source, `class="count"`) || !strings.Contains(source, "New lead: ") {
		t.Error("what was read counts, or the page has no English")
	}
	if to := w.ask(http.MethodPost, "/messages/x", url.Values{}, in).Header.Get("Location"); to != "/messages" {
		t.Errorf("a message that is not there leads to %q", to)
	}
}

func TestThePageOfTheAccountSaysHowOneIsTold(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.join(w.invite(market.Firm), "wangli")
	form := url.Values{"mail": {"a@b.example"}, "channel.lead.moved": {"mail"}, "digest.lead.moved": {"daily"}, "quiet_from": {"22:00"}, "quiet_to": {""}, "digest_at": {"09:15"}}
	doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/account/told", form, in)
	if got := text(classes(doc, "field-error")[0]); !strings.Contains(got, "免打扰") {
		t.Errorf("what is wrong: %s", got)
	}
	form.Set("quiet_to", "07:30")
	for range 2 {
		checked := 0
		for _, input := range tags(doc, "input") {
			switch attr(input, "name") {
			case "mail", "quiet_from", "digest_at":
				if attr(input, "value") != form.Get(attr(input, "name")) {
					t.Errorf("%s is not kept", attr(input, "name"))
				}
			case "channel.lead.moved":
				for _, a := range input.Attr {
					if a.Key == "checked" {
						checked++
					}
				}
			}
		}
		if checked != 1 {
			t.Error("a channel that was chosen is not kept")
		}
		doc, _ = w.page(http.StatusOK, http.MethodPost, "/account/told", form, in)
	}
	if len(classes(doc, "note")) != 1 {
		t.Error("it does not say that it is saved")
	}
	// Nobody takes the mail, and a code is wrong.
	w.svc.Mail = &api.MailServer{Host: "127.0.0.1", Port: 1, From: "a@b.example", TLS: "none"}
	w.page(http.StatusUnprocessableEntity, http.MethodPost, "/account/confirm", url.Values{"channel": {"mail"}}, in)
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodPost, "/account/confirm", url.Values{"code": {"abcdef"}}, in)
	if got := text(classes(doc, "field-error")[0]); !strings.Contains(got, "验证码不对") {
		t.Errorf("what is wrong: %s", got)
	}
}

func TestAMessageThatCouldNotBeDelivered(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	w.join(w.invite(market.Broker), "wangli")
	accounts, err := w.svc.Accounts(t.Context(), operator)
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"account:" + accounts[0].ID + "/sms", "account:gone/mail", "robot/lark"} {
		if _, err := w.svc.Store.Raise(t.Context(), []corpus.Event{{ID: to, To: to, Type: market.LeadMoved, Body: []byte(`{"kind":"need","document":"N1"}`)}}, nil); err != nil {
			t.Fatal(err)
		}
		e, err := w.svc.Store.Event(to)
		if err != nil {
			t.Fatal(err)
		}
		e.State, e.Error, e.Ended = corpus.Dead, "机器人答复错误码 310000", w.now()
		if err := w.svc.Store.Settle(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	doc, _ := w.get("/deliveries", w.signIn())
	for _, part := range []string{"短信 · 王丽", "邮件 · gone", "飞书群", "机器人答复错误码 310000", "消息"} {
		if !strings.Contains(text(doc), part) {
			t.Errorf("no %q in %s", part, text(doc))
		}
	}
}
