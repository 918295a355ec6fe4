package web

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A yearPage is what year.html shows: the report of a year as it is now, or one that was frozen.
type yearPage struct {
	Kinds, Tabs  []link
	Year, Until  string
	Signed, Note string // typed
	Wrong        []string
	Rows         []measureRow
	Chart        *chart
	Open         *openMeasure
	Answers      []answerRow
	File, Word   string // addresses of the workbook and of the Word document
	Freeze       bool   // this reader may
	Territory    string // that alone is counted; "": all is
	Frozen       *frozenRow
	Changes      []measureRow // of Frozen: measures with another value now
	Corrections  []correctionRow
	More         int // corrections that are not shown
}

// A measureRow is one measure of a report.
type measureRow struct {
	Name, Definition, Value, Why, URL, Target, Reached, TargetURL string
	Now                                                           string
}

// An openMeasure is the records behind a number.
type openMeasure struct {
	Name    string
	Records []countedRow
	More    int // that are not shown
}

type countedRow struct {
	ID, Table, URL, Amount string
}

type answerRow struct{ By, Name, Code, Needs, NeedsURL, Answered, AnsweredURL, Rate, Days string }

type frozenRow struct{ URL, Year, Until, Signed, Note, At, By string }

type correctionRow struct {
	countedRow
	Measure, What, Was, Difference string
}

// shownRecords is how many records of a measure, or corrections, a page lists; the workbook and the API have all.
const shownRecords = 200

// reportTabs lead to the pages of reports that the reader may see.
func (s *site) reportTabs(r request) (links []link) {
	for _, p := range []struct{ path, key, record, move string }{{"/reports", "report.title", "reports", "read"}, {"/reports/year", "year.title", "reports", "read"},
		{"/reports/frozen", "frozen.title", market.FrozenReports, "list"}, {"/reports/rewards", "rewards.title", "reports", "rewards"}} {
		if r.caller.Allowed(p.record, p.move) == market.None {
			continue
		}
		links = append(links, link{Name: r.t(p.key), URL: s.url(p.path), Here: r.URL.Path == p.path})
	}
	return links
}

// reportRoutes are the pages of reports.
func (s *site) reportRoutes(mux *http.ServeMux, guard *http.CrossOriginProtection) {
	mux.HandleFunc("GET /reports", s.show(s.with("reports", "read", s.report)))
	mux.HandleFunc("GET /reports/year", s.show(s.long(s.with("reports", "read", s.year))))
	mux.HandleFunc("GET /reports/year/file", s.yearFile)
	mux.HandleFunc("GET /reports/rewards", s.show(s.long(s.with("reports", "rewards", s.rewards))))
	mux.HandleFunc("GET /reports/frozen", s.show(s.with(market.FrozenReports, "list", s.frozenList)))
	mux.Handle("POST /reports/frozen", guard.Handler(s.show(s.long(s.with(market.FrozenReports, "create", s.freeze)))))
	mux.HandleFunc("GET /reports/frozen/{id}", s.show(s.long(s.with(market.FrozenReports, "read", s.frozen))))
	mux.HandleFunc("GET /reports/frozen/{id}/file", s.yearFile)
	mux.HandleFunc("GET /contracts/unlinked", s.show(s.with(market.Contracts, "link", s.unlinkedPage)))
	mux.HandleFunc("GET /contracts/{id}/lead", s.show(s.with(market.Contracts, "link", s.linkForm)))
	mux.Handle("POST /contracts/{id}/lead", guard.Handler(s.show(s.with(market.Contracts, "link", s.link))))
}

// long is a view that has the time for work on the whole library, as its route in the API has.
func (s *site) long(v view) view {
	return func(r request) (page, error) {
		ctx, done := s.svc.Limits.Within(r.Context(), api.TimeLong)
		defer done()
		r.Request = r.WithContext(ctx)
		p, err := v(r)
		return p, api.Overdue(ctx, err)
	}
}

