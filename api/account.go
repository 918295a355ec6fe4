package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// WelcomePath is where the links of invitations lead, with the secret behind it.
const WelcomePath = "/welcome/"

// accountRoutes are those by which admins keep the accounts of people.
func accountRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/accounts", id: "list-accounts", tag: "accounts", summary: "Who can sign in", right: "accounts list", add: handle((*Service).listAccounts)},
		{method: "POST", path: "/v1/accounts", id: "invite", tag: "accounts", summary: "Invite somebody by a link, shown this once, that sets login and password", right: "accounts create", secret: true, status: http.StatusCreated, add: handle((*Service).invite)},
		{method: "POST", path: "/v1/accounts/{id}/invite", id: "invite-again", tag: "accounts", summary: "Make a new link, shown this once, for a forgotten password too", right: "accounts create", secret: true, problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).inviteAgain)},
		{method: "PATCH", path: "/v1/accounts/{id}", id: "patch-account", tag: "accounts", summary: "Give an account another role, or disable it, which ends its sessions", right: "accounts update", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).patchAccount)},
	}
}

// An AccountInfo is what is shown of an account.
type AccountInfo struct {
	ID               string      `json:"id"`
	Login            string      `json:"login,omitempty" doc:"none until the invitation is taken"`
	Name             string      `json:"name"`
	Role             market.Role `json:"role" enum:"admin,reviewer,county,broker,firm,holder,read"`
	Org              string      `json:"org,omitempty" doc:"whom the person belongs to, as an admin wrote it"`
	Organisation     string      `json:"organisation,omitempty" doc:"id of the organisation whose records the person shares"`
	OrganisationName string      `json:"organisation_name,omitempty"`
	Lead             bool        `json:"lead,omitempty" doc:"leads the organisation"`
	Territory        []string    `json:"territory,omitempty" doc:"of a county: codes of GB/T 2260 whose records it sees"`
	Disabled         bool        `json:"disabled,omitempty"`
	Created          time.Time   `json:"created"`
	InvitedUntil     time.Time   `json:"invited_until,omitzero" doc:"until when the link of an invitation works"`
	LastSignIn       time.Time   `json:"last_sign_in,omitzero" doc:"none: never"`
}

// An Invitation is an account with the link that opens it.
type Invitation struct {
	AccountInfo
	Link string `json:"link" doc:"holds a secret; shown this once. A path where the server does not know its address"`
}

func (s *Service) accountInfo(a market.Account) (AccountInfo, error) {
	info := AccountInfo{ID: a.ID, Login: a.Login, Name: a.Name, Role: a.Role, Org: a.Org, Organisation: a.Organisation, Lead: a.Lead, Territory: a.Territory, Disabled: a.Disabled, Created: a.Created}
	if s.now().Before(a.InviteUntil) {
		info.InvitedUntil = a.InviteUntil
	}
	if a.Organisation != "" {
		o, err := market.OrganisationOf(s.Store, a.Organisation)
		if err != nil && corpus.CodeOf(err) != corpus.NotFound {
			return info, err
		}
		info.OrganisationName = o.Name
	}
	var err error
	info.LastSignIn, err = s.lastUse(market.Accounts, a.ID)
	return info, err
}

// Accounts returns all accounts, by id.
func (s *Service) Accounts(ctx context.Context, c Caller) ([]AccountInfo, error) {
	if err := c.may(market.Accounts, "list"); err != nil {
		return nil, err
	}
	return s.accountsWhere(func(market.Account) bool { return true })
}

