package api

import (
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"duijie/corpus"
	"duijie/corpus/market"
)

// posting lets a world mail by a post office.
func (w *alertWorld) posting(p *postOffice) (forward func(time.Duration)) {
	w.svc.Mail = &MailServer{Host: p.host, Port: p.port, From: "对接平台 <alerts@portal.example>", TLS: "none"}
	w.svc.BaseURL = "https://www.example.cn/duijie"
	now := day
	w.svc.Now = func() time.Time { return now }
	return func(d time.Duration) { now = now.Add(d) }
}

func mailTo(id, need string, d market.Digest) market.Subscription {
	s, err := market.SubscriptionType.New(map[string]string{"need": need, "mail": "reader@firm.example", "digest": string(d)}, "socket", day)
	if err != nil {
		panic(err)
	}
	s.ID = id
	return s
}

func subject(m received) string {
	s, err := new(mime.WordDecoder).DecodeHeader(m.Get("Subject"))
	if err != nil {
		return err.Error()
	}
	return s
}

// linkIn returns the secret of a link with a path in a text.
func linkIn(text, path string) string {
	_, after, _ := strings.Cut(text, "https://www.example.cn/duijie"+path)
	token, _, _ := strings.Cut(after, "\n")
	return token
}

func TestAnAddressIsConfirmedBeforeTheFirstAlert(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	p := newPostOffice(t, nil, false)
	w.posting(p)
	w.subscribe(mailTo("s1", "n1", market.NoDigest))
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raises("before it is confirmed", "")
	w.delivers()
	w.delivers()
	got := p.take()
	if len(got) != 1 || got[0].to != "reader@firm.example" || !strings.Contains(subject(got[0]), "请确认") || got[0].Get("List-Unsubscribe") != "" {
		t.Fatalf("%d mails: %+v", len(got), got)
	}
	token := linkIn(got[0].text, SubscribePath)
	if len(token) != 22 || !strings.Contains(got[0].html, SubscribePath+token) || !strings.Contains(got[0].text, "玉米淀粉生产废水达标排放") {
		t.Errorf("the link %q: %s", token, got[0].text)
	}
	for _, wrong := range []string{"", token[1:], strings.Repeat("A", 22)} {
		if err := w.svc.FollowLink(t.Context(), market.ConfirmLink, wrong); corpus.CodeOf(err) != corpus.NotFound {
			t.Errorf("secret %q: %v", wrong, err)
		}
	}
	if err := w.svc.FollowLink(t.Context(), market.UnsubscribeLink, token); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("used for something else: %v", err)
	}
	w.must(w.svc.FollowLink(t.Context(), market.ConfirmLink, token))
	w.must(w.svc.FollowLink(t.Context(), market.ConfirmLink, token))
	w.raises("confirmed", "")
	w.put(starch(corpus.Achievement, "a6"))
	w.raises("after it is confirmed", "s1>a6")
	w.delivers()
	if got = p.take(); len(got) != 1 || subject(got[0]) != "新的科技成果：淀粉废水厌氧处理与沼气回收（a6）" {
		t.Fatalf("%d mails: %+v", len(got), got)
	}
	end := linkIn(got[0].text, UnsubscribePath)
	links := 0
	for r, err := range w.svc.Store.Records(market.MailLinks) {
		w.must(err)
		if links++; strings.Contains(r.ID+string(r.Body), token) || strings.Contains(r.ID+string(r.Body), end) {
			t.Errorf("the store holds a secret: %s %s", r.ID, r.Body)
		}
	}
	if len(end) != 22 || links != 2 {
		t.Errorf("%d links are stored, that to end it is %q", links, end)
	}
}

func TestAMailSaysWhatIsNewAndHowToEndIt(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	p := newPostOffice(t, nil, false)
	forward := w.posting(p)
	for _, d := range []market.Digest{market.NoDigest, market.DailyDigest, market.WeeklyDigest} {
		s := mailTo(string(d), "n1", d)
		s.Confirmed = day
		w.subscribe(s)
	}
	w.raises("nothing", "")
	a4 := starch(corpus.Achievement, "a4")
	a4.Title, a4.Org, a4.Region, a4.Contact = "沼气回收 & 厌氧（pH < 7）处理淀粉废水", "某研究所", "150502", marker
	w.put(a4)
	w.raised()
	w.delivers()
	got := p.take()
	if len(got) != 1 {
		t.Fatalf("%d mails at once", len(got))
	}
	m := got[0]
	id := market.AlertID(mailTo("none", "n1", market.NoDigest), "a4")
	if m.Get("Message-Id") != "<"+id+"@portal.example>" || m.Get("Duijie-Alerts") != id || m.Get("Auto-Submitted") != "auto-generated" ||
		m.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("headers: %v", m.Header)
	}
	token := linkIn(m.text, UnsubscribePath)
	if m.Get("List-Unsubscribe") != "<https://www.example.cn/duijie/unsubscribe/"+token+">" || len(token) != 22 {
		t.Errorf("List-Unsubscribe %s, in the text %s", m.Get("List-Unsubscribe"), token)
	}
	for _, want := range []string{a4.Title, "高度契合", "某研究所", "科尔沁区", "https://www.example.cn/duijie/achievements/a4", "玉米淀粉生产废水达标排放", "双方都提到"} {
		if !strings.Contains(m.text, want) {
			t.Errorf("the text lacks %q:\n%s", want, m.text)
		}
	}
	if !strings.Contains(m.html, "沼气回收 &amp; 厌氧（pH &lt; 7）") || strings.Contains(m.html+m.text, marker) {
		t.Errorf("html:\n%s", m.html)
	}
	forward(time.Hour)
	w.put(starch(corpus.Achievement, "a6"))
	w.raised()
	forward(24 * time.Hour)
	w.delivers()
	var subjects []string
	for _, m := range p.take() {
		subjects = append(subjects, fmt.Sprint(subject(m), " ", len(strings.Fields(m.Get("Duijie-Alerts")))))
	}
	slices.Sort(subjects)
	if want := []string{"新的科技成果：淀粉废水厌氧处理与沼气回收（a6） 1", "有 2 项新的科技成果 2"}; !slices.Equal(subjects, want) {
		t.Errorf("the next day: %q, want %q", subjects, want)
	}
	w.must(w.svc.FollowLink(t.Context(), market.UnsubscribeLink, token))
	w.must(w.svc.FollowLink(t.Context(), market.UnsubscribeLink, token))
	w.put(starch(corpus.Achievement, "a8"))
	w.raises("after the end of one", "daily>a8 weekly>a8")
	w.svc.Lang = "en"
	forward(14 * 24 * time.Hour)
	w.delivers()
	subjects = nil
	for _, m := range p.take() {
		subjects = append(subjects, subject(m))
	}
	slices.Sort(subjects)
	if want := []string{"3 new: achievement", "New: 淀粉废水厌氧处理与沼气回收（a8）"}; !slices.Equal(subjects, want) {
		t.Errorf("two weeks later: %q, want %q", subjects, want)
	}
}

