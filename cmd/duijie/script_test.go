package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/simplifiedchinese"

	"duijie/corpus"
	"duijie/corpus/pdf"
)

// TestScripts runs the program as a person does: testdata/script/*.txtar are commands with what they must print. Each
// command is a process, which begins ten times as fast without the race detector: with -raced they run under it.
func TestScripts(t *testing.T) {
	var plain string
	if !*raced {
		path, err := binary()
		if err != nil {
			t.Fatal(err)
		}
		plain = filepath.Dir(path) + string(filepath.ListSeparator)
	}
	sample, err := filepath.Abs("sample")
	if err != nil {
		t.Fatal(err)
	}
	pdfs, err := filepath.Abs("../../corpus/pdf/testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", plain+e.Getenv("PATH"))
			e.Setenv("SAMPLE", sample)
			e.Setenv("PDF", pdfs)
			e.Setenv(pdf.CacheVariable, os.Getenv(pdf.CacheVariable))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"gzip":    convert(compress),
			"gb18030": convert(simplifiedchinese.GB18030.NewEncoder().Bytes),
			"same":    sameDocs,
			"ready":   waitReady,
			"get":     get,
			"hangup":  hangUp,
		},
	})
}

// convert makes a script command "NAME FROM TO".
func convert(f func([]byte) ([]byte, error)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 2 {
			ts.Fatalf("usage: FROM TO")
		}
		out, err := f([]byte(ts.ReadFile(args[0])))
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), out, 0o644))
	}
}

func compress(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}

// sameDocs is "same FILE FILE": two exports hold the same documents, whenever they were written.
func sameDocs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same FILE FILE")
	}
	var docs [2][]corpus.Doc
	for i, name := range args {
		for line := range strings.Lines(ts.ReadFile(name)) {
			var d corpus.Doc
			ts.Check(json.Unmarshal([]byte(line), &d))
			d.Version, d.Created, d.Updated = 0, time.Time{}, time.Time{}
			docs[i] = append(docs[i], d)
		}
	}
	if len(docs[0]) == 0 || !reflect.DeepEqual(docs[0], docs[1]) {
		ts.Fatalf("%s has %+v\n%s has %+v", args[0], docs[0], args[1], docs[1])
	}
}

// ask calls the server of a data folder over its socket.
func ask(ts *testscript.TestScript, data, path string, out any) error {
	a := app{config: config{settings: settings{Data: ts.MkAbs(data)}}}
	c, err := a.running(context.Background())
	if err != nil {
		return err
	}
	if c == nil {
		return errors.New("no server is running")
	}
	_, err = c.call(context.Background(), http.MethodGet, path, nil, nil, out)
	return errors.Join(err, c.close())
}

// waitReady is "ready DATA": it waits until the server of a data folder finds everything stored.
func waitReady(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready DATA")
	}
	var err error
	for range 3000 {
		var at struct{ Stored, Indexed uint64 }
		if err = ask(ts, args[0], "/readyz", nil); err == nil {
			if err = ask(ts, args[0], "/v1/status", &at); err == nil && at.Indexed >= at.Stored {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("the server of %s is not ready, and level with what is stored, after five minutes: %v", args[0], err)
}

// hangUp is "hangup DATA NAME": it sends the server of a data folder the signal HUP and waits until its doctor no longer says
// that what is named differs.
func hangUp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hangup DATA NAME")
	}
	var p process
	ts.Check(ask(ts, args[0], "/process", &p))
	ts.Check(syscall.Kill(p.PID, syscall.SIGHUP))
	for range 3000 {
		var d diagnosis
		ts.Check(ask(ts, args[0], "/doctor", &d))
		if !slices.Contains(d.Differs, args[1]) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("%s still differs after five minutes", args[1])
}

// get is "get DATA PATH": what the server of a data folder answers over TCP.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: get DATA PATH")
	}
	var p process
	ts.Check(ask(ts, args[0], "/process", &p))
	resp, err := http.Get("http://" + p.Listen + args[1])
	ts.Check(err)
	defer resp.Body.Close()
	_, err = io.Copy(ts.Stdout(), resp.Body)
	ts.Check(err)
}