// anyKind gives what the pages of all sorts of records have in common.
func (s *site) anyKind() recordKind {
	return recordKind{s, &market.ContractType, market.ContractType.About()}
}

func (s *site) year(r request) (page, error) {
	q := r.URL.Query()
	year := q.Get("year")
	if year == "" {
		year = s.now().Format("2006")
	}
	p := yearPage{Kinds: s.anyKind().kindLinks(r), Tabs: s.reportTabs(r), Year: year, Until: q.Get("until"), Freeze: r.caller.Allowed(market.FrozenReports, "create") != market.None}
	return s.yearView(r, p)
}

// yearView shows the report of now for what p says.
func (s *site) yearView(r request, p yearPage) (page, error) {
	out := page{Template: "year", Title: r.t("year.title"), Nav: "records"}
	if p.Wrong != nil {
		out.Status = http.StatusUnprocessableEntity
	}
	report, err := s.svc.YearReport(r.Context(), r.caller, p.Year, p.Until)
	if wrong := faultsIn(err); len(wrong) > 0 && wrong[0].Code == corpus.Invalid {
		out.Status = http.StatusUnprocessableEntity
		if p.Wrong == nil {
			p.Wrong = r.reportFaults(wrong)
		}
		out.Data = p
		return out, nil
	}
	if err != nil {
		return page{}, err
	}
	p.Territory = strings.Join(regionNames(report.Territory), "、")
	p.File = s.url(withQuery("/reports/year/file", url.Values{"year": {p.Year}, "until": {p.Until}}))
	p.Word = s.url(withQuery("/reports/year/file", url.Values{"year": {p.Year}, "until": {p.Until}, "format": {string(corpus.DOCX)}}))
	s.fillYear(r, &p, &report, withQuery("/reports/year", url.Values{"year": {p.Year}, "until": {p.Until}}))
	out.Data = p
	return out, nil
}

// reportFaults says what is wrong with what was typed.
func (r request) reportFaults(wrong corpus.Faults) (texts []string) {
	for _, e := range wrong {
		texts = append(texts, r.t("year.wrong."+e.Field))
	}
	return texts
}

// fillYear puts the figures of a report into a page, whose address is at.
func (s *site) fillYear(r request, p *yearPage, report *market.YearReport, at string) {
	p.Chart = &chart{Title: r.t("year.chart"), Desc: r.t("year.chart.desc")}
	join := "?"
	if strings.Contains(at, "?") {
		join = "&"
	}
	for _, m := range report.Measures {
		row := measureRow{Name: m.Words.In(r.lang), Definition: m.Definition.In(r.lang)}
		if m.Value != nil {
			row.Value = m.Unit.Text(*m.Value, r.lang)
		}
		if m.Why != nil {
			row.Why = m.Why.In(r.lang)
		}
		if len(m.Records) > 0 {
			row.URL = s.url(at + join + "measure=" + m.Name + "#records")
		}
		if m.Target != nil {
			row.Target, row.TargetURL = m.Unit.Text(m.Target.Number, r.lang), s.url("/targets/"+m.Target.ID)
			if m.Target.Reached != nil {
				row.Reached = market.InPercent.Text(*m.Target.Reached, r.lang)
				p.Chart.add(row.Name, row.Reached, *m.Target.Reached, 10_000)
			}
		}
		if m.Name == r.URL.Query().Get("measure") && len(m.Records) > 0 {
			p.Open = &openMeasure{Name: row.Name, More: max(0, len(m.Records)-shownRecords)}
			for _, one := range m.Records[:min(len(m.Records), shownRecords)] {
				p.Open.Records = append(p.Open.Records, s.countedRow(r, m.Unit, one.Table, one.ID, one.Amount))
			}
		}
		p.Rows = append(p.Rows, row)
	}
	if len(p.Chart.Bars) == 0 {
		p.Chart = nil
	}
	for _, a := range report.Answers {
		row := answerRow{By: r.t("year.by." + a.By), Name: a.Name, Code: a.Code, Needs: count(len(a.Needs)), Answered: count(len(a.Answered)), Rate: market.InPercent.Text(a.Rate, r.lang)}
		if a.Days != nil {
			row.Days = market.InDays.Text(*a.Days, r.lang)
		}
		if a.Code == "" {
			row.Name = r.t("report.none")
		}
		row.NeedsURL = s.answerURL(r, p, at+join, a, "needs", a.Needs)
		row.AnsweredURL = s.answerURL(r, p, at+join, a, "answered", a.Answered)
		p.Answers = append(p.Answers, row)
	}
}

