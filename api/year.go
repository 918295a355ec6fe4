package api

import (
	"context"
	"encoding/json"
	"iter"

	"duijie/corpus"
	"duijie/corpus/market"
)

func yearRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/reports/year", id: "report-year", tag: "reports", summary: "The measures of a year beside the targets, each with its records", right: "reports read", class: works, add: handle((*Service).reportYear)},
		{method: "GET", path: "/v1/reports/year/file", id: "export-report-year", tag: "reports", summary: "The measures of a year as a workbook or a Word document", right: "reports read", class: works, add: yearFileRoute((*Service).yearFile)},
		{method: "GET", path: "/v1/reports/rewards", id: "report-rewards", tag: "reports", summary: "What brokers and agencies brokered in a year, and what they get for it", right: "reports rewards", class: works, add: handle((*Service).reportRewards)},
		{method: "GET", path: "/v1/reports/frozen", id: "list-frozen-reports", tag: "reports", summary: "Frozen reports, newest first", right: "frozen_reports list", add: handle((*Service).listFrozen)},
		{method: "POST", path: "/v1/reports/frozen", id: "freeze-report", tag: "reports", summary: "Freeze the report of a year until a day", right: "frozen_reports create", status: 201, class: works, add: handle((*Service).freeze)},
		{method: "GET", path: "/v1/reports/frozen/{id}", id: "get-frozen-report", tag: "reports", summary: "One frozen report", right: "frozen_reports read", add: handle((*Service).getFrozen)},
		{method: "GET", path: "/v1/reports/frozen/{id}/corrections", id: "list-report-corrections", tag: "reports", summary: "What became else since a report was frozen", right: "frozen_reports read", class: works, add: handle((*Service).getCorrections)},
		{method: "GET", path: "/v1/reports/frozen/{id}/file", id: "export-frozen-report", tag: "reports", summary: "A frozen report as a workbook or a Word document", right: "frozen_reports read", class: works, add: yearFileRoute((*Service).frozenFile)},
	}
}

