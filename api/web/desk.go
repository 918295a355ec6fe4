package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// deskShown is how many rows wait on the page of a desk.
const deskShown = 20

// A deskPage is what desk.html shows.
type deskPage struct {
	Kinds          []link
	Day            string
	Error          string
	Done           string
	Tasks          []deskTask
	Claims         []deskRow
	Answers        []deskAnswer
	Promised       []deskRow
	Waiting        []deskRow
	Total, Overdue string
	Late           string // address of the leads that are overdue
	Colleagues     []api.Colleague
	Weeks          []deskWeek
	Setting        string   // address of the form
	Covers         []string // fields and regions by name; none: all
}

// A deskTask is a next step.
type deskTask struct {
	URL, Next, Firm, Due string
	Late                 bool
}

// A deskRow is a lead or a need, that waits or is claimed.
type deskRow struct {
	Title, URL        string
	Lead, Need, Claim string // ids
	State             string
	Late, Ends        bool
	Until             string // of a claim
	Facts             []fact
	Sum               string // the value and its factors
	Visit, Sheet      string // addresses; "": none
}

type deskAnswer struct {
	URL, Title, On, Said, Reason string
	Good                         bool
}

type deskWeek struct{ Name, Visits, Claims, Sheets, Opened, Answered string }

// deskRoutes are the pages of a broker's day.
func (s *site) deskRoutes(mux *http.ServeMux, guard *http.CrossOriginProtection) {
	for pattern, v := range map[string]view{
		"GET /desk":              s.with("desk", "read", s.desk),
		"GET /needs/{id}/sheet":  s.with(market.Sheets, "create", s.sheetForm),
		"GET /sheets/{id}/paper": s.with(market.Sheets, "read", s.paper),
		"GET /sheet/{token}":     s.sheetLink,
		"POST /sheet/{token}":    s.followSheetLink,
	} {
		mux.HandleFunc(pattern, s.show(v))
	}
	for pattern, v := range map[string]view{
		"POST /desk":              s.with("desk", "read", s.workDesk),
		"POST /needs/{id}/sheet":  s.with(market.Sheets, "create", s.makeSheet),
		"POST /sheets/{id}/paper": s.with(market.Sheets, "read", s.sendPaper),
	} {
		mux.Handle(pattern, guard.Handler(s.show(v)))
	}
	mux.HandleFunc("GET /desk/tasks.ics", s.taskFile)
	mux.Handle("POST /sheets/{id}/docx", guard.Handler(http.HandlerFunc(s.paperFile)))
}

func (s *site) desk(r request) (page, error) { return s.deskPage(r, deskPage{}, http.StatusOK) }

// deskPage adds to p what the desk has.
func (s *site) deskPage(r request, p deskPage, status int) (page, error) {
	d, err := s.svc.Desk(r.Context(), r.caller, deskShown)
	if err != nil {
		return page{}, err
	}
	p.Kinds, p.Day, p.Colleagues = recordKind{s, &market.LeadType, market.LeadType.About()}.kindLinks(r), string(d.AsOf), d.Colleagues
	p.Total, p.Overdue, p.Late = count(d.Total), count(d.Overdue), s.url("/leads?overdue=true")
	for _, t := range d.Tasks {
		p.Tasks = append(p.Tasks, deskTask{s.url("/visits/" + t.Visit), t.Next, t.Firm, string(t.Due), t.Overdue})
	}
	for _, a := range d.Answers {
		said := r.t("desk.none")
		if a.Answer == "interested" {
			said = r.t("desk.interested", cmp.Or(a.Interest, "1"))
		}
		p.Answers = append(p.Answers, deskAnswer{s.url("/sheets/" + a.ID), cmp.Or(a.Title, a.Need), string(a.On), said, a.Reason, a.Answer == "interested"})
	}
	for _, c := range d.Claims {
		row := s.deskRow(r, c.DeskRow)
		row.Claim, row.Until, row.Ends = c.ID, string(c.Until), c.Ends
		p.Claims = append(p.Claims, row)
	}
	for _, w := range d.Promised {
		p.Promised = append(p.Promised, s.deskRow(r, w))
	}
	for _, w := range d.Waiting {
		p.Waiting = append(p.Waiting, s.deskRow(r, w))
	}
	for i, w := range d.Weeks {
		visits := ""
		how := market.VisitType.FieldOf("how")
		for _, c := range how.Choices {
			if n := w.Visits[c.Value]; n > 0 {
				visits += c.In(r.lang) + " " + count(n) + " "
			}
		}
		p.Weeks = append(p.Weeks, deskWeek{r.t([]string{"desk.week.this", "desk.week.last"}[min(i, 1)], string(w.From)), cmp.Or(visits, "0"), count(w.Claims), count(w.Sheets), count(w.Opened), count(w.Answered)})
	}
	p.Setting = s.url("/desks/new")
	if set := d.Setting; set != nil {
		p.Setting = s.url("/desks/" + set.ID)
		for _, code := range set.FieldCodes() {
			p.Covers = append(p.Covers, codeName("field", code))
		}
		for _, code := range set.RegionCodes() {
			p.Covers = append(p.Covers, codeName("region", code))
		}
		if set.State == market.Away {
			p.Covers = append(p.Covers, market.DeskType.States[1].In(r.lang))
		}
	}
	return page{Template: "desk", Status: status, Title: r.t("desk.title"), Nav: "desk", Data: p}, nil
}