func TestADigestIsOneMail(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	p := newPostOffice(t, nil, false)
	forward := w.posting(p)
	s := mailTo("s1", "n1", market.DailyDigest)
	s.Confirmed = day
	w.subscribe(s)
	w.raises("nothing", "")
	var events []corpus.Event
	for i := range eventsAtOnce + alertsInMail {
		e, err := w.raiser.event(s, Alert{Document: corpus.Link{Kind: corpus.Achievement, ID: "a1"}})
		w.must(err)
		e.ID = fmt.Sprintf("%032d", i)
		events = append(events, e)
	}
	_, err := w.svc.Store.Raise(t.Context(), events, nil)
	w.must(err)
	forward(24 * time.Hour)
	for _, want := range []int{alertsInMail, eventsAtOnce, 0} {
		w.delivers()
		told := 0
		for _, m := range p.take() {
			told += len(strings.Fields(m.Get("Duijie-Alerts")))
		}
		if told != want {
			t.Errorf("a mail tells of %d alerts, want %d", told, want)
		}
	}
}

func TestWhatAMailServerAnswers(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	p := newPostOffice(t, nil, false)
	forward := w.posting(p)
	s := mailTo("s1", "n1", market.NoDigest)
	s.Confirmed = day
	w.subscribe(s)
	w.raises("nothing", "")
	w.put(starch(corpus.Achievement, "a4"))
	w.raised()
	w.svc.Mail = nil
	for _, c := range []struct {
		what    string
		change  func()
		want    string
		problem string
	}{
		{"no mail server", func() {}, "s1>a4 waiting 1", "mail_host"},
		{"no address of ours", func() { w.posting(p); w.svc.BaseURL = "" }, "s1>a4 waiting 2", "base_url"},
		{"nobody listens", func() { w.posting(p); w.svc.Mail.Port = 1 }, "s1>a4 waiting 3", "连不上"},
		{"no TLS", func() { w.posting(p); w.svc.Mail.TLS = "starttls" }, "s1>a4 waiting 4", "STARTTLS"},
		{"busy", func() { w.posting(p); p.refuses = &smtp.SMTPError{Code: 451, Message: "reader@firm.example is busy"} }, "s1>a4 waiting 5", "451"},
		{"nobody has the address", func() { p.refuses = &smtp.SMTPError{Code: 550, Message: "reader@firm.example?"} }, "s1>a4 dead 6", "550"},
	} {
		c.change()
		now := day
		w.svc.Now = func() time.Time { return now.AddDate(0, 0, 30) }
		w.delivers()
		forward(0)
		states := w.deliveries()
		var problem string
		for _, state := range []corpus.EventState{corpus.Waiting, corpus.Dead} {
			events, err := w.svc.Store.Events(state, 9, "")
			w.must(err)
			for i := range events {
				problem = events[i].Error
				if state == corpus.Waiting { // due at once
					events[i].Next = day
					w.must(w.svc.Store.Settle(t.Context(), events[i]))
				}
			}
		}
		if states != c.want || !strings.Contains(problem, c.problem) || strings.Contains(problem, "reader@") {
			t.Errorf("%s: %s, %q; want %s, %q", c.what, states, problem, c.want, c.problem)
		}
	}
	if strings.Contains(w.log.String(), "reader@") {
		t.Error("the log tells the address")
	}
}

func TestMailGoesEncryptedAndSigned(t *testing.T) {
	w := newAlertWorld(t, testDocs()...)
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	p := newPostOffice(t, certified.TLS, true)
	w.posting(p)
	w.svc.Mail.TLS, w.svc.Mail.User, w.svc.Mail.Password = "starttls", "portal", "wrong"
	w.svc.Mail.roots = certified.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	l := letter{id: "1", to: "reader@firm.example", subject: "题", text: "文", html: "<p>文"}
	if err := w.svc.sendMail(t.Context(), l); err == nil {
		t.Error("a wrong password will do")
	}
	w.svc.Mail.Password = "right"
	w.must(w.svc.sendMail(t.Context(), l))
	if got := p.take(); len(got) != 1 || p.signed != "portal" || !strings.Contains(got[0].text, "文") {
		t.Errorf("%d mails of %q", len(got), p.signed)
	}
	w.svc.Mail.roots = nil
	if err := w.svc.sendMail(t.Context(), l); err == nil {
		t.Error("a certificate of nobody will do")
	}
}
