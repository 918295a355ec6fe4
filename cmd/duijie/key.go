package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus/market"
)

var roleNames = map[market.Role]string{market.Admin: "管理", market.Reader: "只读"}

func (a *app) keyCommand() *cobra.Command {
	cmd := group("key", "Make, list and remove API keys")
	var role, name string
	var asJSON bool
	create := &cobra.Command{
		Use:   "create",
		Short: "Make a key and show its secret, this once",
		Args:  cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			return a.createKey(ctx, map[string]string{"role": role, "name": name}, asJSON)
		}),
	}
	create.Flags().StringVar(&role, "role", string(market.Reader), "admin (read and write everything) or read")
	create.Flags().StringVar(&name, "name", "cli", "who will have it")
	create.Flags().BoolVar(&asJSON, "json", false, "print the answer of the API")
	var listJSON bool
	list := &cobra.Command{
		Use:   "list",
		Short: "List all keys, without their secrets",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.listKeys(ctx, listJSON) }),
	}
	list.Flags().BoolVar(&listJSON, "json", false, "print the answer of the API")
	revoke := &cobra.Command{
		Use:   "revoke ID",
		Short: "Remove a key; it stops working at once",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, args []string) error { return a.revokeKey(ctx, args[0]) }),
	}
	cmd.AddCommand(create, list, revoke)
	return cmd
}

func (a *app) createKey(ctx context.Context, in map[string]string, asJSON bool) error {
	c, err := a.running(ctx)
	if err == nil && c == nil {
		c, err = a.open(false) // the first key comes before any document
	}
	if err != nil {
		return err
	}
	defer c.close()
	var k api.NewKey
	body, err := c.call(ctx, http.MethodPost, "/v1/keys", nil, in, &k)
	if err != nil {
		return err
	}
	if asJSON {
		_, err = a.stdout.Write(body)
	} else {
		_, err = fmt.Fprintf(a.stdout, "%s\n", k.Key)
	}
	return err
}

func (a *app) listKeys(ctx context.Context, asJSON bool) error {
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	var answer struct{ Keys []api.KeyInfo }
	body, err := c.call(ctx, http.MethodGet, "/v1/keys", nil, nil, &answer)
	if err != nil {
		return err
	}
	if asJSON {
		_, err := a.stdout.Write(body)
		return err
	}
	t := newTable("编号", "名称", "权限", "创建时间")
	for _, k := range answer.Keys {
		t.add(k.ID, k.Name, roleNames[k.Role], k.Created.Local().Format("2006-01-02 15:04"))
	}
	return t.print(a.stdout)
}

func (a *app) revokeKey(ctx context.Context, id string) error {
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	_, err = c.call(ctx, http.MethodDelete, "/v1/keys/"+url.PathEscape(id), nil, nil, nil)
	return err
}
