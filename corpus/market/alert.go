package market

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"duijie/corpus"
)

// Topic is what a subscription asks for, the same for the same wish: "need n1".
func (s Subscription) Topic() string {
	for _, t := range []struct{ name, value string }{{"need", s.Need}, {"achievement", s.Achievement}, {"query " + string(s.Kind), s.Query}} {
		if t.value != "" {
			return t.name + " " + t.value
		}
	}
	return "field " + string(s.Kind) + " " + s.Field
}

// Subject is the document whose list a subscription follows; no ID where it follows a search or a field.
func (s Subscription) Subject() corpus.Link {
	if s.Need != "" {
		return corpus.Link{Kind: corpus.Need, ID: s.Need}
	}
	return corpus.Link{Kind: corpus.Achievement, ID: s.Achievement}
}

// Alerts reports whether alerts are raised for the subscription: it is active and, where they are mailed, its holder has
// confirmed the address.
func (s Subscription) Alerts() bool {
	return s.State == Active && (s.Mail == "" || !s.Confirmed.IsZero())
}

// AlertID is the id under which a subscription is told of a document, whenever and however often that is: 32 hex digits
// of a hash of both and of what is asked for.
func AlertID(s Subscription, document string) string {
	return hashID("alert", s.ID, s.Topic(), document)
}

// ConfirmationsADay is how many mails a day ask the holder of one address to confirm it, whoever subscribed there.
const ConfirmationsADay = 5

// ConfirmationIDs are the ids under which the holder of a mail address can be asked to confirm it on the day on which the
// subscription was last edited. All subscriptions to the address have the same: each takes one that is free.
func ConfirmationIDs(s Subscription) (ids [ConfirmationsADay]string) {
	for i := range ids {
		ids[i] = hashID("confirm", strings.ToLower(s.Mail), string(corpus.DayOf(s.Updated)), strconv.Itoa(i))
	}
	return ids
}

func hashID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// RetryWaits lie between the tries of a delivery: eight tries within 28 hours, as Standard Webhooks advises.
var RetryWaits = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 10 * time.Hour}

// RetryAfter is how long to wait after so many failed tries, 1 or more; ok is false after the last one. jitter, in [0, 1),
// adds up to a tenth, so that what failed together is not tried together.
func RetryAfter(waits []time.Duration, attempts int, jitter float64) (wait time.Duration, ok bool) {
	if attempts > len(waits) {
		return 0, false
	}
	wait = waits[attempts-1]
	return wait + time.Duration(jitter*float64(wait)/10), true
}

// digestHour is when digests go, in Asia/Shanghai.
const digestHour = 8 * time.Hour

// Next is when alerts that are raised now are mailed: at once, or at eight in the morning of the next day or Monday.
func (d Digest) Next(now time.Time) time.Time {
	return d.next(now, digestHour)
}

// next is Next with another time of the day.
func (d Digest) next(now time.Time, at time.Duration) time.Time {
	today := dayOf(now)
	switch d {
	case DailyDigest:
		next := today.Add(at)
		if !next.After(now) {
			next = today.AddDate(0, 0, 1).Add(at)
		}
		return next
	case WeeklyDigest:
		next := today.AddDate(0, 0, (8-int(today.Weekday()))%7).Add(at)
		if !next.After(now) {
			next = next.AddDate(0, 0, 7)
		}
		return next
	}
	return now
}

// Confirm returns the subscription with its mail address confirmed. One that was so before keeps its time; one without an
// address or with another than mail has code NotFound, an ended one Conflict.
func (s Subscription) Confirm(mail string, now time.Time) (Subscription, error) {
	switch {
	case s.Mail == "" || s.Mail != mail:
		e := corpus.Errorf(corpus.NotFound, "the subscription has another address by now")
		e.Fix = "use the link of the latest mail"
		return s, e
	case s.State == Ended:
		e := corpus.Errorf(corpus.Conflict, "the subscription has ended")
		e.Fix = "make a new one"
		return s, e
	}
	s.Confirmed = cmp.Or(s.Confirmed, now.UTC().Truncate(time.Second))
	return s, nil
}
