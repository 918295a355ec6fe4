package market

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Role is what an account or a key may do; Rights says what that is.
type Role string

const (
	Nobody   Role = ""         // who shows nothing: reads what is public
	Widget   Role = "site"     // who asks through a site key; no account and no key has it
	Reader   Role = "read"     // reads what is open to the signed in, and opens leads
	Firm     Role = "firm"     // of an enterprise that has needs
	Holder   Role = "holder"   // of a university or institute that has achievements
	Broker   Role = "broker"   // brings both together: sees and moves all leads
	Reviewer Role = "reviewer" // of the operator: decides what is published
	County   Role = "county"   // of a county's authority: sees what its territory has
	Admin    Role = "admin"    // reads and writes everything
)

// Roles are those that an account or a key can have, the mightiest first.
var Roles = []Role{Admin, Reviewer, County, Broker, Firm, Holder, Reader}

// checkRole returns nil for one of Roles, and an error of code Invalid for others.
func checkRole(r Role) error {
	if !slices.Contains(Roles, r) {
		return invalid("role", "use one of "+list(Roles), "unknown role %q", r)
	}
	return nil
}

// maxName is how many runes the name of a key or an account has.
const maxName = 100

// checkName returns a name without the space around it; an error of code Invalid where it has not 1 to maxName characters.
func checkName(name, what string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName {
		return "", invalid("name", "say in 1 to 100 characters "+what, "the name has %d characters", n)
	}
	return name, nil
}
