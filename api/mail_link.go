package api

import (
	"context"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Where links that are mailed lead, with the secret behind it.
const (
	SubscribePath   = "/subscribe/"   // asks the holder of an address to confirm it
	UnsubscribePath = "/unsubscribe/" // ends a subscription
)

// LinkPath is where links with a purpose lead.
func LinkPath(p market.LinkPurpose) string {
	if p == market.ConfirmLink {
		return SubscribePath
	}
	return UnsubscribePath
}

// LinkedSubscription returns what a mailed link leads to; an error of code NotFound where there is no such link, or the
// subscription is gone.
func (s *Service) LinkedSubscription(_ context.Context, p market.LinkPurpose, token string) (sub market.Subscription, err error) {
	l, err := market.MailLinkOf(s.Store, p, token, s.now())
	if err != nil {
		return sub, err
	}
	r, err := s.Store.Record(market.Subscriptions, l.Subscription)
	if err != nil {
		return sub, err
	}
	if sub, err = parseSubscription(r); err != nil {
		return sub, err
	}
	if sub.Mail != l.Mail { // it goes elsewhere by now, which is nobody's business here
		e := corpus.Errorf(corpus.NotFound, "the subscription has another address by now")
		e.Fix = "use the link of the latest mail"
		return market.Subscription{}, e
	}
	return sub, nil
}

// FollowLink does what a mailed link is for, which is all the right that it takes: it confirms the address, or ends the
// subscription. Twice is once.
func (s *Service) FollowLink(ctx context.Context, p market.LinkPurpose, token string) error {
	sub, err := s.LinkedSubscription(ctx, p, token)
	if err != nil {
		return err
	}
	actor := "link:" + sub.ID
	if p == market.ConfirmLink {
		return s.changeSubscription(ctx, actor, "confirm the address of subscription "+sub.ID, sub.ID, func(now market.Subscription) (market.Subscription, error) {
			return now.Confirm(sub.Mail, s.now())
		})
	}
	return s.changeSubscription(ctx, actor, "unsubscribe "+sub.ID, sub.ID, func(now market.Subscription) (market.Subscription, error) {
		if now.State == market.Ended {
			return now, nil
		}
		return now.Move(market.Ended, s.now())
	})
}
