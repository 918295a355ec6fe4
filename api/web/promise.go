package web

import (
	"net/http"
	"net/url"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A promisePage is what promise.html shows: the text, before anybody promises it.
type promisePage struct {
	Crumb, Posting link
	Title          string
	Paragraphs     []string
	Action         string
	Kind, ID       string
	Edition        string
	Wrong          string
}

// promisePage shows the text of a promise for the posting that values name. wrong is why one that was tried was not made.
func (k recordKind) promisePage(r request, values map[string]string, wrong error) page {
	text, err := k.svc.PromiseText(r.lang)
	if err != nil {
		k.svc.Log.ErrorContext(r.Context(), "the text of promises can't be written", "error", err)
	}
	p := promisePage{Crumb: link{Name: k.Many.In(r.lang), URL: k.path()}, Title: text.Title, Paragraphs: strings.Split(text.Text, "\n"), Action: k.path("/new"), Edition: text.Edition}
	out := page{Template: "promise", Title: text.Title, Nav: "records", Private: true}
	for _, kind := range corpus.Kinds {
		if values[string(kind)] != "" && p.ID == "" {
			p.Kind, p.ID = string(kind), values[string(kind)]
			p.Posting = link{Name: r.t("promise.hidden"), URL: k.docURL(kind, p.ID)}
			if d, err := k.svc.Document(r.Context(), r.caller, kind, p.ID); err == nil {
				p.Posting.Name = d.Title
			}
		}
	}
	switch {
	case wrong != nil && corpus.CodeOf(wrong) == corpus.Conflict:
		p.Wrong, out.Status = r.t("promise.needless"), http.StatusConflict
	case wrong != nil && faultsIn(wrong) != nil && faultsIn(wrong)[0].Field == "edition":
		p.Wrong, out.Status = r.t("promise.changed"), http.StatusUnprocessableEntity
	case wrong != nil || p.ID == "":
		p.Wrong = r.t("promise.lost")
		if wrong != nil {
			out.Status = http.StatusUnprocessableEntity
		}
	case r.caller.Account == "":
		p.Wrong = r.t("promise.account")
	}
	if r.Method == http.MethodPost {
		out.Form = "record"
	}
	out.Data = p
	return out
}

// reading returns d, which is as anybody may read it, as the signed in reader may, and says on its page what more there is.
func (s *site) reading(r request, p *documentPage, d corpus.Doc) (corpus.Doc, error) {
	c := anybody
	if r.caller.Session != "" {
		c = r.caller
	}
	own, asks, err := s.svc.Reading(r.Context(), c, d.Kind, d.ID)
	if err != nil {
		return d, err
	}
	if asks {
		p.Promise = s.url("/" + market.Promises + "/new?" + url.Values{string(d.Kind): {d.ID}}.Encode())
	}
	own.Disclosure, own.Links = nil, d.Links // those that nobody follows are the admins'
	var names []string
	for _, f := range corpus.Differences(d, own, r.lang) {
		names = append(names, f.Header)
		if strings.HasPrefix(f.Name, "extra.") {
			p.Paragraphs = append(p.Paragraphs, param{f.Header, f.After})
		}
	}
	if len(names) > 0 {
		p.Closed = r.t("doc.closed", strings.Join(names, r.t("and")))
	}
	return own, nil
}
