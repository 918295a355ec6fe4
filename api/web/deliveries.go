package web

import (
	"net/url"
	"strconv"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

const (
	deliveriesShown = 50
	// resentAtOnce is how many deliveries one press sends again: each is a synced write of its own.
	resentAtOnce = 500
)

// A deliveriesPage is what could not be delivered and was given up.
type deliveriesPage struct {
	Rows        []deliveryRow
	Sent        string // what was sent again right before
	First, Next string
}

type deliveryRow struct {
	ID, What        string
	Document        value // that the alert is of; no Text where it is of none
	To              string
	SubscriptionURL string // "" where it was deleted
	Why             string
	Tries           string
	Created, Ended  string
}

func (s *site) deliveries(r request) (page, error) {
	q := r.URL.Query()
	list, err := s.svc.Deliveries(r.Context(), r.caller, api.DeliveryQuery{State: corpus.Dead, Limit: deliveriesShown, After: q.Get("after")})
	if err != nil {
		return page{}, err
	}
	p := deliveriesPage{}
	for _, d := range list.Deliveries {
		row, err := s.deliveryRow(r, d)
		if err != nil {
			return page{}, err
		}
		p.Rows = append(p.Rows, row)
	}
	if n, err := strconv.Atoi(q.Get("sent")); err == nil && n >= 0 {
		p.Sent = r.t("deliveries.sent", count(n))
	}
	if q.Get("after") != "" {
		p.First = s.url("/deliveries")
	}
	if list.Next != "" {
		p.Next = s.url(withQuery("/deliveries", url.Values{"after": {list.Next}}))
	}
	return page{Template: "deliveries", Title: r.t("deliveries.title"), Nav: "records", Data: p}, nil
}

func (s *site) deliveryRow(r request, d api.Delivery) (deliveryRow, error) {
	row := deliveryRow{ID: d.ID, What: r.t("deliveries.confirm"), To: r.t("deliveries.gone"), Why: d.Error, Tries: count(d.Attempts), Created: r.moment(d.Created), Ended: r.moment(d.Ended)}
	if d.Type == api.MatchCreated {
		row.What = r.t("deliveries.alert")
	}
	if who, channel, ok := strings.Cut(d.Subscription, "/"); ok {
		row.What, row.To = r.t("deliveries.told"), market.ChannelWords[market.Channel(channel)].In(r.lang)
		if id, ok := strings.CutPrefix(who, "account:"); ok {
			row.To += " · " + s.nameOf(id)
		}
	}
	if d.Document != nil {
		row.Document.Text = d.Document.ID
		doc, err := s.svc.Document(r.Context(), r.caller, d.Document.Kind, d.Document.ID)
		switch {
		case err == nil:
			row.Document.Text = doc.Title
			if doc.Status == corpus.Published {
				row.Document.URL = s.docURL(doc.Kind, doc.ID)
			}
		case corpus.CodeOf(err) != corpus.NotFound:
			return row, err
		}
	}
	if strings.Contains(d.Subscription, "/") {
		return row, nil
	}
	sub, err := s.svc.Record(r.Context(), r.caller, &market.SubscriptionType, d.Subscription)
	switch {
	case err == nil:
		row.SubscriptionURL, row.To = s.url("/"+market.Subscriptions+"/"+url.PathEscape(d.Subscription)), sub.Text("mail")
		if hook, err := url.Parse(sub.Text("webhook")); err == nil && hook.Host != "" {
			row.To = hook.Host // the rest may hold a secret
		}
	case corpus.CodeOf(err) != corpus.NotFound:
		return row, err
	}
	return row, nil
}

// nameOf is the name of an account, its id where it is gone.
func (s *site) nameOf(account string) string {
	a, _, err := market.AccountOf(s.svc.Store, account)
	if err != nil {
		return account
	}
	return a.Name
}

// resend has one given-up delivery tried again.
func (s *site) resend(r request) (page, error) {
	sent, err := s.resendOne(r, r.PathValue("id"))
	return resent(sent), err
}

// resendAll has those tried again that were given up, the latest first, resentAtOnce at most.
func (s *site) resendAll(r request) (page, error) {
	for all := 0; ; {
		list, err := s.svc.Deliveries(r.Context(), r.caller, api.DeliveryQuery{State: corpus.Dead, Limit: deliveriesShown})
		if err != nil {
			return page{}, err
		}
		before := all
		for _, d := range list.Deliveries {
			sent, err := s.resendOne(r, d.ID)
			if err != nil {
				return page{}, err
			}
			all += sent
		}
		if all == before || all >= resentAtOnce {
			return resent(all), nil
		}
	}
}

// resendOne returns how many were sent again: none where somebody else was first.
func (s *site) resendOne(r request, id string) (int, error) {
	_, err := s.svc.Resend(r.Context(), r.caller, id)
	if err == nil {
		return 1, nil
	}
	if code := corpus.CodeOf(err); code == corpus.Conflict || code == corpus.NotFound {
		err = nil
	}
	return 0, err
}

func resent(n int) page {
	return page{Redirect: withQuery("/deliveries", url.Values{"sent": {strconv.Itoa(n)}})}
}
