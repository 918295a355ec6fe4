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

var roleNames = map[market.Role]string{market.Admin: "管理", market.Reviewer: "审核", market.County: "区县", market.Broker: "经纪人", market.Firm: "企业", market.Holder: "成果方", market.Reader: "只读"}

// roleHelp says what each role may do.
const roleHelp = "admin (everything), reviewer, county (its territory), broker (all leads), firm, holder or read (what is open to the signed in, and leads of their own)"

// A keyOrder is what keys are made of.
type keyOrder struct {
	role, name, expires string
	organisation        string
	territory           []string
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
	f.StringVar(&o.organisation, "organisation", "", "id or credit code of the organisation whose records it shares")
	f.StringSliceVar(&o.territory, "territory", nil, territoryHelp)
	a.answers(f)
	f.BoolVar(&o.site, "site", false, "make a site key: it stands in pages and is no secret")
	f.StringSliceVar(&o.origins, "origin", nil, "with --site: site that may show it, https://www.example.cn or https://*.example.cn; may be repeated")
	f.StringSliceVar(&o.kinds, "kind", nil, "with --site: kind that it may read (default: all)")
	f.StringSliceVar(&o.fields, "field", nil, "with --site: GB/T 4754 code that it is confined to")
	f.StringSliceVar(&o.regions, "region", nil, "with --site: GB/T 2260 code that it is confined to")
	f.IntVar(&o.perMinute, "per-minute", market.SiteKeyPerMinute, "with --site: requests it may make, half of them from one address")

	var listSite bool
	list := &cobra.Command{
		Use:   "list",
		Short: "List all keys, without their secrets, and when they were last used",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.listKeys(ctx, listSite) }),
	}
	a.answers(list.Flags())
	list.Flags().BoolVar(&listSite, "site", false, "list site keys")

	var overlap time.Duration
	rotate := &cobra.Command{
		Use:   "rotate ID",
		Short: "Give a key a new secret and show it, this once; the old one works on for a while",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, args []string) error { return a.rotateKey(ctx, args[0], overlap) }),
	}
	rotate.Flags().DurationVar(&overlap, "overlap", 24*time.Hour, "how long the old secret works on, whole hours, 720h at most")
	a.answers(rotate.Flags())

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
			return printAnswer[any](ctx, a, request{method: http.MethodDelete, path: path + url.PathEscape(args[0])}, nil)
		}),
	}
	remove.Flags().BoolVar(&deleteSite, "site", false, "it is a site key")
	cmd.AddCommand(create, list, rotate, remove)
	return cmd
}

// printKey prints the key that an answer shows, this once where it is a secret.
func (a *app) printKey(ctx context.Context, r request) error {
	return printAnswer(ctx, a, r, func(_ *client, made struct{ Key string }) error {
		_, err := fmt.Fprintln(a.stdout, made.Key)
		return err
	})
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
	in["role"], in["organisation"] = o.role, o.organisation
	if len(o.territory) > 0 {
		in["territory"] = o.territory
	}
	return a.printKey(ctx, request{method: http.MethodPost, path: "/v1/keys", in: in, first: true})
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
	return a.printKey(ctx, request{method: http.MethodPost, path: "/v1/site-keys", in: in, first: true})
}

func (a *app) rotateKey(ctx context.Context, id string, overlap time.Duration) error {
	if overlap%time.Hour != 0 {
		return fmt.Errorf("--overlap %v is not in whole hours (write 24h)", overlap)
	}
	return a.printKey(ctx, request{method: http.MethodPost, path: "/v1/keys/" + url.PathEscape(id) + "/rotate",
		query: params("overlap_hours", strconv.Itoa(int(overlap.Hours())))})
}

func (a *app) listKeys(ctx context.Context, site bool) error {
	if site {
		return a.listSiteKeys(ctx)
	}
	return printAnswer(ctx, a, request{path: "/v1/keys"}, func(_ *client, answer struct{ Keys []api.KeyInfo }) error {
		t := newTable("编号", "名称", "权限", "创建时间", "最近使用", "到期")
		for _, k := range answer.Keys {
			t.add(k.ID, k.Name, roleNames[k.Role], minute(k.Created, ""), minute(k.LastUsed, "从未"), minute(k.Expires, "不限"))
		}
		return t.print(a.stdout)
	})
}

func (a *app) listSiteKeys(ctx context.Context) error {
	return printAnswer(ctx, a, request{path: "/v1/site-keys"}, func(_ *client, answer struct{ Keys []api.SiteKeyInfo }) error {
		t := newTable("编号", "名称", "密钥", "网站", "每分钟", "最近使用", "到期")
		for _, k := range answer.Keys {
			t.add(k.ID, k.Name, k.Key, strings.Join(k.Origins, " "), strconv.Itoa(k.PerMinute), minute(k.LastUsed, "从未"), minute(k.Expires, "不限"))
		}
		return t.print(a.stdout)
	})
}

// minute writes a moment in local time; never stands for the zero time.
func minute(t time.Time, never string) string {
	if t.IsZero() {
		return never
	}
	return moment(t)
}
