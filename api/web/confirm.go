package web

import (
	"cmp"
	"net/http"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
)

// A confirmPage asks the holder of a posting whether it stands. Opening it changes nothing: mail programs open links to
// look for malice.
type confirmPage struct {
	Heading, Lead, Notice string
	Error                 string
	Title, URL            string // of the posting; URL only while it is on show
	Facts                 []fact
	Text                  string // its beginning
	Action, Ends          string // of the form; "" where nothing can be answered
	Answers               []answerButton
}

type answerButton struct{ Value, Name, Hint string }

func (s *site) confirmForm(r request) (page, error) {
	return s.confirmPage(r, confirmPage{}, http.StatusOK)
}

// confirm does what the pressed button says.
func (s *site) confirm(r request) (page, error) {
	var p confirmPage
	status := http.StatusOK
	a := market.Answer(r.PostFormValue("answer"))
	c, err := s.svc.Confirm(r.Context(), r.PathValue("token"), a)
	switch corpus.CodeOf(err) {
	case corpus.NotFound, corpus.Conflict: // the page says how things stand
	case corpus.Invalid:
		p.Error, status = r.t("confirm.choose"), http.StatusUnprocessableEntity
	default:
		if err != nil {
			return page{}, err
		}
		p.Notice = r.t("confirm.done." + string(a))
		if a == market.Taken {
			p.Notice = r.t("confirm.done.taken", r.t("confirm.taken."+string(c.Reminder.Kind)))
		}
	}
	return s.confirmPage(r, p, status)
}

// confirmPage adds to p what its link leads to.
func (s *site) confirmPage(r request, p confirmPage, status int) (page, error) {
	token := r.PathValue("token")
	c, err := s.svc.Confirmation(r.Context(), token)
	if corpus.CodeOf(err) == corpus.NotFound {
		p = confirmPage{Heading: r.t("confirm.unknown.title"), Lead: r.t("confirm.unknown")}
		return page{Template: "confirm", Status: http.StatusNotFound, Title: p.Heading, Data: p}, nil
	}
	if err != nil {
		return page{}, err
	}
	kind := string(c.Reminder.Kind)
	p.Heading = r.t("confirm.title." + kind)
	s.describePosting(r, &p, c.Doc)
	switch {
	case c.State == market.Answered:
		if p.Notice == "" {
			name, _ := answerWords(r, c.Reminder.Answer, kind)
			p.Notice = r.t("confirm.answered", string(corpus.DayOf(c.Reminder.Answered)), name)
		}
	case c.Doc.ID == "" || c.Doc.Status != corpus.Published:
		p.Lead, status = r.t("confirm.gone"), http.StatusGone
	case c.Foreign:
		p.Lead = r.t("confirm.merged")
	case c.State == market.Over:
		p.Lead, status = r.t("confirm.over", string(corpus.DayOf(c.Reminder.Ends()))), http.StatusGone
	default:
		p.Lead, p.Action = r.t("confirm.lead"), s.url(api.ConfirmPath+token)
		p.Ends = r.t("confirm.ends", string(corpus.DayOf(c.Reminder.Ends())))
		for _, a := range market.Answers {
			name, hint := answerWords(r, a, kind)
			if a != market.Later || c.Reminder.Answer != market.Later { // once is enough
				p.Answers = append(p.Answers, answerButton{string(a), name, hint})
			}
		}
	}
	return page{Template: "confirm", Status: status, Title: p.Heading, Data: p}, nil
}

// answerWords are the name of an answer and what comes of it, which differ by kind for two of them.
func answerWords(r request, a market.Answer, kind string) (name, hint string) {
	switch a {
	case market.Stands:
		return r.t("confirm.stands." + kind), r.t("confirm.hint.stands")
	case market.Taken:
		return r.t("confirm.taken." + kind), r.t("confirm.hint.taken." + kind)
	}
	return r.t("confirm." + string(a)), r.t("confirm.hint." + string(a))
}

// quotedRunes is how much of a posting's text reminds its holder of it.
const quotedRunes = 120

// describePosting adds what a holder knows the posting by.
func (s *site) describePosting(r request, p *confirmPage, d corpus.Doc) {
	if d.ID == "" {
		return
	}
	p.Title = cmp.Or(d.Title, d.ID) // a title may be closed to the public
	p.Text, _ = indexer.Snippet(d.Text, nil, quotedRunes)
	if d.Status == corpus.Published {
		p.URL = s.docURL(d.Kind, d.ID)
	}
	f := facts{s: s, r: r}
	f.text(false, "record.id", d.ID)
	f.text(false, "fact.org."+string(d.Kind), d.Org)
	f.text(false, "fact.published", string(d.PublishedOn))
	f.text(false, "fact.confirmed", string(d.ConfirmedOn))
	f.text(false, "fact.valid_until", string(d.ValidUntil))
	p.Facts = f.known
}

// hideSecret keeps the secret in a path from search engines, caches and the pages that its links lead to.
func hideSecret(h http.Header, path string) {
	if api.SecretPath(path) != "" {
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Robots-Tag", "noindex, nofollow")
	}
}

// life is the word for how a posting stands, "" where there is nothing to say: that its holder is to be asked concerns
// nobody else.
func (r request) life(l *market.Life) string {
	if l == nil || l.State == market.Current || l.State == market.Due {
		return ""
	}
	return l.State.Label(r.lang)
}

// lifeNotice says on a posting's page how it stands.
func (s *site) lifeNotice(r request, d corpus.Doc) (string, error) {
	l, err := s.svc.Life(d)
	if err != nil || l == nil {
		return "", err
	}
	switch {
	case l.State == market.Expired && d.Kind == corpus.Achievement:
		return r.t("doc.expired.achievement", string(l.Since)), nil
	case l.State == market.Expired, l.State == market.Unconfirmed, l.State == market.Licensed:
		return r.t("doc."+string(l.State), string(l.Since)), nil
	}
	return "", nil
}
