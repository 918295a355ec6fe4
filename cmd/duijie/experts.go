package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"duijie/corpus"
	"duijie/matcher"
)

// experts prints who may be asked about a need.
func (a *app) experts(ctx context.Context, need, limit string) error {
	r := request{path: "/v1/needs/" + url.PathEscape(need) + "/experts", query: url.Values{"limit": {limit}}, index: true}
	return printAnswer(ctx, a, r, func(_ *client, answer matcher.ExpertAnswer) error {
		t := newTable("名次", "契合度", "得分", "编号", "名称", "单位")
		for i, e := range answer.Experts {
			t.add(strconv.Itoa(i+1), labelNames[e.Label], fmt.Sprintf("%.2f", e.Score), e.ID, e.Name, e.Org)
			for _, reason := range e.Reasons {
				t.note(fmt.Sprintf("%+.2f  %s  %s  %s", reason.Points, corpus.Label(reason.Kind, ""), reason.ID, reason.Title))
				for _, part := range reason.Reasons {
					t.note(fmt.Sprintf("  %+.2f  %s", part.Points, part.Text))
				}
			}
		}
		if err := t.print(a.stdout); err != nil {
			return err
		}
		if len(answer.Experts) == 0 {
			fmt.Fprintln(a.stderr, "duijie: no expert and no team that is published fits")
		}
		return nil
	})
}
