package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A reminding is one run of duijie reminders.
type reminding struct {
	api.ReminderQuery
	send bool
	out  string
}

func (a *app) remindersCommand() *cobra.Command {
	var r reminding
	cmd := &cobra.Command{
		Use:   "reminders",
		Short: "Count how postings stand and ask the holders of those that are due whether they still do",
		Long: "Count how postings stand, and list those whose holders are to be asked. With --send each gets a link by which its\n" +
			"holder answers without signing in; the links are written once, for a mail merge: to --out as CSV or JSONL by its name, or\n" +
			"as CSV to standard output. Needs base_url.",
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error { return a.reminders(ctx, r) }),
	}
	f := cmd.Flags()
	f.StringVar(&r.Kind, "kind", "", "achievement or need (default: both)")
	f.IntVar(&r.Limit, "limit", 1000, "how many holders to ask at most, 10000 at once")
	f.StringVar(&r.AsOf, "as-of", "", asOfHelp+"; what is sent is dated so too")
	f.BoolVar(&r.send, "send", false, "make the links")
	f.StringVar(&r.out, "out", "", "file to write the links to, FILE.csv or FILE.jsonl; it must not exist")
	a.answers(f)
	return cmd
}

func (a *app) reminders(ctx context.Context, r reminding) (err error) {
	if r.out != "" && !r.send {
		return fmt.Errorf("--out %s is for the links of --send (add --send)", r.out)
	}
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	var file *os.File // opened before the links are made, which are shown once
	if r.out != "" {
		if err := absent(r.out); err != nil {
			return err
		}
		if file, err = os.OpenFile(r.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	list, body, err := c.reminders(ctx, r)
	if err != nil {
		if file != nil {
			err = errors.Join(err, os.Remove(r.out))
		}
		return err
	}
	if a.json && file == nil {
		_, err := a.stdout.Write(body)
		return err
	}
	counted := a.stdout
	if r.send {
		links, write := a.stdout, writeLinks
		if file != nil {
			links = file
		} else {
			counted = a.stderr
		}
		if strings.EqualFold(filepath.Ext(r.out), ".jsonl") {
			write = writeLinksJSONL
		}
		if err := write(links, list.Reminders); err != nil {
			return err
		}
		if file != nil {
			if err := file.Sync(); err != nil {
				return err
			}
		}
	}
	return countReminders(counted, list, r)
}

// reminders asks the server.
func (c *client) reminders(ctx context.Context, r reminding) (list api.ReminderList, body []byte, err error) {
	if r.send {
		body, err = c.call(ctx, http.MethodPost, "/v1/reminders", nil, r.ReminderQuery, &list)
		return list, body, err
	}
	q := params("limit", strconv.Itoa(r.Limit), "kind", r.Kind, "as_of", r.AsOf)
	body, err = c.call(ctx, http.MethodGet, "/v1/reminders", q, nil, &list)
	return list, body, err
}

// countReminders prints how postings stand, and what is to be done or was.
func countReminders(w io.Writer, list api.ReminderList, r reminding) error {
	header := []string{"类别"}
	for _, s := range market.LifeStates {
		header = append(header, s.Label(""))
	}
	t := newTable(header...)
	for _, k := range corpus.Kinds {
		if counts, ok := list.Counts[k]; ok {
			row := []string{corpus.Label(k, "")}
			for _, s := range market.LifeStates {
				row = append(row, strconv.Itoa(counts[s]))
			}
			t.add(row...)
		}
	}
	if !r.send {
		for _, d := range list.Reminders {
			t.note(fmt.Sprintf("第 %d 次  %s  %s  %s", d.Notice, d.ID, d.Title, d.Org))
		}
	}
	if err := t.print(w); err != nil {
		return err
	}
	line := fmt.Sprintf("截至 %s：应询问 %d 条，其中 %d 条没有联系方式", list.AsOf, list.Due, list.NoContact)
	if r.send {
		line += fmt.Sprintf("；已生成 %d 个链接", len(list.Reminders))
	}
	if rest := list.Due - list.NoContact - len(list.Reminders); rest > 0 {
		line += fmt.Sprintf("；还有 %d 条超出 --limit", rest)
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

// writeLinks writes a table for a mail merge.
func writeLinks(w io.Writer, rows []api.ReminderRow) error {
	table := [][]string{{"类别", "编号", "名称", "单位", "联系方式", "第几次询问", "链接", "链接到期日"}}
	for _, r := range rows {
		table = append(table, []string{corpus.Label(r.Kind, ""), r.ID, r.Title, r.Org, r.Contact, strconv.Itoa(r.Notice), r.Link, string(r.Ends)})
	}
	return corpus.WriteRows(w, table)
}

func writeLinksJSONL(w io.Writer, rows []api.ReminderRow) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, r := range rows {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
