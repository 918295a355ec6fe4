package api

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"duijie/corpus"
)

func deliveryRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/deliveries", id: "list-deliveries", tag: "alerts", summary: "What was and is to be told to subscribers, by state", right: "deliveries list", add: handle((*Service).listDeliveries)},
		{method: "POST", path: "/v1/deliveries/{id}/resend", id: "resend-delivery", tag: "alerts", summary: "Try a dead delivery again, from the first try on", right: "deliveries resend", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).resendDelivery)},
	}
}

// A Delivery is one event that a subscriber is told of, without what it says.
type Delivery struct {
	ID           string            `json:"id" doc:"webhook-id; the same at every try"`
	Subscription string            `json:"subscription" doc:"its id; of what an account or a group is told, who and over which channel: account:ID/mail, robot/wecom"`
	Type         string            `json:"type,omitempty" enum:"match.created,subscription.confirm,lead.created,lead.moved,lead.overdue,posting.confirm,record.returned" doc:"none where it can't be read"`
	Document     *corpus.Link      `json:"document,omitempty" doc:"that is new; of deliveries that are not done"`
	State        corpus.EventState `json:"state" enum:"waiting,delivered,dead,dropped"`
	Attempts     int               `json:"attempts" doc:"tries so far"`
	Error        string            `json:"error,omitempty" doc:"how the last try failed, or why it was dropped"`
	Created      time.Time         `json:"created"`
	Next         time.Time         `json:"next,omitzero" doc:"of waiting ones: when it is tried"`
	Ended        time.Time         `json:"ended,omitzero" doc:"of others: since when"`
}

func deliveryOf(e corpus.Event) Delivery {
	d := Delivery{ID: e.ID, Subscription: e.To, Type: e.Type, State: e.State, Attempts: e.Attempts, Error: e.Error, Created: e.Created, Next: e.Next, Ended: e.Ended}
	var a Alert
	var f Facts
	if strings.Contains(e.To, "/") {
		if json.Unmarshal(e.Body, &f) == nil && f.Document != "" {
			d.Document = &corpus.Link{Kind: f.Kind, ID: f.Document}
		}
	} else if e.Type == MatchCreated && json.Unmarshal(e.Body, &a) == nil { // the body of a delivered one is not kept
		d.Document = &a.Document
	}
	return d
}

// A DeliveryQuery says which deliveries to list.
type DeliveryQuery struct {
	State corpus.EventState `query:"state" enum:"waiting,delivered,dead,dropped" default:"dead"`
	Limit int               `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string            `query:"after" maxLength:"64" doc:"next of the page before"`
}

// A DeliveryPage is one page of deliveries.
type DeliveryPage struct {
	Deliveries []Delivery `json:"deliveries" doc:"waiting ones in the order in which they are due, of others the latest first"`
	Next       string     `json:"next,omitempty" doc:"cursor of the next page"`
}

// Deliveries returns one page of deliveries.
func (s *Service) Deliveries(_ context.Context, c Caller, q DeliveryQuery) (DeliveryPage, error) {
	page := DeliveryPage{Deliveries: []Delivery{}}
	if err := c.may("deliveries", "list"); err != nil {
		return page, err
	}
	events, err := s.Store.Events(q.State, q.Limit+1, q.After)
	if len(events) > q.Limit {
		events = events[:q.Limit]
		page.Next = events[q.Limit-1].ID
	}
	for _, e := range events {
		page.Deliveries = append(page.Deliveries, deliveryOf(e))
	}
	return page, err
}

// Resend has a dead delivery tried again, now and as often as a new one. Others have code Conflict.
func (s *Service) Resend(ctx context.Context, c Caller, id string) (Delivery, error) {
	if err := c.may("deliveries", "resend"); err != nil {
		return Delivery{}, err
	}
	e, err := s.Store.Resend(ctx, id, s.now())
	if err != nil {
		return Delivery{}, err
	}
	s.Log.InfoContext(ctx, "a delivery is sent again", "event", id, "caller", c.Name)
	return deliveryOf(e), nil
}

type deliveriesOutput struct{ Body DeliveryPage }

func (s *Service) listDeliveries(ctx context.Context, in *DeliveryQuery) (*deliveriesOutput, error) {
	page, err := s.Deliveries(ctx, CallerOf(ctx), *in)
	return &deliveriesOutput{page}, err
}

type deliveryOutput struct{ Body Delivery }

func (s *Service) resendDelivery(ctx context.Context, in *IDParam) (*deliveryOutput, error) {
	d, err := s.Resend(ctx, CallerOf(ctx), in.ID)
	return &deliveryOutput{d}, err
}