// answerURL leads to the needs behind a number of an answer's row, "" where there are none, and opens them where the address
// asks for them.
func (s *site) answerURL(r request, p *yearPage, at string, a market.AnswerRow, which string, needs []string) string {
	if len(needs) == 0 {
		return ""
	}
	name := a.By + "." + a.Code + "." + which
	if r.URL.Query().Get("answer") == name {
		said := a.Name
		if a.Code == "" {
			said = r.t("report.none")
		}
		p.Open = &openMeasure{Name: said + " " + r.t("year."+which), More: max(0, len(needs)-shownRecords)}
		for _, id := range needs[:min(len(needs), shownRecords)] {
			p.Open.Records = append(p.Open.Records, s.countedRow(r, market.InPieces, corpus.Need.Plural(), id, 1))
		}
	}
	return s.url(at + "answer=" + url.QueryEscape(name) + "#records")
}

// countedRow is a row of what is counted. A posting that is withdrawn or deleted by now has no page to lead to.
func (s *site) countedRow(r request, u market.Unit, table, id string, amount int64) countedRow {
	row := countedRow{ID: id, Table: r.t("docs." + table), URL: s.url("/" + table + "/" + url.PathEscape(id)), Amount: u.Text(amount, r.lang)}
	for _, kind := range corpus.Kinds {
		if kind.Plural() != table {
			continue
		}
		if _, err := s.svc.Document(r.Context(), anybody, kind, id); err != nil {
			row.URL = ""
		}
	}
	return row
}

// frozenList shows all frozen reports.
func (s *site) frozenList(r request) (page, error) {
	heads, err := s.svc.FrozenReports(r.Context(), r.caller)
	if err != nil {
		return page{}, err
	}
	data := struct {
		Kinds, Tabs []link
		Rows        []frozenRow
	}{Kinds: s.anyKind().kindLinks(r), Tabs: s.reportTabs(r)}
	for _, h := range heads {
		data.Rows = append(data.Rows, s.frozenRow(r, h))
	}
	return page{Template: "frozen", Title: r.t("frozen.title"), Nav: "records", Data: data}, nil
}

func (s *site) frozenRow(r request, h market.FrozenHead) frozenRow {
	return frozenRow{s.url("/reports/frozen/" + h.ID), h.Year, string(h.Until), h.Signed, h.Note, r.moment(h.At), s.anyKind().names(r)(h.By)}
}

// freeze freezes what the form names, and shows it.
func (s *site) freeze(r request) (page, error) {
	p := yearPage{Kinds: s.anyKind().kindLinks(r), Tabs: s.reportTabs(r), Year: r.PostFormValue("year"), Until: r.PostFormValue("until"), Signed: r.PostFormValue("signed"), Note: r.PostFormValue("note"), Freeze: true}
	if r.PostFormValue("lang") != "" {
		return s.yearView(r, p)
	}
	f, err := s.svc.Freeze(r.Context(), r.caller, p.Year, p.Until, p.Signed, p.Note)
	if wrong := faultsIn(err); len(wrong) > 0 && wrong[0].Code == corpus.Invalid {
		p.Wrong = r.reportFaults(wrong)
		return s.yearView(r, p)
	}
	if err != nil {
		return page{}, err
	}
	return page{Redirect: "/reports/frozen/" + f.ID}, nil
}

