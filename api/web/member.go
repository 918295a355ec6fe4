package web

import (
	"net/http"
	"slices"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A memberList is who belongs to an organisation, on its page.
type memberList struct {
	Action        string // of its forms
	People        []member
	Roles         []param // that can be given
	Link, LinkFor string  // of an invitation just made
	Wrong         string
	Name, Role    string // as typed
}

// A member is a person as who keeps the members sees them.
type member struct {
	person
	Lead    bool
	Disable bool // can be disabled by the reader
}

// memberForms are what the forms of a memberList do.
func (s *site) memberForms() map[string]view {
	k := recordKind{s, &market.OrganisationType, market.OrganisationType.About()}
	return map[string]view{"POST /organisations/{id}/members": s.with(api.Members, "create", k.changeMembers)}
}

// members returns the members of a record that is an organisation, nil where the reader doesn't keep them.
func (k recordKind) members(r request, id string) (*memberList, error) {
	if k.Name != market.Organisations {
		return nil, nil
	}
	all, err := k.svc.Members(r.Context(), r.caller, id)
	if code := corpus.CodeOf(err); err != nil && (code == corpus.NotFound || code == corpus.Forbidden) {
		return nil, nil
	}
	l := &memberList{Action: k.path("/", id, "/members")}
	may := r.caller.MemberRoles()
	for _, a := range all {
		l.People = append(l.People, member{r.person(a), a.Lead, !a.Disabled && a.ID != r.caller.Account && slices.Contains(may, a.Role)})
	}
	for _, role := range r.roles() {
		if slices.Contains(may, market.Role(role.Name)) {
			l.Roles = append(l.Roles, role)
		}
	}
	return l, err
}

// changeMembers invites somebody into an organisation, or disables a member.
func (k recordKind) changeMembers(r request) (page, error) {
	id, name, role := r.PathValue("id"), r.PostFormValue("name"), r.PostFormValue("role")
	one, err := k.svc.Record(r.Context(), r.caller, k.table, id)
	if err != nil {
		return page{}, err
	}
	if account := r.PostFormValue("disable"); account != "" {
		_, err := k.svc.DisableMember(r.Context(), r.caller, id, account)
		return page{Redirect: "/organisations/" + id}, err
	}
	i, err := k.svc.InviteMember(r.Context(), r.caller, id, name, market.Role(role))
	var wrong string
	if err != nil {
		if wrong, err = r.wrong(err); err != nil {
			return page{}, err
		}
	}
	out, err := k.onePage(r, one, nil)
	if p, ok := out.Data.(recordPage); ok && err == nil && p.Members != nil {
		if wrong == "" {
			p.Members.Link, p.Members.LinkFor = k.whole(r, i.Link), i.Name
		} else {
			p.Members.Wrong, p.Members.Name, p.Members.Role = wrong, name, role
			out.Status = http.StatusUnprocessableEntity
		}
	}
	return out, err
}
