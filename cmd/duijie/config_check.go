package main

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duijie/api"
	"duijie/corpus/market"
)

// bad says that a setting is not what is wanted, with its origin.
func (c *config) bad(key, want string) error {
	return fmt.Errorf("%s (%s): %q is not %s", key, c.layerOf(key).from(key), c.lookup(key), want)
}

// checkForm reports the first setting whose value is not of its type.
func (c *config) checkForm() error {
	for _, key := range []string{"embedder_input_type", "typed_outside"} {
		if _, err := strconv.ParseBool(c.lookup(key)); err != nil {
			return c.bad(key, "true or false")
		}
	}
	for _, key := range []string{"embedder_dims", "embedder_batch", "confirm_months", "review_levels", "rate_per_address", "rate_per_key", "mail_port"} {
		if n, err := strconv.Atoi(c.lookup(key)); err != nil || n < 0 {
			return c.bad(key, "a number, 0 or more")
		}
	}
	for _, key := range []string{"embedder_timeout", "reranker_timeout"} {
		if _, err := time.ParseDuration(c.lookup(key)); err != nil {
			return c.bad(key, "a time such as 30s")
		}
	}
	return nil
}

// check reports the first setting whose value can't be used.
func (c *config) check() error {
	for key, allowed := range map[string][]string{
		"embedder": {"static", "http"}, "log_format": {"text", "json"}, "log_level": {"debug", "info", "warn", "error"}, "lang": {"zh", "en"},
	} {
		if !slices.Contains(allowed, c.lookup(key)) {
			return c.bad(key, "one of "+strings.Join(allowed, ", "))
		}
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return c.bad("listen", "an address such as 127.0.0.1:8080")
	}
	if _, _, err := net.SplitHostPort(c.MetricsListen); err != nil && c.MetricsListen != "" {
		return c.bad("metrics_listen", "an address such as 127.0.0.1:9090")
	}
	if c.BasePath != "" && (!strings.HasPrefix(c.BasePath, "/") || strings.HasSuffix(c.BasePath, "/")) {
		return c.bad("base_path", "a path such as /duijie")
	}
	if c.ConfirmMonths < 1 || c.ConfirmMonths > 1200 {
		return c.bad("confirm_months", "a number from 1 to 1200")
	}
	if c.ReviewLevels < 1 || c.ReviewLevels > market.MaxReviewLevels {
		return c.bad("review_levels", "1, 2 or 3")
	}
	if err := c.checkOperator(); err != nil {
		return err
	}
	if u, err := url.Parse(c.BaseURL); c.BaseURL != "" && (err != nil || !webAddress(c.BaseURL) || u.RawQuery+u.Fragment != "" || strings.HasSuffix(c.BaseURL, "/")) {
		return c.bad("base_url", "an address such as https://www.example.gov.cn/duijie")
	}
	if _, err := api.ParsePrivateHosts(c.PrivateFeeds); err != nil {
		return c.bad("allow_private_feeds", "a list of hosts, addresses and networks such as 10.1.0.0/16")
	}
	if err := c.checkAlerts(); err != nil {
		return err
	}
	if err := c.checkOIDC(); err != nil {
		return err
	}
	if _, err := c.limits(); err != nil {
		return err
	}
	if _, err := api.ParseProxies(c.Proxies); err != nil {
		return c.bad("proxies", "a list of addresses and networks such as 127.0.0.0/8,10.0.0.7")
	}
	for _, e := range c.endpoints() {
		if err := e.check(c); err != nil {
			return err
		}
	}
	return nil
}
