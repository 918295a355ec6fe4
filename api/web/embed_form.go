package web

import (
	"errors"
	"net/http"
	"strings"

	"duijie/api"
	"duijie/corpus"
)

// An interestForm is the form of somebody who is interested in a document.
type interestForm struct {
	About, Title           string // kind:id, and its title
	Name, Contact, Message string
	Wrong                  map[string]string // by input
}

// post answers a form in the frame: a problem in plain words, or a lead, after which it says where to go on.
func (e *visit) post() (status int, p embedPage, to string) {
	// Browsers say where a form stands. One of another site would only let its visitors write to ours.
	if e.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return http.StatusForbidden, embedPage{Say: e.t("error.403.text")}, ""
	}
	if err := e.ParseForm(); err != nil {
		key := "match.unreadable"
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			key = "embed.large"
		}
		return http.StatusUnprocessableEntity, embedPage{Say: e.t(key)}, ""
	}
	if about := e.PostFormValue("interest"); about != "" {
		return e.lead(about)
	}
	status, p = e.problem()
	return status, p, ""
}

// problem matches a described problem and adds the coach's first questions. Nothing of it is stored or logged.
func (e *visit) problem() (int, embedPage) {
	p := embedPage{Problem: strings.ReplaceAll(e.PostFormValue("text"), "\r\n", "\n"), Title: e.t("match.results")}
	refuse := func(key string, args ...any) (int, embedPage) {
		p.Wrong = e.t(key, args...)
		return http.StatusUnprocessableEntity, p
	}
	if strings.TrimSpace(p.Problem) == "" {
		return refuse("match.emptytext")
	}
	o, err := e.s.svc.VisitorOptions(e.visitor, corpus.Achievement, embedRows)
	if err != nil {
		return e.failed(err)
	}
	answer, err := e.s.svc.MatchText(e.Context(), p.Problem, o)
	if corpus.CodeOf(err) == corpus.TooLarge {
		return refuse("match.large", count(maxTyped))
	}
	if err != nil {
		return e.failed(err)
	}
	advice, err := e.s.svc.Coach(e.Context(), corpus.Doc{Text: p.Problem}, e.lang)
	if err != nil && corpus.CodeOf(err) != corpus.Invalid { // a text that can't be a need as it stands is matched all the same
		return e.failed(err)
	}
	p.Questions = advice.Missing[:min(embedQuestions, len(advice.Missing))]
	if p.Newest, err = e.newest(e.Context()); err != nil {
		return e.failed(err)
	}
	if err := e.matchList(&p, corpus.Doc{Kind: corpus.Need, Text: p.Problem}, answer); err != nil {
		return e.failed(err)
	}
	return http.StatusOK, p
}

// about returns what somebody is interested in, as far as the key shows it.
func (e *visit) about(about string) (corpus.Doc, error) {
	name, id, _ := strings.Cut(about, ":")
	k, ok := corpus.ParseKind(name)
	if !ok || k != corpus.Achievement && k != corpus.Need {
		return corpus.Doc{}, corpus.Errorf(corpus.NotFound, "there is nothing like %q", name)
	}
	return e.document(e.Context(), e.visitor, k, id)
}

// interest shows the form of somebody interested.
func (e *visit) interest(about string) (int, embedPage) {
	d, err := e.about(about)
	if err != nil {
		return e.failed(err)
	}
	return http.StatusOK, e.interestPage(d, interestForm{})
}

func (e *visit) interestPage(d corpus.Doc, f interestForm) embedPage {
	f.About, f.Title = string(d.Kind)+":"+d.ID, d.Title
	return embedPage{Title: e.t("embed.interest"), Interest: &f, More: e.s.docURL(d.Kind, d.ID)}
}

// lead keeps who is interested, or shows the form with what is wrong in it.
func (e *visit) lead(about string) (status int, p embedPage, to string) {
	fail := func(err error) (int, embedPage, string) {
		status, p := e.failed(err)
		return status, p, ""
	}
	d, err := e.about(about)
	if err != nil {
		return fail(err)
	}
	f := interestForm{Name: e.PostFormValue("name"), Contact: e.PostFormValue("contact"), Message: e.PostFormValue("message"), Wrong: map[string]string{}}
	lead := map[string]string{string(d.Kind): d.ID, "name": f.Name, "contact": f.Contact, "message": f.Message}
	if id := e.asks.Get("need"); id != "" && d.Kind == corpus.Achievement {
		if n, err := e.document(e.Context(), anybody, corpus.Need, id); err == nil { // where the need went meanwhile, the achievement is left
			lead["need"] = n.ID
		}
	}
	err = e.s.svc.LeaveLead(e.Context(), e.Request, e.visitor, lead)
	if wrong, ok := errors.AsType[corpus.Faults](err); ok {
		for _, fault := range wrong {
			f.Wrong[fault.Field] = e.t("embed." + fault.Field + ".wrong")
		}
		return http.StatusUnprocessableEntity, e.interestPage(d, f), ""
	}
	if often, ok := errors.AsType[*api.Problem](err); ok && often.Status == http.StatusTooManyRequests {
		f.Wrong["form"] = e.t("embed.often")
		return often.Status, e.interestPage(d, f), ""
	}
	if err != nil {
		return fail(err)
	}
	return http.StatusSeeOther, p, e.here("sent", "1")
}
