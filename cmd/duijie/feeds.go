package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"duijie/corpus"
	"duijie/corpus/market"
)

var feedOutcomes = map[market.FeedOutcome]string{"": "未读取", market.FeedChanged: "有变化", market.FeedUnchanged: "无变化", market.FeedFailed: "失败"}

func (a *app) feedsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "feeds",
		Short: "Sources that a server fetches from their addresses: list, add, fetch now, delete",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.listFeeds(ctx) }),
	}
	a.answers(cmd.Flags())
	var s market.FeedSettings
	var kind string
	var every time.Duration
	add := &cobra.Command{
		Use:   "add NAME URL",
		Short: "Fetch a source from now on, or fetch it with other settings",
		Long: "Fetch a source from now on, or fetch it with other settings. NAME becomes the source of its rows. The file is told by its\n" +
			"content, as duijie import does. Another Duijie gives out https://HOST/v1/feed/needs.jsonl (achievements, experts, projects).",
		Args: cobra.ExactArgs(2),
		RunE: a.does(func(ctx context.Context, args []string) error {
			s.URL, s.Every = args[1], max(1, int(every/time.Minute)) // 0 would be the default
			return a.addFeed(ctx, args[0], kind, s)
		}),
	}
	f := add.Flags()
	f.StringVar(&kind, "kind", "", "of rows that name none: achievement, need, expert, project")
	f.DurationVar(&every, "every", 24*time.Hour, "between two fetches, 10m or more")
	f.StringVar(&s.Map, "map", "", "name of a saved map of columns (default: the one called NAME, where there is one)")
	f.StringVar(&s.Licence, "licence", "", "under which the source publishes; pages show it")
	f.StringVar(&s.Link, "link", "", "address of the publisher, for people")
	f.BoolVar(&s.Withdraw, "withdraw", false, "take down what the source no longer has, until it comes back")
	f.BoolVar(&s.Paused, "paused", false, "fetch it only when asked to")
	cmd.AddCommand(add, &cobra.Command{
		Use:   "fetch NAME",
		Short: "Fetch a source now",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, args []string) error { return a.fetchFeed(ctx, args[0]) }),
	}, &cobra.Command{
		Use:   "delete NAME",
		Short: "Fetch a source no more; its documents stay",
		Args:  cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, args []string) error {
			return a.callFeed(ctx, http.MethodDelete, args[0], "", nil)
		}),
	})
	return cmd
}

func (a *app) listFeeds(ctx context.Context) error {
	return printAnswer(ctx, a, request{path: "/v1/feeds"}, func(_ *client, answer struct{ Feeds []market.Feed }) error {
		t := newTable("名称", "地址", "上次读取", "结果", "导入", "下次读取")
		for _, f := range answer.Feeds {
			next, last := moment(f.Next), ""
			if f.Paused {
				next = "暂停"
			}
			if !f.Last.At.IsZero() {
				last = moment(f.Last.At)
			}
			t.add(f.Name, f.URL, last, feedOutcomes[f.Last.Outcome], f.Last.Import, next)
			if f.Last.Error != "" {
				t.note(f.Last.Error)
			}
		}
		return t.print(a.stdout)
	})
}

func (a *app) addFeed(ctx context.Context, name, kind string, s market.FeedSettings) error {
	if kind != "" {
		k, ok := corpus.ParseKind(kind)
		if !ok {
			return fmt.Errorf("--kind: %q is not known (use achievement, need, expert or project)", kind)
		}
		s.Kind = k
	}
	return a.callFeed(ctx, http.MethodPut, name, "", s)
}

func (a *app) fetchFeed(ctx context.Context, name string) error {
	return printAnswer(ctx, a, feedRequest(http.MethodPost, name, "/fetch", nil), func(_ *client, f market.Feed) error {
		if f.Last.Outcome == market.FeedFailed {
			return errors.New(f.Last.Error)
		}
		said := feedOutcomes[f.Last.Outcome]
		if f.Last.Outcome == market.FeedChanged {
			said += "，导入 " + f.Last.Import
		}
		_, err := fmt.Fprintln(a.stdout, said)
		return err
	})
}

// feedRequest may come before any document.
func feedRequest(method, name, what string, in any) request {
	return request{method: method, path: "/v1/feeds/" + url.PathEscape(name) + what, in: in, first: true}
}

func (a *app) callFeed(ctx context.Context, method, name, what string, in any) error {
	return printAnswer[any](ctx, a, feedRequest(method, name, what, in), nil)
}
