package web

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/matcher"
)

// A pastePage is the box for a message with the drafts that come of it. As on the form of a need, nothing is stored.
type pastePage struct {
	Text, Error, Outside string
	Max                  int
	Drafts               []pastedDraft // nil before a check
	Takeable             bool          // whether one of them can go into a file
}

// A pastedDraft is one draft as the page shows it.
type pastedDraft struct {
	Title, Percent string // Percent is the completeness
	Said           []pastedField
	Faults         []api.Fault
	Missing        []matcher.Gap
	Questions      []matcher.Gap
	Elsewhere      string
	Form           []choice // inputs of the form of a need; nil: it can't go there
}

// A pastedField is what a draft says of one field, and whether that is a guess.
type pastedField struct {
	Name, Text string
	Guess      bool
}

func (s *site) pasteForm(r request) (page, error) { return s.pastePage(r, pastePage{}), nil }

// pasteNeed answers a posted message with its drafts.
func (s *site) pasteNeed(r request) (page, error) {
	p, drafts, err := s.readPaste(r)
	if err != nil || p.Error != "" {
		return s.pasteRefused(r, p), err
	}
	p.Drafts = []pastedDraft{}
	for _, d := range drafts {
		p.Drafts = append(p.Drafts, s.pasted(r, d))
		p.Takeable = p.Takeable || d.Storable()
	}
	return s.pastePage(r, p), nil
}

// pasteFile answers with the drafts as a file that an import takes, or with the page where there is none.
func (s *site) pasteFile(w http.ResponseWriter, r *http.Request) {
	lang, _ := s.language(w, r)
	rq := request{r, s.templates[lang], s.caller(r)}
	p, drafts, err := s.readPaste(rq)
	if err == nil && p.Error == "" && !slices.ContainsFunc(drafts, func(d api.PastedDraft) bool { return d.Storable() }) {
		p.Error = rq.t("paste.nothing")
	}
	if err != nil || p.Error != "" {
		s.show(func(rq request) (page, error) { return s.pasteRefused(rq, p), err })(w, r)
		return
	}
	s.sendDrafts(w, r, func(yield func(corpus.Doc, error) bool) {
		for _, d := range drafts {
			if d.Storable() && !yield(d.Doc, nil) {
				return
			}
		}
	})
}

// readPaste reads the form and makes drafts of the message in it; what the reader got wrong is in Error.
func (s *site) readPaste(r request) (p pastePage, drafts []api.PastedDraft, err error) {
	if err := r.ParseForm(); err != nil {
		p.Error = r.t("match.unreadable")
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			p.Error = r.t("match.large", count(maxTyped))
		}
		return p, nil, nil
	}
	p.Text = strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")
	if strings.TrimSpace(p.Text) == "" {
		p.Error = r.t("paste.empty")
		return p, nil, nil
	}
	drafts, err = s.svc.Drafts(r.Context(), api.PasteRequest{Text: p.Text, Lang: r.lang})
	switch corpus.CodeOf(err) {
	case corpus.TooLarge:
		p.Error, err = r.t("paste.large", count(maxTyped)), nil
	case corpus.Invalid:
		p.Error, err = r.t("paste.nothing"), nil
	}
	return p, drafts, err
}

// pasted describes a draft in the page's language.
func (s *site) pasted(r request, d api.PastedDraft) pastedDraft {
	out := pastedDraft{Title: d.Doc.Title, Faults: d.Faults}
	for _, f := range d.Doc.FieldTexts() {
		out.Said = append(out.Said, pastedField{r.fieldName(f), f.Text, slices.Contains(d.Derived, f.Name)})
	}
	if d.Elsewhere != nil {
		out.Elsewhere = d.Elsewhere.Text
		return out
	}
	if d.Advice != nil {
		out.Percent, out.Missing, out.Questions = percent(d.Advice.Completeness), d.Advice.Missing, d.Questions
	}
	if d.Storable() && d.Doc.Kind == corpus.Need {
		out.Form = needInputs(d.Doc)
	}
	return out
}

// fieldName is the name of a field as the pages of a need have it.
func (r request) fieldName(f corpus.FieldText) string {
	for _, prefix := range []string{"need.field.", "doc.", "fact."} {
		if _, known := r.words[prefix+f.Name]; known {
			return r.t(prefix + f.Name)
		}
	}
	return f.Header
}

// needInputs are the fields of a draft as the form of a need takes them; it has no field for the goal.
func needInputs(d corpus.Doc) []choice {
	if d.Goal != "" {
		d.Text = strings.TrimSpace(d.Text + "\n" + corpus.Header("goal") + "：" + d.Goal)
	}
	d.Text = strings.TrimSpace(d.Text)
	if d.Text == "" {
		d.Text = d.Title
	}
	var out []choice
	for _, f := range d.FieldTexts() {
		switch f.Name {
		case "indicators":
			f.Text = strings.Join(d.Indicators, "\n")
		case "stage":
			f.Text = string(d.Stage)
		}
		if f.Name != "cooperation" {
			out = append(out, choice{Name: f.Name, Value: f.Text})
		}
	}
	for _, m := range d.Cooperation {
		out = append(out, choice{Name: "cooperation", Value: string(m)})
	}
	return out
}

// pasteRefused is the page with what is wrong on it.
func (s *site) pasteRefused(r request, p pastePage) page {
	refused := s.pastePage(r, p)
	refused.Status = http.StatusUnprocessableEntity
	return refused
}

func (s *site) pastePage(r request, p pastePage) page {
	p.Max, p.Outside = maxTyped, s.outside()
	out := page{Template: "need_paste", Title: r.t("paste.title"), Nav: "match", Data: p}
	if r.Method == http.MethodPost {
		out.Form = "paste"
	}
	return out
}

// sendDrafts answers with documents as a file in the form's format: CSV, else JSONL.
func (s *site) sendDrafts(w http.ResponseWriter, r *http.Request, docs func(func(corpus.Doc, error) bool)) {
	format := corpus.Format(r.PostFormValue("format"))
	if format != corpus.CSV {
		format = corpus.JSONL
	}
	var file bytes.Buffer
	if _, err := corpus.Export(&file, docs, corpus.ExportOptions{Format: format}); err != nil {
		s.show(func(request) (page, error) { return page{}, err })(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", map[corpus.Format]string{corpus.CSV: "text/csv; charset=utf-8", corpus.JSONL: "application/x-ndjson"}[format])
	h.Set("Content-Disposition", `attachment; filename="need.`+string(format)+`"`)
	h.Set("Cache-Control", "no-store")
	w.Write(file.Bytes()) // a reader who left needs no answer
}
