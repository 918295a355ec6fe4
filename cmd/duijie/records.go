package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus/market"
)

func (a *app) recordsCommand() *cobra.Command {
	var names []string
	for _, t := range market.Tables {
		names = append(names, t.About().Name)
	}
	tables := strings.Join(names, ", ")
	cmd := group("records", "Leads, contracts, benefits, subscriptions, organisations, claims, visits, sheets: list, export, import")
	var limit int
	var state, format, out string
	var overdue bool
	list := &cobra.Command{
		Use:   "list TABLE",
		Short: "List records, newest first",
		Long:  "List records, newest first. TABLE is one of: " + tables + ".",
		Args:  cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, args []string) error {
			q := params("limit", strconv.Itoa(limit), "state", state)
			if overdue {
				q.Set("overdue", "true")
			}
			return a.listRecords(ctx, args[0], q)
		}),
	}
	list.Flags().IntVar(&limit, "limit", 20, "how many at most, up to 100")
	list.Flags().BoolVar(&overdue, "overdue", false, "only those whose day is over: leads to be answered, claims, next steps of visits")
	a.answers(list.Flags())
	export := &cobra.Command{
		Use:   "export TABLE",
		Short: "Write records as a file that import takes back",
		Long:  "Write records as a file that import takes back. TABLE is one of: " + tables + ".",
		Args:  cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, args []string) error {
			table, err := tableOf(args[0])
			if err != nil {
				return err
			}
			return a.download(ctx, "/v1/"+table.About().Name+"/export", url.Values{"format": {format}, "state": {state}}, out)
		}),
	}
	export.Flags().StringVar(&format, "format", "csv", "csv, xlsx or jsonl")
	export.Flags().StringVar(&out, "out", "", "file to write, in the place of one of that name (default: standard output)")
	for _, c := range []*cobra.Command{list, export} {
		c.Flags().StringVar(&state, "state", "", "only those in this state")
	}
	cmd.AddCommand(list, export, &cobra.Command{
		Use:   "import TABLE FILE",
		Short: "Create and change records by the rows of a file; - is standard input",
		Long: "Create and change records by the rows of a CSV, XLSX or JSONL file with the columns of an export; - is standard input.\n" +
			"A row without an id creates a record, one with an id changes it; the number of a contract, or contract and year of a\n" +
			"benefit, will do for an id. TABLE is one of: " + tables + ".",
		Args: cobra.ExactArgs(2),
		RunE: a.does(func(ctx context.Context, args []string) error { return a.importRecords(ctx, args[0], args[1]) }),
	})
	return cmd
}

func tableOf(name string) (market.Table, error) {
	if t := market.TableOf(name); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("there are no records %q (see: duijie records list --help)", name)
}

func (a *app) listRecords(ctx context.Context, name string, q url.Values) error {
	table, err := tableOf(name)
	if err != nil {
		return err
	}
	d := table.About()
	r := request{path: "/v1/" + d.Name, query: q}
	return printAnswer(ctx, a, r, func(_ *client, answer map[string]json.RawMessage) error {
		var rows []json.RawMessage
		if err := json.Unmarshal(answer[d.Name], &rows); err != nil {
			return err
		}
		headers, fields := []string{"编号", "状态"}, slices.Concat(d.Fields, d.Derived)
		for _, f := range fields {
			headers = append(headers, f.Words[0])
		}
		t := newTable(append(headers, "创建者", "更新时间")...)
		for _, raw := range rows {
			r, err := table.Read(raw)
			if err != nil {
				return err
			}
			h := r.Head()
			cells := []string{*h.ID, label(d.States, string(*h.State))}
			for _, f := range fields {
				cells = append(cells, label(f.Choices, r.Text(f.Name)))
			}
			t.add(append(cells, *h.By, moment(*h.Updated))...)
		}
		return t.print(a.stdout)
	})
}

// label is what people call a value.
func label(names []market.Named, value string) string {
	for _, n := range names {
		if n.Value == value {
			return n.Words[0]
		}
	}
	return value
}

func (a *app) importRecords(ctx context.Context, name, path string) error {
	table, err := tableOf(name)
	if err != nil {
		return err
	}
	file := io.Reader(a.stdin)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		file = f
	}
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	answer, err := c.do(ctx, http.MethodPost, "/v1/"+table.About().Name+"/import", nil, &content{"text/csv", file})
	if err != nil {
		return err
	}
	defer answer.Close()
	var sum api.RecordImport
	if err := json.NewDecoder(answer).Decode(&sum); err != nil {
		return err
	}
	a.tellRows(sum.Rows, sum.Unknown)
	_, err = fmt.Fprintf(a.stdout, "读取 %d，新建 %d，修改 %d，未变 %d，有误 %d\n", sum.Read, sum.Created, sum.Changed, sum.Unchanged, sum.Bad)
	return cmp.Or(err, rowsError(sum.Error, sum.Bad))
}

// tellRows says which rows of a file were not taken, and which columns not read.
func (a *app) tellRows(rows []api.RecordProblem, unknown []string) {
	for _, r := range rows {
		for _, f := range r.Faults {
			fmt.Fprintf(a.stderr, "第 %d 行：%s\n", r.Line, withFix(strings.TrimPrefix(f.Field+": "+f.Detail, ": "), f.Fix))
		}
	}
	if len(unknown) > 0 {
		fmt.Fprintln(a.stderr, "没有读的列："+strings.Join(unknown, "、"))
	}
}

// rowsError is how a command ends that read a file: nil where it took all of it.
func rowsError(cutShort *api.Problem, bad int) error {
	switch {
	case cutShort != nil:
		return problemError(cutShort)
	case bad > 0:
		return errRows
	}
	return nil
}
