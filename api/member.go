package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// maxMembers is how many accounts who leads an organisation may bring into it.
const maxMembers = 500

// Members is what the rights on the accounts of an organisation stand under.
const Members = "members"

// memberRoutes are those by which who leads an organisation keeps its members.
func memberRoutes() []route {
	const all = "/v1/organisations/{id}/members"
	return []route{
		{method: "GET", path: all, id: "list-members", tag: market.Organisations, summary: "Who belongs to an organisation", right: "members list", add: handle((*Service).listMembers)},
		{method: "POST", path: all, id: "invite-member", tag: market.Organisations, summary: "Invite somebody into an organisation by a link, shown this once", right: "members create", secret: true, status: http.StatusCreated, problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).inviteMember)},
		{method: "POST", path: all + "/{account}/disable", id: "disable-member", tag: market.Organisations, summary: "Let a member sign in no more; what they made stays with the organisation", right: "members disable", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).disableMember)},
	}
}

// organisationID returns the id of the organisation with an id or a credit code, "" for "".
func (s *Service) organisationID(text string) (string, error) {
	if text = strings.TrimSpace(text); text == "" {
		return "", nil
	}
	r, err := s.Store.Record(market.Organisations, text)
	if corpus.CodeOf(err) == corpus.NotFound {
		if code, wrong := corpus.ParseOrgCode(text); wrong == nil {
			r, err = s.Store.RecordByKey(market.Organisations, code)
		}
	}
	if corpus.CodeOf(err) == corpus.NotFound {
		err = unknownOrganisation("there is no organisation %q", text)
	}
	return r.ID, err
}

func unknownOrganisation(format, text string) error {
	e := corpus.Errorf(corpus.Invalid, format, text)
	e.Field, e.Fix = "organisation", "give the id or the credit code of one of /v1/organisations"
	return e
}

// founder returns the account of who applied for an organisation that is verified for the first time, as its lead: unless
// they belong to one already, or are an admin, who applied for somebody else.
func (s *Service) founder(d *market.Declared, was, is market.Row) ([]corpus.Record, error) {
	if d.Name != market.Organisations || *was.Head().State != market.Applied || *is.Head().State != market.Verified {
		return nil, nil
	}
	id, isAccount := strings.CutPrefix(*is.Head().By, "account:")
	if !isAccount {
		return nil, nil
	}
	a, version, err := market.AccountOf(s.Store, id)
	if corpus.CodeOf(err) == corpus.NotFound || err == nil && (a.Organisation != "" || a.Role == market.Admin || a.Disabled) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(a.Joins(*is.Head().ID, true))
	return []corpus.Record{{Table: market.Accounts, ID: id, Body: body, IfVersion: version}}, err
}

// keepsMembers returns an organisation whose members c may do something with; one that c neither leads nor sees has code
// NotFound.
func (s *Service) keepsMembers(c Caller, id, move string) (market.Organisation, error) {
	if err := c.may(Members, move); err != nil {
		return market.Organisation{}, err
	}
	o, err := market.OrganisationOf(s.Store, id)
	own := id == c.Organisation && c.Lead
	switch all := c.Allowed(Members, move) == market.All; {
	case corpus.CodeOf(err) == corpus.NotFound, err == nil && !all && !own && id != c.Member:
		return o, missing(corpus.Kind(market.OrganisationType.One[1]), id)
	case err == nil && !all && !own:
		e := corpus.Errorf(corpus.Forbidden, "you don't lead this organisation, or it is not verified")
		e.Fix = "ask who leads it, or the operator"
		err = e
	}
	return o, err
}

// gives reports whether c may give a member a role, or disable one who has it: who leads an organisation can make nobody
// mightier than they are themselves, and only admins make brokers and admins.
func (c Caller) gives(role market.Role) bool {
	return c.Allowed(Members, "create") == market.All || role == market.Reader || role == c.Role && (role == market.Firm || role == market.Holder)
}

// MemberRoles are the roles that c may give to members, the least first.
func (c Caller) MemberRoles() (roles []market.Role) {
	for i := len(market.Roles) - 1; i >= 0; i-- {
		if c.gives(market.Roles[i]) {
			roles = append(roles, market.Roles[i])
		}
	}
	return roles
}

