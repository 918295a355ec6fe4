package web

import (
	"net/http"
	"net/url"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// questions are what the page of a posting shows of public questions.
type questions struct {
	List   []api.PublicQuestion
	Action string // of the form, for who is signed in; "": who is not is asked to
	SignIn string // address
	Typed  string
	Wrong  string
	Asked  bool // a moment ago
}

// questions of a posting that everybody may see; nil of kinds that have none.
func (s *site) questions(r request, d corpus.Doc) (*questions, error) {
	if d.Kind != corpus.Achievement && d.Kind != corpus.Need {
		return nil, nil
	}
	list, err := s.svc.PublicQuestions(r.Context(), anybody, d.Kind, d.ID)
	q := &questions{List: list, Asked: r.URL.Query().Has("asked")}
	switch {
	case r.caller.Session == "":
		q.SignIn = s.url("/signin?to=/" + d.Kind.Plural() + "/" + url.QueryEscape(d.ID))
	case r.caller.Allowed(market.Questions, "create") != market.None:
		q.Action = s.docURL(d.Kind, d.ID) + "/questions"
	}
	return q, err
}

// ask makes a question about a posting.
func (s *site) ask(kind corpus.Kind) view {
	return func(r request) (page, error) {
		id, text := r.PathValue("id"), r.PostFormValue("text")
		_, err := s.svc.CreateRecord(r.Context(), r.caller, &market.QuestionType, map[string]string{string(kind): id, "text": text})
		if err == nil {
			return page{Redirect: "/" + kind.Plural() + "/" + url.PathEscape(id) + "?asked=1#questions"}, nil
		}
		if code := corpus.CodeOf(err); code != corpus.Invalid && code != corpus.Conflict {
			return page{}, err
		}
		p, failed := s.document(kind)(r)
		data, ok := p.Data.(documentPage)
		if failed != nil || !ok || data.Questions == nil {
			return p, failed
		}
		data.Questions.Typed, data.Questions.Wrong = text, r.t("question.wrong")
		if corpus.CodeOf(err) == corpus.Conflict {
			data.Questions.Wrong = r.t("question.refused")
		}
		p.Data, p.Status = data, http.StatusUnprocessableEntity
		return p, nil
	}
}

// usual says how soon the holder of a posting answers; "" where nobody knows.
func (s *site) usual(r request, d corpus.Doc) (string, error) {
	answers, err := s.svc.UsualAnswer(d.Kind, d.ID)
	switch {
	case err != nil || answers == nil:
		return "", err
	case answers.Days == 0:
		return r.t("doc.answers.same"), nil
	case answers.Days == 1:
		return r.t("doc.answers.one"), nil
	}
	return r.t("doc.answers", answers.Days), nil
}
