package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// contractsShown is how many contracts of a row are listed below a report.
const contractsShown = 200

// A reportPage is what report.html shows.
type reportPage struct {
	Kinds, Tabs []link
	Chart       *chart
	By          []option
	From, Until string
	Wrong       string // which of From and Until is no date
	Rows        []reportRow
	Total       reportRow
	Open        string // name of the row whose contracts are listed
	Contracts   []link
	More        int // of the row, not listed
}

// A reportRow is one row of a report.
type reportRow struct {
	Name, Code, URL         string
	Count, Value, Technical string
}

// report counts registered contracts, and lists those of a row that was clicked.
func (s *site) report(r request) (page, error) {
	q := r.URL.Query()
	by := q.Get("by")
	if !slices.Contains(market.ReportFields, by) {
		by = market.ReportFields[0]
	}
	contracts := recordKind{s, &market.ContractType, market.ContractType.About()}
	p := reportPage{Kinds: contracts.kindLinks(r), Tabs: s.reportTabs(r), From: q.Get("from"), Until: q.Get("until")}
	for _, name := range market.ReportFields {
		p.By = append(p.By, option{name, contracts.FieldOf(name).Words.In(r.lang), name == by})
	}
	out := page{Template: "report", Title: r.t("report.title"), Nav: "records"}
	report, err := s.svc.ReportContracts(r.Context(), r.caller, by, p.From, p.Until)
	if wrong := faultsIn(err); len(wrong) > 0 && wrong[0].Code == corpus.Invalid {
		p.Wrong = wrong[0].Field
		out.Status, out.Data = http.StatusUnprocessableEntity, p
		return out, nil
	}
	if err != nil {
		return page{}, err
	}
	for _, t := range report.Rows {
		row := r.reportRow(t)
		if contracts.FieldOf(by).Codes == "" {
			row.Code = "" // a word of ours
		}
		row.URL = s.url(withQuery("/reports", url.Values{"by": {by}, "from": {p.From}, "until": {p.Until}, "code": {t.Code}})) + "#contracts"
		p.Rows = append(p.Rows, row)
		if q.Has("code") && q.Get("code") == t.Code {
			p.Open = row.Name
			if p.Contracts, err = contracts.titles(r, t.Contracts[:min(len(t.Contracts), contractsShown)]); err != nil {
				return page{}, err
			}
			p.More = max(0, len(t.Contracts)-contractsShown)
		}
	}
	if len(report.Rows) > 1 {
		p.Chart = &chart{Title: r.t("report.chart"), Desc: r.t("report.chart.desc")}
		most := slices.MaxFunc(report.Rows, func(a, b market.Tally) int { return cmp.Compare(a.ValueFen, b.ValueFen) }).ValueFen
		for i, t := range report.Rows {
			p.Chart.add(p.Rows[i].Name, p.Rows[i].Value, t.ValueFen, most)
		}
	}
	p.Total = r.reportRow(report.Total)
	p.Total.Name = r.t("report.total")
	out.Data = p
	return out, nil
}

func (r request) reportRow(t market.Tally) reportRow {
	money := func(fen int64) string { return (&corpus.Money{Min: fen, Max: fen}).Label(r.lang) }
	row := reportRow{Name: t.Name, Code: t.Code, Count: count(t.Count), Value: money(t.ValueFen), Technical: money(t.TechnicalFen)}
	if t.Code == "" {
		row.Name = r.t("report.none")
	}
	return row
}

// titles are links to records.
func (k recordKind) titles(r request, ids []string) (links []link, err error) {
	for _, id := range ids {
		one, err := k.svc.Record(r.Context(), r.caller, k.table, id)
		if corpus.CodeOf(err) == corpus.NotFound { // since it was counted
			continue
		}
		if err != nil {
			return nil, err
		}
		links = append(links, link{Name: one.Text(k.Fields[0].Name), URL: k.path("/", id)})
	}
	return links, nil
}
