package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"duijie/corpus"
	"duijie/corpus/market"
)

const (
	// OIDCPath is where a provider sends people back to, behind BaseURL.
	OIDCPath = "/signin/oidc/done"
	// OIDCTime is how long signing in at a provider may take.
	OIDCTime = 10 * time.Minute
	oidcWait = 10 * time.Second // for an answer of the provider
)

// An OIDC is a provider of OpenID Connect by which people sign in. Whom it names by the same subject is one person, whatever
// login and name they have there later.
type OIDC struct {
	Issuer, Client, Secret string      // Secret: "" of a public client
	Name                   string      // what people call it; "" is shown as a single sign-on
	Login, Person, Org     string      // claims that an account is made of: preferred_username, name, organization, say
	Scopes                 []string    // beside openid
	Role                   market.Role // of who comes without an account and an invitation; "": they are refused

	mu       sync.Mutex
	provider *oidc.Provider // once it has answered
	again    time.Time      // when it may be asked again, after it did not
}

// An OIDCTicket is what a browser keeps while somebody signs in at the provider: a secret of theirs.
type OIDCTicket struct {
	State, Nonce, Verifier string
	Invitation             string // secret of the link that they came by; ""
}

// String writes a ticket for a cookie; ParseOIDCTicket reads it.
func (t OIDCTicket) String() string {
	return strings.Join([]string{t.State, t.Nonce, t.Verifier, t.Invitation}, ".")
}

// ParseOIDCTicket returns the zero OIDCTicket, which fits no answer, for what is none.
func ParseOIDCTicket(s string) (t OIDCTicket) {
	if parts := strings.Split(s, "."); len(parts) == 4 {
		t = OIDCTicket{parts[0], parts[1], parts[2], parts[3]}
	}
	return t
}

// client bounds what we ask of the provider.
func (o *OIDC) client(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: oidcWait})
}

// provider asks the provider for its addresses, once.
func (s *Service) provider(ctx context.Context) (*oidc.Provider, oauth2.Config, error) {
	o := s.OIDC
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider == nil {
		if s.now().Before(o.again) {
			return nil, oauth2.Config{}, s.providerFailed(ctx, errors.New("it was asked a moment ago"))
		}
		p, err := oidc.NewProvider(o.client(context.WithoutCancel(ctx)), o.Issuer)
		if err != nil {
			o.again = s.now().Add(oidcWait) // nobody waits behind the tries of others
			return nil, oauth2.Config{}, s.providerFailed(ctx, err)
		}
		o.provider = p
	}
	return o.provider, oauth2.Config{ClientID: o.Client, ClientSecret: o.Secret, Endpoint: o.provider.Endpoint(), RedirectURL: s.BaseURL + OIDCPath,
		Scopes: append([]string{oidc.ScopeOpenID}, o.Scopes...)}, nil
}

// providerFailed logs what went wrong between the provider and us, and says to whom signs in what they can do.
func (s *Service) providerFailed(ctx context.Context, err error) error {
	s.Log.WarnContext(ctx, "signing in by the provider failed", "issuer", s.OIDC.Issuer, "error", err)
	e := corpus.Errorf(corpus.Unavailable, "the provider does not answer as it should")
	e.Fix = "try again later, or sign in with login and password"
	if _, refused := errors.AsType[*oauth2.RetrieveError](err); refused {
		e = corpus.Errorf(corpus.Unauthorized, "the provider refuses this sign-in")
		e.Fix = "begin again"
	}
	return e
}

// BeginOIDC returns the provider's page that lets somebody sign in, and what their browser keeps until they come back.
// invitation is the secret of the link that they came by, or "".
func (s *Service) BeginOIDC(ctx context.Context, invitation string) (string, OIDCTicket, error) {
	if s.OIDC == nil {
		return "", OIDCTicket{}, corpus.Errorf(corpus.NotFound, "nobody signs in by a provider here")
	}
	_, config, err := s.provider(ctx)
	if err != nil {
		return "", OIDCTicket{}, err
	}
	t := OIDCTicket{rand.Text(), rand.Text(), oauth2.GenerateVerifier(), invitation}
	return config.AuthCodeURL(t.State, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)), t, nil
}

