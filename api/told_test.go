package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Secrets of tests, which no log may hold.
const (
	robotSecret = "SEC-of-a-robot"
	robotKey    = "key-in-an-address"
	smsKey      = "key-of-a-gateway"
)

// A group is a server that takes what robots say and text messages, as those of the vendors do: errors come with status 200.
type group struct {
	*httptest.Server
	mu     sync.Mutex
	heard  map[market.Channel][]string // texts, also those that it refused
	taken  map[market.Channel][]string // without those
	fails  func() string               // "": not; else "cut", a status or an error code
	wrong  []string                    // signatures and forms that don't fit
	phones []string
	now    func() time.Time
}

func newGroup(t *testing.T, now func() time.Time) *group {
	g := &group{heard: map[market.Channel][]string{}, taken: map[market.Channel][]string{}, fails: func() string { return "" }, now: now}
	g.Server = httptest.NewTLSServer(http.HandlerFunc(g.hear))
	t.Cleanup(g.Close)
	return g
}

func (g *group) hear(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	channel := market.Channel(strings.Trim(r.URL.Path, "/"))
	body, _ := io.ReadAll(r.Body)
	var in struct {
		MsgType  string                `json:"msgtype"`
		Text     json.RawMessage       `json:"text"`
		LarkType string                `json:"msg_type"`
		Content  struct{ Text string } `json:"content"`
		At       string                `json:"timestamp"`
		Sign     string                `json:"sign"`
		Phone    string                `json:"phone"`
	}
	said := ""
	err := json.Unmarshal(body, &in)
	fits := err == nil && r.Header.Get("Content-Type") == "application/json"
	switch channel {
	case market.SMSChannel:
		fits = fits && json.Unmarshal(in.Text, &said) == nil && r.Header.Get("Authorization") == "Bearer "+smsKey
		g.phones = append(g.phones, in.Phone)
	case market.LarkChannel:
		at, _ := strconv.ParseInt(in.At, 10, 64)
		said, fits = in.Content.Text, fits && in.LarkType == "text" && at == g.now().Unix() && in.Sign == signed(in.At+"\n"+robotSecret, "")
	default:
		var text struct{ Content string }
		fits = fits && in.MsgType == "text" && json.Unmarshal(in.Text, &text) == nil
		said = text.Content
		q := r.URL.Query()
		if at, _ := strconv.ParseInt(q.Get("timestamp"), 10, 64); channel == market.DingTalkChannel {
			fits = fits && at == g.now().UnixMilli() && q.Get("sign") == signed(robotSecret, q.Get("timestamp")+"\n"+robotSecret) && q.Get("access_token") == robotKey
		}
	}
	if !fits {
		g.wrong = append(g.wrong, fmt.Sprintf("%s %s: %s", channel, r.URL, body))
	}
	g.heard[channel] = append(g.heard[channel], said)
	fault := g.fails()
	switch {
	case fault == "cut":
		panic(http.ErrAbortHandler)
	case len(fault) == 3:
		status, _ := strconv.Atoi(fault)
		w.WriteHeader(status)
	case channel == market.LarkChannel:
		fmt.Fprintf(w, `{"code":%d,"msg":"x"}`, atoi(fault))
	default:
		fmt.Fprintf(w, `{"errcode":%d,"errmsg":"x"}`, atoi(fault))
	}
	if fault == "" {
		g.taken[channel] = append(g.taken[channel], said)
	}
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// A toldWorld is a world whose people are told by a group's server, at a clock that a test moves.
type toldWorld struct {
	*alertWorld
	*group
	forward func(time.Duration)
}

func newToldWorld(t *testing.T) *toldWorld {
	w := &toldWorld{alertWorld: newAlertWorld(t, testDocs()...)}
	w.group = newGroup(t, func() time.Time { return w.svc.now() })
	w.forward = w.trusting(&receiver{Server: w.Server})
	w.svc.BaseURL = "https://www.example.cn"
	w.svc.Channels.Robots = map[market.Channel]Robot{market.WeComChannel: {URL: w.URL + "/wecom?key=" + robotKey},
		market.DingTalkChannel: {URL: w.URL + "/dingtalk?access_token=" + robotKey, Secret: robotSecret}, market.LarkChannel: {URL: w.URL + "/lark?" + robotKey, Secret: robotSecret}}
	w.svc.Channels.SMS = &SMSGateway{URL: w.URL + "/sms", Key: smsKey, Authorization: "Bearer {{.Key}}", Body: `{"phone":"{{.Phone}}","text":"{{.Text}}"}`, OK: `"errcode":0`}
	return w
}

// person makes an account that is told of leads over channels.
func (w *toldWorld) person(id string, role market.Role, p market.Preference) Caller {
	w.Helper()
	a := market.Account{ID: id, Login: id, Name: id, Role: role, Password: "x"}
	w.must(w.svc.putRecord(w.Context(), Caller{Name: "test"}, "account", market.Accounts, id, a, 0))
	stored := market.StoredPreference{Preference: p, MailConfirmed: p.Mail != "", PhoneConfirmed: p.Phone != ""}
	w.must(w.svc.putRecord(w.Context(), Caller{Name: "test"}, "preference", market.Preferences, id, stored, 0))
	c, err := w.svc.callerOf(a)
	w.must(err)
	return c
}

func (w *toldWorld) lead(c Caller) string {
	w.Helper()
	r, err := w.svc.CreateRecord(w.Context(), c, &market.LeadType, map[string]string{"need": "n1", "achievement": "a1", "name": "保密的姓名", "contact": "13912345678"})
	w.must(err)
	return *r.Head().ID
}

func (w *toldWorld) move(c Caller, id string, state market.State) {
	w.Helper()
	_, err := w.svc.ChangeRecord(w.Context(), c, &market.LeadType, id, map[string]string{"state": string(state)}, 0)
	w.must(err)
}

func (w *toldWorld) inbox(c Caller) (out []string) {
	w.Helper()
	page, err := w.svc.Messages(w.Context(), c, MessageQuery{Limit: 100}, "")
	w.must(err)
	for _, m := range page.Messages {
		out = append(out, m.Sort+" "+m.Path)
	}
	return out
}

func wants(d market.Digest, channels ...market.Channel) map[string]market.Choice {
	out := map[string]market.Choice{}
	for _, sort := range market.EventSorts {
		out[sort.Value] = market.Choice{Channels: channels, Digest: d}
	}
	return out
}

// Whatever people chose, whatever fails, and whenever the server begins anew, each event comes to each channel once.
func TestAnEventReachesEachChannelOnce(t *testing.T) {
	w := newToldWorld(t)
	random := rand.New(rand.NewPCG(1, 2))
	faults := []string{"", "", "cut", "500", "429", "93000", "11232"}
	w.fails = func() string { return faults[random.IntN(len(faults))] }
	var brokers []Caller
	sms := 0
	for i := range 4 {
		channels := slices.Clone(market.Channels[1:])
		random.Shuffle(len(channels), func(i, j int) { channels[i], channels[j] = channels[j], channels[i] })
		channels = channels[:random.IntN(len(channels)+1)]
		if slices.Contains(channels, market.SMSChannel) {
			sms++
		}
		brokers = append(brokers, w.person(fmt.Sprint("broker", i), market.Broker, market.Preference{Phone: "13800000000", Choices: wants(market.NoDigest, channels...)}))
	}
	brokers = append(brokers, w.person("last", market.Broker, market.Preference{Choices: wants(market.NoDigest, market.Channels[2:]...)}))
	firm := w.person("firm", market.Firm, market.Preference{})
	var leads []string
	for range 3 {
		leads = append(leads, w.lead(firm))
		w.delivers()
	}
	for range 200 {
		w.forward(time.Hour) // retries come within ten
		w.delivers()         // by a deliverer that knows nothing of the one before, as after a restart
		for _, dead := range w.events(corpus.Dead) {
			_, err := w.svc.Store.Resend(t.Context(), dead.ID, w.svc.now())
			w.must(err)
		}
		if len(w.events(corpus.Waiting)) == 0 {
			break
		}
	}
	for channel, want := range map[market.Channel]int{market.SMSChannel: sms, market.WeComChannel: 1, market.DingTalkChannel: 1, market.LarkChannel: 1} {
		taken := strings.Join(w.taken[channel], "\n")
		for _, id := range leads {
			if n := strings.Count(taken, "/leads/"+id); n != want {
				t.Errorf("%s was told %d times of lead %s, want %d: %q", channel, n, id, want, w.taken[channel])
			}
		}
		if want > 0 && len(w.heard[channel]) <= len(w.taken[channel]) {
			t.Errorf("nothing failed at %s, so that nothing is tested", channel)
		}
	}
	for _, b := range brokers {
		if got := w.inbox(b); len(got) != 3 || got[0] != "lead.created /leads/"+leads[2] && got[0] != "lead.created /leads/"+leads[1] && got[0] != "lead.created /leads/"+leads[0] {
			t.Errorf("%s has %q", b.Name, got)
		}
	}
	if len(w.inbox(firm)) != 0 || len(w.wrong) > 0 {
		t.Errorf("the firm is told of its own leads, or these don't fit: %s", w.wrong)
	}
	for _, secret := range []string{robotSecret, robotKey, smsKey, "13800000000", "13912345678", "保密的姓名", w.URL} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log tells %s", secret)
		}
		for _, e := range append(w.events(corpus.Delivered), w.events(corpus.Dead)...) {
			if b, _ := json.Marshal(e); strings.Contains(string(b), secret) {
				t.Errorf("an event holds %s: %s", secret, b)
			}
		}
		if said := fmt.Sprint(w.heard); strings.Contains(said, secret) {
			t.Errorf("a message holds %s", secret)
		}
	}
}

