package market

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"duijie/corpus"
)

// Reminders is the record table of reminders.
const Reminders = "reminders"

// An Answer is what a holder says of a posting.
type Answer string

const (
	Stands Answer = "stands"   // still on offer, or still wanted
	Taken  Answer = "taken"    // an achievement that was licensed or transferred, a need that is solved
	Remove Answer = "withdraw" // to be taken down
	Later  Answer = "later"    // to be asked again after 30 days; another answer may follow
)

// Answers lists all answers in the order in which they are offered.
var Answers = []Answer{Stands, Taken, Remove, Later}

// A Reminder asks the holder of one posting whether it stands. Its link holds a secret, of which only the hash is kept.
type Reminder struct {
	ID       string      `json:"id" doc:"SHA-256 of the link's secret, hex"`
	Kind     corpus.Kind `json:"kind" enum:"achievement,need"`
	Document string      `json:"document" doc:"id of the posting"`
	Number   uint32      `json:"number"` // of the posting
	Sent     time.Time   `json:"sent"`
	Answered time.Time   `json:"answered,omitzero"`
	Answer   Answer      `json:"answer,omitempty" enum:"stands,taken,withdraw,later"`
}

// A ReminderState says what a link can still do.
type ReminderState string

const (
	Open     ReminderState = "open"
	Answered ReminderState = "answered"
	Over     ReminderState = "over" // older than linkDays
)

// tokenBytes of randomness can't be guessed, whatever the rate of tries.
const tokenBytes = 16

// MakeReminder returns a reminder about a posting and the secret of its link, 22 letters, digits, - and _, which is shown
// this once.
func MakeReminder(d *corpus.Doc, now time.Time) (r Reminder, token string) {
	secret := make([]byte, tokenBytes)
	rand.Read(secret) // never fails
	token = base64.RawURLEncoding.EncodeToString(secret)
	return Reminder{ID: tokenHash(token), Kind: d.Kind, Document: d.ID, Number: d.Number, Sent: now.UTC().Truncate(time.Second)}, token
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// ReminderOf returns the reminder whose link holds a secret, with the version of its record; an error of code NotFound
// where there is none.
func ReminderOf(store *corpus.Store, token string) (Reminder, uint64, error) {
	var m Reminder
	r, err := store.Record(Reminders, tokenHash(token))
	if err == nil {
		err = json.Unmarshal(r.Body, &m)
	}
	return m, r.Version, err
}

// silent is when a notice that has no answer counts as unanswered.
func (r Reminder) silent() time.Time { return dayOf(r.Sent).AddDate(0, 0, patience) }

// Ends is when the link ceases to work, at midnight in Asia/Shanghai.
func (r Reminder) Ends() time.Time { return dayOf(r.Sent).AddDate(0, 0, linkDays) }

// dayOf is the beginning of a moment's day, so that a job that runs once a day need not mind the minute.
func dayOf(t time.Time) time.Time { return corpus.DayOf(t).Last() }

// State says what the link can still do. An answer later leaves it open.
func (r Reminder) State(now time.Time) ReminderState {
	switch {
	case r.Answer != "" && r.Answer != Later:
		return Answered
	case now.Before(r.Ends()):
		return Open
	}
	return Over
}

// Apply returns the answered reminder and the posting as the answer leaves it. The answer that was given already changes
// nothing; another one, one that comes too late and one about a posting that is not on show have code Conflict; one that is
// none of Answers has code Invalid. A posting that stands loses a last day that is over.
func (r Reminder) Apply(d corpus.Doc, a Answer, now time.Time) (Reminder, corpus.Doc, error) {
	if !slices.Contains(Answers, a) {
		return r, d, invalid("answer", "use one of "+list(Answers), "unknown answer %q", a)
	}
	switch state := r.State(now); {
	case a == r.Answer:
		return r, d, nil
	case state == Answered:
		e := corpus.Errorf(corpus.Conflict, "this link was answered with %s", r.Answer)
		e.Fix = "ask the operator to change it"
		return r, d, e
	case state == Over:
		e := corpus.Errorf(corpus.Conflict, "this link worked until %s", corpus.DayOf(r.Ends()))
		e.Fix = "wait for the next question, or ask the operator"
		return r, d, e
	case d.Status != corpus.Published:
		e := corpus.Errorf(corpus.Conflict, "%s %q is not on show", d.Kind, d.ID)
		e.Fix = "ask the operator"
		return r, d, e
	}
	r.Answer, r.Answered = a, now.UTC().Truncate(time.Second)
	switch {
	case a == Stands:
		d.ConfirmedOn = corpus.DayOf(now)
		if d.ValidUntil.Over(now) {
			d.ValidUntil = ""
		}
	case a == Taken && d.Kind == corpus.Achievement:
		d.LicensedOn, d.ConfirmedOn = corpus.DayOf(now), corpus.DayOf(now)
	case a == Taken, a == Remove:
		d.Status, d.WithdrawnOn = corpus.Withdrawn, corpus.DayOf(now)
	}
	return r, d, nil
}
