package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// dueEvery is how often it is looked for feeds that are due.
const dueEvery = 30 * time.Second

func feedRoutes() []route {
	table := []route{
		{method: "GET", path: "/v1/feeds", id: "list-feeds", tag: "files", summary: "Sources that are fetched from their addresses", right: "feeds list", add: handle((*Service).listFeeds)},
		{method: "PUT", path: "/v1/feeds/{name}", id: "put-feed", tag: "files", summary: "Fetch a source from its address from now on", right: "feeds update", add: handle((*Service).putFeed)},
		{method: "DELETE", path: "/v1/feeds/{name}", id: "delete-feed", tag: "files", summary: "Fetch a source no more; its documents stay", right: "feeds delete", add: handle((*Service).deleteFeed)},
		{method: "POST", path: "/v1/feeds/{name}/fetch", id: "fetch-feed", tag: "files", summary: "Fetch a source now; answers when that is done", right: "feeds fetch", problems: []corpus.Code{corpus.Conflict}, class: works, add: handle((*Service).fetchFeed)},
	}
	for _, k := range corpus.Kinds {
		table = append(table, route{method: "GET", path: "/v1/feed/" + k.Plural() + ".jsonl", id: "feed-" + k.Plural(), tag: "files",
			summary: "Published " + k.Plural() + " for other servers to fetch", right: "documents export", problems: []corpus.Code{corpus.Unavailable}, class: streams, add: outgoingOf(k)})
	}
	return table
}

// feed returns a feed with the version of its record; an error of code NotFound where there is none.
func (s *Service) feed(name string) (market.Feed, uint64, error) {
	f, version, err := s.everFeed(name)
	if err == nil && f == nil || f != nil && f.Removed {
		err = &corpus.Error{Code: corpus.NotFound, Message: fmt.Sprintf("there is no feed %q", name), Fix: "GET /v1/feeds and duijie feeds list them"}
	}
	if err != nil {
		return market.Feed{}, 0, err
	}
	return *f, version, nil
}

