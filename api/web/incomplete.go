package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"duijie/corpus"
	"duijie/matcher"
)

const incompleteShown = 50

// An incompletePage lists the postings of a kind that lack most, and takes a change of many.
type incompletePage struct {
	Kind        corpus.Kind
	Gap         string
	Tabs        []option // addresses
	Gaps        []gapLink
	Counts      string
	Total       int
	Done        bool // the walk came to its end
	Note        string
	Walk        string // address of the first posting to mend
	Rows        []incompleteRow
	Query       string
	First, Next string
	Bulk        bulkForm
}

// A gapLink leads to the postings that lack something.
type gapLink struct {
	URL, Name string
	Count     int
	On        bool
}

type incompleteRow struct {
	Kind           corpus.Kind
	ID, Title, URL string
	Percent        string
	Missing        string
	Picked         bool
}

// listed are the kinds that have lists of what is incomplete.
var listed = []corpus.Kind{corpus.Achievement, corpus.Need}

// readList reads which list of incomplete postings a query means.
func readList(q url.Values) (o matcher.IncompleteOptions, err error) {
	o.Kind = cmp.Or(corpus.Kind(q.Get("kind")), corpus.Achievement)
	o.Gap = q.Get("gap")
	if !slices.Contains(listed, o.Kind) || o.Gap != "" && !slices.Contains(gapFields, o.Gap) {
		return o, corpus.Errorf(corpus.Invalid, "there is no such list")
	}
	if v := q.Get("skip"); v != "" {
		if o.Skip, err = strconv.Atoi(v); err != nil || o.Skip < 0 {
			return o, corpus.Errorf(corpus.Invalid, "%q is no number of postings", v)
		}
	}
	return o, nil
}

// gapFields are the fields of gaps that have names.
var gapFields = []string{"text", "application", "indicators", "tried", "budget", "valid_until", "field", "stage", "ip", "contact", "price", "cooperation"}

func (s *site) incompletes(r request) (page, error) {
	q := r.URL.Query()
	o, err := readList(q)
	if err != nil {
		return page{}, err
	}
	return s.incompletePage(r, o, q)
}

func (s *site) incompletePage(r request, o matcher.IncompleteOptions, q url.Values) (page, error) {
	o.Limit, o.Plain, o.Lang = incompleteShown, true, r.lang
	list, err := s.svc.Incomplete(r.Context(), r.caller, o)
	if err != nil {
		return page{}, err
	}
	here := listQuery(q)
	here.Set("kind", string(o.Kind))
	p := incompletePage{Kind: o.Kind, Gap: o.Gap, Total: list.Total, Done: q.Has("done"), Note: s.savedNote(r, q), Query: here.Encode(), Bulk: r.bulkForm(o.Kind, url.Values{})}
	p.Counts = r.t("gaps.counts", count(list.All), count(list.Total))
	if o.Gap != "" {
		p.Counts = r.t("gaps.counts.of", count(list.All), count(list.Total), r.t("gaps."+o.Gap))
	}
	for _, k := range listed {
		p.Tabs = append(p.Tabs, option{s.url(withQuery("/incomplete", url.Values{"kind": {string(k)}})), corpus.Label(k, r.lang), k == o.Kind})
	}
	for _, g := range list.Gaps {
		to := url.Values{"kind": {string(o.Kind)}}
		if g.Field != o.Gap { // a second click takes it off
			to.Set("gap", g.Field)
		}
		p.Gaps = append(p.Gaps, gapLink{s.url(withQuery("/incomplete", to)), r.t("gaps." + g.Field), g.Count, g.Field == o.Gap})
	}
	for _, one := range list.Postings {
		p.Rows = append(p.Rows, incompleteRow{one.Kind, one.ID, one.Title, s.mendURL(one.Kind, one.ID, here), percent(one.Completeness), r.missing(one.Missing), false})
	}
	if list.Total > len(list.Postings) && list.Total <= maxBulk {
		p.Bulk.All = count(list.Total)
	}
	if list.Total > 0 {
		p.Walk = s.url(withQuery("/incomplete/next", walkQuery(here)))
	}
	if next := o.Skip + incompleteShown; next < list.Total {
		p.Next = s.url(withQuery("/incomplete", adding(here, "skip", strconv.Itoa(next))))
	}
	if o.Skip > 0 {
		p.First = s.url(withQuery("/incomplete", walkQuery(here)))
	}
	return page{Template: "incomplete", Title: r.t("gaps.title"), Nav: "incomplete", Data: p}, nil
}

// missing names what is missing.
func (r request) missing(gaps []matcher.Gap) string {
	names := make([]string, len(gaps))
	for i, g := range gaps {
		names[i] = r.t("gaps." + g.Field)
	}
	return strings.Join(names, r.t("and"))
}

// walkQuery is a list without its page.
func walkQuery(q url.Values) url.Values {
	out := url.Values{}
	for _, name := range []string{"kind", "gap"} {
		if v := q.Get(name); v != "" {
			out.Set(name, v)
		}
	}
	return out
}

// adding returns a query with one value more.
func adding(q url.Values, name, value string) url.Values {
	out := url.Values{}
	for n := range q {
		out.Set(n, q.Get(n))
	}
	out.Set(name, value)
	return out
}

func (s *site) mendURL(k corpus.Kind, id string, q url.Values) string {
	return s.url(mendPath(k, id, q))
}

// mendPath is the page on which a posting is mended, as a part of the walk through a list.
func mendPath(k corpus.Kind, id string, q url.Values) string {
	return withQuery("/incomplete/"+k.Plural()+"/"+url.PathEscape(id), walkQuery(q))
}

// savedNote says what was saved right before.
func (s *site) savedNote(r request, q url.Values) string {
	plural, id, _ := strings.Cut(q.Get("saved"), "/")
	k, ok := corpus.ParseKind(plural)
	if !ok {
		return ""
	}
	d, err := s.svc.Document(r.Context(), r.caller, k, id)
	if err != nil {
		return "" // it is worth no error
	}
	return r.t("gaps.saved", d.Title)
}

// nextIncomplete leads to the next posting of the walk, behind the place that after names.
func (s *site) nextIncomplete(r request) (page, error) {
	q := r.URL.Query()
	o, err := readList(q)
	if err != nil {
		return page{}, err
	}
	o.After, o.Limit, o.Skip, o.Plain = q.Get("after"), 1, 0, true
	list, err := s.svc.Incomplete(r.Context(), r.caller, o)
	if err != nil {
		return page{}, err
	}
	to := walkQuery(q)
	if len(list.Postings) == 0 {
		return page{Redirect: withQuery("/incomplete", withSaved(adding(to, "done", "1"), q))}, nil
	}
	path := mendPath(o.Kind, list.Postings[0].ID, url.Values{})
	return page{Redirect: withQuery(path, withSaved(to, q))}, nil
}

func withSaved(to, q url.Values) url.Values {
	if v := q.Get("saved"); v != "" {
		return adding(to, "saved", v)
	}
	return to
}
