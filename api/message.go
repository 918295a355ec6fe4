package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// messageRoutes are the inbox of who signed in, and how they want to be told.
func messageRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/messages", id: "list-messages", tag: "alerts", summary: "The inbox of the account that is signed in, newest first", right: "messages list", add: handle((*Service).listMessages)},
		{method: "POST", path: "/v1/messages/{id}/read", id: "read-message", tag: "alerts", summary: "Mark a message as read", right: "messages read", add: handle((*Service).readMessage)},
		{method: "POST", path: "/v1/messages/read", id: "read-messages", tag: "alerts", summary: "Mark all messages as read", right: "messages read", add: handle((*Service).readMessages)},
		{method: "GET", path: "/v1/preferences", id: "get-preferences", tag: "alerts", summary: "Over which channels the account is told of what, and when", right: "preferences read", add: handle((*Service).getPreferences)},
		{method: "PUT", path: "/v1/preferences", id: "put-preferences", tag: "alerts", summary: "Choose channels, quiet hours and digests", right: "preferences update", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).putPreferences)},
		{method: "POST", path: "/v1/preferences/code", id: "send-code", tag: "alerts", summary: "Send a code that confirms the mail address or the telephone", right: "preferences update", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).sendCode)},
		{method: "POST", path: "/v1/preferences/confirm", id: "confirm-code", tag: "alerts", summary: "Confirm an address by the code that was sent there", right: "preferences update", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).confirmCode)},
	}
}

// A MessageInfo is a message in words, with what its reader may read at this moment.
type MessageInfo struct {
	ID      string    `json:"id" doc:"of the event, as in deliveries"`
	Sort    string    `json:"sort" example:"lead.moved"`
	Subject string    `json:"subject"`
	Text    string    `json:"text,omitempty" doc:"none where its reader may not see any more what it is about"`
	URL     string    `json:"url,omitempty" doc:"of the page; a path where the server does not know its address"`
	Path    string    `json:"-"` // of the page
	Created time.Time `json:"created"`
	Read    bool      `json:"read"`
}

// A MessageQuery asks for a page of messages.
type MessageQuery struct {
	Unread bool   `query:"unread" doc:"only those that were not read"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After  string `query:"after" maxLength:"64" doc:"next of the page before"`
}

// A MessagePage is one page of messages.
type MessagePage struct {
	Messages []MessageInfo `json:"messages" doc:"the newest first; 500 are kept, for 180 days"`
	Unread   int           `json:"unread" doc:"in all"`
	Next     string        `json:"next,omitempty" doc:"cursor of the next page"`
}

// person returns nil where c is an account: a key has no inbox and no preferences.
func (c Caller) person(record, move string) error {
	if err := c.may(record, move); err != nil || c.Account != "" {
		return err
	}
	e := corpus.Errorf(corpus.Forbidden, "a key has no %s", record)
	e.Fix = "sign in with an account"
	return e
}

// Messages returns a page of the inbox of c's account, in a language: en, else Chinese.
func (s *Service) Messages(ctx context.Context, c Caller, q MessageQuery, lang string) (MessagePage, error) {
	page := MessagePage{Messages: []MessageInfo{}}
	if err := c.person("messages", "list"); err != nil {
		return page, err
	}
	list, unread, err := s.Store.Messages(c.Account, q.Unread, q.Limit+1, q.After)
	if err != nil {
		return page, err
	}
	page.Unread = unread
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = list[q.Limit-1].ID
	}
	for _, m := range list {
		info := MessageInfo{ID: m.ID, Sort: m.Type, Created: m.Created, Read: m.Read}
		var f Facts
		if err := json.Unmarshal(m.Body, &f); err != nil {
			return page, fmt.Errorf("message %s: %w", m.ID, err)
		}
		one, err := s.tellAs(ctx, c, m.Type, f, lang)
		switch {
		case errors.Is(err, errUnreadable):
			info.Subject = sortName(m.Type, lang)
		case err != nil:
			return page, err
		default:
			info.Subject, info.Text, info.URL, info.Path = one.subject, one.text, s.BaseURL+one.link, one.link
		}
		page.Messages = append(page.Messages, info)
	}
	return page, nil
}

// MessagePath is the path of the page that a message of c's account is about, "/messages" where c may not see it any more; an
// error of code NotFound where there is no such message.
func (s *Service) MessagePath(ctx context.Context, c Caller, id string) (string, error) {
	if err := c.person("messages", "list"); err != nil {
		return "", err
	}
	list, _, err := s.Store.Messages(c.Account, false, corpus.MessagesKept, "")
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list, func(m corpus.Message) bool { return m.ID == id })
	if i < 0 {
		return "", missing("message", id)
	}
	var f Facts
	if err := json.Unmarshal(list[i].Body, &f); err != nil {
		return "", fmt.Errorf("message %s: %w", id, err)
	}
	one, err := s.tellAs(ctx, c, list[i].Type, f, "")
	if errors.Is(err, errUnreadable) {
		return "/messages", nil
	}
	return one.link, err
}

// sortName is what people call a sort of event.
func sortName(sort, lang string) string {
	if i := slices.IndexFunc(market.EventSorts, func(n market.Named) bool { return n.Value == sort }); i >= 0 {
		return market.EventSorts[i].In(lang)
	}
	return sort
}

// Unread is how many messages of c's account were not read; 0 of others.
func (s *Service) Unread(c Caller) (int, error) {
	if c.Account == "" {
		return 0, nil
	}
	_, unread, err := s.Store.Messages(c.Account, true, 0, "")
	return unread, err
}

// ReadMessages marks messages of c's account as read, all where no id is given.
func (s *Service) ReadMessages(ctx context.Context, c Caller, ids ...string) error {
	if err := c.person("messages", "read"); err != nil {
		return err
	}
	return s.Store.ReadMessages(ctx, c.Account, ids...)
}

type messagesOutput struct{ Body MessagePage }

func (s *Service) listMessages(ctx context.Context, in *MessageQuery) (*messagesOutput, error) {
	page, err := s.Messages(ctx, CallerOf(ctx), *in, langOf(ctx))
	return &messagesOutput{page}, err
}

func (s *Service) readMessage(ctx context.Context, in *IDParam) (*struct{}, error) {
	return nil, s.ReadMessages(ctx, CallerOf(ctx), in.ID)
}

func (s *Service) readMessages(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.ReadMessages(ctx, CallerOf(ctx))
}