// everFeed also returns one that was removed; nil where there never was one.
func (s *Service) everFeed(name string) (*market.Feed, uint64, error) {
	r, err := s.Store.Record(market.Feeds, name)
	if corpus.CodeOf(err) == corpus.NotFound {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	f, err := readFeed(r)
	return &f, r.Version, err
}

func readFeed(r corpus.Record) (f market.Feed, err error) {
	if err = json.Unmarshal(r.Body, &f); err != nil {
		err = fmt.Errorf("feed %s: %w", r.ID, err)
	}
	return f, err
}

// allFeeds returns all feeds by name, those that were removed too.
func (s *Service) allFeeds() ([]market.Feed, error) {
	all := []market.Feed{}
	for r, err := range s.Store.Records(market.Feeds) {
		if err != nil {
			return nil, err
		}
		f, err := readFeed(r)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// Feeds returns the feeds by name.
func (s *Service) Feeds(ctx context.Context, c Caller) ([]market.Feed, error) {
	if err := c.may("feeds", "list"); err != nil {
		return nil, err
	}
	all, err := s.allFeeds()
	feeds := all[:0]
	for _, f := range all {
		if !f.Removed {
			feeds = append(feeds, f)
		}
	}
	return feeds, err
}

// FeedOf returns the feed, also a removed one, that documents of a source came from; nil where they came otherwise.
func (s *Service) FeedOf(source string) (*market.Feed, error) {
	f, _, err := s.everFeed(source)
	return f, err
}

// PutFeed makes a feed, or gives it other settings; it is due at once.
func (s *Service) PutFeed(ctx context.Context, c Caller, name string, settings market.FeedSettings) (market.Feed, error) {
	if err := c.may("feeds", "update"); err != nil {
		return market.Feed{}, err
	}
	old, _, err := s.everFeed(name)
	if err != nil {
		return market.Feed{}, err
	}
	if old == nil {
		old = &market.Feed{}
	}
	f, err := old.Set(name, settings, s.now())
	if err != nil {
		return f, err
	}
	if f.Map != "" {
		if _, err := s.Store.Record(market.Maps, f.Map); err != nil {
			if corpus.CodeOf(err) == corpus.NotFound {
				err = faults{wrong("map", f.Map, "use the name of a saved map: duijie maps, GET /v1/maps")}
			}
			return f, err
		}
	}
	return f, s.putRecord(ctx, c, "put feed "+name, market.Feeds, name, f, 0)
}

// DeleteFeed ends a feed. Its documents stay.
func (s *Service) DeleteFeed(ctx context.Context, c Caller, name string) error {
	if err := c.may("feeds", "delete"); err != nil {
		return err
	}
	f, version, err := s.feed(name)
	if err != nil {
		return err
	}
	f.Removed = true
	return s.putRecord(ctx, c, "delete feed "+name, market.Feeds, name, f, version)
}

// FetchFeed fetches a feed now, also a paused one, and returns it with what came of that. Feeds are fetched one at a time:
// an error of code Conflict where another is at work.
func (s *Service) FetchFeed(ctx context.Context, c Caller, name string) (market.Feed, error) {
	if err := c.may("feeds", "fetch"); err != nil {
		return market.Feed{}, err
	}
	if !s.fetching.TryLock() {
		e := corpus.Errorf(corpus.Conflict, "a feed is being fetched at this moment")
		e.Fix = "try again in a while"
		return market.Feed{}, e
	}
	defer s.fetching.Unlock()
	return s.fetchNow(ctx, c, name)
}

// fetchNow is called with fetching held.
func (s *Service) fetchNow(ctx context.Context, c Caller, name string) (market.Feed, error) {
	f, version, err := s.feed(name)
	if err != nil {
		return f, err
	}
	s.feedQueue.begin(name)
	defer s.feedQueue.begin("")
	got, err := s.fetch(ctx, c.Name, f)
	if ctx.Err() != nil { // nothing is wrong with the source, and it stays due
		return f, ctx.Err()
	}
	failure := ""
	if err != nil {
		s.Log.WarnContext(ctx, "a feed can't be fetched", "feed", name, "error", withoutAddress(err))
		failure = inWords(err)
	}
	f = f.Fetched(got, failure, s.now(), rand.Float64())
	err = s.putRecord(ctx, c, "fetch feed "+name, market.Feeds, name, f, version)
	if corpus.CodeOf(err) == corpus.Conflict { // it has other settings by now, with which it is due
		err = nil
	}
	return f, err
}

// inWords is what people are told of a fetch that failed.
func inWords(err error) string {
	e, ok := errors.AsType[*corpus.Error](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "来源没有及时传完"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "来源传到一半断了"
	case ok && e.Code == corpus.Internal, !ok && errors.Is(err, errFetchPanic):
		return "本机出错，详见日志"
	case ok && e.Fix != "":
		return e.Message + "（" + e.Fix + "）"
	case ok:
		return e.Message
	}
	if u, ok := errors.AsType[*url.Error](err); ok { // leaves the address out
		err = fmt.Errorf("连不上来源：%w", u.Err)
	}
	return err.Error()
}

// RunFeeds fetches what is due until ctx ends, one after the other. What it knows stands in the store: a restart has
// nothing to restore.
func (s *Service) RunFeeds(ctx context.Context) error {
	look := time.NewTicker(dueEvery)
	defer look.Stop()
	wake := s.feedQueue.open(ctx)
	for {
		s.fetchWanted(ctx)
		if err := s.fetchDue(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "feeds can't be fetched", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		case <-wake:
		}
	}
}

func (s *Service) fetchDue(ctx context.Context) error {
	all, err := s.allFeeds()
	for _, f := range all {
		if ctx.Err() != nil || !f.Due(s.now()) {
			continue
		}
		s.fetchWanted(ctx) // who asked waits for one of these, not for all
		s.fetching.Lock()
		_, failed := s.fetchNow(ctx, Caller{Name: "feed:" + f.Name, Role: market.Admin, Admin: true}, f.Name)
		s.fetching.Unlock()
		err = errors.Join(err, failed)
	}
	return err
}

type feedsOutput struct {
	Body struct {
		Feeds []market.Feed `json:"feeds"`
	}
}

func (s *Service) listFeeds(ctx context.Context, _ *struct{}) (*feedsOutput, error) {
	all, err := s.Feeds(ctx, CallerOf(ctx))
	out := &feedsOutput{}
	out.Body.Feeds = all
	return out, err
}

// FeedParam is the name of a feed in a path.
type FeedParam struct {
	Name string `path:"name" maxLength:"64" doc:"the source of its rows"`
}

type putFeedInput struct {
	FeedParam
	Body market.FeedSettings
}

type feedOutput struct{ Body market.Feed }

func (s *Service) putFeed(ctx context.Context, in *putFeedInput) (*feedOutput, error) {
	f, err := s.PutFeed(ctx, CallerOf(ctx), in.Name, in.Body)
	return &feedOutput{f}, err
}

func (s *Service) deleteFeed(ctx context.Context, in *FeedParam) (*struct{}, error) {
	return nil, s.DeleteFeed(ctx, CallerOf(ctx), in.Name)
}

func (s *Service) fetchFeed(ctx context.Context, in *FeedParam) (*feedOutput, error) {
	f, err := s.FetchFeed(ctx, CallerOf(ctx), in.Name)
	return &feedOutput{f}, err
}
