package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/corpus"
	"duijie/matcher"
)

var labelNames = map[matcher.Label]string{matcher.Strong: "高度契合", matcher.Possible: "可能相关", matcher.Weak: "仅供参考"}

var verdictNames = map[matcher.Verdict]string{matcher.Met: "达到", matcher.Missed: "未达到", matcher.Unknown: "不能直接比较"}

func (a *app) matchCommand() *cobra.Command {
	var l listing
	var need, achievement, text string
	cmd := &cobra.Command{
		Use:   "match (--need ID | --achievement ID | --text TEXT)",
		Short: "Print what fits a need, an achievement or a problem in plain words, with reasons",
		Args:  cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			r, found := request{method: http.MethodPost, path: "/v1/match", in: l.body(text)}, corpus.Achievement
			switch {
			case need != "":
				r = request{path: "/v1/needs/" + url.PathEscape(need) + "/matches", query: l.query()}
			case achievement != "":
				r, found = request{path: "/v1/achievements/" + url.PathEscape(achievement) + "/matches", query: l.query()}, corpus.Need
			}
			return a.match(ctx, r, found)
		}),
	}
	l.flags(cmd.Flags())
	a.answers(cmd.Flags())
	cmd.Flags().StringVar(&need, "need", "", "achievements for this need")
	cmd.Flags().StringVar(&achievement, "achievement", "", "needs for this achievement")
	cmd.Flags().StringVar(&text, "text", "", "achievements for this problem; it is not stored")
	cmd.MarkFlagsOneRequired("need", "achievement", "text")
	cmd.MarkFlagsMutuallyExclusive("need", "achievement", "text")
	return cmd
}

// body returns the flags as the body of POST /v1/match.
func (l *listing) body(text string) any {
	return map[string]any{"text": text, "filter": l.filter, "limit": l.limit, "after": l.after, "as_of": l.asOf}
}

// match prints a match list of documents of one kind.
func (a *app) match(ctx context.Context, r request, found corpus.Kind) error {
	r.index = true
	return printAnswer(ctx, a, r, func(c *client, answer matcher.Answer) error {
		t := newTable("名次", "契合度", "得分", "编号", "名称", "单位")
		for i, m := range answer.Matches {
			var d corpus.Doc
			if _, err := c.call(ctx, http.MethodGet, "/v1/"+found.Plural()+"/"+m.ID, nil, nil, &d); err != nil {
				return err
			}
			t.add(strconv.Itoa(i+1), labelNames[m.Label], fmt.Sprintf("%.2f", m.Score), m.ID, m.Title, d.Org)
			for _, line := range card(m, d) {
				t.note(line)
			}
		}
		if err := t.print(a.stdout); err != nil {
			return err
		}
		if answer.Fitting == 0 {
			fmt.Fprintln(a.stderr, "duijie: nothing comes up to 可能相关; ask an expert of the field: duijie search WORDS --kind expert")
		}
		if answer.Degraded != "" {
			fmt.Fprintf(a.stderr, "duijie: outside models did not answer (%s); the built-in ranking stood in\n", answer.Degraded)
		}
		return a.printTotal(len(answer.Matches), answer.Total, answer.Next)
	})
}

// card says a match in lines: why, what speaks against, who holds it, how far it has come, what to ask for; then the
// reasons with their points, the figures and what it stands for.
func card(m matcher.Match, found corpus.Doc) []string {
	var lines []string
	add := func(format, text string) {
		if text != "" {
			lines = append(lines, fmt.Sprintf(format, text))
		}
	}
	add("对应需求：%s", m.Why)
	add("需要留意：%s", strings.Join(m.Against, "；"))
	stage := found.StageProof
	if found.Stage != "" && stage != "" {
		stage = "（" + stage + "）"
	}
	add("所处阶段：%s", corpus.Label(found.Stage, "")+stage)
	add("最近确认：%s", string(found.ConfirmedOn))
	names, who := make([]string, len(m.Missing)), "成果方"
	for i, field := range m.Missing {
		if names[i] = corpus.Header(field); field == "indicators" {
			names[i] = "需求所问的部分指标"
		}
	}
	if found.Kind == corpus.Need {
		who = "企业"
	}
	add("未提供：%s；请向"+who+"询问。", strings.Join(names, "、"))
	for _, r := range m.Reasons {
		lines = append(lines, fmt.Sprintf("%+.2f  %s", r.Points, r.Text))
	}
	for _, f := range m.Figures {
		if f.Achievement != "" {
			lines = append(lines, fmt.Sprintf("%s  需求“%s”，成果“%s”", verdictNames[f.Verdict], f.Need, f.Achievement))
		}
	}
	for _, f := range m.Folded {
		lines = append(lines, fmt.Sprintf("内容相近  %s  %s", f.ID, f.Title))
	}
	return lines
}
