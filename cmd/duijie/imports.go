package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus"
)

var importStates = map[corpus.ImportState]string{corpus.ImportRunning: "进行中", corpus.ImportBroken: "中断", corpus.ImportDone: "完成",
	corpus.ImportFailed: "未完成", corpus.ImportUndoing: "撤销未完", corpus.ImportUndone: "已撤销"}

func (a *app) importsCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "imports",
		Short: "List imports, newest first",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.listImports(ctx, limit) }),
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "how many at most, up to 100")
	a.answers(cmd.Flags())
	return cmd
}

func (a *app) listImports(ctx context.Context, limit int) error {
	q := params("limit", strconv.Itoa(limit))
	return printAnswer(ctx, a, request{path: "/v1/imports", query: q}, func(c *client, answer struct{ Imports []corpus.ImportRecord }) error {
		names := c.actors(ctx)
		t := newTable("编号", "文件", "来源", "状态", "读取", "新增", "更新", "未变", "有误", "操作者", "可撤销至")
		for _, r := range answer.Imports {
			until := ""
			if r.State != corpus.ImportUndone && r.Created+r.Updated > 0 && time.Now().Before(r.UndoUntil) {
				until = moment(r.UndoUntil)
			}
			cells := []string{r.ID, r.File, r.Source, importStates[r.State]}
			for _, n := range []int{r.Read, r.Created, r.Updated, r.Unchanged, r.Bad} {
				cells = append(cells, strconv.Itoa(n))
			}
			t.add(append(cells, names(r.By), until)...)
			if r.Error != "" {
				t.note(r.Error)
			}
			if r.Gone > 0 {
				t.note(fmt.Sprintf("来源已无 %d 条", r.Gone))
			}
			if u := r.Undo; u != nil {
				t.note(undoneText(*u))
			}
		}
		return t.print(a.stdout)
	})
}

func undoneText(u corpus.Undone) string {
	return fmt.Sprintf("恢复 %d，删除 %d，保留 %d", u.Restored, u.Deleted, u.Kept)
}

func (a *app) undoCommand() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "undo IMPORT",
		Short: "Take an import back: what documents were before is put back, those that it made are deleted",
		Long: "Take an import of the last 30 days back, by its number (duijie imports): what documents were before is put back,\n" +
			"those that it made are deleted. What was changed since, and a new document that has a lead, stays as it is and is told\n" +
			"of. An undo that was cut off goes on when it is called again.",
		Args: cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, args []string) error { return a.undo(ctx, args[0], dryRun) }),
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would happen, write nothing")
	cmd.Flags().BoolVar(&a.json, "json", false, "print a line of JSON at each event")
	return cmd
}

func (a *app) undo(ctx context.Context, id string, dryRun bool) (err error) {
	c, err := a.connect(ctx, !dryRun)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	defer c.follow(ctx)()
	names := c.actors(ctx)
	answer, err := c.do(ctx, http.MethodPost, "/v1/imports/"+url.PathEscape(id)+"/undo", url.Values{"dry_run": {strconv.FormatBool(dryRun)}}, nil)
	if err != nil {
		return err
	}
	defer answer.Close()
	shown := 0
	for dec := json.NewDecoder(answer); ; {
		var e api.UndoEvent
		if err := dec.Decode(&e); err != nil {
			return fmt.Errorf("the undo broke off (repeat it: it goes on where it stopped): %w", err)
		}
		switch {
		case e.Error != nil:
			return problemError(e.Error)
		case a.json:
			if err := json.NewEncoder(a.stdout).Encode(e); err != nil {
				return err
			}
		case e.Kept != nil:
			if shown++; shown <= shownProblems {
				fmt.Fprintln(a.stderr, keptText(*e.Kept, names))
			} else if shown == shownProblems+1 {
				fmt.Fprintln(a.stderr, "…… 其余不再逐条显示；--json 可看全部")
			}
		case e.Import != nil:
			if _, err := fmt.Fprintln(a.stdout, undoneText(*e.Import.Undo)); err != nil {
				return err
			}
		}
		if e.Import != nil {
			return c.settle(ctx)
		}
	}
}

// keptText says why a document stays as it is.
func keptText(k corpus.Kept, names func(string) string) string {
	what := corpus.Label(k.Kind, "") + " " + k.ID + "：保留，"
	when, who := moment(k.At), names(k.By)
	switch k.Reason {
	case corpus.KeptLead:
		return what + "已有对接 " + k.Lead
	case corpus.KeptMerged:
		return what + "有别的信息合并到它"
	case corpus.KeptInto:
		return what + who + " 在 " + when + " 把它合并到 " + k.Into + "；先撤销合并，再撤销导入"
	case corpus.KeptImported:
		return what + "后来的导入 " + k.Import + " 在 " + when + " 改过"
	case corpus.KeptDeleted:
		return what + who + " 在 " + when + " 删除了它"
	}
	return what + who + " 在 " + when + " 改过"
}
