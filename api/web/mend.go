package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/matcher"
)

// A mendPage is one posting with what it lacks as a form. What its text proposes is taken over where it is ticked, and
// never else.
type mendPage struct {
	Doc        twinDoc
	Kind       corpus.Kind
	Percent    string
	Share      string // of completeness, for its bar
	Text       string
	Facts      []corpus.FieldText // what it says already
	Whole      bool               // nothing is missing
	Fields     []mendField
	Errors     []cellFault
	Note       string
	Action     string
	Skip, List string // addresses
	After      string
	Version    uint64
	Others     []string // what is wrong beside these fields
}

// A mendField is one input with why it is asked for and what is proposed.
type mendField struct {
	needField
	Label     string
	Hint      string // key of its words
	Was       string // the value that is stored
	Proposals []proposal
}

// A proposal is a value that one may tick.
type proposal struct {
	Value, Text, Share, From string
	Chosen                   bool
}

// mendFields are the inputs that a walk may ask for, in the order of a form; those of several lines have rows.
func mendFields(lang string) []needField {
	all := needFields(lang)
	of := func(name string) needField {
		return all[slices.IndexFunc(all, func(f needField) bool { return f.Name == name })]
	}
	return []needField{{Name: "text", Rows: 8}, {Name: "indicators", Rows: 3}, {Name: "tried", Rows: 3}, of("stage"), {Name: "field", Rows: 1}, {Name: "strategic", Rows: 1},
		{Name: "keywords", Rows: 1}, {Name: "ip", Rows: 2}, of("cooperation"), {Name: "price", Rows: 1}, {Name: "budget", Rows: 1}, {Name: "valid_until", Rows: 1}, {Name: "contact", Rows: 1}}
}

func (s *site) mendForm(kind corpus.Kind) view {
	return func(r request) (page, error) {
		d, state, err := s.svc.IncompleteOf(r.Context(), r.caller, kind, r.PathValue("id"), r.lang)
		if err != nil {
			return page{}, noLongerThere(err)
		}
		return s.mendPage(r, d, state, nil, nil), nil
	}
}

// mendPage is the form; typed is what was sent and refused, with what is wrong by field.
func (s *site) mendPage(r request, d corpus.Doc, state matcher.Incomplete, typed url.Values, wrong map[string]string) page {
	q := walkQuery(r.URL.Query())
	q.Set("kind", string(d.Kind))
	p := mendPage{Doc: s.twinDoc(r, &d), Kind: d.Kind, Percent: percent(state.Completeness), Share: fmt.Sprintf("%.2f", state.Completeness), Text: d.Text,
		Whole: len(state.Missing) == 0, Note: s.savedNote(r, r.URL.Query()), Action: s.mendURL(d.Kind, d.ID, q), List: s.url(withQuery("/incomplete", q)),
		After: state.Cursor(), Version: d.Version}
	if typed != nil {
		p.After = typed.Get("after")
	}
	p.Skip = s.url(withQuery("/incomplete/next", adding(q, "after", p.After)))
	said := fieldValues(&d)
	for _, f := range mendFields(r.lang) {
		m := mendField{needField: f, Label: r.t("gaps." + f.Name), Hint: hintOf(f.Name)}
		for _, g := range state.Missing {
			if g.Field == f.Name || g.Field == "application" && f.Name == "text" {
				m.Gaps = append(m.Gaps, g)
			}
		}
		for _, v := range state.Proposals {
			if v.Field == f.Name {
				m.Proposals = append(m.Proposals, r.proposal(v, typed["accept"]))
			}
		}
		if len(m.Gaps)+len(m.Proposals) == 0 && wrong[f.Name] == "" && !typed.Has(f.Name) {
			continue
		}
		m.Value, m.Was, m.Error = said[f.Name], said[f.Name], wrong[f.Name]
		// What was left as it was shown is shown as it is now: somebody else may have filled it in.
		if v := typedIn(typed, f.Name); typed.Has(f.Name) && v != strings.TrimSpace(lines(typed.Get("was."+f.Name))) {
			m.Value = v
		}
		for i, c := range m.Choices {
			m.Choices[i].Chosen = slices.Contains(strings.Split(m.Value, "；"), c.Value)
		}
		if m.Error != "" {
			m.DescribedBy = f.Name + "-error "
			p.Errors = append(p.Errors, cellFault{f.Name, m.Label, m.Error})
		}
		if len(m.Gaps) > 0 {
			m.DescribedBy += f.Name + "-gap "
		}
		if m.Hint != "" {
			m.DescribedBy += f.Name + "-hint"
		}
		p.Fields = append(p.Fields, m)
	}
	shown := func(name string) bool {
		return slices.ContainsFunc(p.Fields, func(f mendField) bool { return f.Name == name })
	}
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		if !shown(name) {
			p.Others = append(p.Others, strings.TrimPrefix(r.nameOf(name)+r.t("colon")+wrong[name], r.t("colon")))
		}
	}
	for _, t := range r.textsOf(&d) {
		if !shown(t.Name) && t.Name != "title" && t.Name != "text" {
			t.Text = shorten(t.Text, differenceShown/2)
			p.Facts = append(p.Facts, t)
		}
	}
	out := page{Template: "mend", Title: r.t("mend.title", d.Title), Nav: "incomplete", Data: p}
	if len(wrong) > 0 {
		out.Status = http.StatusUnprocessableEntity
	}
	return out
}

