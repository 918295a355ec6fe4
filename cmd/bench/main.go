// Command bench measures bin/duijie on a corpus, and search engines beside it on the same words and vectors:
//
//	go run ./cmd/bench [flags] CORPUS      CORPUS holds achievements.jsonl and needs.jsonl, as import takes them
//	go run ./cmd/bench -growth FILE...     FILES are what -out wrote, by rising size
//
// bench/README.md says what each figure means; make bench and make growth make corpora and call it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	corpus      string
	program     string
	peers       []string
	peerCommand string
	out         string
	record      string
	history     string
	seconds     time.Duration // of each load over HTTP
	lists       time.Duration // to wait for match lists at most
	measured    int           // needs asked for each figure, after the first warmUp
	recall      bool          // measure it too, which reads and analyses every document again
}

// warmUp is the share of the needs asked that is not counted: one in so many.
const warmUp = 5

func main() {
	var o options
	var peers string
	var growth bool
	flag.BoolVar(&growth, "growth", false, "compare the figures of several sizes")
	flag.StringVar(&o.program, "program", "bin/duijie", "the program to measure")
	flag.StringVar(&peers, "peers", "", "other engines, as -peer-command knows them: lucene tantivy bm25s weaviate")
	flag.StringVar(&o.peerCommand, "peer-command", "bench/peer", "runs an engine: NAME FOLDER RECALL")
	flag.StringVar(&o.out, "out", "", "write the figures to this JSON file")
	flag.StringVar(&o.record, "record", "", "add the ratios to the history, under this name")
	flag.StringVar(&o.history, "history", "bench/history/ratios.jsonl", "where -record adds them")
	flag.DurationVar(&o.seconds, "time", 4*time.Second, "of each load over HTTP")
	flag.DurationVar(&o.lists, "lists", maxStart, "wait so long at most for all match lists to be made")
	flag.IntVar(&o.measured, "needs", 250, "how many needs are asked for each figure")
	flag.BoolVar(&o.recall, "recall", true, "measure recall, which analyses all documents again: 25 minutes for a million; peers need it")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: bench [flags] CORPUS | bench -growth FILE...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if growth == (flag.NArg() < 2) || !growth && flag.NArg() != 1 || peers != "" && !o.recall {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if growth {
		err = compareSizes(os.Stdout, flag.Args())
	} else {
		o.corpus, o.peers = flag.Arg(0), strings.Fields(peers)
		err = run(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and prints. What it makes on the way is removed again.
func run(ctx context.Context, o options) (err error) {
	for _, name := range []string{"achievements.jsonl", "needs.jsonl"} {
		if _, err := os.Stat(filepath.Join(o.corpus, name)); err != nil {
			return fmt.Errorf("the corpus lacks a file: %w", err)
		}
	}
	work, err := os.MkdirTemp("", "duijie-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	r := report{Date: time.Now().Format(time.DateOnly), CPU: cpu(), Cores: runtime.NumCPU(), Go: runtime.Version()}
	data := filepath.Join(work, "data")
	err = measureProgram(ctx, o, data, &r)
	if err == nil {
		err = measureEngines(ctx, o, data, filepath.Join(work, "tokens"), &r)
	}
	r.print(os.Stdout) // what was measured before an error too: a large corpus takes an hour
	if err := errors.Join(err, o.keep(&r)); err != nil {
		return err
	}
	if o.record != "" {
		return r.record(o.history, o.record)
	}
	return nil
}

// keep writes what has been measured so far, if a file is named for it: a run that failed before it measured anything
// leaves the file of an earlier one as it is.
func (o options) keep(r *report) error {
	if o.out == "" || r.Size == 0 {
		return nil
	}
	return r.write(o.out)
}

// tell says on standard error what is being done.
func tell(format string, a ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", a...) }

// cpu names the processor, "" where the system does not tell.
func cpu() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
