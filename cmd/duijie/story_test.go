package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// A teller asks a server in somebody's name.
type teller struct {
	s   *server
	key string // "" is nobody
}

// ask sends body as JSON and decodes the answer into out, unless that is nil.
func (w teller) ask(method, path, body string, out any) {
	w.s.t.Helper()
	req, err := http.NewRequest(method, w.s.url+path, strings.NewReader(body))
	if err != nil {
		w.s.t.Fatal(err)
	}
	if w.key != "" {
		req.Header.Set("Authorization", "Bearer "+w.key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		w.s.t.Fatalf("%s %s: %s, %v\n%s\n%s", method, path, resp.Status, err, body, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			w.s.t.Fatal(err)
		}
	}
}

// made makes a record and returns its id.
func (w teller) made(table, body string) string {
	w.s.t.Helper()
	var r struct{ ID string }
	w.ask(http.MethodPost, "/v1/"+table, body, &r)
	return r.ID
}

// move gives a record another state.
func (w teller) move(table, id, state string) {
	w.s.t.Helper()
	w.ask(http.MethodPatch, "/v1/"+table+"/"+id, `{"state":"`+state+`"}`, nil)
}

// TestTheStoryOfADeal goes from a file of postings to the city's report over the HTTP API, each step by who does it: a firm's
// need finds achievements, the firm asks for one, a broker claims the need, visits, recommends and brings both together, and
// the contract and its benefit are counted, each number with the record behind it.
func TestTheStoryOfADeal(t *testing.T) {
	s, key := sampleServer(t)
	admin, nobody := teller{s, key}, teller{s: s}
	person := func(role string) teller {
		var k struct{ Key string }
		admin.ask(http.MethodPost, "/v1/keys", `{"role":"`+role+`","name":"`+role+`"}`, &k)
		return teller{s, k.Key}
	}
	firm, holder, reviewer, broker := person("firm"), person("holder"), person("reviewer"), person("broker")
	today := time.Now().In(time.FixedZone("", 8*60*60)).Format(time.DateOnly)

	// A holder sends in an achievement, which a reviewer publishes; it is among the answers to the firm's need, and asked for.
	const need = "N001"
	var asked struct{ Title, Text string }
	nobody.ask(http.MethodGet, "/v1/needs/"+need, "", &asked)
	text, err := json.Marshal(asked.Text + "本成果解决上述问题，已完成中试。")
	if err != nil {
		t.Fatal(err)
	}
	draft := holder.made("submissions", `{"kind":"achievement","title":"解决`+asked.Title+`的成套技术","text":`+string(text)+`,"org":"某大学","contact":"王老师 0475-7654321","stage":"pilot"}`)
	holder.ask(http.MethodPatch, "/v1/submissions/"+draft, `{"state":"first","cleared":"yes"}`, nil)
	reviewer.ask(http.MethodPost, "/v1/submissions/review", `{"ids":["`+draft+`"],"state":"passed"}`, nil)
	var online struct{ State, Document string }
	holder.ask(http.MethodGet, "/v1/submissions/"+draft, "", &online)
	if online.State != "published" {
		t.Fatalf("what was sent in is %s", online.State)
	}
	var list struct{ Matches []struct{ ID, Title string } }
	nobody.ask(http.MethodGet, "/v1/needs/"+need+"/matches?limit=3", "", &list)
	best := online.Document
	if len(list.Matches) != 3 || list.Matches[0].ID != best {
		t.Fatalf("the answers to the need are %+v, and not first %s", list.Matches, best)
	}
	lead := firm.made("leads", `{"need":"`+need+`","achievement":"`+best+`","message":"想看中试数据。","contact":"0475-1234567"}`)

	// Both talk in the lead's thread, and open their contacts to each other.
	holder.ask(http.MethodPost, "/v1/leads/"+lead+"/remarks", `{"text":"中试报告可以现场看。"}`, nil)
	for _, side := range []teller{holder, firm} {
		side.ask(http.MethodPut, "/v1/leads/"+lead+"/contacts", `{"open":true}`, nil)
	}
	var contacts struct {
		Sides []struct{ Side, Contact string }
	}
	firm.ask(http.MethodGet, "/v1/leads/"+lead+"/contacts", "", &contacts)
	if !slices.ContainsFunc(contacts.Sides, func(s struct{ Side, Contact string }) bool { return strings.Contains(s.Contact, "7654321") }) {
		t.Errorf("the firm reads %+v", contacts)
	}

	// The broker sees it wait, claims it, and notes a call; nobody else can claim it.
	var desk struct {
		Waiting []struct{ Need, Lead string }
	}
	broker.ask(http.MethodGet, "/v1/desk", "", &desk)
	if len(desk.Waiting) == 0 || desk.Waiting[0].Lead != lead {
		t.Errorf("the desk begins with %+v, not with the lead %s", desk.Waiting, lead)
	}
	broker.made("claims", `{"need":"`+need+`"}`)
	broker.made("visits", `{"need":"`+need+`","firm":"某淀粉厂","how":"call","note":"愿意来看中试线。","next":"寄推荐单"}`)
	broker.move("leads", lead, "talking")

	// A sheet of three goes to the firm, which opens it by its link and says which one interests it.
	sheet := broker.made("sheets", `{"need":"`+need+`","achievement_1":"`+best+`","comment_1":"中试数据齐全。","achievement_2":"`+list.Matches[1].ID+`","achievement_3":"`+list.Matches[2].ID+`"}`)
	var sent struct{ Link string }
	broker.ask(http.MethodPost, "/v1/sheets/"+sheet+"/send", "", &sent)
	link, err := url.Parse(sent.Link)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []url.Values{{"do": {"open"}}, {"do": {"answer"}, "interest": {"1"}}} {
		resp, err := http.PostForm(s.url+link.Path, form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("the sheet's link answers %s to %v", resp.Status, form)
		}
	}
	var answered struct{ State string }
	broker.ask(http.MethodGet, "/v1/sheets/"+sheet, "", &answered)
	if answered.State != "answered" {
		t.Errorf("the sheet is %s", answered.State)
	}

	// They agree; the contract comes from the register's list, is proposed to the lead, and brings a benefit.
	broker.move("leads", lead, "agreed")
	contract := admin.made("contracts", `{"title":"`+list.Matches[0].Title+`","kind":"development","seller":"某大学","buyer":"某淀粉厂","value":"80万元","technical":"60万元","signed":"`+today+`","number":"2026150500000123"}`)
	var proposed struct {
		Proposals []struct{ Lead string }
	}
	admin.ask(http.MethodGet, "/v1/contracts/"+contract+"/proposals", "", &proposed)
	if len(proposed.Proposals) == 0 || proposed.Proposals[0].Lead != lead {
		t.Errorf("proposed are %+v, not the lead %s", proposed.Proposals, lead)
	}
	admin.ask(http.MethodPost, "/v1/contracts/"+contract+"/lead", `{"lead":"`+lead+`"}`, nil)
	admin.move("contracts", contract, "registered")
	benefit := admin.made("benefits", `{"contract":"`+contract+`","year":"`+today[:4]+`","amount":"1200万元","proof":"销售合同，档案 2026-17。"}`)
	admin.move("benefits", benefit, "confirmed")
	var got struct{ State string }
	firm.ask(http.MethodGet, "/v1/leads/"+lead, "", &got)
	if got.State != "contracted" {
		t.Errorf("the firm's lead is %s", got.State)
	}

	// The year's report counts both, and names them.
	var report struct {
		Measures []struct {
			Name    string
			Value   *int64
			Records []struct{ ID string }
		}
	}
	admin.ask(http.MethodGet, "/v1/reports/year?year="+today[:4], "", &report)
	want := map[string]struct {
		value int64
		id    string
	}{"contracts": {1, contract}, "contract_value": {80_000_000, contract}, "technical_value": {60_000_000, contract}, "new_benefit": {1_200_000_000, benefit}}
	for _, m := range report.Measures {
		w, asked := want[m.Name]
		if !asked {
			continue
		}
		delete(want, m.Name)
		if m.Value == nil || *m.Value != w.value || len(m.Records) != 1 || m.Records[0].ID != w.id {
			t.Errorf("%s: %+v, want %d of %s", m.Name, m, w.value, w.id)
		}
	}
	if len(want) > 0 {
		t.Errorf("the report lacks %v", want)
	}
}
