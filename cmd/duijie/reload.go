package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// A reloadEvent is one line of the answer to POST /reload. The last one has Serving or Error.
type reloadEvent struct {
	Done    int      `json:"done,omitempty"` // documents analysed
	Total   int      `json:"total,omitempty"`
	Waiting int      `json:"waiting,omitempty"` // for the outside model
	Changed []string `json:"changed,omitempty"` // what differs from before: dictionary, words, synonyms, outside_model
	Serving *makeup  `json:"serving,omitempty"`
	Error   string   `json:"error,omitempty"`
}

// errBuilding says that one can't begin to build a generation now.
var errBuilding = errors.New("the index is being built already (wait until it is done: duijie doctor; then repeat)")

// reload builds the generation that the files and settings ask for beside the one that serves, and swaps them. With an
// error the old one serves on.
func (f *folder) reload(ctx context.Context, log *slog.Logger, tell func(reloadEvent)) error {
	select {
	case f.building <- struct{}{}:
		defer func() { <-f.building }()
	default:
		return errBuilding
	}
	began := time.Now()
	if f.life != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer context.AfterFunc(f.life, cancel)()
	}
	fresh := *f.app
	var err error
	if fresh.config, err = loadConfig(f.app.flags); err != nil {
		return err
	}
	fresh.Data = f.app.Data
	old := f.current()
	next, err := fresh.openGeneration(f.service.Store, log, old)
	if errors.Is(err, errSame) {
		m := old.makeup()
		tell(reloadEvent{Serving: &m})
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.replace(ctx, next, tell); err != nil {
		return errors.Join(err, next.close(), os.RemoveAll(next.dir))
	}
	m := next.makeup()
	changed := old.makeup().differs(m)
	log.Info("another generation serves", "changed", changed, "analyzer", next.Analyzer.Name(), "took", time.Since(began).Round(time.Millisecond))
	if err := errors.Join(old.close(), f.sweep()); err != nil {
		log.Warn("the generation before could not be removed; the next start tries again", "error", err)
	}
	debug.FreeOSMemory() // of the old one, and gojieba's with it
	tell(reloadEvent{Changed: changed, Serving: &m})
	return nil
}

// replace lets next catch up and serve. It begins to serve without the vectors of an outside model only where the one
// before lacks some as well.
func (f *folder) replace(ctx context.Context, next *generation, tell func(reloadEvent)) error {
	next.Sync.Progress = func(done, total int) { tell(reloadEvent{Done: done, Total: total}) }
	if err := next.Sync.Start(ctx); err != nil {
		return err
	}
	next.run()
	for {
		_, waiting := next.Sync.Meaning()
		_, lacking := f.current().Sync.Meaning()
		if waiting == 0 || lacking > 0 {
			break
		}
		tell(reloadEvent{Waiting: waiting})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	if err := f.service.Swap(ctx, &next.Generation); err != nil {
		return err
	}
	f.generation.Store(next)
	next.fill()
	return nil
}

// reloadAt reloads at each signal until ctx ends.
func (f *folder) reloadAt(ctx context.Context, signals <-chan os.Signal, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		var told time.Time
		err := f.reload(ctx, log, func(e reloadEvent) {
			switch {
			case e.Serving != nil && len(e.Changed) == 0:
				log.Info("nothing to reload: the files say what serves")
			case e.Serving == nil && time.Since(told) >= 10*time.Second:
				told = time.Now()
				log.Info("another generation is built", "done", e.Done, "total", e.Total, "waiting", e.Waiting)
			}
		})
		if err != nil && ctx.Err() == nil {
			log.Error("reload failed; the old generation serves on", "error", err)
		}
	}
}

func (f *folder) serveReload(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines, flush := json.NewEncoder(w), http.NewResponseController(w)
	tell := func(e reloadEvent) {
		lines.Encode(e) // an error means that the caller has gone, which ends the request's context
		flush.Flush()
	}
	if err := f.reload(r.Context(), f.service.Log, tell); err != nil {
		f.service.Log.Warn("reload failed; the old generation serves on", "error", err)
		tell(reloadEvent{Error: explain(err)})
	}
}

func (a *app) reloadCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reload",
		Short: "Let the running server use words.txt, synonyms.txt, dictionary and model as they are now",
		Long: `Reads DATA/words.txt, DATA/synonyms.txt, the dictionary and the settings of the model anew. Where they differ from what
serves, the server builds another index beside the one that serves, swaps the two when the new one holds everything, and
removes the old one. Nothing changes where a file is bad. The signal HUP does the same.`,
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error { return a.reload(ctx) }),
	}
	cmd.Flags().BoolVar(&a.json, "json", false, "print JSON, a line for each step")
	return cmd
}

func (a *app) reload(ctx context.Context) error {
	c, err := a.running(ctx)
	if err != nil {
		return err
	}
	if c == nil {
		return fmt.Errorf("no server is running on %s (nothing to do: what starts next reads the files)", a.Data)
	}
	defer c.close()
	answer, err := c.do(ctx, http.MethodPost, "/reload", nil, nil)
	if err != nil {
		return err
	}
	defer answer.Close()
	var bar *progressbar.ProgressBar
	for dec := json.NewDecoder(answer); ; {
		var e reloadEvent
		if err := dec.Decode(&e); err != nil {
			return fmt.Errorf("the reload broke off; the server goes on with what it had: %w", err)
		}
		if e.Total > 0 && !a.json {
			if bar == nil {
				bar = a.bar("reload", int64(e.Total))
				defer bar.Exit()
			}
			bar.ChangeMax(e.Total)
			bar.Set(e.Done)
		}
		if a.json {
			if err := json.NewEncoder(a.stdout).Encode(e); err != nil {
				return err
			}
		}
		switch {
		case e.Error != "":
			return errors.New(e.Error)
		case e.Serving == nil:
			continue
		case a.json:
		case len(e.Changed) == 0:
			fmt.Fprintln(a.stdout, "没有变化：文件与正在使用的一致")
		default:
			fmt.Fprintf(a.stdout, "已换用新的索引：%s有变化\n", strings.Join(changedNames(e.Changed), "、"))
		}
		return nil
	}
}
