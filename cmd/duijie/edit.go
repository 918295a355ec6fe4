package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus"
)

func (a *app) editCommand() *cobra.Command {
	var kind string
	var where, set []string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "edit --kind KIND --where NAME=VALUE... --set FIELD=VALUE...",
		Short: "Change fields of all postings that a filter keeps, 1,000 at most",
		Long: "Change fields of all postings of a kind that a filter keeps, 1,000 at most, in one transaction and with one entry in the\n" +
			"audit. They are counted before; where the number changes meanwhile, nothing is written. --where takes q and the filters\n" +
			"of search (field, region, strategic, stage, cooperation, from, to, valid_on) and ids; --set takes fields by their JSON\n" +
			"names with values as import reads them, and none to clear a field. Postings that would become wrong are named and left\n" +
			"as they are: exit code 3.",
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error { return a.edit(ctx, kind, where, set, dryRun) }),
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", "", "achievement, need, expert or project")
	f.StringArrayVar(&where, "where", nil, "which ones: region=1505, q=淀粉, ids=N001,N002; may be repeated, and all must hold")
	f.StringArrayVar(&set, "set", nil, "what to change: valid_until=2027-06-30, cooperation=技术转让, price=; may be repeated")
	f.BoolVar(&dryRun, "dry-run", false, "say what would change, write nothing")
	a.answers(f)
	cmd.MarkFlagRequired("kind")
	cmd.MarkFlagRequired("where")
	cmd.MarkFlagRequired("set")
	return cmd
}

var editOutcomes = map[string]string{"updated": "更新", "unchanged": "未变", "failed": "有误"}

func (a *app) edit(ctx context.Context, kind string, where, set []string, dryRun bool) error {
	k, ok := corpus.ParseKind(kind)
	if !ok {
		return fmt.Errorf("there is no kind %q (achievement, need, expert or project)", kind)
	}
	r, err := editRequest(k, where)
	if err != nil {
		return err
	}
	if r.Set.RawMessage, err = editValues(k, set); err != nil {
		return err
	}
	c, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer c.close()
	var answer api.EditAnswer
	r.DryRun = true
	body, err := c.call(ctx, http.MethodPost, "/v1/edit", nil, r, &answer)
	if err == nil && !dryRun && answer.Chosen > 0 {
		r.DryRun, r.Expect, answer = false, answer.Chosen, api.EditAnswer{}
		body, err = c.call(ctx, http.MethodPost, "/v1/edit", nil, r, &answer)
	}
	if err != nil {
		return err
	}
	if a.json {
		if _, err := a.stdout.Write(body); err != nil {
			return err
		}
	} else if err := a.printEdit(answer, dryRun); err != nil {
		return err
	}
	if answer.Failed > 0 {
		return errRows
	}
	return nil
}

func (a *app) printEdit(answer api.EditAnswer, dryRun bool) error {
	t := newTable("结果", "编号", "名称")
	for _, r := range answer.Results {
		t.add(editOutcomes[r.Outcome], r.ID, r.Title)
		for _, f := range r.Errors {
			t.note(withFix(strings.TrimPrefix(f.Field+"："+f.Detail, "："), f.Fix))
		}
	}
	if err := t.print(a.stdout); err != nil {
		return err
	}
	tense := ""
	if dryRun {
		tense = "（试算，未写入）"
	}
	_, err := fmt.Fprintf(a.stdout, "选中 %d 条：更新 %d，未变 %d，有误 %d%s\n", answer.Chosen, answer.Updated, answer.Unchanged, answer.Failed, tense)
	return err
}

// editRequest reads NAME=VALUE conditions.
func editRequest(k corpus.Kind, where []string) (api.EditRequest, error) {
	r := api.EditRequest{Kind: string(k)}
	for _, w := range where {
		name, value, ok := strings.Cut(w, "=")
		if value = strings.TrimSpace(value); !ok || value == "" {
			return r, fmt.Errorf("--where %s is not NAME=VALUE", w)
		}
		lists := map[string]*[]string{"ids": &r.IDs, "field": &r.Filter.Field, "region": &r.Filter.Region, "strategic": &r.Filter.Strategic,
			"stage": &r.Filter.Stage, "cooperation": &r.Filter.Cooperation}
		words := map[string]*string{"q": &r.Q, "from": &r.Filter.From, "to": &r.Filter.To, "valid_on": &r.Filter.ValidOn}
		switch {
		case lists[name] != nil:
			*lists[name] = append(*lists[name], strings.Split(value, ",")...)
		case words[name] != nil:
			*words[name] = value
		default:
			return r, fmt.Errorf("--where %s: there is no filter %q (q, ids, field, region, strategic, stage, cooperation, from, to, valid_on)", w, name)
		}
	}
	return r, nil
}

// editValues reads FIELD=VALUE pairs as an import reads cells, and returns the merge patch.
func editValues(k corpus.Kind, set []string) (json.RawMessage, error) {
	values := map[string]string{}
	for _, s := range set {
		field, value, ok := strings.Cut(s, "=")
		if !ok || field == "" {
			return nil, fmt.Errorf("--set %s is not FIELD=VALUE", s)
		}
		values[field] = value
	}
	patch, wrong, err := api.PatchOf(k, values)
	if err != nil {
		return nil, err
	}
	if fields := slices.Sorted(maps.Keys(wrong)); len(fields) > 0 {
		field := fields[0]
		return nil, fmt.Errorf("--set %s=%s: %s", field, values[field], withFix(wrong[field].Message, wrong[field].Fix))
	}
	return json.Marshal(patch)
}
