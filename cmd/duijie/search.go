package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A listing holds the flags that search and match share.
type listing struct {
	filter api.Filter
	limit  int
	after  string
	asOf   string
}

func (l *listing) flags(f *pflag.FlagSet) {
	f.StringSliceVar(&l.filter.Field, "field", nil, "only these industries, GB/T 4754: C, 26 or 2614")
	f.StringSliceVar(&l.filter.Region, "region", nil, "only these regions, GB/T 2260: 15, 1505 or 150502")
	f.StringSliceVar(&l.filter.Strategic, "strategic", nil, "only these strategic emerging industries: 3 or 3.4")
	f.StringSliceVar(&l.filter.Stage, "stage", nil, "only these stages: lab, pilot, applied")
	f.StringSliceVar(&l.filter.Cooperation, "cooperation", nil, "only these modes: development, transfer, license, consulting, service, equity")
	f.StringVar(&l.filter.From, "from", "", "published on this day or later: 2026, 2026-05 or 2026-05-31")
	f.StringVar(&l.filter.To, "to", "", "published on this day or earlier")
	f.StringVar(&l.filter.ValidOn, "valid-on", "", "not expired on this day")
	f.IntVar(&l.limit, "limit", 20, "how many results, 100 at most")
	f.StringVar(&l.after, "after", "", "the \"next\" of the page before")
	f.StringVar(&l.asOf, "as-of", "", asOfHelp)
}

const asOfHelp = "as on this day, such as 2026-05-31 (default: today)"

// query returns the flags as parameters of the API, beside others.
func (l *listing) query(more ...string) url.Values {
	list := func(values []string) string { return strings.Join(values, ",") }
	return params(append(more, "limit", strconv.Itoa(l.limit), "after", l.after, "as_of", l.asOf, "from", l.filter.From, "to", l.filter.To,
		"valid_on", l.filter.ValidOn, "field", list(l.filter.Field), "region", list(l.filter.Region), "strategic", list(l.filter.Strategic),
		"stage", list(l.filter.Stage), "cooperation", list(l.filter.Cooperation))...)
}

func (a *app) searchCommand() *cobra.Command {
	var l listing
	var kinds []string
	cmd := &cobra.Command{
		Use:   "search WORDS",
		Short: "Search by words, \"phrases\", prefixes* and fields (title:, org:)",
		Long: "Search what is published by words, \"phrases\", prefixes* and fields (title:, org:). Drafts and withdrawn postings are in\n" +
			"no index: duijie export writes them too, with their status.",
		Args: cobra.ArbitraryArgs,
		RunE: a.does(func(ctx context.Context, args []string) error {
			q := l.query("kind", strings.Join(kinds, ","))
			q.Set("q", strings.Join(args, " "))
			return a.search(ctx, q)
		}),
	}
	l.flags(cmd.Flags())
	a.answers(cmd.Flags())
	cmd.Flags().StringSliceVar(&kinds, "kind", nil, "only these kinds: achievement, need, expert, project")
	return cmd
}

func (a *app) search(ctx context.Context, q url.Values) error {
	return printAnswer(ctx, a, request{path: "/v1/search", query: q, index: true}, func(_ *client, answer api.SearchAnswer) error {
		t := newTable("名次", "类别", "编号", "名称", "单位", "阶段")
		for i, r := range answer.Results {
			t.add(strconv.Itoa(i+1), corpus.Label(r.Kind, ""), r.ID, r.Title, r.Org, corpus.Label(r.Stage, ""))
			if l := r.Life; l != nil && l.State != market.Current && l.State != market.Due {
				t.note(l.State.Label("") + "（" + string(l.Since) + "）")
			}
			if r.Snippet != "" {
				t.note(r.Snippet)
			}
		}
		if err := t.print(a.stdout); err != nil {
			return err
		}
		return a.printTotal(len(answer.Results), answer.Total, answer.Next)
	})
}

// printTotal ends a list.
func (a *app) printTotal(shown, total int, next string) error {
	line := fmt.Sprintf("共 %d 条，显示 %d 条", total, shown)
	if next != "" {
		line += "；下一页加 --after " + next
	}
	_, err := fmt.Fprintln(a.stdout, line)
	return err
}
