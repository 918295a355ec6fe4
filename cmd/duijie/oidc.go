package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"duijie/api"
	"duijie/corpus/market"
)

// addOIDC makes the flags of the provider by which people sign in.
func addOIDC(f *pflag.FlagSet) {
	f.String("oidc-issuer", "", "OpenID Connect provider that people can sign in by: https://HOST/realms/NAME (default: none)")
	f.String("oidc-client", "", "our id there; base_url + "+api.OIDCPath+" is where it sends people back to")
	f.String("oidc-secret-file", "", "file that holds our secret there (or set DUIJIE_OIDC_SECRET; a public client has none)")
	f.String("oidc-name", "", "what people call it, for the button of the sign-in page")
	f.String("oidc-claims", defaults.OIDCClaims, "which of its claims are login, name and org of an account")
	f.String("oidc-scopes", defaults.OIDCScopes, "scopes that it is asked for beside openid")
	f.String("oidc-role", "", "role of who signs in by it without an invitation (default: they are refused)")
}

// oidc is the provider of the settings with our secret there, nil where they name none.
func (c *config) oidc(secret string) (*api.OIDC, error) {
	if c.OIDCIssuer == "" {
		return nil, nil
	}
	o := &api.OIDC{Issuer: c.OIDCIssuer, Client: c.OIDCClient, Secret: secret, Name: c.OIDCName, Role: market.Role(c.OIDCRole),
		Scopes: strings.Fields(strings.ReplaceAll(c.OIDCScopes, ",", " "))}
	of := map[string]*string{"login": &o.Login, "name": &o.Person, "org": &o.Org}
	for item := range strings.SplitSeq(c.OIDCClaims, ",") {
		to, claim, is := strings.Cut(strings.TrimSpace(item), "=")
		if of[to] == nil || !is || claim == "" {
			return nil, c.bad("oidc_claims", "a list such as login=preferred_username,name=name,org=organization")
		}
		*of[to] = claim
	}
	return o, nil
}

// checkOIDC reports the first setting of the provider whose value can't be used.
func (c *config) checkOIDC() error {
	_, err := c.oidc("")
	switch {
	case err != nil || c.OIDCIssuer == "":
		return err
	case !webAddress(c.OIDCIssuer):
		return c.bad("oidc_issuer", "an address such as https://login.example.gov.cn/realms/city")
	case c.OIDCClient == "":
		return fmt.Errorf("oidc_client is missing: it is the id under which the provider knows this server")
	case c.BaseURL == "":
		return fmt.Errorf("base_url is missing: the provider sends people back to it (set it to https://HOST/PATH, under which others reach the pages)")
	case c.OIDCRole != "" && !slices.Contains([]market.Role{market.Broker, market.Firm, market.Holder, market.Reader}, market.Role(c.OIDCRole)):
		return c.bad("oidc_role", "one of broker, firm, holder, read: others are invited")
	}
	return nil
}

// signingIn gives a service the provider that people sign in by.
func (c *config) signingIn(s *api.Service) error {
	var file []byte
	var err error
	if c.OIDCSecretFile != "" && c.OIDCSecret == "" {
		if file, err = os.ReadFile(c.OIDCSecretFile); err != nil {
			return fmt.Errorf("oidc_secret_file: %w", err)
		}
	}
	s.OIDC, err = c.oidc(cmp.Or(c.OIDCSecret, strings.TrimSpace(string(file))))
	return err
}