// typedIn is what was typed into a field, or ticked, without space around it.
func typedIn(form url.Values, field string) string {
	return strings.TrimSpace(lines(strings.Join(form[field], "；")))
}

// lines is a text with the line breaks of documents in the place of those of forms.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// hintOf is the key of what is said under an input, "" where nothing is.
func hintOf(field string) string {
	switch field {
	case "text", "tried":
		return ""
	}
	return "mend.hint." + field
}

func (r request) proposal(p matcher.Proposal, ticked []string) proposal {
	value, err := json.Marshal(map[string]any{"field": p.Field, "value": p.Value})
	if err != nil {
		panic(err) // strings and lists of them
	}
	out := proposal{Value: string(value), Text: p.Text, Share: percent(p.Confidence), From: r.t("mend.from." + p.From), Chosen: slices.Contains(ticked, string(value))}
	if stage, ok := p.Value.(corpus.Stage); ok {
		out.Text = corpus.Label(stage, r.lang) + r.t("colon") + p.Text
	}
	return out
}

// fieldValues are a document's fields as inputs hold them: choices by their values, the rest as tables write them.
func fieldValues(d *corpus.Doc) map[string]string {
	out := map[string]string{}
	for _, t := range d.FieldTexts() {
		out[t.Name] = t.Text
	}
	out["stage"] = string(d.Stage)
	modes := make([]string, len(d.Cooperation))
	for i, m := range d.Cooperation {
		modes[i] = string(m)
	}
	out["cooperation"] = strings.Join(modes, "；")
	return out
}

// mend saves what was typed and ticked, and leads on.
func (s *site) mend(kind corpus.Kind) view {
	return func(r request) (page, error) {
		d, state, err := s.svc.IncompleteOf(r.Context(), r.caller, kind, r.PathValue("id"), r.lang)
		if err != nil {
			return page{}, noLongerThere(err)
		}
		if r.PostForm.Get("version") != fmt.Sprint(d.Version) {
			return s.mendPage(r, d, state, r.PostForm, map[string]string{"": r.t("mend.changed")}), nil
		}
		patch, wrong, err := mendPatch(r.PostForm, &d)
		if err != nil {
			return page{}, err
		}
		if len(wrong) == 0 && len(patch) > 0 {
			whole, err := json.Marshal(patch)
			if err != nil {
				return page{}, err
			}
			if _, err = s.svc.Patch(r.Context(), r.caller, kind, d.ID, whole, d.Version); err != nil {
				if wrong = r.wrongFields(err); wrong == nil {
					return page{}, err
				}
			}
		}
		if len(wrong) > 0 {
			return s.mendPage(r, d, state, r.PostForm, wrong), nil
		}
		q := walkQuery(r.URL.Query())
		q.Set("kind", string(kind))
		if len(patch) > 0 {
			q.Set("saved", kind.Plural()+"/"+d.ID)
		}
		return page{Redirect: withQuery("/incomplete/next", adding(q, "after", r.PostForm.Get("after")))}, nil
	}
}

// wrongFields is what an error says of fields, by name; nil where it is not about what was sent.
func (r request) wrongFields(err error) map[string]string {
	switch corpus.CodeOf(err) {
	case corpus.Conflict:
		return map[string]string{"": r.t("mend.changed")}
	case corpus.Invalid, corpus.TooLarge:
	default:
		return nil
	}
	out := map[string]string{}
	for _, f := range api.FaultsOf(err, r.lang) {
		out[f.Field] = f.Detail + "。" + f.Fix
	}
	return out
}

// An accepted proposal, as its tick holds it.
type accepted struct {
	Field string          `json:"field"`
	Value json.RawMessage `json:"value"`
}

// mendPatch is what was typed otherwise than it was shown, and what was ticked: entries of lists are added, and a stage is
// taken where none is chosen.
func mendPatch(form url.Values, d *corpus.Doc) (patch map[string]json.RawMessage, wrong map[string]string, err error) {
	said, values := fieldValues(d), map[string]string{}
	for _, f := range mendFields("") {
		if v := typedIn(form, f.Name); form.Has(f.Name) && v != strings.TrimSpace(said[f.Name]) {
			values[f.Name] = v
		}
	}
	patch, refused, err := api.PatchOf(d.Kind, values)
	if err != nil {
		return nil, nil, err
	}
	wrong = map[string]string{}
	for name, e := range refused {
		wrong[name] = e.Message + "。" + e.Fix
	}
	lists := map[string][]string{"field": d.Field, "strategic": d.Strategic, "keywords": d.Keywords, "indicators": d.Indicators}
	for _, text := range form["accept"] {
		var a accepted
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			return nil, nil, corpus.Errorf(corpus.Invalid, "a tick can't be read")
		}
		list, many := lists[a.Field]
		if _, typed := patch[a.Field]; !many {
			if a.Field == "stage" && !typed && d.Stage == "" {
				patch["stage"] = a.Value
			}
			continue
		} else if typed {
			list = nil
			if err := json.Unmarshal(patch[a.Field], &list); err != nil {
				return nil, nil, err
			}
		}
		var more []string
		if err := json.Unmarshal(a.Value, &more); err != nil {
			return nil, nil, corpus.Errorf(corpus.Invalid, "a tick can't be read")
		}
		for _, v := range more {
			if !slices.Contains(list, v) {
				list = append(slices.Clip(list), v)
			}
		}
		if patch[a.Field], err = json.Marshal(list); err != nil {
			return nil, nil, err
		}
	}
	return patch, wrong, nil
}
