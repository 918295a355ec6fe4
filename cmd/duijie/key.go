package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

var roleNames = map[market.Role]string{market.Admin: "管理", market.Broker: "经纪人", market.Firm: "企业", market.Holder: "成果方", market.Reader: "只读"}

// roleHelp says what each role may do.
const roleHelp = "admin (everything), broker (all leads), firm, holder or read (what is open to the signed in, and leads of their own)"

// A keyOrder is what keys are made of.
type keyOrder struct {
	role, name, expires string
	json                bool
	site                bool
	origins, kinds      []string
	fields, regions     []string
	perMinute           int
}

func (a *app) keyCommand() *cobra.Command {
	cmd := group("key", "Make, list, rotate and remove API keys, and site keys for widgets")
	var o keyOrder
	create := &cobra.Command{
		Use:   "create",
		Short: "Make a key and show its secret, this once; with --site a key for the pages of other sites",
		Args:  cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			if o.site {
				return a.createSiteKey(ctx, o)
			}
			return a.createKey(ctx, o)
		}),
	}
	f := create.Flags()
	f.StringVar(&o.role, "role", string(market.Reader), roleHelp)
	f.StringVar(&o.name, "name", "cli", "who will have it")
	f.StringVar(&o.expires, "expires", "", "last day on which it works, 2027-06-30, or a moment, 2027-06-30T18:00:00+08:00 (default: never)")
	f.BoolVar(&o.json, "json", false, "print the answer of the API")
	f.BoolVar(&o.site, "site", false, "make a site key: it stands in pages and is no secret")
	f.StringSliceVar(&o.origins, "origin", nil, "with --site: site that may show it, https://www.example.cn or https://*.example.cn; may be repeated")
	f.StringSliceVar(&o.kinds, "kind", nil, "with --site: kind that it may read (default: all)")
	f.StringSliceVar(&o.fields, "field", nil, "with --site: GB/T 4754 code that it is confined to")
	f.StringSliceVar(&o.regions, "region", nil, "with --site: GB/T 2260 code that it is confined to")
	f.IntVar(&o.perMinute, "per-minute", market.SiteKeyPerMinute, "with --site: requests it may make, half of them from one address")

	var listJSON, listSite bool
	list := &cobra.Command{
		Use:   "list",
		Short: "List all keys, without their secrets, and when they were last used",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.listKeys(ctx, listSite, listJSON) }),
	}
	list.Flags().BoolVar(&listJSON, "json", false, "print the answer of the API")
	list.Flags().BoolVar(&listSite, "site", false, "list site keys")

	var overlap time.Duration
	var rotateJSON bool
	rotate := &cobra.Command{
		Use:   "rotate ID",
		Short: "Give a key a new secret and show it, this once; the old one works on for a while",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, args []string) error { return a.rotateKey(ctx, args[0], overlap, rotateJSON) }),
	}
	rotate.Flags().DurationVar(&overlap, "overlap", 24*time.Hour, "how long the old secret works on, whole hours, 720h at most")
	rotate.Flags().BoolVar(&rotateJSON, "json", false, "print the answer of the API")

	var deleteSite bool
	remove := &cobra.Command{
		Use:     "delete ID",
		Aliases: []string{"revoke"},
		Short:   "Remove a key; it stops working at once",
		Args:    cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, args []string) error {
			path := "/v1/keys/"
			if deleteSite {
				path = "/v1/site-keys/"
			}
			_, err := a.callOnce(ctx, http.MethodDelete, path+url.PathEscape(args[0]), nil, nil, nil)
			return err
		}),
	}
	remove.Flags().BoolVar(&deleteSite, "site", false, "it is a site key")
	cmd.AddCommand(create, list, rotate, remove)
	return cmd
}

// callOnce sends one request to the running server, or to the folder, which must hold something.
func (a *app) callOnce(ctx context.Context, method, path string, query url.Values, in, out any) ([]byte, error) {
	c, err := a.connect(ctx, false)
	if err != nil {
		return nil, err
	}
	defer c.close()
	return c.call(ctx, method, path, query, in, out)
}

// callFirst is callOnce for what comes before any document.
func (a *app) callFirst(ctx context.Context, path string, in, out any) ([]byte, error) {
	c, err := a.running(ctx)
	if err == nil && c == nil {
		c, err = a.open(false)
	}
	if err != nil {
		return nil, err
	}
	defer c.close()
	return c.call(ctx, http.MethodPost, path, nil, in, out)
}

