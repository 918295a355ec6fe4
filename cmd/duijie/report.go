package main

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/corpus"
	"duijie/corpus/market"
)

func (a *app) reportCommand() *cobra.Command {
	var by, from, until string
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Count registered contracts and sum their values",
		Long: "Count the contracts that are registered, or performed since, by one of " + strings.Join(market.ReportFields, ", ") + ".\n" +
			"--json has the ids of the contracts behind each number.",
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			return a.report(ctx, params("by", by, "from", from, "until", until))
		}),
	}
	f := cmd.Flags()
	f.StringVar(&by, "by", market.ReportFields[0], "what the rows have in common")
	f.StringVar(&from, "from", "", "signed on this day, in this month or year, or later: 2026-01")
	f.StringVar(&until, "until", "", "signed on this day, in this month or year, or earlier")
	a.answers(f)
	return cmd
}

func (a *app) report(ctx context.Context, q url.Values) error {
	return printAnswer(ctx, a, request{path: "/v1/reports/contracts", query: q}, func(_ *client, r market.ContractReport) error {
		t := newTable("代码", "名称", "合同数", "合同金额", "技术交易额")
		for _, row := range append(r.Rows, r.Total) {
			t.add(row.Code, row.Name, strconv.Itoa(row.Count), yuan(row.ValueFen), yuan(row.TechnicalFen))
		}
		return t.print(a.stdout)
	})
}

// yuan is an amount as people read it; "" for none.
func yuan(fen int64) string { return (&corpus.Money{Min: fen, Max: fen}).Label("") }