// Members returns the accounts that belong to an organisation, by id.
func (s *Service) Members(_ context.Context, c Caller, id string) ([]AccountInfo, error) {
	if _, err := s.keepsMembers(c, id, "list"); err != nil {
		return nil, err
	}
	return s.accountsWhere(func(a market.Account) bool { return a.Organisation == id })
}

// InviteMember makes an account that belongs to an organisation, and the link that opens it. Who leads it can't bring more than
// maxMembers into it: each account is read at every sign-in.
func (s *Service) InviteMember(ctx context.Context, c Caller, id, name string, role market.Role) (Invitation, error) {
	o, err := s.keepsMembers(c, id, "create")
	if err != nil {
		return Invitation{}, err
	}
	a, err := market.MakeAccount(name, role, o.Name, s.now())
	if err == nil && c.gives(role) {
		a, err = a.Governing(nil) // whoever has a territory is invited beside the organisations
	}
	if err != nil {
		return Invitation{}, err
	}
	if !c.gives(role) {
		e := corpus.Errorf(corpus.Forbidden, "you can't give the role %s", role)
		e.Field, e.Fix = "role", "use one of "+rolesText(c.MemberRoles())+", or ask the operator"
		return Invitation{}, e
	}
	if members, err := s.accountsWhere(func(a market.Account) bool { return a.Organisation == id }); err != nil {
		return Invitation{}, err
	} else if c.Allowed(Members, "create") != market.All && len(members) >= maxMembers {
		e := corpus.Errorf(corpus.Conflict, "the organisation has %d members, which is the most", len(members))
		e.Fix = "ask the operator to invite more"
		return Invitation{}, e
	}
	return s.invited(ctx, c, a.Joins(id, false), 0)
}

func rolesText(roles []market.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

// DisableMember lets a member sign in no more. Only admins can let them in again, so that nobody undoes what an admin did.
func (s *Service) DisableMember(ctx context.Context, c Caller, id, account string) (AccountInfo, error) {
	if _, err := s.keepsMembers(c, id, "disable"); err != nil {
		return AccountInfo{}, err
	}
	a, version, err := s.account(account)
	switch {
	case err == nil && a.Organisation != id:
		err = missing("member", account)
	case err == nil && c.Account == account:
		e := corpus.Errorf(corpus.Conflict, "this is the account that asks")
		e.Fix = "let the operator do it"
		err = e
	case err == nil && !c.gives(a.Role):
		e := corpus.Errorf(corpus.Forbidden, "the account has the role %s, which you can't give", a.Role)
		e.Fix = "ask the operator"
		err = e
	}
	if err != nil {
		return AccountInfo{}, err
	}
	a.Disabled = true
	return s.putAccount(ctx, c, "disable account "+account, a, version)
}

func (s *Service) listMembers(ctx context.Context, in *IDParam) (*accountsOutput, error) {
	members, err := s.Members(ctx, CallerOf(ctx), in.ID)
	out := &accountsOutput{}
	out.Body.Accounts = members
	return out, err
}

type inviteMemberInput struct {
	IDParam
	Body struct {
		Name string      `json:"name" maxLength:"100" doc:"of the person" example:"王丽"`
		Role market.Role `json:"role" enum:"admin,reviewer,county,broker,firm,holder,read" doc:"read, or firm or holder where that is one's own; an admin gives any"`
	}
}

func (s *Service) inviteMember(ctx context.Context, in *inviteMemberInput) (*invitationOutput, error) {
	i, err := s.InviteMember(ctx, CallerOf(ctx), in.ID, in.Body.Name, in.Body.Role)
	return &invitationOutput{"/v1/accounts/" + i.ID, i}, err
}

type memberParams struct {
	IDParam
	Account string `path:"account" maxLength:"64" doc:"id of the member's account" example:"Zk3vQ9sLm2Xa"`
}

func (s *Service) disableMember(ctx context.Context, in *memberParams) (*accountOutput, error) {
	a, err := s.DisableMember(ctx, CallerOf(ctx), in.ID, in.Account)
	return &accountOutput{a}, err
}
