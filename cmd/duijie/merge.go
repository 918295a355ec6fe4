package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus"
)

func (a *app) mergeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "merge KIND ID INTO",
		Short: "Merge a posting into another, which takes over what it lacks; its id leads there",
		Args:  cobra.ExactArgs(3),
		RunE: a.does(func(ctx context.Context, args []string) error {
			return change(ctx, a, args, "merge", map[string]string{"into": args[2]}, func(_ *client, d corpus.Doc) error {
				_, err := fmt.Fprintf(a.stdout, "已合并：%s → %s  %s\n", args[1], d.ID, d.Title)
				return err
			})
		}),
	}
}

func (a *app) unmergeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "unmerge KIND ID",
		Short: "Take a merge back (duijie merges): both are what they were, but for what was edited since",
		Args:  cobra.ExactArgs(2),
		RunE: a.does(func(ctx context.Context, args []string) error {
			return change(ctx, a, args, "unmerge", nil, func(_ *client, u api.Unmerged) error {
				line := "已撤销合并：" + u.Document.ID + " 与 " + u.Into + " 恢复原样"
				if len(u.Kept) > 0 {
					line = "已撤销合并：" + u.Document.ID + " 恢复原样；" + u.Into + " 合并后改过的保留：" + strings.Join(u.Kept, "、")
				}
				_, err := fmt.Fprintln(a.stdout, line)
				return err
			})
		}),
	}
}

// change posts to a path below the document that args begin with: kind, id.
func change[T any](ctx context.Context, a *app, args []string, verb string, in any, show func(*client, T) error) error {
	kinds, err := api.ParseKinds(args[:1])
	if err != nil {
		return err
	}
	if len(kinds) != 1 {
		return fmt.Errorf("%q is no kind (use achievement, need, expert or project)", args[0])
	}
	return printAnswer(ctx, a, request{method: http.MethodPost, path: "/v1/" + kinds[0].Plural() + "/" + url.PathEscape(args[1]) + "/" + verb, in: in}, show)
}

func (a *app) mergesCommand() *cobra.Command {
	var limit int
	var after string
	cmd := &cobra.Command{
		Use:   "merges",
		Short: "List what was merged into what, by whom and when",
		Args:  cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			type merges struct {
				Merges []corpus.Merged
				Next   string
			}
			return printAnswer(ctx, a, request{path: "/v1/merges", query: params("limit", strconv.Itoa(limit), "after", after)}, func(c *client, answer merges) error {
				names := c.actors(ctx)
				t := newTable("类别", "编号", "名称", "合并到", "操作者", "时间")
				for _, m := range answer.Merges {
					t.add(corpus.Label(m.Kind, ""), m.ID, m.Title, m.Into, names(m.By), moment(m.At))
				}
				if answer.Next != "" {
					t.note("下一页加 --after " + answer.Next)
				}
				return t.print(a.stdout)
			})
		}),
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "how many at most, up to 100")
	cmd.Flags().StringVar(&after, "after", "", "the \"next\" of the page before")
	a.answers(cmd.Flags())
	return cmd
}