func (w *toldWorld) events(state corpus.EventState) []corpus.Event {
	w.Helper()
	events, err := w.svc.Store.Events(state, 1000, "")
	w.must(err)
	return events
}

// The clock of tests is 2026-11-23 16:00 in Shanghai.
func TestQuietHoursDelayAndDigestsJoin(t *testing.T) {
	w := newToldWorld(t)
	start := w.svc.now().In(time.FixedZone("", 8*3600))
	until := func(at time.Duration) { // of the day on which the test begins
		midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location())
		w.forward(midnight.Add(at).Sub(w.svc.now()))
		w.delivers()
	}
	w.person("night", market.Broker, market.Preference{Phone: "13800000001", QuietFrom: "22:00", QuietTo: "07:30", Choices: wants(market.NoDigest, market.SMSChannel)})
	w.person("daily", market.Broker, market.Preference{Phone: "13800000002", DigestAt: "09:00", Choices: wants(market.DailyDigest, market.SMSChannel)})
	firm := w.person("firm", market.Firm, market.Preference{})
	takes := func(when, want string) {
		t.Helper()
		if got := strings.Join(w.phones, " "); got != want {
			t.Errorf("%s: told %q, want %q", when, got, want)
		}
		w.phones = nil
	}
	until(21*time.Hour + 59*time.Minute)
	w.lead(firm)
	w.delivers()
	takes("before midnight, not quiet yet", "13800000001")
	until(22 * time.Hour)
	w.lead(firm)
	until(23*time.Hour + 59*time.Minute)
	takes("before midnight", "")
	w.lead(firm)
	until(31 * time.Hour)
	takes("behind midnight", "")
	until(31*time.Hour + 30*time.Minute)
	takes("in the morning, two in one", "13800000001")
	until(33 * time.Hour)
	takes("at the hour of the digest, three in one", "13800000002")
	last := w.taken[market.SMSChannel]
	if len(last) != 3 || strings.Count(last[1], "/leads/") != 2 || strings.Count(last[2], "/leads/") != 3 {
		t.Errorf("%q", last)
	}
	w.fails = func() string { return "500" }
	until(45 * time.Hour)
	w.lead(firm)
	w.delivers()
	w.phones = nil
	w.fails = func() string { return "" }
	until(46*time.Hour + time.Minute)
	takes("a try that falls into quiet hours", "")
	if e := w.events(corpus.Waiting); len(e) != 2 || e[0].Attempts != 1 {
		t.Errorf("waiting is no try: %+v", e)
	}
	until(55*time.Hour + 30*time.Minute)
	takes("after them", "13800000001")
}

