package web

import (
	"fmt"
	"net/url"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/matcher"
)

// An expertList is what experts.html shows beside a list in which nothing fits: who may be asked, and how a broker is.
type expertList struct {
	Rows   []expertRow
	Need   string // id of the need that a broker can be given; "": no more
	SignIn string // address, for who is not signed in
	Given  string // that a broker has it already
	Lead   string // address of the lead by which that was done
}

// An expertRow is an expert or a team.
type expertRow struct {
	ID, Name      string // no ID: a team
	Label         matcher.Label
	Facts         []fact
	Proofs        []proof
	Points, Score string
}

// A proof is one document that speaks for an expert.
type proof struct {
	Kind          corpus.Kind
	ID, Title     string
	Says          string // the first of its reasons
	Points, Share string
	Bars          []bar
}

// experts finds who may be asked about a need that nothing fits.
func (s *site) experts(r request, need corpus.Doc) (*expertList, error) {
	a, err := s.svc.Experts(r.Context(), anybody, need.ID, 0)
	if err != nil {
		return nil, err
	}
	l := &expertList{}
	for _, e := range a.Experts {
		row := expertRow{ID: e.ID, Name: e.Name, Label: e.Label, Points: signed(e.Points), Score: fmt.Sprintf("%.2f", e.Score)}
		f := facts{s: s, r: r}
		f.text(false, "fact.position", e.Position)
		if e.Org != e.Name {
			f.text(false, "fact.org.expert", e.Org)
		}
		row.Facts = f.known
		for _, reason := range e.Reasons {
			p := proof{Kind: reason.Kind, ID: reason.ID, Title: reason.Title, Points: signed(reason.Points), Share: fmt.Sprintf("%g%%", 100*reason.Share)}
			for i, part := range reason.Reasons {
				if i == 0 {
					p.Says = part.Text
				}
				p.Bars = append(p.Bars, bar{Name: r.t("part." + part.Kind), Text: part.Text, Points: signed(part.Points), Against: part.Points < 0})
			}
			row.Proofs = append(row.Proofs, p)
		}
		l.Rows = append(l.Rows, row)
	}
	return l, s.offerBroker(r, need, l)
}

// offerBroker says how the reader can give a need to a broker, or that they have.
func (s *site) offerBroker(r request, need corpus.Doc, l *expertList) error {
	life, err := s.svc.Life(need)
	if err != nil || life.TakesLeads(&need) != nil {
		return err
	}
	if r.caller.Session == "" {
		l.SignIn = s.url("/signin?" + url.Values{"to": {"/needs/" + url.PathEscape(need.ID)}}.Encode())
		return nil
	}
	if r.caller.Allowed(market.Leads, "create") == market.None {
		return nil
	}
	given, err := s.svc.Brokered(r.caller, need.ID)
	switch {
	case err == nil:
		l.Given, l.Lead = r.t("experts.given", given.Text("due")), s.url("/leads/"+*given.Head().ID)
	case corpus.CodeOf(err) == corpus.NotFound:
		l.Need, err = need.ID, nil
	}
	return err
}
