package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/corpus"
	"duijie/corpus/market"
)

// reportFlags say which report is wanted.
type reportFlags struct {
	by, from, until           string
	year, signed, note, since string
	freeze                    bool
	docx, frozen              string
}

func (a *app) reportCommand() *cobra.Command {
	var in reportFlags
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Count registered contracts, or report a year beside its targets and freeze that",
		Long: "Count the contracts that are registered, or performed since, by one of " + strings.Join(market.ReportFields, ", ") + ".\n" +
			"With --year report the measures of a year beside the targets, with --freeze keep that for good, with --corrections list\n" +
			"what became else since. --json has the ids of the records behind each number. --docx writes the report of --year, or of --frozen,\n" +
			"by the template DATA/templates/report.docx, or by the one built in.",
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error { return a.report(ctx, in) }),
	}
	f := cmd.Flags()
	f.StringVar(&in.by, "by", market.ReportFields[0], "what the rows have in common")
	f.StringVar(&in.from, "from", "", "signed on this day, in this month or year, or later: 2026-01")
	f.StringVar(&in.until, "until", "", "signed on this day, in this month or year, or earlier; of a year the last day that is counted")
	f.StringVar(&in.year, "year", "", "report this year beside its targets: 2026")
	f.BoolVar(&in.freeze, "freeze", false, "freeze the report of --year, which nothing changes then")
	f.StringVar(&in.signed, "signed", "", "name and office of who answers for a frozen report")
	f.StringVar(&in.note, "note", "", "what they add")
	f.StringVar(&in.since, "corrections", "", "id of a frozen report of which to list what became else")
	f.StringVar(&in.docx, "docx", "", "write the report of --year or --frozen to this new file, as a Word document")
	f.StringVar(&in.frozen, "frozen", "", "with --docx: id of a frozen report")
	a.answers(f)
	for _, other := range []string{"year", "freeze", "corrections", "docx"} {
		cmd.MarkFlagsMutuallyExclusive("by", other)
		cmd.MarkFlagsMutuallyExclusive("from", other)
	}
	cmd.MarkFlagsMutuallyExclusive("freeze", "corrections", "docx")
	cmd.MarkFlagsMutuallyExclusive("year", "frozen")
	return cmd
}

func (a *app) report(ctx context.Context, in reportFlags) error {
	switch {
	case in.docx == "" && in.frozen != "":
		return errors.New("no file for the frozen report (give --docx FILE)")
	case in.docx != "":
		return a.writeReport(ctx, in)
	case in.freeze && in.year == "":
		return errors.New("no year to freeze (give --year 2026)")
	case in.freeze:
		body := map[string]string{"year": in.year, "until": in.until, "signed": in.signed, "note": in.note}
		return printAnswer(ctx, a, request{method: http.MethodPost, path: "/v1/reports/frozen", in: body}, func(_ *client, f market.Frozen) error {
			if _, err := fmt.Fprintln(a.stdout, f.ID); err != nil {
				return err
			}
			return a.printYear(&f.Report)
		})
	case in.since != "":
		return printAnswer(ctx, a, request{path: "/v1/reports/frozen/" + url.PathEscape(in.since) + "/corrections"}, a.printCorrections)
	case in.year != "":
		return printAnswer(ctx, a, request{path: "/v1/reports/year", query: params("year", in.year, "until", in.until)}, func(_ *client, r market.YearReport) error {
			return a.printYear(&r)
		})
	}
	return printAnswer(ctx, a, request{path: "/v1/reports/contracts", query: params("by", in.by, "from", in.from, "until", in.until)}, func(_ *client, r market.ContractReport) error {
		t := newTable("代码", "名称", "合同数", "合同金额", "技术交易额")
		for _, row := range append(r.Rows, r.Total) {
			t.add(row.Code, row.Name, strconv.Itoa(row.Count), yuan(row.ValueFen), yuan(row.TechnicalFen))
		}
		return t.print(a.stdout)
	})
}

// writeReport writes a report as a Word document.
func (a *app) writeReport(ctx context.Context, in reportFlags) (err error) {
	path := "/v1/reports/year/file"
	switch {
	case in.frozen != "":
		path = "/v1/reports/frozen/" + url.PathEscape(in.frozen) + "/file"
	case in.year == "":
		return errors.New("no year to write (give --year 2026, or --frozen ID)")
	}
	if err := absent(in.docx); err != nil {
		return err
	}
	c, err := a.begin(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	body, err := c.do(ctx, http.MethodGet, path, params("format", string(corpus.DOCX), "year", in.year, "until", in.until), nil)
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = writeFile(in.docx, body)
	return err
}

func (a *app) printYear(r *market.YearReport) error {
	t := newTable("指标", "数值", "目标", "完成", "算不出的原因")
	for _, m := range r.Measures {
		row := []string{m.Words.ZH, "", "", "", ""}
		if m.Value != nil {
			row[1] = m.Unit.Text(*m.Value, "")
		}
		if m.Target != nil {
			row[2] = m.Unit.Text(m.Target.Number, "")
			if m.Target.Reached != nil {
				row[3] = market.InPercent.Text(*m.Target.Reached, "")
			}
		}
		if m.Why != nil {
			row[4] = m.Why.ZH
		}
		t.add(row...)
	}
	return t.print(a.stdout)
}

func (a *app) printCorrections(_ *client, c market.Corrections) error {
	report := market.YearReport{Measures: market.Measures()}
	t := newTable("指标", "变化", "表", "编号", "冻结时", "现在")
	for _, one := range c.Records {
		name, unit := one.Measure, market.InPieces
		if m := report.Measure(one.Measure); m != nil {
			name, unit = m.Words.ZH, m.Unit
		}
		t.add(name, cmp.Or(correctionNames[one.What], one.What), tableName(one.Table), one.ID, unit.Text(one.Was, ""), unit.Text(one.Is, ""))
	}
	return t.print(a.stdout)
}

// correctionNames are what became of a record since a report was frozen.
var correctionNames = map[string]string{"added": "新增", "removed": "减少", "changed": "变化"}

// tableName is what people call a table of records or postings.
func tableName(name string) string {
	if t := market.TableOf(name); t != nil {
		return t.About().Many[0]
	}
	for _, k := range corpus.Kinds {
		if k.Plural() == name {
			return corpus.Label(k, "")
		}
	}
	return name
}

// readRewardRule reads the rule by which brokers and agencies are rewarded; nil where the settings name none.
func (a *app) readRewardRule() (*market.RewardRule, error) {
	if a.RewardRule == "" {
		return nil, nil
	}
	b, err := os.ReadFile(a.RewardRule)
	if err != nil {
		return nil, err
	}
	rule, err := market.ReadRewardRule(b)
	if err != nil {
		return nil, fmt.Errorf("reward_rule %s: %w", a.RewardRule, err)
	}
	return rule, nil
}

// yuan is an amount as people read it; "" for none.
func yuan(fen int64) string { return (&corpus.Money{Min: fen, Max: fen}).Label("") }
