package main

import (
	"net/url"

	"github.com/spf13/pflag"
)

// addOperator makes the flags of who runs the service, which the foot of each page says.
func addOperator(f *pflag.FlagSet) {
	f.String("operator", "", "who runs the service, for the foot of each page")
	f.String("operator-url", "", "where the operator presents itself: https://HOST/about")
	f.String("icp-record", "", "record with the ministry, for the foot of each page: 蒙ICP备2026000001号")
	f.String("police-record", "", "record with the police, for the foot of each page: 蒙公网安备15050202000001号")
	f.String("privacy-url", "", "the operator's own privacy policy, beside the page /privacy")
}

// checkOperator reports the first of these settings that can't be used.
func (c *config) checkOperator() error {
	for _, key := range []string{"operator_url", "privacy_url"} {
		if v := c.lookup(key); v != "" && !webAddress(v) {
			return c.bad(key, "an address such as https://www.example.gov.cn/privacy")
		}
	}
	return nil
}

// webAddress reports whether v is an address of the web with a host.
func webAddress(v string) bool {
	u, err := url.Parse(v)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
