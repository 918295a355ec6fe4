package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// shownRevisions is how many changes of a document its own page tells of.
const shownRevisions = 5

// historyRoutes adds the pages that tell all that is known of a document's changes.
func (s *site) historyRoutes(mux *http.ServeMux, guard *http.CrossOriginProtection) {
	for _, k := range corpus.Kinds {
		mux.HandleFunc("GET /"+k.Plural()+"/{id}/history", s.show(s.history(k)))
		mux.Handle("POST /"+k.Plural()+"/{id}/history", guard.Handler(s.show(s.with("documents", "delete", s.forgetHistory(k)))))
	}
}

// A revision is one line of what changed on a document's page.
type revision struct{ Day, Fields string }

// revisions are the newest changes of what everybody may read of d.
func (s *site) revisions(r request, d corpus.Doc) (out []revision, err error) {
	h, err := s.svc.History(r.Context(), anybody, d.Kind, d.ID, r.lang, shownRevisions)
	for _, c := range h.Changes {
		if len(c.Fields) == 0 {
			continue
		}
		var names []string
		for _, f := range c.Fields {
			names = append(names, r.changedField(f))
		}
		out = append(out, revision{c.At.In(shanghai).Format(time.DateOnly), strings.Join(names, r.t("and"))})
	}
	return out, err
}

// A historyPage is what history.html shows.
type historyPage struct {
	Kind           corpus.Kind
	Title          string
	URL, KindURL   string // URL is "" of what has no page
	Changes        []historyRow
	Complete, Full bool   // Full: of what is not open to everybody too
	Texts          bool   // with what the fields said
	Forget         string // address of the form that removes all this; "" for those who may not
}

// A historyRow is one change.
type historyRow struct {
	When, What, By string
	Import, Other  string // ids
	ImportURL      string // "" where nothing is known of it any more
	Fields         []historyField
}

// A historyField is a field with what it said before and after; nil where it said nothing, both where that is not for the reader.
type historyField struct {
	Name          string
	Before, After []segment
}

// history shows what the reader may know: whoever signed in is told what a key of that role is.
func (s *site) history(kind corpus.Kind) view {
	return func(r request) (page, error) {
		c := anybody
		if r.caller.Session != "" {
			c = r.caller
		}
		d, err := s.svc.Document(r.Context(), c, kind, r.PathValue("id"))
		if err != nil {
			return page{}, err
		}
		h, err := s.svc.History(r.Context(), c, kind, d.ID, r.lang, 0)
		if err != nil {
			return page{}, err
		}
		p := historyPage{Kind: kind, Title: d.Title, KindURL: s.url("/search?kind=" + string(kind)), Complete: h.Complete, Full: c.Key,
			Texts: c.Allowed("documents", "earlier") != market.None}
		if d.Status == corpus.Published {
			p.URL = s.docURL(kind, d.ID)
		}
		names := map[string]string{}
		if c.Admin {
			names = s.keyNames(r)
		}
		for _, change := range h.Changes {
			p.Changes = append(p.Changes, s.historyRow(r, change, names))
			if c.Admin && change.Move != corpus.MoveMade && change.Move != corpus.MoveForget {
				p.Forget = s.docURL(kind, d.ID) + "/history"
			}
		}
		return page{Template: "history", Title: r.t("history.of", d.Title), Private: c.Key, Data: p}, nil
	}
}

// forgetHistory removes what is remembered of a document's changes, which its history then says.
func (s *site) forgetHistory(kind corpus.Kind) view {
	return func(r request) (page, error) {
		id := r.PathValue("id")
		return page{Redirect: "/" + kind.Plural() + "/" + url.PathEscape(id) + "/history"}, s.svc.ForgetHistory(r.Context(), r.caller, kind, id)
	}
}

func (s *site) historyRow(r request, c api.HistoryChange, names map[string]string) historyRow {
	row := historyRow{When: r.moment(c.At), What: r.t("history.move." + string(c.Move)), By: r.t("history.unknown"), Import: c.Import, Other: c.Other}
	if c.By != "" {
		row.By = r.t("role." + c.By)
	}
	if c.Actor != "" {
		row.By += r.t("colon") + r.actor(names, c.Actor)
	}
	if c.Import != "" {
		if _, err := s.svc.Import(r.Context(), r.caller, c.Import); err == nil {
			row.ImportURL = s.url("/imports/" + url.PathEscape(c.Import))
		}
	}
	for _, f := range c.Fields {
		row.Fields = append(row.Fields, r.changedTexts(f))
	}
	return row
}

// changedTexts are what a field said before and after.
func (r request) changedTexts(f corpus.FieldChange) historyField {
	field := historyField{Name: r.changedField(f)}
	switch {
	case f.Before == "" && f.After == "": // what it said is not for the reader
	case f.Before == "":
		field.After = []segment{{Text: shorten(f.After, differenceShown)}}
	case f.After == "":
		field.Before = []segment{{Text: shorten(f.Before, differenceShown)}}
	default:
		field.Before, field.After = differing(f.Before, f.After)
	}
	return field
}

// changedField is the header of a field, in English its JSON name in words.
func (r request) changedField(f corpus.FieldChange) string {
	if r.lang == languages[0] {
		return f.Header
	}
	return strings.ReplaceAll(strings.TrimPrefix(f.Name, "extra."), "_", " ")
}
