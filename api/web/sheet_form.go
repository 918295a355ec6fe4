package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

// sheetOffered is how many matches the form of a sheet offers.
const sheetOffered = 10

// A sheetFormPage puts a sheet together from the match list of a need.
type sheetFormPage struct {
	Need        link
	Action      string
	Error       string
	Contact     string
	ContactMost int
	Entries     []sheetChoice
	Places      []int
}

// A sheetChoice is one match that may stand on the sheet.
type sheetChoice struct {
	ID, Title, URL string
	Label          matcher.Label
	Place          int  // 0: it does not
	Twice          bool // another has the same place
	Comment        string
	Facts          []fact
}

// sheetForm offers the best matches of a need. The first of them are chosen, weak ones where there are too few others.
func (s *site) sheetForm(r request) (page, error) {
	return s.sheetFormPage(r, "", func(i int, m matcher.Match) (int, string) {
		if i < market.LeastEntries || i < market.MostEntries && m.Label != matcher.Weak {
			return i + 1, ""
		}
		return 0, ""
	})
}

// sheetFormPage shows the form with the place and the comment of each match.
func (s *site) sheetFormPage(r request, wrong string, chosen func(i int, m matcher.Match) (int, string)) (page, error) {
	need, err := s.svc.Document(r.Context(), r.caller, corpus.Need, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	list, err := s.svc.MatchNeed(r.Context(), anybody, need.ID, matcher.Options{Limit: sheetOffered})
	if err != nil {
		return page{}, err
	}
	p := sheetFormPage{Need: link{Name: cmp.Or(need.Title, need.ID), URL: s.docURL(corpus.Need, need.ID)}, Action: s.sheetFormURL(need.ID), Error: wrong,
		Contact: r.PostFormValue("contact"), ContactMost: market.SheetType.FieldOf("contact").Length()}
	for n := range market.MostEntries {
		p.Places = append(p.Places, n+1)
	}
	for i, m := range list.Matches {
		c := sheetChoice{ID: m.ID, Title: cmp.Or(m.Title, m.ID), URL: s.docURL(corpus.Achievement, m.ID), Label: m.Label, Facts: s.briefFacts(r, m.Brief)}
		c.Place, c.Comment = chosen(i, m)
		p.Entries = append(p.Entries, c)
	}
	for i, e := range p.Entries {
		same := func(other sheetChoice) bool { return other.Place == e.Place && other.ID != e.ID }
		p.Entries[i].Twice = e.Place > 0 && slices.ContainsFunc(p.Entries, same)
	}
	out := page{Template: "sheet_form", Title: r.t("sheet.make"), Nav: "desk", Data: p}
	if r.Method == http.MethodPost {
		out.Form = "sheet"
	}
	if wrong != "" {
		out.Status = http.StatusUnprocessableEntity
	}
	return out, nil
}

// briefFacts are what a reader of a sheet decides by.
func (s *site) briefFacts(r request, b corpus.Brief) []fact {
	f := facts{s: s, r: r}
	f.text(false, "fact.org.achievement", b.Org)
	if b.Region != "" {
		f.text(false, "fact.region", codeName("region", b.Region))
	}
	if b.Stage != "" {
		f.text(false, "fact.stage", corpus.Label(b.Stage, r.lang))
	}
	f.text(false, "fact.cooperation", r.modes(b.Cooperation)...)
	if b.Price != nil {
		f.text(false, "fact.price", b.Price.Label(r.lang))
	}
	return f.known
}

// makeSheet makes a sheet of what was chosen, and sends it where that button was pressed.
func (s *site) makeSheet(r request) (page, error) {
	type entry struct {
		place       int
		id, comment string
	}
	typed := map[string]entry{}
	var entries []entry
	for _, id := range r.PostForm["id"] {
		place, err := strconv.Atoi(r.PostFormValue("place-" + id))
		if err != nil {
			place = 0
		}
		e := entry{place, id, r.PostFormValue("comment-" + id)}
		typed[id] = e
		if place > 0 {
			entries = append(entries, e)
		}
	}
	again := func(wrong string) (page, error) {
		return s.sheetFormPage(r, wrong, func(_ int, m matcher.Match) (int, string) { return typed[m.ID].place, typed[m.ID].comment })
	}
	if r.PostFormValue("lang") != "" {
		return again("")
	}
	if n := len(entries); n < market.LeastEntries || n > market.MostEntries {
		return again(r.t("sheet.number", n))
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.place, b.place) })
	for i := range entries[1:] {
		if place := entries[i].place; place == entries[i+1].place {
			return again(r.t("sheet.twice", place))
		}
	}
	values := map[string]string{"need": r.PathValue("id"), "contact": r.PostFormValue("contact")}
	for i, e := range entries {
		values[fmt.Sprint("achievement_", i+1)], values[fmt.Sprint("comment_", i+1)] = e.id, e.comment
	}
	one, err := s.svc.CreateRecord(r.Context(), r.caller, &market.SheetType, values)
	if code := corpus.CodeOf(err); err != nil && (code == corpus.Invalid || code == corpus.Conflict || code == corpus.NotFound) {
		return again(r.t("sheet.refused"))
	}
	if err != nil {
		return page{}, err
	}
	id := *one.Head().ID
	if r.PostFormValue("do") == "send" {
		return s.send(r, id)
	}
	return page{Redirect: "/sheets/" + id + "/paper"}, nil
}

// snippet is the beginning of a text.
func snippet(text string) string {
	short, _ := indexer.Snippet(text, nil, quotedRunes)
	return short
}
