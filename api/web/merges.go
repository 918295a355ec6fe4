package web

import (
	"net/url"
	"strings"

	"duijie/corpus"
)

const mergesShown = 50

// A mergesPage is the history of merges that were not taken back.
type mergesPage struct {
	Rows        []mergedRow
	Undone      string // what was taken back right before
	Kept        string // fields that stay as they were edited
	First, Next string
}

type mergedRow struct {
	corpus.Merged
	To       string // title of what took over; "" where it was deleted
	URL      string // of that, where it is published
	By, When string
}

func (s *site) merges(r request) (page, error) {
	q := r.URL.Query()
	list, next, err := s.svc.Merges(r.Context(), r.caller, mergesShown, q.Get("after"))
	if err != nil {
		return page{}, err
	}
	p := mergesPage{}
	names := s.keyNames(r)
	for _, m := range list {
		row := mergedRow{Merged: m, By: names[m.By], When: r.moment(m.At)}
		if row.By == "" {
			row.By = m.By
		}
		end, err := s.svc.Store.Resolve(m.Kind, m.Into)
		if err != nil {
			return page{}, err
		}
		d, err := s.svc.Document(r.Context(), r.caller, m.Kind, end)
		if err != nil && corpus.CodeOf(err) != corpus.NotFound {
			return page{}, err
		}
		if row.To = d.Title; d.Status == corpus.Published {
			row.URL = s.docURL(m.Kind, end)
		}
		p.Rows = append(p.Rows, row)
	}
	if next != "" {
		p.Next = s.url(withQuery("/duplicates/history", url.Values{"after": {next}}))
	}
	if q.Get("after") != "" {
		p.First = s.url("/duplicates/history")
	}
	if id := q.Get("undone"); id != "" {
		p.Undone = r.t("merges.undone", id)
	}
	if kept := q.Get("kept"); kept != "" {
		p.Kept = r.t("merges.kept", r.headers(strings.Split(kept, ",")))
	}
	return page{Template: "merges", Title: r.t("merges.title"), Nav: "duplicates", Data: p}, nil
}

// headers are the names of fields as tables have them.
func (r request) headers(fields []string) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		f = strings.TrimPrefix(f, "extra.")
		names[i] = r.nameOf(f)
	}
	return strings.Join(names, r.t("and"))
}

func (s *site) unmerge(r request) (page, error) {
	u, err := s.svc.Unmerge(r.Context(), r.caller, corpus.Kind(r.PostForm.Get("kind")), r.PostForm.Get("id"))
	if err != nil {
		return page{}, err
	}
	q := url.Values{"undone": {u.Document.ID}}
	if len(u.Kept) > 0 {
		q.Set("kept", strings.Join(u.Kept, ","))
	}
	return page{Redirect: withQuery("/duplicates/history", q)}, nil
}
