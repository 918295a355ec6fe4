package web

import (
	"net/http"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// maxCompared is how many achievements stand side by side: as many as a wide page can show.
const maxCompared = 3

// A comparePage is what compare.html shows: achievements side by side against one need.
type comparePage struct {
	Need    shortRow
	Back    string // address of the need's list
	Error   string // why there is nothing to compare
	Notice  string
	Columns []compareColumn
	Groups  []compareGroup
}

type compareColumn struct {
	ID, Title string
	Label     matcher.Label // "" where it is not in the need's list
	Rank      string
	Without   string // address of the comparison without it, "" where too few would stay
}

// A compareGroup is the rows under one heading.
type compareGroup struct {
	Name  string
	Empty string // what a cell says that holds nothing
	Asked bool   // has a column of what the need says
	Rows  []compareRow
}

type compareRow struct {
	Name  string
	Need  string // what the need says to it
	Cells []compareCell
}

// A compareCell is what one achievement says; the zero value says nothing.
type compareCell struct {
	Texts   []string
	Points  string
	Bar     string // as bar.Value
	Verdict matcher.Verdict
	Against bool
}

func (s *site) compare(r request) (page, error) {
	ctx := r.Context()
	need, err := s.svc.Document(ctx, anybody, corpus.Need, r.FormValue("need"))
	if err != nil {
		return page{}, err
	}
	p := comparePage{Need: s.short(r, need), Back: s.docURL(corpus.Need, need.ID) + "#matches"}
	out := page{Template: "compare", Title: r.t("compare.title"), Nav: "match"}
	var docs []corpus.Doc
	for _, id := range r.URL.Query()["a"] {
		d, err := s.svc.Document(ctx, anybody, corpus.Achievement, id)
		switch {
		case corpus.CodeOf(err) == corpus.NotFound:
			p.Notice = r.t("compare.gone")
		case err != nil:
			return page{}, err
		case len(docs) == maxCompared:
			p.Notice = r.t("compare.many", maxCompared)
		case !slices.ContainsFunc(docs, func(have corpus.Doc) bool { return have.ID == d.ID }):
			docs = append(docs, d)
		}
	}
	if len(docs) < 2 {
		p.Error, out.Status = r.t("compare.few", maxCompared), http.StatusUnprocessableEntity
		out.Data = p
		return out, nil
	}
	// The need's own list, so that points and rank are those that the reader comes from.
	answer, err := s.svc.MatchNeed(ctx, anybody, need.ID, matcher.Options{Limit: matcher.Kept})
	if err != nil {
		return page{}, err
	}
	rows := make([]matchRow, len(docs))
	for i, d := range docs {
		c := compareColumn{ID: d.ID, Title: d.Title}
		rank := slices.IndexFunc(answer.Matches, func(m matcher.Match) bool { return m.Ref == indexer.Ref{Kind: d.Kind, Number: d.Number} })
		if rank >= 0 {
			rows[i] = s.matchRow(r, need, d, answer.Matches[rank])
			c.Label, c.Rank = rows[i].Label, r.t("compare.rank", count(rank+1), count(answer.Total), rows[i].Score)
			if rows[i].Figures == nil {
				rows[i].Figures = answer.Matches[rank].Figures
			}
		}
		if len(docs) > 2 {
			q := clone(r.URL.Query())
			q["a"] = slices.DeleteFunc(slices.Clone(q["a"]), func(id string) bool { return id == d.ID })
			c.Without = s.url("/compare?" + q.Encode())
		}
		p.Columns = append(p.Columns, c)
	}
	p.Groups = []compareGroup{r.compareFigures(rows), r.compareFacts(s, need, docs), r.compareParts(rows), r.compareNotes(rows)}
	p.Groups = slices.DeleteFunc(p.Groups, func(g compareGroup) bool { return len(g.Rows) == 0 })
	out.Data = p
	return out, nil
}

// compareFigures has a row for each figure that the need asks for.
func (r request) compareFigures(columns []matchRow) compareGroup {
	g := compareGroup{Name: r.t("match.figures"), Empty: r.t("compare.unstated")}
	at := map[string]int{}
	for i, c := range columns {
		for _, f := range c.Figures {
			row, known := at[f.Need]
			if !known {
				row = len(g.Rows)
				at[f.Need] = row
				g.Rows = append(g.Rows, compareRow{Name: f.Need, Cells: make([]compareCell, len(columns))})
			}
			if f.Achievement != "" {
				g.Rows[row].Cells[i] = compareCell{Texts: []string{f.Achievement}, Verdict: f.Verdict, Against: f.Verdict == matcher.Missed}
			}
		}
	}
	return g
}

// compareFacts has a row for each fact that one of the achievements states.
func (r request) compareFacts(s *site, need corpus.Doc, docs []corpus.Doc) compareGroup {
	budget := need.Budget.Label(r.lang)
	if budget != "" {
		budget = r.t("budget.of", budget)
	}
	g := compareGroup{Name: r.t("compare.facts"), Empty: r.t("compare.unstated"), Asked: true}
	for _, f := range []struct {
		key, need string
		of        func(corpus.Doc) []string
	}{
		{"fact.org.achievement", "", func(d corpus.Doc) []string { return []string{d.Org} }},
		{"fact.stage", r.stage(need), func(d corpus.Doc) []string { return []string{r.stage(d)} }},
		{"fact.price", budget, func(d corpus.Doc) []string { return []string{d.Price.Label(r.lang)} }},
		{"fact.cooperation", strings.Join(r.modes(need.Cooperation), r.t("and")), func(d corpus.Doc) []string { return []string{strings.Join(r.modes(d.Cooperation), r.t("and"))} }},
		{"fact.region", names("region", need.Region), func(d corpus.Doc) []string { return []string{names("region", d.Region)} }},
		{"fact.field", names("field", need.Field...), func(d corpus.Doc) []string { return []string{names("field", d.Field...)} }},
		{"doc.ip", "", func(d corpus.Doc) (out []string) {
			for _, right := range d.Rights {
				out = append(out, strings.TrimSpace(right.Kind+" "+right.Number+" "+right.State))
			}
			return out
		}},
		{"doc.evaluation", "", func(d corpus.Doc) []string { return []string{d.Evaluation} }},
		{"fact.confirmed", "", func(d corpus.Doc) []string { return []string{string(d.ConfirmedOn)} }},
	} {
		row := compareRow{Name: r.t(f.key), Need: f.need, Cells: make([]compareCell, len(docs))}
		stated := f.need != ""
		for i, d := range docs {
			texts := slices.DeleteFunc(f.of(d), func(t string) bool { return t == "" })
			row.Cells[i].Texts, stated = texts, stated || len(texts) > 0
		}
		if stated {
			g.Rows = append(g.Rows, row)
		}
	}
	return g
}

// compareParts has a row for each part of the points, in the order in which reasons name them, and one for their sum.
func (r request) compareParts(columns []matchRow) compareGroup {
	g := compareGroup{Name: r.t("compare.parts"), Empty: r.t("compare.nothing")}
	for _, kind := range partOrder {
		row := compareRow{Name: r.t("part." + kind), Cells: make([]compareCell, len(columns))}
		said := false
		for i, c := range columns {
			for _, b := range c.Bars {
				if b.Name == row.Name {
					row.Cells[i], said = compareCell{Texts: []string{b.Text}, Points: b.Points, Bar: b.Value, Against: b.Against}, true
				}
			}
		}
		if said {
			g.Rows = append(g.Rows, row)
		}
	}
	if len(g.Rows) > 0 {
		sum := compareRow{Name: r.t("compare.sum"), Cells: make([]compareCell, len(columns))}
		for i, c := range columns {
			sum.Cells[i].Points = c.Points
		}
		g.Rows = append(g.Rows, sum)
	}
	return g
}

// partOrder is the order in which reasons name the parts.
var partOrder = []string{"words", "meaning", "coverage", "elements", "indicators", "field", "region", "stage", "cooperation", "price", "freshness", "evaluation", "repetition", "rerank"}

// compareNotes says what speaks against each achievement and what to ask for.
func (r request) compareNotes(columns []matchRow) compareGroup {
	g := compareGroup{Name: r.t("compare.notes"), Empty: r.t("compare.nothing")}
	against := compareRow{Name: r.t("compare.against"), Cells: make([]compareCell, len(columns))}
	ask := compareRow{Name: r.t("compare.ask"), Cells: make([]compareCell, len(columns))}
	opposed, asked := false, false
	for i, c := range columns {
		against.Cells[i] = compareCell{Texts: c.Against, Against: true}
		opposed = opposed || len(c.Against) > 0
		if c.Missing != "" {
			ask.Cells[i].Texts, asked = []string{c.Missing}, true
		}
	}
	if opposed {
		g.Rows = append(g.Rows, against)
	}
	if asked {
		g.Rows = append(g.Rows, ask)
	}
	return g
}