func TestAMessageTellsWhatItsReaderMayRead(t *testing.T) {
	w := newToldWorld(t)
	firm := w.person("firm", market.Firm, market.Preference{Phone: "13800000000", Choices: wants(market.NoDigest, market.SMSChannel)})
	broker := w.person("broker", market.Broker, market.Preference{})
	id := w.lead(firm)
	w.move(broker, id, market.Talking)
	page, err := w.svc.Messages(t.Context(), firm, MessageQuery{Limit: 10}, "")
	w.must(err)
	if len(page.Messages) != 1 || page.Unread != 1 || !strings.HasPrefix(page.Messages[0].Subject, "对接意向洽谈中：") || page.Messages[0].URL != "https://www.example.cn/leads/"+id {
		t.Fatalf("%+v", page)
	}
	english, err := w.svc.Messages(t.Context(), firm, MessageQuery{Limit: 10}, "en")
	w.must(err)
	if !strings.HasPrefix(english.Messages[0].Subject, "Lead: Talking: ") {
		t.Errorf("%+v", english.Messages[0])
	}
	if e, err := w.svc.Store.Event(page.Messages[0].ID); err != nil || e.State != corpus.Delivered {
		t.Errorf("the message's id is none of an event: %+v, %v", e, err)
	}
	var lead market.Lead
	r, err := w.svc.Store.Record(market.Leads, id)
	w.must(err)
	w.must(json.Unmarshal(r.Body, &lead))
	lead.By = "account:other" // another's by now
	w.must(w.svc.putRecord(t.Context(), Caller{Name: "test"}, "give", market.Leads, id, lead, 0))
	page, err = w.svc.Messages(t.Context(), firm, MessageQuery{Limit: 10}, "")
	w.must(err)
	if m := page.Messages[0]; m.Text != "" || m.URL != "" || m.Subject != "对接意向有进展" {
		t.Errorf("a lead that is another's is told of: %+v", m)
	}
	w.delivers()
	if len(w.heard) != 0 || len(w.events(corpus.Dropped)) != 1 {
		t.Errorf("%v was sent", w.heard)
	}
	w.must(w.svc.ReadMessages(t.Context(), firm))
	if n, err := w.svc.Unread(firm); err != nil || n != 0 {
		t.Errorf("%d unread, %v", n, err)
	}
	w.as(w.adminKey, "GET", "/v1/messages", "").problem(403)
	w.as(w.adminKey, "GET", "/v1/preferences", "").problem(403)
}

