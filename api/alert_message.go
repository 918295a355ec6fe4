package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/matcher"
)

// An AlertMessage is what a webhook gets.
type AlertMessage struct {
	Type      string    `json:"type" enum:"match.created"`
	Timestamp time.Time `json:"timestamp" doc:"when the alert was raised"`
	Data      AlertData `json:"data"`
}

// AlertData says what is new: of need, achievement, query and field, need and achievement are set where a pair fits, else query
// or field is.
type AlertData struct {
	Subscription string        `json:"subscription"`
	Need         string        `json:"need,omitempty" doc:"id"`
	Achievement  string        `json:"achievement,omitempty" doc:"id"`
	Query        string        `json:"query,omitempty"`
	Field        string        `json:"field,omitempty"`
	Document     AlertDocument `json:"document" doc:"the one that is new"`
	Score        float64       `json:"score,omitempty" doc:"of a pair: 0 to 1"`
	Label        matcher.Label `json:"label,omitempty" enum:"strong,possible"`
	Why          string        `json:"why,omitempty" doc:"the sentence of the need that says most of what fits"`
	Reasons      []AlertReason `json:"reasons,omitempty" doc:"none where either side has changed since the alert was raised"`
}

// An AlertDocument is what anybody may read of a document, as it is when the alert goes out.
type AlertDocument struct {
	Kind      corpus.Kind `json:"kind"`
	ID        string      `json:"id"`
	Title     string      `json:"title"`
	Org       string      `json:"org,omitempty"`
	Region    string      `json:"region,omitempty"`
	Field     []string    `json:"field,omitempty"`
	Published corpus.Date `json:"published,omitempty"`
	URL       string      `json:"url,omitempty" doc:"of its page here"`
}

// alertMessage makes what is told of an event. gone says why there is nothing to tell any more: what was to be told was
// taken down, is over, or is not what the subscription asks for now.
func (s *Service) alertMessage(sub market.Subscription, e corpus.Event) (m AlertMessage, gone string, err error) {
	var a Alert
	if err := json.Unmarshal(e.Body, &a); err != nil {
		return m, "", fmt.Errorf("alert %s: %w", e.ID, err)
	}
	if a.Topic != sub.Topic() {
		return m, "订阅的内容已更改", nil
	}
	found, err := s.tellable(a.Document)
	if found == nil || err != nil {
		return m, "信息已撤下或到期", err
	}
	m = AlertMessage{Type: e.Type, Timestamp: e.Created, Data: AlertData{Subscription: sub.ID, Query: sub.Query, Field: sub.Field,
		Document: s.alertDocument(found), Score: a.Score, Label: a.Label}}
	if sub.Subject().ID == "" {
		return m, "", nil
	}
	subject, err := s.tellable(sub.Subject())
	if subject == nil || err != nil {
		return m, "所订阅的需求或成果已撤下或到期", err
	}
	m.Data.Need, m.Data.Achievement = subject.ID, found.ID
	if subject.Kind == corpus.Achievement {
		m.Data.Need, m.Data.Achievement = found.ID, subject.ID
	}
	if found.Version == a.Version && subject.Version == a.Subject { // else they may quote what is closed by now
		m.Data.Why, m.Data.Reasons = a.Why, a.Reasons
	}
	return m, "", nil
}

// tellable returns a document as anybody may read it, nil where it can't be told of.
func (s *Service) tellable(l corpus.Link) (*corpus.Doc, error) {
	if err := s.endOf(l.Kind, &l.ID); err != nil {
		return nil, err
	}
	d, err := s.Store.Get(l.Kind, l.ID)
	if corpus.CodeOf(err) == corpus.NotFound || err == nil && !s.mayTell(&d) {
		return nil, nil
	}
	public := d.Public()
	return &public, err
}

func (s *Service) alertDocument(d *corpus.Doc) AlertDocument {
	out := AlertDocument{Kind: d.Kind, ID: d.ID, Title: d.Title, Org: d.Org, Region: d.Region, Field: d.Field, Published: d.PublishedOn}
	if s.BaseURL != "" {
		out.URL = s.BaseURL + "/" + d.Kind.Plural() + "/" + url.PathEscape(d.ID)
	}
	return out
}
