package market

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"duijie/corpus"
)

// FeedbackTable is the record table of feedback.
const FeedbackTable = "feedback"

// An Act is what somebody did with a match.
type Act string

const (
	ShownAct     Act = "shown"     // saw a list
	OpenedAct    Act = "opened"    // read an entry of it
	ContactedAct Act = "contacted" // asked for the other side
	DeclinedAct  Act = "declined"  // said no, with a reason
	SignedAct    Act = "signed"    // made a contract
)

// Feedback is one thing that somebody did with the match list of a need. It holds no name of a person.
type Feedback struct {
	ID          string        `json:"id" doc:"begins with the need's id and a slash; those of a need sort by time"`
	Need        string        `json:"need" doc:"id of the need"`
	Act         Act           `json:"act" enum:"shown,opened,contacted,declined,signed"`
	Achievement string        `json:"achievement,omitempty" doc:"id; of all acts but shown"`
	Shown       []string      `json:"shown,omitempty" doc:"ids of the achievements in the order in which they were shown"`
	Position    int           `json:"position,omitempty" doc:"the rank at which the entry stood, or the first of shown; 0 is unknown"`
	Reason      DeclineReason `json:"reason,omitempty" enum:"too_early,benefit_unclear,route_unclear,text_unclear,scientific_doubt,not_our_strategy,already_solved,price_or_terms" doc:"of declined"`
	Ranking     string        `json:"ranking,omitempty" doc:"version of the ranking that made the list"`
	By          string        `json:"by" doc:"who told of it, as key:ID"`
	At          time.Time     `json:"at" doc:"when it was done"`
}

// Limits of one Feedback.
const (
	maxShown   = 100 // entries of a list, and its last rank: a list shows no more
	maxVersion = 64  // characters of the name of a ranking
	// maxSkew is how far ahead a caller's clock may be.
	maxSkew = 5 * time.Minute
)

// MakeFeedback checks f, gives it its id and says who told of it. At may say when it was done, to the millisecond: the
// same told twice for the same time has the same id. An error has code Invalid and names the field.
func MakeFeedback(f Feedback, by string, now time.Time) (Feedback, error) {
	if f.At.IsZero() {
		f.At = now
	}
	if f.At.After(now.Add(maxSkew)) {
		return f, invalid("at", "send when it was done, or leave it out", "this time is yet to come")
	}
	if f.Position < 0 || f.Position > maxShown {
		return f, invalid("position", "use a rank from 1 to 100, or leave it out", "%d is no rank", f.Position)
	}
	if utf8.RuneCountInString(f.Ranking) > maxVersion {
		return f, invalid("ranking", "use versions.ranking of the list", "more than %d characters", maxVersion)
	}
	if err := f.checkAct(); err != nil {
		return f, err
	}
	f.By, f.At, f.ID = by, f.At.UTC().Truncate(time.Millisecond), ""
	b, err := json.Marshal(f)
	if err != nil {
		return f, err
	}
	f.ID = fmt.Sprintf("%s/%012x%x", f.Need, f.At.UnixMilli(), sha256.Sum256(b))[:len(f.Need)+1+12+16]
	return f, nil
}

// checkAct checks the fields that belong to one act and not to others.
func (f Feedback) checkAct() error {
	switch {
	case !slices.Contains([]Act{ShownAct, OpenedAct, ContactedAct, DeclinedAct, SignedAct}, f.Act):
		return invalid("act", "use shown, opened, contacted, declined or signed", "unknown act %q", f.Act)
	case f.Need == "":
		return invalid("need", "give the id of the need", "there is none")
	case f.Act == ShownAct && (len(f.Shown) == 0 || max(f.Position, 1)+len(f.Shown)-1 > maxShown):
		return invalid("shown", "give the ids in the order in which they were shown, to rank 100 at most", "%d ids", len(f.Shown))
	case f.Act != ShownAct && len(f.Shown) > 0:
		return invalid("shown", "leave it out", "only the act shown has a list")
	case f.Act == ShownAct && f.Achievement != "":
		return invalid("achievement", "leave it out", "the act shown has a list")
	case f.Act != ShownAct && f.Achievement == "":
		return invalid("achievement", "give the id of the achievement", "there is none")
	case f.Act == DeclinedAct && !slices.Contains(DeclineReasons, f.Reason):
		return invalid("reason", "give one of "+list(DeclineReasons), "a decline needs a reason, not %q", f.Reason)
	case f.Act != DeclinedAct && f.Reason != "":
		return invalid("reason", "leave it out", "only a decline has a reason")
	}
	for i, id := range f.Shown {
		if id == "" || len(id) > corpus.MaxIDBytes {
			return invalid("shown", "give ids of achievements", "%q is no id", id)
		}
		if slices.Contains(f.Shown[:i], id) {
			return invalid("shown", "name each entry once", "%s stands twice", id)
		}
	}
	return nil
}

// Feedback says what became of a lead: opening one for the other side is a contact.
func (l Lead) Feedback() Feedback {
	f := Feedback{ID: l.ID, Need: l.Need, Achievement: l.Achievement, Act: ContactedAct, By: l.By, At: l.Updated}
	switch l.State {
	case Declined:
		f.Act, f.Reason = DeclinedAct, l.Reason
	case Contracted:
		f.Act = SignedAct
	}
	return f
}
