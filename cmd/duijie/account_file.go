package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus"
)

func (a *app) moveAccountCommand() *cobra.Command {
	var organisation string
	var lead bool
	cmd := &cobra.Command{
		Use:   "move ID",
		Short: "Make an account a member of another organisation; what it made in the one before stays there",
		Args:  cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, args []string) error {
			return printAnswer[any](ctx, a, request{method: http.MethodPatch, path: "/v1/accounts/" + url.PathEscape(args[0]), in: api.AccountChange{Organisation: &organisation, Lead: &lead}}, nil)
		}),
	}
	cmd.Flags().StringVar(&organisation, "organisation", "", "its id or credit code (default: none)")
	cmd.Flags().BoolVar(&lead, "lead", false, "the person leads it and invites its members")
	return cmd
}

// territoryHelp says what a territory is.
const territoryHelp = "code or name of GB/T 2260 whose records a county sees; may be repeated (role county only, which needs one)"

func (a *app) territoryCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "territory ID REGION...",
		Short: "Let a county's account see other regions, by their codes or names",
		Args:  cobra.MinimumNArgs(2),
		RunE: a.does(func(ctx context.Context, args []string) error {
			return printAnswer[any](ctx, a, request{method: http.MethodPatch, path: "/v1/accounts/" + url.PathEscape(args[0]), in: api.AccountChange{Territory: args[1:]}}, nil)
		}),
	}
}

func (a *app) handOverCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "hand-over ID TO",
		Short: "Give what an account made to another one, where it made it alone or in the other's organisation",
		Args:  cobra.ExactArgs(2),
		RunE: a.does(func(ctx context.Context, args []string) error {
			r := request{method: http.MethodPost, path: "/v1/accounts/" + url.PathEscape(args[0]) + "/handover", in: map[string]string{"to": args[1]}}
			return printAnswer(ctx, a, r, func(_ *client, sum api.HandOver) error {
				_, err := fmt.Fprintf(a.stdout, "移交 %d，留下 %d\n", sum.Moved, sum.Stayed)
				return err
			})
		}),
	}
}

func (a *app) importAccountsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Invite somebody for each row of a file and print the links as CSV, this once; - is standard input",
		Long: "Invite somebody for each row of a CSV, XLSX or JSONL file with the columns 姓名, 权限, 单位 (credit code or name), 辖区 (of a\n" +
			"county: codes or names, 、 between) and 邮箱, and print the links as CSV, this once; - is standard input. Who\n" +
			"has an account in the same organisation is not invited again.",
		Args: cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, args []string) error { return a.importAccounts(ctx, args[0]) }),
	}
}

func (a *app) importAccounts(ctx context.Context, path string) (err error) {
	file := io.Reader(a.stdin)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		file = f
	}
	c, err := a.begin(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	server, err := a.answering(ctx, c)
	if err != nil {
		return err
	}
	answer, err := c.do(ctx, http.MethodPost, "/v1/accounts/import", nil, &content{"text/csv", file})
	if err != nil {
		return err
	}
	defer answer.Close()
	var sum api.AccountImport
	if err := json.NewDecoder(answer).Decode(&sum); err != nil {
		return err
	}
	a.tellRows(sum.Rows, sum.Unknown)
	fmt.Fprintf(a.stderr, "读取 %d，邀请 %d，有误 %d\n", sum.Read, len(sum.Invited), sum.Bad)
	err = corpus.WriteLines(a.stdout, corpus.CSV, func(yield func([]string, error) bool) {
		if !yield([]string{"姓名", "权限", "单位", "邮箱", "链接"}, nil) {
			return
		}
		for _, i := range sum.Invited {
			if !yield([]string{i.Name, roleNames[i.Role], i.OrganisationName, i.Mail, wholeLink(i.Link, server.Listen, server.Base)}, nil) {
				return
			}
		}
	})
	return cmp.Or(err, rowsError(sum.Error, sum.Bad))
}
