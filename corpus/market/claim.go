package market

import (
	"strconv"
	"time"

	"duijie/corpus"
)

// Claims is the record table of claims.
const Claims = "claims"

// States of a claim.
const (
	Held     State = "held"     // its broker works on it, until its last day
	Released State = "released" // given back; final
	Lapsed   State = "lapsed"   // its last day passed; final
)

const (
	// ClaimDays is how many working days a claim holds that names none: as many as an expression of interest may wait for an
	// answer before a broker is given it.
	ClaimDays = 5
	// maxClaimDays is the most: who needs longer claims again, where nobody else waits.
	maxClaimDays = 10
	// MaxClaims is how many claims one broker holds at a time.
	MaxClaims = 20
)

// A Claim keeps a need, with all that is asked about it, or a lead without a need for one broker, so that no two work on it.
// By is who holds it: a hand-over changes it.
type Claim struct {
	ID           string      `json:"id"`
	Lead         string      `json:"lead,omitempty" doc:"id of the lead; of lead and need one will do"`
	Need         string      `json:"need,omitempty" doc:"id of the need, which is that of the lead where it has one: a claim is on a need with all its leads"`
	Days         string      `json:"days,omitempty" doc:"for how many working days, 1 to 10; default: 5"`
	Note         string      `json:"note,omitempty" doc:"what the broker means to do, 500 characters at most"`
	Until        corpus.Date `json:"until" doc:"the last day; after it anybody may claim the same"`
	State        State       `json:"state" enum:"held,released,lapsed"`
	By           string      `json:"by" doc:"who holds it, as key:ID or account:ID"`
	Organisation string      `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time   `json:"created"`
	Updated      time.Time   `json:"updated"`
}

// ClaimType declares claims, of which no two that are held are of the same need, or of the same lead without one.
var ClaimType = Type[Claim]{
	Declared: Declared{
		Name: Claims, One: Words{"认领", "claim"}, Many: Words{"认领", "Claims"},
		States: []Named{{string(Held), Words{"认领中", "Held"}}, {string(Released), Words{"已放回", "Released"}}, {string(Lapsed), Words{"已到期", "Lapsed"}}},
		Moves:  map[State][]State{Held: {Released, Lapsed}},
		Fields: []Field{
			{Name: "need", Kind: corpus.Need, Fixed: true, Words: Words{"技术需求", "Need"}, Hint: Words{"填已发布的技术需求的编号；填了对接意向的，可以空着。", "give the id of a published need, or that of a lead"}},
			{Name: "lead", Record: Leads, Fixed: true, Sole: claimed, Words: Words{"对接意向", "Lead"}, Hint: Words{"填对接意向的编号；同一需求的意向一并认领。", "give the id of a lead that nobody has claimed; it is claimed with its need"}},
			{Name: "days", Fixed: true, Limit: 2, Words: Words{"工作日", "Working days"}, Hint: Words{"认领几个工作日，1 到 10；不填是 5。", "give a number from 1 to 10, or leave it out for 5"}},
			{Name: "note", Limit: 500, Lines: 2, Words: Words{"打算", "Plan"}, Hint: Words{"打算怎么做，500 字以内。", "write 500 characters at most"}},
		},
		Derived: []Field{{Name: "until", Words: Words{"认领到", "Until"}}},
		Due:     "until",
		Most:    MaxClaims,
	},
	Check: checkClaim,
	Head:  func(c *Claim) Head { return Head{&c.ID, &c.State, &c.By, &c.Organisation, &c.Created, &c.Updated} },
	Example: Claim{ID: "019ac2f1b3e0q7Rk2ZpX", Need: "wxk4dzcq", Days: "5", Until: "2026-11-30", State: Held, By: "account:3f9a0c11d2e4",
		Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// claimed lets nobody else have what is held.
func claimed(text func(field string) string) string {
	if State(text("state")) != Held {
		return ""
	}
	return ClaimKey(text("need"), text("lead"))
}

// ClaimKey is the key of the claim of a need, or of a lead without one.
func ClaimKey(need, lead string) string {
	if need != "" {
		return "need / " + need
	}
	return "lead / " + lead
}

func checkClaim(c *Claim, _ Claim) corpus.Faults {
	if c.Need == "" && c.Lead == "" {
		return wrong("need", "it is missing, and so is a lead")
	}
	days := ClaimDays
	if c.Days != "" {
		var err error
		if days, err = strconv.Atoi(c.Days); err != nil || days < 1 || days > maxClaimDays {
			return wrong("days", "%q is no number of days", c.Days)
		}
	}
	if c.Until == "" {
		c.Until = workday(c.Created, days)
	}
	return nil
}