// deskRow says of a row what a broker decides by, and where to go on.
func (s *site) deskRow(r request, d api.DeskRow) deskRow {
	row := deskRow{Title: cmp.Or(d.Title, d.Need, d.Achievement, d.Lead), Lead: d.Lead, Need: d.Need, State: r.t("desk.unasked"), Late: d.Overdue}
	switch {
	case d.Lead != "":
		row.URL, row.State = s.url("/leads/"+d.Lead), recordKind{s, &market.LeadType, market.LeadType.About()}.word(r, cmp.Or(d.Stage, market.New))
	case d.Need != "":
		row.URL = s.docURL(corpus.Need, d.Need)
	}
	f := facts{s: s, r: r}
	f.text(false, "fact.org.need", d.Org)
	if d.Region != "" {
		f.text(false, "fact.region", codeName("region", d.Region))
	}
	if d.Budget != nil {
		f.text(false, "fact.budget", d.Budget.Label(r.lang))
	}
	f.text(false, "desk.due", string(d.Due))
	row.Facts = f.known
	args := []any{fmt.Sprintf("%.3g", d.Value)}
	for _, factor := range d.Factors {
		args = append(args, fmt.Sprintf("%.3g", factor.Value))
	}
	row.Sum = r.t("desk.sum", args...)
	visit := url.Values{"firm": {d.Org}, "need": {d.Need}, "lead": {d.Lead}}
	row.Visit = s.url("/visits/new?" + visit.Encode())
	if d.Need != "" {
		row.Sheet = s.sheetFormURL(d.Need)
	}
	return row
}

func (s *site) sheetFormURL(need string) string {
	return s.url("/needs/" + url.PathEscape(need) + "/sheet")
}

// workDesk claims, releases and hands over.
func (s *site) workDesk(r request) (page, error) {
	var err error
	p := deskPage{}
	switch id := r.PostFormValue("claim"); r.PostFormValue("do") {
	case "claim":
		values := map[string]string{}
		for _, name := range []string{"lead", "need"} {
			if v := r.PostFormValue(name); v != "" {
				values[name] = v
			}
		}
		_, err = s.svc.CreateRecord(r.Context(), r.caller, &market.ClaimType, values)
		p.Done = r.t("desk.claimed")
	case "release":
		_, err = s.svc.ChangeRecord(r.Context(), r.caller, &market.ClaimType, id, map[string]string{"state": string(market.Released)}, 0)
		p.Done = r.t("desk.released")
	case "hand_over":
		_, err = s.svc.HandOverClaim(r.Context(), r.caller, id, r.PostFormValue("to"))
		p.Done = r.t("desk.handed")
	default:
		return s.deskPage(r, p, http.StatusOK)
	}
	if err == nil {
		return s.deskPage(r, p, http.StatusOK)
	}
	p.Done = ""
	taken, held := errors.AsType[*api.ClaimedError](err)
	switch code := corpus.CodeOf(err); {
	case held:
		p.Error = r.claimed(taken)
	case code == corpus.Conflict && r.PostFormValue("do") == "claim":
		p.Error = r.t("desk.full", market.MaxClaims)
	case code == corpus.Conflict || code == corpus.Invalid || code == corpus.NotFound:
		p.Error = r.t("desk.refused")
	default:
		return page{}, err
	}
	return s.deskPage(r, p, http.StatusConflict)
}

// taskFile is the calendar of the caller's tasks.
func (s *site) taskFile(w http.ResponseWriter, req *http.Request) {
	s.attach(w, req, "desk", "read", func(r request) (name, media string, body []byte, err error) {
		text, err := s.svc.TaskCalendar(r.Context(), r.caller)
		return "tasks.ics", "text/calendar; charset=utf-8", []byte(text), err
	})
}

// attach answers with a file that is made for who may make a move, and others with a page that helps.
func (s *site) attach(w http.ResponseWriter, req *http.Request, record, move string, build func(request) (name, media string, body []byte, err error)) {
	lang, _ := s.language(w, req)
	r := request{req, s.templates[lang], s.caller(req)}
	if r.caller.Session == "" || r.caller.Allowed(record, move) == market.None {
		s.show(s.with(record, move, s.desk))(w, req)
		return
	}
	name, media, body, err := build(r)
	if err != nil {
		s.show(func(request) (page, error) { return page{}, err })(w, req)
		return
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", "attachment; filename="+name)
	h.Set("Cache-Control", "no-store")
	w.Write(body) // a reader who left needs no answer
}

// deskLinks lead from a record to what a broker does next with it.
func (k recordKind) deskLinks(r request, one market.Row) (links []link) {
	if k.Name == market.Sheets {
		links = append(links, link{Name: r.t("sheet.paper"), URL: k.path("/", *one.Head().ID, "/paper")})
	}
	if (k.Name == market.Leads || k.Name == market.Visits || k.Name == market.Claims) && one.Text("need") != "" && r.caller.Allowed(market.Sheets, "create") != market.None {
		links = append(links, link{Name: r.t("sheet.make"), URL: k.sheetFormURL(one.Text("need"))})
	}
	return links
}

// claimed says who holds what somebody wants to claim.
func (r request) claimed(by *api.ClaimedError) string {
	if by.Mine {
		return r.t("desk.mine", string(by.Until))
	}
	return r.t("desk.taken", by.Name, string(by.Until))
}
