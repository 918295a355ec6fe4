package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// maxRequests bounds one load.
const maxRequests = 50_000

// load asks a server for paths, round and round, with so many clients that each wait for their answer, until limit has
// passed or n requests are made. Any answer but 200 is an error.
func load(ctx context.Context, base string, paths []string, clients, n int, limit time.Duration) (httpFigure, error) {
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	ask := func(path string) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("GET %s: %s", path, resp.Status)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	var next atomic.Int64
	var mu sync.Mutex
	var all []float64
	var failed error
	start := time.Now()
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			var mine []float64
			var err error
			for i := next.Add(1) - 1; err == nil && i < int64(n) && time.Since(start) < limit; i = next.Add(1) - 1 {
				asked := time.Now()
				if err = ask(paths[int(i)%len(paths)]); err == nil {
					mine = append(mine, milliseconds(time.Since(asked)))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
			if failed == nil {
				failed = err
			}
		})
	}
	wg.Wait()
	took := time.Since(start).Seconds()
	if failed != nil {
		return httpFigure{}, failed
	}
	slices.Sort(all)
	return httpFigure{Clients: clients, PerSecond: float64(len(all)) / took, P50: percentile(all, 50), P95: percentile(all, 95), P99: percentile(all, 99)}, nil
}
