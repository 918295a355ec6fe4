package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"duijie/api"
	"duijie/corpus"
)

// A client speaks the API as admin: over the socket of the server that has the data folder, or with this process.
type client struct {
	http   http.Client
	lang   string  // of messages about rows
	folder *folder // nil where a server has it
	server *http.Server
}

// dialSocket returns nil without an error where no server listens. A socket that a killed server left is none, nor can
// one have a name that is too long.
func (a *app) dialSocket(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", a.socketPath())
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOTSOCK) || errors.Is(err, syscall.EINVAL) {
		return nil, nil
	}
	return conn, err
}

// running returns a client of the server that has the data folder, nil where there is none.
func (a *app) running(ctx context.Context) (*client, error) {
	conn, err := a.dialSocket(ctx)
	if conn == nil || err != nil {
		return nil, err
	}
	conn.Close()
	return &client{http: newHTTP(a.dialSocket), lang: a.Lang}, nil
}

// connect finds the running server, or else opens the folder, waiting with index until everything stored is found.
func (a *app) connect(ctx context.Context, index bool) (*client, error) {
	c, err := a.find(ctx, index)
	if err != nil || !index {
		return c, err
	}
	if err := c.settle(ctx); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// begin is connect for what may come before any document: it makes the folder where there is none, and waits for nothing.
func (a *app) begin(ctx context.Context, index bool) (*client, error) {
	if c, err := a.running(ctx); c != nil || err != nil {
		return c, err
	}
	return a.open(index)
}

// find finds the running server, or else opens the folder, which must hold something.
func (a *app) find(ctx context.Context, index bool) (*client, error) {
	if c, err := a.running(ctx); c != nil || err != nil {
		return c, err
	}
	if _, err := os.Stat(filepath.Join(a.Data, corpus.FileName)); err != nil {
		return nil, fmt.Errorf("the data folder %s is empty (import something first, or give another --data)", a.Data)
	}
	return a.open(index)
}

// open opens the folder for this process alone, making it where there is none.
func (a *app) open(index bool) (*client, error) {
	f, err := a.openFolder(a.logger(slog.LevelWarn), index)
	if err != nil {
		return nil, err
	}
	f.service.Log = a.logger(slog.LevelError) // what is wrong with a request, the command says itself
	ln := newPipe()
	c := &client{http: newHTTP(ln.dial), lang: a.Lang, folder: f, server: &http.Server{Handler: f.adminHandler(""), ReadHeaderTimeout: time.Minute}}
	go c.server.Serve(ln) // returns when close closes it
	return c, nil
}

// settle waits until all that is stored is found. A server sees to that itself; without an index nothing is.
func (c *client) settle(ctx context.Context) error {
	if c.folder == nil || c.folder.current() == nil {
		return nil
	}
	sync := c.folder.current().Sync
	if _, _, ready := sync.Status(); ready {
		return sync.CatchUp(ctx)
	}
	return c.folder.start(ctx)
}

// follow lets the index of an own folder follow what is written, until stop is called; settle tells what went wrong.
func (c *client) follow(ctx context.Context) (stop func()) {
	if c.folder == nil || c.folder.current() == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-c.folder.service.Store.Wake():
				c.folder.current().Sync.CatchUp(ctx)
			}
		}
	}()
	return func() { cancel(); <-done }
}

func (c *client) close() error {
	c.http.CloseIdleConnections()
	if c.folder == nil {
		return nil
	}
	return errors.Join(c.server.Close(), c.folder.close())
}

func newHTTP(dial func(context.Context) (net.Conn, error)) http.Client {
	return http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := dial(ctx)
		if conn == nil && err == nil {
			err = errors.New("the server has stopped (repeat the command)")
		}
		return conn, err
	}}}
}

// A content is the body of a request.
type content struct {
	media string
	r     io.Reader
}

// do sends a request to a path, escaped already, and returns the answer's body, which the caller closes. A problem
// becomes an error.
func (c *client) do(ctx context.Context, method, path string, query url.Values, body *content) (io.ReadCloser, error) {
	if body == nil {
		body = &content{}
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://duijie"+path+"?"+query.Encode(), body.r)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Language", c.lang)
	if body.media != "" {
		req.Header.Set("Content-Type", body.media)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unwrapURL(err)
	}
	if resp.StatusCode < 300 {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	var p api.Problem
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
		return nil, fmt.Errorf("the server answered %s", resp.Status)
	}
	return nil, problemError(&p)
}

// unwrapURL drops the made-up address that net/http puts before its errors.
func unwrapURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// problemError says what the API's problem says: what happened (how to fix it).
func problemError(p *api.Problem) error {
	if len(p.Errors) == 0 {
		return errors.New(withFix(p.Detail, p.Fix))
	}
	lines := make([]string, len(p.Errors))
	for i, f := range p.Errors {
		lines[i] = withFix(strings.TrimPrefix(f.Field+": "+f.Detail, ": "), f.Fix)
	}
	return errors.New(strings.Join(lines, "; "))
}

func withFix(what, fix string) string {
	if fix == "" {
		return what
	}
	return what + " (" + fix + ")"
}

// call sends in as JSON (nil: nothing), reads the whole answer, where there is one, into out (nil: not) and returns it as it came.
func (c *client) call(ctx context.Context, method, path string, query url.Values, in, out any) ([]byte, error) {
	var body *content
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = &content{"application/json", bytes.NewReader(b)}
	}
	answer, err := c.do(ctx, method, path, query, body)
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	b, err := io.ReadAll(answer)
	if err == nil && out != nil && len(b) > 0 {
		err = json.Unmarshal(b, out)
	}
	return b, err
}

// A request is what most commands come to: one call of the API, GET where no method is given.
type request struct {
	method, path string // escaped already
	query        url.Values
	in           any  // the body
	index        bool // everything stored must be found
	first        bool // there may be no data folder yet
}

// params returns parameters of a request by name and value, without those that have none.
func params(pairs ...string) url.Values {
	q := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			q.Set(pair[0], pair[1])
		}
	}
	return q
}

// printAnswer sends a request and lets show (nil: nobody) print the answer, or with --json prints it as it came.
func printAnswer[T any](ctx context.Context, a *app, r request, show func(*client, T) error) (err error) {
	connect := a.connect
	if r.first {
		connect = a.begin
	}
	c, err := connect(ctx, r.index)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	var answer T
	body, err := c.call(ctx, cmp.Or(r.method, http.MethodGet), r.path, r.query, r.in, &answer)
	if err != nil {
		return err
	}
	if a.json {
		_, err := a.stdout.Write(body)
		return err
	}
	if show == nil {
		return nil
	}
	return show(c, answer)
}

// A pipe lets an HTTP server and a client of the same process talk without a port.
type pipe struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipe() *pipe { return &pipe{make(chan net.Conn), make(chan struct{})} }

func (p *pipe) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close is called once, by http.Server.
func (p *pipe) Close() error { close(p.done); return nil }

func (p *pipe) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
