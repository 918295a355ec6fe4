package web

import (
	"fmt"
	"net/http"
	"net/url"

	"duijie/corpus"
)

// A mergePage shows what a merge would make of two documents.
type mergePage struct {
	Kind       corpus.Kind
	From, Into twinDoc
	Notice     string // why it was not merged
	Hides      bool   // what is published would be seen no more
	Changes    []unionRow
	Same       []corpus.FieldText
	Versions   string // that were looked at
	Other      string // address of the other direction
	Back, List string // query and address of the list
}

// A unionRow is a field of the document that stays, as the merge would leave it.
type unionRow struct {
	Header, Text string
	How          string // what the other one adds or loses
	Lost         string // what the other one says and is not taken over
}

func (s *site) mergeForm(r request) (page, error) {
	q := r.URL.Query()
	return s.mergePage(r, q, "")
}

func (s *site) mergePage(r request, q url.Values, notice string) (page, error) {
	kind, ok := corpus.ParseKind(q.Get("kind"))
	if !ok || q.Get("id") == q.Get("into") {
		return page{}, corpus.Errorf(corpus.NotFound, "there is nothing to merge")
	}
	from, err := s.svc.Document(r.Context(), r.caller, kind, q.Get("id"))
	if err != nil {
		return page{}, noLongerThere(err)
	}
	into, err := s.svc.Document(r.Context(), r.caller, kind, q.Get("into"))
	if err != nil {
		return page{}, noLongerThere(err)
	}
	p := mergePage{Kind: kind, From: s.twinDoc(r, &from), Into: s.twinDoc(r, &into), Notice: notice, Versions: versions(from, into), Back: q.Get("back"),
		Other: s.mergeURL(kind, into.ID, from.ID, q.Get("back")), List: s.url(backTo(q.Get("back"), nil)),
		Hides: from.Status == corpus.Published && into.Status != corpus.Published}
	union := into.Unite(from)
	had, theirs := map[string]string{}, map[string]corpus.FieldText{}
	for _, t := range r.textsOf(&into) {
		had[t.Name] = t.Text
	}
	for _, t := range r.textsOf(&from) {
		theirs[t.Name] = t
	}
	for _, t := range r.textsOf(&union) {
		row := unionRow{Header: t.Header, Text: shorten(t.Text, differenceShown)}
		other := theirs[t.Name].Text
		delete(theirs, t.Name)
		switch {
		case had[t.Name] == "":
			row.How = r.t("merge.added")
		case had[t.Name] != t.Text:
			row.How = r.t("merge.both")
		case other != "" && other != t.Text:
			row.How, row.Lost = r.t("merge.kept"), shorten(other, differenceShown)
		}
		if level := union.LevelOf(t.Name); had[t.Name] != "" && level != into.LevelOf(t.Name) {
			row.How += r.t("merge.closed", corpus.Label(level, r.lang))
		}
		if row.How == "" {
			p.Same = append(p.Same, corpus.FieldText{Header: t.Header, Text: row.Text})
			continue
		}
		p.Changes = append(p.Changes, row)
	}
	for _, t := range r.textsOf(&from) { // dates say how one posting stands and are not taken over
		if _, left := theirs[t.Name]; left {
			p.Changes = append(p.Changes, unionRow{Header: t.Header, How: r.t("merge.left"), Lost: shorten(t.Text, differenceShown)})
		}
	}
	out := page{Template: "merge", Title: r.t("merge.title"), Nav: "duplicates", Data: p}
	if notice != "" {
		out.Status = http.StatusConflict
	}
	return out, nil
}

// noLongerThere is the error of a page about what was merged meanwhile, which would lead to the other document.
func noLongerThere(err error) error {
	if corpus.CodeOf(err) == corpus.NotFound {
		return corpus.Errorf(corpus.NotFound, "it was deleted or merged")
	}
	return err
}

// versions name the contents that somebody has looked at.
func versions(from, into corpus.Doc) string { return fmt.Sprintf("%d-%d", from.Version, into.Version) }

// backTo is the list with the query that a form carried, and what is to be added.
func backTo(back string, more url.Values) string {
	q, err := url.ParseQuery(back)
	if err != nil {
		q = nil
	}
	q = listQuery(q)
	for name := range more {
		q.Set(name, more.Get(name))
	}
	return withQuery("/duplicates", q)
}

func (s *site) merge(r request) (page, error) {
	f := r.PostForm
	kind, id := corpus.Kind(f.Get("kind")), f.Get("id")
	from, err := s.svc.Document(r.Context(), r.caller, kind, id)
	if err != nil {
		return page{}, noLongerThere(err)
	}
	into, err := s.svc.Document(r.Context(), r.caller, kind, f.Get("into"))
	if err != nil {
		return page{}, noLongerThere(err)
	}
	if f.Get("versions") != versions(from, into) {
		return s.mergePage(r, f, r.t("merge.changed"))
	}
	if _, err = s.svc.Merge(r.Context(), r.caller, kind, id, into.ID); err != nil {
		return page{}, err
	}
	return page{Redirect: backTo(f.Get("back"), url.Values{"merged": {string(kind) + "/" + id}})}, nil
}
