package indexer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	askRetries = 2        // after the first attempt
	maxAnswer  = 64 << 20 // bytes of an answer that are read
	// maxRetryAfter bounds how long a server may tell us to wait.
	maxRetryAfter = 30 * time.Second
	// restTime is how long an endpoint that failed is left alone by those who can't wait.
	restTime = 5 * time.Second
)

// EndpointOptions say how to reach a model server.
type EndpointOptions struct {
	URL     string        // before /v1/embeddings or /v1/rerank, or with the version: http://127.0.0.1:8000, https://host/api/v3
	Model   string        // as the server calls it
	Key     func() string // the API key, asked at each request; nil or "": none. It is never logged
	Timeout time.Duration // of one request; 0: 30 s
}

// An endpoint asks one route of a model server with JSON. Its methods may be called concurrently.
type endpoint struct {
	what   string // embedder or reranker
	url    string
	model  string
	key    func() string
	client *http.Client
	pause  time.Duration // before the first retry; twice that before the second
}

// versioned is the end of an address that says the API's version already.
var versioned = regexp.MustCompile(`/v\d+/?$`)

func newEndpoint(what, route string, o EndpointOptions) (*endpoint, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the %s's URL must begin with http:// or https:// and name a host", what)
	}
	if o.Model == "" {
		return nil, fmt.Errorf("the %s needs the name of a model", what)
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if !versioned.MatchString(u.Path) {
		u = u.JoinPath("v1")
	}
	e := &endpoint{what: what, url: u.JoinPath(route).String(), model: o.Model, key: o.Key, pause: 300 * time.Millisecond}
	// A redirect would carry the texts to a server that nobody named.
	e.client = &http.Client{Timeout: o.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if e.key == nil {
		e.key = func() string { return "" }
	}
	return e, nil
}

// A passingError is one that may be gone the next time.
type passingError struct {
	error
	after time.Duration // how long the server told us to wait, 0 where it did not
}

func (e passingError) Unwrap() error { return e.error }

// ask sends a question until there is an answer or an error that will stay, and lets read take the answer apart. It
// does not wait for a retry that its context would not see.
func (e *endpoint) ask(ctx context.Context, question any, read func(answer []byte) error) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	pause := e.pause
	for attempt := 0; ; attempt++ {
		answer, err := e.send(ctx, body)
		if err == nil {
			err = read(answer)
		}
		passing, ok := errors.AsType[passingError](err)
		if !ok || attempt == askRetries {
			return e.wrap(err)
		}
		wait := max(pause, passing.after)
		if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
			return e.wrap(err)
		}
		select {
		case <-ctx.Done():
			return e.wrap(ctx.Err())
		case <-time.After(wait):
			pause *= 2
		}
	}
}

func (e *endpoint) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", e.what, err)
}

// send sends one request and returns the whole answer.
func (e *endpoint) send(ctx context.Context, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	key := e.key()
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := e.client.Do(req)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the URL, in which some put a key
		}
		return nil, passingError{error: err}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, passingError{error: err}
	}
	if resp.StatusCode == http.StatusOK {
		return answer, nil
	}
	// Not what it says: servers repeat the text that they refuse, and this goes to the log.
	err = fmt.Errorf("the server answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
		return nil, passingError{err, retryAfter(resp.Header.Get("Retry-After"))}
	}
	return nil, err
}

// retryAfter reads the header of this name: seconds or a date. It is 0 where there is none, and maxRetryAfter at most.
func retryAfter(header string) time.Duration {
	var wait time.Duration
	if n, err := strconv.Atoi(header); err == nil {
		wait = time.Duration(min(n, int(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = time.Until(at)
	}
	return min(max(0, wait), maxRetryAfter)
}

// A rest is the time after a failure in which those who can't wait don't ask again.
type rest struct{ until atomic.Int64 } // Unix nanoseconds

// over reports whether asking is worth while.
func (r *rest) over() bool { return time.Now().UnixNano() >= r.until.Load() }

// heard takes note of how asking ended. What the caller gave up is no failure.
func (r *rest) heard(ctx context.Context, err error) {
	switch {
	case err == nil:
		r.until.Store(0)
	case ctx.Err() == nil:
		r.until.Store(time.Now().Add(restTime).UnixNano())
	}
}
