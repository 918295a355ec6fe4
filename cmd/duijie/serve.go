package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"duijie/api"
	"duijie/api/web"
	"duijie/corpus"
)

// stopTime is how long requests may take to end after a signal to stop.
const stopTime = 10 * time.Second

// readersTurns is how many threads more than cores run Go code in a server, so that a reader finds a turn while those of
// indexer.Background hold theirs; the kernel then gives it the core.
const readersTurns = 2

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve pages and API, and the other commands through DATA/duijie.sock",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.serve(ctx) }),
	}
}

// serve runs until ctx ends. It answers at once; /readyz says when everything stored can be found.
func (a *app) serve(ctx context.Context) error {
	if err := a.refuseSecond(ctx); err != nil {
		return err
	}
	log := a.logger(slog.LevelDebug)
	f, err := a.openFolder(log, true)
	if errors.Is(err, corpus.ErrLocked) { // two servers began at once, or a command is at work
		if second := a.refuseSecond(ctx); second != nil {
			return second
		}
	}
	if err != nil {
		return err
	}
	err = a.serveFolder(ctx, f, log)
	return errors.Join(err, f.close())
}

// refuseSecond names the server that has the folder already.
func (a *app) refuseSecond(ctx context.Context) error {
	c, err := a.running(ctx)
	if c == nil || err != nil {
		return err
	}
	defer c.close()
	var p process
	if _, err := c.call(ctx, http.MethodGet, "/process", nil, nil, &p); err != nil {
		return fmt.Errorf("a server that does not answer well has the data folder %s (stop it): %w", a.Data, err)
	}
	return fmt.Errorf("the data folder %s is served already, at http://%s by process %d (use that one, stop it, or give another --data)", a.Data, p.Listen, p.PID)
}

func (a *app) serveFolder(ctx context.Context, f *folder, log *slog.Logger) error {
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + readersTurns)
	if err := cmp.Or(a.alerting(f.service), a.telling(f.service), a.signingIn(f.service)); err != nil {
		return err
	}
	pages, err := web.Handler(f.service, web.Options{Base: a.BasePath, Lang: a.Lang,
		Foot: web.Foot{Operator: a.Operator, About: a.OperatorURL, ICP: a.ICPRecord, Police: a.PoliceRecord, Privacy: a.PrivacyURL}})
	if err != nil {
		return err
	}
	tcp, err := listenTCP(a.Listen)
	if err != nil {
		return err
	}
	defer tcp.Close()
	socket, err := listenSocket(a.socketPath())
	if err != nil {
		return err
	}
	defer socket.Close()
	listen := tcp.Addr().String()
	g, ctx := errgroup.WithContext(ctx)
	f.life = ctx
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	g.Go(func() error {
		if err := f.start(ctx); err != nil {
			return unlessDone(ctx, err)
		}
		log.Info("everything stored can be found")
		f.reloadAt(ctx, hangups, log)
		return nil
	})
	g.Go(func() error { return f.service.RunUploads(ctx) })
	g.Go(func() error { return f.service.RunFeeds(ctx) })
	g.Go(func() error { return f.service.RunSuggestions(ctx) })
	g.Go(func() error { return f.service.RunAlerts(ctx) })
	g.Go(func() error { return f.service.RunDeliveries(ctx) })
	g.Go(func() error { return f.service.RunOverdue(ctx) })
	handlers := map[net.Listener]http.Handler{socket: f.adminHandler(listen)}
	if a.MetricsListen != "" {
		metrics, err := listenTCP(a.MetricsListen)
		if err != nil {
			return err
		}
		defer metrics.Close()
		f.service.Metrics = api.NewMetrics(f.service)
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", f.service.Metrics.Handler())
		handlers[metrics] = mux
	}
	handlers[tcp] = api.Handler(f.service, pages)
	for ln, handler := range handlers {
		// No ReadTimeout and WriteTimeout: imports and exports take as long as they take, and each route says how long it
		// waits for a body.
		srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
		g.Go(func() error {
			if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
		g.Go(func() error {
			<-ctx.Done()
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
			defer cancel()
			if err := srv.Shutdown(last); err != nil {
				log.Warn("requests were cut off", "error", err)
				return srv.Close()
			}
			return nil
		})
	}
	fmt.Fprintf(a.stdout, "http://%s\n", listen)
	if err := a.welcome(ctx, f.service, listen); err != nil {
		log.Error("the first admin can't be invited", "error", err)
	}
	log.Info("serving", "address", listen, "data", a.Data, "version", version())
	err = g.Wait()
	log.Info("stopped")
	return err
}

func listenTCP(address string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("%s is in use by another program (give another --listen or --metrics-listen)", address)
	}
	return ln, err
}

// unlessDone is err, nil where it only says that ctx has ended.
func unlessDone(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// listenSocket listens on a unix socket that only this user can open. Any socket there is a killed server's: the
// caller holds the folder's lock.
func listenSocket(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	mask := syscall.Umask(0o177)
	ln, err := net.Listen("unix", path)
	syscall.Umask(mask)
	if errors.Is(err, syscall.EINVAL) {
		return nil, fmt.Errorf("%s is too long for the name of a socket (give a shorter --data, or start in a folder nearer to it)", path)
	}
	return ln, err
}