// A member is told over channels of what they made as one, which is the organisation's.
func TestAMemberIsToldOfTheOrganisationsRecords(t *testing.T) {
	w := newToldWorld(t)
	w.putIn(&market.OrganisationType, "ours", "test", "ours", "verified")
	firm := w.person("firm", market.Firm, market.Preference{Phone: "13800000000", Choices: wants(market.NoDigest, market.SMSChannel)})
	a, version, err := market.AccountOf(w.svc.Store, "firm")
	w.must(err)
	a = a.Joins("ours", false)
	w.must(w.svc.putRecord(t.Context(), Caller{Name: "test"}, "join", market.Accounts, a.ID, a, version))
	firm, err = w.svc.member(firm, "ours", false)
	w.must(err)
	id := w.lead(firm)
	w.move(w.person("broker", market.Broker, market.Preference{}), id, market.Talking)
	w.delivers()
	if said := w.heard[market.SMSChannel]; len(said) != 1 || !strings.Contains(said[0], "洽谈中") {
		t.Errorf("the maker hears %q; dropped: %+v", said, w.events(corpus.Dropped))
	}
}

// A lead that is contracted by the contract that came of it is heard of as one that is moved by hand.
func TestWhoAskedHearsOfTheContract(t *testing.T) {
	w := newToldWorld(t)
	firm := w.person("firm", market.Firm, market.Preference{})
	admin := w.person("admin", market.Admin, market.Preference{})
	id := w.lead(firm)
	w.world.put(&market.ContractType, "c1", "account:admin", string(market.Signed))
	contract, err := w.svc.Store.Record(market.Contracts, "c1")
	w.must(err)
	var c market.Contract
	w.must(json.Unmarshal(contract.Body, &c))
	c.Lead = ""
	w.must(w.svc.putRecord(t.Context(), admin, "test", market.Contracts, "c1", c, 0))
	_, err = w.svc.LinkContract(t.Context(), admin, "c1", id)
	w.must(err)
	if got := w.inbox(firm); !slices.Equal(got, []string{"lead.moved /leads/" + id}) {
		t.Errorf("hears %q", got)
	}
}

