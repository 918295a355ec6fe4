package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"duijie/api"
	"duijie/corpus/market"
)

// An invitation is what duijie account invite asks for.
type invitation struct {
	role, name, org, organisation, id string
	lead                              bool
	territory                         []string
}

func (a *app) accountCommand() *cobra.Command {
	cmd := group("account", "Invite people, list and disable their accounts")
	var i invitation
	invite := &cobra.Command{
		Use:   "invite",
		Short: "Print a link, this once, by which somebody sets login and password within a day",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.invite(ctx, i) }),
	}
	f := invite.Flags()
	f.StringVar(&i.role, "role", string(market.Reader), roleHelp)
	f.StringVar(&i.name, "name", "", "of the person")
	f.StringVar(&i.org, "org", "", "whom the person belongs to, for people to read")
	f.StringVar(&i.organisation, "organisation", "", "id or credit code of the organisation whose records the person shares")
	f.BoolVar(&i.lead, "lead", false, "the person leads the organisation and invites its members")
	f.StringSliceVar(&i.territory, "territory", nil, territoryHelp)
	f.StringVar(&i.id, "id", "", "a new link for this account, such as for a forgotten password; its role and name stay")
	a.answers(f)
	list := &cobra.Command{
		Use:   "list",
		Short: "List all accounts and when they last signed in",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.listAccounts(ctx) }),
	}
	a.answers(list.Flags())
	cmd.AddCommand(invite, list, a.importAccountsCommand(), a.moveAccountCommand(), a.territoryCommand(), a.handOverCommand(), a.disableCommand("disable", "Let nobody sign in with an account; its sessions end at once", true),
		a.disableCommand("enable", "Let somebody sign in again", false))
	return cmd
}

func (a *app) disableCommand(verb, short string, disabled bool) *cobra.Command {
	return &cobra.Command{
		Use:   verb + " ID",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, args []string) error {
			return printAnswer[any](ctx, a, request{method: http.MethodPatch, path: "/v1/accounts/" + url.PathEscape(args[0]), in: api.AccountChange{Disabled: &disabled}}, nil)
		}),
	}
}

func (a *app) invite(ctx context.Context, i invitation) error {
	in := map[string]any{"role": i.role, "name": i.name, "org": i.org, "organisation": i.organisation, "lead": i.lead}
	if len(i.territory) > 0 {
		in["territory"] = i.territory
	}
	r := request{method: http.MethodPost, path: "/v1/accounts", in: in, first: true}
	if i.id != "" {
		r.path, r.in = r.path+"/"+url.PathEscape(i.id)+"/invite", nil
	}
	return printAnswer(ctx, a, r, func(c *client, out api.Invitation) error {
		p, err := a.answering(ctx, c)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.stdout, wholeLink(out.Link, p.Listen, p.Base))
		return err
	})
}

// answering is the server that links lead to: the one that runs, or else the one that begins with these settings.
func (a *app) answering(ctx context.Context, c *client) (p process, err error) {
	_, err = c.call(ctx, http.MethodGet, "/process", nil, nil, &p)
	if p.Listen == "" {
		p.Listen, p.Base = a.Listen, a.BasePath
	}
	return p, err
}

// welcome prints the link by which the first admin sets login and password, on a terminal only: whoever reads a log may not
// become the admin.
func (a *app) welcome(ctx context.Context, s *api.Service, listen string) error {
	if out, ok := a.stdout.(*os.File); !ok || !term.IsTerminal(int(out.Fd())) {
		return nil
	}
	i, err := s.FirstAdmin(ctx)
	if err != nil || i.Link == "" {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "还没有管理员账户。请在 24 小时内打开这个链接设置登录名和密码：\n%s\n", wholeLink(i.Link, listen, a.BasePath))
	return err
}

// wholeLink is a link with the address of the server before it, where that has not been set in base_url.
func wholeLink(link, listen, base string) string {
	if strings.HasPrefix(link, "/") {
		return "http://" + listen + base + link
	}
	return link
}

func (a *app) listAccounts(ctx context.Context) error {
	return printAnswer(ctx, a, request{path: "/v1/accounts"}, func(_ *client, answer struct{ Accounts []api.AccountInfo }) error {
		t := newTable("编号", "登录名", "姓名", "权限", "辖区", "单位", "最近登录", "状态")
		for _, k := range answer.Accounts {
			state := "正常"
			switch {
			case k.Disabled:
				state = "停用"
			case k.Login == "" && k.InvitedUntil.IsZero():
				state = "邀请已过期"
			case k.Login == "":
				state = "已邀请"
			}
			t.add(k.ID, k.Login, k.Name, roleNames[k.Role], strings.Join(k.Territory, " "), cmp.Or(k.OrganisationName, k.Org), minute(k.LastSignIn, "从未"), state)
		}
		return t.print(a.stdout)
	})
}
