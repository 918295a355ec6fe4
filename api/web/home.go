package web

import (
	"context"
	"slices"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/indexer"
)

// How much the home page shows.
const homeRows, homeExamples, homeFields = 5, 3, 12

// A homePage is what home.html shows.
type homePage struct {
	Match               matchForm
	Needs, Achievements []shortRow
	Fields              []facetValue
	Counts              map[string]int
	Empty               bool
}

// A shortRow is one line of a list of documents.
type shortRow struct {
	Kind  corpus.Kind
	ID    string
	Title string
	Date  corpus.Date
	Facts []value
}

func (s *site) home(r request) (page, error) {
	ctx := r.Context()
	counts, err := s.counts(ctx)
	if err != nil {
		return page{}, err
	}
	needs, err := s.svc.List(ctx, anybody, corpus.Need, indexer.Query{Limit: 40})
	if err != nil {
		return page{}, err
	}
	achievements, err := s.svc.List(ctx, anybody, corpus.Achievement, indexer.Query{Limit: homeRows})
	if err != nil {
		return page{}, err
	}
	found, err := s.svc.Search(ctx, anybody, indexer.Query{Limit: 1, Facets: true, Filter: indexer.Filter{Kinds: []corpus.Kind{corpus.Achievement}}})
	if err != nil {
		return page{}, err
	}
	h := homePage{Counts: counts, Empty: counts["need"]+counts["achievement"] == 0,
		Match: matchForm{Rows: 6, Max: maxTyped, Outside: s.outside(), Examples: s.examples(needs.Documents)}}
	for _, e := range h.Match.Examples {
		if e.Number == r.URL.Query().Get("example") {
			h.Match.Text = e.Text
		}
	}
	for _, d := range needs.Documents[:min(homeRows, len(needs.Documents))] {
		h.Needs = append(h.Needs, s.short(r, d))
	}
	for _, d := range achievements.Documents {
		h.Achievements = append(h.Achievements, s.short(r, d))
	}
	for _, f := range found.Facets {
		if f.Name != "field" {
			continue
		}
		for _, v := range f.Values {
			if parent("field", v.Value) == "" || len(h.Fields) == homeFields {
				continue // a 门类 is too wide to be a field
			}
			name := s.codes(corpus.Achievement, "field", v.Value)[0]
			h.Fields = append(h.Fields, facetValue{Name: name.Text, Code: name.Code, URL: name.URL, Count: v.Count})
		}
	}
	p := page{Template: "home", Title: r.t("home.title"), Data: h}
	for _, list := range [][]corpus.Doc{needs.Documents, achievements.Documents} {
		if len(list) > 0 {
			p.Newest = max(p.Newest, list[0].PublishedOn)
		}
	}
	return p, nil
}

// An example is a real problem that fills the form.
type example struct {
	Number, Title, Text, URL string
}

// examples are needs that say enough to be matched and not more than a person would type, of different fields, and
// where possible not those that the page lists as the newest.
func (s *site) examples(needs []corpus.Doc) []example {
	if len(needs) > 2*homeRows {
		needs = needs[homeRows:]
	}
	var out []example
	var fields []string
	for _, d := range needs {
		n := utf8.RuneCountInString(d.Text)
		if len(out) == homeExamples || n < 60 || n > 400 || d.ValidUntil.Over(s.now()) || utf8.RuneCountInString(d.Title) > 24 {
			continue
		}
		field := ""
		if len(d.Field) > 0 {
			field = d.Field[0][:min(2, len(d.Field[0]))]
		}
		if slices.Contains(fields, field) {
			continue
		}
		fields = append(fields, field)
		number := count(len(out) + 1)
		out = append(out, example{number, d.Title, d.Text, s.url("/?example=" + number + "#text")})
	}
	return out
}

// short is a document as one line.
func (s *site) short(r request, d corpus.Doc) shortRow {
	row := shortRow{Kind: d.Kind, ID: d.ID, Title: d.Title, Date: d.PublishedOn}
	add := func(v value) {
		if v.Text != "" {
			row.Facts = append(row.Facts, v)
		}
	}
	add(value{Text: d.Position})
	add(value{Text: d.Org})
	if d.Region != "" {
		add(value{Text: codeName("region", d.Region), Code: codeTitle("region", d.Region)})
	}
	if d.Stage != "" {
		add(value{Text: corpus.Label(d.Stage, r.lang)})
	}
	add(value{Text: d.Price.Label(r.lang)})
	if d.Budget.Known() {
		add(value{Text: r.t("budget.of", d.Budget.Label(r.lang))})
	}
	return row
}

// counts says how many documents of each kind anybody can find.
func (s *site) counts(ctx context.Context) (map[string]int, error) {
	status, err := s.svc.Status(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for k, n := range status.Documents {
		out[string(k)] = n
	}
	return out, nil
}
