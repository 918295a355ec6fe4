package indexer

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"duijie/corpus"
)

// serves says by which vectors a need is compared: far or near.
func (h *syncHouse) serves() string {
	h.t.Helper()
	probe := makeEntry(corpus.Need, 0, "玉米", "")
	probe.Far = Quantize(fakeVector("玉米"))
	found, err := h.local.Candidates(context.Background(), Probe{Target: corpus.Achievement, Entry: probe})
	if err != nil || len(found) == 0 {
		h.t.Fatalf("%d candidates, error %v", len(found), err)
	}
	if found[0].Far {
		return "far"
	}
	return "near"
}

// embedSome lets the outside model make some of what is missing.
func (h *syncHouse) embedSome(wantMore, wantErr bool) {
	h.t.Helper()
	if more, err := h.sync.embedSome(context.Background()); more != wantMore || (err != nil) != wantErr {
		h.t.Errorf("more %v, error %v, want %v and %v", more, err, wantMore, wantErr)
	}
}

// expectMeaning checks which vectors serve, how many documents wait, and what was told since the last call: "all" where
// anything may have changed, else ids.
func (h *syncHouse) expectMeaning(what, serves string, waiting int, told *[]string, want ...string) {
	h.t.Helper()
	if got := h.serves(); got != serves {
		h.t.Errorf("%s: the %s vectors serve, want %s", what, got, serves)
	}
	if model, n := h.sync.Meaning(); n != waiting || model != "far" {
		h.t.Errorf("%s: %d documents wait for %q, want %d", what, n, model, waiting)
	}
	if fmt.Sprint(*told) != fmt.Sprint(want) {
		h.t.Errorf("%s: OnApply was told %v, want %v", what, *told, want)
	}
	*told = nil
}

func (h *syncHouse) listen() *[]string {
	told := new([]string)
	h.sync.OnApply = func(a Applied) {
		for _, e := range a.Puts {
			*told = append(*told, e.ID)
		}
		for _, r := range a.Deletes {
			*told = append(*told, "-"+fmt.Sprint(r.Number))
		}
		if a.All {
			*told = append(*told, "all")
		}
	}
	return told
}

func TestSyncTurnsToTheOutsideModelWhenAllIsThere(t *testing.T) {
	h := newSyncHouse(t)
	outside := &fakeEmbedder{model: "far"}
	h.outside = outside
	down := errors.New("down")
	var many []string
	for i := range embedBatch + 3 {
		many = append(many, fmt.Sprintf("a%02d 玉米%d", i, i))
	}
	h.write(many...)
	h.open(h.dir)
	defer func() { h.local.Close() }()
	told := h.listen()
	h.start()
	if n := outside.asked(); n != 0 {
		t.Errorf("Start asked the outside model for %d texts", n)
	}
	h.expectMeaning("at start", "near", embedBatch+3, told, "all")
	h.embedSome(true, false)
	h.expectMeaning("in the middle", "near", 3, told)
	outside.set(down, false)
	h.embedSome(true, true)
	h.expectMeaning("while it is down", "near", 3, told)
	outside.set(nil, false)
	h.embedSome(false, false)
	h.expectMeaning("when all is there", "far", 0, told, "all")
	h.embedSome(false, false)

	h.write("a90 玉米")
	h.catchUp()
	h.expectMeaning("a fresh document is asked for at once", "far", 0, told, "a90")
	outside.set(down, false)
	h.write("a91 玉米", "a92 玉米")
	h.catchUp()
	h.expectMeaning("fresh documents without an answer", "near", 2, told, "a91", "a92", "all")
	h.write("-a91", "a92/draft 玉米")
	h.catchUp()
	if got := len(*told); got != 3 || (*told)[2] != "all" {
		t.Errorf("when nobody waits any more: OnApply was told %v", *told)
	}
	*told = nil
	h.expectMeaning("when nobody waits any more", "far", 0, told)
	outside.set(nil, false)
	outside.asked()
	h.write(many...) // nothing new in them
	h.write("a00 玉米淀粉")
	for range 2 { // what failed a moment ago is left to embedSome
		h.catchUp()
		h.embedSome(false, false)
	}
	if n := outside.asked(); n != 2 {
		t.Errorf("asked for %d texts, want the two of the changed document", n)
	}
}

