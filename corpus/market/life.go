package market

import (
	"cmp"
	"time"

	"duijie/corpus"
)

// A LifeState says how far a posting can be relied on.
type LifeState string

const (
	Current     LifeState = "current"     // the holder's word is fresh
	Due         LifeState = "due"         // the holder is to be asked whether it stands, or was and may still answer
	Unconfirmed LifeState = "unconfirmed" // the holder left two notices unanswered
	Expired     LifeState = "expired"     // its last day is over
	Withdrawn   LifeState = "withdrawn"   // is no longer on show
	Licensed    LifeState = "licensed"    // licensed or transferred, and still on show
)

// LifeStates lists all states in the order in which they are counted.
var LifeStates = []LifeState{Current, Due, Unconfirmed, Expired, Withdrawn, Licensed}

var lifeLabels = map[LifeState][2]string{Current: {"有效", "Current"}, Due: {"待确认", "To be confirmed"}, Unconfirmed: {"未确认", "Unconfirmed"},
	Expired: {"已过期", "Expired"}, Withdrawn: {"已撤下", "Withdrawn"}, Licensed: {"已许可或转让", "Licensed or transferred"}}

// Label returns the word that people read, in English for lang "en", else in Chinese.
func (s LifeState) Label(lang string) string {
	if lang == "en" {
		return lifeLabels[s][1]
	}
	return lifeLabels[s][0]
}

// A Life says how a posting stands on a day.
type Life struct {
	State LifeState   `json:"state" enum:"current,due,unconfirmed,expired,withdrawn,licensed"`
	Since corpus.Date `json:"since,omitempty" doc:"the day of the holder's last word, the last day of an expired posting, or the day from which the state holds"`
	Next  corpus.Date `json:"next,omitempty" doc:"the day on which the holder is asked again, or after which the posting is over"`
}

// Rules say how often a holder is asked; the zero value asks every half year.
type Rules struct {
	Months int // between a holder's word and the next question; 0: 6
}

const (
	// patience is how many days a holder has for an answer before the next notice goes, or the silence counts.
	patience = 30
	// silences make a posting unconfirmed.
	silences = 2
	// linkDays is how long the link of a notice works.
	linkDays = 60
)

func (r Rules) months() int {
	if r.Months <= 0 {
		return 6
	}
	return r.Months
}

// LifeOf says how a posting stands. notices are those about it, oldest first; now is the reader's. Experts, projects and
// drafts have no life: nil.
func LifeOf(d *corpus.Doc, notices []Reminder, r Rules, now time.Time) *Life {
	return stands(d, notices, r, now).life
}

// A standing is a life with what asking needs to know.
type standing struct {
	life *Life
	ask  time.Time // from then on the holder is to be asked; zero: never
	open int       // notices left unanswered since the holder's last word
}

func stands(d *corpus.Doc, notices []Reminder, r Rules, now time.Time) standing {
	switch {
	case d.Kind != corpus.Achievement && d.Kind != corpus.Need, d.Status == corpus.Draft:
		return standing{}
	case d.Status == corpus.Withdrawn:
		return standing{life: &Life{State: Withdrawn, Since: cmp.Or(d.WithdrawnOn, corpus.DayOf(d.Updated))}}
	case d.ValidUntil.Over(now):
		return standing{life: &Life{State: Expired, Since: d.ValidUntil}}
	case d.LicensedOn != "":
		return standing{life: &Life{State: Licensed, Since: d.LicensedOn}}
	}
	word := lastWord(d)
	due := word.AddDate(0, r.months(), 0)
	var open []Reminder
	for _, n := range notices {
		switch {
		case corpus.DayOf(n.Sent) <= corpus.DayOf(word), n.Sent.After(now): // or the reader asks for an earlier day
		case n.Answer == "", n.Answered.After(now):
			open = append(open, n)
		default: // but for a later, what was answered stands in the posting
			open = nil
			if n.Answer == Later {
				due = dayOf(n.Answered).AddDate(0, 0, patience)
			}
		}
	}
	l, ask := &Life{State: Current, Since: corpus.DayOf(word)}, due
	switch {
	case len(open) >= silences && !now.Before(open[silences-1].silent()):
		l.State, l.Since = Unconfirmed, corpus.DayOf(open[silences-1].silent())
		ask = dayOf(open[len(open)-1].Sent).AddDate(0, r.months(), 0)
	case len(open) > 0:
		l.State, l.Since = Due, corpus.DayOf(due)
		ask = open[len(open)-1].silent()
	case !now.Before(due):
		l.State, l.Since = Due, corpus.DayOf(due)
	}
	next := ask
	if end := d.ValidUntil.Last(); !end.IsZero() && end.Before(next) {
		next = end
	}
	l.Next = corpus.DayOf(next)
	return standing{l, ask, len(open)}
}

// lastWord is when the holder last spoke of a posting: it was published or confirmed, or else when it came here.
func lastWord(d *corpus.Doc) time.Time {
	last := dayOf(d.Created)
	if word := max(d.PublishedOn, d.ConfirmedOn); word != "" {
		last = word.Last()
	}
	return last
}

// TakesLeads returns nil where somebody may still say that a posting interests them, and else the error of code Conflict
// that says why not.
func (l *Life) TakesLeads(d *corpus.Doc) error {
	if l == nil || l.State != Expired && l.State != Withdrawn {
		return nil
	}
	e := corpus.Errorf(corpus.Conflict, "%s %q is expired and takes no leads", d.Kind, d.ID)
	e.Fix = "ask the holder to renew valid_until"
	if l.State == Withdrawn {
		e = corpus.Errorf(corpus.Conflict, "%s %q is withdrawn and takes no leads", d.Kind, d.ID)
		e.Fix = "ask the holder to publish it again"
	}
	e.Field = string(d.Kind)
	return e
}
