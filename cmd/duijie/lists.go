package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"duijie/api"
)

// A listsEvent is one line of the answer to POST /lists. The last one has no needs that wait, or Error.
type listsEvent struct {
	api.Lists
	Error string `json:"error,omitempty"`
}

// makeLists makes the match lists that are missing, or lets the server do so, until none is.
func (f *folder) makeLists(ctx context.Context, rebuild bool, tell func(kept, waiting int)) error {
	for dropped := !rebuild; ; {
		m := f.current().Matcher // a reload may bring another
		if f.service.Ready() == nil && !dropped {
			if err := m.Rebuild(); err != nil {
				return err
			}
			dropped = true
		}
		if f.life == nil {
			return m.Fill(ctx, runtime.GOMAXPROCS(0), tell)
		}
		kept, waiting := m.Lists()
		if waiting == 0 && f.service.Ready() == nil {
			return nil
		}
		tell(kept, max(1, waiting)) // what waits is not known before the index has caught up
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.life.Done():
			return errors.New("the server has stopped (repeat the command: it goes on where it was)")
		case <-time.After(time.Second / 2):
		}
	}
}

func (f *folder) serveLists(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines, flush := json.NewEncoder(w), http.NewResponseController(w)
	tell := func(e listsEvent) {
		lines.Encode(e) // an error means that the caller has gone, which ends the request's context
		flush.Flush()
	}
	err := f.makeLists(r.Context(), r.URL.Query().Get("rebuild") == "true", func(kept, waiting int) {
		tell(listsEvent{Lists: api.Lists{Kept: kept, Waiting: waiting}})
	})
	if err != nil {
		tell(listsEvent{Error: explain(err)})
		return
	}
	kept, _ := f.current().Matcher.Lists()
	tell(listsEvent{Lists: api.Lists{Kept: kept}})
}

func (a *app) listsCommand() *cobra.Command {
	var rebuild bool
	cmd := &cobra.Command{
		Use:   "lists",
		Short: "Make the match lists of needs that are missing, and wait until all are there",
		Long: `Match lists of needs are kept and follow each change; a server makes those that are missing in the background, on half
the cores. This waits until none is missing; without a server it makes them itself, on all cores. It may be ended and
begun again at any moment: what is made is kept.`,
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error { return a.lists(ctx, rebuild) }),
	}
	cmd.Flags().BoolVar(&rebuild, "rebuild", false, "drop all lists first")
	cmd.Flags().BoolVar(&a.json, "json", false, "print JSON, a line for each step")
	return cmd
}

func (a *app) lists(ctx context.Context, rebuild bool) error {
	c, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer c.close()
	body, err := c.do(ctx, http.MethodPost, "/lists", url.Values{"rebuild": {strconv.FormatBool(rebuild)}}, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	bar := a.bar("lists", -1)
	defer bar.Exit()
	var e listsEvent
	for lines := json.NewDecoder(body); ; {
		e = listsEvent{}
		if err := lines.Decode(&e); err != nil {
			return fmt.Errorf("the server has stopped (repeat the command: it goes on where it was): %w", err)
		}
		if e.Error != "" {
			return errors.New(e.Error)
		}
		if a.json {
			if err := json.NewEncoder(a.stdout).Encode(e); err != nil {
				return err
			}
		}
		if e.Waiting == 0 {
			break
		}
		bar.ChangeMax(e.Kept + e.Waiting)
		bar.Set(e.Kept) // shows how far it is; an error only says that it is beyond the end
	}
	if !a.json {
		fmt.Fprintf(a.stdout, "已存 %d 个需求的匹配列表\n", e.Kept)
	}
	return nil
}