func TestAnOutsideModelThatFailsIsAskedMoreAndMoreSeldom(t *testing.T) {
	failed := errors.New("down")
	for _, c := range []struct {
		retry      time.Duration
		more       bool
		err        error
		wait, next time.Duration
	}{
		{firstRetry, true, failed, firstRetry, 2 * firstRetry},
		{lastRetry, true, failed, lastRetry, lastRetry},
		{lastRetry, true, nil, 0, firstRetry},
		{lastRetry, false, nil, pollEvery, firstRetry}, // it is well again
	} {
		if wait, next := paced(c.retry, c.more, c.err); wait != c.wait || next != c.next {
			t.Errorf("%v, more %v, error %v: waits %v, then %v", c.retry, c.more, c.err, wait, next)
		}
	}
}

func TestSyncAsksNothingTwiceAcrossRestarts(t *testing.T) {
	h := newSyncHouse(t)
	outside := &fakeEmbedder{model: "far"}
	h.outside = outside
	h.write("a1 玉米", "a2 玉米淀粉", "n1 玉米", "a3 玉米")
	h.open(h.dir)
	h.start()
	h.embedSome(false, false)
	if n := outside.asked(); n < 8 {
		t.Errorf("asked for %d texts", n)
	}
	h.write("-a2") // while nobody follows
	h.open(h.dir)
	told := h.listen()
	h.start()
	h.expectMeaning("after a restart", "far", 0, told, "all")
	if n := outside.asked(); n != 0 {
		t.Errorf("a restart asked for %d texts", n)
	}
	if refs, err := h.far.file.refs(); err != nil || len(refs) != 3 {
		t.Errorf("kept %v, error %v, want no deleted document", refs, err)
	}
	h.outside = &fakeEmbedder{model: "new"}
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	if got := h.serves(); got != "near" {
		t.Errorf("with a new model the %s vectors serve before it has answered", got)
	}
	h.embedSome(false, false)
	if got := h.serves(); got != "far" {
		t.Errorf("with a new model the %s vectors serve in the end", got)
	}
}

// TestSyncRunEmbedsInTheBackground follows the store while the outside model hangs.
func TestSyncRunEmbedsInTheBackground(t *testing.T) {
	h := newSyncHouse(t)
	h.outside = &fakeEmbedder{model: "far", hang: true}
	h.write("a1 玉米")
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	applied := make(chan string, 10)
	h.sync.OnApply = func(a Applied) {
		for _, e := range a.Puts {
			applied <- e.ID
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { h.sync.Run(ctx); close(ended) }()
	h.write("a2 玉米")
	if got := <-applied; got != "a2" {
		t.Errorf("applied %s", got)
	}
	h.expect("while the model hangs", "a1 a2")
	cancel()
	<-ended
}

func TestSyncKeepsNoVectorOfClosedText(t *testing.T) {
	h := newSyncHouse(t)
	outside := &fakeEmbedder{model: "far"}
	h.outside = outside
	h.write("a1 玉米", "a2 玉米")
	h.open(h.dir)
	h.start()
	h.embedSome(false, false)
	outside.set(errors.New("down"), false)
	refs := func(what string, want int) {
		t.Helper()
		if got, err := h.far.file.refs(); err != nil || len(got) != want {
			t.Errorf("%s: kept %v, error %v, want %d", what, got, err, want)
		}
	}
	refs("before", 2)
	h.write("a1 淀粉")
	h.catchUp()
	refs("after a change", 1)
	h.write("a2 淀粉")
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	refs("after a change while nobody followed", 0)
}
