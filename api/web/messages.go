package web

import (
	"net/url"
	"strings"

	"duijie/api"
	"duijie/corpus"
)

const messagesShown = 50

// A messagesPage is the inbox of an account.
type messagesPage struct {
	Rows   []messageRow
	Unread string // how many; "": none
	First  string
	Next   string
}

type messageRow struct {
	ID, Subject, Text, At string
	New, Leads            bool // has not been read; there is a page to go to
}

func (s *site) messages(r request) (page, error) {
	after := r.URL.Query().Get("after")
	list, err := s.svc.Messages(r.Context(), r.caller, api.MessageQuery{Limit: messagesShown, After: after}, r.lang)
	if err != nil {
		return page{}, err
	}
	p := messagesPage{}
	if list.Unread > 0 {
		p.Unread = count(list.Unread)
	}
	for _, m := range list.Messages {
		p.Rows = append(p.Rows, messageRow{ID: m.ID, Subject: m.Subject, Text: strings.TrimSpace(strings.TrimSuffix(m.Text, m.URL)), At: r.moment(m.Created), New: !m.Read, Leads: m.Path != ""})
	}
	if after != "" {
		p.First = s.url("/messages")
	}
	if list.Next != "" {
		p.Next = s.url(withQuery("/messages", url.Values{"after": {list.Next}}))
	}
	return page{Template: "messages", Title: r.t("messages.title"), Nav: "messages", Data: p}, nil
}

// readMessages marks all messages as read.
func (s *site) readMessages(r request) (page, error) {
	return page{Redirect: "/messages"}, s.svc.ReadMessages(r.Context(), r.caller)
}

// openMessage marks a message as read and goes to what it is about.
func (s *site) openMessage(r request) (page, error) {
	id := r.PathValue("id")
	if err := s.svc.ReadMessages(r.Context(), r.caller, id); err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return page{}, err
	}
	to, err := s.svc.MessagePath(r.Context(), r.caller, id)
	if corpus.CodeOf(err) == corpus.NotFound {
		to, err = "/messages", nil
	}
	return page{Redirect: to}, err
}
