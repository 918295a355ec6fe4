package api

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// While generations follow each other, no request fails, none comes to one that is closed, and whatever was acknowledged
// is found by the next request.
func TestGenerationsAreSwappedUnderLoad(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	l, err := loaded()
	w.must(err)
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	operator := Caller{Name: "test", Admin: true}
	for reader := range 4 {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if reader == 0 {
					title := fmt.Sprintf("编号%d甲号装置", n)
					puts := []corpus.Put{{Doc: corpus.Doc{Kind: corpus.Achievement, Title: title}}}
					if err := w.svc.write(context.Background(), operator, corpus.Batch{Action: "test", Puts: puts}, nil); err != nil {
						t.Error(err)
						return
					}
					a, err := w.svc.Search(context.Background(), operator, indexer.Query{Text: `title:"` + title + `"`})
					if err != nil || a.Total != 1 {
						t.Errorf("%s was acknowledged, but %d are found: %v", title, a.Total, err)
						return
					}
					continue
				}
				if a, err := w.svc.Search(context.Background(), operator, indexer.Query{Text: "玉米"}); err != nil || a.Total == 0 {
					t.Errorf("%d found: %v", a.Total, err)
					return
				}
				if _, err := w.svc.MatchText(context.Background(), "玉米浸泡时间太长", matcher.Options{}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 5 {
		old := w.svc.serving.Load()
		w.must(w.svc.Swap(context.Background(), w.generation(l, t.TempDir())))
		w.must(old.Engine.Close())
	}
	stop()
	all.Wait()
}

func TestSwapWaitsForRequestsUnderWay(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	l, err := loaded()
	w.must(err)
	old, release := w.svc.generation()
	next := w.generation(l, t.TempDir())
	swapped := make(chan error, 1)
	go func() { swapped <- w.svc.Swap(context.Background(), next) }()
	for w.svc.serving.Load() != next {
		time.Sleep(time.Millisecond)
	}
	if g, done := w.svc.generation(); g != next {
		t.Errorf("a new request gets %p, not the next generation", g)
	} else {
		done()
	}
	select {
	case <-swapped:
		t.Fatal("Swap did not wait for a request to the generation before")
	case <-time.After(50 * time.Millisecond):
	}
	if _, err := old.Engine.Search(context.Background(), indexer.Query{Text: "玉米"}); err != nil {
		t.Error(err)
	}
	release()
	w.must(<-swapped)
}
