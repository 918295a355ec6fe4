package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/indexer"
)

// shownValues is how many values a facet shows before the rest is folded.
const shownValues = 8

// dimensions of the facets in the order of the page. The kind is chosen above them.
var dimensions = []string{"field", "region", "stage", "cooperation", "strategic"}

// A searchPage is what search.html shows.
type searchPage struct {
	Heading, Text, Count string
	Tabs                 []facetValue
	Hidden, State        []param // of the address, for the forms: without the words and without the order
	Facets               []facet
	Chosen               []facetValue
	Clear, First, Next   string
	Sorts                []option
	SortHow              string // what the order does with what states nothing
	Rows                 []resultRow
	File                 string // address under which the results can be taken along
	Capped               string // says that not all of them go into the file
	Name                 string // of the search, to save it under
	Subscribe            string // address under which the signed in ask to be told of more; "" for none
}

type param struct{ Name, Text string }

type option struct {
	Value, Name string
	On          bool
}

// A facet is one dimension with its values; Rest is folded.
type facet struct {
	Name         string
	Values, Rest []facetValue
	Search       bool // has so many values that a box to look through them helps
}

type facetValue struct {
	Name, Code, URL string
	Key             string // names the control on its page
	Count           int
	On, Under       bool // chosen; stands under the value before it
}

type resultRow struct {
	Kind           corpus.Kind
	ID             string
	Title, Snippet []segment
	Facts          []fact
}

func (s *site) search(r request) (page, error) {
	q, state, err := searchQuery(r.URL.Query())
	if err != nil {
		return page{}, err
	}
	found, err := s.svc.Search(r.Context(), anybody, q)
	if err != nil {
		return page{}, err
	}
	p := searchPage{Heading: r.t("search.title"), Text: q.Text, Count: r.t("search.count", count(found.Total))}
	p.Hidden, p.State = params(state, "q", "after"), params(state, "sort", "after")
	kind := corpus.Kind(state.Get("kind"))
	p.Sorts, p.SortHow = r.orders(kind, "sort.", q.Sort), r.orderHow(kind, q.Sort)
	if q.After != "" {
		p.First = s.searchURL(state, "after")
	}
	if found.Next != "" {
		next := clone(state)
		next.Set("after", found.Next)
		p.Next = s.searchURL(next)
	}
	p.File = s.url("/search/file?" + without(state, "after").Encode())
	if found.Total > maxFileRows {
		p.Capped = r.t("tools.capped", count(maxFileRows))
	}
	p.Clear = s.searchURL(state, append([]string{"from", "to", "valid_on"}, dimensions...)...)
	s.fill(r, &p, state, found.Facets)
	for _, d := range found.Results {
		p.Rows = append(p.Rows, s.result(r, d))
	}
	title := p.Heading
	if q.Text != "" {
		title = r.t("search.for", q.Text)
	}
	said := []string{cmp.Or(q.Text, p.Heading)}
	for _, c := range p.Chosen {
		said = append(said, c.Name)
	}
	p.Name = strings.Join(said, r.t("and"))
	if r.caller.Session != "" && q.Text != "" {
		p.Subscribe = s.url("/subscriptions/new?" + url.Values{"query": {q.Text}, "kind": {state.Get("kind")}}.Encode())
	}
	return page{Template: "search", Title: title, Nav: "search", Data: p}, nil
}

// searchQuery reads the address of a search, and returns it without what says nothing.
func searchQuery(state url.Values) (indexer.Query, url.Values, error) {
	for name, vs := range state {
		if vs = slices.DeleteFunc(vs, func(v string) bool { return v == "" }); len(vs) == 0 {
			delete(state, name)
		}
	}
	filter, err := api.Filter{Field: state["field"], Region: state["region"], Strategic: state["strategic"], Stage: state["stage"],
		Cooperation: state["cooperation"], From: state.Get("from"), To: state.Get("to"), ValidOn: state.Get("valid_on")}.Parse()
	if err != nil {
		return indexer.Query{}, nil, err
	}
	if filter.Kinds, err = api.ParseKinds(state["kind"]); err != nil {
		return indexer.Query{}, nil, err
	}
	if len(filter.Kinds) > 0 {
		state.Set("kind", string(filter.Kinds[0])) // whichever of its names was given; the page shows one kind or all
		filter.Kinds = filter.Kinds[:1]
	}
	q := indexer.Query{Text: state.Get("q"), Filter: filter, After: state.Get("after"), Facets: true}
	if q.Sort = orderIn(state.Get("sort"), corpus.Kind(state.Get("kind"))); q.Sort == indexer.ByRelevance {
		state.Del("sort")
	}
	return q, state, nil
}