func (s *Service) accountsWhere(is func(market.Account) bool) ([]AccountInfo, error) {
	infos := []AccountInfo{}
	for r, err := range s.Store.Records(market.Accounts) {
		if err != nil {
			return nil, err
		}
		var a market.Account
		if err := json.Unmarshal(r.Body, &a); err != nil {
			return nil, fmt.Errorf("account %s: %w", r.ID, err)
		}
		if !is(a) {
			continue
		}
		info, err := s.accountInfo(a)
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}

// Invite makes an account for somebody and the link that opens it.
func (s *Service) Invite(ctx context.Context, c Caller, name string, role market.Role, org string) (Invitation, error) {
	return s.InviteInto(ctx, c, name, role, org, "", false)
}

// InviteInto is Invite for somebody who belongs to an organisation, by its id or credit code, and may lead it; a county has
// a territory besides, see market.ParseTerritory.
func (s *Service) InviteInto(ctx context.Context, c Caller, name string, role market.Role, org, organisation string, lead bool, territory ...string) (Invitation, error) {
	if err := c.may(market.Accounts, "create"); err != nil {
		return Invitation{}, err
	}
	a, err := market.MakeAccount(name, role, org, s.now())
	if err == nil {
		a, err = a.Governing(territory)
	}
	if err != nil {
		return Invitation{}, err
	}
	id, err := s.organisationID(organisation)
	if err != nil {
		return Invitation{}, err
	}
	return s.invited(ctx, c, a.Joins(id, lead), 0)
}

// InviteAgain makes a new link for an account; the one before ends. Its login and role stay.
func (s *Service) InviteAgain(ctx context.Context, c Caller, id string) (Invitation, error) {
	if err := c.may(market.Accounts, "create"); err != nil {
		return Invitation{}, err
	}
	a, version, err := s.account(id)
	if err == nil && a.Disabled {
		e := corpus.Errorf(corpus.Conflict, "the account is disabled")
		e.Fix = "enable it first"
		err = e
	}
	if err != nil {
		return Invitation{}, err
	}
	return s.invited(ctx, c, a, version)
}

func (s *Service) invited(ctx context.Context, c Caller, a market.Account, version uint64) (Invitation, error) {
	a, token := a.Invited(s.now())
	if err := s.putRecord(ctx, c, "invite account "+a.ID, market.Accounts, a.ID, a, version); err != nil {
		return Invitation{}, err
	}
	info, err := s.accountInfo(a)
	return Invitation{info, s.BaseURL + WelcomePath + token}, err
}

// FirstAdmin invites an admin where no account of one can sign in; the zero Invitation where one can. An invitation that
// nobody took is made anew, and its link ends.
func (s *Service) FirstAdmin(ctx context.Context) (Invitation, error) {
	_, _, err := market.FindAccount(s.Store, func(a market.Account) bool { return a.Role == market.Admin && a.Active() })
	if corpus.CodeOf(err) != corpus.NotFound {
		return Invitation{}, err
	}
	c := Caller{Name: "terminal", Role: market.Admin, Admin: true}
	a, _, err := market.FindAccount(s.Store, func(a market.Account) bool { return a.Role == market.Admin && a.Login == "" && !a.Disabled })
	if corpus.CodeOf(err) == corpus.NotFound {
		return s.Invite(ctx, c, "管理员", market.Admin, "")
	}
	if err != nil {
		return Invitation{}, err
	}
	return s.InviteAgain(ctx, c, a.ID)
}

// Me returns who c is: the account that is signed in, or name and role of a key.
func (s *Service) Me(ctx context.Context, c Caller) (AccountInfo, error) {
	if err := c.may(market.Accounts, "read"); err != nil {
		return AccountInfo{}, err
	}
	if id, ok := strings.CutPrefix(c.Name, "key:"); ok {
		k, _, err := s.key(id)
		return AccountInfo{Name: k.Name, Role: k.Role, Organisation: k.Organisation, Territory: k.Territory, Created: k.Created}, err
	}
	a, _, err := s.account(c.Account)
	if err != nil {
		return AccountInfo{}, err
	}
	return s.accountInfo(a)
}

// account returns an account with the version of its record; an error of code NotFound where there is none.
func (s *Service) account(id string) (market.Account, uint64, error) {
	a, version, err := market.AccountOf(s.Store, id)
	if corpus.CodeOf(err) == corpus.NotFound {
		e := corpus.Errorf(corpus.NotFound, "there is no account %q", id)
		e.Fix = "look its id up with: duijie account list"
		err = e
	}
	return a, version, err
}

// An AccountChange says what becomes of an account; what is nil stays.
type AccountChange struct {
	Name         *string      `json:"name,omitempty" maxLength:"100"`
	Role         *market.Role `json:"role,omitempty" enum:"admin,reviewer,county,broker,firm,holder,read"`
	Org          *string      `json:"org,omitempty" maxLength:"200"`
	Organisation *string      `json:"organisation,omitempty" maxLength:"64" doc:"id or credit code of the organisation to belong to; empty: none. What the person made in another one stays with that"`
	Lead         *bool        `json:"lead,omitempty" doc:"whether the person leads the organisation; who comes to another one does not unless this says so"`
	Territory    []string     `json:"territory,omitempty" maxItems:"100" doc:"codes or names of GB/T 2260 whose records a county sees; the role needs one, and another role ends it"`
	Disabled     *bool        `json:"disabled,omitempty" doc:"true ends its sessions and its invitation"`
}

// ChangeAccount changes an account. An admin can't take the own account away: somebody must be left who may.
func (s *Service) ChangeAccount(ctx context.Context, c Caller, id string, change AccountChange) (AccountInfo, error) {
	if err := c.may(market.Accounts, "update"); err != nil {
		return AccountInfo{}, err
	}
	a, version, err := s.account(id)
	if err != nil {
		return AccountInfo{}, err
	}
	name, role, org := a.Name, a.Role, a.Org
	for _, to := range []struct{ from, to *string }{{change.Name, &name}, {change.Org, &org}} {
		if to.from != nil {
			*to.to = *to.from
		}
	}
	if change.Role != nil {
		role = *change.Role
	}
	if a, err = a.Describe(name, role, org); err != nil {
		return AccountInfo{}, err
	}
	if change.Role != nil || change.Territory != nil {
		territory := change.Territory
		if territory == nil && a.Role == market.County {
			territory = a.Territory
		}
		if a, err = a.Governing(territory); err != nil {
			return AccountInfo{}, err
		}
	}
	if change.Organisation != nil {
		of, err := s.organisationID(*change.Organisation)
		if err != nil {
			return AccountInfo{}, err
		}
		a = a.Joins(of, a.Lead && of == a.Organisation)
	}
	if change.Lead != nil {
		a = a.Joins(a.Organisation, *change.Lead)
	}
	if change.Disabled != nil {
		a.Disabled = *change.Disabled
	}
	if c.Account == id && (a.Disabled || a.Role != market.Admin) {
		e := corpus.Errorf(corpus.Conflict, "this is the account that asks")
		e.Fix = "let another admin do it"
		return AccountInfo{}, e
	}
	return s.putAccount(ctx, c, "change account "+id, a, version)
}

// putAccount writes a changed account; one that is disabled loses its sessions and its invitation.
func (s *Service) putAccount(ctx context.Context, c Caller, action string, a market.Account, version uint64) (_ AccountInfo, err error) {
	var records []corpus.Record
	if a.Disabled {
		a.Invite, a.InviteUntil = "", time.Time{}
		if records, err = s.sessionsOf(a.ID, ""); err != nil {
			return AccountInfo{}, err
		}
	}
	body, err := json.Marshal(a)
	if err != nil {
		return AccountInfo{}, err
	}
	records = append(records, corpus.Record{Table: market.Accounts, ID: a.ID, Body: body, IfVersion: version})
	if _, err := s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: action, Records: records}); err != nil {
		return AccountInfo{}, err
	}
	return s.accountInfo(a)
}