// frozen shows a frozen report with what became else since.
func (s *site) frozen(r request) (page, error) {
	f, err := s.svc.FrozenReport(r.Context(), r.caller, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	c, err := s.svc.Corrections(r.Context(), r.caller, f.ID)
	if err != nil {
		return page{}, err
	}
	head := s.frozenRow(r, f.FrozenHead)
	p := yearPage{Kinds: s.anyKind().kindLinks(r), Tabs: s.reportTabs(r), Year: f.Year, Until: string(f.Until), Frozen: &head, File: head.URL + "/file", Word: head.URL + "/file?format=docx", More: max(0, len(c.Records)-shownRecords)}
	s.fillYear(r, &p, &f.Report, "/reports/frozen/"+f.ID)
	name := func(measure string) (string, market.Unit) {
		if m := f.Report.Measure(measure); m != nil {
			return m.Words.In(r.lang), m.Unit
		}
		return measure, market.InPieces
	}
	for _, m := range c.Measures {
		row := measureRow{Value: "—", Now: "—"}
		row.Name, _ = name(m.Name)
		if m.Was != nil {
			row.Value = m.Unit.Text(*m.Was, r.lang)
		}
		if m.Is != nil {
			row.Now = m.Unit.Text(*m.Is, r.lang)
		}
		p.Changes = append(p.Changes, row)
	}
	for _, one := range c.Records[:min(len(c.Records), shownRecords)] {
		measure, unit := name(one.Measure)
		row := correctionRow{s.countedRow(r, unit, one.Table, one.ID, one.Is), measure, r.t("frozen." + one.What), unit.Text(one.Was, r.lang), withSign(unit, one.Difference, r.lang)}
		p.Corrections = append(p.Corrections, row)
	}
	return page{Template: "year", Title: r.t("frozen.one", f.Year, string(f.Until)), Nav: "records", Data: p}, nil
}

// withSign writes a difference with its sign.
func withSign(u market.Unit, n int64, lang string) string {
	switch {
	case n > 0:
		return "+" + u.Text(n, lang)
	case n < 0:
		return "−" + u.Text(-n, lang)
	}
	return "0"
}

// yearFile answers with a report as a workbook, or as a Word document where the address says so.
func (s *site) yearFile(w http.ResponseWriter, r *http.Request) {
	ctx, done := s.svc.Limits.Within(r.Context(), api.TimeLong)
	defer done()
	c, id, q := s.caller(r), r.PathValue("id"), r.URL.Query()
	lang, _ := s.language(w, r)
	var body bytes.Buffer
	name, ending, media := "", corpus.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if q.Get("format") == string(corpus.DOCX) {
		ending, media = corpus.DOCX, api.WordType
	}
	write := func(report *market.YearReport, frozen *market.FrozenHead) error {
		if ending == corpus.XLSX {
			return api.WriteYear(&body, report, frozen, lang)
		}
		b, err := s.svc.YearDocx(report, frozen, lang)
		body.Write(b)
		return err
	}
	err := func() error {
		if id != "" {
			f, err := s.svc.FrozenReport(ctx, c, id)
			if err != nil {
				return err
			}
			name = "report-" + f.Year + "-frozen"
			return write(&f.Report, &f.FrozenHead)
		}
		report, err := s.svc.YearReport(ctx, c, q.Get("year"), q.Get("until"))
		if err != nil {
			return err
		}
		name = "report-" + report.Year
		return write(&report, nil)
	}()
	if err != nil {
		s.show(s.with("reports", "read", func(rq request) (page, error) { return s.templateFault(rq, api.Overdue(ctx, err)) }))(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", "attachment; filename="+name+"."+string(ending))
	h.Set("Cache-Control", "no-store")
	w.Write(body.Bytes()) // a reader who left needs no answer
}

// templateFault is the page that says what is wrong with the operator's template; other errors are as they were.
func (s *site) templateFault(r request, err error) (page, error) {
	e, ok := errors.AsType[*corpus.Error](err)
	if !ok || e.Field != "template" {
		return page{}, err
	}
	p := s.failed(r, err)
	said := p.Data.(errorPage)
	said.Text = r.t("year.template", e.Message)
	p.Data = said
	return p, nil
}
