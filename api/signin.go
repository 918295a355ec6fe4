package api

import (
	"context"
	"encoding/json"
	"net/http"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Wrong tries to sign in: triesPerAddress in a minute from one address; of one login from one address loginTries at once and
// one a minute after that; of one login from all addresses loginTriesOfAll at once and loginTriesPerMinute after that, which
// are 14,500 a day and find no password of ten characters. Where the login came in before, since the start, tries count for
// that address only: nobody else's can keep its owner out there. Who asks from ten addresses or more without pause can keep
// the owner out elsewhere; the link of a new invitation and a key are not counted by login and let the owner in.
const (
	triesPerAddress     = 10
	loginTries          = 10
	loginTriesOfAll     = 50
	loginTriesPerMinute = 10
	hashers             = 2 // passwords hashed at once, each in 19 MiB
)

// A SignIn is what somebody signs in with: login and password, or a key.
type SignIn struct {
	Login, Password string
	Key             string
	Agent           string // what the browser says it is
	Asker           string // who asks, for the rate: Proxies.Asker
}

// SignIn begins a session and returns the secret of its cookie. An error of code Unauthorized does not say what is wrong; a
// *Problem of status 429 says that there were too many tries.
func (s *Service) SignIn(ctx context.Context, in SignIn) (token string, c Caller, err error) {
	if in.Key != "" {
		return s.signInByKey(ctx, in)
	}
	login, err := market.ParseLogin(in.Login)
	wrong := err != nil
	a, err := s.tryPassword(ctx, in.Asker, login, in.Password, func(a market.Account) bool { return !wrong && a.Login == login })
	if err != nil {
		return "", Caller{}, err
	}
	return s.beginSession(ctx, "sign in", a, nil, in.Agent)
}

// signInByKey lets a right key in however often its address tried: behind a proxy all people share one, and keys are too
// long to be guessed.
func (s *Service) signInByKey(ctx context.Context, in SignIn) (string, Caller, error) {
	k, err := market.KeyOf(s.Store, in.Key, s.now())
	if corpus.CodeOf(err) == corpus.Unauthorized {
		if wait, _ := s.tries.take("address "+in.Asker, triesPerAddress, triesPerAddress, 1, s.now()); wait > 0 {
			err = tooOften(ctx, wait)
		}
	}
	if err != nil {
		return "", Caller{}, err
	}
	s.used(market.Keys, k.ID)
	session, token := k.Session(in.Key, in.Agent, s.now())
	c := Caller{Name: "key:" + k.ID, Role: k.Role, Key: true, Admin: k.Role == market.Admin, Session: session.ID, Territory: k.Territory}
	if c, err = s.member(c, k.Organisation, false); err != nil {
		return "", Caller{}, err
	}
	return token, c, s.putSession(ctx, c, "sign in", session, nil)
}

// tryPassword returns the account for which is holds and whose password fits; an error of code Unauthorized where that is
// none. Tries are counted by who asks, by login, and by both; right ones not.
func (s *Service) tryPassword(ctx context.Context, asker, login, password string, is func(market.Account) bool) (market.Account, error) {
	now := s.now()
	wait, giveBack := s.tries.take("address "+asker, triesPerAddress, triesPerAddress, 1, now)
	if wait > 0 {
		return market.Account{}, tooOften(ctx, wait)
	}
	pair := "login " + login + " " + asker
	home := s.cameIn.knows(pair)
	of := &s.tries
	if home {
		of = &s.cameIn
	}
	wait, giveBackPair := of.take(pair, 1, loginTries, 1, now)
	giveBackLogin := func() {}
	if wait == 0 && !home {
		if wait, giveBackLogin = s.tries.take("login "+login, loginTriesPerMinute, loginTriesOfAll, 1, now); wait > 0 {
			giveBackPair() // nothing was tried
		}
	}
	if wait > 0 {
		return market.Account{}, tooOften(ctx, wait)
	}
	a, version, err := market.FindAccount(s.Store, func(a market.Account) bool { return is(a) && a.Active() })
	if err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return market.Account{}, err
	}
	var fits, old bool
	if err := hashing(ctx, func() error {
		fits, old, err = a.Fits(password) // of the zero account too: the time tells nothing
		return err
	}); err != nil {
		return market.Account{}, err
	}
	if !fits {
		return market.Account{}, corpus.Errorf(corpus.Unauthorized, "login and password don't fit")
	}
	giveBack()
	giveBackPair()
	giveBackLogin()
	if !home {
		s.cameIn.take(pair, 1, loginTries, 0, now)
	}
	if old {
		if anew, err := a.SetPassword(password); err == nil { // a rule may have come since
			if s.putRecord(ctx, Caller{Name: "account:" + a.ID}, "hash the password of account "+a.ID+" anew", market.Accounts, a.ID, anew, version) == nil {
				a = anew
			}
		}
	}
	return a, nil
}