// fill adds tabs, facets and what is chosen.
func (s *site) fill(r request, p *searchPage, state url.Values, counted []indexer.Facet) {
	byName := map[string][]indexer.FacetValue{}
	for _, f := range counted {
		byName[f.Name] = f.Values
	}
	kinds := map[string]int{}
	total := 0
	for _, v := range byName["kind"] {
		kinds[v.Value] = v.Count
		total += v.Count
	}
	p.Tabs = []facetValue{{Name: r.t("kinds.all"), URL: s.searchURL(state, "kind", "after"), Key: "kind:", Count: total, On: state.Get("kind") == ""}}
	for _, k := range corpus.Kinds {
		with := clone(state)
		with.Set("kind", string(k))
		p.Tabs = append(p.Tabs, facetValue{Name: r.t("kinds." + string(k)), URL: s.searchURL(with, "after"), Key: "kind:" + string(k), Count: kinds[string(k)], On: state.Get("kind") == string(k)})
	}
	for _, dim := range dimensions {
		chosen := state[dim]
		var values []facetValue
		for _, v := range grouped(dim, byName[dim]) {
			on := slices.Contains(chosen, v.Value)
			values = append(values, facetValue{Name: r.valueName(dim, v.Value), Code: valueTitle(dim, v.Value), Count: v.Count, On: on,
				Under: parent(dim, v.Value) != "", URL: s.toggle(state, dim, v.Value), Key: dim + ":" + v.Value})
		}
		for _, c := range chosen {
			p.Chosen = append(p.Chosen, facetValue{Name: r.valueName(dim, c), URL: s.toggle(state, dim, c)})
		}
		if len(values) == 0 {
			continue
		}
		f := facet{Name: r.t("facet." + dim), Values: values, Search: len(values) > shownValues}
		if f.Search && len(chosen) == 0 {
			f.Values, f.Rest = values[:shownValues], values[shownValues:]
		}
		p.Facets = append(p.Facets, f)
	}
	for _, dim := range []string{"from", "to", "valid_on"} {
		if v := state.Get(dim); v != "" {
			p.Chosen = append(p.Chosen, facetValue{Name: r.t("facet."+dim, v), URL: s.searchURL(state, dim, "after")})
		}
	}
}

// grouped puts the values that stand under another behind it; the order stays by count within each group.
func grouped(dim string, values []indexer.FacetValue) []indexer.FacetValue {
	under := map[string][]indexer.FacetValue{}
	for _, v := range values {
		under[parent(dim, v.Value)] = append(under[parent(dim, v.Value)], v)
	}
	var out []indexer.FacetValue
	for _, v := range under[""] {
		out = append(append(out, v), under[v.Value]...)
	}
	return out
}

// toggle is the address with a value added, or without it where it is chosen. A value takes the place of those above
// and below it, which would widen what it narrows.
func (s *site) toggle(state url.Values, dim, value string) string {
	with := clone(state)
	values := slices.DeleteFunc(slices.Clone(state[dim]), func(v string) bool {
		return v == value || parent(dim, v) == value || parent(dim, value) == v
	})
	if !slices.Contains(state[dim], value) {
		values = append(values, value)
	}
	with[dim] = values
	return s.searchURL(with, "after")
}

func (r request) valueName(dim, v string) string {
	switch dim {
	case "stage":
		return corpus.Label(corpus.Stage(v), r.lang)
	case "cooperation":
		return corpus.Label(corpus.Mode(v), r.lang)
	}
	return codeName(dim, v)
}

func valueTitle(dim, v string) string {
	if editions[dim] == "" {
		return ""
	}
	return codeTitle(dim, v)
}

func clone(state url.Values) url.Values {
	out := url.Values{}
	for name, vs := range state {
		out[name] = slices.Clone(vs)
	}
	return out
}

// searchURL is the address of a search without some of its parameters.
func (s *site) searchURL(state url.Values, names ...string) string {
	return s.url(strings.TrimSuffix("/search?"+without(state, names...).Encode(), "?"))
}

// without is the state without some of its parameters.
func without(state url.Values, names ...string) url.Values {
	state = clone(state)
	for _, name := range names {
		state.Del(name)
	}
	return state
}

// searchParams are the parameters a search page keeps.
var searchParams = append([]string{"q", "kind", "from", "to", "valid_on", "sort"}, dimensions...)

func params(state url.Values, without ...string) []param {
	var out []param
	for _, name := range searchParams {
		for _, v := range state[name] {
			if !slices.Contains(without, name) {
				out = append(out, param{name, v})
			}
		}
	}
	return out
}

func (s *site) result(r request, d api.SearchResult) resultRow {
	row := resultRow{Kind: d.Kind, ID: d.ID, Title: segments(d.Title, 0, len(d.Title), d.TitleHits),
		Snippet: segments(d.Snippet, 0, len(d.Snippet), d.Hits)}
	f := facts{s: s, r: r}
	f.text(false, "fact.org."+string(d.Kind), d.Org)
	f.values(false, "fact.region", s.codes(d.Kind, "region", d.Region))
	if d.Stage != "" {
		f.text(false, "fact.stage", corpus.Label(d.Stage, r.lang))
	}
	f.text(false, "fact.price", d.Price.Label(r.lang))
	f.text(false, "fact.budget", d.Budget.Label(r.lang))
	f.text(false, "fact.published", string(d.Published))
	f.text(false, "fact.life", r.life(d.Life))
	row.Facts = f.known
	return row
}