// EndOIDC begins a session for whom the provider sends back with a state and a code. An error of code Unauthorized says that
// these are not of the ticket, or that nobody here is known by that name; Conflict, that who was invited has another
// account already.
func (s *Service) EndOIDC(ctx context.Context, t OIDCTicket, state, code, agent string) (token string, c Caller, err error) {
	if s.OIDC == nil || t.State == "" || subtle.ConstantTimeCompare([]byte(t.State), []byte(state)) != 1 {
		return "", Caller{}, corpus.Errorf(corpus.Unauthorized, "this sign-in was not begun here, or too long ago")
	}
	who, err := s.askProvider(ctx, t, code)
	if err != nil {
		return "", Caller{}, err
	}
	s.people.Lock() // until the login is written, no other may take it
	defer s.people.Unlock()
	known, version, err := market.FindAccount(s.Store, func(a market.Account) bool { return a.Subject == who.Subject })
	if err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return "", Caller{}, err
	}
	if err == nil {
		return s.knownByOIDC(ctx, known, t.Invitation, agent)
	}
	a := market.Account{}
	switch {
	case t.Invitation != "":
		a, version, err = market.InvitedAccount(s.Store, t.Invitation, s.now())
	case s.OIDC.Role != "":
		version = 0
		a, err = market.MakeAccount(who.Name, s.OIDC.Role, who.Org, s.now())
	default:
		e := corpus.Errorf(corpus.Unauthorized, "nobody here is known by this name of the provider")
		e.Fix = "open the link of your invitation and go on to the provider from there, or ask an admin for one"
		err = e
	}
	if err != nil {
		return "", Caller{}, err
	}
	login, err := s.freeLogin(a, who.Login)
	if err != nil {
		return "", Caller{}, err
	}
	a = a.Known(who.Subject, login)
	records, err := s.passwordRecords(a, version, "")
	if err != nil {
		return "", Caller{}, err
	}
	return s.beginSession(ctx, "sign in by "+s.OIDC.Issuer+" for the first time as account "+a.ID, a, records, agent)
}

// knownByOIDC begins a session for an account that the provider names. An invitation of another account stays as it is.
func (s *Service) knownByOIDC(ctx context.Context, a market.Account, invitation, agent string) (string, Caller, error) {
	if invitation != "" {
		if invited, _, err := market.InvitedAccount(s.Store, invitation, s.now()); err == nil && invited.ID != a.ID {
			e := corpus.Errorf(corpus.Conflict, "who is signed in at the provider has another account here")
			e.Fix = "sign in with that one, or set login and password by the link"
			return "", Caller{}, e
		}
	}
	if !a.Active() {
		return "", Caller{}, corpus.Errorf(corpus.Unauthorized, "the account is disabled")
	}
	return s.beginSession(ctx, "sign in by "+s.OIDC.Issuer, a, nil, agent)
}

// freeLogin is the login of an account, or the one that a provider gives its person where that can be one and nobody has it;
// without one they sign in by the provider only.
func (s *Service) freeLogin(a market.Account, given string) (string, error) {
	if a.Login != "" {
		return a.Login, nil
	}
	login, err := market.ParseLogin(given)
	if err != nil {
		return "", nil
	}
	_, _, err = market.FindAccount(s.Store, func(other market.Account) bool { return other.Login == login })
	switch corpus.CodeOf(err) {
	case corpus.NotFound:
		return login, nil
	default:
		return "", err
	}
}

// A person is what a provider says of who signed in.
type person struct{ Subject, Login, Name, Org string }

// askProvider exchanges a code for what the provider says, which it has signed.
func (s *Service) askProvider(ctx context.Context, t OIDCTicket, code string) (person, error) {
	o := s.OIDC
	provider, config, err := s.provider(ctx)
	if err != nil {
		return person{}, err
	}
	ctx = o.client(ctx)
	tokens, err := config.Exchange(ctx, code, oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return person{}, s.providerFailed(ctx, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: o.Client}).Verify(ctx, raw)
	if err == nil && id.Nonce != t.Nonce {
		err = errors.New("the nonce is not ours")
	}
	if err == nil && id.Subject == "" { // all who lack one would be one person
		err = errors.New("there is no subject")
	}
	if err != nil {
		return person{}, s.providerFailed(ctx, err)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return person{}, s.providerFailed(ctx, err)
	}
	text := func(claim string) string { s, _ := claims[claim].(string); return s }
	login := text(o.Login)
	return person{o.Issuer + " " + id.Subject, login, cmp.Or(text(o.Person), login, id.Subject), text(o.Org)}, nil
}
