package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"duijie/api"
	"duijie/corpus"
)

// pasteFiles makes drafts of messages.
func (a *app) pasteFiles(ctx context.Context, im importing, paths []string) (err error) {
	if len(paths) == 0 {
		paths = []string{"-"}
	}
	var texts []string
	for _, path := range paths {
		text, err := a.readMessage(path)
		if err != nil {
			return err
		}
		texts = append(texts, text)
	}
	c, err := a.begin(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := c.settle(ctx); err != nil {
		return err
	}
	defer c.follow(ctx)()
	refused := false
	for i, text := range texts {
		var answer api.PasteAnswer
		request := api.PasteRequest{Text: text, Kind: corpus.Kind(im.kind), Source: im.source, DryRun: im.dryRun}
		if paths[i] != "-" {
			request.Name = filepath.Base(paths[i])
		}
		body, err := c.call(ctx, http.MethodPost, "/v1/paste", nil, request, &answer)
		if err != nil {
			return fmt.Errorf("%s: %w", paths[i], err)
		}
		if !a.json {
			body = []byte(draftsText(answer))
		}
		if _, err := a.stdout.Write(body); err != nil {
			return err
		}
		if answer.Import != "" && !a.json && slices.ContainsFunc(answer.Drafts, func(d api.PastedDraft) bool { return d.Outcome == "created" || d.Outcome == "updated" }) {
			fmt.Fprintf(a.stderr, "30 天内可用 duijie undo %s 撤销\n", answer.Import)
		}
		refused = refused || slices.ContainsFunc(answer.Drafts, func(d api.PastedDraft) bool { return d.Outcome == "refused" })
	}
	if refused {
		return errRows
	}
	return nil
}

func (a *app) readMessage(name string) (string, error) {
	in := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, corpus.MaxText+1))
	if err == nil && len(b) > corpus.MaxText {
		err = fmt.Errorf("%s is larger than %d bytes (give a message at a time)", name, corpus.MaxText)
	}
	if err != nil {
		return "", err
	}
	return corpus.DecodeText(b)
}

var draftOutcomes = map[string]string{"created": "已存为草稿", "updated": "已更新", "unchanged": "已有，未变", "refused": "有误，未存", "": "未存"}

// draftsText shows drafts as people read them.
func draftsText(a api.PasteAnswer) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for i, d := range a.Drafts {
		what := draftOutcomes[d.Outcome]
		if d.Outcome != "" && d.Outcome != "refused" {
			what += " " + d.Doc.ID
		}
		line("%d. %s（%s）", i+1, cmp.Or(d.Doc.Title, "无名称"), what)
		for _, f := range d.Doc.FieldTexts() {
			guess := ""
			if slices.Contains(d.Derived, f.Name) {
				guess = "（推定）"
			}
			line("  %s%s：%s", f.Header, guess, strings.ReplaceAll(f.Text, "\n", "\n    "))
		}
		if d.Elsewhere != nil {
			line("  不在此匹配：%s", d.Elsewhere.Text)
		}
		for _, f := range d.Faults {
			line("  注意 %s", strings.TrimPrefix(f.Field+"："+withFix(f.Detail, f.Fix), "："))
		}
		if d.Advice == nil || d.Elsewhere != nil {
			continue
		}
		var lacks []string
		for _, g := range d.Advice.Missing {
			lacks = append(lacks, gapNames[g.Field])
		}
		if len(lacks) > 0 {
			line("  还缺 %s", strings.Join(lacks, "、"))
		}
		for _, q := range d.Questions {
			line("  请问 %s", q.Question)
		}
	}
	return b.String()
}

var gapNames = map[string]string{"text": "具体问题", "application": "用在哪里", "indicators": "指标", "tried": "已经试过什么", "budget": "预算", "valid_until": "期限", "field": "行业"}
