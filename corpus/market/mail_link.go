package market

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"time"

	"duijie/corpus"
)

// MailLinks is the record table of links that are mailed to subscribers.
const MailLinks = "mail_links"

// A LinkPurpose is what a mailed link does.
type LinkPurpose string

const (
	ConfirmLink     LinkPurpose = "confirm"     // the address, once; works for 30 days
	UnsubscribeLink LinkPurpose = "unsubscribe" // works as long as the subscription is there
)

const confirmFor = 30 * 24 * time.Hour

// A MailLink lets who has it do one thing with one subscription. It holds a secret, of which only the hash is kept.
type MailLink struct {
	ID           string      `json:"id"` // SHA-256 of the secret, hex
	Purpose      LinkPurpose `json:"purpose"`
	Subscription string      `json:"subscription"`
	Mail         string      `json:"mail"` // to which it goes
	Made         time.Time   `json:"made"`
}

// MakeMailLink returns a link and its secret, 22 letters, digits, - and _.
func MakeMailLink(p LinkPurpose, s Subscription, now time.Time) (l MailLink, token string) {
	secret := make([]byte, tokenBytes)
	rand.Read(secret) // never fails
	token = base64.RawURLEncoding.EncodeToString(secret)
	return MailLink{ID: tokenHash(token), Purpose: p, Subscription: s.ID, Mail: s.Mail, Made: now.UTC().Truncate(time.Second)}, token
}

// MailLinkOf returns the link with a secret; an error of code NotFound where there is none for this purpose, or none that
// works any more.
func MailLinkOf(store *corpus.Store, p LinkPurpose, token string, now time.Time) (MailLink, error) {
	var l MailLink
	r, err := store.Record(MailLinks, tokenHash(token))
	if err == nil {
		err = json.Unmarshal(r.Body, &l)
	}
	if err == nil && (l.Purpose != p || p == ConfirmLink && now.Sub(l.Made) >= confirmFor) {
		e := corpus.Errorf(corpus.NotFound, "this link does not work")
		e.Fix = "use the link of the latest mail"
		err = e
	}
	return l, err
}