// storedAs yields the records of a table as the structs that they are.
func storedAs[T any](ctx context.Context, s *Service, table string) iter.Seq2[market.At[T], error] {
	return func(yield func(market.At[T], error) bool) {
		for r, err := range s.Store.Records(table) {
			one := market.At[T]{Version: r.Version}
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = json.Unmarshal(r.Body, &one.Is)
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

// all collects what is yielded.
func all[T any](some iter.Seq2[T, error]) (list []T, err error) {
	for one, err := range some {
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// books reads all that a report of a year counts for c: for who reads reports of a territory, what concerns that, and no
// targets, which are of the whole. It goes through all achievements and needs, whole: its callers are bounded
// by TimeLong.
func (s *Service) books(ctx context.Context, c Caller) (b *market.Books, err error) {
	b = &market.Books{}
	if b.Contracts, err = all(countedBy(ctx, s, c, &market.ContractType)); err != nil {
		return nil, err
	}
	if b.Benefits, err = all(countedBy(ctx, s, c, &market.BenefitType)); err != nil {
		return nil, err
	}
	if b.Targets, err = all(countedBy(ctx, s, c, &market.TargetType)); err != nil {
		return nil, err
	}
	for l, err := range storedAs[market.Lead](ctx, s, market.Leads) {
		if err != nil {
			return nil, err
		}
		one, err := s.askedLead(&l.Is)
		if err != nil {
			return nil, err
		}
		b.Leads = append(b.Leads, one)
	}
	if b.Achievements, err = s.counted(ctx, c, corpus.Achievement); err != nil {
		return nil, err
	}
	b.Needs, err = s.counted(ctx, c, corpus.Need)
	return b, err
}

// countedBy are the records of a type that reports for c count.
func countedBy[T any](ctx context.Context, s *Service, c Caller, t *market.Type[T]) iter.Seq2[market.At[T], error] {
	return func(yield func(market.At[T], error) bool) {
		for one, err := range storedAs[T](ctx, s, t.Name) {
			in := true
			if err == nil {
				in, err = counts(s, c, t, one.Is)
			}
			if (in || err != nil) && (!yield(one, err) || err != nil) {
				return
			}
		}
	}
}

// counted are the postings of a kind that reports for c count.
func (s *Service) counted(ctx context.Context, c Caller, k corpus.Kind) (list []market.Posting, err error) {
	for d, err := range s.Store.Each(k, 0) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if d.Status == corpus.Draft || !c.countsPosting(&d) {
			continue
		}
		p := market.Posting{ID: d.ID, Version: d.Version, Created: d.Created, Region: d.Region}
		if len(d.Field) > 0 {
			p.Field = d.Field[0]
		}
		list = append(list, p)
	}
	return list, nil
}

// askedLead is a lead as reports count it: its history says when somebody moved it on who is neither its maker nor of the
// maker's organisation.
func (s *Service) askedLead(l *market.Lead) (market.Asked, error) {
	one := market.Asked{ID: l.ID, Need: l.Need, Achievement: l.Achievement, Created: l.Created}
	if err := s.endOf(corpus.Need, &one.Need); err != nil {
		return one, err
	}
	if err := s.endOf(corpus.Achievement, &one.Achievement); err != nil || l.State == market.New {
		return one, err
	}
	steps, err := s.Store.Steps(market.Leads, l.ID, maxSteps)
	maker := l.By // who has it now: it may have been handed over
	if n := len(steps); n > 0 && steps[n-1].Move == "create" {
		maker = steps[n-1].By
	}
	side := Caller{Organisation: l.Organisation}
	for _, step := range steps { // the newest first
		if step.By != maker && step.By != l.By && isState(&market.LeadType.Declared, step.Move) && s.Colleague(side, step.By) == "" {
			one.Answered = step.At
		}
	}
	return one, err
}

// isState reports whether a move is one to a state.
func isState(d *market.Declared, move string) bool {
	for _, n := range d.States {
		if n.Value == move {
			return true
		}
	}
	return false
}

// YearReport counts the measures of a year until a day, "" being its end, from the records as they are now.
func (s *Service) YearReport(ctx context.Context, c Caller, year, until string) (market.YearReport, error) {
	if err := c.may("reports", "read"); err != nil {
		return market.YearReport{}, err
	}
	day, err := market.ParseYear(s.yearOr(year), until)
	if err != nil {
		return market.YearReport{}, err
	}
	b, err := s.books(ctx, c)
	if err != nil {
		return market.YearReport{}, err
	}
	r := market.ReportYear(b, s.yearOr(year), day)
	r.Territory = c.Territory
	return r, nil
}

// yearOr is a year, or this one where none is given.
func (s *Service) yearOr(year string) string {
	if year == "" {
		return string(corpus.DayOf(s.now())[:len("2006")])
	}
	return year
}

// Rewards reports what brokers and agencies brokered in a year.
func (s *Service) Rewards(ctx context.Context, c Caller, year string) (market.RewardReport, error) {
	var none market.RewardReport
	if err := c.may("reports", "rewards"); err != nil {
		return none, err
	}
	year = s.yearOr(year)
	if _, err := market.ParseYear(year, ""); err != nil {
		return none, err
	}
	contracts, err := all(storedAs[market.Contract](ctx, s, market.Contracts))
	if err != nil {
		return none, err
	}
	var rewards []market.Reward
	for r, err := range storedAs[market.Reward](ctx, s, market.Rewards) {
		if err != nil {
			return none, err
		}
		rewards = append(rewards, r.Is)
	}
	return market.ReportRewards(&market.Books{Contracts: contracts}, rewards, year, s.Reward), nil
}

// YearParams say which year a report counts.
type YearParams struct {
	Year  string `query:"year" maxLength:"4" doc:"of the report; this year where it is left out" example:"2026"`
	Until string `query:"until" maxLength:"32" doc:"the last day to count; the end of the year where it is left out" example:"2026-06-30"`
}

type yearOutput struct{ Body market.YearReport }

func (s *Service) reportYear(ctx context.Context, in *YearParams) (*yearOutput, error) {
	r, err := s.YearReport(ctx, CallerOf(ctx), in.Year, in.Until)
	return &yearOutput{r}, err
}

type rewardsInput struct {
	Year string `query:"year" maxLength:"4" doc:"in which the contracts were signed; this year where it is left out" example:"2026"`
}

type rewardsOutput struct{ Body market.RewardReport }

func (s *Service) reportRewards(ctx context.Context, in *rewardsInput) (*rewardsOutput, error) {
	r, err := s.Rewards(ctx, CallerOf(ctx), in.Year)
	return &rewardsOutput{r}, err
}

type yearFileInput struct {
	YearParams
	FileParams
}

func (s *Service) yearFile(ctx context.Context, in *yearFileInput) (yearFile, error) {
	r, err := s.YearReport(ctx, CallerOf(ctx), in.Year, in.Until)
	return yearFile{"report-" + r.Year, nil, &r, corpus.Format(in.Format)}, err
}
