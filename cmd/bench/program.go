package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	maxStart = 3 * time.Hour // for all that is stored to be found: a million documents take one
	poll     = 5 * time.Millisecond
	// /v1/status counts all documents after each change, which is work for what is measured.
	statusEvery = 500 * time.Millisecond
)

// A program is bin/duijie on a data folder.
type program struct {
	path, data string
	cmd        *exec.Cmd
	url        string // of the running server
	stderr     bytes.Buffer
}

// serve starts the server on a free port and returns when it has told its address.
func (p *program) serve(ctx context.Context) error {
	p.cmd = exec.CommandContext(ctx, p.path, "--data", p.data, "serve", "--listen", "127.0.0.1:0", "--log-level", "warn")
	p.stderr.Reset()
	p.cmd.Stderr = &p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return errors.Join(fmt.Errorf("%s serve told no address: %w\n%s", p.path, err, p.stderr.Bytes()), p.stop())
	}
	p.url = strings.TrimSpace(line)
	return nil
}

// stop ends the server, if it runs, and waits for its end.
func (p *program) stop() error {
	if p.cmd == nil {
		return nil
	}
	cmd := p.cmd
	p.cmd = nil
	cmd.Process.Signal(syscall.SIGTERM) // one that has ended already tells at Wait
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s serve: %w\n%s", p.path, err, p.stderr.Bytes())
	}
	return nil
}

// imports sends the files of a corpus to the running server.
func (p *program) imports(ctx context.Context, corpus string) error {
	cmd := exec.CommandContext(ctx, p.path, "--data", p.data, "import", filepath.Join(corpus, "achievements.jsonl"), filepath.Join(corpus, "needs.jsonl"))
	out, err := cmd.CombinedOutput()
	const someRowsBad = 3
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == someRowsBad {
		tell("some rows of the corpus are bad:\n%s", out)
		return nil
	}
	if err != nil {
		return fmt.Errorf("import: %w\n%s", err, out)
	}
	return nil
}

// get decodes the answer to a GET into out.
func (p *program) get(ctx context.Context, path string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %.200s", path, resp.Status, body)
	}
	return json.Unmarshal(body, out)
}

// A status is what of /v1/status is read. Beside the members below it may tell apart what can be matched from what can be
// searched by text: every truth value named ...ready and every sequence number named ...indexed is a milestone.
type status map[string]json.RawMessage

// number returns a member, 0 where there is none.
func (s status) number(name string) (n uint64) {
	json.Unmarshal(s[name], &n)
	return n
}

// reached returns the milestones that are reached. A sequence number is, when all that is stored has been indexed.
func (s status) reached() []string {
	var out []string
	stored := s.number("stored")
	for name, value := range s {
		switch {
		case strings.HasSuffix(name, "ready") && string(value) == "true",
			strings.HasSuffix(name, "indexed") && s.number(name) >= stored && stored > 0:
			out = append(out, name)
		}
	}
	return out
}

// milestones returns how many there are.
func (s status) milestones() int {
	n := 0
	for name := range s {
		if strings.HasSuffix(name, "ready") || strings.HasSuffix(name, "indexed") {
			n++
		}
	}
	return n
}

// await waits until all milestones are reached and returns when each was, in seconds since start.
func (p *program) await(ctx context.Context, start time.Time) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, maxStart)
	defer cancel()
	at := map[string]float64{}
	for {
		var s status
		if err := p.get(ctx, "/v1/status", &s); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, p.stderr.Bytes())
		}
		now := time.Since(start).Seconds()
		for _, name := range s.reached() {
			if _, seen := at[name]; !seen {
				at[name] = now
			}
		}
		if len(at) == s.milestones() {
			return at, nil
		}
		time.Sleep(statusEvery)
	}
}

// lists waits until so many match lists are made, so that their making does not weigh on what is measured next, but no
// longer than it may. It returns how many were made a second, 0 where they had been made before.
func (p *program) lists(ctx context.Context, needs int, most time.Duration) (float64, error) {
	tell("waiting for match lists")
	start, first := time.Now(), -1
	for {
		var s struct{ Lists struct{ Kept int } }
		if err := p.get(ctx, "/v1/status", &s); err != nil {
			return 0, fmt.Errorf("%w\n%s", err, p.stderr.Bytes())
		}
		if first < 0 {
			first = s.Lists.Kept
		}
		if took := time.Since(start); s.Lists.Kept >= needs || took >= most {
			return float64(s.Lists.Kept-first) / took.Seconds(), nil
		}
		time.Sleep(statusEvery)
	}
}

// ready waits until /readyz says so.
func (p *program) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, maxStart)
	defer cancel()
	for {
		var ok struct{ Status string }
		err := p.get(ctx, "/readyz", &ok)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("the server does not get ready: %w\n%s", err, p.stderr.Bytes())
		}
		time.Sleep(poll)
	}
}

