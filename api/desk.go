package api

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A Desk is what a broker sees in the morning.
type Desk struct {
	AsOf       corpus.Date `json:"as_of"`
	Promised   []DeskRow   `json:"promised" doc:"leads that nobody has claimed and of which an answer is promised, the soonest day first, 50 at most"`
	Waiting    []DeskRow   `json:"waiting" doc:"other leads and needs that nobody has claimed, the most valuable first"`
	Total      int         `json:"total" doc:"how many wait, promised ones too, of those that were looked at"`
	Overdue    int         `json:"overdue" doc:"of these and of the claims, leads that were promised an answer by a day that is over"`
	Claims     []DeskClaim `json:"claims" doc:"that the caller holds, those that end first before others"`
	Tasks      []DeskTask  `json:"tasks" doc:"next steps of the caller's visits, until today, the oldest first"`
	Answers    []DeskSheet `json:"answers" doc:"the caller's sheets that were answered within 7 days, newest first"`
	Weeks      []DeskWeek  `json:"weeks" doc:"what the caller did in this week and in the one before, by the records"`
	Colleagues []Colleague `json:"colleagues" doc:"to whom a claim can be handed over"`
	// Setting is what the caller has set.
	Setting *market.DeskSetting `json:"setting,omitempty" doc:"the caller's desk record; none: fields and regions are all"`
}

// A DeskRow is a lead, or a need about which nobody has asked.
type DeskRow struct {
	Lead        string          `json:"lead,omitempty" doc:"id; none: nobody has asked"`
	Need        string          `json:"need,omitempty" doc:"id; none: a visitor's lead about an achievement"`
	Achievement string          `json:"achievement,omitempty" doc:"id, of a lead that names one"`
	Title       string          `json:"title,omitempty" doc:"of the need, else of the achievement; none where the caller may not read it"`
	Org         string          `json:"org,omitempty" doc:"the firm"`
	Region      string          `json:"region,omitempty" doc:"GB/T 2260 code, 6 digits"`
	Budget      *corpus.Money   `json:"budget,omitempty"`
	Stage       market.State    `json:"stage,omitempty" enum:"new,talking,agreed" doc:"of the lead"`
	Due         corpus.Date     `json:"due,omitempty" doc:"by when an answer was promised, of a new lead"`
	Overdue     bool            `json:"overdue,omitempty"`
	Value       float64         `json:"value" doc:"the product of the factors"`
	Factors     []market.Factor `json:"factors"`
}

// A DeskClaim is a claim with what it is on.
type DeskClaim struct {
	ID    string      `json:"id"`
	Until corpus.Date `json:"until" doc:"the last day"`
	Ends  bool        `json:"ends,omitempty" doc:"it ends today or tomorrow"`
	DeskRow
}

// A DeskTask is the next step of a visit.
type DeskTask struct {
	Visit   string      `json:"visit" doc:"id"`
	Firm    string      `json:"firm"`
	Next    string      `json:"next"`
	Due     corpus.Date `json:"due"`
	Overdue bool        `json:"overdue,omitempty"`
}

// A DeskSheet is a sheet that was answered.
type DeskSheet struct {
	ID       string      `json:"id"`
	Need     string      `json:"need" doc:"id"`
	Title    string      `json:"title,omitempty" doc:"of the need"`
	Answer   string      `json:"answer" enum:"interested,none"`
	Interest string      `json:"interest,omitempty"`
	Reason   string      `json:"reason,omitempty"`
	On       corpus.Date `json:"on"`
}

// A Colleague is a broker who is not away.
type Colleague struct {
	By   string `json:"by" doc:"as account:ID"`
	Name string `json:"name"`
}

// What a desk looks at. Leads that are open come first, the newest; needs without one come from the kept match lists, the best
// fit first, which stay in memory. So the work is in proportion to the leads that are open, and bounded whatever the needs.
const (
	deskLeads     = 5_000 // open leads
	deskNeeds     = 200   // needs without a lead that are shown at most
	deskNeedsRead = 5_000 // to find them
	deskDays      = 7     // for which an answer is new
	deskPromised  = 50    // leads with a promised day
)

// deskOf returns what somebody has set for their desk; the zero value where nothing is set.
func (s *Service) deskOf(by string) (d market.DeskSetting, err error) {
	r, err := s.Store.RecordByKey(market.Desks, by)
	if corpus.CodeOf(err) == corpus.NotFound {
		return d, nil
	}
	if err == nil {
		err = json.Unmarshal(r.Body, &d)
	}
	return d, err
}

// Desk returns c's desk with at most limit rows that wait.
func (s *Service) Desk(ctx context.Context, c Caller, limit int) (Desk, error) {
	d := Desk{AsOf: corpus.DayOf(s.now()), Promised: []DeskRow{}, Waiting: []DeskRow{}, Claims: []DeskClaim{}, Tasks: []DeskTask{}, Answers: []DeskSheet{}, Colleagues: []Colleague{}}
	if err := c.may("desk", "read"); err != nil {
		return d, err
	}
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return d, err
	}
	w, err := s.deskWork(ctx, c, g.Matcher)
	if err != nil {
		return d, err
	}
	if err := w.leads(); err != nil {
		return d, err
	}
	if err := w.needs(); err != nil {
		return d, err
	}
	if w.setting.ID != "" {
		d.Setting = &w.setting
	}
	slices.SortStableFunc(w.rows, func(a, b DeskRow) int { return cmp.Compare(b.Value, a.Value) })
	if err := w.share(&d, limit); err != nil {
		return d, err
	}
	if d.Tasks, err = s.Tasks(ctx, c, d.AsOf); err != nil {
		return d, err
	}
	if d.Answers, err = s.deskAnswers(ctx, c); err != nil {
		return d, err
	}
	if d.Weeks, err = s.deskWeeks(ctx, c); err != nil {
		return d, err
	}
	d.Colleagues, err = s.colleagues(c)
	return d, err
}

