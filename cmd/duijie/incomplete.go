package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/corpus"
	"duijie/matcher"
)

func (a *app) incompleteCommand() *cobra.Command {
	var kind string
	var limit, skip int
	cmd := &cobra.Command{
		Use:   "incomplete",
		Short: "List the postings that lack most, worst first, with what their text proposes",
		Long: "List the published achievements and needs that lack most of what matters, worst first, and what their own text and\n" +
			"postings like them propose, each with how sure that is. Nothing is set: accept with duijie edit or PATCH.",
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			return a.incomplete(ctx, params("limit", strconv.Itoa(limit), "skip", strconv.Itoa(skip), "kind", kind))
		}),
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", "", "achievement or need (default: both)")
	f.IntVar(&limit, "limit", 20, "how many, 100 at most")
	f.IntVar(&skip, "skip", 0, "leave out so many of the worst")
	a.answers(f)
	return cmd
}

func (a *app) incomplete(ctx context.Context, q url.Values) error {
	return printAnswer(ctx, a, request{path: "/v1/incomplete", query: q, index: true}, func(_ *client, list matcher.IncompleteList) error {
		t := newTable("完整度", "类别", "编号", "名称")
		for _, p := range list.Postings {
			t.add(fmt.Sprintf("%.0f%%", 100*p.Completeness), corpus.Label(p.Kind, ""), p.ID, p.Title)
			var missing []string
			for _, g := range p.Missing {
				name := corpus.Header(g.Field)
				if g.Field == "application" {
					name = "应用场合"
				}
				missing = append(missing, name)
			}
			t.note("还缺：" + strings.Join(missing, "、"))
			for _, s := range p.Proposals {
				from := "据正文"
				if s.From == "similar" {
					from = "据相近信息"
				}
				t.note(fmt.Sprintf("建议 %s：%s（%s，%.2f）", corpus.Header(s.Field), s.Text, from, s.Confidence))
			}
		}
		if err := t.print(a.stdout); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.stdout, "已发布 %d 条，其中 %d 条不完整，显示 %d 条\n", list.All, list.Total, len(list.Postings))
		return err
	})
}
