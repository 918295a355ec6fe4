package market

import (
	"crypto/rand"
	"encoding/base64"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duijie/corpus"
)

// Subscriptions is the record table of subscriptions.
const Subscriptions = "subscriptions"

// States of a subscription.
const (
	Active State = "active" // alerts go out
	Paused State = "paused" // nothing goes out, and what was missed stays missed
	Ended  State = "ended"  // by its owner, or by a click in a mail; final
)

// A Digest says how alerts by mail are put together.
type Digest string

const (
	NoDigest     Digest = "none"   // each at once
	DailyDigest  Digest = "daily"  // all of a day in one
	WeeklyDigest Digest = "weekly" // all of a week in one
)

// Digests lists all in the order in which they are offered.
var Digests = []Digest{NoDigest, DailyDigest, WeeklyDigest}

// A Subscription asks to be told of new postings that fit a need, an achievement, a search or a field.
type Subscription struct {
	ID          string      `json:"id"`
	Need        string      `json:"need,omitempty" doc:"id of the need; of need, achievement, query and field exactly one is set"`
	Achievement string      `json:"achievement,omitempty" doc:"id of the achievement"`
	Query       string      `json:"query,omitempty" doc:"as q of a search; 1,000 characters at most"`
	Field       string      `json:"field,omitempty" doc:"GB/T 4754-2017: C, 26 or 2614; a code holds those below it"`
	Kind        corpus.Kind `json:"kind" enum:"achievement,need" doc:"what is wanted; default: need of an achievement, else achievement"`
	Webhook     string      `json:"webhook,omitempty" doc:"https address that alerts are posted to; of webhook and mail exactly one is set"`
	Mail        string      `json:"mail,omitempty" doc:"address that alerts are mailed to"`
	Digest      Digest      `json:"digest" enum:"none,daily,weekly" default:"none" doc:"of alerts by mail"`
	Confirmed   time.Time   `json:"confirmed,omitzero" doc:"when the holder of mail followed the link that was mailed there; no alert is mailed before"`
	Secrets     []Secret    `json:"secrets,omitempty" doc:"that sign what the webhook gets (Standard Webhooks), newest first; two while they are rotated"`
	State       State       `json:"state" enum:"active,paused,ended"`
	By          string      `json:"by" doc:"who subscribed, as key:ID or account:ID"`
	Created     time.Time   `json:"created"`
	Updated     time.Time   `json:"updated"`
}

// A Secret signs what a webhook gets.
type Secret struct {
	Secret string    `json:"secret" doc:"whsec_ and 32 random bytes in base64"`
	Until  time.Time `json:"until,omitzero" doc:"of a replaced one: when it stops to sign"`
}

const (
	maxQuery    = 1_000 // characters, as of a search
	maxAddress  = 254   // bytes of a mail address (RFC 5321)
	maxWebhook  = 1_000 // bytes
	secretBytes = 32    // Standard Webhooks: 24 to 64
)

// MakeSubscription checks s, of which it reads Need, Achievement, Query, Field, Kind, Webhook, Mail and Digest, and returns
// an active subscription with, for a webhook, a new secret. Ids made later sort later, to the millisecond. An error has
// code Invalid and names the field; whether what it names exists is the caller's to know.
func MakeSubscription(s Subscription, by string, now time.Time) (Subscription, error) {
	s, err := s.check()
	if err != nil {
		return Subscription{}, err
	}
	s.ID, s.By, s.State = newID(now), by, Active
	s.Created = now.UTC().Truncate(time.Second)
	s.Updated = s.Created
	s.Secrets, s.Confirmed = nil, time.Time{}
	if s.Webhook != "" {
		s.Secrets = []Secret{{Secret: newSecret()}}
	}
	return s, nil
}

