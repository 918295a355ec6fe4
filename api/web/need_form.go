package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// A needPage is the form of a draft need with what the coach says of it. Nothing that is typed is stored: it comes with
// each request and can be taken along as a file.
type needPage struct {
	Fields  []needField
	Errors  bool
	Advice  *matcher.Advice // nil before a check
	Percent string          // completeness
	Similar []choice
	Suggest []choice // codes of industries
	List    *matchList
	Shown   string // the button that was pressed last: a request without one, such as a switch of language, asks for it again

	values map[string]string // what was typed, by JSON name; ticks with semicolons between them
	wrong  map[string]string // by JSON name
}

// A needField is one input of the form with what there is to say about it.
type needField struct {
	Name         string // JSON name of the field
	Rows         int    // of a text box; 0: a choice
	Max          int    // characters of a text; 0: the limit of an import, which is checked
	Required     bool
	Choices      []choice
	Many         bool // of Choices
	Value, Error string
	Gaps         []matcher.Gap
	DescribedBy  string // ids
}

// A choice is a value with its name, how sure it is, and whether it was chosen.
type choice struct {
	Value, Name, Share string
	Chosen             bool
}

// needFields returns the inputs in reading order. The last two serve the file alone. Lines are boxes of one row, in
// which the Enter key presses no button.
func needFields(lang string) []needField {
	stages, modes := []choice{{}}, []choice{}
	for _, v := range []corpus.Stage{corpus.Lab, corpus.Pilot, corpus.Applied} {
		stages = append(stages, choice{Value: string(v), Name: corpus.Label(v, lang)})
	}
	for _, v := range []corpus.Mode{corpus.Development, corpus.Transfer, corpus.License, corpus.Consulting, corpus.Service, corpus.Equity} {
		modes = append(modes, choice{Value: string(v), Name: corpus.Label(v, lang)})
	}
	return []needField{{Name: "title", Rows: 1}, {Name: "text", Rows: 6, Max: maxTyped, Required: true}, {Name: "indicators", Rows: 3}, {Name: "tried", Rows: 2},
		{Name: "budget", Rows: 1}, {Name: "valid_until", Rows: 1}, {Name: "field", Rows: 1}, {Name: "region", Rows: 1},
		{Name: "stage", Choices: stages}, {Name: "cooperation", Choices: modes, Many: true}, {Name: "org", Rows: 1}, {Name: "contact", Rows: 1}}
}

func (s *site) needForm(r request) (page, error) {
	return s.needPage(r, needPage{values: map[string]string{}}), nil
}

// checkNeed answers a posted form: by the button that sent it, what is missing, the match list, the same with one part of
// the text or with a suggested field in place.
func (s *site) checkNeed(r request) (page, error) {
	n, need, err := s.readNeed(r)
	if err != nil || len(n.wrong) > 0 {
		return s.refused(r, n), err
	}
	n.Shown = r.PostFormValue("shown")
	do := r.PostFormValue("do")
	if do == "check" || do == "match" {
		n.Shown = do
	}
	if n.Shown == "" {
		return s.needPage(r, n), nil // the language was switched before anything was asked
	}
	advice, err := s.svc.Coach(r.Context(), need, r.lang)
	if err != nil {
		return s.refusedBy(r, n, err)
	}
	if kind, which, ok := strings.Cut(do, ":"); ok {
		n.take(kind, which, advice)
		if need, n.wrong, err = r.readDraft(n.values); err != nil || len(n.wrong) > 0 {
			return s.refused(r, n), err
		}
		if advice, err = s.svc.Coach(r.Context(), need, r.lang); err != nil {
			return s.refusedBy(r, n, err)
		}
	}
	n.Advice = &advice
	if n.Shown == "match" {
		if n.List, err = s.needMatches(r, need); err != nil {
			return s.refusedBy(r, n, err)
		}
	}
	return s.needPage(r, n), nil
}

// take puts one of the parts, or a suggested industry, into the form.
func (n *needPage) take(kind, which string, a matcher.Advice) {
	switch kind {
	case "part":
		for i, p := range a.Parts {
			if fmt.Sprint(i) == which {
				n.values["title"], n.values["text"] = p.Title, p.Text
			}
		}
	case "field":
		if slices.ContainsFunc(a.Fields, func(s matcher.Suggestion) bool { return s.Code == which }) {
			n.values["field"] = strings.TrimPrefix(n.values["field"]+"；"+which+" "+corpus.CodeName(corpus.Field, which), "；")
		}
	}
}

// needMatches matches all of a draft that is text.
func (s *site) needMatches(r request, need corpus.Doc) (*matchList, error) {
	text := need.Title + "\n" + need.Body()
	answer, err := s.svc.MatchText(r.Context(), text, matcher.Options{Limit: matchesShown})
	if err != nil {
		return nil, err
	}
	list, err := s.list(r, corpus.Doc{Kind: corpus.Need, Text: text}, answer, "")
	return &list, err
}

