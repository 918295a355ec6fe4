package web

import (
	"net/http"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A rewardsPage is what rewards.html shows.
type rewardsPage struct {
	Kinds, Tabs []link
	Year        string
	Wrong       bool
	Rule        bool
	Payees      []payeeRow
	Left        []link
	More        int
}

type payeeRow struct {
	Name, Value, Technical, Reward string
	Contracts                      []brokeredRow
}

type brokeredRow struct {
	Name, URL, Reward, State, Share, Value, Papers string
}

// rewards shows what brokers and agencies brokered in a year.
func (s *site) rewards(r request) (page, error) {
	contracts := s.anyKind()
	p := rewardsPage{Kinds: contracts.kindLinks(r), Tabs: s.reportTabs(r), Year: r.URL.Query().Get("year"), Rule: s.svc.Reward != nil}
	out := page{Template: "rewards", Title: r.t("rewards.title"), Nav: "records"}
	report, err := s.svc.Rewards(r.Context(), r.caller, p.Year)
	if wrong := faultsIn(err); len(wrong) > 0 && wrong[0].Code == corpus.Invalid {
		p.Wrong = true
		out.Status, out.Data = http.StatusUnprocessableEntity, p
		return out, nil
	}
	if err != nil {
		return page{}, err
	}
	p.Year = report.Year
	kind := recordKind{s, &market.RewardType, market.RewardType.About()}
	for _, payee := range report.Payees {
		row := payeeRow{Name: payee.Name, Value: market.InFen.Text(payee.ValueFen, r.lang), Technical: market.InFen.Text(payee.TechnicalFen, r.lang)}
		if payee.RewardFen != nil {
			row.Reward = market.InFen.Text(*payee.RewardFen, r.lang)
		}
		for _, one := range payee.Contracts {
			titles, err := contracts.titles(r, []string{one.Contract})
			if err != nil {
				return page{}, err
			}
			for _, title := range titles {
				row.Contracts = append(row.Contracts, brokeredRow{title.Name, title.URL, s.url("/rewards/" + one.Reward), kind.word(r, one.State), market.InPercent.Text(one.Percent, r.lang), market.InFen.Text(one.ValueFen, r.lang), one.Papers})
			}
		}
		p.Payees = append(p.Payees, row)
	}
	if p.Left, err = contracts.titles(r, report.Left[:min(len(report.Left), shownRecords)]); err != nil {
		return page{}, err
	}
	p.More = max(0, len(report.Left)-shownRecords)
	out.Data = p
	return out, nil
}
