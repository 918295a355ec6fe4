package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus"
)

func (a *app) duplicatesCommand() *cobra.Command {
	var kinds []string
	var least float64
	var limit int
	var after string
	cmd := &cobra.Command{
		Use:   "duplicates",
		Short: "List postings that may be one: same or nearly the same text, patent, or title and holder",
		Args:  cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			return a.duplicates(ctx, params("least", strconv.FormatFloat(least, 'f', -1, 64), "limit", strconv.Itoa(limit), "kind", strings.Join(kinds, ","), "after", after))
		}),
	}
	f := cmd.Flags()
	f.StringSliceVar(&kinds, "kind", nil, "only these kinds: achievement, need, expert, project")
	f.Float64Var(&least, "least", .8, "how alike they must be, from 0.6 to 1, which is the same text")
	f.IntVar(&limit, "limit", 20, "how many groups, 100 at most")
	f.StringVar(&after, "after", "", "the \"next\" of the page before, of a running server")
	a.answers(f)
	return cmd
}

func (a *app) duplicates(ctx context.Context, q url.Values) error {
	return printAnswer(ctx, a, request{path: "/v1/duplicates", query: q}, func(_ *client, found api.Duplicates) error {
		if _, err := io.WriteString(a.stdout, duplicatesText(found)); err != nil {
			return err
		}
		return a.printTotal(len(found.Groups), found.Total, found.Next)
	})
}

// duplicatesText is the groups as people read them.
func duplicatesText(found api.Duplicates) string {
	var b strings.Builder
	for _, g := range found.Groups {
		fmt.Fprintf(&b, "%.2f  %s，建议保留 %s\n", g.Likeness, corpus.Label(g.Kind, ""), g.Keep)
		for _, d := range g.Documents {
			fmt.Fprintf(&b, "      %s\n", strings.Join(strings.Fields(d.ID+" "+d.Title+" "+d.Org), "  "))
		}
		if g.More > 0 {
			fmt.Fprintf(&b, "      …… 另有 %d 条\n", g.More)
		}
		for _, p := range g.Pairs {
			fmt.Fprintf(&b, "      %s 与 %s：%s\n", p.A, p.B, strings.Join(p.Reasons, "；"))
		}
	}
	return b.String()
}
