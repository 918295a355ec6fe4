package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
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
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "duplicates",
		Short: "List postings that may be one: same or nearly the same text, patent, or title and holder",
		Args:  cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			q := url.Values{"least": {strconv.FormatFloat(least, 'f', -1, 64)}, "limit": {strconv.Itoa(limit)}}
			if len(kinds) > 0 {
				q.Set("kind", strings.Join(kinds, ","))
			}
			if after != "" {
				q.Set("after", after)
			}
			return a.duplicates(ctx, q, asJSON)
		}),
	}
	f := cmd.Flags()
	f.StringSliceVar(&kinds, "kind", nil, "only these kinds: achievement, need, expert, project")
	f.Float64Var(&least, "least", .8, "how alike they must be, from 0.6 to 1, which is the same text")
	f.IntVar(&limit, "limit", 20, "how many groups, 100 at most")
	f.StringVar(&after, "after", "", "the \"next\" of the page before, of a running server")
	f.BoolVar(&asJSON, "json", false, "print the answer of the API")
	return cmd
}

func (a *app) duplicates(ctx context.Context, q url.Values, asJSON bool) error {
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	var found api.Duplicates
	body, err := c.call(ctx, http.MethodGet, "/v1/duplicates", q, nil, &found)
	if err != nil {
		return err
	}
	if asJSON {
		_, err := a.stdout.Write(body)
		return err
	}
	if _, err := io.WriteString(a.stdout, duplicatesText(found)); err != nil {
		return err
	}
	return a.printTotal(len(found.Groups), found.Total, found.Next)
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

func (a *app) mergeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "merge KIND ID INTO",
		Short: "Merge a posting into another, which takes over what it lacks; its id leads there",
		Args:  cobra.ExactArgs(3),
		RunE: a.does(func(ctx context.Context, args []string) error {
			var d corpus.Doc
			if err := a.change(ctx, args[0], args[1], "merge", map[string]string{"into": args[2]}, &d); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.stdout, "已合并：%s → %s  %s\n", args[1], d.ID, d.Title)
			return err
		}),
	}
}

func (a *app) unmergeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "unmerge KIND ID",
		Short: "Take a merge back: both are what they were, but for what was edited since",
		Args:  cobra.ExactArgs(2),
		RunE: a.does(func(ctx context.Context, args []string) error {
			var u api.Unmerged
			if err := a.change(ctx, args[0], args[1], "unmerge", nil, &u); err != nil {
				return err
			}
			line := "已撤销合并：" + u.Document.ID + " 与 " + u.Into + " 恢复原样"
			if len(u.Kept) > 0 {
				line += "；" + u.Into + " 合并后改过的保留：" + strings.Join(u.Kept, "、")
			}
			_, err := fmt.Fprintln(a.stdout, line)
			return err
		}),
	}
}

// change posts to a path below a document.
func (a *app) change(ctx context.Context, kind, id, verb string, in, out any) error {
	kinds, err := api.ParseKinds([]string{kind})
	if err != nil {
		return err
	}
	if len(kinds) != 1 {
		return fmt.Errorf("%q is no kind (use achievement, need, expert or project)", kind)
	}
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	_, err = c.call(ctx, http.MethodPost, "/v1/"+kinds[0].Plural()+"/"+url.PathEscape(id)+"/"+verb, nil, in, out)
	return err
}