// needFile answers with the draft as a file that an import takes, or with the form where something is wrong in it.
func (s *site) needFile(w http.ResponseWriter, r *http.Request) {
	lang, _ := s.language(w, r)
	rq := request{Request: r, templates: s.templates[lang]}
	n, need, err := s.readNeed(rq)
	if err != nil || len(n.wrong) > 0 {
		s.show(func(rq request) (page, error) { return s.refused(rq, n), err })(w, r)
		return
	}
	s.sendDrafts(w, r, func(yield func(corpus.Doc, error) bool) { yield(need, nil) })
}

// readNeed reads the form.
func (s *site) readNeed(r request) (needPage, corpus.Doc, error) {
	n := needPage{values: map[string]string{}}
	if err := r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			n.wrong = map[string]string{"text": r.t("match.large", count(maxTyped))}
		} else {
			n.wrong = map[string]string{"text": r.t("match.unreadable")}
		}
		return n, corpus.Doc{}, nil
	}
	for _, f := range needFields(r.lang) {
		n.values[f.Name] = strings.ReplaceAll(strings.Join(r.PostForm[f.Name], "；"), "\r\n", "\n")
	}
	if strings.TrimSpace(n.values["text"]) == "" {
		n.wrong = map[string]string{"text": r.t("match.emptytext")}
		return n, corpus.Doc{}, nil
	}
	need, wrong, err := r.readDraft(n.values)
	n.wrong = wrong
	return n, need, err
}

// readDraft reads what was typed as an import reads a row, so that the file that is taken along will be read alike, and
// says which fields can't be understood.
func (r request) readDraft(values map[string]string) (corpus.Doc, map[string]string, error) {
	row := map[string]string{}
	for name, v := range values {
		if v != "" {
			row[name] = v
		}
	}
	if strings.TrimSpace(row["title"]) == "" {
		row["title"] = indexer.Headline(row["text"])
	}
	line, err := json.Marshal(row)
	if err != nil {
		return corpus.Doc{}, nil, err
	}
	var need corpus.Doc
	wrong := map[string]string{}
	for read, err := range corpus.Read(bytes.NewReader(line), "", corpus.ReadOptions{Kind: corpus.Need, Format: corpus.JSONL}) {
		if err != nil {
			return corpus.Doc{}, nil, err
		}
		need = read.Doc
		for _, e := range append(read.Problems, read.Warnings...) {
			if wrong[e.Field] == "" {
				wrong[e.Field] = r.say(e)
			}
		}
	}
	return need, wrong, nil
}

// refused is the form with what is wrong in it.
func (s *site) refused(r request, n needPage) page {
	p := s.needPage(r, n)
	p.Status = http.StatusUnprocessableEntity
	return p
}

// refusedBy turns an error about the draft into the form that says so.
func (s *site) refusedBy(r request, n needPage, err error) (page, error) {
	if corpus.CodeOf(err) != corpus.TooLarge {
		return page{}, err
	}
	n.wrong = map[string]string{"text": r.t("match.large", count(maxTyped))}
	return s.refused(r, n), nil
}

func (s *site) needPage(r request, n needPage) page {
	n.Fields, n.Errors = needFields(r.lang), len(n.wrong) > 0
	if a := n.Advice; a != nil {
		n.Percent = percent(a.Completeness)
		for _, near := range a.Similar {
			n.Similar = append(n.Similar, choice{Value: near.ID, Name: near.Title, Share: percent(near.Near)})
		}
		for _, code := range a.Fields {
			n.Suggest = append(n.Suggest, choice{Value: code.Code, Name: code.Name, Share: percent(code.Confidence)})
		}
	}
	for i := range n.Fields {
		n.describe(&n.Fields[i])
	}
	p := page{Template: "need_form", Title: r.t("need.title"), Nav: "match", Data: n}
	if r.Method == http.MethodPost {
		p.Form = "need"
	}
	return p
}

// describe adds to an input what was typed and what there is to say about it.
func (n *needPage) describe(f *needField) {
	f.Value, f.Error = n.values[f.Name], n.wrong[f.Name]
	for i, c := range f.Choices {
		f.Choices[i].Chosen = slices.Contains(strings.Split(f.Value, "；"), c.Value)
	}
	if n.Advice != nil {
		for _, g := range n.Advice.Missing {
			if g.Field == f.Name || g.Field == "application" && f.Name == "text" {
				f.Gaps = append(f.Gaps, g)
			}
		}
	}
	if f.Error != "" {
		f.DescribedBy += f.Name + "-error "
	}
	if len(f.Gaps) > 0 {
		f.DescribedBy += f.Name + "-gap "
	}
	f.DescribedBy += f.Name + "-hint"
}

func percent(share float64) string { return fmt.Sprintf("%.0f%%", 100*share) }
