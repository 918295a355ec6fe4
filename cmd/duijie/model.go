package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"duijie/indexer"
)

// An endpoint is a server with an outside model, as the settings name it.
type endpoint struct {
	what                     string // how its settings begin: embedder or reranker
	url, model, key, keyFile string
	timeout                  time.Duration
}

func (c *config) embedder() endpoint {
	return endpoint{"embedder", c.EmbedderURL, c.EmbedderModel, c.EmbedderKey, c.EmbedderKeyFile, c.EmbedderTimeout}
}

func (c *config) reranker() endpoint {
	return endpoint{"reranker", c.RerankerURL, c.RerankerModel, c.RerankerKey, c.RerankerKeyFile, c.RerankerTimeout}
}

// endpoints are those in use.
func (c *config) endpoints() []endpoint {
	var all []endpoint
	if c.Embedder == "http" {
		all = append(all, c.embedder())
	}
	if c.RerankerURL != "" {
		all = append(all, c.reranker())
	}
	return all
}

// check reports what can't be used.
func (e endpoint) check(c *config) error {
	u, err := url.Parse(e.url)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return c.bad(e.what+"_url", "an address such as http://127.0.0.1:9000")
	}
	if u.User != nil {
		return fmt.Errorf("%s_url holds a secret: name its file in %s_key_file, or set %s", e.what, e.what, envName(e.what+"_key"))
	}
	if e.model == "" {
		return fmt.Errorf("%s_model is missing (name the model as the %s calls it)", e.what, e.what)
	}
	if e.timeout <= 0 {
		return c.bad(e.what+"_timeout", "a time above 0, such as 30s")
	}
	return nil
}

// here reports whether the server is on this machine.
func (e endpoint) here() bool {
	u, err := url.Parse(e.url)
	if err != nil {
		return false
	}
	return u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
}

// options reads the key from where the settings say it is.
func (e endpoint) options() (indexer.EndpointOptions, error) {
	key := e.key
	if key == "" && e.keyFile != "" {
		b, err := os.ReadFile(e.keyFile)
		if err != nil {
			return indexer.EndpointOptions{}, fmt.Errorf("%s_key_file: %w", e.what, err)
		}
		key = strings.TrimSpace(string(b))
	}
	return indexer.EndpointOptions{URL: e.url, Model: e.model, Key: func() string { return key }, Timeout: e.timeout}, nil
}

// takesTyped reports whether a server may see problems that people type: they may be trade secrets.
func (c *config) takesTyped(e endpoint) bool { return e.here() || c.TypedOutside }

// typedTo names the other machines that see them.
func (c *config) typedTo() []string {
	var hosts []string
	for _, e := range c.endpoints() {
		if u, err := url.Parse(e.url); err == nil && !e.here() && c.TypedOutside {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}

// httpEmbedder is the embedder of the settings.
func (c *config) httpEmbedder() (*indexer.HTTP, error) {
	o, err := c.embedder().options()
	if err != nil {
		return nil, err
	}
	return indexer.NewHTTP(indexer.HTTPOptions{EndpointOptions: o, QueryPrefix: c.EmbedderQueryPrefix, PassagePrefix: c.EmbedderPassagePrefix,
		InputType: c.EmbedderInputType, Dims: c.EmbedderDims, Batch: c.EmbedderBatch})
}

// httpReranker is the reranker of the settings, nil where they name none.
func (c *config) httpReranker(log *slog.Logger) (*indexer.Reranker, error) {
	if c.RerankerURL == "" {
		return nil, nil
	}
	o, err := c.reranker().options()
	if err != nil {
		return nil, err
	}
	return indexer.NewReranker(o, log)
}