// measureProgram loads the corpus into a fresh folder, starts the server anew and asks it over HTTP.
func measureProgram(ctx context.Context, o options, data string, r *report) (err error) {
	p := &program{path: o.program, data: data}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := p.serve(ctx); err != nil {
		return err
	}
	if err := p.ready(ctx); err != nil {
		return err
	}
	tell("loading %s", o.corpus)
	start := time.Now()
	if err := p.imports(ctx, o.corpus); err != nil {
		return err
	}
	r.ImportSeconds = time.Since(start).Seconds()
	if r.LoadedBy, err = p.await(ctx, start); err != nil {
		return err
	}
	delete(r.LoadedBy, "ready") // of the empty folder
	for _, at := range r.LoadedBy {
		r.LoadSeconds = max(r.LoadSeconds, at)
	}
	var s struct{ Documents map[string]int }
	if err := p.get(ctx, "/v1/status", &s); err != nil {
		return err
	}
	r.Size, r.Needs = s.Documents["achievement"], s.Documents["need"]
	if r.Size == 0 || r.Needs == 0 {
		return fmt.Errorf("%s gave %d achievements and %d needs", o.corpus, r.Size, r.Needs)
	}
	r.LoadPerSecond = float64(r.Size+r.Needs) / r.LoadSeconds
	if err := p.stop(); err != nil {
		return err
	}
	r.DiskMB = sizeOf(data)
	if err := o.keep(r); err != nil {
		return err
	}

	tell("starting again")
	start = time.Now()
	if err := p.serve(ctx); err != nil {
		return err
	}
	if err := p.ready(ctx); err != nil {
		return err
	}
	r.ReadySeconds = time.Since(start).Seconds()
	if r.ReadyBy, err = p.await(ctx, start); err != nil {
		return err
	}
	if r.ListsPerSecond, err = p.lists(ctx, r.Needs, o.lists); err != nil {
		return err
	}
	if err := p.measureHTTP(ctx, o, r); err != nil {
		return err
	}
	index, _, err := indexFolder(data)
	r.RSSMB, r.OtherFilesMB = memory(p.cmd.Process.Pid, filepath.Join(index, "match"))
	return errors.Join(err, o.keep(r))
}

// maxLists is how many needs' lists are asked for over HTTP.
const maxLists = 1000

// measureHTTP asks for kept lists and typed searches, with 20 rows each.
func (p *program) measureHTTP(ctx context.Context, o options, r *report) error {
	var lists, searches []string
	for after := ""; len(lists) < maxLists; {
		var page struct {
			Documents []struct{ ID, Title string }
			Next      string
		}
		if err := p.get(ctx, "/v1/needs?limit=100&after="+url.QueryEscape(after), &page); err != nil {
			return err
		}
		for _, d := range page.Documents {
			lists = append(lists, "/v1/needs/"+url.PathEscape(d.ID)+"/matches?limit=20")
			searches = append(searches, typed(len(searches), d.Title))
		}
		if after = page.Next; after == "" {
			break
		}
	}
	for _, l := range []struct {
		name  string
		paths []string
	}{{keptList, lists}, {typedSearch, searches}} {
		tell("%s over HTTP", l.name)
		// Each once beforehand: a list is kept from then on.
		if _, err := load(ctx, p.url, l.paths, 4, len(l.paths), maxStart); err != nil {
			return err
		}
		for _, clients := range []int{1, 4, 16} {
			f, err := load(ctx, p.url, l.paths, clients, maxRequests, o.seconds)
			if err != nil {
				return err
			}
			f.What = l.name
			r.HTTP = append(r.HTTP, f)
		}
	}
	kept, search := r.http(keptList, 4), r.http(typedSearch, 1)
	r.KeptP99, r.KeptPerSecond, r.SearchP95 = kept.P99, kept.PerSecond, search.P95
	return nil
}

// typed returns the i-th search: what a person might type who has a need with this title, with filters, facets and
// highlights.
func typed(i int, title string) string {
	runes := []rune(title)
	head, tail := string(runes[:min(4, len(runes))]), string(runes[min(4, len(runes)):])
	q := url.Values{"kind": {"achievement"}, "limit": {"20"}, "facets": {"true"}}
	switch i % 4 {
	case 0:
		q.Set("q", title)
	case 1:
		q.Set("q", `"`+head+`" `+tail)
	case 2:
		q.Set("q", string(runes[:min(2, len(runes))])+"*")
	case 3:
		q.Set("q", "title:"+head)
	}
	switch i % 3 {
	case 0:
		q.Set("stage", "pilot,applied")
	case 1:
		q.Set("field", "C")
	case 2:
		q.Set("from", "2019")
	}
	return "/v1/search?" + q.Encode()
}

// sizeOf returns the size of a folder's files in MB; a file that goes away meanwhile counts nothing.
func sizeOf(dir string) float64 {
	var n int64
	filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
		return nil
	})
	return float64(n) / 1e6
}
