package web

import (
	"errors"
	"net/http"
	"strings"

	"duijie/corpus"
	"duijie/matcher"
)

// maxTyped is how many characters a typed problem has at most, each of three bytes at most in what api takes. In a form each
// of those bytes becomes three, for which api.BodyForm has room.
const maxTyped = corpus.MaxText / 3

// A matchForm is the box in which a problem is described.
type matchForm struct {
	Text, Error string
	Outside     string // hosts that the text is sent to
	Rows, Max   int
	Examples    []example
}

// A matchPage is what match.html shows; List is nil before something was typed.
type matchPage struct {
	Heading string
	Form    matchForm
	List    *matchList
}

func (s *site) matchForm(r request) (page, error) {
	return s.matchPage(r, matchPage{Heading: r.t("match.title")}), nil
}

// matchText matches what was posted. The text comes in the body alone: addresses are logged and kept by browsers.
func (s *site) matchText(r request) (page, error) {
	m := matchPage{Heading: r.t("match.title")}
	refuse := func(key string, args ...any) (page, error) {
		m.Form.Error = r.t(key, args...)
		p := s.matchPage(r, m)
		p.Status = http.StatusUnprocessableEntity
		return p, nil
	}
	if err := r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return refuse("match.large", count(maxTyped))
		}
		return refuse("match.unreadable")
	}
	m.Form.Text = strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")
	if strings.TrimSpace(m.Form.Text) == "" {
		return refuse("match.emptytext")
	}
	o := matcher.Options{Limit: matchesShown, After: r.PostFormValue("after"), Sort: orderIn(r.PostFormValue("sort"), corpus.Achievement)}
	answer, err := s.svc.MatchText(r.Context(), m.Form.Text, o)
	if o.After != "" && corpus.CodeOf(err) == corpus.Invalid { // another order was chosen beside: from its beginning
		o.After = ""
		answer, err = s.svc.MatchText(r.Context(), m.Form.Text, o)
	}
	switch corpus.CodeOf(err) {
	case corpus.TooLarge:
		return refuse("match.large", count(maxTyped))
	case corpus.Invalid:
		return refuse("match.unreadable")
	}
	if err != nil {
		return page{}, err
	}
	list, err := s.list(r, corpus.Doc{Kind: corpus.Need, Text: m.Form.Text}, answer, o.After)
	if err != nil {
		return page{}, err
	}
	list.After, list.File, list.FileForm = answer.Next, s.url("/match/file"), "problem"
	r.orderList(&list, corpus.Achievement, o.Sort, "")
	m.Heading, m.List = r.t("match.results"), &list
	return s.matchPage(r, m), nil
}

// outside names the other machines that see what people type.
func (s *site) outside() string { return strings.Join(s.svc.TypedTo(), ", ") }

func (s *site) matchPage(r request, m matchPage) page {
	m.Form.Rows, m.Form.Max, m.Form.Outside = 6, maxTyped, s.outside()
	p := page{Template: "match", Title: m.Heading, Nav: "match", Data: m}
	if r.Method == http.MethodPost {
		p.Form = "problem"
	}
	return p
}
