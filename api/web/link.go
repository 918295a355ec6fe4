package web

import (
	"net/http"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A linkPage is what link.html shows: the leads that a contract may have come from.
type linkPage struct {
	Crumb, Contract link
	Action          string
	Wrong           string
	Done            bool // nothing is to be said any more
	Rows            []proposalRow
	Lead            string // typed
}

type proposalRow struct {
	ID, URL, Title, State string
	Reasons               []string
}

// linkLink leads from the page of a contract of which nobody said where it came from to the leads that it may have come from.
func (k recordKind) linkLink(r request, one market.Row) (link, bool) {
	if k.Name != market.Contracts || one.Text("lead") != "" || one.Text("elsewhere") != "" || r.caller.Allowed(k.Name, "link") == market.None {
		return link{}, false
	}
	return link{Name: r.t("link.title"), URL: k.path("/", *one.Head().ID, "/lead")}, true
}

// linkForm shows the leads that are proposed to a contract.
func (s *site) linkForm(r request) (page, error) { return s.linkPage(r, "") }

func (s *site) linkPage(r request, wrong string) (page, error) {
	k, id := s.anyKind(), r.PathValue("id")
	one, err := s.svc.Record(r.Context(), r.caller, k.table, id)
	if err != nil {
		return page{}, err
	}
	list, err := s.svc.Proposals(r.Context(), r.caller, id)
	if err != nil {
		return page{}, err
	}
	leads := recordKind{s, &market.LeadType, market.LeadType.About()}
	p := linkPage{Crumb: link{Name: r.t("link.unlinked"), URL: k.path("/unlinked")}, Contract: link{Name: one.Text("title"), URL: k.path("/", id)}, Action: k.path("/", id, "/lead"),
		Wrong: wrong, Done: one.Text("lead") != "" || one.Text("elsewhere") != "" || *one.Head().State == market.Void, Lead: r.PostFormValue("lead")}
	for _, l := range list {
		row := proposalRow{ID: l.Lead, URL: leads.path("/", l.Lead), State: leads.word(r, l.State), Title: l.Need}
		if l.Achievement != "" && l.Need != "" {
			row.Title += " ↔ "
		}
		row.Title += l.Achievement
		if row.Title == "" {
			row.Title = l.Lead
		}
		for _, reason := range l.Reasons {
			row.Reasons = append(row.Reasons, reason.Words.In(r.lang))
		}
		p.Rows = append(p.Rows, row)
	}
	out := page{Template: "link", Title: r.t("link.title"), Nav: "records", Data: p}
	if wrong != "" {
		out.Status = http.StatusUnprocessableEntity
	}
	return out, nil
}

// link says from which lead a contract came, or that it came from none.
func (s *site) link(r request) (page, error) {
	id, lead := r.PathValue("id"), r.PostFormValue("lead")
	none := r.PostFormValue("none") != ""
	if r.PostFormValue("lang") != "" {
		return s.linkPage(r, "")
	}
	if lead == "" && !none {
		return s.linkPage(r, r.t("link.wrong"))
	}
	if none {
		lead = ""
	}
	_, err := s.svc.LinkContract(r.Context(), r.caller, id, lead)
	switch code := corpus.CodeOf(err); {
	case err == nil:
		return page{Redirect: "/contracts/" + id}, nil
	case code == corpus.Conflict || code == corpus.NotFound && lead != "" || code == corpus.Invalid:
		return s.linkPage(r, r.t("link.wrong"))
	}
	return page{}, err
}

// unlinkedPage lists the contracts of which nobody said where they came from.
func (s *site) unlinkedPage(r request) (page, error) {
	list, next, err := s.svc.Unlinked(r.Context(), r.caller, recordsShown, r.URL.Query().Get("after"))
	if err != nil {
		return page{}, err
	}
	k := s.anyKind()
	data := struct {
		Kinds []link
		Rows  []brokeredRow
		Next  string
	}{Kinds: k.kindLinks(r)}
	for _, c := range list {
		data.Rows = append(data.Rows, brokeredRow{Name: c.Title, URL: k.path("/", c.ID, "/lead"), State: k.word(r, c.State), Value: market.InFen.Text(c.ValueFen, r.lang), Papers: c.Seller + " → " + c.Buyer, Share: string(c.Signed)})
	}
	if next != "" {
		data.Next = k.path("/unlinked?after=", next)
	}
	return page{Template: "unlinked", Title: r.t("link.unlinked"), Nav: "records", Data: data}, nil
}
