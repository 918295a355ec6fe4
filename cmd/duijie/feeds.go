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
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "feeds",
		Short: "Sources that a server fetches from their addresses: list, add, fetch now, delete",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.listFeeds(ctx, asJSON) }),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the answer of the API")
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
			return a.callFeed(ctx, http.MethodDelete, args[0], "", nil, nil)
		}),
	})
	return cmd
}

func (a *app) listFeeds(ctx context.Context, asJSON bool) error {
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	var answer struct{ Feeds []market.Feed }
	body, err := c.call(ctx, http.MethodGet, "/v1/feeds", nil, nil, &answer)
	if err != nil {
		return err
	}
	if asJSON {
		_, err := a.stdout.Write(body)
		return err
	}
	t := newTable("名称", "地址", "上次读取", "结果", "导入", "下次读取")
	for _, f := range answer.Feeds {
		next, last := f.Next.Local().Format("2006-01-02 15:04"), ""
		if f.Paused {
			next = "暂停"
		}
		if !f.Last.At.IsZero() {
			last = f.Last.At.Local().Format("2006-01-02 15:04")
		}
		t.add(f.Name, f.URL, last, feedOutcomes[f.Last.Outcome], f.Last.Import, next)
		if f.Last.Error != "" {
			t.note(f.Last.Error)
		}
	}
	return t.print(a.stdout)
}

func (a *app) addFeed(ctx context.Context, name, kind string, s market.FeedSettings) error {
	if kind != "" {
		k, ok := corpus.ParseKind(kind)
		if !ok {
			return fmt.Errorf("--kind: %q is not known (use achievement, need, expert or project)", kind)
		}
		s.Kind = k
	}
	return a.callFeed(ctx, http.MethodPut, name, "", s, nil)
}

func (a *app) fetchFeed(ctx context.Context, name string) error {
	var f market.Feed
	if err := a.callFeed(ctx, http.MethodPost, name, "/fetch", nil, &f); err != nil {
		return err
	}
	if f.Last.Outcome == market.FeedFailed {
		return errors.New(f.Last.Error)
	}
	said := feedOutcomes[f.Last.Outcome]
	if f.Last.Outcome == market.FeedChanged {
		said += "，导入 " + f.Last.Import
	}
	_, err := fmt.Fprintln(a.stdout, said)
	return err
}

// callFeed may come before any document.
func (a *app) callFeed(ctx context.Context, method, name, what string, in, out any) error {
	c, err := a.running(ctx)
	if err == nil && c == nil {
		c, err = a.open(false)
	}
	if err != nil {
		return err
	}
	_, err = c.call(ctx, method, "/v1/feeds/"+url.PathEscape(name)+what, nil, in, out)
	return errors.Join(err, c.close())
}
