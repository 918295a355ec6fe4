package market

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"duijie/corpus"
)

// Accounts is the record table of accounts.
const Accounts = "accounts"

// An Account is a person who signs in. It is made by an invitation, whose link sets login and password, and again for a
// forgotten password. Only the hash of either secret is kept.
type Account struct {
	ID    string `json:"id"`
	Login string `json:"login,omitempty" doc:"what to sign in with, in lower case: a name or a mail address; none until the invitation is taken"`
	Name  string `json:"name" doc:"of the person"`
	Role  Role   `json:"role" enum:"admin,reviewer,county,broker,firm,holder,read"`
	Org   string `json:"org,omitempty" doc:"whom the person belongs to, as an admin wrote it; for people to read, and without effect"`
	// Organisation decides whose records the person shares.
	Organisation string    `json:"organisation,omitempty" doc:"id of the organisation that the person belongs to"`
	Lead         bool      `json:"lead,omitempty" doc:"the person leads the organisation, and invites members"`
	Territory    []string  `json:"territory,omitempty" doc:"of a county: codes of GB/T 2260, whose records the person sees"`
	Password     string    `json:"password,omitempty" doc:"Argon2id, PHC string format"`
	Subject      string    `json:"subject,omitempty" doc:"issuer and subject of who signs in by an OpenID Connect provider, a blank between them"`
	Disabled     bool      `json:"disabled,omitempty"`
	Created      time.Time `json:"created"`
	Invite       string    `json:"invite,omitempty" doc:"SHA-256 of the link's secret, hex"`
	InviteUntil  time.Time `json:"invite_until,omitzero"`
}

const (
	inviteTime = 24 * time.Hour
	minLogin   = 3
	maxLogin   = 100
)

// MakeAccount returns the account of somebody who is to be invited; an error of code Invalid where that can't be.
func MakeAccount(name string, role Role, org string, now time.Time) (Account, error) {
	a, err := Account{ID: random(12), Created: now.UTC().Truncate(time.Second)}.Describe(name, role, org)
	return a, err
}

// Describe returns the account with another name, role and organisation.
func (a Account) Describe(name string, role Role, org string) (Account, error) {
	name, err := checkName(name, "who it is")
	if err != nil {
		return a, err
	}
	if err := checkRole(role); err != nil {
		return a, err
	}
	org = strings.TrimSpace(org)
	if n := utf8.RuneCountInString(org); n > 2*maxName {
		return a, invalid("org", "shorten it", "the organisation has %d characters, more than the %d allowed", n, 2*maxName)
	}
	a.Name, a.Role, a.Org = name, role, org
	return a, nil
}

// Joins returns the account as a member of an organisation, which it may lead; of none where the id is "".
func (a Account) Joins(organisation string, lead bool) Account {
	a.Organisation, a.Lead = organisation, lead && organisation != ""
	return a
}

// Governing returns the account with a territory, which its role must need: see ParseTerritory.
func (a Account) Governing(texts []string) (Account, error) {
	codes, err := ParseTerritory(a.Role, texts)
	a.Territory = codes
	return a, err
}

// Invited returns the account with a new invitation and the secret of its link, 43 letters, digits, - and _, which works
// for a day. One made before ends; a password that is set stays until the link is used.
func (a Account) Invited(now time.Time) (Account, string) {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	token := base64.RawURLEncoding.EncodeToString(secret)
	a.Invite, a.InviteUntil = tokenHash(token), now.Add(inviteTime).UTC().Truncate(time.Second)
	return a, token
}

// ParseLogin returns a login as it is kept (RFC 8265, UsernameCaseMapped): in lower case, full-width letters narrow.
func ParseLogin(s string) (string, error) {
	login, err := precis.UsernameCaseMapped.String(strings.TrimSpace(s))
	if n := utf8.RuneCountInString(login); err != nil || n < minLogin || n > maxLogin {
		return "", invalid("login", "use 3 to 100 letters, digits and signs without spaces, or a mail address", "this can't be a login")
	}
	return login, nil
}

// Welcome sets login and password by the link of the invitation, which ends by it. A login that is set stays.
func (a Account) Welcome(login, password string) (Account, error) {
	if a.Login == "" {
		var err error
		if a.Login, err = ParseLogin(login); err != nil {
			return a, err
		}
	}
	a.Invite, a.InviteUntil = "", time.Time{}
	return a.SetPassword(password)
}

// Known returns the account of somebody whom a provider knows as subject; an invitation ends by it. Without a login they sign
// in by the provider only.
func (a Account) Known(subject, login string) Account {
	a.Subject, a.Login, a.Invite, a.InviteUntil = subject, login, "", time.Time{}
	return a
}

// SetPassword returns the account with another password; an error of code Invalid for one that is easy to guess.
func (a Account) SetPassword(password string) (Account, error) {
	p, err := checkPassword(password, a.Login)
	if err == nil {
		a.Password = hashPassword(p)
	}
	return a, err
}

// Fits reports whether a password is the account's, in the same time for the zero Account. old says that its hash was made
// with other parameters than today's.
func (a Account) Fits(password string) (fits, old bool, err error) {
	if a.Password == "" {
		_, _, err := passwordFits(nobodysPassword, password)
		return false, false, err
	}
	return passwordFits(a.Password, password)
}

// Active reports whether somebody can sign in with the account.
func (a Account) Active() bool { return (a.Password != "" || a.Subject != "") && !a.Disabled }

// AccountOf returns an account with the version of its record; an error of code NotFound where there is none.
func AccountOf(store *corpus.Store, id string) (a Account, version uint64, err error) {
	r, err := store.Record(Accounts, id)
	if err == nil {
		err = json.Unmarshal(r.Body, &a)
	}
	return a, r.Version, err
}

// FindAccount returns the first account for which is holds, with the version of its record; an error of code NotFound where
// there is none. It reads all: there are as many as people work with the exchange.
func FindAccount(store *corpus.Store, is func(Account) bool) (Account, uint64, error) {
	for r, err := range store.Records(Accounts) {
		if err != nil {
			return Account{}, 0, err
		}
		var a Account
		if err := json.Unmarshal(r.Body, &a); err != nil {
			return Account{}, 0, fmt.Errorf("account %s: %w", r.ID, err)
		}
		if is(a) {
			return a, r.Version, nil
		}
	}
	return Account{}, 0, corpus.Errorf(corpus.NotFound, "there is no such account")
}

// InvitedAccount returns the account whose invitation's link holds a secret; an error of code NotFound where none does, or
// none any more.
func InvitedAccount(store *corpus.Store, token string, now time.Time) (Account, uint64, error) {
	hash := tokenHash(token)
	return FindAccount(store, func(a Account) bool { return a.Invite == hash && now.Before(a.InviteUntil) && !a.Disabled })
}
