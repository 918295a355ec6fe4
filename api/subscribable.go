package api

import (
	"net/url"

	"duijie/corpus"
	"duijie/corpus/market"
)

// subscribable refuses a subscription by which nobody could be told: by mail where none is set up, or by a webhook inside of a
// network. old is nil of a new one. Of other records it says nothing.
func (s *Service) subscribable(d *market.Declared, r, old market.Row) error {
	if d.Name != market.Subscriptions || *r.Head().State != market.Active {
		return nil
	}
	same := func(field string) bool {
		return old != nil && *old.Head().State == market.Active && old.Text(field) == r.Text(field)
	}
	if r.Text("mail") != "" && !same("mail") && s.Mail == nil {
		e := corpus.Errorf(corpus.Invalid, "this server sends no mail")
		e.Field, e.Fix = "mail", "give a webhook, or have the operator set mail_host, mail_from and base_url"
		return e
	}
	if hook, err := url.Parse(r.Text("webhook")); err == nil && hook.Host != "" && !same("webhook") && s.PrivateWebhooks.refuses(hook.Hostname()) {
		e := corpus.Errorf(corpus.Invalid, "%s is inside of a network", hook.Hostname())
		e.Field, e.Fix = "webhook", "give an address of the public internet, or have the operator list it in allow_private_webhooks"
		return e
	}
	return nil
}
