package web

import (
	"net/url"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

const recordsShown = 20

// A recordList is what records.html shows.
type recordList struct {
	Kinds, States []link
	Heading       string
	Empty         string
	New           string // addresses
	Form          string // to which a file is posted; "": nobody may
	Files         []link
	Rows          []recordRow
	Next          string
	Import        *recordImport
}

// A link is an address with its name, how many stand behind it, and whether this is where the reader is.
type link struct {
	Name, URL, Count string
	Here             bool
}

// A recordRow is one record in a list.
type recordRow struct {
	URL, Title, State, When, By string
	Late                        bool // it should have been answered by now
	Facts                       []fact
}

func (k recordKind) list(r request) (page, error) { return k.listPage(r, nil) }

func (k recordKind) listPage(r request, imported *recordImport) (page, error) {
	q := r.URL.Query()
	state, late := q.Get("state"), k.Due != "" && q.Get("overdue") == "true"
	counts, err := k.svc.CountRecords(r.Context(), r.caller, k.table)
	if err != nil {
		return page{}, err
	}
	p, err := k.svc.Records(r.Context(), r.caller, k.table, api.RecordQuery{State: market.State(state), Limit: recordsShown, After: q.Get("after"), Overdue: late})
	if err != nil {
		return page{}, err
	}
	l := recordList{Kinds: k.kindLinks(r), Heading: k.Many.In(r.lang), Import: imported, Empty: r.t("records.none")}
	total := 0
	for _, n := range counts {
		total += n
	}
	l.States = []link{{r.t("records.all"), k.path(), count(total), state == "" && !late}}
	for _, n := range k.States {
		l.States = append(l.States, link{n.In(r.lang), k.path("?state=", n.Value), count(counts[market.State(n.Value)]), state == n.Value})
	}
	if k.Due != "" {
		n, err := k.countOverdue(r)
		if err != nil {
			return page{}, err
		}
		l.States = append(l.States, link{r.t("records.overdue"), k.path("?overdue=true"), n, late})
	}
	if r.caller.Allowed(k.Name, "create") != market.None {
		l.New, l.Form = k.path("/new"), k.path("/import")
	}
	for _, f := range []corpus.Format{corpus.CSV, corpus.XLSX} {
		l.Files = append(l.Files, link{Name: strings.ToUpper(string(f)), URL: k.path("/export?", url.Values{"format": {string(f)}, "state": {state}}.Encode())})
	}
	names := k.names(r)
	for _, one := range p.Records {
		h := one.Head()
		facts, err := k.facts(r, one, false)
		if err != nil {
			return page{}, err
		}
		row := recordRow{URL: k.path("/", *h.ID), Title: *h.ID, State: k.word(r, *h.State), When: r.moment(*h.Updated), By: names(*h.By), Late: k.Overdue(one, k.now()), Facts: facts}
		if len(facts) > 0 {
			row.Title, row.Facts = facts[0].Values[0].Text, unlinkedFacts(facts[1:])
		}
		l.Rows = append(l.Rows, row)
	}
	if p.Next != "" {
		next := url.Values{"state": {state}, "after": {p.Next}}
		if late {
			next.Set("overdue", "true")
		}
		l.Next = k.path("?", next.Encode())
	}
	return page{Template: "records", Title: l.Heading, Nav: "records", Data: l}, nil
}

// countOverdue says how many records wait longer than was promised; beyond a hundred, that there are more.
func (k recordKind) countOverdue(r request) (string, error) {
	const most = 100
	n, err := k.svc.CountOverdue(r.Context(), r.caller, k.table, most+1)
	if n > most {
		return count(most) + "+", err
	}
	return count(n), err
}

func unlinkedFacts(facts []fact) []fact {
	for _, f := range facts {
		unlinked(f.Values)
	}
	return facts
}