type accountsOutput struct {
	Body struct {
		Accounts []AccountInfo `json:"accounts"`
	}
}

func (s *Service) listAccounts(ctx context.Context, _ *struct{}) (*accountsOutput, error) {
	accounts, err := s.Accounts(ctx, CallerOf(ctx))
	out := &accountsOutput{}
	out.Body.Accounts = accounts
	return out, err
}

type inviteInput struct {
	Body struct {
		Name         string      `json:"name" maxLength:"100" doc:"of the person" example:"王丽"`
		Role         market.Role `json:"role" enum:"admin,reviewer,county,broker,firm,holder,read"`
		Org          string      `json:"org,omitempty" maxLength:"200" doc:"whom the person belongs to, for people to read" example:"通辽市技术转移中心"`
		Organisation string      `json:"organisation,omitempty" maxLength:"64" doc:"id or credit code of the organisation whose records the person shares" example:"019ac2f1b3e0q7Rk2ZpX"`
		Lead         bool        `json:"lead,omitempty" doc:"the person leads the organisation, and invites members"`
		Territory    []string    `json:"territory,omitempty" maxItems:"100" doc:"codes or names of GB/T 2260 whose records a county sees; of the role county only, which needs one" example:"[\"150502\"]"`
	}
}

type invitationOutput struct {
	Location string `header:"Location"`
	Body     Invitation
}

func (s *Service) invite(ctx context.Context, in *inviteInput) (*invitationOutput, error) {
	i, err := s.InviteInto(ctx, CallerOf(ctx), in.Body.Name, in.Body.Role, in.Body.Org, in.Body.Organisation, in.Body.Lead, in.Body.Territory...)
	return &invitationOutput{"/v1/accounts/" + i.ID, i}, err
}

type invitedAgainOutput struct{ Body Invitation }

func (s *Service) inviteAgain(ctx context.Context, in *IDParam) (*invitedAgainOutput, error) {
	i, err := s.InviteAgain(ctx, CallerOf(ctx), in.ID)
	return &invitedAgainOutput{i}, err
}

type patchAccountInput struct {
	IDParam
	Body AccountChange
}

type accountOutput struct{ Body AccountInfo }

func (s *Service) patchAccount(ctx context.Context, in *patchAccountInput) (*accountOutput, error) {
	a, err := s.ChangeAccount(ctx, CallerOf(ctx), in.ID, in.Body)
	return &accountOutput{a}, err
}
