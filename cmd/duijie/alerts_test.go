package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// An addressee is a webhook and a mail server that go down and come back at the same ports.
type addressee struct {
	t          *testing.T
	hook, post string // addresses
	web        *httptest.Server
	smtp       *smtp.Server

	mu     sync.Mutex
	hooked map[string]map[string]bool // ids of alerts, by document
	mailed map[string]bool            // ids of alerts
	onHook func()                     // called once, before an answer
}

func newAddressee(t *testing.T) *addressee {
	a := &addressee{t: t, hooked: map[string]map[string]bool{}, mailed: map[string]bool{}, hook: "127.0.0.1:0", post: "127.0.0.1:0"}
	a.up()
	t.Cleanup(func() { a.down() })
	return a
}

func (a *addressee) up() {
	a.t.Helper()
	hook, err := net.Listen("tcp", a.hook)
	if err != nil {
		a.t.Fatal(err)
	}
	post, err := net.Listen("tcp", a.post)
	if err != nil {
		a.t.Fatal(err)
	}
	a.hook, a.post = hook.Addr().String(), post.Addr().String()
	a.web = httptest.NewUnstartedServer(a)
	a.web.Listener.Close()
	a.web.Listener = hook
	a.web.Config.ErrorLog = nil
	a.web.StartTLS()
	a.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return mailVisit{a}, nil }))
	a.smtp.Domain = "localhost"
	go a.smtp.Serve(post)
}

func (a *addressee) down() {
	a.web.CloseClientConnections()
	a.web.Close()
	a.smtp.Close()
}

func (a *addressee) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var m api.AlertMessage
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		a.t.Errorf("a webhook got what is no alert: %v", err)
	}
	a.mu.Lock()
	id := m.Data.Document.ID
	if a.hooked[id] == nil {
		a.hooked[id] = map[string]bool{}
	}
	a.hooked[id][r.Header.Get("webhook-id")] = true
	call := a.onHook
	a.onHook = nil
	a.mu.Unlock()
	if call != nil {
		call()
	}
}

type mailVisit struct{ a *addressee }

func (v mailVisit) Mail(string, *smtp.MailOptions) error { return nil }
func (v mailVisit) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (v mailVisit) Reset()                               {}
func (v mailVisit) Logout() error                        { return nil }

func (v mailVisit) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	for _, id := range strings.Fields(m.Header.Get("Duijie-Alerts")) {
		v.a.mailed[id] = true
	}
	return nil
}

// TestNoAlertIsLost: receivers go down and come back while alerts are raised and delivered, and the server is killed twice: right
// after an import that raises alerts, and while a receiver has one and has not answered. No alert is missing, none has two ids.
func TestNoAlertIsLost(t *testing.T) {
	p := newProgram(t)
	a := newAddressee(t)
	data := filepath.Join(p.dir, "data")
	write := func(path, content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rows := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `{"kind":"achievement","id":"A%d","title":"沼气回收装置第%d号","text":"沼气回收用的装置，规格%d。","field":["1391"]}`+"\n", i, i, i)
		}
		return b.String()
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	certificate := filepath.Join(p.dir, "ca.pem")
	write(certificate, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.web.Certificate().Raw})))
	p.env = []string{"SSL_CERT_FILE=" + certificate}
	_, port, _ := net.SplitHostPort(a.post)
	write(filepath.Join(data, "duijie.yaml"), fmt.Sprintf(`base_url: https://portal.example
allow_private_webhooks: 127.0.0.1
alert_retries: %s1s
mail_host: 127.0.0.1
mail_port: %s
mail_tls: none
mail_from: alerts@portal.example
`, strings.Repeat("100ms,", 3000), port))
	write(filepath.Join(p.dir, "rows.jsonl"), rows(0, 3))
	p.run("import", "rows.jsonl")
	mailed := subscribeIn(t, data, "https://"+a.hook+"/in")

	s := p.serve()
	s.ready()
	add := func(from, to int) {
		t.Helper()
		write(filepath.Join(p.dir, "rows.jsonl"), rows(from, to))
		p.run("import", "rows.jsonl")
	}
	add(3, 8)
	a.down()
	add(8, 13)
	s.kill()
	s = p.serve()
	s.ready()
	add(13, 18)
	killed := make(chan struct{})
	a.mu.Lock()
	a.onHook = func() { s.cmd.Process.Kill(); close(killed) } // before the answer
	a.mu.Unlock()
	a.up()
	<-killed
	s.cmd.Wait()
	s = p.serve()
	s.ready()
	add(18, 20)

	var want, ids []string
	for i := 3; i < 20; i++ {
		want = append(want, fmt.Sprint("A", i))
		ids = append(ids, market.AlertID(mailed, fmt.Sprint("A", i)))
	}
	hangs := time.Now().Add(3 * time.Minute)
	for done := false; !done; time.Sleep(20 * time.Millisecond) { // until nothing waits
		if time.Now().After(hangs) {
			t.Fatal("alerts wait without end")
		}
		var page api.DeliveryPage
		if err := json.Unmarshal([]byte(p.run("deliveries", "--state", "delivered", "--json")), &page); err != nil {
			t.Fatal(err)
		}
		done = len(page.Deliveries) >= 2*len(want)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, document := range want {
		if n := len(a.hooked[document]); n != 1 {
			t.Errorf("the webhook knows %s by %d ids", document, n)
		}
	}
	for _, id := range ids {
		if !a.mailed[id] {
			t.Errorf("alert %s was not mailed", id)
		}
	}
	if len(a.hooked) != len(want) || len(a.mailed) != len(want) {
		t.Errorf("%d documents came by webhook and %d alerts by mail, want %d", len(a.hooked), len(a.mailed), len(want))
	}
	for _, state := range []string{"dead", "dropped", "waiting"} {
		if out := p.run("deliveries", "--state", state); strings.Count(out, "\n") != 1 {
			t.Errorf("%s: %s", state, out)
		}
	}
}

// subscribeIn keeps a subscription to a webhook and one by mail, which it returns.
func subscribeIn(t *testing.T, data, hook string) market.Subscription {
	t.Helper()
	store, err := corpus.Open(data, corpus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	now := time.Now()
	byHook, err := market.SubscriptionType.New(map[string]string{"query": "沼气", "webhook": hook}, "socket", now)
	if err != nil {
		t.Fatal(err)
	}
	byMail, err := market.SubscriptionType.New(map[string]string{"field": "13", "mail": "reader@firm.example"}, "socket", now)
	if err != nil {
		t.Fatal(err)
	}
	byMail.Confirmed = now
	for _, s := range []market.Subscription{byHook, byMail} {
		body, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Write(t.Context(), corpus.Batch{Records: []corpus.Record{{Table: market.Subscriptions, ID: s.ID, Body: body}}}); err != nil {
			t.Fatal(err)
		}
	}
	return byMail
}
