package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"duijie/corpus"
	"duijie/matcher"
)

var wayNames = map[matcher.Way]string{matcher.Direct: "直接发布", matcher.Assisted: "先请人帮着完善", matcher.Broker: "交给技术经纪人"}

func (a *app) coachCommand() *cobra.Command {
	var text string
	cmd := &cobra.Command{
		Use:   "coach (--text TEXT | FILE | -)",
		Short: "Say what a draft need lacks, whether it is several, and who should take it on; it is not stored",
		Long: `Say what a draft need lacks, whether it is several, and who should take it on.
FILE, or standard input for -, holds the problem in plain words, or one JSON object with the members of a need:
title, text, goal, tried, indicators, budget, field, region, stage, cooperation, valid_until; others are left out.`,
		Args: cobra.MaximumNArgs(1),
		PreRunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("text") == (len(args) == 1) {
				return errors.New("give either --text or one FILE")
			}
			return nil
		},
		RunE: a.does(func(ctx context.Context, args []string) error {
			var draft any = map[string]string{"text": text}
			if len(args) == 1 {
				var err error
				if draft, err = a.readDraft(args[0]); err != nil {
					return err
				}
			}
			return a.coach(ctx, draft)
		}),
	}
	cmd.Flags().StringVar(&text, "text", "", "the problem in plain words")
	a.answers(cmd.Flags())
	return cmd
}

// readDraft returns the body of POST /v1/coach that a file holds: JSON as it is, or plain words.
func (a *app) readDraft(name string) (any, error) {
	in := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxDraft+1))
	if err != nil {
		return nil, err
	}
	switch b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff"))); {
	case len(b) > maxDraft:
		return nil, fmt.Errorf("%s is larger than %d bytes (keep to one need)", name, maxDraft)
	case !utf8.Valid(b):
		return nil, fmt.Errorf("%s is not UTF-8 (save it as UTF-8)", name)
	case !bytes.HasPrefix(b, []byte("{")):
		return map[string]string{"text": string(b)}, nil
	}
	var need map[string]json.RawMessage
	if json.Unmarshal(b, &need) != nil {
		return nil, fmt.Errorf("%s is not one JSON object (give one need, or plain words)", name)
	}
	maps.DeleteFunc(need, func(member string, _ json.RawMessage) bool { return !slices.Contains(drafted, member) })
	return need, nil
}

// drafted are the members of a need that the coach reads; an exported need has more.
var drafted = strings.Fields("title text goal tried indicators budget field region stage cooperation valid_until")

// maxDraft is what a file may hold: four times what the API takes as text, for the escapes of JSON.
const maxDraft = 4 * corpus.MaxText

func (a *app) coach(ctx context.Context, draft any) error {
	return printAnswer(ctx, a, request{method: http.MethodPost, path: "/v1/coach", in: draft, index: true}, func(_ *client, advice matcher.Advice) error {
		_, err := io.WriteString(a.stdout, adviceText(advice))
		return err
	})
}

// adviceText is the advice as people read it.
func adviceText(a matcher.Advice) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("完整度 %.0f%%", 100*a.Completeness)
	for _, g := range a.Missing {
		line("  还缺 %s%s", g.Question, g.Why)
	}
	line("建议%s", wayNames[a.Route.Way])
	for _, r := range a.Route.Reasons {
		line("  %s", r.Text)
	}
	if len(a.Parts) > 0 {
		line("可以分成 %d 项发布", len(a.Parts))
		for i, p := range a.Parts {
			line("  %d. %s", i+1, p.Title)
		}
	}
	if len(a.Similar) > 0 {
		line("可能已经发布过")
		for _, n := range a.Similar {
			line("  %s  %s（相近 %.0f%%）", n.ID, n.Title, 100*n.Near)
		}
	}
	if len(a.Keywords) > 0 {
		line("关键词 %s", strings.Join(a.Keywords, "、"))
	}
	for _, of := range []struct {
		name  string
		codes []matcher.Suggestion
	}{{"可能的行业", a.Fields}, {"可能的战略性新兴产业", a.Strategic}} {
		for _, s := range of.codes {
			line("%s %s %s（%.0f%%）", of.name, s.Code, s.Name, 100*s.Confidence)
		}
	}
	return b.String()
}
