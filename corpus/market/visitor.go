package market

import (
	"strings"
	"time"
	"unicode/utf8"

	"duijie/corpus"
)

// A Visitor is a person without a key who said "I am interested" on the page of a portal. It is personal: it stands in
// the lead alone, in no log, and only those who see all leads read it.
type Visitor struct {
	Name    string `json:"name" doc:"of the person or the firm, 100 characters at most"`
	Contact string `json:"contact" doc:"a telephone number or an address, 200 characters at most"`
}

// maxContact is how many runes of contact a visitor may leave.
const maxContact = 200

// Check returns v without the space around its values; an error of code Invalid where one is missing or too long.
func (v Visitor) Check() (Visitor, error) {
	for _, f := range []struct {
		name, fix string
		value     *string
		max       int
	}{
		{"name", "say who is interested, in 1 to 100 characters", &v.Name, maxName},
		{"contact", "leave a telephone number or an address, in 1 to 200 characters", &v.Contact, maxContact},
	} {
		*f.value = strings.TrimSpace(*f.value)
		if n := utf8.RuneCountInString(*f.value); n == 0 || n > f.max {
			return Visitor{}, invalid(f.name, f.fix, "%s has %d characters", f.name, n)
		}
	}
	return v, nil
}

// MakeVisitorLead returns the lead of a visitor, who looked at a need, an achievement or both. Its error has code Invalid.
func MakeVisitorLead(need, achievement, message string, v Visitor, by string, now time.Time) (Lead, error) {
	if need == "" && achievement == "" {
		return Lead{}, invalid("achievement", "name the need, the achievement or both", "nothing is named")
	}
	v, err := v.Check()
	if err != nil {
		return Lead{}, err
	}
	l, err := MakeLead(need, achievement, message, by, now)
	l.Visitor = &v
	return l, err
}

// Pair reports whether the lead joins a need with an achievement; what a visitor liked outside of a need's list does not.
func (l Lead) Pair() bool { return l.Need != "" && l.Achievement != "" }

// Of returns the documents that the lead is about.
func (l Lead) Of() []corpus.Link {
	var of []corpus.Link
	for _, d := range []corpus.Link{{Kind: corpus.Need, ID: l.Need}, {Kind: corpus.Achievement, ID: l.Achievement}} {
		if d.ID != "" {
			of = append(of, d)
		}
	}
	return of
}