// Who chooses a channel is told over it of what happens then, not again of what the inbox has.
func TestAnOverdueLeadIsToldOnce(t *testing.T) {
	w := newToldWorld(t)
	firm := w.person("firm", market.Firm, market.Preference{})
	broker := w.person("broker", market.Broker, market.Preference{})
	_, err := w.svc.CreateRecord(t.Context(), firm, &market.LeadType, map[string]string{"need": "n1", "ask": "broker", "contact": "13800000000"})
	w.must(err)
	w.forward(10 * 24 * time.Hour)
	w.must(w.svc.tellOverdue(t.Context()))
	p := market.StoredPreference{Preference: market.Preference{Phone: "13800000000", Choices: wants(market.NoDigest, market.SMSChannel)}, PhoneConfirmed: true}
	w.must(w.svc.putRecord(t.Context(), broker, "preference", market.Preferences, broker.Account, p, 0))
	w.must(w.svc.tellOverdue(t.Context()))
	if again := w.events(corpus.Waiting); len(again) != 0 {
		t.Errorf("told again: %+v", again)
	}
}

func TestWhoHearsOfWhat(t *testing.T) {
	w := newToldWorld(t)
	firm := w.person("firm", market.Firm, market.Preference{})
	holder := w.person("h@uni.example", market.Holder, market.Preference{})
	broker := w.person("broker", market.Broker, market.Preference{})
	admin := w.person("admin", market.Admin, market.Preference{})
	hears := func(what string, c Caller, want ...string) {
		t.Helper()
		got := w.inbox(c)
		for i := range got {
			got[i], _, _ = strings.Cut(got[i], " ")
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s hears %q, want %q", what, c.Name, got, want)
		}
		w.must(w.svc.ReadMessages(t.Context(), c))
	}
	_, err := w.svc.CreateRecord(t.Context(), firm, &market.LeadType, map[string]string{"need": "n1", "ask": "broker", "contact": "13800000000"})
	w.must(err)
	hears("a lead", broker, "lead.created")
	w.must(w.svc.tellOverdue(t.Context()))
	hears("not overdue", broker, "lead.created")
	w.forward(10 * 24 * time.Hour)
	w.must(w.svc.tellOverdue(t.Context()))
	w.must(w.svc.tellOverdue(t.Context()))
	hears("overdue, told once", broker, "lead.created", "lead.overdue")
	w.world.put(&market.BenefitType, "b1", "account:firm", string(market.Reported))
	_, err = w.svc.ChangeRecord(t.Context(), admin, &market.BenefitType, "b1", map[string]string{"state": string(market.Returned), "missing": "缺税票"}, 0)
	w.must(err)
	hears("a benefit that came back", firm, "record.returned")
	sub := market.Subscription{ID: "s1", Need: "n1", Kind: corpus.Achievement, State: market.Active, By: holder.Name}
	w.must(w.svc.putRecord(t.Context(), holder, "subscribe", market.Subscriptions, sub.ID, sub, 0))
	w.raises("before", "")
	d := starch(corpus.Achievement, "a4")
	d.Contact = "王丽 13912345678，H@uni.example"
	w.put(d)
	w.raises("without a destination of its own", "")
	hears("a match", holder, "match.created")
	_, err = w.svc.SendReminders(t.Context(), admin, ReminderQuery{Limit: 100, AsOf: "2027-12-01"})
	w.must(err)
	hears("a reminder", holder, "match.created", "posting.confirm")
	hears("all", admin, "lead.created", "lead.overdue")
}