// print writes the API's answer, or else line.
func (a *app) print(asJSON bool, body []byte, line string) error {
	if asJSON {
		_, err := a.stdout.Write(body)
		return err
	}
	_, err := fmt.Fprintln(a.stdout, line)
	return err
}

// expiry reads the value of --expires as the API takes it; a day ends at midnight in China.
func expiry(s string) (string, error) {
	if d := corpus.Date(s); len(s) == len("2006-01-02") && d.Valid() {
		return d.Last().AddDate(0, 0, 1).Format(time.RFC3339), nil
	}
	if _, err := time.Parse(time.RFC3339, s); err != nil {
		return "", fmt.Errorf("--expires %q is neither a day nor a moment (write 2027-06-30 or 2027-06-30T18:00:00+08:00)", s)
	}
	return s, nil
}

func (o keyOrder) body() (map[string]any, error) {
	in := map[string]any{"name": o.name}
	if o.expires != "" {
		until, err := expiry(o.expires)
		if err != nil {
			return nil, err
		}
		in["expires"] = until
	}
	return in, nil
}

func (a *app) createKey(ctx context.Context, o keyOrder) error {
	in, err := o.body()
	if err != nil {
		return err
	}
	in["role"] = o.role
	var k api.NewKey
	body, err := a.callFirst(ctx, "/v1/keys", in, &k)
	if err != nil {
		return err
	}
	return a.print(o.json, body, k.Key)
}

func (a *app) createSiteKey(ctx context.Context, o keyOrder) error {
	in, err := o.body()
	if err != nil {
		return err
	}
	in["origins"], in["per_minute"] = o.origins, o.perMinute
	for name, values := range map[string][]string{"kinds": o.kinds, "fields": o.fields, "regions": o.regions} {
		if len(values) > 0 {
			in[name] = values
		}
	}
	var k market.SiteKey
	body, err := a.callFirst(ctx, "/v1/site-keys", in, &k)
	if err != nil {
		return err
	}
	return a.print(o.json, body, k.Key)
}

func (a *app) rotateKey(ctx context.Context, id string, overlap time.Duration, asJSON bool) error {
	if overlap%time.Hour != 0 {
		return fmt.Errorf("--overlap %v is not in whole hours (write 24h)", overlap)
	}
	var k api.NewKey
	body, err := a.callOnce(ctx, http.MethodPost, "/v1/keys/"+url.PathEscape(id)+"/rotate",
		url.Values{"overlap_hours": {strconv.Itoa(int(overlap.Hours()))}}, nil, &k)
	if err != nil {
		return err
	}
	return a.print(asJSON, body, k.Key)
}

func (a *app) listKeys(ctx context.Context, site, asJSON bool) error {
	if site {
		return a.listSiteKeys(ctx, asJSON)
	}
	var answer struct{ Keys []api.KeyInfo }
	body, err := a.callOnce(ctx, http.MethodGet, "/v1/keys", nil, nil, &answer)
	if err != nil {
		return err
	}
	if asJSON {
		return a.print(true, body, "")
	}
	t := newTable("编号", "名称", "权限", "创建时间", "最近使用", "到期")
	for _, k := range answer.Keys {
		t.add(k.ID, k.Name, roleNames[k.Role], minute(k.Created, ""), minute(k.LastUsed, "从未"), minute(k.Expires, "不限"))
	}
	return t.print(a.stdout)
}

func (a *app) listSiteKeys(ctx context.Context, asJSON bool) error {
	var answer struct{ Keys []api.SiteKeyInfo }
	body, err := a.callOnce(ctx, http.MethodGet, "/v1/site-keys", nil, nil, &answer)
	if err != nil {
		return err
	}
	if asJSON {
		return a.print(true, body, "")
	}
	t := newTable("编号", "名称", "密钥", "网站", "每分钟", "最近使用", "到期")
	for _, k := range answer.Keys {
		t.add(k.ID, k.Name, k.Key, strings.Join(k.Origins, " "), strconv.Itoa(k.PerMinute), minute(k.LastUsed, "从未"), minute(k.Expires, "不限"))
	}
	return t.print(a.stdout)
}

// minute writes a moment in local time; never stands for the zero time.
func minute(t time.Time, never string) string {
	if t.IsZero() {
		return never
	}
	return t.Local().Format("2006-01-02 15:04")
}