// Tasks are the next steps of c's visits until a day, "" being any, the oldest first.
func (s *Service) Tasks(ctx context.Context, c Caller, until corpus.Date) ([]DeskTask, error) {
	tasks := []DeskTask{}
	err := each(s, ctx, c, &market.VisitType, market.ToDo, func(v market.Visit) bool {
		if until == "" || v.Due <= until {
			tasks = append(tasks, DeskTask{v.ID, v.Firm, v.Next, v.Due, v.Due.Over(s.now())})
		}
		return true
	})
	slices.SortFunc(tasks, func(a, b DeskTask) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Visit, b.Visit)) })
	return tasks, err
}

// each calls f with c's own records in a state, "" being any, the newest first, until it says that it needs no more.
func each[T any](s *Service, ctx context.Context, c Caller, t *market.Type[T], state market.State, f func(T) bool) error {
	for r, err := range s.rows(ctx, c, t, RecordQuery{State: state, By: c.Name}) {
		if err != nil {
			return err
		}
		if !f(r.Whole().(T)) {
			return nil
		}
	}
	return nil
}

func (s *Service) deskAnswers(ctx context.Context, c Caller) ([]DeskSheet, error) {
	answers := []DeskSheet{}
	since := s.now().AddDate(0, 0, -deskDays)
	err := each(s, ctx, c, &market.SheetType, market.Replied, func(sh market.Sheet) bool {
		if sh.Updated.After(since) {
			answers = append(answers, DeskSheet{sh.ID, sh.Need, "", sh.Answer, sh.Interest, sh.Reason, corpus.DayOf(sh.Updated)})
		}
		return sh.Created.After(since.AddDate(0, 0, -sheetDays)) // no older one has a link that works
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(answers, func(a, b DeskSheet) int { return cmp.Compare(b.On, a.On) })
	for i := range answers {
		a := &answers[i]
		d, err := s.follow(ctx, c, corpus.Need, a.Need)
		if err != nil && corpus.CodeOf(err) != corpus.NotFound {
			return nil, err
		}
		a.Title = d.Title
	}
	return answers, nil
}

// sheetDays is longer than the link of a sheet works.
const sheetDays = 100

// colleagues are the others who may hold claims and are not away.
func (s *Service) colleagues(c Caller) ([]Colleague, error) {
	out := []Colleague{}
	for r, err := range s.Store.Records(market.Accounts) {
		if err != nil {
			return nil, err
		}
		var a market.Account
		if err := json.Unmarshal(r.Body, &a); err != nil {
			return nil, err
		}
		by := "account:" + a.ID
		if a.Role != market.Broker || by == c.Name {
			continue
		}
		takes, err := s.takesClaims(by)
		if err != nil {
			return nil, err
		}
		if takes {
			out = append(out, Colleague{by, a.Name})
		}
	}
	slices.SortFunc(out, func(a, b Colleague) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.By, b.By)) })
	return out, nil
}

// A DeskWeek counts records of one week.
type DeskWeek struct {
	From     corpus.Date    `json:"from" doc:"a Monday"`
	Visits   map[string]int `json:"visits" doc:"by how: call, visit, online; of those dated in the week"`
	Claims   int            `json:"claims" doc:"made in the week and still the caller's, or ended since"`
	Sheets   int            `json:"sheets" doc:"put together in the week and not ended"`
	Opened   int            `json:"opened" doc:"of these, those that the firm has opened or answered until now"`
	Answered int            `json:"answered" doc:"of these, those that the firm has answered until now"`
}

func (s *Service) deskWeeks(ctx context.Context, c Caller) ([]DeskWeek, error) {
	monday := corpus.DayOf(s.now()).Last()
	for monday.Weekday() != time.Monday {
		monday = monday.AddDate(0, 0, -1)
	}
	weeks := []DeskWeek{{From: corpus.DayOf(monday)}, {From: corpus.DayOf(monday.AddDate(0, 0, -7))}}
	for i := range weeks {
		weeks[i].Visits = map[string]int{}
	}
	next := corpus.DayOf(monday.AddDate(0, 0, 7))
	of := func(day corpus.Date) *DeskWeek { // nil: before both, or after
		for i := range weeks {
			if day >= next {
				break
			}
			if day >= weeks[i].From {
				return &weeks[i]
			}
		}
		return nil
	}
	// A visit may be noted some days after it; one that is noted later still is of no week here.
	const late = 30
	err := each(s, ctx, c, &market.VisitType, "", func(v market.Visit) bool {
		if w := of(v.Date); w != nil {
			w.Visits[v.How]++
		}
		return v.Created.After(monday.AddDate(0, 0, -7-late))
	})
	if err == nil {
		err = each(s, ctx, c, &market.ClaimType, "", func(v market.Claim) bool {
			w := of(corpus.DayOf(v.Created))
			if w != nil {
				w.Claims++
			}
			return w != nil
		})
	}
	if err == nil {
		err = each(s, ctx, c, &market.SheetType, "", func(v market.Sheet) bool {
			w := of(corpus.DayOf(v.Created))
			if w == nil {
				return false
			}
			if v.State != market.Ended {
				w.Sheets++
			}
			if v.State == market.Opened || v.State == market.Replied {
				w.Opened++
			}
			if v.State == market.Replied {
				w.Answered++
			}
			return true
		})
	}
	return weeks, err
}