func TestWhatNobodyCouldBeToldByIsRefused(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	firm := Caller{Name: "account:firm", Role: market.Firm, Account: "firm"}
	key := Caller{Name: "key:k", Role: market.Firm}
	for _, c := range []struct {
		by          Caller
		field, text string
		wrong       string // field
	}{
		{firm, "", "", ""}, {key, "", "", "mail"}, {firm, "mail", "a@b.example", "mail"}, {firm, "webhook", "https://127.0.0.1/x", "webhook"},
		{firm, "webhook", "https://[::1]/x", "webhook"}, {firm, "webhook", "https://intranet/x", "webhook"}, {firm, "webhook", "https://localhost./x", "webhook"},
		{firm, "webhook", "https://hooks.example.cn/x", ""}, {firm, "webhook", "https://10.1.2.3/x", ""}, {firm, "webhook", "https://hooks/x", ""},
	} {
		if strings.Contains(c.text, "10.1.2.3") {
			var err error
			w.svc.PrivateWebhooks, err = ParsePrivateHosts("10.0.0.0/8,hooks")
			w.must(err)
		}
		values := map[string]string{"need": "n1"}
		if c.field != "" {
			values[c.field] = c.text
		}
		_, err := w.svc.CreateRecord(t.Context(), c.by, &market.SubscriptionType, values)
		got := ""
		if e, ok := errors.AsType[*corpus.Error](err); ok {
			got = e.Field
		} else if faults, ok := errors.AsType[corpus.Faults](err); ok {
			got = faults[0].Field
		} else {
			w.must(err)
		}
		if got != c.wrong {
			t.Errorf("%s %s=%s: %v", c.by.Name, c.field, c.text, err)
		}
	}
	w.svc.Mail = &MailServer{}
	_, err := w.svc.CreateRecord(t.Context(), key, &market.SubscriptionType, map[string]string{"need": "n1", "mail": "a@b.example"})
	w.must(err)
}

func TestAnAddressOfAPersonIsConfirmedByACode(t *testing.T) {
	w := newToldWorld(t)
	p := newPostOffice(t, nil, false)
	w.svc.Mail = &MailServer{Host: p.host, Port: p.port, From: "对接平台 <alerts@portal.example>", TLS: "none"}
	firm := w.person("firm", market.Firm, market.Preference{})
	broker := w.person("broker", market.Broker, market.Preference{})
	to := market.Preference{Mail: "reader@firm.example", Phone: "13800000000", Choices: wants(market.NoDigest, market.MailChannel, market.SMSChannel)}
	info, err := w.svc.SetPreferences(t.Context(), firm, to)
	if err != nil || info.MailConfirmed || !slices.Equal(info.Channels, market.Channels[:2]) {
		t.Fatalf("%+v, %v", info, err)
	}
	to.Choices = wants(market.NoDigest, market.LarkChannel)
	if _, err := w.svc.SetPreferences(t.Context(), firm, to); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("a firm speaks to the operator's group: %v", err)
	}
	w.move(broker, w.lead(firm), market.Talking)
	w.delivers()
	if len(p.take())+len(w.heard) != 0 {
		t.Error("an address that is not confirmed is told")
	}
	w.must(w.svc.SendCode(t.Context(), firm, market.MailChannel))
	mails := p.take()
	if len(mails) != 1 || mails[0].to != "reader@firm.example" {
		t.Fatalf("%+v", mails)
	}
	_, code, _ := strings.Cut(mails[0].text, "验证码 ")
	if _, err := w.svc.ConfirmCode(t.Context(), firm, "abcdef"); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("a wrong code: %v", err)
	}
	if info, err = w.svc.ConfirmCode(t.Context(), firm, code[:6]); err != nil || !info.MailConfirmed || info.PhoneConfirmed {
		t.Errorf("%+v, %v", info, err)
	}
	w.must(w.svc.SendCode(t.Context(), firm, market.SMSChannel))
	_, code, _ = strings.Cut(w.taken[market.SMSChannel][0], "验证码 ")
	_, err = w.svc.ConfirmCode(t.Context(), firm, code[:6])
	w.must(err)
	w.move(broker, w.lead(firm), market.Talking)
	w.delivers()
	mails = p.take()
	if len(mails) != 1 || !strings.HasPrefix(subject(mails[0]), "对接意向洽谈中") || !strings.Contains(mails[0].text, "https://www.example.cn/leads/") || len(w.taken[market.SMSChannel]) != 2 {
		t.Errorf("%+v, %q", mails, w.taken)
	}
	if strings.Contains(w.log.String(), "reader@") || strings.Contains(w.log.String(), code[:6]) {
		t.Error("the log tells an address or a code")
	}
}