var hashSlots = make(chan struct{}, hashers)

// hashing runs f when fewer than hashers run: many tries at once must not take all memory.
func hashing(ctx context.Context, f func() error) error {
	select {
	case hashSlots <- struct{}{}:
		defer func() { <-hashSlots }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Welcome returns the account that the link of an invitation opens; an error of code NotFound where it opens none.
func (s *Service) Welcome(token string) (AccountInfo, error) {
	a, _, err := market.InvitedAccount(s.Store, token, s.now())
	if err != nil {
		return AccountInfo{}, err
	}
	return s.accountInfo(a)
}

// TakeInvitation sets login and password by the link of an invitation, ends all sessions of the account and begins one. Its
// error has code NotFound as that of Welcome, Invalid with a Field for a login or a password that can't be, and Conflict
// for a login that another has.
func (s *Service) TakeInvitation(ctx context.Context, token, login, password, agent string) (cookie string, c Caller, err error) {
	s.people.Lock() // until the login is written, no other may take it
	defer s.people.Unlock()
	old, version, err := market.InvitedAccount(s.Store, token, s.now())
	if err != nil {
		return "", Caller{}, err
	}
	var a market.Account
	if err := hashing(ctx, func() error {
		a, err = old.Welcome(login, password)
		return err
	}); err != nil {
		return "", Caller{}, err
	}
	_, _, err = market.FindAccount(s.Store, func(other market.Account) bool { return other.ID != a.ID && other.Login == a.Login })
	if err == nil {
		e := corpus.Errorf(corpus.Conflict, "another has this login")
		e.Field, e.Fix = "login", "choose another"
		return "", Caller{}, e
	}
	if corpus.CodeOf(err) != corpus.NotFound {
		return "", Caller{}, err
	}
	records, err := s.passwordRecords(a, version, "")
	if err != nil {
		return "", Caller{}, err
	}
	return s.beginSession(ctx, "take the invitation of account "+a.ID, a, records, agent)
}

// ChangePassword sets another password for the account of c, who knows the one until now, and ends its other sessions.
// Errors as those of SignIn and TakeInvitation.
func (s *Service) ChangePassword(ctx context.Context, c Caller, asker, now, then string) error {
	if err := c.may(market.Accounts, "password"); err != nil {
		return err
	}
	old, _, err := s.account(c.Account)
	if err != nil {
		return err
	}
	if _, err := s.tryPassword(ctx, asker, old.Login, now, func(a market.Account) bool { return a.ID == c.Account }); err != nil {
		return err
	}
	old, version, err := s.account(c.Account) // its hash may be another by now
	if err != nil {
		return err
	}
	var a market.Account
	if err := hashing(ctx, func() error {
		a, err = old.SetPassword(then)
		return err
	}); err != nil {
		return err
	}
	records, err := s.passwordRecords(a, version, c.Session)
	if err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: "change password", Records: records})
	return err
}

// passwordRecords are an account with another password, and the end of its sessions but one.
func (s *Service) passwordRecords(a market.Account, version uint64, but string) ([]corpus.Record, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	ended, err := s.sessionsOf(a.ID, but)
	return append(ended, corpus.Record{Table: market.Accounts, ID: a.ID, Body: body, IfVersion: version}), err
}

// crossOrigin reports a request that changes something and comes from a page of another origin, by what its browser says.
func crossOrigin(r *http.Request) error {
	var guard http.CrossOriginProtection
	if guard.Check(r) == nil {
		return nil
	}
	e := corpus.Errorf(corpus.Forbidden, "a page of another site asks in the name of who is signed in")
	e.Fix = "ask from our own pages, or with a key"
	return e
}