// check returns s trimmed and with what follows from the rest filled in.
func (s Subscription) check() (Subscription, error) {
	set := 0
	for _, v := range []*string{&s.Need, &s.Achievement, &s.Query, &s.Field} {
		if *v = strings.TrimSpace(*v); *v != "" {
			set++
		}
	}
	if s.Digest == "" {
		s.Digest = NoDigest
	}
	if s.Kind == "" && s.Achievement != "" {
		s.Kind = corpus.Need
	} else if s.Kind == "" {
		s.Kind = corpus.Achievement
	}
	s.Webhook, s.Mail = strings.TrimSpace(s.Webhook), strings.TrimSpace(s.Mail)
	switch n := utf8.RuneCountInString(s.Query); {
	case set != 1:
		return s, invalid("need", "set exactly one of need, achievement, query and field", "%d of them are set", set)
	case n > maxQuery:
		return s, invalid("query", "shorten it", "%d characters, more than the %d allowed", n, maxQuery)
	case s.Field != "" && corpus.CodeName(corpus.Field, s.Field) == "":
		return s, invalid("field", "use a code of GB/T 4754-2017: C, 26 or 2614", "%q is not known", s.Field)
	case s.Kind != corpus.Achievement && s.Kind != corpus.Need:
		return s, invalid("kind", "use achievement or need", "there are no alerts of kind %q", s.Kind)
	case s.Need != "" && s.Kind != corpus.Achievement:
		return s, invalid("kind", "use achievement, or leave it out", "a need is matched with achievements")
	case s.Achievement != "" && s.Kind != corpus.Need:
		return s, invalid("kind", "use need, or leave it out", "an achievement is matched with needs")
	case (s.Webhook == "") == (s.Mail == ""):
		return s, invalid("webhook", "set exactly one of webhook and mail", "it is not clear where alerts go")
	case !slices.Contains(Digests, s.Digest):
		return s, invalid("digest", "use "+list(Digests), "unknown digest %q", s.Digest)
	case s.Webhook != "" && s.Digest != NoDigest:
		return s, invalid("digest", "leave it out, or have alerts mailed", "a webhook gets each alert at once")
	case s.Mail != "" && !plainAddress(s.Mail):
		return s, invalid("mail", "write NAME@HOST", "this is no mail address")
	case s.Webhook != "":
		return s, checkWebhook(s.Webhook)
	}
	return s, nil
}

// plainAddress reports whether s is an address without a name beside it.
func plainAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= maxAddress
}

func checkWebhook(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "" || len(address) > maxWebhook:
		return invalid("webhook", "write https://HOST/PATH", "this is no address of a webhook")
	case u.User != nil:
		return invalid("webhook", "leave user and password out; every alert is signed", "the address holds a secret")
	}
	return nil
}

// Edit returns the subscription with the wishes of another one: what is wanted, where alerts go, how they are put together.
// An ended one has code Conflict. A webhook at another address gets a new secret, so that nobody is sent what another
// receiver could forge.
func (s Subscription) Edit(to Subscription, now time.Time) (Subscription, error) {
	if s.State == Ended {
		return s, over("subscription")
	}
	to, err := to.check()
	if err != nil {
		return s, err
	}
	switch {
	case to.Webhook == "":
		to.Secrets = nil
	case to.Webhook == s.Webhook:
		to.Secrets = s.Secrets
	default:
		to.Secrets = []Secret{{Secret: newSecret()}}
	}
	to.Confirmed = time.Time{}
	if to.Mail == s.Mail {
		to.Confirmed = s.Confirmed
	}
	to.ID, to.By, to.State, to.Created, to.Updated = s.ID, s.By, s.State, s.Created, now.UTC().Truncate(time.Second)
	return to, nil
}

// Rotate returns the subscription with a new secret. The one before goes on signing beside it for as long as overlap says;
// one that was replaced earlier stops. A subscription without a webhook has code Conflict.
func (s Subscription) Rotate(now time.Time, overlap time.Duration) (Subscription, error) {
	if len(s.Secrets) == 0 || s.State == Ended {
		e := corpus.Errorf(corpus.Conflict, "only a subscription that goes to a webhook has a secret")
		e.Fix = "set webhook first"
		return s, e
	}
	now = now.UTC().Truncate(time.Second)
	secrets := []Secret{{Secret: newSecret()}}
	if overlap > 0 {
		secrets = append(secrets, Secret{Secret: s.Secrets[0].Secret, Until: now.Add(overlap)})
	}
	s.Secrets, s.Updated = secrets, now
	return s, nil
}

// Signing returns the secrets that sign now, newest first.
func (s Subscription) Signing(now time.Time) []string {
	var out []string
	for _, secret := range s.Secrets {
		if secret.Until.IsZero() || now.Before(secret.Until) {
			out = append(out, secret.Secret)
		}
	}
	return out
}

func newSecret() string {
	b := make([]byte, secretBytes)
	rand.Read(b) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}

// subscriptionMoves says where a subscription may go; its owner and the operator may do all of it.
var subscriptionMoves = map[State][]State{Active: {Paused, Ended}, Paused: {Active, Ended}}

// Move returns the subscription in another state. A move that nobody may do has code Conflict, an unknown state Invalid.
func (s Subscription) Move(to State, now time.Time) (Subscription, error) {
	if !slices.Contains([]State{Active, Paused, Ended}, to) {
		return s, invalid("state", "use active, paused or ended", "unknown state %q", to)
	}
	if !slices.Contains(subscriptionMoves[s.State], to) {
		e := corpus.Errorf(corpus.Conflict, "a subscription can't go from %s to %s", s.State, to)
		e.Field, e.Fix = "state", "read it again; an ended one is made anew"
		return s, e
	}
	s.State, s.Updated = to, now.UTC().Truncate(time.Second)
	return s, nil
}

func over(what string) error {
	e := corpus.Errorf(corpus.Conflict, "this %s has ended", what)
	e.Fix = "make a new one"
	return e
}
