package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var (
	soak  = flag.Duration("soak", 3*time.Second, "how long TestSoak reads and writes")
	raced = flag.Bool("raced", false, "run the programs of TestSoak and TestScripts with the race detector")
)

const (
	soakReaders = 16
	soakRows    = 2_000 // at the start
	soakBatch   = 200   // rows an import
	soakNeeds   = 100
)

// TestSoak reads with many clients, first quietly, then while rows are imported, changed and deleted without end: no
// request may fail, the log may hold no error, and memory may not grow. It tells the latencies of both.
func TestSoak(t *testing.T) {
	p := newProgram(t)
	if *raced {
		p.path = raceBinary(t)
	}
	random := rand.New(rand.NewPCG(1, 2))
	ids := writeRows(t, filepath.Join(p.dir, "rows.jsonl"), 0, soakRows)
	writeNeeds(t, filepath.Join(p.dir, "needs.jsonl"))
	p.run("import", "rows.jsonl", "needs.jsonl")
	var key struct{ Key string }
	if err := json.Unmarshal([]byte(p.run("key", "create", "--role", "admin", "--name", "soak", "--json")), &key); err != nil || key.Key == "" {
		t.Fatalf("no key: %v", err)
	}
	var log bytes.Buffer
	s := p.serveTo(&log)
	s.ready()

	quiet := s.read(*soak/4, nil)
	var memory []int64
	var written atomic.Int64
	busy := s.read(*soak, func(over func() bool) {
		for round := 1; !over(); round++ {
			more := writeRows(t, filepath.Join(p.dir, "rows.jsonl"), round, soakBatch)
			p.run("import", "rows.jsonl")
			ids = append(ids, more...)
			for len(ids) > soakRows { // as many leave as come
				at := random.IntN(len(ids))
				s.delete(ids[at], key.Key)
				ids = slices.Delete(ids, at, at+1)
			}
			written.Add(soakBatch)
			memory = append(memory, s.memory())
		}
	})
	t.Logf("quiet: %s", quiet)
	t.Logf("with %d rows imported and as many deleted: %s", written.Load(), busy)
	if len(memory) == 0 || written.Load() == 0 {
		t.Fatal("nothing was written: the test can't see")
	}
	early, late := slices.Max(memory[:(len(memory)+2)/3]), slices.Min(memory[len(memory)-(len(memory)+2)/3:])
	t.Logf("memory of its own: %d MB at most in the first third, %d MB at least in the last", early>>20, late>>20)
	if *soak >= 30*time.Second && late > early+early/4 { // before that, what is kept in memory is still filling
		t.Errorf("memory grew from %d MB to %d MB", early>>20, late>>20)
	}
	var status struct{ Stored, Indexed uint64 }
	s.get("/v1/status", &status)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if text := log.String(); strings.Contains(text, "level=ERROR") || strings.Contains(text, "DATA RACE") {
		t.Errorf("the server said:\n%.5000s", text)
	}
}

func raceBinary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(binDir, "duijie-race")
	if out, err := buildCommand(path, "-race").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func writeNeeds(t *testing.T, path string) {
	t.Helper()
	var b bytes.Buffer
	for i := range soakNeeds {
		fmt.Fprintf(&b, `{"kind":"need","id":"N%d","title":"%s提取率低","text":"希望%s时提高%s的回收率，第%d号生产线。"}`+"\n", i,
			[]string{"玉米秸秆", "铝合金", "石英砂", "牛粪", "镍钴", "淀粉"}[i%6], []string{"提取", "热处理", "提纯"}[i%3], []string{"淀粉", "镍钴", "铝"}[i/3%3], i)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// laps are the latencies of requests.
type laps []time.Duration

func (l laps) String() string {
	slices.Sort(l)
	return fmt.Sprintf("%d requests, p50 %v, p99 %v", len(l), l[len(l)/2].Round(time.Microsecond), l[len(l)*99/100].Round(time.Microsecond))
}

// read asks for match lists, searches and pages for a while, while beside, if there is one, works until it is over.
func (s *server) read(long time.Duration, beside func(over func() bool)) laps {
	s.t.Helper()
	end := time.Now().Add(long)
	over := func() bool { return time.Now().After(end) || s.t.Failed() }
	phrase := url.QueryEscape(`"秸秆提取" 淀粉`)
	requests := []func(n int) string{
		func(n int) string { return fmt.Sprintf("/v1/needs/N%d/matches", n%soakNeeds) },
		func(n int) string {
			return fmt.Sprintf("/v1/search?facets=true&q=%s", url.QueryEscape(fmt.Sprintf("玉米 第%d号", n)))
		},
		func(n int) string { return fmt.Sprintf("/needs/N%d", n%soakNeeds) },
		func(n int) string { return fmt.Sprintf("/v1/search?kind=achievement&q=%s&limit=%d", phrase, 1+n%50) },
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: soakReaders}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var all laps
	var wg sync.WaitGroup
	for reader := range soakReaders {
		wg.Go(func() {
			var own laps
			for i := reader; !over(); i++ {
				path := requests[i%len(requests)](i / len(requests))
				begun := time.Now()
				resp, err := client.Get(s.url + path)
				if err != nil {
					s.t.Error(err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK {
					s.t.Errorf("GET %s: %s, %v: %.300s", path, resp.Status, err, body)
					return
				}
				own = append(own, time.Since(begun))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, own...)
		})
	}
	if beside != nil {
		beside(over)
	}
	wg.Wait()
	if len(all) == 0 {
		s.t.Fatal("no request was answered")
	}
	return all
}

func (s *server) delete(id, key string) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodDelete, s.url+"/v1/achievements/"+id, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		body, _ := io.ReadAll(resp.Body)
		s.t.Fatalf("DELETE %s: %s %s", id, resp.Status, body)
	}
}

// memory returns the bytes of the server's memory that no file is behind, 0 where the system does not tell.
func (s *server) memory() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var kb int64
	for line := range strings.Lines(string(b)) {
		fmt.Sscanf(line, "RssAnon: %d kB", &kb)
	}
	return kb << 10
}
