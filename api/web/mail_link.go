package web

import (
	"net/http"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A mailLinkPage asks who followed a link of a mail whether what it is for is meant. Opening it changes nothing: mail programs
// open links to look for malice. Mail services post to it without showing it (RFC 8058).
type mailLinkPage struct {
	Heading, Notice, Lead string
	Wish                  string // what is subscribed to
	Action, Button        string // of the form; "" where there is nothing to do
}

func (s *site) mailLinkForm(p market.LinkPurpose) view {
	return func(r request) (page, error) { return s.mailLinkPage(r, p, false) }
}

func (s *site) followMailLink(p market.LinkPurpose) view {
	return func(r request) (page, error) {
		err := s.svc.FollowLink(r.Context(), p, r.PathValue("token"))
		if code := corpus.CodeOf(err); err != nil && code != corpus.NotFound && code != corpus.Conflict { // the page says how things stand
			return page{}, err
		}
		return s.mailLinkPage(r, p, err == nil)
	}
}

func (s *site) mailLinkPage(r request, p market.LinkPurpose, done bool) (page, error) {
	token, key := r.PathValue("token"), map[market.LinkPurpose]string{market.ConfirmLink: "link.confirm", market.UnsubscribeLink: "link.unsubscribe"}[p]
	sub, err := s.svc.LinkedSubscription(r.Context(), p, token)
	if corpus.CodeOf(err) == corpus.NotFound {
		d := mailLinkPage{Heading: r.t("confirm.unknown.title"), Lead: r.t("link.unknown")}
		return page{Template: "mail_link", Status: http.StatusNotFound, Title: d.Heading, Data: d}, nil
	}
	d := mailLinkPage{Heading: r.t(key + ".title")}
	if err == nil {
		d.Wish, err = s.svc.Wish(sub, r.lang)
	}
	if err != nil {
		return page{}, err
	}
	switch {
	case done:
		d.Notice = r.t(key + ".done")
	case sub.State == market.Ended:
		d.Notice = r.t("link.ended")
	case p == market.ConfirmLink && !sub.Confirmed.IsZero():
		d.Notice = r.t(key + ".already")
	default:
		d.Lead, d.Action, d.Button = r.t(key+".lead"), s.url(api.LinkPath(p)+token), r.t(key+".button")
	}
	return page{Template: "mail_link", Title: d.Heading, Data: d}, nil
}
